"""keep what a stopped crawl left

The next crawl of the same scope goes on where it was stopped.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No run so far has told what it left."""
    op.add_column("crawl_run", sa.Column("left_to_ask", sa.Text(), nullable=True))


def downgrade() -> None:
    """What was left is asked for from the beginning again."""
    op.drop_column("crawl_run", "left_to_ask")
