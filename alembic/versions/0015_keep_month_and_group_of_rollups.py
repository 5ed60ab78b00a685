"""keep month and group of rollups

What of a listing's words its groups depend on stands by itself, beside its month; its price is one number; all figures of
a cell stand side by side. It is shorter to write. Empty until they are counted anew: by fapai db upgrade itself, else after the next crawl,
capture or linking, or by fapai db rollups. News stay.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

CURRENCIES = ("CNY", "HKD", "TWD", "BRL", "KRW", "USD", "EUR", "UAH")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEVER = 2**31 - 1


def upgrade() -> None:
    """All of it is derived."""
    _forget()
    op.create_table(
        "rollup_listing",
        sa.Column("listing_id", KEY, nullable=False, autoincrement=False),
        sa.Column("phase", sa.SmallInteger(), nullable=False),
        sa.Column("is_followed", sa.Boolean(), nullable=False),
        sa.Column("check_hour", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("offer", sa.BigInteger(), nullable=False),
        sa.Column("highest_offer", sa.BigInteger(), nullable=False),
        sa.Column("cut", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("property_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("listing_id", name="pk_rollup_listing"),
    )
    _index(f"check_hour < {NEVER}")
    _create_sheets(sa.Column("figures", sa.LargeBinary(), nullable=False))


def downgrade() -> None:
    """The words as one text, the price in columns."""
    _forget()
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
        sa.CheckConstraint(
            " OR ".join(f"price_currency = '{each}'" for each in CURRENCIES),
            name=op.f("ck_rollup_listing_price_currency"),
        ),
        sa.PrimaryKeyConstraint("listing_id", name="pk_rollup_listing"),
    )
    _index("check_hour IS NOT NULL")
    _create_sheets(*(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("counts", "cut_sums")))


def _forget() -> None:
    op.drop_table("rollup_listing")
    op.drop_table("rollup_sheet")
    op.execute("DELETE FROM rollup_mark")


def _create_sheets(*figures: sa.Column[bytes]) -> None:
    op.create_table(
        "rollup_sheet",
        sa.Column("family", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("labels", sa.Text(), nullable=False),
        *figures,
        sa.PrimaryKeyConstraint("family", "scope", "part", name="pk_rollup_sheet"),
    )


def _index(is_to_check: str) -> None:
    for column, rule in (("property_id", "property_id IS NOT NULL"), ("check_hour", is_to_check)):
        where = sa.text(rule)
        op.create_index(
            f"ix_rollup_listing_{column}", "rollup_listing", [column], sqlite_where=where, postgresql_where=where
        )
