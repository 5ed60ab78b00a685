"""keep doors beside keys

Where in its place a listing lies stands beside each of its keys, so that most that share one are told apart unread; the
names of places have an index; what listings were compared by is packed. The next linking makes it all anew (fapai link);
homes and decisions stand until then.

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
    """Doors are not told, and nothing is packed, until the next linking."""
    _ask_for_linking()
    op.add_column("link_key", sa.Column("door", sa.BigInteger(), server_default="0", nullable=False))
    where = sa.text("other_place IS NOT NULL")
    op.create_index(NAMES, "link_place", ["place", "other_place"], sqlite_where=where, postgresql_where=where)
    _create_traits(sa.LargeBinary())


def downgrade() -> None:
    """The same."""
    _ask_for_linking()
    op.drop_index(NAMES, table_name="link_place")
    op.drop_column("link_key", "door")
    _create_traits(sa.Text())


NAMES = "ix_link_place_place_link_place_other_place"


def _ask_for_linking() -> None:
    """Let the next linking look at everything, as ``store.links.unlink`` does. Homes stand until then.

    Without them each listing would be told as a home of its own, and all changes of price as news to those who watch.
    """
    op.execute("UPDATE auction_round SET observation_id = -1")
    op.execute("DELETE FROM link_news")
    op.execute("INSERT INTO link_news (listing_ids) SELECT NULL WHERE EXISTS (SELECT 1 FROM listing)")


def _create_traits(kind: sa.types.TypeEngine[bytes] | sa.types.TypeEngine[str]) -> None:
    op.drop_table("link_traits")
    op.create_table(
        "link_traits",
        sa.Column(
            "listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=False
        ),
        sa.Column("linker_version", sa.Integer(), nullable=False),
        sa.Column("told", kind, nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name="fk_link_traits_listing_id_listing", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("listing_id", name="pk_link_traits"),
    )
