"""Foreign tables as they arrive: a header and rows of cells, from CSV, JSON, JSON lines, Python literals or XLSX."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from crawler.errors import LayoutChanged
from crawler.intake import literals
from crawler.intake.sheets import read_sheet
from crawler.items import Word
from crawler.page import Page

Cell = Word | list[Any]
"""A value of a row; lists stand in JSON only (the bids of a lot)."""

Cells = Sequence[Cell]

SUFFIXES = {
    "csv": frozenset({".csv", ".tsv", ".txt"}),
    "json": frozenset({".json", ".txt"}),
    "jsonl": frozenset({".jsonl", ".ndjson", ".json", ".txt"}),
    "python": frozenset({".txt", ".py"}),
    "xlsx": frozenset({".xlsx"}),
}
"""The formats, and how the names of their files end."""

ANY = "*"
"""A step of a path: every element of a list, every value of an object."""

UP = "../"
"""What the name of a column begins with that stands in the object around the row; twice: in the one around that."""

LONGEST_CELL = 131_072
"""Characters; the limit of Python's own reader, which any library may have changed for the whole process."""


@dataclass(frozen=True, slots=True)
class Table:
    """Column names without surrounding blanks, and the rows below with their position counted from 1.

    A row may have more or fewer cells than the header; lines without anything are left out, rows of blank cells are
    not. Iterating ``rows`` raises ``LayoutChanged`` where the file breaks.
    """

    header: tuple[str, ...]
    rows: Iterator[tuple[int, Cells]]


def read_csv(page: Page, encoding: str, separator: str) -> Table:
    """A CSV file whose first line that is not blank is the header.

    Raises:
        LayoutChanged: other bytes than the encoding has, NUL characters, no header, a column named twice.
    """
    text = _decode(page, encoding)
    if "\0" in text:
        raise LayoutChanged("holds NUL characters: not a text table, or in UTF-16", url=page.url)
    lines = _read_lines(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), page.url)
    return _below_header(lines, page.url)


def read_xlsx(page: Page, sheet: str | None) -> Table:
    """One sheet of a workbook (the first, or the one of that name); its first row that is not blank is the header.

    Raises:
        LayoutChanged: no workbook, a damaged or a dangerous one, no such sheet, no header, a column named twice.
    """
    return _below_header(read_sheet(page, sheet), page.url)


def _below_header(lines: Iterator[Sequence[Word]], url: str) -> Table:
    header = next((line for line in lines if any(str(cell).strip() for cell in line if cell is not None)), None)
    if header is None:
        raise LayoutChanged("no header line", url=url)
    names = tuple("" if cell is None else str(cell).strip() for cell in header)
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise LayoutChanged(f"columns named twice: {', '.join(repeated)}", url=url)
    return Table(names, ((position, line) for position, line in enumerate(lines, 1) if line))


def _decode(page: Page, encoding: str) -> str:
    try:
        return page.body.decode("utf-8-sig" if encoding.lower().replace("-", "") == "utf8" else encoding)
    except UnicodeDecodeError as error:
        raise LayoutChanged(f"not {encoding}: {error.reason} at byte {error.start}", url=page.url) from None


def _read_lines(reader: Any, url: str) -> Iterator[list[str]]:
    try:
        for line in reader:
            if max(map(len, line), default=0) > LONGEST_CELL:
                raise csv.Error(f"a cell of more than {LONGEST_CELL} characters")
            yield line
    except csv.Error as error:
        raise LayoutChanged(f"broken table at line {reader.line_num}: {error}", url=url) from None


class Found(NamedTuple):
    """A value in a JSON, and the objects that it stands in, the nearest first."""

    value: Any
    above: tuple[dict[str, Any], ...] = ()


def read_json(page: Page, path: Sequence[str], wanted: Sequence[str] = (), line_mark: str = "") -> Table:
    """A JSON list of objects found under ``path``. Keys of inner objects are joined with a point.

    A step ``*`` of the path goes into every element. ``wanted`` are names of columns: one with a number in it
    (``photos.0.url``) is looked up inside lists, ``../region`` in the object around the row. A list stays a list.
    ``line_mark`` is taken off the lines that begin with it: JSON that somebody has commented out.

    Raises:
        LayoutChanged: no JSON, no list there, or an element that is not an object.
    """
    if line_mark:
        page = replace(page, body=re.sub(rb"(?m)^[ \t]*" + re.escape(line_mark.encode()), b"", page.body))
    return _table_of(_find_rows(page.json, path, page.url), wanted, page.url)


def read_objects(page: Page, encoding: str, split: Callable[[str], Iterator[Any]], wanted: Sequence[str] = ()) -> Table:
    """Objects one after the other, as ``split`` finds them in the text.

    Raises:
        LayoutChanged: other bytes than the encoding has, or the text breaks; the place is named.
    """
    try:
        found = [Found(value) for value in split(_decode(page, encoding))]
    except literals.BrokenText as error:
        raise LayoutChanged(str(error), url=page.url) from None
    return _table_of(found, wanted, page.url)


def _find_rows(loaded: Any, path: Sequence[str], url: str) -> list[Found]:
    places = [Found(loaded)]
    for step in path:
        below: list[Found] = []
        for held, above in places:
            around = (held, *above) if isinstance(held, dict) else above
            if step == ANY and isinstance(held, list | dict):
                values = held.values() if isinstance(held, dict) else held
                below.extend(Found(value, around) for value in values)
            elif isinstance(held, dict) and step in held:
                below.append(Found(held[step], around))
            elif ANY not in path:
                raise LayoutChanged(f"no list under {'.'.join(path)}", url=url)
        places = below
    if path and path[-1] == ANY:
        return places
    if not all(isinstance(place.value, list) for place in places) or (not places and ANY not in path):
        raise LayoutChanged(f"no list under {'.'.join(path) or 'the top'}", url=url)
    return [Found(element, place.above) for place in places for element in place.value]


def _table_of(found: Sequence[Found], wanted: Sequence[str], url: str) -> Table:
    outside = [name for name in wanted if name.startswith(UP)]
    inside = [name for name in wanted if name not in outside and any(step.isdecimal() for step in name.split("."))]
    flat: list[Mapping[str, Cell]] = []
    for each in found:
        if not isinstance(each.value, dict):
            raise LayoutChanged("an element of the list is not an object", url=url)
        row = dict(_flatten(each.value))
        row |= {name: _dig(each.value, name.split(".")) for name in inside}
        flat.append(row | dict(_look_around(each.above, outside)))
    header = tuple(dict.fromkeys(name for row in flat for name in row))
    return Table(header, ((position, [row.get(name) for name in header]) for position, row in enumerate(flat, 1)))


def _look_around(above: Sequence[dict[str, Any]], names: Sequence[str]) -> Iterator[tuple[str, Cell]]:
    for name in names:
        levels = name.count(UP)
        steps = name[levels * len(UP) :].split(".")
        if levels <= len(above) and steps[0] in above[levels - 1]:
            yield name, _dig(above[levels - 1], steps)


def _flatten(element: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Cell]]:
    for name, value in element.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value if isinstance(value, str | int | float | bool | list | None) else repr(value)


def _dig(element: Any, steps: Sequence[str]) -> Cell:
    for step in steps:
        if isinstance(element, dict):
            element = element.get(step)
        elif isinstance(element, list) and step.isdecimal():
            element = element[int(step)] if int(step[:6]) < len(element) else None
        else:
            return None
    return element if isinstance(element, str | int | float | bool | list | None) else repr(element)
