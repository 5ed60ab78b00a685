"""The answer of the search for lots (``searchControllerMain.on``), raw or saved together with its request.

Notes, dated:
- A row is one object (parcel, building, unit) of a lot: 40 rows of one page are 4 lots (seen 2026-07-01). A lot may
  begin on the page before, so what belongs to its first object is told only where that object is on the page.
- ``notifyMinmaePrice1`` is the floor of the coming sale. ``minmaePrice`` is that of the sale before: 70 % beside 49 %
  of the appraisal after two failed sales. They are equal before the first sale.
- ``yuchalCnt`` counts the failed sales of older proceedings too, so no floor is computed from it.
- ``maejibun`` and ``convAddr`` name the owner, ``tel`` is an office's telephone, remarks may name tenants:
  none is kept.
- Refused callers get 200 with ``ipcheck: false``, or an HTML page of the firewall (told).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from crawler.errors import Blocked, EmptyShell, LayoutChanged, RowRefused
from crawler.items import Details, ListingItem, MemberItem, PageContent, RefusedRow
from crawler.page import Page
from crawler.parsers.html import page_json, refusal_by_status
from crawler.parsers.kr_courtauction.dialect import MOST_FAILED, SOLD, SOURCE, round_label
from store.terms import AppraisalScope

ADDRESS = "/pgj/pgjsearch/searchControllerMain.on"
DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
CLOCK = re.compile(r"(\d{2})(\d{2})")
AREA = re.compile(r"\d[\d,]*(?:\.\d+)?㎡")
SHARE = re.compile(r"(\d{1,6})분[의지] ?(\d{1,6})")
REMARKS = ("일괄매각", "지분매각", "제시외 건물 포함")
BUILDING = "20000"
LAND = "10000"

KEY = ("boCd", "saNo", "maemulSer")
OF_LOT = (
    *("srnSaNo", "jiwonNm", "gamevalAmt", "minmaePrice", "notifyMinmaePrice1", "notifyMinmaePriceRate1", "yuchalCnt"),
    *("maeGiil", "maeHh1", "maeGiilCnt", "maegyuljGiil", "maeAmt", "remaeordDay", "ipchalGbncd", "dspslUsgNm"),
    *("hjguSido", "hjguSigu", "hjguDong", "jinstatCd", "mulStatcd"),
)
"""What all rows of a lot say alike (seen on all 40)."""

Row = Mapping[str, Any]


def recognises_list(page: Page) -> bool:
    """By the address of the search, or by the name of its list in a saved answer."""
    return ADDRESS in page.url or b'"dlt_srchResult"' in page.body


def parse_list(page: Page) -> PageContent:
    """Read one page of the search into lots; ``stated_count`` counts lots.

    Raises:
        PageRefused: the ban, the firewall, no JSON, or no rows where the answer counts some.
    """
    answer = read_answer(page)
    rows, paging = answer.get("dlt_srchResult"), answer.get("dma_pageInfo")
    if answer.get("ipcheck") is False:
        raise Blocked("ipcheck: false, this address is banned", source=SOURCE, url=page.url)
    if not isinstance(rows, list) or not isinstance(paging, dict):
        raise LayoutChanged("answer without rows or paging", source=SOURCE, url=page.url)
    stated = read_number(paging.get("groupTotalCount"))
    if not rows and stated != 0:
        raise EmptyShell(f"no rows, though {stated} lots are counted", source=SOURCE, url=page.url)
    content = PageContent(stated_count=stated)
    lots: dict[str, list[tuple[int, Row]]] = {}
    for position, row in enumerate(rows, 1):
        try:
            lots.setdefault(read_key(row), []).append((position, row))
        except RowRefused as refusal:
            content.refused.append(RefusedRow(position, None, refusal.reason, "a row of the search"))
    cut = next(reversed(lots), None) if goes_on(paging, len(rows)) else None
    for source_id, placed in lots.items():
        objects = [row for _, row in placed]
        try:
            content.items.append(read_lot(source_id, objects, is_whole=source_id != cut))
        except RowRefused as refusal:
            words = read_text(objects[0], "printSt") or ""
            content.refused.append(RefusedRow(placed[0][0], source_id, refusal.reason, words[:200]))
    return content


def goes_on(paging: Row, shown: int) -> bool:
    """Whether the last lot of this page may have more objects on the next; also where the answer does not tell."""
    start, total = read_number(paging.get("startRowNo")), read_number(paging.get("totalCnt"))
    return start is None or total is None or start + shown - 1 < total


def read_answer(page: Page) -> Mapping[str, Any]:
    """The part of the answer that holds the rows.

    Raises:
        PageRefused: the status tells a refusal, HTML stands in place of JSON, or another form.
    """
    if refused := refusal_by_status(page, SOURCE):
        raise refused
    if page.body.lstrip()[:1] == b"<":
        raise Blocked("firewall: HTML in place of the answer", source=SOURCE, url=page.url)
    answer = page_json(page, SOURCE)
    if isinstance(answer, dict) and "postData" in answer:  # saved with its request
        answer = answer.get("response")
    found = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(found, dict) or page.http_status != 200:
        raise LayoutChanged(f"HTTP status {page.http_status}, answer without its data", source=SOURCE, url=page.url)
    return found


def read_number(value: object) -> int | None:
    """A count written as a number or a text."""
    return int(value) if isinstance(value, int | str) and str(value).isascii() and str(value).isdigit() else None


def read_key(row: object) -> str:
    """The lot that a row belongs to: court, case and lot, as ``groupmaemulser`` joins them.

    Raises:
        RowRefused: one of them is missing, or they are not what is joined.
    """
    if not isinstance(row, dict):
        raise RowRefused("a row that is no object")
    joined = "".join(str(row.get(name) or "") for name in KEY)
    if not all(row.get(name) for name in (*KEY, "mokmulSer")) or row.get("groupmaemulser") != joined:
        raise RowRefused("row without court, case, lot or object, or with a lot that is not of these")
    return joined


def read_lot(source_id: str, objects: Sequence[Row], *, is_whole: bool) -> ListingItem:
    """Read one lot from its objects. ``is_whole``: the page shows its last object too.

    Raises:
        RowRefused: a field that all objects share differs, is no text, or is needed and missing.
    """
    lot = read_shared(objects)
    first = next((row for row in objects if row["mokmulSer"] == "1"), None)
    only = first if first is not None and is_whole and len(objects) == 1 else None
    place = read_text(first, "printSt")
    is_sold = lot["maeAmt"] not in {"", "0"}
    return ListingItem(
        source_id=source_id,
        words={name: value for name, value in lot.items() if value} | read_remarks(objects[0]),
        title=f"{lot['dspslUsgNm']}, {place}" if place else None,
        property_kind_raw=lot["dspslUsgNm"],
        round_raw=round_label(lot["yuchalCnt"], is_ordered_again=bool(lot["remaeordDay"])),
        status_raw=SOLD if is_sold else None,
        seller_name=lot["jiwonNm"],
        state_raw=lot["hjguSido"],
        city_raw=lot["hjguSigu"],
        district_raw=lot["hjguDong"],
        address=place,
        starting_price_raw=lot["notifyMinmaePrice1"] if lot["notifyMinmaePrice1"] != "0" else None,
        hammer_price_raw=lot["maeAmt"] if is_sold else None,
        appraisal_price_raw=lot["gamevalAmt"],
        starts_at_raw=read_start(lot),
        floor_area_raw=read_area(only, BUILDING),
        land_area_raw=read_area(only, LAND),
        details=Details(
            case_number=lot["srnSaNo"],
            appraisal_kind_raw="감정평가액",
            appraisal_scope=AppraisalScope.LOT if len(objects) > 1 else AppraisalScope.UNIT if only else None,
            share_raw=read_share(only),
            round_number_raw=int(lot["yuchalCnt"]) + 1,
            members=read_members(objects),
        ),
    )


def read_shared(objects: Sequence[Row]) -> dict[str, str]:
    """The fields of the lot.

    Raises:
        RowRefused: the objects differ in one, or a needed one is missing.
    """
    lot: dict[str, str] = {}
    for name in OF_LOT:
        values = [row.get(name) for row in objects]
        if not isinstance(values[0], str) or values.count(values[0]) != len(values):
            raise RowRefused(f"{name}: missing, no text, or not the same in all objects of the lot")
        lot[name] = values[0].strip()
    if not (lot["yuchalCnt"].isdecimal() and int(lot["yuchalCnt"]) <= MOST_FAILED):
        raise RowRefused(f"yuchalCnt: no count of failed sales: {lot['yuchalCnt'][:20]!r}")
    if not lot["srnSaNo"] or not lot["gamevalAmt"]:
        raise RowRefused("lot without case number or appraisal")
    return lot


def read_text(row: Row | None, name: str) -> str | None:
    """A text of one object, ``None`` where the object is not on the page or says nothing."""
    value = row.get(name) if row is not None else None
    return value.strip() or None if isinstance(value, str) else None


def read_remarks(row: Row) -> dict[str, str]:
    """The known phrases of the remarks; the rest may name persons."""
    remarks = read_text(row, "mulBigo") or ""
    found = [phrase for phrase in REMARKS if phrase in remarks]
    return {"mulBigo": ", ".join(found)} if found else {}


def read_start(lot: Mapping[str, str]) -> str | None:
    """Day and time of the coming sale, 20260702 and 1030 as 2026-07-02 10:30.

    Raises:
        RowRefused: another form.
    """
    day, clock = DAY.fullmatch(lot["maeGiil"]), CLOCK.fullmatch(lot["maeHh1"])
    if not lot["maeGiil"]:
        return None
    if day is None or (clock is None and lot["maeHh1"]):
        raise RowRefused(f"maeGiil, maeHh1: no day or time: {lot['maeGiil'][:20]!r}, {lot['maeHh1'][:20]!r}")
    return "-".join(day.groups()) + (f" {clock[1]}:{clock[2]}" if clock else "")


def read_area(row: Row | None, use: str) -> str | None:
    """The area of a building or parcel, where it is told in one number: floors are not added up."""
    if row is None or row.get("lclsUtilCd") != use:
        return None
    areas = AREA.findall(read_text(row, "pjbBuldList" if use == BUILDING else "areaList") or "")
    return areas[0] if len(areas) == 1 else None


def read_share(row: Row | None) -> str | None:
    """The share for sale: 2분지1 is one half. The owner's name beside it is left."""
    found = SHARE.search(read_text(row, "maejibun") or "")
    return f"{found[2]}/{found[1]}" if found else None


def read_members(objects: Sequence[Row]) -> tuple[MemberItem, ...]:
    """The buildings and units on this page, where a lot has several; parcels are no homes."""
    buildings = [row for row in objects if row.get("lclsUtilCd") == BUILDING]
    if len(buildings) < 2:
        return ()
    names = [[part for name in ("printSt", "daepyoLotno") if (part := read_text(row, name))] for row in buildings]
    return tuple(
        MemberItem(", ".join(name), read_area(row, BUILDING))
        for name, row in zip(names, buildings, strict=True)
        if name
    )
