"""XLSX: a workbook with a sheet for each table, every column with its type. No word becomes a formula or a link."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reporting.errors import CannotWriteSnapshot
from reporting.export_formats.rows import read_rows
from reporting.snapshot import Field, Kind, Profile

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576
"""Of a sheet, the heading among them."""

LONGEST_TEXT = 32_767
CUT = " [cut]"
MOST_DIGITS = 15
"""A spreadsheet keeps no more of a number."""

FIRST_YEAR = 1900
FORMATS = {
    Kind.MONEY: "#,##0.00",
    Kind.AREA: "#,##0.00",
    Kind.COUNT: "0",
    Kind.DEGREES: "0.000000",
    Kind.INSTANT: "yyyy-mm-dd hh:mm:ss",
    Kind.DAY: "yyyy-mm-dd",
    Kind.ID: "@",
}
NUMBERS = (Kind.MONEY, Kind.AREA, Kind.COUNT, Kind.DEGREES, Kind.NUMBER)
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": FORMATS[Kind.DAY],
}
MADE_AT = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""A fixed time in the properties: the same rows give the same bytes."""


def write_workbook(folder: Path, name: str, fields: Mapping[str, Sequence[Field]], profile: Profile) -> int:
    """Write the tables of a folder as one workbook; gives the number of texts that were cut (32,767 characters).

    Raises:
        CannotWriteSnapshot: a table has more rows than a sheet can hold; it is named.
    """
    import xlsxwriter

    cut = 0
    with xlsxwriter.Workbook(str(folder / name), {**OPTIONS, "tmpdir": str(folder)}) as workbook:
        workbook.set_properties({"created": MADE_AT, "title": "fapai snapshot"})
        formats = {kind: workbook.add_format({"num_format": code}) for kind, code in FORMATS.items()}
        for file, columns in fields.items():
            sheet = workbook.add_worksheet(file.removesuffix(".csv"))
            sheet.freeze_panes(1, 0)
            cut += _fill(sheet, file, columns, read_rows(folder / file, columns, profile), formats)
    return cut


def _fill(
    sheet: "Worksheet",
    file: str,
    fields: Sequence[Field],
    rows: Iterable[Sequence[str]],
    formats: Mapping[Kind, "Format"],
) -> int:
    for column, field in enumerate(fields):
        sheet.write_string(0, column, field.name)
    writers = [_writer(sheet, field, formats) for field in fields]
    cut = 0
    for number, row in enumerate(rows, 1):
        if number >= MOST_ROWS:
            raise CannotWriteSnapshot(
                f"{file} has more rows than a sheet of a spreadsheet can hold ({MOST_ROWS:,} with the heading): "
                "leave xlsx out"
            )
        for column, cell in enumerate(row):
            if cell:
                cut += writers[column](number, column, cell)
    return cut


Writer = Callable[[int, int, str], bool]
"""Writes the plain text of a value into a row and column; whether it had to be cut."""


def _writer(sheet: "Worksheet", field: Field, formats: Mapping[Kind, "Format"]) -> Writer:
    style = formats.get(field.kind)

    def write_text(row: int, column: int, cell: str) -> bool:
        is_long = _length(cell) > LONGEST_TEXT
        sheet.write_string(row, column, _cut(cell) if is_long else cell, style if field.kind is Kind.ID else None)
        return is_long

    def write_number(row: int, column: int, cell: str) -> bool:
        if sum(map(str.isdigit, cell)) > MOST_DIGITS and field.kind is not Kind.NUMBER:
            return write_text(row, column, cell)
        sheet.write_number(row, column, float(cell), style)
        return False

    def write_time(row: int, column: int, cell: str) -> bool:
        moment = _moment(cell)
        if moment.year < FIRST_YEAR:
            return write_text(row, column, cell)
        sheet.write_datetime(row, column, moment, style)
        return False

    def write_flag(row: int, column: int, cell: str) -> bool:
        sheet.write_boolean(row, column, cell == "true")
        return False

    if field.kind in NUMBERS:
        return write_number
    if field.kind in (Kind.INSTANT, Kind.DAY):
        return write_time
    return write_flag if field.kind is Kind.FLAG else write_text


def _moment(cell: str) -> Any:
    if "T" not in cell:
        return date.fromisoformat(cell)
    return datetime.fromisoformat(cell).replace(tzinfo=None)


def _length(text: str) -> int:
    """In UTF-16, as a spreadsheet counts; a sign outside the first plane counts twice."""
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str) -> str:
    room = 2 * (LONGEST_TEXT - len(CUT))
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + CUT
