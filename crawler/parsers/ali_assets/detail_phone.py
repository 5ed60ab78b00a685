"""The page of an item for the phone: one form for both sides, so a page that names no court is taken for ours.

Told in 2026-05..07, not recorded. It tells the seller (``associatedUnit``) and, before the title, the round.
"""

from crawler.items import NoSaleRow, PageContent
from crawler.page import Page
from crawler.parsers.ali_assets.detail import sold_by_its_seller
from crawler.parsers.ali_assets.dialect import ITEM_URL, NO_SALE, SOURCE
from crawler.parsers.ali_assets.refusals import in_own_name
from crawler.parsers.ali_judicial.detail_phone import COURT_MARKS, STATE_MARK, open_state, read_item

DETAIL_PHONE = f"{SOURCE}.detail_phone"


def recognises_detail_phone(page: Page) -> bool:
    """By the name of its state, where no court is named."""
    return STATE_MARK in page.body and not any(mark in page.body for mark in COURT_MARKS)


@in_own_name
def parse_detail_phone(page: Page) -> PageContent:
    """Read the state of a phone page.

    Raises:
        PageRefused: as ``open_state``.
    """
    told, title, state = open_state(page)
    if NO_SALE.search(title):
        return PageContent(refused=[NoSaleRow(1, told, f"no sale: {title[:60]}", title[:200])])
    item = read_item(told, title, state)._replace(url=ITEM_URL.format(told))
    return PageContent(items=[sold_by_its_seller(item, item.title or "", item.round_raw)])
