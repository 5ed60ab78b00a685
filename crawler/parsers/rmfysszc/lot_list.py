"""The list of lots: JSON that wraps HTML, 20 lots a page."""

import re
from collections.abc import Mapping
from urllib.parse import unquote, urljoin

from parsel import Selector

from crawler.errors import LayoutChanged, RowRefused
from crawler.items import Details, Follow, ListingItem, PageContent, RefusedRow
from crawler.page import Page
from crawler.parsers.court_lots import asked_address, share_in
from crawler.parsers.html import page_json, select
from crawler.parsers.rmfysszc.lot_page import asset_of
from crawler.parsers.rmfysszc.site import LIST_URL, LOT, NOTHING_FOUND, SOURCE, STATUS, check_answer, list_page

CARD_MARKS = (b"class='product'", "class='tip'>暂无".encode())
CURRENT_PAGE = re.compile(r"class='pagecur'>\s*(\d{1,6})\s*<")
LOT_LINK = re.compile(r"(?:[\w/.:-]*/)?Handle/(\d+)\.shtml")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
RESULT_IMAGES = {"lb.png": "已流标", "cj.png": "已成交"}


def recognises_list(page: Page) -> bool:
    """The answer of ``ProjectHandle.shtml``, by its address or by what it holds."""
    if "/ProjectHandle.shtml" in page.url:
        return True
    return page.body[:40].lstrip()[:1] == b"{" and b'"html"' in page.body and any(m in page.body for m in CARD_MARKS)


def parse_list(page: Page) -> PageContent:
    """Read one answer of the list: lots not begun and ended, with the status of the former to be asked next.

    Raises:
        PageRefused: the firewall, no JSON, or a list with neither a lot nor the tip that ends it.
    """
    check_answer(page)
    answer = page_json(page, SOURCE)
    markup, pager = (answer.get("html"), answer.get("page")) if isinstance(answer, dict) else (None, None)
    if not isinstance(markup, str) or not isinstance(pager, str):
        raise LayoutChanged("answer without its list and pager", source=SOURCE, url=page.url)
    content = PageContent()
    lots = select(markup, source=SOURCE, url=page.url).css("div.product")
    if not lots:
        if NOTHING_FOUND in markup:
            return content
        raise LayoutChanged("neither a lot nor the words for none", source=SOURCE, url=page.url)
    for position, lot in enumerate(lots, 1):
        try:
            content.items.append(read_lot(lot, asked_address(page, LIST_URL)))
        except RowRefused as error:
            words = " ".join(lot.css("::text").getall())
            content.refused.append(RefusedRow(position, lot.root.get("id"), error.reason, words[:200]))
    content.follows = follows(page, pager, content)
    return content


def follows(page: Page, pager: str, content: PageContent) -> list[Follow]:
    """Status and page of every lot that has no result yet, and the next page of the list.

    Raises:
        LayoutChanged: the pager does not tell which page this is.
    """
    base = asked_address(page, LIST_URL)
    pending = [item.source_id for item in content.items if item.status_raw not in RESULT_IMAGES.values()]
    result = [Follow(urljoin(base, f"/Object/Finish.shtml?oid={lot_id}"), STATUS) for lot_id in pending]
    result += [Follow(urljoin(base, f"/statichtml/rm_obj/{lot_id}.shtml"), LOT, about=lot_id) for lot_id in pending]
    if not (current := CURRENT_PAGE.search(pager)):
        raise LayoutChanged("pager without the current page", source=SOURCE, url=page.url)
    area = unquote(page.url.partition("#")[2].removeprefix("area="))
    return [*result, list_page(int(current[1]) + 1, area, urljoin(base, "/ProjectHandle.shtml"))]


def read_lot(lot: Selector, base: str) -> ListingItem:
    """Read one card.

    Raises:
        RowRefused: a card whose id, title, labels or state are not as known.
    """
    link = lot.css(".p_img a")
    title, href = link.xpath("string(@title)").get("").strip(), link.xpath("string(@href)").get("")
    lot_id, found = lot.root.get("id", ""), LOT_LINK.fullmatch(href)
    if not found or found[1] != lot_id or not title:
        raise RowRefused("card without title, or with the link of another lot")
    words = read_labels(lot)
    status = read_status(lot, words)
    words.pop("预计剩余", None)  # another one with every look
    price = read_price(lot)
    if (price is None) == (status in RESULT_IMAGES.values()):
        raise RowRefused(f"price and state do not fit: {price}, {status}")
    if price is not None:
        words |= {"价格": price}
    picture = link.css("img").xpath("string(@src)").get() or None
    return ListingItem(
        source_id=lot_id,
        words=words | {"状态": status},
        url=urljoin(base, href),
        title=title,
        status_raw=status,
        starting_price_raw=price if status == "已流标" else words.get("起拍价"),
        hammer_price_raw=price if status == "已成交" else None,
        appraisal_price_raw=words.get("评估值"),
        starts_at_raw=words.get("开始时间"),
        ends_at_raw=words.get("流标时间") or words.get("成交时间"),
        image_url=picture,
        details=Details(share_raw=share_in(title), asset_id=asset_of(picture)),
    )


LABELS = ("起拍价", "评估值", "开始时间", "流标时间", "成交时间", "预计剩余")


def read_labels(lot: Selector) -> dict[str, str]:
    """The labelled values of a card.

    Raises:
        RowRefused: a label that is not known, or one without its value.
    """
    words = {}
    for line in lot.css(".prod-guj p"):
        label = line.xpath("normalize-space(text())").get("")
        value = line.css("span").xpath("normalize-space(.)").get("")
        if label not in LABELS or not value:
            raise RowRefused(f"unknown label {label!r}, or no value")
        words[label] = value
    return words


def read_status(lot: Selector, words: Mapping[str, str]) -> str:
    """The state in the card's words: beside the time of the start, or at the foot, where an image repeats it.

    Raises:
        RowRefused: no state, or an image that contradicts the words.
    """
    image = lot.css(".prod-price img").xpath("string(@src)").get("").rpartition("/")[2]
    foot = lot.css(".prod-alink a").xpath("normalize-space(.)").get("")
    if image:
        if RESULT_IMAGES.get(image) != foot:
            raise RowRefused(f"image {image} beside {foot!r}")
        return foot
    if "预计剩余" in words:
        return "预计剩余"
    status = lot.css(".prod-guj p s").xpath("normalize-space(.)").get("")
    if not status:
        raise RowRefused("card without a state")
    return status


def read_price(lot: Selector) -> str | None:
    """The price beside the result, with the unit that stands behind it.

    Raises:
        RowRefused: no number, or not in 万.
    """
    line = lot.css(".prod-price")
    if not line:
        return None
    number = line.css("strong").xpath("normalize-space(.)").get("")
    if not NUMBER.fullmatch(number) or line.xpath("normalize-space(.)").get("") != f"{number}万":
        raise RowRefused(f"price not readable: {line.xpath('normalize-space(.)').get('')!r}")
    return f"{number}万"
