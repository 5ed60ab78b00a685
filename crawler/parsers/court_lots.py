"""What the parsers of the smaller platforms share: answers judged, labelled lines, and notices beside own fields."""

import re
from collections.abc import Collection, Iterable
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from parsel import Selector

from crawler.errors import Blocked, LayoutChanged
from crawler.items import Details, ListingItem
from crawler.notices import read_notice
from crawler.page import Page
from crawler.parsers.html import page_json, page_text, refusal_by_status, select

UNITS = frozenset(["元", "千元", "万", "万元", "亿", "亿元", "%"])
ROUND_BADGE = re.compile(
    r"\s*【(第[一二三四五六七八九十]{1,3}次拍卖|[一二三四五六七八九十]拍|变卖|再次拍卖|重新拍卖|重新[一二]拍)】"
)
COURT = re.compile(r"[一-鿿]{2,24}?(?:人民法院|海事法院|知识产权法院|金融法院|铁路运输(?:中级|基层)?法院)")
SHARE = re.compile(
    r"((?:[\d一二三四五六七八九十百]{1,4}分之[\d一二三四五六七八九十]{1,4}|\d{1,3}/\d{1,3}|\d{1,2}(?:\.\d{1,4})?[%％]))"
    r"的?(?:产权|所有权|房产)?(?:份额|产权|所有权)"
)


def check_status(page: Page, source: str) -> None:
    """Let pass what was answered with 200.

    Raises:
        PageRefused: the refusal that the status tells, else LayoutChanged.
    """
    if refused := refusal_by_status(page, source):
        raise refused
    if page.http_status != 200:
        raise LayoutChanged(f"HTTP status {page.http_status}", source=source, url=page.url)


def answer_object(page: Page, source: str) -> dict[str, object]:
    """The JSON object of a call. Where no refusal was ever recorded, a document in its place is one.

    Raises:
        PageRefused: an error status, a document (Blocked), or no JSON object (LayoutChanged).
    """
    check_status(page, source)
    if page.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise Blocked("a document where JSON was due", source=source, url=page.url)
    answer = page_json(page, source)
    if not isinstance(answer, dict):
        raise LayoutChanged("no JSON object", source=source, url=page.url)
    return answer


def whole_document(page: Page, source: str, wall_signs: Collection[str] = ()) -> Selector:
    """The tree of a complete HTML document.

    Raises:
        PageRefused: an error status, one of the signs (Blocked), or a document without its end (LayoutChanged).
    """
    check_status(page, source)
    text = page_text(page, source)
    if sign := next((sign for sign in wall_signs if sign in text), None):
        raise Blocked(f"refusal: {sign}", source=source, url=page.url)
    if "</html>" not in text[-2_000:].lower():
        raise LayoutChanged("document without its end", source=source, url=page.url)
    return select(text, source=source, url=page.url)


# Addresses ---------------------------------------------------------------------------------------------------------


def address_value(url: str, name: str) -> str | None:
    """A value of the query, or of the fragment in which a crawl carries what a call does not tell (never sent)."""
    try:
        parts = urlsplit(url)
        values = parse_qs(parts.query).get(name) or parse_qs(parts.fragment).get(name) or []
    except ValueError:
        return None
    return values[0] if len(values) == 1 else None


def with_unsent(url: str, **values: str | None) -> str:
    """The address with values in its fragment, which is never sent."""
    return f"{url}#{urlencode({name: value for name, value in values.items() if value})}"


def asked_address(page: Page, home_url: str) -> str:
    """What the links of a page are relative to; saved files do not tell theirs."""
    return page.url if page.url.startswith("http") and join_url(page.url, "") else home_url


def join_url(base: str, link: str) -> str | None:
    """The web address of a link; ``None`` for what is none."""
    try:
        url = urljoin(base, link.strip())
    except ValueError:  # http://[
        return None
    return url if url.startswith(("http://", "https://")) else None


def bare_url(page: Page) -> str | None:
    """The address of a page without what it carries unsent; ``None`` for saved files."""
    return page.url.partition("#")[0] if page.url.startswith("http") else None


# Texts -------------------------------------------------------------------------------------------------------------


def read_labelled(lines: Iterable[str], labels: Collection[str]) -> dict[str, str]:
    """The values of known labels in lines of visible text: ``起拍价：`` / ``120`` / ``万元`` gives 起拍价 120万元.

    The value is what stands behind the label, else the next line, with a unit that stands alone behind it. A label
    begins its line and ends with a colon, a blank, a digit or a currency sign. The first of equal labels counts.
    """
    names = "|".join(sorted(map(re.escape, labels), key=len, reverse=True))
    opening = re.compile(rf"({names})(?=[\s:：\d¥￥]|$)[\s:：]*(.*)")
    values: dict[str, str] = {}
    current: str | None = None
    for line in lines:
        if found := opening.fullmatch(line):
            current = None if found[1] in values else found[1]
            if current:
                values[current] = found[2]
        elif current and not values[current]:
            values[current] = line.lstrip(":： ")
        elif current and line in UNITS:
            values[current] += line
            current = None
        else:
            current = None
    return {label: value for label, value in values.items() if value}


def round_badge(title: str) -> str | None:
    """The round with which a title begins: 一拍 of 【一拍】广州市…"""
    found = ROUND_BADGE.match(title)
    return found[1] if found else None


def court_in(lines: Iterable[str]) -> str | None:
    """The first court that a text names."""
    return next((found[0] for line in lines if (found := COURT.search(line.partition("：")[2] or line))), None)


def share_in(title: str) -> str | None:
    """The share of the ownership that a title tells (三分之一的产权份额); ``None`` where it tells none."""
    found = SHARE.search(title)
    return found[1] if found else None


# Notices -----------------------------------------------------------------------------------------------------------


NOT_FROM_NOTICES = frozenset(["title", "status_raw", "current_price_raw", "hammer_price_raw"])
"""A notice has a heading of its own, and tells how the rounds before went, not this one."""

NOTHING_TOLD = Details()


def fill_from_notice(item: ListingItem, text: str, told_elsewhere: Collection[str] = ()) -> ListingItem:
    """The item with what its notice tells beyond the source's own fields; those win.

    ``told_elsewhere``: fields that another page of the lot tells; the notice is not asked for them.
    """
    if not text.strip():
        return item
    reading = read_notice(text, item.title)
    closed = NOT_FROM_NOTICES.union(told_elsewhere)
    missing = {
        name: value for name, value in reading.listing.items() if name not in closed and getattr(item, name) is None
    }
    pairs = zip(Details._fields, reading.details, NOTHING_TOLD, strict=True)
    told = Details._make(nothing if name in closed else value for name, value, nothing in pairs)
    return item._replace(**missing, details=join_details(item.details or NOTHING_TOLD, told))  # type: ignore[arg-type]


def join_details(own: Details, told: Details) -> Details:
    """The details of ``own``, and of ``told`` where the former say nothing."""
    pairs = zip(own, told, strict=True)
    return Details._make(theirs if mine is None or mine == () else mine for mine, theirs in pairs)
