"""The cells of rollups, packed: for each way to tell groups apart a few rows, in each labels and a column of numbers
for each figure. Nothing here commits.

A report reads a way as a whole, and a row for each cell would cost it more than all else. Where there are many labels
they are dealt out to parts by their own text, so that a crawl that touches few groups rewrites few parts.
"""

from __future__ import annotations  # array is not subscriptable before Python 3.12

import sys
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import add
from typing import NamedTuple, Self
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

WIDTH = len(COUNTS)

Way = tuple[str, str]
"""Family and scope of cells."""

Part = tuple[str, str, int]
"""Family, scope and number of a part."""

Figures = Sequence[int]
"""In the order of ``MEASURES``."""


class Sheet(NamedTuple):
    """Cells of one way: ``labels``, in order within a part; all their ``COUNTS``, label after label; their sums."""

    labels: list[str]
    counts: array[int]
    cut_sums: array[int]

    @classmethod
    def empty(cls) -> Self:
        """Without any cell."""
        return cls([], array("i"), array("q"))

    def column(self, measure: str) -> array[int]:
        """One of ``MEASURES``, for each label."""
        return self.cut_sums if measure == MEASURES[-1] else self.counts[COUNTS.index(measure) :: WIDTH]

    def cells(self) -> Iterator[tuple[str, list[int]]]:
        """Each label with its figures."""
        for place, label in enumerate(self.labels):
            yield label, [*self.counts[place * WIDTH : (place + 1) * WIDTH], self.cut_sums[place]]

    def add(self, cells: Mapping[str, Figures], *, in_order: bool = False) -> None:
        """Add to cells; put others behind, or ``in_order`` of labels."""
        place_of = {label: place for place, label in enumerate(self.labels)} if cells else {}
        new = []
        for label, figures in cells.items():
            place = place_of.get(label)
            if place is None:
                new.append((label, figures))
            else:
                self._add_at(place, figures)
        for label, figures in new:
            self._insert(bisect_left(self.labels, label) if in_order else len(self.labels), label, figures)

    def append(self, other: Sheet) -> None:
        """Take the cells of another part behind these."""
        self.labels.extend(other.labels)
        self.counts.extend(other.counts)
        self.cut_sums.extend(other.cut_sums)

    def without_empty(self) -> Sheet:
        """The same without cells of which every figure is zero."""
        left = Sheet.empty()
        for label, figures in self.cells():
            if any(figures):
                left._insert(len(left.labels), label, figures)
        return left

    def _insert(self, place: int, label: str, figures: Figures) -> None:
        self.labels.insert(place, label)
        self.counts[place * WIDTH : place * WIDTH] = array("i", figures[:WIDTH])
        self.cut_sums.insert(place, figures[WIDTH])

    def _add_at(self, place: int, figures: Figures) -> None:
        start, end = place * WIDTH, (place + 1) * WIDTH
        self.counts[start:end] = array("i", map(add, self.counts[start:end], figures))
        self.cut_sums[place] += figures[WIDTH]


def read_sheets(connection: Connection, family: str, scopes: Collection[str]) -> dict[str, Sheet]:
    """All cells of a family by scope, part after part."""
    sql = "SELECT scope, labels, counts, cut_sums FROM rollup_sheet WHERE family = ? ORDER BY scope, part"
    sheets = {scope: Sheet.empty() for scope in scopes}
    for scope, *packed in driver_query(connection, sql, (family,)):
        if scope in sheets:
            sheets[scope].append(_unpack(*packed))
    return sheets


def read_sheet(connection: Connection, way: Way) -> Sheet:
    """All cells of one way."""
    family, scope = way
    return read_sheets(connection, family, (scope,))[scope]


def add_to_sheets(connection: Connection, cells: Mapping[Way, Mapping[str, Figures]], wide: Collection[str]) -> None:
    """Add figures to cells; those that come to nothing are taken out. Families that are ``wide`` have several parts."""
    parts: dict[Part, dict[str, Figures]] = defaultdict(dict)
    for (family, scope), added in cells.items():
        for label, figures in added.items():
            number = crc32(label.encode()) % PARTS if family in wide else 0
            parts[family, scope, number][label] = figures
    rows = []
    for part, sheet in _read_parts(connection, parts).items():
        sheet.add(parts[part], in_order=True)
        rows.append((*part, *_pack(sheet.without_empty() if 0 in sheet.column("listings") else sheet)))
    if rows:
        holes = ", ".join("?" if connection.dialect.name == "sqlite" else "%s" for _ in rows[0])
        sql = (
            f"INSERT INTO rollup_sheet (family, scope, part, labels, counts, cut_sums) VALUES ({holes}) "
            "ON CONFLICT (family, scope, part) DO UPDATE "
            "SET labels = excluded.labels, counts = excluded.counts, cut_sums = excluded.cut_sums"
        )
        connection.exec_driver_sql(sql, rows)


def _read_parts(connection: Connection, parts: Collection[Part]) -> dict[Part, Sheet]:
    """Each of the parts, without any cell where there is none yet."""
    found = {part: Sheet.empty() for part in parts}
    if found:
        listed = ", ".join(f"('{family}', '{scope}', {number})" for family, scope, number in found)
        sql = (
            "SELECT family, scope, part, labels, counts, cut_sums FROM rollup_sheet "
            f"WHERE (family, scope, part) IN (VALUES {listed})"
        )
        found |= {row[:3]: _unpack(*row[3:]) for row in driver_query(connection, sql, ())}
    return found


def _pack(sheet: Sheet) -> tuple[str, bytes, bytes]:
    return orjson.dumps(sheet.labels).decode(), _little_endian(sheet.counts), _little_endian(sheet.cut_sums)


def _unpack(labels: str, counts: bytes, cut_sums: bytes) -> Sheet:
    sheet = Sheet(orjson.loads(labels), array("i"), array("q"))
    sheet.counts.frombytes(counts)
    sheet.cut_sums.frombytes(cut_sums)
    if sys.byteorder == "big":
        sheet.counts.byteswap()
        sheet.cut_sums.byteswap()
    return sheet


def _little_endian(column: array[int]) -> bytes:
    if sys.byteorder == "big":
        column = array(column.typecode, column)
        column.byteswap()
    return column.tobytes()
