"""Which side of Alibaba a page is of: courts (sf-item) or assets (zc-item). Both sources ask, so it imports neither."""

import re
from urllib.parse import unquote

from crawler.page import Page

SEARCH_ADDRESS = re.compile(r"https?://zc-paimai\.taobao\.com/wow/pm/default/pc/(?:zichansearch|4b80fa)")
ASSET_ADDRESS = re.compile(
    r"https?://zc-item\.taobao\.com/|https?://zc-paimai\.taobao\.com/(?:auction\.htm|zc_item_list\.htm|zc/)"
)
BUSINESS = re.compile(r"[?&]zcBizTypes=([^&#]*)")
COURT_BUSINESS = frozenset({"4", "6"})  # 涉刑资产 and 诉讼资产
LAZY_MARK = "#zc-item="
"""Never sent: lazy parts of an item stand at addresses that tell neither the side nor, some, the item."""


def is_asset_page(page: Page) -> bool:
    """Whether a page of Alibaba is of the asset side: by its address, else by the items that it links to.

    A page that links to items of both sides is left to the courts' source.
    """
    if ASSET_ADDRESS.match(page.url) or LAZY_MARK in page.url:
        return True
    if SEARCH_ADDRESS.match(page.url) and (asked := BUSINESS.search(page.url)):
        wanted = set(re.findall(r"\d+", unquote(asked[1])))
        return bool(wanted) and not wanted & COURT_BUSINESS
    # The courts' pages are the many: theirs hold their mark early, so that most bodies are not read to the end here.
    return b"/sf_item/" not in page.body and b"//zc-item.taobao.com/auction/" in page.body
