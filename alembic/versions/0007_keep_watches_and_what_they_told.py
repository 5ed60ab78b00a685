"""keep watches, and what they told

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
PACES = ("at_once", "daily", "weekly")
CHANNELS = ("apprise", "atom", "icalendar")
STATES = ("pending", "sending", "sent", "dead")
CURRENCIES = ("CNY", "HKD", "TWD", "BRL", "KRW", "USD", "EUR", "UAH")


def one_of(table: str, column: str, terms: tuple[str, ...]) -> sa.CheckConstraint:
    """The CHECK that closes a vocabulary."""
    words = " OR ".join(f"{column} = '{term}'" for term in terms)
    return sa.CheckConstraint(words, name=op.f(f"ck_{table}_{column}"))


def key_of(table: str, column: str, other: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    """A foreign key to the id of another table."""
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}", ondelete=ondelete)


def upgrade() -> None:
    """Empty until a watch is added."""
    _make_watches()
    _make_memory()
    _make_outbox()


def downgrade() -> None:
    """Watches are lost, and what they told: made anew, each begins with a summary."""
    for table in ("calendar_entry", "delivery", "watch_event", "watch_message", "watch_home", "watch_channel", "watch"):
        op.drop_table(table)


def _make_watches() -> None:
    op.create_table(
        "watch",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("pace", sa.String(length=32), nullable=False),
        sa.Column("speaks_at", sa.String(length=5), nullable=False),
        sa.Column("speaks_on", sa.SmallInteger(), nullable=False),
        sa.Column("quiet_from", sa.String(length=5)),
        sa.Column("quiet_to", sa.String(length=5)),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("summary_count", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("paused_at", INSTANT),
        sa.Column("summed_up_at", INSTANT),
        sa.Column("spoke_at", INSTANT),
        one_of("watch", "pace", PACES),
        sa.PrimaryKeyConstraint("id", name="pk_watch"),
        sa.UniqueConstraint("name", name="uq_watch_name"),
    )
    op.create_table(
        "watch_channel",
        sa.Column("id", KEY, nullable=False),
        sa.Column("watch_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(length=32)),
        one_of("watch_channel", "kind", CHANNELS),
        key_of("watch_channel", "watch_id", "watch"),
        sa.PrimaryKeyConstraint("id", name="pk_watch_channel"),
    )
    op.create_index(op.f("ix_watch_channel_watch_id"), "watch_channel", ["watch_id"])


def _make_memory() -> None:
    op.create_table(
        "watch_home",
        sa.Column("watch_id", KEY, nullable=False),
        sa.Column("home", sa.String(length=180), nullable=False),
        sa.Column("is_inside", sa.Boolean(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=32)),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("told_price", sa.BigInteger()),
        sa.Column("seen_price", sa.BigInteger()),
        one_of("watch_home", "currency", CURRENCIES),
        key_of("watch_home", "watch_id", "watch"),
        sa.PrimaryKeyConstraint("watch_id", "home", name="pk_watch_home"),
    )
    op.create_table(
        "watch_message",
        sa.Column("id", KEY, nullable=False),
        sa.Column("watch_id", KEY, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        key_of("watch_message", "watch_id", "watch"),
        sa.PrimaryKeyConstraint("id", name="pk_watch_message"),
        sa.UniqueConstraint("key", name="uq_watch_message_key"),
    )
    op.create_index(op.f("ix_watch_message_watch_id"), "watch_message", ["watch_id"])
    op.create_table(
        "watch_event",
        sa.Column("watch_id", KEY, nullable=False),
        sa.Column("event_key", sa.String(length=32), nullable=False),
        sa.Column("home", sa.String(length=180), nullable=False),
        sa.Column("noticed_at", INSTANT, nullable=False),
        sa.Column("news", sa.JSON()),
        sa.Column("message_id", KEY),
        key_of("watch_event", "watch_id", "watch"),
        key_of("watch_event", "message_id", "watch_message", "SET NULL"),
        sa.PrimaryKeyConstraint("watch_id", "event_key", name="pk_watch_event"),
    )
    op.create_index(op.f("ix_watch_event_message_id"), "watch_event", ["message_id"])


def _make_outbox() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("channel_id", KEY, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("claimed_until", INSTANT),
        sa.Column("is_unsure", sa.Boolean(), nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.Column("error", sa.Text()),
        one_of("delivery", "state", STATES),
        key_of("delivery", "message_id", "watch_message"),
        key_of("delivery", "channel_id", "watch_channel"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("message_id", "channel_id", name="uq_delivery_message_id_channel_id"),
    )
    op.create_index(op.f("ix_delivery_channel_id"), "delivery", ["channel_id"])
    op.create_index(op.f("ix_delivery_state_delivery_due_at"), "delivery", ["state", "due_at"])
    op.create_table(
        "calendar_entry",
        sa.Column("channel_id", KEY, nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        key_of("calendar_entry", "channel_id", "watch_channel"),
        sa.PrimaryKeyConstraint("channel_id", "uid", name="pk_calendar_entry"),
    )
