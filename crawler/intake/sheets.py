"""Sheets of XLSX workbooks, row by row."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

from crawler.errors import LayoutChanged
from crawler.intake.containers import find_danger
from crawler.items import Word
from crawler.page import Page

MOST_ROWS, MOST_COLUMNS = 500_000, 1_000
"""A sheet can name its last cell without holding any: beyond these it is not read."""

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    KeyError,
    ValueError,
    TypeError,
    RuntimeError,  # an encrypted member, and too deep a recursion
    AttributeError,
    IndexError,
    OSError,
    EOFError,
    ParseError,
    SyntaxError,  # lxml's
    OverflowError,
)
"""What openpyxl 3.1 raises on damaged workbooks, beside its own exception (mutated files tried, 2026-11)."""


def read_sheet(page: Page, sheet: str | None) -> Iterator[Sequence[Word]]:
    """The rows of the first sheet or of the one named; a row without a value is an empty list.

    Formulas give the value that was last computed; days and times are ISO 8601.

    Raises:
        LayoutChanged: no workbook, a damaged or dangerous one, too large, no such sheet.
    """
    # Half a second of every command's start, were it imported above.
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "Workbook contains no default style" and the like
            return iter(_read_rows(page, sheet))
    except (*BROKEN, InvalidFileException) as error:
        raise LayoutChanged(f"broken workbook: {type(error).__name__}: {str(error)[:80]}", url=page.url) from None


def _read_rows(page: Page, sheet: str | None) -> list[Sequence[Word]]:
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    with zipfile.ZipFile(io.BytesIO(page.body)) as archive:
        if danger := find_danger(archive.infolist()):
            raise LayoutChanged(danger, url=page.url)
    book = load_workbook(io.BytesIO(page.body), read_only=True, data_only=True, keep_links=False)
    try:
        if not book.sheetnames or (sheet is not None and sheet not in book.sheetnames):
            raise LayoutChanged(f"no sheet {sheet or ''}; there are {', '.join(book.sheetnames)[:80]}", url=page.url)
        chosen: Any = book[sheet or book.sheetnames[0]]
        chosen.reset_dimensions()  # the size that a sheet states may be a lie
        return list(_read_cells(chosen, page.url))
    finally:
        book.close()


def _read_cells(sheet: Any, url: str) -> Iterator[Sequence[Word]]:
    width = 0
    for position, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if position > MOST_ROWS or len(row) > MOST_COLUMNS:
            raise LayoutChanged(f"a sheet of more than {MOST_ROWS:,} rows or {MOST_COLUMNS:,} columns", url=url)
        cells = [as_word(value) for value in row]
        while cells and cells[-1] is None and (not width or len(cells) > width):
            cells.pop()
        width = width or len(cells)
        yield [*cells, *[None] * (width - len(cells))] if any(cell is not None for cell in cells) else []


def as_word(value: Any) -> Word:
    """A value of a cell as a word; a day without its time as the day."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
