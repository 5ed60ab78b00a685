"""Reading helpers that reports share: byte order on both databases, words by observation, sightings before a time."""

from __future__ import annotations  # array is not subscriptable before Python 3.12

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, collate, func, select

from store.looks import unpack
from store.rows import LISTING, OBSERVATION, PAGE

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


def stream_rows(connection: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
    """The rows of a query, a few thousand in memory at a time."""
    yield from connection.execute(query.execution_options(yield_per=ROWS_PER_FETCH))


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
    """When each listing was seen last before an instant, by the id of its first generation.

    Eight bytes a listing: five million take 40 MB.
    """

    _instants: Sequence[datetime]
    _positions: array[int]

    def __getitem__(self, first_id: int) -> datetime:
        position = self._positions[first_id]
        if position < 0:
            raise KeyError(first_id)
        return self._instants[position]


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
    return Sightings(instants, positions)


def last_seen(
    connection: Connection, listing_ids: Iterable[int], before: datetime | None = None
) -> Mapping[int, datetime]:
    """When each listing was seen last, or last before an instant; listings must have been seen before it."""
    first = LISTING.alias()
    sightings = None if before is None else sightings_before(connection, before)
    found: dict[int, datetime] = {}
    for ids in _batches(listing_ids):
        query = (
            select(LISTING.c.id, first.c.id, LISTING.c.last_seen_at)
            .join(first, (first.c.source == LISTING.c.source) & (first.c.source_id == LISTING.c.source_id))
            .where(LISTING.c.id.in_(ids), first.c.generation == 1)
        )
        for listing_id, first_id, seen_at in connection.execute(query):
            found[listing_id] = seen_before(seen_at, first_id, before, sightings)
    return found


def seen_before(seen_at: datetime, first_id: int, before: datetime | None, sightings: Sightings | None) -> datetime:
    """When a listing was seen last before an instant, from when it was seen last of all.

    Where it was seen at that instant or later, it is the last generation known by then: a following one begins
    after the last look at this one. So every earlier look at the id that matters is a look at this generation.
    """
    if before is None or sightings is None or seen_at < before:
        return seen_at
    return sightings[first_id]


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while batch := list(islice(rest, IDS_PER_QUERY)):
        yield batch
