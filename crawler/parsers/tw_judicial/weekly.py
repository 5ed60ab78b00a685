"""Weekly files of the project foreclosure-map (2026): rows of the courts' list as that project parsed them.

Two forms: the GeoJSON of one week, of which only an empty one was recorded (week 28 of 2026), and rows of several
weeks as CSV. The project's own ids hold the round and repeat within a case, so they are no ids of ours. 標別 is lost:
the floor price tells the lots of a case apart.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import orjson

from crawler.errors import EmptyShell, LayoutChanged, RowRefused
from crawler.items import PageContent, RefusedRow
from crawler.page import Page
from crawler.parsers.html import page_json, page_text, refusal_by_status
from crawler.parsers.tw_judicial.lots import SOURCE, Case, Parcel, group_lots, make_item
from crawler.parsers.tw_judicial.query import as_text, notice_url
from store.terms import Answer

WEEKLY = f"{SOURCE}.weekly"
WEEKLY_ROWS = f"{SOURCE}.weekly_rows"

MOST_LINES = 50_000
"""In one file, a lot having several; a row takes 0.8 kB of memory."""

NEEDED = ("court_code", "case_no", "type", "auction_round", "auction_date", "location", "min_price_ntd")
OTHERS = ("county", "district", "area", "delivery", "rrange", "detail_pdf")
CASE_NUMBER = re.compile(r"(\d{2,3})(\D{1,6}?)字第(\d{1,9})號")
WEEK = re.compile(r"(\d{4})-W(\d{1,2})")
HANDOVER = {"yes": (Answer.YES, "delivery: yes"), "no": (Answer.NO, "delivery: no"), "unknown": None}
LONGEST_FIELD = 4_000

Row = Mapping[str, Any]


def recognises_weekly(page: Page) -> bool:
    """By the counts at the head of the file."""
    return b'"courts_scraped"' in page.body[:2000] and b'"features"' in page.body


def recognises_rows(page: Page) -> bool:
    """By the header."""
    head = page.body[:400]
    return all(name in head for name in (b"snapshot_week", b"court_code", b"auction_round"))


def parse_weekly(page: Page) -> PageContent:
    """Read the file of one week.

    Raises:
        PageRefused: no such file; other rows than it counts; or none: 22 courts never have nothing to sell, so a crawl
            that came back without a row has failed and says nothing.
    """
    if refused := refusal_by_status(page, SOURCE):
        raise refused
    answer = page_json(page, SOURCE)
    meta, features = (answer.get("meta"), answer.get("features")) if isinstance(answer, dict) else (None, None)
    if not isinstance(meta, dict) or not isinstance(features, list):
        raise LayoutChanged("no weekly file with its counts and rows", source=SOURCE, url=page.url)
    if not features:
        reason = f"a crawl of {meta.get('courts_scraped')} courts without a row: it failed"
        raise EmptyShell(reason, source=SOURCE, url=page.url)
    if meta.get("total_count") != len(features):
        reason = f"{len(features)} rows, counted {meta.get('total_count')}"
        raise LayoutChanged(reason, source=SOURCE, url=page.url)
    rows = [each.get("properties") if isinstance(each, dict) else None for each in features]
    return read_rows(rows)


def parse_rows(page: Page) -> PageContent:
    """Read rows of one week or several. An older week's row of the same lot is refused: one file is one look.

    Raises:
        PageRefused: no CSV with the known columns, or no rows.
    """
    if refused := refusal_by_status(page, SOURCE):
        raise refused
    try:
        rows = read_csv(page_text(page, SOURCE))
    except csv.Error as error:
        raise LayoutChanged(f"broken table: {error}", source=SOURCE, url=page.url) from None
    if not rows or not {"snapshot_week", *NEEDED} <= rows[0].keys():
        raise LayoutChanged("no rows under the known columns", source=SOURCE, url=page.url)
    return read_rows(rows)


def read_csv(text: str) -> list[dict[Any, Any]]:
    """The rows by the names of their columns.

    Raises:
        csv.Error: no table, or one of far too many rows.
    """
    if "snapshot_week" not in text[:400] or "\0" in text:
        return []
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        raise csv.Error(f"{len(lines)} lines")
    return list(csv.DictReader(lines, strict=True))


def read_rows(rows: Iterable[Row | None]) -> PageContent:
    """Rows as lots; the latest week of each."""
    content = PageContent()
    parcels: dict[str, list[Parcel]] = {}
    for position, row in enumerate(rows, 1):
        try:
            parcel = read_parcel(position, row)
            parcels.setdefault(str(parcel.words.get("snapshot_week", "")), []).append(parcel)
        except RowRefused as refusal:
            content.refused.append(RefusedRow(position, None, refusal.reason, describe(row)))
    known: set[str] = set()
    for week in sorted(parcels, reverse=True):
        for lot in group_lots(parcels[week]):
            try:
                item = make_item(lot)
                if item.source_id in known:
                    raise RowRefused("the same lot stands in a later week of this file")
            except RowRefused as refusal:
                content.refused += [RefusedRow(row.position, None, refusal.reason, row.case.title) for row in lot]
                continue
            known.add(item.source_id)
            content.items.append(item)
    return content


def read_parcel(position: int, row: Row | None) -> Parcel:
    """Read one row.

    Raises:
        RowRefused: a missing value, a case in another form, or an unknown word for kind or handover.
    """
    if not isinstance(row, Mapping) or None in row:
        raise RowRefused("another number of cells than the header has, or no object")
    fields = {name: text for name in ("snapshot_week", *NEEDED, *OTHERS) if (text := as_text(row.get(name)))}
    if missing := [name for name in NEEDED if name not in fields]:
        raise RowRefused(f"row without {', '.join(missing)}")
    case = CASE_NUMBER.fullmatch(fields["case_no"])
    kind, delivery = fields["type"], fields.get("delivery", "unknown")
    if case is None or kind not in {"land", "building"} or delivery not in HANDOVER:
        raise RowRefused(f"unknown words: {fields['case_no'][:30]!r}, {kind[:20]!r}, {delivery[:20]!r}")
    return Parcel(
        position=position,
        case=Case(fields["court_code"], *case.groups()),
        kind=kind,
        is_building=kind == "building",
        place=fields["location"],
        price=fields["min_price_ntd"],
        sale_day=fields["auction_date"],
        round_label=f"第{fields['auction_round']}拍",
        round_number=fields["auction_round"],
        county=fields.get("county"),
        town=fields.get("district"),
        area=fields.get("area"),
        share=fields.get("rrange"),
        handover=HANDOVER[delivery],
        notice_url=notice_url(fields.get("detail_pdf")),
        words={name: value for name, value in fields.items() if name != "location"},
    )


def describe(row: Row | None) -> str:
    """The first words of a row."""
    return " ".join(str(value) for value in row.values() if value)[:200] if isinstance(row, Mapping) else ""


def generated_on(body: bytes) -> date | None:
    """The day on which the file was made: stated at its head, or last in its rows, else the end of its last week."""
    text = body.decode("utf-8-sig", "replace")
    try:
        if text.lstrip().startswith("{"):
            meta = orjson.loads(text).get("meta")
            return date.fromisoformat(str(meta["generated_at"])[:10])
        rows = read_csv(text)
    except (ValueError, TypeError, KeyError, AttributeError, csv.Error):
        return None
    stated = [day for row in rows if (day := read_day(row.get("generated_at")) or week_end(row.get("snapshot_week")))]
    return max(stated, default=None)


def read_day(raw: object) -> date | None:
    """The day of an ISO time."""
    try:
        return date.fromisoformat(str(raw)[:10])
    except ValueError:
        return None


def week_end(raw: object) -> date | None:
    """The Sunday of 2026-W33."""
    found = WEEK.fullmatch(str(raw))
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 7) if found else None
    except ValueError:
        return None
