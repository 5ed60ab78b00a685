"""Alibaba judicial auctions (sf.taobao.com, sf-item.taobao.com): lists, detail pages, and what these load later."""

import re

from crawler.items import Expectation, Reader, SourceSpec
from crawler.page import Page
from crawler.parsers.ali_assets_side import is_asset_page
from crawler.parsers.ali_judicial import addresses as at
from crawler.parsers.ali_judicial import bids, lazy
from crawler.parsers.ali_judicial.collected import COLLECTED, parse_collected, recognises_collected
from crawler.parsers.ali_judicial.detail import parse_detail, recognises_detail
from crawler.parsers.ali_judicial.detail_phone import DETAIL_PHONE, parse_detail_phone, recognises_detail_phone
from crawler.parsers.ali_judicial.detail_text import DETAIL_TEXT, parse_detail_text, recognises_detail_text
from crawler.parsers.ali_judicial.dialect import DIALECT, HOME_URL, SOURCE
from crawler.parsers.ali_judicial.list_cards import LIST_CARDS, parse_list_cards, read_card
from crawler.parsers.ali_judicial.list_json import LIST_JSON, is_bare_json, parse_list_json
from crawler.parsers.ali_judicial.refusal import LOGIN_ADDRESS, PUNISH_ADDRESS, refusal
from crawler.parsers.item_pages import own_page

__all__ = ["READERS", "SPEC", "read_card", "refusal"]

LIST_ADDRESS = re.compile(r"https?://sf\.taobao\.com/(?:$|[?#]|item_list\.htm|court_item\.htm|list/)")
SEARCH_ADDRESS = re.compile(r"https?://zc-paimai\.taobao\.com/wow/pm/default/pc/(?:zichansearch|4b80fa)")
CARD_MARKS = (b"sf-pai-item-list", b"pc-search-list--area", b"guid-2004318340")
WALL_MARKS = (b"_____tmd_____", b"x5secdata", b"RGV587_ERROR")


def recognises_list_json(page: Page) -> bool:
    """Pages with a data block, its JSON alone, and what stands at the address of a list without being one."""
    if at.has_own_address(page.url) or is_asset_page(page):
        return False
    if is_bare_json(page):
        head = page.body[:4096]
        return (b'"itemUrl"' in head and b"sf_item/" in head) or b"RGV587_ERROR" in head
    if b"sf-item-list-data" in page.body:
        return True
    if recognises_list_cards(page):
        return False
    return bool(LIST_ADDRESS.match(page.url)) or is_wall(page)


def recognises_list_cards(page: Page) -> bool:
    """Pages whose items stand in the markup, and all of the search page."""
    if at.has_own_address(page.url) or is_asset_page(page) or is_bare_json(page) or b"sf-item-list-data" in page.body:
        return False
    return bool(SEARCH_ADDRESS.match(page.url)) or any(mark in page.body for mark in CARD_MARKS)


def is_wall(page: Page) -> bool:
    """Whether Alibaba's wall or login stands at an address that tells nothing of the page that was asked for."""
    if LOGIN_ADDRESS.match(page.url) or PUNISH_ADDRESS.search(page.url):
        return True
    return any(mark in page.body[:20_000] for mark in WALL_MARKS)


READERS = (
    Reader(LIST_JSON, SOURCE, DIALECT, recognises_list_json, parse_list_json, is_timeless=True),
    Reader(LIST_CARDS, SOURCE, DIALECT, recognises_list_cards, parse_list_cards),
    Reader(at.DETAIL, SOURCE, DIALECT, recognises_detail, parse_detail, is_timeless=True),
    Reader(DETAIL_PHONE, SOURCE, DIALECT, recognises_detail_phone, parse_detail_phone, is_timeless=True),
    Reader(DETAIL_TEXT, SOURCE, DIALECT, recognises_detail_text, parse_detail_text, is_timeless=True),
    Reader(COLLECTED, SOURCE, DIALECT, recognises_collected, parse_collected),
    Reader(at.NOTICE, SOURCE, DIALECT, lazy.recognises_notice, lazy.parse_notice, is_timeless=True),
    Reader(at.DESCRIPTION, SOURCE, DIALECT, lazy.recognises_description, lazy.parse_description, is_timeless=True),
    Reader(at.ATTACHMENTS, SOURCE, DIALECT, lazy.recognises_attachments, lazy.parse_attachments, is_timeless=True),
    Reader(at.BID_RECORDS, SOURCE, DIALECT, bids.recognises_bid_records, bids.parse_bid_records, is_timeless=True),
    Reader(bids.BID_LOG, SOURCE, DIALECT, bids.recognises_bid_log, bids.parse_bid_log, is_timeless=True),
    Reader(at.RESULT, SOURCE, DIALECT, bids.recognises_result, bids.parse_result, is_timeless=True),
)

SPEC = SourceSpec(
    name=SOURCE,
    title="阿里司法拍卖 (Alibaba judicial auctions)",
    home_url=HOME_URL,
    about="Court auctions and sell-offs of the whole country, one id for each round; lists ask for login or a slider.",
    expects=Expectation(at_least=20, at_most=100_000),
    readers=READERS,
    min_delay_seconds=5.0,
    is_walled=True,
    fixtures="mixed",
    further_sites=("alicdn.com",),  # descriptions lie there
    sale_kinds="court auction, court sell-off",
    robots="obeyed live; www.taobao.com forbade all in 2019-20, the hosts of the sales are not known",
    item_pages=own_page(at.DETAIL, at.ITEM_URL),
)
