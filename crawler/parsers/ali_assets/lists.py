"""Lists of the asset side whose pages hold the items: cards of the search page, the JSON block of the legacy list.

Both are built as on the court side, which reads them; what differs is said here. Neither tells the seller, so neither
tells whether a bank sells: the kind of sale is left to the item's own page, but for bankruptcies (（破）).
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit, urlunsplit

import orjson
from parsel import Selector

from crawler.errors import LayoutChanged, NoSale, RowRefused
from crawler.items import Details, Follow, ListingItem, PageContent
from crawler.page import Page
from crawler.parsers.ali_assets.dialect import (
    ITEM_URL,
    NO_SALE,
    SOURCE,
    WITH_BIDS,
    as_court_item,
    published_round,
    round_number,
    sale_label,
)
from crawler.parsers.ali_assets.refusals import in_own_name, refused_row
from crawler.parsers.ali_assets_side import SEARCH_ADDRESS
from crawler.parsers.ali_judicial.addresses import ITEM_URL as COURT_ITEM_URL
from crawler.parsers.ali_judicial.list_cards import Card, read_card
from crawler.parsers.ali_judicial.list_json import data_blocks, is_bare_json, load_rows, read_row
from crawler.parsers.ali_judicial.paging import next_page, stated_count
from crawler.parsers.ali_judicial.refusal import check_answer, check_whole, page_without_items
from crawler.parsers.html import page_text, select, visible_lines

LIST_CARDS = f"{SOURCE}.list_cards"
LIST_JSON = f"{SOURCE}.list_json"
DETAIL = f"{SOURCE}.detail"
CARDS_A_PAGE = 40  # of the search page (told 2026-10)
ITEM_LINK = re.compile(
    r"(?:https?:)?//(?:(?P<asset>zc-item\.taobao\.com/auction/|zc-paimai\.taobao\.com/auction\.htm\?itemId=)"
    r"|(?:sf-item|sf)\.taobao\.com/sf_item/)(?P<id>\d{6,16})\b"
)
ITEM_LINKS = "a[href*='zc-item.taobao.com/auction/'], a[href*='auction.htm?itemId='], a[href*='sf_item/']"
NO_SALE_LINES = frozenset(("招商中", "首年租金", "年租金", "月租金", "意向报名"))
ENDED_WITH_BIDS = {"已结束, with bids": f"已结束{WITH_BIDS}", "done, with bids": f"done{WITH_BIDS}"}


@in_own_name
def parse_list_cards(page: Page) -> PageContent:
    """Read a page of the search: the cards of both sides, each under its own source, and the next page.

    Raises:
        PageRefused: no list, a list of another city than asked for, or no card and no words that say so.
    """
    check_whole(page)
    tree = select(page_text(page, SOURCE), source=SOURCE, url=page.url)
    content = PageContent(stated_count=stated_count(page, len(page.body), len(page.body)))
    cards = search_cards(tree)
    for position, (card, is_asset) in enumerate(cards, 1):
        try:
            content.items.append(read_any_card(card, is_asset=is_asset))
        except RowRefused as error:
            content.refused.append(refused_row(position, card.source_id, error, " ".join(card.lines)))
    if not cards:
        return page_without_items(page, content.stated_count)
    check_city(page, content)
    content.follows = [*detail_pages(content), *(next_page(page, LIST_CARDS) or next_search_page(page, len(cards)))]
    return content


def search_cards(tree: Selector) -> list[tuple[Card, bool]]:
    """Every card, with whether it is of the asset side. The picture of an item may be a link of its own."""
    area = tree.css('[class*="pc-search-list--area"], #guid-2004318340') or [tree]
    cards: dict[str, tuple[Card, bool]] = {}
    for link in area[0].css(ITEM_LINKS):
        found = ITEM_LINK.match(link.root.get("href").strip())
        lines = visible_lines(link) if found else []
        if found and lines and (found["id"] not in cards or len(lines) > len(cards[found["id"]][0].lines)):
            url = (ITEM_URL if found["asset"] else COURT_ITEM_URL).format(found["id"])
            cards[found["id"]] = Card(found["id"], url, lines), bool(found["asset"])
    return list(cards.values())


def read_any_card(card: Card, *, is_asset: bool) -> ListingItem:
    """Read a card of either side.

    Raises:
        RowRefused: a card that the grammar does not know.
        NoSale: a lease, or an advertisement for interest (招商).
    """
    if not is_asset:
        return as_court_item(read_card(*card))
    if found := NO_SALE_LINES.intersection(card.lines):
        raise NoSale(f"no sale: {min(found)}")
    return asset_item(read_card(*card))


def asset_item(item: ListingItem) -> ListingItem:
    """An item that the court side's grammar has read, by the rules of this side.

    Raises:
        NoSale: a lease, or an advertisement for interest.
    """
    title = item.title or ""
    if NO_SALE.search(title):
        raise NoSale(f"no sale: {title[:60]}")
    published = published_round(title)
    number = round_number(published)
    status = item.status_raw or ""
    words = dict(item.words) | ({"轮次": published} if published else {})
    return item._replace(
        words=words,
        round_raw=sale_label(title, None, published),
        status_raw=ENDED_WITH_BIDS.get(status, status) or None,
        hammer_price_raw=None,
        details=Details(round_number_raw=number) if number else None,
    )


def detail_pages(content: PageContent) -> list[Follow]:
    """The page of every item of this side: only it tells the seller."""
    return [
        Follow(item.url, DETAIL, about=item.source_id) for item in content.items if item.url and item.source is None
    ]


def next_search_page(page: Page, card_count: int) -> list[Follow]:
    """The next page of the search, which names its pages in the address alone; a page that is not full is the last."""
    if card_count < CARDS_A_PAGE or not SEARCH_ADDRESS.match(page.url):
        return []
    parts = urlsplit(page.url)
    asked = [part for part in parts.query.split("&") if not part.startswith("page=")]
    at = parse_qs(parts.query).get("page", ["1"])[0]
    if not (at.isascii() and at.isdigit()):
        return []
    url = urlunsplit(parts._replace(query="&".join([*asked, f"page={int(at) + 1}"])))
    return [Follow(url, LIST_CARDS, is_next_page=True)]


def check_city(page: Page, content: PageContent) -> None:
    """Let pass a list of the city that was asked for: an unknown code silently gives the whole country.

    The city stands behind ``#city=`` in the address, unsent; cards tell theirs at the end of the place line.

    Raises:
        LayoutChanged: most cards that tell a city tell another one.
    """
    wanted = parse_qs(urlsplit(page.url).fragment).get("city", [""])[0]
    told = [item.city_raw.removesuffix("市") for item in content.items if item.city_raw]
    others = [city for city in told if city != wanted.removesuffix("市")]
    if wanted and len(others) * 2 > len(told):
        raise LayoutChanged(f"a list of {others[0]} and others, asked for {wanted}", source=SOURCE, url=page.url)


@in_own_name
def parse_list_json(page: Page) -> PageContent:
    """Read a page of the legacy list (zc_item_list.htm) with its data block, or the JSON saved without its page.

    Raises:
        PageRefused: no list, a block that cannot be read, or no item and no words that say so.
    """
    content = PageContent()
    row_count = 0
    if is_bare_json(page):
        check_answer(page)
        row_count = read_rows(load_rows(page, 0, len(page.body)), content)
    else:
        check_whole(page)
        blocks = data_blocks(page)
        row_count = sum(read_rows(load_rows(page, start, end), content) for _, start, end in blocks)
        first, last = (blocks[0][1], blocks[-1][2]) if blocks else (0, 0)
        content.stated_count = stated_count(page, first, last)
        content.follows = [*detail_pages(content), *next_page(page, LIST_JSON, last)]
    return content if row_count else page_without_items(page, content.stated_count)


def read_rows(rows: list[object], content: PageContent) -> int:
    """Read the rows of one block into ``content``. Gives their number."""
    for position, row in enumerate(rows, len(content.items) + len(content.refused) + 1):
        try:
            item = read_row(row, None)
            is_asset = item.url is None or "zc-item.taobao.com" in item.url
            content.items.append(asset_item(item) if is_asset else as_court_item(item))
        except RowRefused as error:
            content.refused.append(refused_row(position, row_id(row), error, excerpt(row)))
    return len(rows)


def row_id(row: object) -> str | None:
    """The id of a row that was refused, if it has one."""
    written = row.get("id") or row.get("itemId") if isinstance(row, Mapping) else None
    return str(written)[:40] if isinstance(written, int | str) else None


def excerpt(row: object) -> str:
    """The beginning of a refused row."""
    return orjson.dumps(row).decode()[:200]
