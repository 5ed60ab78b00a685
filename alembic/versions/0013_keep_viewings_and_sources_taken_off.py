"""keep viewings, and sources taken off

What a notice says of viewings is a fact of its own kind, with the times in which the home is shown. A source that a person
took off the timetable stays off until a person puts it back.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CHECK = "ck_fact_kind"
BEFORE = (
    "occupied",
    "leased",
    "vacant_handover",
    "buyer_bears_all_taxes",
    "arrears",
    "pre_emption",
    "mortgage",
    "seizure",
    "purchase_limit",
    "loan_offered",
)
AFTER = (*BEFORE, "viewing")
TIMES = {
    "starts_on": sa.Date(),
    "starts_at": sa.DateTime(timezone=True),
    "ends_on": sa.Date(),
    "ends_at": sa.DateTime(timezone=True),
}


def upgrade() -> None:
    """No source is off yet; viewings are empty until notices are read: those that were, by ``fapai reparse``."""
    op.add_column("source", sa.Column("off_since", sa.DateTime(timezone=True), nullable=True))
    for name, kind in TIMES.items():
        op.add_column("fact", sa.Column(name, kind, nullable=True))
    _close(BEFORE, AFTER)


def downgrade() -> None:
    """The notices stay in the archive and can be read again."""
    op.execute("DELETE FROM fact WHERE kind = 'viewing'")
    _close(AFTER, BEFORE)
    for name in reversed(TIMES):
        op.drop_column("fact", name)
    op.drop_column("source", "off_since")


def _close(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _reword(connection, _words(old), _words(new))
        return
    op.drop_constraint(op.f(CHECK), "fact", type_="check")
    op.create_check_constraint(op.f(CHECK), "fact", _words(new))


def _words(terms: tuple[str, ...]) -> str:
    return " OR ".join(f"kind = '{term}'" for term in terms)


def _reword(connection: sa.Connection, old: str, new: str) -> None:
    """SQLite cannot change a CHECK. To make a large table anew for it would take its room once more; the words are
    changed in place, as sqlite.org/lang_altertable.html describes for changes that touch no row.
    """
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = 'fact'"),
        {"old": old, "new": new},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")
