"""人民法院诉讼资产网 (rmfysszc.gov.cn), the Supreme Court's own auction site: the list and the status of a lot.

Notes, dated:
- ``POST ProjectHandle.shtml`` answers JSON that wraps HTML, 20 lots a page (seen 2022-11). Past the last page the list
  is the tip 暂无您查询的标的物 while the pager still offers 下一页: only the tip ends the list.
- Prices are in 万. Upcoming lots start at a day without its year. The price of a failed lot is its starting price, that
  of a sold one the result (their quotients to the assessed value are round: 0.63 to 1.00, seen 2022-11).
- ``Object/Finish.shtml?oid=`` answers a bare object in parentheses, not JSON, and does not name the lot.
- A firewall answers 很抱歉，您的访问存在异常！.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, quote, unquote, urldefrag, urljoin, urlsplit

from parsel import Selector

from crawler.errors import Blocked, LayoutChanged, PageRefused, RowRefused
from crawler.items import Dialect, Expectation, Follow, ListingItem, PageContent, Reader, RefusedRow, SourceSpec
from crawler.page import Page
from crawler.parsers.html import page_json, page_text, refusal_by_status, select
from store.terms import Currency, RoundStatus, SellerKind

SOURCE = "rmfysszc"
LIST = f"{SOURCE}.list"
STATUS = f"{SOURCE}.status"
HOME_URL = "https://www.rmfysszc.gov.cn/"
LIST_URL = urljoin(HOME_URL, "ProjectHandle.shtml")
NOTHING_FOUND = "暂无您查询的标的物"
WALL = "您的访问存在异常"

DIALECT = Dialect(
    currency=Currency.CNY,
    time_zone="Asia/Shanghai",
    country="CN",
    seller_kind=SellerKind.COURT,
    status_labels={
        "即将开始": RoundStatus.UPCOMING,
        "预计剩余": RoundStatus.ONGOING,
        "已成交": RoundStatus.SOLD,
        "已流标": RoundStatus.FAILED,
        "state 0, fun1 0": RoundStatus.SOLD,
        "state 0, fun1 1": RoundStatus.FAILED,
        "state 1": RoundStatus.ONGOING,
        "state 3": None,  # 3 and 5 are timers: they tell no state
        "state 4": RoundStatus.HALTED,  # cancelled, suspended or withdrawn: the reason stands only on the lot's page
        "state 5": None,
        "state 6": RoundStatus.ENDED,
    },
)


def list_form(page_number: int, area: str = "") -> dict[str, str]:
    """The form of the list call: all classes and states, one area (广东省) or all, pages from 1."""
    empty = dict.fromkeys(("name", "city", "city1", "city2", "money", "money1", "fid1", "fid2", "fid3"), "")
    fixed = {"type": "0", "xmxz": "0", "state": "0", "number": "0", "order": "0", "include": "0"}
    return empty | fixed | {"area": area, "page": str(page_number)}


def list_page(page_number: int, area: str = "", address: str = LIST_URL) -> Follow:
    """The call for one page of the list. Answers do not tell their area: the address carries it, unsent, as #area=…"""
    url = urldefrag(address).url + (f"#area={quote(area)}" if area else "")
    return Follow(url, LIST, "POST", list_form(page_number, area), is_next_page=True)


def refusal(page: Page) -> PageRefused | None:
    """The refusal that a page of this source is, or ``None`` for one that may be healthy. Never raises."""
    if refused := refusal_by_status(page, SOURCE):
        return refused
    try:
        is_wall = WALL in page_text(page, SOURCE)
    except LayoutChanged as error:
        return error
    return Blocked(f"firewall: {WALL}", source=SOURCE, url=page.url) if is_wall else None


def check_answer(page: Page) -> None:
    """Let pass what was answered with 200 and is no refusal.

    Raises:
        PageRefused: the refusal, else LayoutChanged.
    """
    if refused := refusal(page):
        raise refused
    if page.http_status != 200:
        raise LayoutChanged(f"HTTP status {page.http_status}", source=SOURCE, url=page.url)


# The list ----------------------------------------------------------------------------------------------------------

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
            content.items.append(read_lot(lot, base_url(page)))
        except RowRefused as error:
            words = " ".join(lot.css("::text").getall())
            content.refused.append(RefusedRow(position, lot.attrib.get("id"), error.reason, words[:200]))
    content.follows = follows(page, pager, content)
    return content


def base_url(page: Page) -> str:
    """The address that links of the list are relative to; saved files do not tell theirs."""
    return page.url if page.url.startswith("http") else LIST_URL


def follows(page: Page, pager: str, content: PageContent) -> list[Follow]:
    """The status of every lot that has no result yet, and the next page.

    Raises:
        LayoutChanged: the pager does not tell which page this is.
    """
    base = base_url(page)
    pending = [item.source_id for item in content.items if item.status_raw not in RESULT_IMAGES.values()]
    result = [Follow(urljoin(base, f"/Object/Finish.shtml?oid={lot_id}"), STATUS) for lot_id in pending]
    if not (current := CURRENT_PAGE.search(pager)):
        raise LayoutChanged("pager without the current page", source=SOURCE, url=page.url)
    area = unquote(urldefrag(page.url).fragment.removeprefix("area="))
    return [*result, list_page(int(current[1]) + 1, area, urljoin(base, "/ProjectHandle.shtml"))]


def read_lot(lot: Selector, base: str) -> ListingItem:
    """Read one card.

    Raises:
        RowRefused: a card whose id, title, labels or state are not as known.
    """
    link = lot.css(".p_img a")
    title, href = link.xpath("string(@title)").get("").strip(), link.xpath("string(@href)").get("")
    lot_id, found = lot.attrib.get("id", ""), LOT_LINK.fullmatch(href)
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
        image_url=lot.css(".p_img img").xpath("string(@src)").get() or None,
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


# The status of one lot ---------------------------------------------------------------------------------------------

STATUS_BODY = re.compile(rb"\s*\(\s*\{([^{}()]{1,400})\}\s*\)\s*;?\s*")
STATUS_FIELD = re.compile(r"\s*(\w+)\s*:\s*'([^']*)'\s*")


def recognises_status(page: Page) -> bool:
    """The answer of ``Object/Finish.shtml``: the lot is told by the address alone."""
    return "/Object/Finish.shtml" in page.url


def parse_status(page: Page) -> PageContent:
    """Read the status of one lot. Prices are in 万; 0 stands for none.

    Raises:
        PageRefused: the firewall, another form, or an address that does not name the lot.
    """
    check_answer(page)
    fields = read_fields(page)
    lot_id = read_lot_id(page)
    state, price = fields["state"], fields.get("price", "0")
    label = f"state {state}" + (f", fun1 {fields['fun1']}" if state == "0" and "fun1" in fields else "")
    shown = None if price == "0" else f"{price}万"
    item = ListingItem(
        source_id=lot_id,
        words=fields,
        status_raw=label,
        current_price_raw=shown if state == "1" else None,
        hammer_price_raw=shown if label == "state 0, fun1 0" else None,
        ends_at_raw=fields.get("time") if state == "0" else None,
    )
    return PageContent(items=[item])


def read_fields(page: Page) -> dict[str, str]:
    """The fields of ``({state:'0',time:'…'})``: an object of JavaScript, with bare names and single quotes.

    Raises:
        LayoutChanged: another form, or no state.
    """
    if found := STATUS_BODY.fullmatch(page.body):
        fields = [STATUS_FIELD.fullmatch(field) for field in found[1].decode("utf-8", "replace").split(",")]
        known = {field[1]: field[2] for field in fields if field}
        if len(known) == len(fields) and known.get("state") and NUMBER.fullmatch(known.get("price", "0")):
            return known
    raise LayoutChanged("no status object", source=SOURCE, url=page.url)


def read_lot_id(page: Page) -> str:
    """The lot that the status belongs to.

    Raises:
        LayoutChanged: the address does not tell.
    """
    try:
        values = parse_qs(urlsplit(page.url).query).get("oid", [])
    except ValueError:
        values = []
    if len(values) == 1 and values[0].isascii() and values[0].isdigit():
        return values[0]
    raise LayoutChanged("address without oid=", source=SOURCE, url=page.url)


READERS = (
    Reader(LIST, SOURCE, DIALECT, recognises_list, parse_list),
    Reader(STATUS, SOURCE, DIALECT, recognises_status, parse_status),
)

SPEC = SourceSpec(
    name=SOURCE,
    title="人民法院诉讼资产网 (Court litigation assets)",
    home_url=HOME_URL,
    about="The Supreme Court's own auction site: few lots, open lists, a new id for each round of the same asset.",
    expects=Expectation(at_least=20, at_most=50_000),
    readers=READERS,
    min_delay_seconds=5.0,
    fixtures="recorded",
)
