"""What watches there are, what one of them is like, and what lies in the outbox: as tables."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from reporting.alerts.hours import WEEKDAYS
from reporting.alerts.manage import require_watch, shown_channel
from reporting.alerts.wishes import describe
from reporting.tables import Column, Shape, Table
from store.outbox import StoredDelivery, list_deliveries
from store.terms import ChannelKind, DeliveryState, Pace
from store.watches import (
    StoredChannel,
    StoredWatch,
    event_counts,
    load_channels,
    load_watch_homes,
    load_watches,
    open_events,
)

WATCHES = "watches: what each is for and where it tells it; addresses are secrets and not shown"
ONE_WATCH = "watch: what it is for, when and where it tells it, and what it has told"
OUTBOX = (
    "outbox: one row for each message and channel; pending: waits, sending: claimed by a run, sent: taken, "
    "dead: given up after many attempts (fapai watch outbox --retry ID)"
)
SHOWN_MESSAGES = 5


@dataclass(frozen=True, slots=True)
class WatchRow:
    """One watch."""

    name: str
    wishes: str
    pace: str
    channels: str
    state: str
    news: int
    spoke_at: datetime | None


@dataclass(frozen=True, slots=True)
class FactRow:
    """One thing about one watch."""

    what: str
    value: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One message to one channel."""

    id: int
    watch: str
    channel: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    may_repeat: str | None
    error: str | None
    subject: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A table that is a report."""

    content: Table

    def table(self) -> Table:
        """The table itself."""
        return self.content


WATCH_COLUMNS = (
    Column("name", Shape.TEXT, "watch", least=12),
    Column("wishes", Shape.TEXT, "for", least=20),
    Column("pace", Shape.TEXT, "tells", room=2),
    Column("channels", Shape.TEXT, "channels", room=1, least=12),
    Column("state", Shape.WORD, "state"),
    Column("news", Shape.COUNT, "news", room=3),
    Column("spoke_at", Shape.MINUTE, "last", room=4),
)
FACT_COLUMNS = (Column("what", Shape.WORD, "what"), Column("value", Shape.TEXT, "value", least=40))
DELIVERY_COLUMNS = (
    Column("id", Shape.COUNT, "id"),
    Column("watch", Shape.TEXT, "watch", least=10),
    Column("channel", Shape.TEXT, "channel", room=1, least=10),
    Column("state", Shape.WORD, "state"),
    Column("attempts", Shape.COUNT, "tries", room=4),
    Column("created_at", Shape.MINUTE, "made", room=5),
    Column("due_at", Shape.MINUTE, "next", room=2),
    Column("sent_at", Shape.MINUTE, "sent", room=3),
    Column("may_repeat", Shape.WORD, "repeat?", room=6),
    Column("error", Shape.TEXT, "why", least=12),
    Column("subject", Shape.TEXT, "subject", least=20),
)


def list_watches(connection: Connection) -> Listed:
    """All watches by name."""
    counts = event_counts(connection)
    channels: dict[int, list[StoredChannel]] = {}
    for channel in load_channels(connection):
        channels.setdefault(channel.watch_id, []).append(channel)
    rows = [
        WatchRow(
            watch.name,
            describe(watch.wishes),
            pace_words(watch),
            ", ".join(map(shown_channel, channels.get(watch.id, ()))),
            state_of(watch),
            counts.get(watch.id, 0),
            watch.spoke_at,
        )
        for watch in load_watches(connection)
    ]
    return Listed(Table(WATCH_COLUMNS, rows, WATCHES, "watches"))


def show_watch(connection: Connection, name: str) -> Listed:
    """One watch.

    Raises:
        NoSuchWatch: none has the name.
    """
    watch = require_watch(connection, name)
    quiet = "none" if watch.quiet_from is None else f"{watch.quiet_from}-{watch.quiet_to}"
    inside = [home for home in load_watch_homes(connection, watch.id).values() if home.is_inside]
    facts = [
        ("name", watch.name),
        ("for", describe(watch.wishes)),
        ("tells", pace_words(watch)),
        ("quiet", f"{quiet} ({watch.zone})"),
        ("language", watch.language),
        ("state", state_of(watch)),
        ("homes", f"{len(inside):,}"),
        ("waiting", f"{len(open_events(connection, watch.id)):,} to be told"),
        *(("channel", shown_channel(channel)) for channel in load_channels(connection, watch.id)),
        *(("message", _message(each)) for each in list_deliveries(connection, (), watch.id)[:SHOWN_MESSAGES]),
    ]
    return Listed(Table(FACT_COLUMNS, [FactRow(*fact) for fact in facts], ONE_WATCH, "facts"))


def list_outbox(
    connection: Connection, states: Collection[DeliveryState], name: str | None, limit: int | None
) -> Listed:
    """Messages on their way and those that were sent, the newest first.

    Raises:
        NoSuchWatch: none has the name.
    """
    watch_id = None if name is None else require_watch(connection, name).id
    rows = [_delivery(each) for each in list_deliveries(connection, states, watch_id)]
    return Listed(Table(DELIVERY_COLUMNS, rows, OUTBOX, "deliveries", limit=limit))


def pace_words(watch: StoredWatch) -> str:
    """When it tells what it knows."""
    match watch.pace:
        case Pace.AT_ONCE:
            return "at once"
        case Pace.DAILY:
            return f"daily at {watch.speaks_at}"
    return f"weekly on {WEEKDAYS[watch.speaks_on]} at {watch.speaks_at}"


def state_of(watch: StoredWatch) -> str:
    """Whether it watches."""
    if watch.paused_at is not None:
        return "paused"
    return "watching" if watch.summed_up_at is not None else "begins with the next run"


def _delivery(each: StoredDelivery) -> DeliveryRow:
    return DeliveryRow(
        each.id,
        each.watch,
        _channel(each),
        each.state,
        each.attempts,
        each.created_at,
        each.due_at if each.state is DeliveryState.PENDING else None,
        each.sent_at,
        "may" if each.is_unsure else None,
        each.error,
        each.subject,
    )


def _channel(each: StoredDelivery) -> str:
    return shown_channel(StoredChannel(each.channel_id, each.watch_id, ChannelKind(each.kind), each.place, None))


def _message(each: StoredDelivery) -> str:
    return f"{each.state}: {each.subject}"
