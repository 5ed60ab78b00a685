"""Rating and Valuation Department of Hong Kong: price and rent indices of private homes (1999 = 100).

Open data without a key: ``1.4M.csv`` and ``1.4Q.csv`` hold the price index by month (from 1993) and by quarter (from
1979), ``1.3M.csv`` and ``1.3Q.csv`` the rent index. Line 1 is a title, line 2 the header ``Month,Class A,Class A -
Remarks,…``; every value is followed by its remarks, of which ``Z`` marks few transactions; ``-`` is no value (told in
2026, no raw file was recorded). Classes are bands of saleable area in square metres: A below 40, B to 69.9, C to 99.9,
D to 159.9, E from 160.
"""

import csv
import io
import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote

from crawler.errors import LayoutChanged, RowRefused
from crawler.items import Dialect, Expectation, Follow, PageContent, Reader, RefusedRow, SourceSpec
from crawler.page import Page
from crawler.parsers.html import page_text, refusal_by_status
from store.statement import Context, SeriesPoint
from store.terms import Currency

SOURCE = "hk_rvd"
INDEX = f"{SOURCE}.index"
DATA_URL = "https://www.rvd.gov.hk/datagovhk/"
FILES = ("1.4M.csv", "1.3M.csv", "1.4Q.csv", "1.3Q.csv")

DIALECT = Dialect(currency=Currency.HKD, time_zone="Asia/Hong_Kong", country="HK")

MOST_LINES = 20_000  # months since 1993 are 400
FILE_NAME = re.compile(r"(?:^|[/:])1\.([34])([MQ])\.csv(?:$|[?#])", re.IGNORECASE)
TABLES = {"4": ("price_index", "price index"), "3": ("rent_index", "rent index")}
SPANS = {"M": "monthly", "Q": "quarterly"}
TIME_COLUMNS = frozenset({"Month", "Quarter"})
REMARKS = " - Remarks"
CLASS = re.compile(r"(?:All Classes|Class(?:es)? [A-E](?:(?:, ?| ?& ?| and )[A-E]){0,4})")
MONTH = re.compile(r"(\d\d)-(\d{4})")
QUARTER = re.compile(r"(01-03|04-06|07-09|10-12)/(\d{4})")
QUARTERS = {"01-03": 1, "04-06": 2, "07-09": 3, "10-12": 4}
NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,4})?")
NO_VALUE = frozenset({"", "-"})
KNOWN_REMARKS = frozenset({"", "Z"})


class Column(NamedTuple):
    """Where the values and the remarks of one class stand."""

    series: str
    title: str
    value: int
    remark: int


def recognises(page: Page) -> bool:
    """One of the files, by its name; the long forms of other projects have other names."""
    return FILE_NAME.search(unquote(page.url)) is not None


def parse(page: Page) -> PageContent:
    """Read one file.

    Raises:
        PageRefused: a refusal, or no table of the form above.
    """
    if refused := refusal_by_status(page, SOURCE):
        raise refused
    found = FILE_NAME.search(unquote(page.url))
    if not found:
        raise LayoutChanged("a file whose name tells no table", source=SOURCE, url=page.url)
    lines = read_lines(page)
    columns = read_header(lines[1] if len(lines) > 1 else [], found[1], found[2].upper(), page.url)
    if len(lines) > MOST_LINES:
        raise LayoutChanged(f"{len(lines)} lines", source=SOURCE, url=page.url)
    content = PageContent()
    points: dict[tuple[str, str], SeriesPoint] = {}
    for position, line in enumerate(lines[2:], 3):
        try:
            read = read_line(line, columns)
            if any((point.series, point.period) in points for point in read):
                raise RowRefused("a period that stands there twice")
        except RowRefused as error:
            content.refused.append(RefusedRow(position, None, error.reason, ",".join(line)[:200]))
            continue
        points.update({(point.series, point.period): point for point in read})
    if points:
        content.context = Context(points=tuple(points.values()))
    return content


def read_lines(page: Page) -> list[list[str]]:
    """The lines that are not blank.

    Raises:
        LayoutChanged: not a text table.
    """
    text = page_text(page, SOURCE)
    if "\0" in text:
        raise LayoutChanged("holds NUL characters", source=SOURCE, url=page.url)
    try:
        return [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if any(line)]
    except csv.Error as error:
        raise LayoutChanged(f"broken table: {error}", source=SOURCE, url=page.url) from None


def read_header(line: Sequence[str], table: str, span: str, url: str) -> list[Column]:
    """The columns of the classes.

    Raises:
        LayoutChanged: another header, or a class that is not known.
    """
    names = [cell.strip() for cell in line]
    if len(names) < 3 or names[0] not in TIME_COLUMNS or len(names) % 2 == 0:
        raise LayoutChanged(f"no header on line 2: {','.join(names)[:80]!r}", source=SOURCE, url=url)
    columns = []
    for place in range(1, len(names), 2):
        name = names[place]
        if not CLASS.fullmatch(name) or names[place + 1] != name + REMARKS:
            raise LayoutChanged(f"column that is not known: {name[:40]!r}", source=SOURCE, url=url)
        letters = re.findall(r"\b[A-E]\b", name)
        slug = (
            "all_classes"
            if not letters
            else ("class_" if len(letters) == 1 else "classes_") + "_".join(letters).lower()
        )
        kind, title = TABLES[table]
        series = f"{SOURCE}.{kind}.{SPANS[span]}.{slug}"
        columns.append(
            Column(
                series, f"Hong Kong {title} of private homes, {slug.replace('_', ' ')}, 1999 = 100", place, place + 1
            )
        )
    return columns


def read_line(line: Sequence[str], columns: Sequence[Column]) -> list[SeriesPoint]:
    """The numbers of one period; ``-`` and a blank cell say nothing.

    Raises:
        RowRefused: no period, another number of cells, no number, or a remark that is not known.
    """
    if len(line) != 2 * len(columns) + 1:
        raise RowRefused(f"{len(line)} cells under {2 * len(columns) + 1} columns")
    period = read_period(line[0].strip())
    points = []
    for column in columns:
        value, remark = line[column.value].strip(), line[column.remark].strip()
        if remark not in KNOWN_REMARKS:
            raise RowRefused(f"{column.series}: unknown remark {remark[:40]!r}")
        if value in NO_VALUE:
            continue
        if not NUMBER.fullmatch(value):
            raise RowRefused(f"{column.series}: not a number: {value[:40]!r}")
        points.append(SeriesPoint(column.series, period, float(value), "index", column.title))
    return points


def read_period(text: str) -> str:
    """A month as 1993-01, a quarter as 1979-Q4.

    Raises:
        RowRefused: neither.
    """
    if (found := MONTH.fullmatch(text)) and 1 <= int(found[1]) <= 12:
        return f"{found[2]}-{found[1]}"
    if found := QUARTER.fullmatch(text):
        return f"{found[2]}-Q{QUARTERS[found[1]]}"
    raise RowRefused(f"neither a month nor a quarter: {text[:40]!r}")


def file_pages() -> list[Follow]:
    """The calls for the four files."""
    return [Follow(DATA_URL + name, INDEX, is_next_page=True) for name in FILES]


READERS = (Reader(INDEX, SOURCE, DIALECT, recognises, parse, is_timeless=True),)

SPEC = SourceSpec(
    name=SOURCE,
    title="Rating and Valuation Department, Hong Kong",
    home_url="https://www.rvd.gov.hk/",
    about="Open data: price and rent indices of private homes by class, month and quarter.",
    expects=Expectation(at_least=0, at_most=0),
    readers=READERS,
    fixtures="synthetic",
    sale_kinds="context: price and rent indices of homes",
    requests_per_day=20,
)
