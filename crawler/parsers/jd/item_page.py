"""The page of a court's item, as a browser shows it and saves it (paimai.jd.com/<paimaiId>).

Told by three projects (2019 to 2026), its words seen in lines that a collector kept (2026-08 and 2026-09), the markup
never recorded: ``pm-name`` holds the title with its round, behind it stand state, end, counts and prices, and
``#pmMainFloor`` holds the texts. Pages of the asset platform are not described by anyone, and do not tell that they
are; so a page is read only where a court speaks in it. What a server sends without its data is left alone: a HAR has
the answers beside it.
"""

import re
from collections.abc import Iterator

from parsel import Selector

from crawler.errors import EmptyShell, LayoutChanged
from crawler.items import Details, FactItem, ListingItem, PageContent, Word
from crawler.notices import read_notice, text_of
from crawler.page import Page
from crawler.parsers.court_lots import COURT, whole_document
from crawler.parsers.html import visible_lines
from crawler.parsers.jd.answers import REMOVED, SIGNS_WITHIN, Asked, ask, check_signs
from crawler.parsers.jd.bundles import merged
from crawler.parsers.jd.calls import JUDICIAL
from crawler.parsers.jd.dialect import (
    ENDED,
    PAGE_STATES,
    SOLD,
    TITLE_ROUND,
    round_in_title,
    round_number,
    round_word,
    status_word,
)
from crawler.parsers.jd.rows import ITEM_PAGE
from crawler.parsers.jd.texts import item_of
from store.statement import Attachment
from store.terms import Answer, FactKind

SAVE_HAR = "save the visit as a HAR file instead"
ADDRESS = re.compile(r"https?://paimai\.jd\.com/([1-9]\d{5,10})(?:[/?#]|$)")
FRAME = (b"pm-name", b"pmMainFloor")
SAVED = (b"saved from url=", b"Page saved with SingleFile")
FILLED = re.compile(rb"""\bpm-name\b[^<>]{0,300}>(?:\s{0,99}(?:&nbsp;|<[^<>]{0,300}>)){0,6}\s{0,99}[^\s<&{]""")
BEGIN, END = "\ue000", "\ue001"
FILES = "storage.jd.com/auction.gateway/"

AMOUNT = (
    r"(?:价?格)?[\s:：]{0,9}[¥￥]?\s{0,3}"
    r"([0-9]{1,12}(?:\s{0,3},\s{0,3}[0-9]{3}){0,4}(?:\s{0,3}\.\s{0,3}[0-9]{1,6})?)(?![0-9.,])\s{0,3}([万亿]?)"
)
"""Pages may hold a number in several elements."""

PRICES = ("起拍价", "变卖价", "评估价", "市场价", "保证金", "加价幅度", "成交价", "当前价")
PRICE = {label: re.compile(rf"(?<![一-鿿]){label}{AMOUNT}") for label in PRICES}
COUNTS = {
    "报名": re.compile(r"(?<![0-9.,])([0-9]{1,6})\s{0,3}人报名"),
    "围观": re.compile(r"(?<![0-9.,])([0-9]{1,8})\s{0,3}人?次?围观"),
    "记录": re.compile(r"(?:出价|竞买)记录\s{0,3}[(（]\s{0,3}([0-9]{1,6})\s{0,3}[)）]"),
}
STATE = re.compile(rf"(?:^|\n)\s?(?:本?标的物|本场(?:拍卖|变卖)?)?({'|'.join(PAGE_STATES)})(?![一-鿿])")
OUTCOMES = frozenset(PAGE_STATES) - {"预告中", "即将开始", "进行中", "正在进行", "已结束"}
MOMENT = r"(20\d\d(?:-\d{1,2}-\d{1,2}|年\d{1,2}月\d{1,2}日)\s{1,3}\d{1,2}:\d{2}(?::\d{2})?)"
TIMES = {name: re.compile(rf"{MOMENT}\s{{0,3}}{name}|{name}时间[\s:：]{{0,4}}{MOMENT}") for name in ("开始", "结束")}
PERIOD = re.compile(r"(?:竞价|变卖)周期[\s:：]{0,4}([0-9]{1,3}\s?(?:天|小时))")
EXTENSION = re.compile(r"延时周期[\s:：]{0,4}([0-9]{1,3}\s?分钟)")
PRE_EMPTION = re.compile(r"优先购买权人[\s:：]{0,4}有(?![一-鿿])")
SELLER = re.compile(rf"(?:处置单位|处置法院|拍卖机构)?[:：]?\s?({COURT.pattern})(?=$|关于|将于|拍卖|变卖|公告)")


def recognises_item_page(page: Page) -> bool:
    """By the address of an item, where the page was saved or holds its data; without address by its frame."""
    if page.body[:300].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"<":
        return False
    if ADDRESS.match(page.url):
        return any(mark in page.body for mark in SAVED) or FILLED.search(page.body) is not None
    return page.url.startswith("file:") and all(mark in page.body for mark in FRAME)


def parse_item_page(page: Page) -> PageContent:
    """Read the page of one item of a court.

    Raises:
        PageRefused: a wall, a frame without its data, a page cut off, one of another build, or one of no court.
    """
    asked = ask(page, JUDICIAL)
    root = whole_document(page, JUDICIAL)
    names, floors = root.css('[class~="pm-name"]'), root.css("#pmMainFloor")
    if not names or not floors:
        return without_frame(asked, root)
    title = text_of(names[0].get()).replace("\n", "").strip()
    if not title or title.startswith("{{"):
        raise asked.refusal(EmptyShell, f"frame of an item without its data: {SAVE_HAR}")
    files = tuple(attachments(root))
    terms = text_of(floors[0].get())
    head = head_of(root, names[0], floors[0])
    found = ADDRESS.match(page.url)
    if found is None:
        raise asked.refusal(LayoutChanged, f"the page does not tell which item it is: {SAVE_HAR}")
    seller = seller_of(head) or seller_of(terms)
    if seller is None:
        raise asked.refusal(LayoutChanged, f"no court speaks on the page, and others are not known: {SAVE_HAR}")
    item = read_head(asked, found[1], title, head, terms)._replace(seller_name=seller)
    told = item_of(asked, found[1], read_notice(terms, title))
    item = merged(item, told)
    details = item.details or Details()
    return PageContent(items=[item._replace(details=details._replace(attachments=files))])


def without_frame(asked: Asked, root: Selector) -> PageContent:
    """What stands where the item should be: it was removed, or the page is none of ours.

    Raises:
        PageRefused: everything but a removed item.
    """
    text = text_of(root.get())[:SIGNS_WITHIN]
    if REMOVED in text:
        return PageContent()
    check_signs(asked, text)
    raise asked.refusal(LayoutChanged, f"no item in the form that is known: {SAVE_HAR}")


def head_of(root: Selector, name: Selector, floors: Selector) -> str:
    """The text between title and floors, each piece in a line of its own. The tree loses both."""
    for node, mark in ((name, BEGIN), (floors, END)):
        node.root.clear(keep_tail=True)
        node.root.text = mark
    _, begun, behind = "\n".join(visible_lines(root)).partition(BEGIN)
    head, ended, _ = behind.partition(END)
    return head if begun and ended else ""


def read_head(asked: Asked, source_id: str, title: str, head: str, terms: str) -> ListingItem:
    """State, prices, counts and times beside the title.

    Raises:
        LayoutChanged: no starting price, or states that contradict each other.
    """
    prices = {
        label: "".join(f"{found[1]}{found[2]}".split()) for label in PRICES if (found := PRICE[label].search(head))
    }
    if "起拍价" not in prices and "变卖价" not in prices:
        raise asked.refusal(LayoutChanged, f"item without its list of prices: {SAVE_HAR}")
    counts = {name: found[1] for name, form in COUNTS.items() if (found := form.search(head) or form.search(terms))}
    shown = round_in_title(title)
    status = status_of(asked, head, counts.get("记录"))
    is_sold = status in {SOLD, "已成交"}
    words: dict[str, Word] = {"title": title, **prices, **counts}
    if states := STATE.findall(head):
        words["state"] = states[0]
    return ListingItem(
        source_id=source_id,
        words=words,
        url=ITEM_PAGE + source_id,
        title=without_round(title),
        round_raw=round_word(JUDICIAL, None, shown) or ("变卖" if "变卖价" in prices else None),
        status_raw=status,
        starting_price_raw=prices.get("起拍价") or prices.get("变卖价"),
        current_price_raw=prices.get("当前价"),
        hammer_price_raw=prices.get("成交价") or prices.get("当前价") if is_sold else None,
        appraisal_price_raw=prices.get("评估价"),
        market_price_raw=prices.get("市场价"),
        starts_at_raw=moment_of(head, "开始"),
        ends_at_raw=moment_of(head, "结束"),
        bid_count_raw=counts.get("记录"),
        applicant_count_raw=counts.get("报名"),
        details=Details(
            deposit_raw=prices.get("保证金"),
            increment_raw=prices.get("加价幅度"),
            bidding_period_raw=told_by(PERIOD, head),
            extension_raw=told_by(EXTENSION, head),
            round_number_raw=round_number(JUDICIAL, None, shown),
            facts=pre_emption(head),
        ),
    )


def without_round(title: str) -> str:
    """The title as lists and calls write it: the page alone puts 【一拍】 before it (seen 2026-09)."""
    found = TITLE_ROUND.match(title)
    return title[found.end() :].strip() or title if found else title


def status_of(asked: Asked, head: str, bids: str | None) -> str | None:
    """The state that the page shows; of an ended item without an outcome that of its bids.

    Raises:
        LayoutChanged: two outcomes.
    """
    states = STATE.findall(head)
    outcomes = OUTCOMES.intersection(states)
    if len(outcomes) > 1:
        raise asked.refusal(LayoutChanged, f"states that contradict each other: {' '.join(sorted(outcomes))}")
    if outcomes:
        return min(outcomes)
    if "已结束" in states:
        return status_word(ENDED, None, bids) if PRICE["成交价"].search(head) is None else SOLD
    return states[0] if states else None


def moment_of(head: str, name: str) -> str | None:
    """When the bidding begins or ends, as the page writes it."""
    found = TIMES[name].search(head)
    return " ".join((found[1] or found[2]).split()) if found else None


def told_by(form: re.Pattern[str], head: str) -> str | None:
    """What a label says."""
    found = form.search(head)
    return found[1] if found else None


def pre_emption(head: str) -> tuple[FactItem, ...]:
    """Somebody's right to buy first. The platform's 无 is no word of the seller's: it stands on every other item."""
    found = PRE_EMPTION.search(head)
    quote = " ".join(found[0].split()) if found else ""
    return (FactItem(FactKind.PRE_EMPTION, Answer.YES, quote),) if found else ()


def seller_of(text: str) -> str | None:
    """The court that a line names alone, or that begins it as its speaker; one that is only mentioned sells nothing."""
    return next((found[1] for line in text.split("\n") if (found := SELLER.match(line.strip()))), None)


def attachments(root: Selector) -> Iterator[Attachment]:
    """The files of the item, by the addresses seen in 2026."""
    seen: set[str] = set()
    for link in root.css(f'a[href*="{FILES}"]'):
        address = link.root.get("href").strip()
        if address.startswith(("http://", "https://", "//")) and address not in seen:
            seen.add(address)
            yield Attachment(text_of(link.get()).replace("\n", " "), address)
