"""List pages whose items stand in the markup: the cards of 2026.

Cards cut their prices to 0.01 万 (12,260 reads 1.22万), write starts without the year and ends without the time, and
say of an ended auction neither "sold" nor "failed": sold means that a number of bids is shown. 当前价 is the starting
price while nobody has bid. A 变卖 is not told from an auction: its card may say 起拍价 (1077898047577).
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from parsel import Selector

from crawler.errors import RowRefused
from crawler.items import ListingItem, PageContent, RefusedRow
from crawler.page import Page
from crawler.parsers.ali_judicial.addresses import ITEM_URL, details_of
from crawler.parsers.ali_judicial.dialect import SOURCE, round_in_title
from crawler.parsers.ali_judicial.paging import next_page, stated_count
from crawler.parsers.ali_judicial.refusal import check_whole, page_without_items
from crawler.parsers.html import page_text, select, visible_lines

LIST_CARDS = f"{SOURCE}.list_cards"
ITEM_LINK = re.compile(r"(?:https?:)?//(?:sf-item|sf)\.taobao\.com/sf_item/(\d{6,16})\.htm")
OTHER_LINK = re.compile(
    r"(?:https?:)?//(?:zc-item\.taobao\.com/auction/|zc-paimai\.taobao\.com/auction\.htm\?itemId=)(\d{6,16})"
)
"""An item of the asset side (banks, administrators, leases), which is another source's."""

ITEM_LINKS = "a[href*='sf_item/'], a[href*='zc-item.taobao.com/auction/'], a[href*='auction.htm?itemId=']"
LEGACY_FIELDS = ((".price-todo", "起拍价"), (".price-assess", "参考价"), (".time-todo", "开拍"))

PRICE_LABELS = ("起拍价", "当前价", "变卖价")
REFERENCE_LABELS = ("评估价", "市场价", "参考价")  # 参考价: either of the two, the list of 2026-08 does not say which
BADGE = re.compile(r"低于(?:评估价|市场价)\d{1,3}%|支持贷款|可贷款|地铁房|司法拍卖|精选资产")
LOAN_BADGES = ("支持贷款", "可贷款")
AREA = re.compile(r"\d[\d,.]*\s*(?:m²|㎡|平方米)")
ROOMS = re.compile(r"\d+室.{0,8}")
AMOUNT = re.compile(r"[¥￥]?\s*(\d[\d,.]*)\s*(万|亿|元)?")
BIDS = re.compile(r"\((\d+)次出价\)")
STATE = re.compile(r"(?:即将|正在|已)[^\W\d]{2}|中止|撤回|暂缓|终止")


class Card(NamedTuple):
    """One card as it stands on the page: the id and address of its item, and its text line by line."""

    source_id: str
    url: str
    lines: list[str]


def parse_list_cards(page: Page) -> PageContent:
    """Read a list page whose items stand in the markup: ``ul.sf-pai-item-list``, or cards of the search page.

    Cards of the asset side are counted as passed over: what they say depends on words that only that source knows.

    Raises:
        PageRefused: no list, or no card and no words that say so.
    """
    check_whole(page)
    tree = select(page_text(page, SOURCE), source=SOURCE, url=page.url)
    content = PageContent(stated_count=stated_count(page, len(page.body), len(page.body)))
    legacy_lists = tree.css("ul.sf-pai-item-list")  # the second holds recommendations
    cards = legacy_cards(legacy_lists[0]) if legacy_lists else search_cards(tree)
    for position, card in enumerate(cards, 1):
        if card is None:
            content.passed_over.add(position)
            continue
        try:
            content.items.append(read_card(*card))
        except RowRefused as error:
            content.refused.append(RefusedRow(position, card.source_id, error.reason, " ".join(card.lines)[:200]))
    content.follows = [*details_of(content.items), *next_page(page, LIST_CARDS)]
    return content if cards else page_without_items(page, content.stated_count)


def search_cards(tree: Selector) -> list[Card | None]:
    """The cards of the search page in their order: every link to an item, ``None`` for one of the asset side."""
    area = tree.css('[class*="pc-search-list--area"], #guid-2004318340') or [tree]
    cards: dict[str, Card | None] = {}
    for link in area[0].css(ITEM_LINKS):
        address = link.root.get("href").strip()
        if other := OTHER_LINK.match(address):
            cards.setdefault(other[1], None)
        elif (found := ITEM_LINK.match(address)) and (lines := visible_lines(link)):
            known = cards.get(found[1])
            if known is None or len(lines) > len(known.lines):  # the picture of an item may be a link of its own
                cards[found[1]] = Card(found[1], ITEM_URL.format(found[1]), lines)
    return list(cards.values())


def legacy_cards(items: Selector) -> list[Card | None]:
    """The cards of ``ul.sf-pai-item-list``, in the lines of the search page; ``None`` for one of the asset side.

    Only lots not begun are known there.
    """
    cards: list[Card | None] = []
    for item in items.css("li[id^='pai-item-']"):
        if item.css("a[href*='zc-item.taobao.com/auction/']"):
            cards.append(None)
            continue
        source_id = item.root.get("id").removeprefix("pai-item-")
        lines = ["".join(item.css(".header-section p.title ::text").getall()).strip()]
        for css, label in LEGACY_FIELDS:
            if value := "".join(item.css(f"{css} span.value ::text").getall()).strip():
                lines += [label, value]
        if item.css(".time-todo"):
            lines.append("即将开始")
        cards.append(Card(source_id, ITEM_URL.format(source_id), lines))
    return cards


def read_card(source_id: str, url: str, lines: Sequence[str]) -> ListingItem:
    """Read the text of one card: badges, title, place, price, reference price, time, counts, state.

    Raises:
        RowRefused: a line that the grammar does not know, or title, price or state missing (a cut card).
    """
    lines = join_place([" ".join(line.split()) for line in lines if line.strip()])
    start = next((at for at, line in enumerate(lines) if line in PRICE_LABELS), len(lines))
    if start == len(lines) or not STATE.fullmatch(lines[-1]):
        raise RowRefused("card without price or state")
    title, place, loan = read_head(lines[:start])
    state, facts = lines[-1], read_facts(lines[start:-1])
    bids = facts.get("次出价")
    has_bids = bids not in (None, "0")
    is_sold = has_bids and state == "已结束"
    current = facts.get("当前价")
    words = facts | ({"地段": place} if place else {}) | ({"贷款": loan} if loan else {}) | {"状态": state}
    area, district, city = read_place(place)
    return ListingItem(
        source_id=source_id,
        words=words,
        url=url,
        title=title,
        round_raw="变卖价" if "变卖价" in facts else round_in_title(title),
        status_raw=ended_label(has_bids, facts.get("人报名")) if state == "已结束" else state,
        city_raw=city,
        district_raw=district,
        starting_price_raw=facts.get("起拍价") or facts.get("变卖价") or (None if has_bids else current),
        current_price_raw=current,
        hammer_price_raw=current if is_sold else None,
        appraisal_price_raw=facts.get("评估价"),
        market_price_raw=facts.get("市场价"),
        is_price_exact=False,
        starts_at_raw=facts.get("开拍"),
        ends_at_raw=facts.get("结束"),
        floor_area_raw=area,
        bid_count_raw=bids,
        applicant_count_raw=facts.get("人报名"),
        loan_raw=loan,
    )


def ended_label(has_bids: bool, applicants: str | None) -> str:
    """The state of an ended card with what else it tells of the result; the status table reads the whole."""
    if has_bids:
        return "已结束, with bids"
    if applicants is None:
        return "已结束"
    return "已结束, no bids, no applicants" if applicants == "0" else "已结束, no bids, applicants"


def join_place(lines: list[str]) -> list[str]:
    """The lines with a place line put together again where the markup has it in pieces around ``|``."""
    joined: list[str] = []
    for line in lines:
        if joined and (line.startswith("|") or joined[-1].endswith("|")):
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
    return joined


def read_head(lines: Sequence[str]) -> tuple[str, str | None, str | None]:
    """Title, place line and loan badge from the lines before the price.

    Raises:
        RowRefused: no title, or a badge that is not known (it may be a part of the title).
    """
    *badges, title = lines or [""]
    place = None
    if " | " in title or AREA.fullmatch(title):
        place = title
        *badges, title = badges or [""]
    if not title or BADGE.fullmatch(title):
        raise RowRefused("card without title")
    if unknown := next((badge for badge in badges if not BADGE.fullmatch(badge)), None):
        raise RowRefused(f"unknown badge {unknown!r}")
    return title, place, next((badge for badge in badges if badge in LOAN_BADGES), None)


def read_place(place: str | None) -> tuple[str | None, str | None, str | None]:
    """Area, district and city of a place line "estate | area | rooms | district | town | …附近 | city | name:value".

    The district is told only where it follows the area: elsewhere a town or an estate may stand in its place.
    """
    parts = [part for part in (place or "").split(" | ") if part and ":" not in part]
    if not parts:
        return None, None, None
    city = parts[-1] if not AREA.fullmatch(parts[-1]) and not parts[-1].endswith("附近") else None
    at = next((at for at, part in enumerate(parts) if AREA.fullmatch(part)), None)
    if at is None:
        return None, None, city
    behind = [part for part in parts[at + 1 : -1] if not ROOMS.fullmatch(part) and not part.endswith("附近")]
    return parts[at], behind[0] if behind else None, city


def read_facts(lines: Sequence[str]) -> dict[str, str]:
    """The facts of a card, each under the card's own label.

    Raises:
        RowRefused: a line that no rule knows, or a label without its value.
    """
    facts: dict[str, str] = {}
    rest = iter(lines)
    for line in rest:
        label, value = line, ""
        if line in PRICE_LABELS or line in REFERENCE_LABELS:
            value = read_amount(rest)
        elif line in ("开拍", "预计"):
            value = next(rest, "")
        elif line == "结束":
            value = facts.pop("预计", "") or next(rest, "")
        elif found := BIDS.fullmatch(line):
            label, value = "次出价", found[1]
        elif line.isascii() and line.isdigit():
            label, value = next(rest, ""), line
            if label == "次围观":  # views: they change with every look
                continue
            if label != "人报名":
                raise RowRefused(f"number without a known unit: {line} {label!r}")
        elif BADGE.fullmatch(line):
            continue
        else:
            raise RowRefused(f"unknown line {line!r}")
        if not value or label in facts:
            raise RowRefused(f"{label} without a value, or twice")
        facts[label] = value
    return facts


def read_amount(rest: Iterator[str]) -> str:
    """The price that follows a label: ``¥``, the number, its unit, in one line or several.

    Raises:
        RowRefused: no number, or a number without its unit (a cut card, or a form not seen yet).
    """
    line = next(rest, "")
    if line in ("¥", "￥"):
        line = next(rest, "")
    found = AMOUNT.fullmatch(line)
    unit = found and (found[2] or next(rest, ""))
    if not found or unit not in ("万", "亿", "元"):
        raise RowRefused(f"price not readable: {line!r}")
    return f"{found[1]}{unit}"
