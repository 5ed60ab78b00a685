"""The cells of rollups, packed: for each way to tell groups apart a few rows, in each labels and their figures.

A report reads a way as a whole, and a row for each cell would cost it more than all else. Where there are many labels
they are dealt out to parts, so that a crawl that touches few groups rewrites few parts. Nothing here commits.

All figures of a cell are one whole number, side by side: one addition adds them all, signs and borrows included.
"""

from __future__ import annotations  # array is not subscriptable before Python 3.12

import sys
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from struct import Struct
from zlib import crc32

import orjson
from sqlalchemy import Connection

from store.bulk import driver_query

PARTS = 16
COUNTS = (
    "listings",
    "unlinked",
    "homes",
    "rounds",
    "open",
    "stale",
    "sold",
    "failed",
    "withdrawn",
    "suspended",
    "unknown",
    "untold",
    "followed",
    "cut",
    "cut_10",
    "cut_20",
    "cut_30",
    "cut_50",
)
MEASURES = (*COUNTS, "cut_sum")
"""The figures of a cell, in their order; the last needs 64 bits, since it adds up hundredths of percents."""

COUNT_BITS = 32
UNITS = {name: 1 << COUNT_BITS * place for place, name in enumerate(MEASURES)}
"""One of each figure. The last, a sum, stands above all others and is twice as wide."""

FIELDS = Struct(f"<{len(COUNTS)}iq")
SIZE = FIELDS.size
LIFT = sum(UNITS[name] << COUNT_BITS - 1 for name in COUNTS) + (UNITS[MEASURES[-1]] << 2 * COUNT_BITS - 1)

Way = tuple[str, str]
"""Family and scope of cells."""

Part = tuple[str, str, int]
"""Family, scope and number of a part."""


def unpack(packed: int) -> tuple[int, ...]:
    """The figures of a cell in the order of ``MEASURES``.

    Lifted by half of its range no field is negative, so that none has borrowed of the next; the same bits turned over
    make it a number with a sign again.
    """
    return FIELDS.unpack(((packed + LIFT) ^ LIFT).to_bytes(SIZE, "little"))


class Sheet:
    """Cells of one way: ``labels``, in order within a part, and the figures of each, ``SIZE`` bytes (``FIELDS``)."""

    __slots__ = ("figures", "labels")

    def __init__(self, labels: list[str], figures: bytes = b"") -> None:
        self.labels = labels
        self.figures = bytearray(figures)

    def column(self, measure: str) -> array[int]:
        """One of ``MEASURES``, for each label."""
        column = array("q" if measure == MEASURES[-1] else "i")
        column.frombytes(self.figures)
        if sys.byteorder == "big":
            column.byteswap()
        return column[MEASURES.index(measure) * COUNT_BITS // 8 // column.itemsize :: SIZE // column.itemsize]

    def cells(self) -> Iterator[tuple[str, int]]:
        """Each label with its figures in one."""
        for place, label in enumerate(self.labels):
            yield label, self._at(place)

    def add(self, cells: Mapping[str, int], *, in_order: bool = False) -> None:
        """Add to cells and take out those that come to nothing; put others behind, or ``in_order`` of labels."""
        place_of = {label: place for place, label in enumerate(self.labels)} if cells else {}
        new, empty = [], []
        for label, packed in cells.items():
            place = place_of.get(label)
            if place is None:
                new.append((label, packed))
                continue
            total = self._at(place) + packed
            self.figures[place * SIZE : (place + 1) * SIZE] = _bytes(total)
            if not total:
                empty.append(place)
        for place in sorted(empty, reverse=True):
            del self.labels[place], self.figures[place * SIZE : (place + 1) * SIZE]
        for label, packed in new:
            place = bisect_left(self.labels, label) if in_order else len(self.labels)
            self.labels.insert(place, label)
            self.figures[place * SIZE : place * SIZE] = _bytes(packed)

    def append(self, other: Sheet) -> None:
        """Take the cells of another part behind these."""
        self.labels += other.labels
        self.figures += other.figures

    def _at(self, place: int) -> int:
        return int.from_bytes(self.figures[place * SIZE : (place + 1) * SIZE], "little", signed=True)


def _bytes(packed: int) -> bytes:
    return packed.to_bytes(SIZE, "little", signed=True)


def part_by_label(label: str) -> int:
    """The part of a label among all those of its way, dealt out evenly."""
    return crc32(label.encode()) % PARTS


def read_sheets(connection: Connection, family: str, scopes: Collection[str]) -> dict[str, Sheet]:
    """All cells of a family by scope, part after part."""
    sql = "SELECT scope, labels, figures FROM rollup_sheet WHERE family = ? ORDER BY scope, part"
    sheets = {scope: Sheet([]) for scope in scopes}
    for scope, *packed in driver_query(connection, sql, (family,)):
        if scope in sheets:
            sheets[scope].append(_unpack(*packed))
    return sheets


def read_labels(connection: Connection, family: str) -> set[str]:
    """The labels of all cells of a family."""
    rows = driver_query(connection, "SELECT labels FROM rollup_sheet WHERE family = ?", (family,))
    return {label for (labels,) in rows for label in orjson.loads(labels)}


def read_sheet(connection: Connection, way: Way) -> Sheet:
    """All cells of one way."""
    family, scope = way
    return read_sheets(connection, family, (scope,))[scope]


def add_to_sheets(
    connection: Connection, cells: Mapping[Way, Mapping[str, int]], part_of: Mapping[str, Callable[[str], int]]
) -> None:
    """Add figures to cells; those that come to nothing are taken out.

    Args:
        connection: in a transaction that writes.
        cells: what is added to each.
        part_of: of families with many groups, what tells the part of a label; all others have one part.
    """
    parts: dict[Part, Mapping[str, int]] = {}
    for (family, scope), added in cells.items():
        if family not in part_of:
            parts[family, scope, 0] = added
            continue
        dealt: dict[int, dict[str, int]] = defaultdict(dict)
        number_of = part_of[family]
        for label, packed in added.items():
            dealt[number_of(label)][label] = packed
        parts |= {(family, scope, number): part for number, part in dealt.items()}
    rows = []
    for part, sheet in _read_parts(connection, parts).items():
        sheet.add(parts[part], in_order=True)
        rows.append((*part, orjson.dumps(sheet.labels).decode(), bytes(sheet.figures)))
    if rows:
        holes = ", ".join("?" if connection.dialect.name == "sqlite" else "%s" for _ in rows[0])
        sql = (
            f"INSERT INTO rollup_sheet (family, scope, part, labels, figures) VALUES ({holes}) "
            "ON CONFLICT (family, scope, part) DO UPDATE SET labels = excluded.labels, figures = excluded.figures"
        )
        connection.exec_driver_sql(sql, rows)


def _read_parts(connection: Connection, parts: Collection[Part]) -> dict[Part, Sheet]:
    """Each of the parts, without any cell where there is none yet."""
    found = {part: Sheet([]) for part in parts}
    if found:
        listed = ", ".join(f"('{family}', '{scope}', {number})" for family, scope, number in found)
        sql = (
            "SELECT family, scope, part, labels, figures FROM rollup_sheet "
            f"WHERE (family, scope, part) IN (VALUES {listed})"
        )
        found |= {row[:3]: _unpack(*row[3:]) for row in driver_query(connection, sql, ())}
    return found


def _unpack(labels: str, figures: bytes) -> Sheet:
    return Sheet(orjson.loads(labels), figures)
