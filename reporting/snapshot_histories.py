"""The files of a snapshot on listings and their histories, listing by listing in the order of their names.

The observations are read as the database keeps them (``snapshot_looks``), laid out in heaps by the names of their
listings (``snapshot_spool``), and written heap by heap.
"""

from __future__ import annotations  # array is not subscriptable before Python 3.12

from array import array
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from sqlalchemy import Connection, Select, func, select

from reporting.snapshot import (
    SAID_FIELDS,
    Edition,
    Kind,
    Profile,
    instant_text,
    plain_column,
    stated_text,
    writers_of,
)
from reporting.snapshot_looks import SEPARATOR, look_lines
from reporting.snapshot_spool import Spool
from store.bulk import as_instant
from store.read import ROWS_PER_FETCH, Sightings, in_byte_order, stream_rows
from store.rows import LISTING, OBSERVATION
from tracking.keys import collector_at_rest

LOOKS_A_HEAP = 3_000
"""Two megabytes, which a processor keeps at hand: of 12,000 a look takes a tenth longer to be taken up and written."""

LINE_END = b"\r\n"
COMMA = b","
WITH_COMMAS = bytes.maketrans(SEPARATOR, COMMA)
MUST_BE_QUOTED = (b",", b'"', b"\n", b"\r")
Look = list[bytes]
"""The id of its listing, the time, reader and digest and page together, ``stated``, ``raw``, and the other words."""

PARTS_OF_A_LOOK = 6

CELLS_KEPT = 16_384
"""Texts that were quoted already: the looks at one listing follow one another and say mostly the same."""


class Counts(NamedTuple):
    """How many rows were written."""

    listings: int
    observations: int


def write_histories(
    connection: Connection,
    sightings: Sightings | None,
    edition: Edition,
    files: tuple[BinaryIO, BinaryIO],
    folder: Path,
) -> Counts:
    """Write the rows of ``listing.csv`` and ``observation.csv``, each as known by the sightings' instant, or now.

    A listing's state is that of its last observation by then; only when it was seen last needs the sightings.

    Args:
        connection: open for reading.
        sightings: when listings were seen by then.
        edition: for whom.
        files: the two, open behind their headings.
        folder: where room for all observations is needed meanwhile.
    """
    before = sightings.before if sightings else None
    words = _Words(edition, sightings)
    listings, observations = files
    listing_count = observation_count = 0
    with collector_at_rest(), closing(Spool(folder)) as spool:
        heaps = _heaps(connection, before)
        spool.put(look_lines(connection, before, edition), heaps)
        with closing(_histories(connection, before, spool, heaps)) as histories:
            for row, looks in histories:
                listing, lines = words.history(row, looks)
                listings.write(listing)
                observations.write(lines)
                listing_count += 1
                observation_count += len(looks)
    return Counts(listing_count, observation_count)


def _heaps(connection: Connection, before: datetime | None) -> array[int]:
    """By id of a listing in which heap its observations go: stretches of the listings in the order of their names."""
    highest, count = connection.execute(select(func.coalesce(func.max(LISTING.c.id), 0), func.count())).one()
    looks = connection.execute(select(func.count()).select_from(OBSERVATION)).scalar_one()
    in_a_heap = max(1, LOOKS_A_HEAP * count // max(looks, 1))
    heaps = array("i", bytes(4 * (highest + 1)))
    query = _in_order(connection, select(LISTING.c.id), before)
    for position, (listing_id,) in enumerate(stream_rows(connection, query)):
        heaps[listing_id] = position // in_a_heap
    return heaps


def _histories(
    connection: Connection, before: datetime | None, spool: Spool, heaps: array[int]
) -> Generator[tuple[Sequence[Any], list[Look]], None, None]:
    """Each listing with the looks at it."""
    names = ("id", "source", "source_id", "generation", "last_seen_at")
    query = _in_order(connection, select(*(plain_column(connection, LISTING.c[name]) for name in names)), before)
    heap = -1
    looks: dict[bytes, list[Look]] = {}
    with closing(connection.execute(query.execution_options(yield_per=ROWS_PER_FETCH))) as rows:
        for row in rows:
            if heaps[row[0]] != heap:
                heap = heaps[row[0]]
                looks = _by_listing(spool.take(heap))
            yield row, looks.pop(b"%d" % row[0])


def _by_listing(lines: Iterator[bytes]) -> dict[bytes, list[Look]]:
    found: dict[bytes, list[Look]] = defaultdict(list)
    for line in lines:
        look = line.split(SEPARATOR, PARTS_OF_A_LOOK - 1)
        found[look[0]].append(look)
    return found


def _in_order(connection: Connection, query: Select[Any], before: datetime | None) -> Select[Any]:
    names = (in_byte_order(connection, LISTING.c.source), in_byte_order(connection, LISTING.c.source_id))
    known = [] if before is None else [LISTING.c.first_seen_at < before]
    return query.where(*known).order_by(*names, LISTING.c.generation)


class _Words:
    """Turns the looks at listings, in the order of their names, into the lines of the two files."""

    def __init__(self, edition: Edition, sightings: Sightings | None) -> None:
        self._writers = writers_of(edition)
        kept = {kind: lru_cache(CELLS_KEPT)(self._written(kind)) for kind in self._writers}
        unfinished = {Kind.TEXT, Kind.ID} | ({Kind.DEGREES} if edition.is_coarse else set())
        fields = enumerate(SAID_FIELDS[:-1])
        self._steps = [(position, kept[field.kind]) for position, field in fields if field.kind in unfinished]
        self._is_plain = edition == Edition(Profile.RESEARCH)
        is_guarded = edition.profile is Profile.EXCEL
        self._raw = self._written(Kind.TEXT) if is_guarded else quoted_raw
        self._digest = self._written(Kind.ID) if is_guarded else None
        self._stated = lru_cache(CELLS_KEPT)(lambda bits: stated_text(int(bits)).encode())
        self._sightings = sightings
        self._first_id = 0

    def history(self, row: Sequence[Any], looks: list[Look]) -> tuple[bytes, bytes]:
        """The line of a listing, and those of its observations."""
        listing_id, source, source_id, generation, seen_at = row
        if generation == 1:
            self._first_id = listing_id
        name = f"{source},{self._writers[Kind.ID](source_id)},{generation}".encode()
        stated_cell, raw_cell, digest_cell, is_plain = self._stated, self._raw, self._digest, self._is_plain
        lines = []
        for _, at, read, stated, raw, said in in_order_of_looks(looks):
            cells = quote_cells(said) if is_plain else self._cells(said)
            if digest_cell is not None:
                reader, digest, page = read.split(COMMA)
                read = COMMA.join((reader, digest_cell(digest), page))  # noqa: PLW2901
            lines.append(COMMA.join((name, instant_bytes(at), read, stated_cell(stated), cells, raw_cell(raw))))
        lines.append(b"")
        if self._sightings is not None:
            seen_at = self._sightings.last_seen(self._first_id, as_instant(seen_at))
        times = instant_bytes(looks[0][1]), instant_text(seen_at).encode(), instant_bytes(at)
        return COMMA.join((name, *times, cells + LINE_END)), LINE_END.join(lines)

    def _cells(self, said: bytes) -> bytes:
        """The cells of ``SAID_FIELDS`` but the last, one by one."""
        cells = said.split(SEPARATOR)
        for position, write in self._steps:
            if cells[position]:
                cells[position] = write(cells[position])
        return COMMA.join(cells)

    def _written(self, kind: Kind) -> Callable[[bytes], bytes]:
        write = self._writers[kind]
        if kind is Kind.DEGREES:
            return lambda cell: write(int(cell)).encode()
        return lambda cell: write(cell.decode()).encode() if cell else cell


def quote_cells(said: bytes) -> bytes:
    """The cells told apart by commas, those quoted that must be: mostly none, and sought as a whole."""
    if not (b"," in said or b'"' in said or b"\n" in said or b"\r" in said):
        return said.translate(WITH_COMMAS)
    title, _, others = said.partition(SEPARATOR)
    if others and not (b"," in others or b'"' in others or b"\n" in others or b"\r" in others):  # nine times in ten
        return quote_bytes(title) + COMMA + others.translate(WITH_COMMAS)
    places: set[tuple[int, int]] = set()
    for sign in MUST_BE_QUOTED:
        at = said.find(sign)
        while at >= 0:
            end = said.find(SEPARATOR, at)
            end = len(said) if end < 0 else end
            places.add((said.rfind(SEPARATOR, 0, at) + 1, end))
            at = said.find(sign, end)
    parts: list[bytes] = []
    done = 0
    for begin, end in sorted(places):
        parts += (said[done:begin].translate(WITH_COMMAS), quote_bytes(said[begin:end]))
        done = end
    return b"".join((*parts, said[done:].translate(WITH_COMMAS)))


QUOTED_OBJECT = b'"{""'
"""What begins so must be quoted: what sites send is mostly an object of JSON, and its first sign a quote."""


def quoted_raw(cell: bytes) -> bytes:
    """A cell in quotes; without them where it need not have them."""
    return cell if cell.startswith(QUOTED_OBJECT) else quote_bytes(cell[1:-1].replace(b'""', b'"'))


def quote_bytes(cell: bytes) -> bytes:
    """What ``quote_text`` does, without making a text of it."""
    if b'"' in cell:
        return b'"' + cell.replace(b'"', b'""') + b'"'
    return b'"' + cell + b'"' if b"," in cell or b"\n" in cell or b"\r" in cell else cell


@lru_cache(CELLS_KEPT)
def instant_bytes(at: bytes) -> bytes:
    """What ``instant_text`` does with a time as SQLite holds it; forty listings of a page share it."""
    return at.removesuffix(b".000000").replace(b" ", b"T") + b"Z"


def in_order_of_looks(looks: list[Look]) -> list[Look]:
    """The looks at one listing as ``store.fold.Look`` orders them; sorted in place."""
    if len(looks) == 1:
        return looks
    looks.sort()
    if len({look[1] for look in looks}) < len(looks):
        looks.sort(key=_order_of_look)
    return looks


def _order_of_look(look: Look) -> tuple[bytes, bytes, int]:
    reader, digest, _ = look[2].split(COMMA)
    return look[1], reader, int(digest)  # as bytes, digests are no numbers
