"""know which listings are to be linked

A linking after a crawl reads there what was written since the last one, in place of comparing all listings. Indexes find
the few doubts that stand and the homes of another version, in place of looking at the decisions of each listing and at
all homes.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

IS_DOUBT = sa.text("judgement = 'unsure' AND superseded_at IS NULL")
SIDES = ("one_id", "other_id")


def upgrade() -> None:
    """What was written before it was told may wait to be linked: the next linking compares all."""
    op.create_table(
        "link_news",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("listing_ids", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_link_news"),
    )
    op.create_index("ix_property_linker_version", "property", ["linker_version"])
    for side in SIDES:
        op.create_index(
            f"ix_link_decision_doubt_{side}",
            "link_decision",
            [side],
            sqlite_where=IS_DOUBT,
            postgresql_where=IS_DOUBT,
        )
    op.execute(sa.text("INSERT INTO link_news (listing_ids) SELECT NULL WHERE EXISTS (SELECT 1 FROM listing)"))


def downgrade() -> None:
    """Each linking compares all listings then."""
    for side in SIDES:
        op.drop_index(f"ix_link_decision_doubt_{side}", "link_decision")
    op.drop_index("ix_property_linker_version", "property")
    op.drop_table("link_news")
