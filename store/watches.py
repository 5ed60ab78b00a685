"""Reading and writing watches and what they know. Nothing here commits; the caller owns the transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.rows import CALENDAR_ENTRY, WATCH, WATCH_CHANNEL, WATCH_EVENT, WATCH_HOME
from store.statement import Minor
from store.terms import ChannelKind, Currency, Pace

ROWS_PER_STATEMENT = 2_000


class StoredWatch(NamedTuple):
    """One row of ``watch``."""

    id: int
    name: str
    wishes: Mapping[str, Any]
    language: str
    pace: Pace
    speaks_at: str
    speaks_on: int
    quiet_from: str | None
    quiet_to: str | None
    zone: str
    version: int
    summary_count: int
    created_at: datetime
    paused_at: datetime | None
    summed_up_at: datetime | None
    spoke_at: datetime | None


class StoredChannel(NamedTuple):
    """One row of ``watch_channel``."""

    id: int
    watch_id: int
    kind: ChannelKind
    place: str
    secret: str | None


class StoredHome(NamedTuple):
    """One row of ``watch_home``, without the watch."""

    home: str
    is_inside: bool
    entries: int
    currency: Currency | None
    lot: str
    told_price: Minor | None
    seen_price: Minor | None


class StoredEvent(NamedTuple):
    """What a watch takes note of; ``news`` is ``None`` where it is not to be told."""

    event_key: str
    home: str
    news: Mapping[str, Any] | None


class StoredEntry(NamedTuple):
    """One row of ``calendar_entry``, without the channel."""

    uid: str
    sequence: int
    changed_at: datetime
    content: Mapping[str, Any]


def add_watch(connection: Connection, **values: Any) -> int:
    """Write a watch; gives its id."""
    return int(connection.execute(insert(WATCH).values(**values).returning(WATCH.c.id)).scalar_one())


def load_watches(connection: Connection) -> list[StoredWatch]:
    """All watches by name."""
    query = select(*(WATCH.c[name] for name in StoredWatch._fields)).order_by(WATCH.c.name)
    return [StoredWatch._make(row) for row in connection.execute(query)]


def find_watch(connection: Connection, name: str) -> StoredWatch | None:
    """The watch of this name."""
    query = select(*(WATCH.c[each] for each in StoredWatch._fields)).where(WATCH.c.name == name)
    row = connection.execute(query).first()
    return None if row is None else StoredWatch._make(row)


def change_watch(connection: Connection, watch: StoredWatch, **values: Any) -> bool:
    """Change a watch that is still as it was read; whether it is. Of two that try, the second gives way."""
    own = (WATCH.c.id == watch.id) & (WATCH.c.version == watch.version)
    changed = connection.execute(update(WATCH).where(own).values(version=watch.version + 1, **values))
    return changed.rowcount == 1


def remove_watch(connection: Connection, watch_id: int) -> None:
    """Take a watch away with all that it knows and has told."""
    connection.execute(delete(WATCH).where(WATCH.c.id == watch_id))


def add_channel(connection: Connection, watch_id: int, kind: ChannelKind, place: str, secret: str | None) -> int:
    """Write a channel; gives its id."""
    row = {"watch_id": watch_id, "kind": kind, "place": place, "secret": secret}
    return int(connection.execute(insert(WATCH_CHANNEL).values(**row).returning(WATCH_CHANNEL.c.id)).scalar_one())


def drop_channel(connection: Connection, channel_id: int) -> None:
    """Take a channel away with what waits for it."""
    connection.execute(delete(WATCH_CHANNEL).where(WATCH_CHANNEL.c.id == channel_id))


def load_channels(connection: Connection, watch_id: int | None = None) -> list[StoredChannel]:
    """The channels of a watch, of all watches where none is named, in the order in which they were added."""
    query = select(*(WATCH_CHANNEL.c[name] for name in StoredChannel._fields)).order_by(WATCH_CHANNEL.c.id)
    if watch_id is not None:
        query = query.where(WATCH_CHANNEL.c.watch_id == watch_id)
    return [StoredChannel._make(row) for row in connection.execute(query)]


def known_events(connection: Connection, watch_id: int) -> set[str]:
    """The keys of all that a watch has taken note of."""
    return set(connection.execute(select(WATCH_EVENT.c.event_key).where(WATCH_EVENT.c.watch_id == watch_id)).scalars())


def add_events(connection: Connection, watch_id: int, events: Iterable[StoredEvent], now: datetime) -> None:
    """Take note of events; one that is noted already is an error, so that nothing is told twice."""
    rows = [{**each._asdict(), "watch_id": watch_id, "noticed_at": now} for each in events]
    for part in _parts(rows):
        connection.execute(insert(WATCH_EVENT), part)


def open_events(connection: Connection, watch_id: int) -> list[StoredEvent]:
    """What is to be told and no message tells yet, in the order in which it was noticed."""
    event = WATCH_EVENT.c
    query = select(event.event_key, event.home, event.news).where(event.watch_id == watch_id)
    query = query.where(event.news.is_not(None), event.message_id.is_(None))
    return [StoredEvent._make(row) for row in connection.execute(query.order_by(event.noticed_at, event.event_key))]


def event_counts(connection: Connection) -> dict[int, int]:
    """How many things each watch has told or is to tell."""
    event = WATCH_EVENT.c
    query = select(event.watch_id, func.count()).where(event.news.is_not(None)).group_by(event.watch_id)
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def load_watch_homes(connection: Connection, watch_id: int) -> dict[str, StoredHome]:
    """The homes that a watch knows, by their keys."""
    query = select(*(WATCH_HOME.c[name] for name in StoredHome._fields)).where(WATCH_HOME.c.watch_id == watch_id)
    return {row.home: StoredHome._make(row) for row in connection.execute(query)}


def put_watch_homes(connection: Connection, watch_id: int, homes: Collection[StoredHome]) -> None:
    """Write how a watch knows some homes, over what it knew."""
    upsert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = upsert(WATCH_HOME)
    told = {name: statement.excluded[name] for name in StoredHome._fields if name != "home"}
    rows = [{**home._asdict(), "watch_id": watch_id} for home in homes]
    for part in _parts(rows):
        connection.execute(statement.on_conflict_do_update(index_elements=["watch_id", "home"], set_=told), part)


def load_entries(connection: Connection, channel_id: int) -> dict[str, StoredEntry]:
    """The entries of a calendar as they were written last."""
    query = select(*(CALENDAR_ENTRY.c[name] for name in StoredEntry._fields))
    rows = connection.execute(query.where(CALENDAR_ENTRY.c.channel_id == channel_id))
    return {row.uid: StoredEntry._make(row) for row in rows}


def put_entries(connection: Connection, channel_id: int, entries: Collection[StoredEntry]) -> None:
    """Write entries of a calendar, over those of the same ids."""
    upsert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = upsert(CALENDAR_ENTRY)
    told = {name: statement.excluded[name] for name in StoredEntry._fields if name != "uid"}
    rows = [{**entry._asdict(), "channel_id": channel_id} for entry in entries]
    for part in _parts(rows):
        connection.execute(statement.on_conflict_do_update(index_elements=["channel_id", "uid"], set_=told), part)


def drop_entries(connection: Connection, channel_id: int, uids: Collection[str]) -> None:
    """Take entries out of a calendar."""
    own = CALENDAR_ENTRY.c
    for part in _parts(sorted(uids)):
        connection.execute(delete(CALENDAR_ENTRY).where(own.channel_id == channel_id, own.uid.in_(part)))


def _parts(rows: Sequence[Any]) -> Iterable[Sequence[Any]]:
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        yield rows[start : start + ROWS_PER_STATEMENT]
