"""keep the last sign of life of each run

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Runs of before have no sign of life: those that never ended are taken for dead."""
    op.add_column("crawl_run", sa.Column("alive_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """The signs of life are lost."""
    op.drop_column("crawl_run", "alive_at")
