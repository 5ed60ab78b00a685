"""The list: rows of HTML, as described in 2022; none was recorded."""

import re

from parsel import Selector

from crawler.errors import LayoutChanged, RowRefused
from crawler.items import Details, Follow, ListingItem, PageContent, RefusedRow
from crawler.page import Page
from crawler.parsers.court_lots import address_value, asked_address, join_url, round_badge, share_in, whole_document
from crawler.parsers.icbc.site import CATEGORIES, HOME_URL, LOT, SOURCE, list_page

NOTHING_FOUND = "当前查询条件下无可匹配的记录"
PAGES = re.compile(r"\btotal\s*=\s*[\"']?(\d{1,6})[\"']?\s*;")
ROWS = "div.tabContent5 > div > ul"
OWN_ADDRESS = re.compile(r"https?://[a-z.]{1,40}\.icbc\.com\.cn/")
PRODUCT_ID = re.compile(r"[0-9A-Za-z]{4,40}")


def recognises_list(page: Page) -> bool:
    """By the address, or by the element that holds the rows of a saved page."""
    return "/searchproducts/pv.jhtml" in page.url or b"tabContent5" in page.body


def parse_list(page: Page) -> PageContent:
    """Read one page of the list; each lot leads to its page, the number of pages to the next one.

    Raises:
        PageRefused: a page cut off, or neither a lot nor the words for none.
    """
    root = whole_document(page, SOURCE)
    rows = root.css(ROWS)
    if not rows:
        if NOTHING_FOUND in page.text:
            return PageContent()
        raise LayoutChanged("neither a lot nor the words for none", source=SOURCE, url=page.url)
    category, place = (address_value(page.url, name) or "" for name in ("category", "place"))
    content = PageContent()
    for position, row in enumerate(rows, 1):
        try:
            item = read_row(row, CATEGORIES.get(category), asked_address(page, HOME_URL))
        except RowRefused as error:
            words = " ".join(row.css("::text").getall())
            content.refused.append(RefusedRow(position, None, error.reason, words[:200]))
            continue
        content.items.append(item)
        content.follows.append(Follow(str(item.url), LOT, about=item.source_id))
    current, pages = address_value(page.url, "currentPage") or "", PAGES.search(page.text)
    if pages and current.isdecimal() and int(current) < int(pages[1]):
        content.follows.append(list_page(int(current) + 1, category, place))
    return content


def read_row(row: Selector, category: str | None, base: str) -> ListingItem:
    """One row: the first cell holds the picture, the second the title and the link.

    Raises:
        RowRefused: without title, or a link that does not name the lot.
    """
    cells = row.xpath("./li")
    link = cells[1].css("a") if len(cells) > 1 else row.css("a[title]")
    title, href = link.xpath("string(@title)").get("").strip(), link.xpath("string(@href)").get("").strip()
    url = join_url(base, href) or ""
    product_id = address_value(url, "prodId") or ""
    if not title or not PRODUCT_ID.fullmatch(product_id) or not OWN_ADDRESS.match(url):
        raise RowRefused("row without title, or whose link is not that of a lot")
    picture = cells[:1].css("img").xpath("string(@src)").get()
    return ListingItem(
        source_id=product_id,
        words={"title": title, "prodId": product_id} | ({"categoryFilter": category} if category else {}),
        url=url,
        title=title,
        property_kind_raw=category,
        round_raw=round_badge(title),
        image_url=join_url(base, picture) if picture else None,
        details=Details(share_raw=share_in(title)),
    )
