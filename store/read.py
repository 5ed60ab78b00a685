"""Reading helpers that reports share: byte order on both databases, words by observation, sightings before a time."""

from __future__ import annotations  # array is not subscriptable before Python 3.12

import json
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, collate, func, select

from store.looks import unpack
from store.rows import LISTING, OBSERVATION, PAGE, SOURCE

IDS_PER_QUERY = 5_000
ROWS_PER_FETCH = 2_000


def in_byte_order(connection: Connection, column: Column[str]) -> ColumnElement[str]:
    """The column, sorted by its UTF-8 bytes: the order of Python and SQLite; PostgreSQL must be told.

    SQLite is not told: with ``COLLATE BINARY`` it sorts what the index holds in order already (3.40).
    """
    return collate(column, "C") if connection.dialect.name == "postgresql" else column


def look_order(connection: Connection) -> tuple[ColumnElement[Any], ...]:
    """What puts the observations of one listing in the order of ``store.fold.Look``."""
    return OBSERVATION.c.observed_at, in_byte_order(connection, OBSERVATION.c.reader), OBSERVATION.c.digest


def stream_rows(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Any]]:
    """The rows of a query, a few thousand in memory at a time."""
    yield from connection.execute(query.execution_options(yield_per=ROWS_PER_FETCH))


def driver_rows(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Sequence[Any]]]:
    """The same, a few thousand in each part, as the driver gives them: SQLAlchemy's rows cost half of that again."""
    result = connection.execute(query.execution_options(yield_per=ROWS_PER_FETCH))
    fetch, cursor = result.cursor_strategy.fetchmany, result.cursor  # not of the cursor, whose first row was taken
    try:
        while rows := fetch(result, cursor, ROWS_PER_FETCH):
            yield rows
            if len(rows) < ROWS_PER_FETCH:  # behind the last row the cursor may be closed
                return
    finally:
        result.close()


def among(connection: Connection, column: Column[int], ids: Collection[int]) -> ColumnElement[bool]:
    """Holds for these ids, a few thousand. SQLite takes them as one value, in less time than a parameter for each."""
    if connection.dialect.name == "postgresql":
        return column.in_(ids)
    listed = func.json_each(json.dumps(list(ids))).table_valued("value")
    return column.in_(select(listed.c.value))


def observations_by_id(
    connection: Connection, observation_ids: Iterable[int], columns: Sequence[str]
) -> dict[int, Row[Any]]:
    """The named columns of the given observations, by id."""
    found: dict[int, Row[Any]] = {}
    for ids in _batches(observation_ids):
        query = select(OBSERVATION.c.id, *(OBSERVATION.c[name] for name in columns)).where(OBSERVATION.c.id.in_(ids))
        found.update((row.id, row) for row in connection.execute(query))
    return found


def last_observation_ids(
    connection: Connection, listing_ids: Iterable[int], before: datetime | None = None
) -> dict[int, int]:
    """For each listing the id of its last observation, or of the last one before an instant."""
    found: dict[int, int] = {}
    for ids in _batches(listing_ids):
        newest_first = [part.desc() for part in look_order(connection)]
        position = func.row_number().over(partition_by=OBSERVATION.c.listing_id, order_by=newest_first)
        ranked = select(OBSERVATION.c.id, OBSERVATION.c.listing_id, position.label("position")).where(
            OBSERVATION.c.listing_id.in_(ids)
        )
        if before is not None:
            ranked = ranked.where(OBSERVATION.c.observed_at < before)
        table = ranked.subquery()
        query = select(table.c.listing_id, table.c.id).where(table.c.position == 1)
        found.update((listing_id, observation_id) for listing_id, observation_id in connection.execute(query))
    return found


@dataclass(frozen=True, slots=True)
class Sightings:
    """When each listing was seen last before an instant.

    Kept by the id of its first generation, as ``page.looks`` does; eight bytes a listing: five million take 40 MB.
    """

    before: datetime
    _instants: Sequence[datetime]
    _positions: array[int]

    def last_seen(self, first_id: int, seen_at: datetime) -> datetime:
        """When a listing was seen last before the instant, from its first generation and when it was seen last at all.

        A listing that was seen at the instant or later is the last generation known by then: a following one
        begins after the last look at this one. So the last of the earlier looks at the id is a look at it.
        """
        return seen_at if seen_at < self.before else self._instants[self._positions[first_id]]


def sightings_before(connection: Connection, before: datetime) -> Sightings:
    """Every look before an instant, from ``page.looks``: that a listing was seen again leaves no other trace."""
    highest = connection.execute(select(func.coalesce(func.max(LISTING.c.id), 0))).scalar_one()
    positions = array("q", [-1]) * (highest + 1)
    instants: list[datetime] = []
    query = (
        select(PAGE.c.observed_at, PAGE.c.looks)
        .where(PAGE.c.looks.is_not(None), PAGE.c.observed_at < before)
        .order_by(PAGE.c.observed_at)
        .execution_options(yield_per=50)
    )
    for observed_at, looks in connection.execute(query):
        if not instants or instants[-1] != observed_at:
            instants.append(observed_at)
        position = len(instants) - 1
        for first_id in unpack(looks)[0]:
            positions[first_id] = position
    return Sightings(before, instants, positions)


def last_seen(
    connection: Connection, listing_ids: Iterable[int], sightings: Sightings | None = None
) -> dict[int, datetime]:
    """When each listing was seen last of all, or by the sightings; it must have been seen by then."""
    found: dict[int, datetime] = {}
    for ids in _batches(listing_ids):
        rows = connection.execute(_seen_query().where(LISTING.c.id.in_(ids)))
        for listing_id, first_id, seen_at in rows:
            found[listing_id] = sightings.last_seen(first_id, seen_at) if sightings else seen_at
    return found


def observed_range(
    connection: Connection, sources: Collection[str] = (), sightings: Sightings | None = None
) -> tuple[datetime, datetime] | None:
    """From when to when the listings of these sources (all where empty) were seen; ``None``: not one was."""
    if not sources and sightings is None:
        return _range_of_looks(connection)
    known: list[ColumnElement[bool]] = [LISTING.c.source.in_(sources)] if sources else []
    if sightings is not None:
        known.append(LISTING.c.first_seen_at < sightings.before)
    first_at, last_at = connection.execute(
        select(func.min(LISTING.c.first_seen_at), func.max(LISTING.c.last_seen_at)).where(*known)
    ).one()
    if first_at is None:
        return None
    if sightings is not None and last_at >= sightings.before:
        rows = stream_rows(connection, _seen_query().where(*known))
        last_at = max(sightings.last_seen(first_id, seen_at) for _, first_id, seen_at in rows)
    return first_at, last_at


def _range_of_looks(connection: Connection) -> tuple[datetime, datetime] | None:
    """Of all sources: by the pages that showed any listing, whose index knows the first and the last of each source."""
    shown = select(PAGE.c.observed_at).where(PAGE.c.source == SOURCE.c.name, PAGE.c.listing_count > 0).limit(1)
    first, last = (shown.order_by(order).scalar_subquery() for order in (PAGE.c.observed_at, PAGE.c.observed_at.desc()))
    seen = [row for row in connection.execute(select(first, last).select_from(SOURCE)) if row[0] is not None]
    return (min(row[0] for row in seen), max(row[1] for row in seen)) if seen else None


def _seen_query() -> Select[Any]:
    """Each listing with its first generation and when it was seen last."""
    first = LISTING.alias("first")
    return select(LISTING.c.id, first.c.id, LISTING.c.last_seen_at).join(
        first,
        (first.c.source == LISTING.c.source) & (first.c.source_id == LISTING.c.source_id) & (first.c.generation == 1),
    )


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while batch := list(islice(rest, IDS_PER_QUERY)):
        yield batch
