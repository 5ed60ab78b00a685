"""Answers of ``WHD1A02/QUERY.htm`` at aomp109.judicial.gov.tw, saved by a user: the courts' own list, row by row.

No raw answer was recorded; built from the fields that several public projects name (2026), 51 in all. Notes:
- Names of fields come in small or capital letters. Days are 民國 without separators (1151012).
- A question without results answers 不合法的查詢: nothing found, no refusal.
- ``totalNum`` counts rows, not lots. A lot may go on on the next page (15 rows by default, 999 at most).
- With saletype 5 (拍定價格) the hammer price is there, as sumprice or sumfinprc: projects name it differently.
- The remark may name persons; only its first word is looked at, and it is not kept. So is ``emptyyn``: nobody tells its
  values. PDF notices name debtors: only their addresses are kept.
"""

import re
from collections.abc import Mapping
from typing import Any

from crawler.errors import LayoutChanged, RowRefused
from crawler.items import PageContent, RefusedRow, Word
from crawler.page import Page
from crawler.parsers.html import page_json, page_text, refusal_by_status
from crawler.parsers.tw_judicial.lots import DIALECT, SOURCE, Case, Parcel, group_lots, make_item, round_number
from store.terms import Answer

QUERY = f"{SOURCE}.query"
NOTICE_URL = "https://aomp109.judicial.gov.tw/judbp/wkw/WHD1A02/DO_VIEWPDF.htm?filenm="
NOTHING_FOUND = "不合法的查詢"
SHORT_ANSWER = 20_000

HANDOVER = {"Y": (Answer.YES, "點交"), "N": (Answer.NO, "不點交"), "M": (Answer.NOT_KNOWN, "如備註")}
FIRST_WORD = re.compile(rf"[\s【\[(（]*({'|'.join(DIALECT.status_labels)})(?![一-鿿])")
NOTICE_PATH = re.compile(r"/[\w./-]{1,120}\.pdf", re.IGNORECASE | re.ASCII)
KEPT_WORDS = (
    "crtid",
    "crtnm",
    "crmyy",
    "crmid",
    "crmno",
    "batchno",
    "saledate",
    "saleno",
    "salenostr",
    "hsimun",
    "ctmd",
    "area3str",
    "btotal",
    "rrange",
    "minprice",
    "summinprc",
    "sumprice",
    "sumfinprc",
    "checkyn",
    "c5x",
)


def recognises_query(page: Page) -> bool:
    """By the address, or by the page counts beside the fields of a case."""
    if "judicial.gov.tw/" in page.url and "/WHD1A02/QUERY.htm" in page.url:
        return True
    head = page.body[:6000].lower()
    return b'"pageinfo"' in head and b'"crmno"' in head and b'"crtid"' in head


def parse_query(page: Page) -> PageContent:
    """Read one answer. Rows become lots; what is known of a lot that the page cuts is told without its areas.

    Raises:
        PageRefused: no JSON, no success, or no list of rows.
    """
    if refused := refusal_by_status(page, SOURCE):
        raise refused
    if len(page.body) < SHORT_ANSWER and NOTHING_FOUND in page_text(page, SOURCE):
        return PageContent()
    answer = page_json(page, SOURCE)
    rows, counts = (answer.get("data"), answer.get("pageInfo")) if isinstance(answer, dict) else (None, None)
    if not isinstance(rows, list) or not isinstance(counts, dict) or answer.get("status") != "SUCCESS":
        raise LayoutChanged("no successful answer with rows and their count", source=SOURCE, url=page.url)
    follows_others, goes_on = read_place(counts, page)
    if not rows and goes_on:
        raise LayoutChanged("no rows, though the count tells of some", source=SOURCE, url=page.url)
    content = PageContent()
    parcels = []
    for position, row in enumerate(rows, 1):
        try:
            parcels.append(read_parcel(position, row))
        except RowRefused as refusal:
            content.refused.append(RefusedRow(position, None, refusal.reason, excerpt(row)))
    for lot in group_lots(parcels):
        begins_here = not (follows_others and lot[0].position == 1)
        is_whole = begins_here and not (goes_on and lot[-1].position == len(rows))
        try:
            content.items.append(make_item(lot, is_whole=is_whole, begins_here=begins_here))
        except RowRefused as refusal:
            content.refused += [RefusedRow(row.position, None, refusal.reason, row.case.title) for row in lot]
    return content


def read_place(counts: Mapping[str, Any], page: Page) -> tuple[bool, bool]:
    """Whether rows stand on pages before this one, and on pages behind it.

    Raises:
        LayoutChanged: counts that are no numbers.
    """
    try:
        total, size, number = (int(counts[name]) for name in ("totalNum", "pageSize", "pageNum"))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise LayoutChanged("pageInfo without its three numbers", source=SOURCE, url=page.url) from None
    return number > 1, number * size < total


def read_parcel(position: int, row: object) -> Parcel:
    """Read one row.

    Raises:
        RowRefused: no case, place or price, or neither land nor building.
    """
    if not isinstance(row, dict):
        raise RowRefused("row that is no object")
    fields = {str(name).lower(): text for name, value in row.items() if (text := as_text(value))}
    try:
        case = Case(*(fields[name] for name in ("crtid", "crmyy", "crmid", "crmno")))
    except KeyError as missing:
        raise RowRefused(f"row without {missing.args[0]}") from None
    price = fields.get("summinprc") or fields.get("summinprcstr")  # minprice is the parcel's own
    kind = fields.get("c5x")
    place = building_place(fields) if kind == "C52" else land_place(fields)
    if not price or not place or kind not in {"C51", "C52"}:
        raise RowRefused(f"row without price or place, or neither C51 nor C52: {str(kind)[:20]!r}")
    label = fields.get("salenostr") or (f"第{fields['saleno']}拍" if "saleno" in fields else None)
    hammer = fields.get("sumprice") or fields.get("sumfinprc")
    found = FIRST_WORD.match(fields.get("rmk") or fields.get("rmkexcel") or "")
    return Parcel(
        position=position,
        case=case,
        kind=kind,
        is_building=kind == "C52",
        place=place,
        price=price,
        sale_day=fields.get("saledate"),
        batch=fields.get("batchno"),
        round_label=label,
        round_number=fields.get("saleno") or round_number(label),
        county=fields.get("hsimun"),
        town=fields.get("ctmd"),
        area=fields.get("btotal") or fields.get("area3str"),
        share=fields.get("rrange"),
        handover=read_handover(fields.get("checkyn")),
        hammer=hammer if hammer and hammer.strip("0.,") else None,
        status=found[1] if found else None,
        court_name=fields.get("crtnm"),
        notice_url=notice_url(fields.get("filenm")),
        position_degrees=(fields.get("latitude"), fields.get("longitude")),
        words={name: fields[name] for name in KEPT_WORDS if name in fields},
    )


def as_text(value: Word | object) -> str | None:
    """A value as text; ``None`` for blanks and for what is neither text nor number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = " ".join(str(value).split())
    return None if text in {"", "null"} else text


def building_place(fields: Mapping[str, str]) -> str | None:
    """The address of a building."""
    return fields.get("budadd")


def land_place(fields: Mapping[str, str]) -> str | None:
    """County, town and section, sub-section and number of a parcel: 連江縣東引鄉東引西段 小段 1248號."""
    if "landno" not in fields or "sec" not in fields:
        return None
    section = "".join(fields.get(name, "") for name in ("hsimun", "ctmd", "sec"))
    return " ".join(filter(None, (section, fields.get("subsec"), fields["landno"])))


def read_handover(code: str | None) -> tuple[Answer, str] | None:
    """Whether the court hands the thing over vacant (點交), with the court's own word for the code.

    Raises:
        RowRefused: a code that nobody explains.
    """
    if code is None:
        return None
    if code.upper() not in HANDOVER:
        raise RowRefused(f"unknown checkyn: {code[:20]!r}")
    return HANDOVER[code.upper()]


def notice_url(path: str | None) -> str | None:
    """The address of the PDF notice; it names debtors and is never fetched."""
    return f"{NOTICE_URL}{path}" if path and NOTICE_PATH.fullmatch(path) else None


def excerpt(row: object) -> str:
    """The fields of a row that name no person."""
    if not isinstance(row, dict):
        return ""
    told = (f"{name}={row[name]}" for name in row if str(name).lower() in KEPT_WORDS)
    return " ".join(told)[:200]
