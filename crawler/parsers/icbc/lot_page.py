"""The page of one lot, as described in 2022; none was recorded. State, end and bids come by another call."""

import re

from parsel import Selector

from crawler.errors import LayoutChanged
from crawler.items import Details, ListingItem, PageContent
from crawler.notices import text_of
from crawler.page import Page
from crawler.parsers.court_lots import address_value, bare_url, fill_from_notice, whole_document
from crawler.parsers.icbc.site import BANK_SALE, DIALECT, SOURCE, live_call

TRADE_ID = re.compile(r"subjectMatterTradeId\s*=\s*[\"'](\d{6,30})[\"']")
TEXTS = "#div_announcement_gfword, #div_notice_gfword, div.p_word.rygtable"
PLACES_OF_LABELS = {0: "拍卖阶段", 5: "保证金", 6: "评估价"}
"""Which of the lists of terms holds what, counted from 0, where a list does not name it itself."""

TOLD_BY_LIVE = ("starts_at_raw", "ends_at_raw", "extension_raw", "published_at_raw")
LABELS = ("拍卖阶段", "起拍价", "加价幅度", "保证金", "评估价", "处置单位")


def recognises_lot(page: Page) -> bool:
    """By the elements of the page, or the product in its address."""
    if b'id="subjectMatter"' in page.body:
        return True
    return ".icbc.com.cn/" in page.url and "prodId=" in page.url and "visitorCount.jhtml" not in page.url


def parse_lot(page: Page) -> PageContent:
    """Read one lot; its state and bids are asked for next. The page's title is not known to stand anywhere.

    Raises:
        PageRefused: a page cut off, without stage and price, or an address that does not name the lot.
    """
    root = whole_document(page, SOURCE)
    words = read_terms(root)
    for label, place in (("起拍价", "#onsetMoney"), ("加价幅度", "#keySei"), ("法院", "#goToCourt")):
        if value := root.css(place).xpath("string(@title)").get("").strip():
            words[label] = value
    if "起拍价" not in words:
        raise LayoutChanged("lot without its starting price", source=SOURCE, url=page.url)
    if not (product_id := address_value(page.url, "prodId")):
        raise LayoutChanged("address without prodId=", source=SOURCE, url=page.url)
    if place := root.css("li.omit").xpath("normalize-space(.)").get(""):
        words["所在地"] = place.rpartition("：")[2]
    seller = words.get("法院") or words.get("处置单位")
    item = ListingItem(
        source_id=product_id,
        words=words,
        url=bare_url(page),
        round_raw=words.get("拍卖阶段") or (BANK_SALE if is_bank(seller) else None),
        seller_name=seller,
        address=words.get("所在地"),
        starting_price_raw=words["起拍价"],
        appraisal_price_raw=words.get("评估价"),
        details=Details(deposit_raw=words.get("保证金"), increment_raw=words.get("加价幅度")),
    )
    notice = "\n".join(text_of(part.get()) for part in root.css(TEXTS))
    trade = TRADE_ID.search(page.text)
    return PageContent(
        items=[fill_from_notice(item, notice, TOLD_BY_LIVE)], follows=[live_call(trade[1])] if trade else []
    )


def read_terms(root: Selector) -> dict[str, str]:
    """The lists of terms under ``#subjectMatter``: by their own labels; by their places only behind a known stage."""
    words: dict[str, str] = {}
    for position, terms in enumerate(root.css("#subjectMatter > dl")):
        label = terms.css("dt").xpath("normalize-space(.)").get("").rstrip("：: ")
        value = terms.css("dd").xpath("normalize-space(.)").get("")
        named, colon, rest = value.partition("：")
        if not label and colon:
            label, value = named.strip(), rest.strip()
        if not label and (value in DIALECT.round_labels if position == 0 else "拍卖阶段" in words):
            label = PLACES_OF_LABELS.get(position, "")
        if label in LABELS and value and label not in words:
            words[label] = value
    return words


def is_bank(seller: str | None) -> bool:
    """Whether the seller is a bank, by its name: no court, and no administrator of a bankrupt one."""
    return "银行" in (seller or "") and not re.search(r"法院|管理人|清算组", seller or "")
