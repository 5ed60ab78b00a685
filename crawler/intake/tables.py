"""Foreign tables as they arrive: a header and rows of cells, from CSV, JSON, JSON lines, Python literals or XLSX."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
    "json": frozenset({".json"}),
    "jsonl": frozenset({".jsonl", ".ndjson", ".json", ".txt"}),
    "python": frozenset({".txt", ".py"}),
    "xlsx": frozenset({".xlsx"}),
}
"""The formats, and how the names of their files end."""

ANY = "*"
"""A step of a path: every element of a list, every value of an object."""


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
        yield from reader
    except csv.Error as error:
        raise LayoutChanged(f"broken table at line {reader.line_num}: {error}", url=url) from None


def read_json(page: Page, path: Sequence[str], wanted: Sequence[str] = ()) -> Table:
    """A JSON list of objects found under ``path``. Keys of inner objects are joined with a point.

    A step ``*`` of the path goes into every element. ``wanted`` are names of columns: one with a number in it
    (``photos.0.url``) is looked up inside lists. A list stays a list.

    Raises:
        LayoutChanged: no JSON, no list there, or an element that is not an object.
    """
    return _table_of(_find_rows(page.json, path, page.url), wanted, page.url)


def read_objects(page: Page, encoding: str, split: Callable[[str], Iterator[Any]], wanted: Sequence[str] = ()) -> Table:
    """Objects one after the other, as ``split`` finds them in the text.

    Raises:
        LayoutChanged: other bytes than the encoding has, or the text breaks; the place is named.
    """
    try:
        found = list(split(_decode(page, encoding)))
    except literals.BrokenText as error:
        raise LayoutChanged(str(error), url=page.url) from None
    return _table_of(found, wanted, page.url)


def _find_rows(found: Any, path: Sequence[str], url: str) -> list[Any]:
    places = [found]
    for step in path:
        below: list[Any] = []
        for place in places:
            if step == ANY and isinstance(place, list | dict):
                below.extend(place.values() if isinstance(place, dict) else place)
            elif isinstance(place, dict) and step in place:
                below.append(place[step])
            elif ANY not in path:
                raise LayoutChanged(f"no list under {'.'.join(path)}", url=url)
        places = below
    if path and path[-1] == ANY:
        return places
    if not all(isinstance(place, list) for place in places) or (not places and ANY not in path):
        raise LayoutChanged(f"no list under {'.'.join(path) or 'the top'}", url=url)
    return [element for place in places for element in place]


def _table_of(found: Sequence[Any], wanted: Sequence[str], url: str) -> Table:
    inside = [name for name in wanted if any(step.isdecimal() for step in name.split("."))]
    flat: list[Mapping[str, Cell]] = []
    for element in found:
        if not isinstance(element, dict):
            raise LayoutChanged("an element of the list is not an object", url=url)
        row = dict(_flatten(element))
        flat.append(row | {name: _dig(element, name.split(".")) for name in inside})
    header = tuple(dict.fromkeys(name for row in flat for name in row))
    return Table(header, ((position, [row.get(name) for name in header]) for position, row in enumerate(flat, 1)))


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
