"""What a list page of Alibaba says of the whole list: how many there are, and where the next page is."""

import re
from html import unescape
from urllib.parse import urljoin

from crawler.errors import LayoutChanged
from crawler.items import Follow
from crawler.page import Page
from crawler.parsers.ali_judicial.dialect import HOME_URL, SOURCE

# Whole tags first, attributes inside them after: one pass over the page, however it is built.
LINK_TAG = re.compile(rb"<a\s([^<>]*)>")
EM_TAG = re.compile(rb"<em\s([^<>]*)>\s*(\d{1,9})\b")
CLASS = re.compile(rb"""(?:^|\s)class\s*=\s*["']?([^"'>]{1,200})""")
HREF = re.compile(rb"""(?:^|\s)href\s*=\s*["']?([^"'>\s]{1,2000})""")
PAGE_NUMBER = re.compile(r"[?&]page=\d")


def next_page(page: Page, reader: str, start: int = 0) -> list[Follow]:
    """The link ``a.next`` behind ``start``, if it leads to a numbered page.

    Raises:
        LayoutChanged: its address is none.
    """
    for tag in LINK_TAG.finditer(page.body, start):
        if b"next" in tag[1] and has_class(tag[1], b"next") and (found := HREF.search(tag[1])):
            written = unescape(found[1].decode("ascii", "replace"))
            return [Follow(absolute(written, page), reader, is_next_page=True)] if PAGE_NUMBER.search(written) else []
    return []


def absolute(written: str, page: Page) -> str:
    """The address that a link means; links of saved files start from the front page.

    Raises:
        LayoutChanged: it is none.
    """
    try:
        return urljoin(page.url if page.url.startswith("http") else HOME_URL, written)
    except ValueError as error:
        raise LayoutChanged(f"next page: {error}", source=SOURCE, url=page.url) from None


def stated_count(page: Page, before: int, behind: int) -> int | None:
    """The number of listings in ``em.count``, looked for before the items, then behind them."""
    for start, end in ((0, before), (behind, len(page.body))):
        for tag in EM_TAG.finditer(page.body, start, end):
            if has_class(tag[1], b"count"):
                return int(tag[2])
    return None


def has_class(attributes: bytes, name: bytes) -> bool:
    """Whether a tag is of a class."""
    found = CLASS.search(attributes)
    return found is not None and name in found[1].split()
