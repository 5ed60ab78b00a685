"""Reports as text: a table for people, CSV and JSON for programs. Files hold every row, tables say how many more."""

import csv
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, TextIO

import orjson
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from reporting.filters import outside_zone
from reporting.tables import Column, Shape, Table, Tabular
from store.terms import Currency

PLAIN_WIDTH = 160
"""Cells of a table that is not printed on a terminal."""

GAP = 2
RIGHT = frozenset({Shape.MONEY, Shape.PERCENT, Shape.COUNT})
UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
WAN = Decimal(10_000)


class Format(StrEnum):
    """How a report is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def default_format(stream: TextIO) -> Format:
    """A table on a terminal, CSV in a pipe or a file."""
    return Format.TABLE if stream.isatty() else Format.CSV


def render(report: Tabular, output: Format, stream: TextIO, *, width: int | None = None) -> None:
    """Write a report to a text stream; for CSV it should be opened with ``newline=""`` (RFC 4180 ends lines in CRLF).

    Args:
        report: what to write.
        output: the format.
        stream: where to.
        width: cells of a line in a table; the terminal's own where none is given.
    """
    table = report.table()
    match output:
        case Format.TABLE:
            _write_table(table, stream, width)
        case Format.CSV:
            _write_csv(table, stream)
        case Format.JSON:
            _write_json(table, stream)


def _write_csv(table: Table, stream: TextIO) -> None:
    columns = [column for column in table.columns if column.is_in_file]
    writer = csv.writer(stream)
    writer.writerow([column.name for column in columns])
    writer.writerows([_file_text(getattr(row, column.name)) for column in columns] for row in table.rows)


def _file_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return _outside(value).isoformat()
    return value.value if isinstance(value, Enum) else value


def _write_json(table: Table, stream: TextIO) -> None:
    """An array of objects, one a line. Amounts are numbers with all their decimals: 233615.48, 200000.00."""
    columns = [column for column in table.columns if column.is_in_file]
    stream.write("[")
    for position, row in enumerate(table.rows):
        fields = {column.name: _json_value(getattr(row, column.name)) for column in columns}
        stream.write(",\n" if position else "\n")
        stream.write(orjson.dumps(fields).decode())
    stream.write("\n]\n")


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    return _file_text(value)


def _write_table(table: Table, stream: TextIO, width: int | None) -> None:
    console = Console(file=stream, width=width or _own_width(stream), highlight=False, markup=False, emoji=False)
    shown = table.rows_shown
    columns = [column for column in table.columns if column.is_in_table]
    cells = {column.name: [cell_text(row, column) for row in shown] for column in columns}
    columns, widths = _fit(columns, cells, console.width)
    grid = RichTable(box=None, padding=(0, GAP, 0, 0), pad_edge=False, collapse_padding=True)
    for column, column_width in zip(columns, widths, strict=True):
        right = column.shape in RIGHT
        grid.add_column(
            Text(column.heading, style="bold"),
            justify="right" if right else "left",
            width=column_width,
            no_wrap=True,
            overflow="ellipsis",
        )
    for position in range(len(shown)):
        grid.add_row(*(Text(cells[column.name][position]) for column in columns))
    if shown:
        console.print(grid)
        console.print()
    for line in _lines_beneath(table, len(shown)):
        console.print(Text(line))


def _own_width(stream: TextIO) -> int | None:
    """``None`` lets the terminal tell."""
    return None if stream.isatty() else PLAIN_WIDTH


def _fit(columns: Sequence[Column], cells: dict[str, list[str]], width: int) -> tuple[list[Column], list[int]]:
    """Widths that fit the line: free words give way, then whole columns; a number is never cut."""
    kept = list(columns)
    while True:
        wanted = [max(map(cell_len, (column.heading, *cells[column.name]))) for column in kept]
        least = [
            min(want, column.least) if column.shape is Shape.TEXT else want
            for column, want in zip(kept, wanted, strict=True)
        ]
        spare = width - sum(least) - GAP * (len(kept) - 1)
        leaves = max(kept, key=lambda column: column.room)
        if spare >= 0 or leaves.room == 0:
            return kept, _share_out(wanted, least, max(spare, 0))
        kept.remove(leaves)


def _share_out(wanted: Sequence[int], least: Sequence[int], spare: int) -> list[int]:
    """Give the spare cells to the columns that want them, from the left."""
    widths = []
    for want, base in zip(wanted, least, strict=True):
        more = min(want - base, spare)
        spare -= more
        widths.append(base + more)
    return widths


def _lines_beneath(table: Table, shown: int) -> list[str]:
    count = len(table.rows)
    lines = [table.measure]
    if table.observed_from is None or table.observed_to is None:
        seen = ""
    else:
        seen = f"; observed {_day(table.observed_from)} to {_day(table.observed_to)} (Asia/Shanghai)"
    lines.append(f"n = {count:,} {table.noun}{seen}")
    if shown < count:
        lines.append(f"{count - shown:,} more: raise --limit, or write them all with --format csv or json")
    return lines + [clean(note) for note in table.notes]


def cell_text(row: Any, column: Column) -> str:
    """A value as people read it; empty where it is not known."""
    value = getattr(row, column.name)
    if value is None:
        return ""
    match column.shape:
        case Shape.MONEY:
            return money_text(value, row.currency)
        case Shape.PERCENT:
            return f"{value:,.1f}%"
        case Shape.COUNT:
            return f"{value:,}"
        case Shape.DAY | Shape.MINUTE:
            return _day(value) if column.shape is Shape.DAY else f"{_outside(value):%Y-%m-%d %H:%M}"
        case _:
            return clean(str(_file_text(value)))


def money_text(amount: Decimal, currency: Currency | None) -> str:
    """125.05万 for yuan from ten thousand on, R$ 233,615.48 for reais, HKD 1,250,000.00 for the rest."""
    if currency is Currency.CNY:
        return f"{amount / WAN:,.2f}万" if abs(amount) >= WAN else f"{amount:,.2f}"
    sign = "R$" if currency is Currency.BRL else currency.value if currency else ""
    return f"{sign} {amount:,f}".strip()


def clean(words: str) -> str:
    """Words of a site, made safe for a terminal: no control or direction characters, all in one line."""
    if words.isascii() and words.isprintable():
        return words
    line = " ".join(words.split())
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(sign) in UNSAFE else sign for sign in line)


def _outside(instant: datetime) -> datetime:
    return instant.astimezone(outside_zone())


def _day(instant: datetime) -> str:
    return _outside(instant).date().isoformat()
