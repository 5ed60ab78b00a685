"""The events of listings, read from the store: one pass over their observations in order."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, String, and_, case, func, or_, select, type_coerce

from store.read import look_order, stream_rows
from store.rows import OBSERVATION
from store.terms import RoundLink
from tracking.absences import find_absences
from tracking.events import BITS, Event, Sight, tell_events
from tracking.price_changes import OFFERED_PRICE

IDS_PER_QUERY = 5_000

Row = Sequence[Any]
"""A listing's id, then the fields of ``Sight`` as the driver gives them."""

TIMES = slice(1 + Sight._fields.index("starts_at"), 1 + Sight._fields.index("hammer_price"))
NEWS_FROM = 1 + Sight._fields.index("price")
"""Rows of one listing that are equal from here on say the same."""


def events_of(
    connection: Connection,
    listing_ids: Collection[int] | None,
    as_of: datetime,
    chain: Mapping[int, RoundLink],
) -> Iterator[Event]:
    """What happened to listings, listing by listing in the order of their ids, each in order of time.

    Args:
        connection: open for reading.
        listing_ids: whose events; of all listings where it is ``None``.
        as_of: what was observed later does not count; an end before it has passed.
        chain: how each listing follows the one before it; those that follow none are left out.
    """
    absences = find_absences(connection, listing_ids, as_of)
    for rows in _stories(connection, listing_ids, as_of):
        listing_id = rows[0][0]
        yield from tell_events(listing_id, _sights(rows), as_of, chain.get(listing_id), absences.get(listing_id, ()))


def _stories(connection: Connection, listing_ids: Collection[int] | None, as_of: datetime) -> Iterator[list[Row]]:
    """The observations of each listing that say another thing than the one before."""
    query = _sights_query(connection).where(OBSERVATION.c.observed_at <= as_of)
    for part in _parts(query, listing_ids):
        yield from _by_listing(stream_rows(connection, part))


def _by_listing(rows: Iterable[Row]) -> Iterator[list[Row]]:
    story: list[Row] = []
    listing_id: int | None = None
    said: Row = ()
    for row in rows:
        if row[0] != listing_id:
            if story:
                yield story
            story, listing_id, said = [row], row[0], row[NEWS_FROM:]
        elif (now := row[NEWS_FROM:]) != said:
            story.append(row)
            said = now
    if story:
        yield story


def _sights(rows: Sequence[Row]) -> list[Sight]:
    """The rows of one listing with their values as Python's. Terms stay texts: they equal their members."""
    sights: list[Sight] = []
    raw_times, times = rows[0][TIMES], _times(*rows[0][TIMES])
    for row in rows:
        if row[TIMES] != raw_times:
            raw_times, times = row[TIMES], _times(*row[TIMES])
        sights.append(Sight._make((_instant(row[1]), *row[2 : TIMES.start], *times, *row[TIMES.stop :])))
    return sights


def _times(starts: Any, ends: Any, ended_on: Any) -> tuple[datetime | None, datetime | None, date | None]:
    return (
        None if starts is None else _instant(starts),
        None if ends is None else _instant(ends),
        date.fromisoformat(ended_on) if isinstance(ended_on, str) else ended_on,
    )


@lru_cache(maxsize=1 << 16)
def _instant(value: datetime | str) -> datetime:
    """What the driver gives: text without a zone on SQLite, on PostgreSQL an instant in the session's zone.

    Pages share their instants, and starts lie on full hours: remembering them takes 15 MB and spares a tenth.
    """
    return datetime.fromisoformat(value + "+00:00") if isinstance(value, str) else value.astimezone(UTC)


def _sights_query(connection: Connection) -> Select[Any]:
    """All observations in their order. Values are left as the driver gives them: most rows are no news."""
    observation = OBSERVATION.c
    not_exact = and_(_states("is_price_exact"), observation.is_price_exact.is_(False))
    return select(
        observation.listing_id,
        type_coerce(observation.observed_at, String),
        observation.stated,
        observation.bid_count,
        observation.extension_minutes,
        case((_states_offered_price(), func.nullif(func.coalesce(*(observation[name] for name in OFFERED_PRICE)), 0))),
        type_coerce(case((not_exact, 0), else_=1), Integer),
        *(type_coerce(observation[name], String) for name in ("currency", "status", "round_kind")),
        observation.round_number,
        *(type_coerce(observation[name], String) for name in ("starts_at", "ends_at", "ended_on")),
        observation.hammer_price,
    ).order_by(observation.listing_id, *look_order(connection))


def _states_offered_price() -> ColumnElement[bool]:
    """The look itself said the price at which the listing is offered, as ``tracking.price_changes`` has it."""
    asking, starting = (OBSERVATION.c[name] for name in OFFERED_PRICE)
    states_starting = and_(asking.is_(None), starting.is_not(None), _states("starting_price"))
    return or_(and_(asking.is_not(None), _states("asking_price")), states_starting)


def _states(name: str) -> ColumnElement[bool]:
    return OBSERVATION.c.stated.bitwise_and(BITS[name]) != 0


def _parts(query: Select[Any], listing_ids: Collection[int] | None) -> Iterator[Select[Any]]:
    if listing_ids is None:
        yield query
        return
    ids = sorted(listing_ids)
    for start in range(0, len(ids), IDS_PER_QUERY):
        yield query.where(OBSERVATION.c.listing_id.in_(ids[start : start + IDS_PER_QUERY]))
