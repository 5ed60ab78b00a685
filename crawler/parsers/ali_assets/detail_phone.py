"""The page of an item for the phone: one form for both sides, so a page that names no court is taken for ours.

Told in 2026-05..07, not recorded. It tells the seller (``associatedUnit``) and, before the title, the round.
"""

import re

from crawler.errors import EmptyShell, LayoutChanged
from crawler.items import NoSaleRow, PageContent
from crawler.page import Page
from crawler.parsers.ali_assets.detail import sold_by_its_seller
from crawler.parsers.ali_assets.dialect import ITEM_URL, NO_SALE, SOURCE
from crawler.parsers.ali_assets.refusals import in_own_name
from crawler.parsers.ali_judicial.answers import find_value
from crawler.parsers.ali_judicial.detail_phone import COURT_MARKS, ITEM_IN_ADDRESS, STATE_MARK, read_item, read_state
from crawler.parsers.ali_judicial.refusal import check_whole

DETAIL_PHONE = f"{SOURCE}.detail_phone"


def recognises_detail_phone(page: Page) -> bool:
    """By the name of its state, where no court is named."""
    return STATE_MARK in page.body and not any(mark in page.body for mark in COURT_MARKS)


@in_own_name
def parse_detail_phone(page: Page) -> PageContent:
    """Read the state of a phone page.

    Raises:
        PageRefused: a wall, the empty skeleton, the page of another item, or one without its state.
    """
    check_whole(page)
    state = read_state(page)
    title = find_value(state, "title") or find_value(state, "itemTitle")
    if not isinstance(title, str) or "测试请不要拍" in title:
        raise EmptyShell("skeleton without an item", source=SOURCE, url=page.url)
    addressed = ITEM_IN_ADDRESS.search(page.url)
    told = str(find_value(state, "itemId") or (addressed[1] if addressed else ""))
    if not re.fullmatch("[0-9]{6,16}", told) or (addressed and addressed[1] != told):
        raise LayoutChanged(f"page without an item, or of another: {told[:20]!r}", source=SOURCE, url=page.url)
    if NO_SALE.search(title):
        return PageContent(refused=[NoSaleRow(1, told, f"no sale: {title[:60]}", title[:200])])
    item = read_item(told, title, state)._replace(url=ITEM_URL.format(told))
    return PageContent(items=[sold_by_its_seller(item, item.title or "", item.round_raw)])
