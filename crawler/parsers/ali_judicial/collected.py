"""Cards and detail pages as people's tools keep them: JSON of texts and values beside the address of an item.

Three forms of 2026 were recorded: the text of a card (``title``, ``cardText``) under ``url``; the same as 列表标题 with
values taken from the detail page (标的名称, 起拍价, 处置法院); and a detail page that its collector took apart
(``detail``). Values beside the text of a card are exact; where there are none, its prices stay cut.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from crawler.errors import LayoutChanged, RowRefused
from crawler.items import Details, ListingItem, PageContent, RefusedRow, Word
from crawler.page import Page
from crawler.parsers.ali_judicial.addresses import DETAIL_ADDRESS
from crawler.parsers.ali_judicial.dialect import DIALECT, SOURCE
from crawler.parsers.ali_judicial.list_cards import read_card
from crawler.parsers.ali_judicial.refusal import check_answer
from crawler.parsers.ali_judicial.sheet import read_name, split_place
from crawler.parsers.ali_judicial.taken import taken_at
from crawler.parsers.ali_judicial.told import with_told
from crawler.parsers.html import page_json
from store.terms import RoundStatus

COLLECTED = f"{SOURCE}.collected"
ADDRESS_NAMES = ("url", "标的链接")
CARD_NAMES = ("cardText", "列表标题", "title")
CARD_LABELS = ("起拍价", "当前价", "变卖价")
MARKS = (
    b'"cardText"',
    b'"startingPriceYuan"',
    *(b"\\n%b\\n" % label.encode(form) for label in CARD_LABELS for form in ("utf-8", "unicode_escape")),
)
TAKEN = re.compile(r'"(?:capturedAt|采集时间)"\s*:\s*"([0-9]{4}-[0-9]{2}-[0-9]{2}[^"\\]{0,40})'.encode())
RUN_ON = re.compile(r"\s+(?:竞买|变卖)公告\s*$")  # the next heading, caught with the place (A305  变卖公告)


def recognises_collected(page: Page) -> bool:
    """JSON with addresses of items and texts of cards, or the values of a detail page."""
    if page.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"[", b"{"):
        return False
    return b"sf-item.taobao.com/sf_item/" in page.body and any(mark in page.body for mark in MARKS)


def generated_on(body: bytes) -> datetime | date | None:
    """When the pages were taken, if all were on the same day."""
    return taken_at(stamp.decode(errors="replace") for stamp in TAKEN.findall(body))


def parse_collected(page: Page) -> PageContent:
    """Read every object that has the address of an item.

    Raises:
        LayoutChanged: no JSON, or no such object.
    """
    check_answer(page)
    content = PageContent()
    for position, (source_id, url, row) in enumerate(rows_in(page_json(page, SOURCE)), 1):
        try:
            content.items.append(read_row(source_id, url, row))
        except RowRefused as error:
            content.refused.append(RefusedRow(position, source_id, error.reason, str(row)[:200]))
    if not content.items and not content.refused:
        raise LayoutChanged("no object with the address of an item", source=SOURCE, url=page.url)
    return content


def rows_in(data: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The objects with an item's address, in their order; what stands within them is theirs."""
    waiting = deque([data])
    while waiting:
        held = waiting.popleft()
        if isinstance(held, dict):
            addresses = [held[name] for name in ADDRESS_NAMES if isinstance(held.get(name), str)]
            if found := next(filter(None, map(DETAIL_ADDRESS.match, addresses)), None):
                yield found[1], found[0], held
                continue
        inner = held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()
        waiting.extend(value for value in inner if isinstance(value, dict | list))


def read_row(source_id: str, url: str, row: Mapping[str, Any]) -> ListingItem:
    """Read one object by its form.

    Raises:
        RowRefused: none of the three, or a card that cannot be read.
    """
    if isinstance(row.get("detail"), dict):
        return read_taken_apart(source_id, url, row["detail"])
    card = next((row[name] for name in CARD_NAMES if isinstance(row.get(name), str)), None)
    if card is None:
        raise RowRefused("neither the text of a card nor a detail page")
    item = read_card(source_id, url, card.splitlines())
    return with_values(item, row) if isinstance(row.get("标的名称"), str) else item


def with_values(card: ListingItem, row: Mapping[str, Any]) -> ListingItem:
    """The card with the exact values of its detail page. 起拍价 is empty for a 变卖: its price is the one shown."""
    values = {name: value for name, value in row.items() if isinstance(value, str | int | float) and value != ""}
    name, kind = read_name(text_in(row, "标的名称")), values.get("发拍次数")
    shown, has_bids = values.get("当前价或拍下价"), bool(values.get("出价记录数"))
    start = values.get("起拍价") or (shown if kind == "变卖" and not has_bids else None)
    is_sold = DIALECT.status_labels.get(card.status_raw or "") is RoundStatus.SOLD
    place = split_place(RUN_ON.sub("", text_in(row, "标的物位置")))
    is_ended, moment = card.ends_at_raw is not None, values.get("拍卖时间")
    taken = ("发拍次数", "起拍价", "评估价", "当前价或拍下价", "拍卖时间", "出价记录数", "报名人数", "处置法院")
    words: dict[str, Word] = {**card.words, **{label: values[label] for label in taken if label in values}}
    item = card._replace(
        words=words,
        title=name.title,
        round_raw=str(kind) if kind else card.round_raw,
        seller_name=text_in(row, "处置法院") or None,
        state_raw=place.state,
        city_raw=place.city,
        district_raw=place.district,
        address=place.address,
        starting_price_raw=start or card.starting_price_raw,
        current_price_raw=shown or card.current_price_raw,
        hammer_price_raw=shown if is_sold else None,
        appraisal_price_raw=values.get("评估价") if card.appraisal_price_raw else None,
        market_price_raw=values.get("评估价") if card.market_price_raw else None,
        is_price_exact=start is not None,
        starts_at_raw=card.starts_at_raw if is_ended else moment or card.starts_at_raw,
        ends_at_raw=moment or card.ends_at_raw if is_ended else None,
        bid_count_raw=values.get("出价记录数") or card.bid_count_raw,
        applicant_count_raw=values.get("报名人数") or card.applicant_count_raw,
    )
    return with_told(item, text_in(row, "调查表摘录"))


def text_in(row: Mapping[str, Any], name: str) -> str:
    """A value where it is text."""
    value = row.get(name)
    return value if isinstance(value, str) else ""


PARSED_WORDS = ("status", "stage", "auctionStartAt", "startingPriceYuan", "appraisalPriceYuan", "depositYuan")


def read_taken_apart(source_id: str, url: str, detail: Mapping[str, Any]) -> ListingItem:
    """A detail page as its collector took it apart. What it made of the notice is left out: no sentence stands by it.

    Raises:
        RowRefused: no title or no price.
    """
    name, place = read_name(text_in(detail, "title")), split_place(text_in(detail, "location"))
    words = {label: text for label in (*PARSED_WORDS, "incrementYuan") if (text := text_in(detail, label))}
    if not name.title or "startingPriceYuan" not in words:
        raise RowRefused("detail page without name or price")
    item = ListingItem(
        source_id=source_id,
        words=words,
        url=url,
        title=name.title,
        round_raw=words.get("stage") or name.round_raw,
        status_raw=words.get("status"),
        state_raw=place.state,
        city_raw=place.city,
        district_raw=place.district,
        address=place.address,
        starting_price_raw=words["startingPriceYuan"],
        appraisal_price_raw=words.get("appraisalPriceYuan"),
        is_price_exact=True,
        starts_at_raw=words.get("auctionStartAt"),
        details=Details(deposit_raw=words.get("depositYuan"), increment_raw=words.get("incrementYuan")),
    )
    return with_told(item, text_in(detail, "detailText"))
