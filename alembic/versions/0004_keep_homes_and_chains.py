"""keep homes, the chains of their listings, and the decisions behind them

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
PARTS = ("town", "road", "lane", "number", "compound", "phase", "block", "building", "unit", "floor", "room")
JUDGEMENTS = ("same", "different", "unsure")
LINKS = (
    "next_round",
    "sell_off_after_failure",
    "re_auction_after_default",
    "new_procedure",
    "taken_by_creditor",
    "bank_relisting",
    "same_offer_elsewhere",
    "resumed",
)


def one_of(table: str, column: str, terms: tuple[str, ...]) -> sa.CheckConstraint:
    """The CHECK that closes a vocabulary."""
    return sa.CheckConstraint(" OR ".join(f"{column} = '{term}'" for term in terms), name=op.f(f"ck_{table}_{column}"))


def listing(table: str, column: str) -> sa.ForeignKeyConstraint:
    """What is derived from a listing goes with it."""
    name = op.f(f"fk_{table}_{column}_listing")
    return sa.ForeignKeyConstraint([column], ["listing.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    """Empty until the first linking."""
    op.create_table(
        "property",
        sa.Column("id", KEY, nullable=False, autoincrement=False),
        sa.Column("listing_count", sa.Integer(), nullable=False),
        sa.Column("linker_version", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.String(length=12)),
        sa.Column("city", sa.Text()),
        sa.Column("district", sa.Text()),
        *(sa.Column(part, sa.Text()) for part in (*PARTS, "parking", "lot", "share")),
        sa.Column("unit_count", sa.Integer()),
        listing("property", "id"),
        sa.PrimaryKeyConstraint("id", name="pk_property"),
    )
    op.create_table(
        "auction_round",
        sa.Column("listing_id", KEY, nullable=False, autoincrement=False),
        sa.Column("property_id", sa.BigInteger(), nullable=False),
        sa.Column("observation_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("procedure", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(length=32)),
        sa.Column("previous_listing_id", sa.BigInteger()),
        sa.Column("gap_days", sa.Integer()),
        sa.Column("contradiction", sa.Text()),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        one_of("auction_round", "link", LINKS),
        listing("auction_round", "listing_id"),
        sa.PrimaryKeyConstraint("listing_id", name="pk_auction_round"),
    )
    op.create_index(op.f("ix_auction_round_property_id"), "auction_round", ["property_id"])
    op.create_table(
        "link_key",
        sa.Column("key", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("key", "listing_id", name="pk_link_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "link_decision",
        sa.Column("id", KEY, nullable=False),
        sa.Column("one_id", KEY, nullable=False),
        sa.Column("other_id", KEY, nullable=False),
        sa.Column("judgement", sa.String(length=32), nullable=False),
        sa.Column("score", sa.Integer()),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("linker_version", sa.Integer()),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("superseded_at", INSTANT),
        one_of("link_decision", "judgement", JUDGEMENTS),
        listing("link_decision", "one_id"),
        listing("link_decision", "other_id"),
        sa.PrimaryKeyConstraint("id", name="pk_link_decision"),
    )
    op.create_index(op.f("ix_link_decision_one_id_link_decision_other_id"), "link_decision", ["one_id", "other_id"])
    op.create_index(op.f("ix_link_decision_other_id"), "link_decision", ["other_id"])


def downgrade() -> None:
    """The words of persons are lost, all else can be derived again."""
    for table in ("link_decision", "link_key", "auction_round", "property"):
        op.drop_table(table)
