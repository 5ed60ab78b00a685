"""keep doors beside keys

Where in its place a listing lies stands beside each of its keys, so that most that share one are told apart unread; the
names of places have an index. The doors of what is linked already are not told: it is read as before, until it is linked anew
(fapai link --rebuild tells them all).

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column, and an index."""
    op.add_column("link_key", sa.Column("door", sa.BigInteger(), server_default="0", nullable=False))
    where = sa.text("other_place IS NOT NULL")
    op.create_index(
        "ix_link_place_place_link_place_other_place",
        "link_place",
        ["place", "other_place"],
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    """Without them."""
    op.drop_index("ix_link_place_place_link_place_other_place", table_name="link_place")
    op.drop_column("link_key", "door")
