"""Alibaba judicial auctions (sf.taobao.com, sf-item.taobao.com): lists as JSON in the page, lists as cards."""

import re

from crawler.items import Expectation, Reader, SourceSpec
from crawler.page import Page
from crawler.parsers.ali_judicial.dialect import DIALECT, HOME_URL, SOURCE
from crawler.parsers.ali_judicial.list_cards import LIST_CARDS, parse_list_cards, read_card
from crawler.parsers.ali_judicial.list_json import LIST_JSON, is_bare_json, parse_list_json
from crawler.parsers.ali_judicial.refusal import LOGIN_ADDRESS, PUNISH_ADDRESS, refusal

__all__ = ["READERS", "SPEC", "read_card", "refusal"]

LIST_ADDRESS = re.compile(r"https?://sf\.taobao\.com/(?:$|[?#]|item_list\.htm|court_item\.htm|list/)")
SEARCH_ADDRESS = re.compile(r"https?://zc-paimai\.taobao\.com/wow/pm/default/pc/(?:zichansearch|4b80fa)")
CARD_MARKS = (b"sf-pai-item-list", b"pc-search-list--area", b"guid-2004318340")
WALL_MARKS = (b"_____tmd_____", b"x5secdata", b"RGV587_ERROR")


def recognises_list_json(page: Page) -> bool:
    """Pages with a data block, its JSON alone, and what stands at the address of a list without being one."""
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
    if is_bare_json(page) or b"sf-item-list-data" in page.body:
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
)
