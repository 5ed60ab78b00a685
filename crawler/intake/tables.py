"""Foreign tables as they arrive: a header and rows of cells, from CSV or JSON."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crawler.errors import LayoutChanged
from crawler.items import Word
from crawler.page import Page

Cells = Sequence[Word]


@dataclass(frozen=True, slots=True)
class Table:
    """Column names without surrounding blanks, and the rows below with their position counted from 1.

    A row may have more or fewer cells than the header; blank rows are left out. Iterating ``rows`` raises
    ``LayoutChanged`` where the file breaks.
    """

    header: tuple[str, ...]
    rows: Iterator[tuple[int, Cells]]


def read_csv(page: Page, encoding: str, separator: str) -> Table:
    """A CSV file whose first line that is not blank is the header.

    Raises:
        LayoutChanged: other bytes than the encoding has, NUL characters, no header, a column named twice.
    """
    try:
        text = page.body.decode("utf-8-sig" if encoding.lower().replace("-", "") == "utf8" else encoding)
    except UnicodeDecodeError as error:
        raise LayoutChanged(f"not {encoding}: {error.reason} at byte {error.start}", url=page.url) from None
    if "\0" in text:
        raise LayoutChanged("holds NUL characters: not a text table, or in UTF-16", url=page.url)
    lines = _read_lines(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), page.url)
    header = next((line for line in lines if any(cell.strip() for cell in line)), None)
    if header is None:
        raise LayoutChanged("no header line", url=page.url)
    names = tuple(cell.strip() for cell in header)
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise LayoutChanged(f"columns named twice: {', '.join(repeated)}", url=page.url)
    return Table(names, ((position, line) for position, line in enumerate(lines, 1) if any(line)))


def _read_lines(reader: Any, url: str) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise LayoutChanged(f"broken table at line {reader.line_num}: {error}", url=url) from None


def read_json(page: Page, path: Sequence[str]) -> Table:
    """A JSON list of objects found under ``path``. Keys of inner objects are joined with a point.

    Raises:
        LayoutChanged: no JSON, no list there, or an element that is not an object.
    """
    found = page.json
    for step in path:
        if not isinstance(found, dict) or step not in found:
            raise LayoutChanged(f"no list under {'.'.join(path)}", url=page.url)
        found = found[step]
    if not isinstance(found, list):
        raise LayoutChanged(f"no list under {'.'.join(path) or 'the top'}", url=page.url)
    flat: list[dict[str, Word]] = []
    for element in found:
        if not isinstance(element, dict):
            raise LayoutChanged("an element of the list is not an object", url=page.url)
        flat.append(dict(_flatten(element)))
    header = tuple(dict.fromkeys(name for row in flat for name in row))
    return Table(header, ((position, [row.get(name) for name in header]) for position, row in enumerate(flat, 1)))


def _flatten(element: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Word]]:
    for name, value in element.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value if isinstance(value, str | int | float | bool | None) else repr(value)
