"""keep what listings were compared by

A linking after a crawl reads it back in place of parsing addresses again, and finds the words of persons by an index.
What is derived is taken away: the next linking makes it anew, with keys of another form. Decisions stay.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OF_PERSONS = sa.text("author <> 'linker'")


def upgrade() -> None:
    """Empty until the next linking."""
    _forget_links()
    op.create_table(
        "link_traits",
        sa.Column(
            "listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=False
        ),
        sa.Column("linker_version", sa.Integer(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name="fk_link_traits_listing_id_listing", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("listing_id", name="pk_link_traits"),
    )
    op.create_index(
        "ix_link_decision_decided_at",
        "link_decision",
        ["decided_at"],
        sqlite_where=OF_PERSONS,
        postgresql_where=OF_PERSONS,
    )


def downgrade() -> None:
    """All of it can be derived again."""
    _forget_links()
    op.drop_index("ix_link_decision_decided_at", "link_decision")
    op.drop_table("link_traits")


def _forget_links() -> None:
    for table in ("auction_round", "link_key", "link_place", "property"):
        op.execute(sa.text(f"DELETE FROM {table}"))
