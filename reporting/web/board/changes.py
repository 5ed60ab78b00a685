"""What has changed since a board was made: told by a mark for each listing, at a hundredth of the cost of reading all.

A line of the board follows from a listing's state and history, its home and what its home is made of. Whoever writes a
history writes another state too (``observation_id``), so a mark of the state, the home and both sightings tells whether
a line may differ. Pages that are read again (``fapai reparse``) may write under old numbers: writes of no run.
"""

from __future__ import annotations  # array is not subscriptable before Python 3.12

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import compress
from operator import ne
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, or_, select

from reporting.web.board.lasting import lasting_hash
from store.bulk import driver_query
from store.rows import CRAWL_RUN, LISTING, PROPERTY, SOURCE

ROWS_AT_ONCE = 50_000
MOST_PARTS = 4
"""Beyond every fourth listing changed, all are read anew: as fast, and measured out evenly."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The state of the database: of each listing, in the order of their ids, and of each home."""

    ids: array[int]
    states: array[int]
    homes: array[int]  # 0: not linked
    seen: array[int]
    home_ids: array[int]
    sites: array[int]  # what each home is made of
    writes: int  # of all sources, ever


class Changes(NamedTuple):
    """``listing_ids``: whole homes to be read; ``seen``: listings of which only the last sighting differs."""

    listing_ids: set[int]
    seen: set[int]


def read_marks(connection: Connection) -> Marks:
    """The marks of all listings and homes."""
    ids, states, homes, seen = (array("q") for _ in range(4))
    sql = (
        "SELECT listing.id, listing.observation_id, listing.first_seen_at, listing.last_digest,"
        " auction_round.property_id, listing.last_seen_at"
        " FROM listing LEFT JOIN auction_round ON auction_round.listing_id = listing.id"
        " WHERE listing.id > ? AND listing.id <= ? ORDER BY listing.id"
    )
    for rows in _in_parts(connection, sql, LISTING.c.id):
        own, observation, first, digest, home, last = zip(*rows, strict=True)
        ids.extend(own)
        states.extend(map(lasting_hash, zip(observation, map(_instant, first), digest, strict=True)))
        homes.extend(each or 0 for each in home)
        seen.extend(lasting_hash((_instant(each),)) for each in last)
    home_ids, sites = array("q"), array("q")
    sql = "SELECT id, compound, share, unit_count FROM property WHERE id > ? AND id <= ? ORDER BY id"
    for rows in _in_parts(connection, sql, PROPERTY.c.id):
        home_ids.extend(row[0] for row in rows)
        sites.extend(lasting_hash(row[1:]) for row in rows)
    writes = connection.execute(select(func.coalesce(func.sum(SOURCE.c.write_count), 0))).scalar_one()
    return Marks(ids, states, homes, seen, home_ids, sites, int(writes))


def changes_between(
    connection: Connection, old: Marks, new: Marks, since: datetime, due: Collection[int], unseen: Collection[int]
) -> Changes | None:
    """What a board of ``old`` must read to be one of ``new``; ``None`` where all must be read.

    Args:
        connection: open for reading.
        old: the marks of before.
        new: those of now.
        since: when the old ones were read.
        due: listings that may be over by time alone.
        unseen: listings whose state is another one once they are seen again.
    """
    size = len(old.ids)
    if new.ids[:size] != old.ids or (new.writes != old.writes and not _ran(connection, since)):
        return None
    changed = set(new.ids[size:])
    for before, after in ((old.states, new.states), (old.homes, new.homes)):
        changed.update(_differing(old.ids, before, after))
    seen = set(_differing(old.ids, old.seen, new.seen))
    changed |= seen.intersection(unseen)
    homes = _homes_at(old, changed) | _homes_at(new, changed | set(due))
    if (old.home_ids, old.sites) != (new.home_ids, new.sites):
        known = dict(zip(old.home_ids, old.sites, strict=True))
        homes.update(home for home, site in zip(new.home_ids, new.sites, strict=True) if known.get(home) != site)
    listing_ids = changed | set(due) | set(compress(new.ids, (home in homes for home in new.homes)))
    if len(listing_ids) * MOST_PARTS > len(new.ids):
        return None
    return Changes(listing_ids, seen - listing_ids)


def _ran(connection: Connection, since: datetime) -> bool:
    """Whether any crawl or capture was under way since then."""
    run = CRAWL_RUN.c
    query = select(run.id).where(or_(run.finished_at.is_(None), run.finished_at >= since)).limit(1)
    return connection.execute(query).first() is not None


def _differing(ids: Sequence[int], before: Sequence[int], after: Sequence[int]) -> Iterable[int]:
    """The ids of which two columns tell different things; what stands behind the end of the first is left out."""
    return compress(ids, map(ne, before, after))


def _homes_at(marks: Marks, listing_ids: Collection[int]) -> set[int]:
    homes = compress(marks.homes, (each in listing_ids for each in marks.ids))
    return {home for home in homes if home}


def _instant(value: datetime | str) -> datetime | str:
    """An instant that reads alike in every session: a server gives it in the zone of the session."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _in_parts(connection: Connection, sql: str, column: Any) -> Iterator[Sequence[Any]]:
    """The rows between two ids, some thousands at a time, past SQLAlchemy's rows."""
    highest = connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one()
    for start in range(0, highest, ROWS_AT_ONCE):
        rows = driver_query(connection, sql, (start, start + ROWS_AT_ONCE))
        if rows:
            yield rows
