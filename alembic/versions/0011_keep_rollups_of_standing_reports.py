"""keep rollups of standing reports

Empty until they are counted first: after a crawl, a capture or a linking, or by fapai db rollups.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KINDS = ("changed", "seen", "linked", "gone", "everything")
CURRENCIES = ("CNY", "HKD", "TWD", "BRL", "KRW", "USD", "EUR", "UAH")
IS_LINKED = sa.text("property_id IS NOT NULL")
IS_TO_CHECK = sa.text("check_hour IS NOT NULL")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTS = ("listings", "unlinked", "homes", "open", "stale", "sold", "failed", "withdrawn", "suspended", "unknown")
FURTHER_COUNTS = ("untold", "followed", "cut")
CUT_COUNTS = ("cut_10", "cut_20", "cut_30", "cut_50")


def upgrade() -> None:
    """All of it is derived."""
    op.create_table(
        "rollup_mark",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("linker_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_rollup_mark"),
    )
    op.create_table(
        "rollup_news",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("listing_ids", sa.LargeBinary(), nullable=False),
        _one_of("kind", KINDS, "rollup_news"),
        sa.PrimaryKeyConstraint("id", name="pk_rollup_news"),
    )
    _create_listing_table()
    op.create_table(
        "rollup_cell",
        sa.Column("family", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("label", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (*COUNTS, *FURTHER_COUNTS)),
        sa.Column("cut_sum", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in CUT_COUNTS),
        sa.PrimaryKeyConstraint("family", "scope", "digest", name="pk_rollup_cell"),
        sqlite_with_rowid=False,
    )


def _create_listing_table() -> None:
    op.create_table(
        "rollup_listing",
        sa.Column("listing_id", KEY, nullable=False, autoincrement=False),
        sa.Column("property_id", sa.BigInteger(), nullable=True),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("phase", sa.SmallInteger(), nullable=False),
        sa.Column("is_followed", sa.Boolean(), nullable=False),
        sa.Column("check_hour", sa.Integer(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("highest_price", sa.BigInteger(), nullable=True),
        sa.Column("price_currency", sa.String(length=32), nullable=True),
        sa.Column("is_price_exact", sa.Boolean(), nullable=False),
        sa.Column("cut", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        _one_of("price_currency", CURRENCIES, "rollup_listing"),
        sa.PrimaryKeyConstraint("listing_id", name="pk_rollup_listing"),
    )
    op.create_index(
        "ix_rollup_listing_property_id",
        "rollup_listing",
        ["property_id"],
        sqlite_where=IS_LINKED,
        postgresql_where=IS_LINKED,
    )
    op.create_index(
        "ix_rollup_listing_check_hour",
        "rollup_listing",
        ["check_hour"],
        sqlite_where=IS_TO_CHECK,
        postgresql_where=IS_TO_CHECK,
    )


def _one_of(column: str, terms: tuple[str, ...], table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(" OR ".join(f"{column} = '{term}'" for term in terms), name=op.f(f"ck_{table}_{column}"))


def downgrade() -> None:
    """Reports count anew from the observations."""
    for table in ("rollup_cell", "rollup_listing", "rollup_news", "rollup_mark"):
        op.drop_table(table)
