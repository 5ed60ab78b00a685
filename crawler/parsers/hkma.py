"""Hong Kong Monetary Authority: residential mortgage loans in negative equity, table 3.16 of its monthly bulletin.

Open data without a key. Quarters come newest first, under ``result.records`` (seen 2025-06); ratios are texts, amounts
millions of HK$, the loan-to-value ratio is 1.09 for 109 %.
"""

import re
from typing import Any, NamedTuple

from crawler.errors import LayoutChanged, RowRefused
from crawler.items import Dialect, Expectation, Follow, PageContent, Reader, RefusedRow, SourceSpec
from crawler.page import Page
from crawler.parsers.html import page_json, refusal_by_status
from store.statement import Context, SeriesPoint
from store.terms import Currency

SOURCE = "hkma"
NEGATIVE_EQUITY = f"{SOURCE}.negative_equity"
API_URL = (
    "https://api.hkma.gov.hk/public/market-data-and-statistics/monthly-statistical-bulletin/banking/"
    "residential-mortgage-loans-neg-equity"
)
PAGE_SIZE = 1_000
"""The most that the interface gives at once (told 2026); there are some hundred quarters."""

DIALECT = Dialect(currency=Currency.HKD, time_zone="Asia/Hong_Kong", country="HK")


class Told(NamedTuple):
    """One field of a quarter as a series."""

    series: str
    unit: str
    title: str


FIELDS = {
    "outstanding_loans": Told("loans", "loans", "Mortgage loans in negative equity"),
    "outstanding_loans_ratio": Told("loans_share", "%", "Mortgage loans in negative equity, share of all loans"),
    "outstanding_loans_amt": Told("amount", "million HKD", "Mortgage loans in negative equity, amount"),
    "outstanding_loans_amt_ratio": Told("amount_share", "%", "Mortgage loans in negative equity, share of all amounts"),
    "unsecured_portion_amt": Told("unsecured_amount", "million HKD", "Unsecured part of loans in negative equity"),
    "lv_ratio": Told("loan_to_value", "ratio", "Loan to value of mortgage loans in negative equity"),
}
PERIOD_FIELD = "end_of_quarter"
QUARTER = re.compile(r"\d{4}-Q[1-4]")
NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?")


def list_page(offset: int = 0) -> Follow:
    """The call for the quarters behind the first ``offset`` ones."""
    return Follow(f"{API_URL}?pagesize={PAGE_SIZE}&offset={offset}", NEGATIVE_EQUITY, is_next_page=True)


def recognises(page: Page) -> bool:
    """The answer, by its address or by the fields of its first record."""
    if page.url.startswith(API_URL):
        return True
    head = page.body[:4096]
    return b'"end_of_quarter"' in head and b'"outstanding_loans"' in head


def parse(page: Page) -> PageContent:
    """Read one answer.

    Raises:
        PageRefused: a refusal, no JSON, or an answer that reports a failure or holds no records.
    """
    if refused := refusal_by_status(page, SOURCE):
        raise refused
    records = read_records(page)
    content = PageContent()
    points: dict[tuple[str, str], SeriesPoint] = {}
    for position, record in enumerate(records, 1):
        try:
            found = read_record(record)
            if any((point.series, point.period) in points for point in found):
                raise RowRefused("a quarter that stands there twice")
        except RowRefused as error:
            content.refused.append(RefusedRow(position, None, error.reason, repr(record)[:200]))
            continue
        points.update({(point.series, point.period): point for point in found})
    if points:
        content.context = Context(points=tuple(points.values()))
    if len(records) == PAGE_SIZE and (offset := re.search(r"[?&]offset=(\d{1,6})", page.url)):
        content.follows.append(list_page(int(offset[1]) + PAGE_SIZE))
    return content


def read_records(page: Page) -> list[Any]:
    """The records of the answer.

    Raises:
        LayoutChanged: the answer reports a failure, or has another form.
    """
    answer = page_json(page, SOURCE)
    header, result = (answer.get("header"), answer.get("result")) if isinstance(answer, dict) else (None, None)
    if not isinstance(header, dict) or "success" not in header:
        raise LayoutChanged("answer without its header", source=SOURCE, url=page.url)
    if header["success"] is not True:
        words = f"{header.get('err_code')} {header.get('err_msg')}"
        raise LayoutChanged(f"the interface reports a failure: {words[:200]}", source=SOURCE, url=page.url)
    records = result.get("records") if isinstance(result, dict) else None
    if not isinstance(records, list):
        raise LayoutChanged("answer without its records", source=SOURCE, url=page.url)
    return records


def read_record(record: Any) -> list[SeriesPoint]:
    """The numbers of one quarter. A field that is ``null`` says nothing.

    Raises:
        RowRefused: no quarter, a field that is not known, or no number.
    """
    if not isinstance(record, dict):
        raise RowRefused("a record that is no object")
    fields = dict(record)
    period = fields.pop(PERIOD_FIELD, None)
    if not isinstance(period, str) or not QUARTER.fullmatch(period):
        raise RowRefused(f"{PERIOD_FIELD}: not a quarter: {str(period)[:40]!r}")
    if unknown := sorted(set(fields) - set(FIELDS)):
        raise RowRefused(f"unknown fields: {', '.join(map(str, unknown))[:120]}")
    if not fields:
        raise RowRefused("a quarter without numbers")
    return [
        SeriesPoint(
            f"{SOURCE}.negative_equity.{FIELDS[name].series}", period, number, FIELDS[name].unit, FIELDS[name].title
        )
        for name, raw in fields.items()
        if (number := read_number(name, raw)) is not None
    ]


def read_number(name: str, raw: Any) -> float | None:
    """A number, which the interface also writes as text.

    Raises:
        RowRefused: anything else.
    """
    if raw is None:
        return None
    text = str(raw) if isinstance(raw, str | int | float) and not isinstance(raw, bool) else ""
    if not NUMBER.fullmatch(text):
        raise RowRefused(f"{name}: not a number: {str(raw)[:40]!r}")
    return float(text)


READERS = (Reader(NEGATIVE_EQUITY, SOURCE, DIALECT, recognises, parse, is_timeless=True),)

SPEC = SourceSpec(
    name=SOURCE,
    title="Hong Kong Monetary Authority",
    home_url="https://apidocs.hkma.gov.hk/",
    about="Open data: how many mortgages of Hong Kong are in negative equity, by quarter.",
    expects=Expectation(at_least=0, at_most=0),
    readers=READERS,
    fixtures="mixed",
    sale_kinds="context: negative equity of mortgages",
    requests_per_day=10,
)
