"""The list: a fragment of ``<li>``, 16 to a page. As described in 2022; none was recorded."""

from parsel import Selector

from crawler.errors import LayoutChanged, RowRefused
from crawler.items import Details, ListingItem, PageContent, RefusedRow
from crawler.page import Page
from crawler.parsers.cbex.site import (
    CLASSES,
    HOME_URL,
    PAGE_SIZE,
    SOURCE,
    XMID,
    fragment,
    list_page,
    lot_page,
    state_call,
)
from crawler.parsers.court_lots import address_value, round_badge, share_in
from crawler.parsers.html import select

MOST_ROWS = 1_000
LONGEST_END = 2_000
"""Characters of an answer that ends the list; a longer one without a lot is something else."""


def recognises_list(page: Page) -> bool:
    """By the address, or by rows with both keys."""
    if "/sfpm/list/list_li" in page.url:
        return True
    head = page.body[:4_000]
    return b"data-itemno" in head and b"data-xmid" in head and head.lstrip()[:3] in {b"<li", b"<ul"}


def parse_list(page: Page) -> PageContent:
    """Read one answer of the list; each lot leads to its page and its state.

    Raises:
        PageRefused: a document (Blocked), or no lot where this is not a page behind the first (LayoutChanged).
    """
    markup = fragment(page)
    page_number = int(number) if (number := address_value(page.url, "pageNo") or "").isdecimal() else None
    rows = select(markup or " ", source=SOURCE, url=page.url).css("li")
    if not rows:
        is_end = len(markup) <= LONGEST_END and markup.lstrip()[:1] in ("", "<")
        if (page_number or 1) > 1 and is_end:
            return PageContent()
        raise LayoutChanged("no lot on the first page", source=SOURCE, url=page.url)
    if len(rows) > MOST_ROWS:
        raise LayoutChanged(f"{len(rows)} rows where {PAGE_SIZE} were asked for", source=SOURCE, url=page.url)
    content = PageContent()
    class_code, province = (address_value(page.url, name) or "" for name in ("bdwlx", "bdwszd"))
    for position, row in enumerate(rows, 1):
        try:
            item, itemno = read_row(row, CLASSES.get(class_code))
        except RowRefused as error:
            words = " ".join(row.css("::text").getall())
            content.refused.append(RefusedRow(position, row.root.get("data-xmid"), error.reason, words[:200]))
            continue
        content.items.append(item)
        content.follows += [lot_page(item.source_id, itemno), state_call(item.source_id, itemno)]
    if page_number:
        content.follows.append(list_page(page_number + 1, class_code, province))
    return content


def read_row(row: Selector, class_name: str | None) -> tuple[ListingItem, str]:
    """One row, and its other key.

    Raises:
        RowRefused: without keys or title.
    """
    itemno, xmid = (row.root.get(name, "").strip() for name in ("data-itemno", "data-xmid"))
    link = row.css("a.title")
    title = link.xpath("string(@title)").get("").strip() or link.xpath("normalize-space(.)").get("")
    if not XMID.fullmatch(itemno) or not XMID.fullmatch(xmid) or not title:
        raise RowRefused("row without its keys or title")
    words = {"data-itemno": itemno, "data-xmid": xmid, "title": title}
    item = ListingItem(
        source_id=xmid,
        words=words | ({"bdwlx": class_name} if class_name else {}),
        url=f"{HOME_URL}sfpm/detail/{itemno}.html",
        title=title,
        property_kind_raw=class_name,
        round_raw=round_badge(title),
        details=Details(share_raw=share_in(title)),
    )
    return item, itemno
