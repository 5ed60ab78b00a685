"""know runs whose fields fell

A verdict more, and the pages of a run can be found: how it read is compared with the runs before it.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CHECK = "ck_crawl_run_verdict"
BEFORE = (
    "ok",
    "empty",
    "below_expectation",
    "rows_refused",
    "blocked",
    "login_required",
    "empty_shell",
    "layout_changed",
    "http_error",
    "crashed",
    "running",
)
AFTER = (*BEFORE, "fields_fell")


def upgrade() -> None:
    """No run has the new verdict yet."""
    op.create_index(op.f("ix_page_crawl_run_id"), "page", ["crawl_run_id"])
    _close(BEFORE, AFTER)


def downgrade() -> None:
    """Such a run was not healthy before either: that is what counts."""
    op.execute("UPDATE crawl_run SET verdict = 'rows_refused' WHERE verdict = 'fields_fell'")
    _close(AFTER, BEFORE)
    op.drop_index(op.f("ix_page_crawl_run_id"), "page")


def _close(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _reword(connection, _words(old), _words(new))
        return
    op.drop_constraint(op.f(CHECK), "crawl_run", type_="check")
    op.create_check_constraint(op.f(CHECK), "crawl_run", _words(new))


def _words(terms: tuple[str, ...]) -> str:
    return " OR ".join(f"verdict = '{term}'" for term in terms)


def _reword(connection: sa.Connection, old: str, new: str) -> None:
    """SQLite cannot change a CHECK. Other tables point to this one, so it cannot be made anew inside a transaction; its
    words are changed in place, as sqlite.org/lang_altertable.html describes for changes that touch no row.
    """
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = 'crawl_run'"),
        {"old": old, "new": new},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")
