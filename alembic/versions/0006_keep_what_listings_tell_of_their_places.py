"""keep what listings tell of their places

What is derived is taken away with it: the next linking makes it anew, with keys of another form. Decisions stay.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty until the next linking."""
    _forget_links()
    op.create_table(
        "link_place",
        sa.Column("place", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("other_place", sa.BigInteger()),
        sa.Column("building", sa.Text()),
        sa.Column("unit", sa.Text()),
        sa.Column("floor", sa.Text()),
        sa.Column("room", sa.Text()),
        sa.Column("is_parking", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("place", "listing_id", name="pk_link_place"),
        sqlite_with_rowid=False,
    )
    op.add_column("auction_round", sa.Column("traits_digest", sa.BigInteger(), nullable=False))


def downgrade() -> None:
    """All of it can be derived again."""
    _forget_links()
    op.drop_column("auction_round", "traits_digest")
    op.drop_table("link_place")


def _forget_links() -> None:
    for table in ("auction_round", "link_key", "property"):
        op.execute(sa.text(f"DELETE FROM {table}"))
