"""pack rollups of standing reports

Empty until they are counted anew: after the next crawl, capture or linking, or by fapai db rollups. News stay.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COUNTS = ("listings", "unlinked", "homes", "open", "stale", "sold", "failed", "withdrawn", "suspended", "unknown")
FURTHER_COUNTS = ("untold", "followed", "cut")
CUT_COUNTS = ("cut_10", "cut_20", "cut_30", "cut_50")


def upgrade() -> None:
    """A few rows for each way to tell groups apart, in the place of a row for each cell."""
    _forget("rollup_cell")
    _create_mark_table(sa.Column("definition", sa.String(length=32), nullable=False))
    op.create_table(
        "rollup_sheet",
        sa.Column("family", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.Column("cut_sums", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("family", "scope", "part", name="pk_rollup_sheet"),
    )


def downgrade() -> None:
    """A row for each cell."""
    _forget("rollup_sheet")
    _create_mark_table(sa.Column("version", sa.Integer(), nullable=False))
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


def _forget(cells: str) -> None:
    op.drop_table(cells)
    op.drop_table("rollup_mark")
    op.execute("DELETE FROM rollup_listing")


def _create_mark_table(definition: sa.Column[str] | sa.Column[int]) -> None:
    op.create_table(
        "rollup_mark",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        definition,
        sa.Column("linker_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_rollup_mark"),
    )
