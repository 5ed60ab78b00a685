"""The page of one lot, as described in 2022; none was recorded. Its state comes by another call."""

import re

from parsel import Selector

from crawler.errors import LayoutChanged
from crawler.items import Details, ListingItem, PageContent
from crawler.notices import text_of
from crawler.page import Page
from crawler.parsers.cbex.site import HOME_URL, SOURCE, XMID_IN_NAME, read_xmid
from crawler.parsers.court_lots import (
    address_value,
    asked_address,
    bare_url,
    court_in,
    fill_from_notice,
    join_url,
    read_labelled,
    round_badge,
    share_in,
    whole_document,
)
from crawler.parsers.html import visible_lines
from store.statement import Attachment

LOT_ADDRESS = re.compile(r"/sfpm/detail/([0-9A-Za-z-]{3,64})\.html")
PRICE_LABELS = ("起拍价", "变卖价", "评估价", "保证金", "加价幅度")
PLACE_LABELS = ("标的物所在地", "位置", "贷款", "附件")
TEXTS = "#content_ggdetail, #content_bidnotice, #bd_detail_tab_ct3"
TOLD_BY_STATE = ("starts_at_raw", "ends_at_raw")
XMID_IN_PAGE = re.compile(r"""(?:xmid|cpdm)["']?\s*[:=]\s*["']([0-9A-F]{32})["']""", re.IGNORECASE)


def recognises_lot(page: Page) -> bool:
    """By the address, or by the elements of a saved page."""
    return bool(LOT_ADDRESS.search(page.url)) or b"bd_detail_name" in page.body


def parse_lot(page: Page) -> PageContent:
    """Read one lot. Names and telephone numbers beside the court are not read.

    Raises:
        PageRefused: a page cut off, without title or prices, or one that does not name its lot.
    """
    root = whole_document(page, SOURCE)
    title = root.css("p.bd_detail_name").xpath("normalize-space(.)").get("")
    lines = [line for part in root.css("div.bd_detail_info") for line in visible_lines(part)]
    words = read_labelled(lines, PRICE_LABELS)
    if not title or not words:
        raise LayoutChanged("lot without title or prices", source=SOURCE, url=page.url)
    places = read_labelled([line for part in root.css("p.mt10") for line in visible_lines(part)], PLACE_LABELS)
    words |= {label: value for label, value in places.items() if label != "附件"}
    court = court_in(line for part in root.css("div.bd_detail_right") for line in visible_lines(part))
    item = ListingItem(
        source_id=read_id(page),
        words=words | ({"法院": court} if court else {}),
        url=bare_url(page),
        title=title,
        round_raw=round_badge(title),
        seller_name=court,
        address=words.get("位置") or words.get("标的物所在地"),
        starting_price_raw=words.get("起拍价") or words.get("变卖价"),
        appraisal_price_raw=words.get("评估价"),
        loan_raw=words.get("贷款"),
        details=Details(
            deposit_raw=words.get("保证金"),
            increment_raw=words.get("加价幅度"),
            share_raw=share_in(title),
            attachments=read_attachments(root, page),
        ),
    )
    notice = "\n".join(text_of(part.get()) for part in root.css(TEXTS))
    return PageContent(items=[fill_from_notice(item, notice, TOLD_BY_STATE)])


def read_id(page: Page) -> str:
    """The lot's xmid: from the address, else from the page's own script.

    Raises:
        LayoutChanged: neither tells.
    """
    is_told = address_value(page.url, "xmid") or XMID_IN_NAME.search(page.url)
    found = None if is_told else XMID_IN_PAGE.search(page.text)
    return found[1].upper() if found else read_xmid(page)


def read_attachments(root: Selector, page: Page) -> tuple[Attachment, ...]:
    """The files in the line 附件."""
    links = root.xpath("//p[contains(concat(' ', @class, ' '), ' mt10 ')][contains(., '附件')]//a[@href]")[:50]
    base = asked_address(page, HOME_URL)
    found = ((link.xpath("normalize-space(.)").get(""), join_url(base, link.root.get("href"))) for link in links)
    return tuple(Attachment(name, url) for name, url in found if url)
