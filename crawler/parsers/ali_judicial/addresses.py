"""The addresses of Alibaba's judicial pages: whose item they show, and what each of them leads to.

An answer of a lazy part does not name its item, and neither does the address of a notice, which belongs to a project.
There the item stands behind the address as ``#item=…``; a fragment is never sent.
"""

import re
from collections.abc import Iterable

from crawler.errors import LayoutChanged
from crawler.items import Follow, ListingItem
from crawler.page import Page
from crawler.parsers.ali_assets_side import LAZY_MARK
from crawler.parsers.ali_judicial.dialect import SOURCE

DETAIL = f"{SOURCE}.detail"
NOTICE = f"{SOURCE}.notice"
DESCRIPTION = f"{SOURCE}.description"
ATTACHMENTS = f"{SOURCE}.attachments"
BID_RECORDS = f"{SOURCE}.bid_records"
RESULT = f"{SOURCE}.result"

ITEM_URL = "https://sf-item.taobao.com/sf_item/{}.htm"
DESCRIPTION_URL = "https://detail-ext.taobao.com/json/get_auction_desc_content.do?item_id={}&_input_charset=UTF-8"
ATTACHMENTS_URL = "https://detail-ext.taobao.com/json/get_item_attach.do?item_id={}"
NOTICE_URL = "https://detail-ext.taobao.com/json/get_project_desc_content.do?project_id={}#item={}"
BID_RECORDS_URL = "https://sf.taobao.com/json/get_bid_records.htm?id={}&records_type=pageRecords"
RESULT_URL = "https://sf-item.taobao.com/json/get_bid_detail.htm?id={}"
DOWNLOAD_URL = "https://sf.taobao.com/download_attach.do?attach_id={}"

DETAIL_ADDRESS = re.compile(
    r"https?://(?:(?:sf-item|sf)\.taobao\.com/sf_item/|susong-item\.taobao\.com/auction/)([0-9]{6,16})\.htm"
)
PHONE_ADDRESS = re.compile(r"https?://pages-fast\.m\.taobao\.com/wow/z/app/pm/dzc-ice/dzc-detail\?")
LAZY_ADDRESSES = {
    NOTICE: re.compile(
        r"/json/get_notice_attach\.htm\?|/json/get_project_desc_content\.do\?|//sf\.taobao\.com/notice_detail/[0-9]+\.htm"
    ),
    DESCRIPTION: re.compile(r"//desc\.alicdn\.com/|/json/get_auction_desc_content\.do\?"),
    ATTACHMENTS: re.compile(r"/json/get_gov_attach\.htm\?|/json/get_item_attach\.do\?"),
    BID_RECORDS: re.compile(r"/json/get_bid_records\.htm\?"),
    RESULT: re.compile(r"/json/get_bid_detail\.htm\?"),
}
ITEM_IN_ADDRESS = re.compile(
    r"#item=([0-9]{6,16})$|[?&](?:item_?id|itemId|id)=([0-9]{6,16})(?![0-9])|//desc\.alicdn\.com/(?:[^/?]{1,40}/){1,4}([0-9]{6,16})/"
)
PROJECT = re.compile(r"/notice_detail/([0-9]{1,12})\.htm|[?&]project_id=([0-9]{1,12})(?![0-9])")


def is_lazy(page: Page, reader: str) -> bool:
    """Whether a page came from an address of a lazy part of an item of this source."""
    return LAZY_MARK not in page.url and LAZY_ADDRESSES[reader].search(page.url) is not None


def item_of(page: Page) -> str:
    """The item that a lazy part belongs to.

    Raises:
        LayoutChanged: its address does not tell.
    """
    if found := ITEM_IN_ADDRESS.search(page.url):
        return found[1] or found[2] or found[3]
    raise LayoutChanged("address that names no item", source=SOURCE, url=page.url)


def has_own_address(url: str) -> bool:
    """Whether an address tells that it is no list's."""
    if DETAIL_ADDRESS.match(url) or PHONE_ADDRESS.match(url):
        return True
    return any(pattern.search(url) for pattern in LAZY_ADDRESSES.values())


def details_of(items: Iterable[ListingItem]) -> list[Follow]:
    """The detail pages of listings: what lists do not tell stands only there (start after bids, court, deposit).

    By position: by names it took twice the time, and lists are read by the thousand.
    """
    return [
        Follow(item.url or ITEM_URL.format(item.source_id), DETAIL, "GET", None, False, item.source_id)
        for item in items
    ]
