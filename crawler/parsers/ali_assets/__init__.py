"""Alibaba's asset side (zc-paimai.taobao.com, zc-item.taobao.com): banks, asset companies, administrators, agents.

Its pages are built as those of the court side (``ali_judicial``), whose readers it uses; what differs is who sells,
hence how it is sold, and that bids alone prove no sale. No page of this side was recorded as it was sent; projects kept
titles, sellers, prices and addresses of its items (2017 to 2020).
"""

import re

from crawler.items import Expectation, Reader, SourceSpec
from crawler.page import Page
from crawler.parsers.ali_assets.detail import DETAIL, parse_detail, recognises_detail
from crawler.parsers.ali_assets.detail_phone import DETAIL_PHONE, parse_detail_phone, recognises_detail_phone
from crawler.parsers.ali_assets.dialect import DIALECT, HOME_URL, ITEM_URL, SOURCE
from crawler.parsers.ali_assets.gateway import LIST_GATEWAY, parse_list_gateway
from crawler.parsers.ali_assets.lazy import DESCRIPTION, parse_description, recognises_description
from crawler.parsers.ali_assets.lists import LIST_CARDS, LIST_JSON, parse_list_cards, parse_list_json
from crawler.parsers.ali_assets_side import SEARCH_ADDRESS, is_asset_page
from crawler.parsers.ali_judicial.list_json import is_bare_json
from crawler.parsers.item_pages import own_page

__all__ = ["READERS", "SPEC"]

LEGACY_LIST_ADDRESS = re.compile(r"https?://zc-paimai\.taobao\.com/(?:zc_item_list\.htm|zc/index\.htm)")
CARD_MARKS = (b"pc-search-list--area", b"guid-2004318340")
GATEWAY_MARKS = (b'"GQL_getPageModulesData"', b'"scenes"')
SHOP_NAME = re.compile(rb'"shopName"\s*:\s*"([^"]{2,120})"')


def recognises_list_cards(page: Page) -> bool:
    """The search page, by its address or marks, where it asks for assets or shows nothing but them."""
    if is_bare_json(page) or b"sf-item-list-data" in page.body or not is_asset_page(page):
        return False
    return bool(SEARCH_ADDRESS.match(page.url)) or any(mark in page.body for mark in CARD_MARKS)


def recognises_list_json(page: Page) -> bool:
    """The legacy list by its address, or its data block with items of this side alone."""
    if recognises_detail(page) or recognises_description(page) or not is_asset_page(page):
        return False
    if is_bare_json(page):
        return b'"itemUrl"' in page.body[:4096]
    return bool(LEGACY_LIST_ADDRESS.match(page.url)) or b"sf-item-list-data" in page.body


def recognises_list_gateway(page: Page) -> bool:
    """An answer with a list in which somebody else than a court sells; answers of courts alone are not ours."""
    head = page.body[:2_000]
    if b"<" in head[:1] or not any(mark in page.body for mark in GATEWAY_MARKS):
        return False
    sellers = SHOP_NAME.findall(page.body)
    return any("法院".encode() not in seller for seller in sellers)


READERS = (
    Reader(LIST_CARDS, SOURCE, DIALECT, recognises_list_cards, parse_list_cards),
    Reader(LIST_JSON, SOURCE, DIALECT, recognises_list_json, parse_list_json, is_timeless=True),
    Reader(LIST_GATEWAY, SOURCE, DIALECT, recognises_list_gateway, parse_list_gateway, is_timeless=True),
    Reader(DETAIL, SOURCE, DIALECT, recognises_detail, parse_detail, is_timeless=True),
    Reader(DETAIL_PHONE, SOURCE, DIALECT, recognises_detail_phone, parse_detail_phone, is_timeless=True),
    Reader(DESCRIPTION, SOURCE, DIALECT, recognises_description, parse_description, is_timeless=True),
)

SPEC = SourceSpec(
    name=SOURCE,
    title="阿里资产 (Alibaba assets: banks, bankruptcy)",
    home_url=HOME_URL,
    about="Homes that banks, asset companies and administrators sell; each cut is a new id, the seller tells the kind.",
    expects=Expectation(at_least=20, at_most=200_000),
    readers=READERS,
    min_delay_seconds=5.0,
    is_walled=True,
    fixtures="synthetic",
    further_sites=("alicdn.com",),  # descriptions lie there
    sale_kinds="bank direct sale, bankruptcy, asset companies, agents",
    robots="obeyed live; www.taobao.com forbade all in 2019-20, the hosts of the sales are not known",
    item_pages=own_page(DETAIL, ITEM_URL),
)
