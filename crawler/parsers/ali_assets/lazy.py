"""The description of an item, loaded after its page: areas, occupancy, taxes and mortgages stand only there.

The answer does not name the item, and its address serves both sides of Alibaba. So the item stands behind the address
as ``#zc-item=…``; a fragment is never sent. The forms are those of the court side.
"""

import re

from crawler.errors import EmptyShell, LayoutChanged
from crawler.items import PageContent
from crawler.notices import text_of
from crawler.page import Page
from crawler.parsers.ali_assets.dialect import ITEM_URL, SOURCE
from crawler.parsers.ali_assets.refusals import in_own_name
from crawler.parsers.ali_assets_side import LAZY_MARK
from crawler.parsers.ali_judicial.lazy import NOTHING_TOLD, read_told
from crawler.parsers.ali_judicial.told import item_told

DESCRIPTION = f"{SOURCE}.description"
ITEM = re.compile(LAZY_MARK + r"(\d{6,16})$")


def own_address(url: str, source_id: str) -> str:
    """The address of a lazy part with its item behind it."""
    address = f"https:{url}" if url.startswith("//") else url
    return f"{address.partition('#')[0]}{LAZY_MARK}{source_id}"


def recognises_description(page: Page) -> bool:
    """By what this source has put behind the address: nothing else tells the side."""
    return ITEM.search(page.url) is not None


@in_own_name
def parse_description(page: Page) -> PageContent:
    """Read the description of one item; an item without one is an empty page.

    Raises:
        PageRefused: a wall, a text that is still loading, or no description in a form that is known.
    """
    markup, _ = read_told(page)
    found = ITEM.search(page.url)
    if found is None:
        raise LayoutChanged("address that names no item", source=SOURCE, url=page.url)
    text = text_of(markup)
    if "加载中..." in text[:100]:
        raise EmptyShell("description not loaded", source=SOURCE, url=page.url)
    if not text or text in NOTHING_TOLD:
        return PageContent()
    return PageContent(items=[item_told(found[1], ITEM_URL.format(found[1]), text)])
