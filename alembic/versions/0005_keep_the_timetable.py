"""keep what is to be fetched next, and who is at it

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
KINDS = ("lists", "listing")
REASONS = ("last_hour", "last_day", "result", "lists", "days_away", "next_round", "paused", "vanished")


def one_of(column: str, terms: tuple[str, ...]) -> sa.CheckConstraint:
    """The CHECK that closes a vocabulary."""
    return sa.CheckConstraint(" OR ".join(f"{column} = '{term}'" for term in terms), name=op.f(f"ck_target_{column}"))


def upgrade() -> None:
    """Empty until the timetable is kept."""
    op.create_table(
        "target",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.String(length=120), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("next_due", INSTANT),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("looked_at", INSTANT),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.String(length=120)),
        sa.Column("leased_until", INSTANT),
        one_of("kind", KINDS),
        one_of("reason", REASONS),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name="fk_target_source_source"),
        sa.PrimaryKeyConstraint("id", name="pk_target"),
        sa.UniqueConstraint("source", "kind", "source_id", name="uq_target_source_kind_source_id"),
    )
    op.create_index(op.f("ix_target_next_due"), "target", ["next_due"])
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )


def downgrade() -> None:
    """The timetable is made anew from the listings."""
    op.drop_table("lease")
    op.drop_table("target")
