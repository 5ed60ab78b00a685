"""A public project's daily table of shops in Gyeonggi (gkosdm88-prog/courtauction-daily): JSON, one lot a line.

Notes, dated:
- ``low_krw`` is the floor of the round before: nothing off beside one failed sale, 30 % beside two, 51 % beside three
  (425 of the 449 rows with one to three, 2026-07). It is the coming floor only where no sale has failed yet, and is not
  taken for it there either: it says no more than the appraisal (the same on all 103 rows), and since a field that a
  page leaves out is not cleared, the lot would keep it as the start of its second sale.
- The lot's number is not in the table: court, case and address together are unique in each of the 16 looks, court and
  case are not (four units of one case are four lots).
- One file holds several looks. A page is one look, and the same file is a page for each of them (``looks_in``): the
  rows of other looks are passed over. Lines that cannot be read are refused with the first look.
"""

import json
import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import orjson

from crawler.errors import Blocked, EmptyShell, LayoutChanged, RowRefused
from crawler.items import Details, ListingItem, PageContent, RefusedRow
from crawler.page import Page
from crawler.parsers.html import page_text, refusal_by_status
from crawler.parsers.kr_courtauction.dialect import SOURCE, round_label

HEAD = re.compile(rb'\s*\{"snapshot":.{0,2000}?"low_krw":', re.DOTALL)
FAILED_COUNT = re.compile(r"(\d{1,2})회")
DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
ONE_AREA = re.compile(r"(\d[\d,]*(?:\.\d+)?㎡)(?:·.*)?")
DISTRICT = re.compile(r"\S+[구군읍면동가리]")
MOST_LINES = 100_000
"""In one file; the 16 looks of July and August 2026 have 629."""

TEXTS = ("case_no", "court", "address", "area", "failed_count_shown", "sale_date")
AMOUNTS = ("appraisal_krw", "low_krw", "discount_pct_shown")


def recognises_table(page: Page) -> bool:
    """By the keys of the first line."""
    return HEAD.match(page.body[:4000]) is not None


def looks_in(body: bytes) -> list[datetime]:
    """The instants of the looks in a file, the earliest first; none where no line tells one."""
    moments = set()
    for line in body.splitlines():
        with suppress(RowRefused, UnicodeDecodeError):
            moments.add(read_snapshot(read_line(line.decode())).astimezone(UTC))
    return sorted(moments)


def parse_table(page: Page) -> PageContent:
    """Read the rows of one look: the latest not after ``page.observed_at``, else the first of the file.

    Raises:
        PageRefused: HTML, nothing, or no line that is such a row.
    """
    lines = list_lines(page)
    content = PageContent()
    rows: list[tuple[int, datetime, dict[str, Any]]] = []
    broken: list[RefusedRow] = []
    for position, line in enumerate(lines, 1):
        try:
            row = read_line(line)
            rows.append((position, read_snapshot(row), row))
        except RowRefused as refusal:
            broken.append(RefusedRow(position, None, refusal.reason, line[:200]))
    if not rows:
        raise LayoutChanged("no line of the daily table", source=SOURCE, url=page.url)
    looks = sorted({moment for _, moment, _ in rows})
    look = max((moment for moment in looks if moment <= page.observed_at), default=looks[0])
    if look == looks[0]:
        content.refused = broken
    else:
        content.passed_over = {row.position for row in broken}
    for position, moment, row in rows:
        if moment != look:
            content.passed_over.add(position)
            continue
        try:
            content.items.append(read_row(row))
        except RowRefused as refusal:
            words = f"{row.get('case_no')} {row.get('address')}"
            content.refused.append(RefusedRow(position, None, refusal.reason, words[:200]))
    return content


def list_lines(page: Page) -> list[str]:
    """The lines of a file that are not blank.

    Raises:
        PageRefused: HTML, nothing, or far too much.
    """
    if refused := refusal_by_status(page, SOURCE):
        raise refused
    text = page_text(page, SOURCE)
    if text.lstrip().startswith("<"):
        raise Blocked("HTML in place of the table", source=SOURCE, url=page.url)
    if not text.strip():
        raise EmptyShell("nothing in the file", source=SOURCE, url=page.url)
    lines = list(filter(str.strip, text.splitlines()))
    if len(lines) > MOST_LINES:
        raise LayoutChanged(f"{len(lines)} lines", source=SOURCE, url=page.url)
    return lines


def read_line(line: str) -> dict[str, Any]:
    """One line as an object.

    Raises:
        RowRefused: it is none.
    """
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise RowRefused(f"not JSON: {error}") from None
    if not isinstance(row, dict):
        raise RowRefused("a line that is no object")
    return row


def read_snapshot(row: dict[str, Any]) -> datetime:
    """When the row was seen; the table writes two zones, so instants are compared, never texts.

    Raises:
        RowRefused: no time with its zone.
    """
    try:
        moment = datetime.fromisoformat(row["snapshot"])
    except (KeyError, TypeError, ValueError):
        raise RowRefused(f"snapshot: no time: {str(row.get('snapshot'))[:40]!r}") from None
    if moment.tzinfo is None:
        raise RowRefused(f"snapshot: without its zone: {row['snapshot'][:40]!r}")
    return moment


def read_row(row: dict[str, Any]) -> ListingItem:
    """Read one lot.

    Raises:
        RowRefused: a field is missing or in another form.
    """
    if not all(isinstance(row.get(name), str) and row[name].strip() for name in TEXTS):
        raise RowRefused(f"without one of {', '.join(TEXTS)}")
    if not all(type(row.get(name)) is int for name in AMOUNTS):
        raise RowRefused(f"without one of the numbers {', '.join(AMOUNTS)}")
    failed, day = FAILED_COUNT.fullmatch(row["failed_count_shown"]), DAY.fullmatch(row["sale_date"])
    if failed is None or day is None:
        raise RowRefused(f"failed sales or day in another form: {json.dumps([row[name] for name in TEXTS[-2:]])[:80]}")
    count, address = int(failed[1]), " ".join(row["address"].split())
    province, city, district = [*address.split(" ", 3), "", "", ""][:3]
    area = ONE_AREA.fullmatch(row["area"])
    return ListingItem(
        source_id=f"{row['court']}/{row['case_no']}/{address}",
        words={name: row[name] for name in (*TEXTS, *AMOUNTS)},
        title=address,
        round_raw=round_label(str(count)),
        seller_name=row["court"],
        state_raw=province or None,
        city_raw=city or None,
        district_raw=district if DISTRICT.fullmatch(district) else None,
        address=address,
        appraisal_price_raw=row["appraisal_krw"],
        ends_at_raw="-".join(day.groups()),
        floor_area_raw=area[1] if area else None,
        details=Details(
            case_number=row["case_no"],
            appraisal_kind_raw="감정평가액",
            round_number_raw=count + 1,
        ),
    )
