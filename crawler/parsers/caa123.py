"""中拍平台 (sf.caa123.org.cn), judicial side: JSON, as two projects of 2019-20 describe it. No answer was recorded.

Notes, dated:
- ``start`` is the number of a page from 0, not an offset; 100 lots a page worked (2019-20).
- Of the list only the envelope is known; its items carry at least the lot's id. What else of the lot's own fields
  stands in them is read alike.
- Nobody explains ``lotStatus``: it stays in the words, and the state is not told. ``times`` 3 is the sell-off.
- Pictures, attachments and description come by ``/goods/lot/``, the notices by two calls whose fields are not known:
  every text in them is read.
- The bid log lies on another host, its fields are not known, and it may name bidders: it is not asked for.
- How a refusal looks is not known. A document where JSON is due stops the crawl.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from crawler.errors import LayoutChanged, RowRefused
from crawler.items import (
    Details,
    Dialect,
    Expectation,
    Follow,
    ListingItem,
    PageContent,
    Reader,
    RefusedRow,
    SourceSpec,
    Word,
)
from crawler.notices import ROUND_LABELS, text_of
from crawler.page import Page
from crawler.parsers.court_lots import address_value, answer_object, fill_from_notice, join_url, share_in
from crawler.parsers.item_pages import own_page
from store.statement import Attachment
from store.terms import Currency, PropertyKind, RoundKind, SellerKind

SOURCE = "caa123"
LIST = f"{SOURCE}.list"
LOT = f"{SOURCE}.lot"
GOODS = f"{SOURCE}.goods"
NOTICE = f"{SOURCE}.notice"
HOME_URL = "https://sf.caa123.org.cn/"
BASE_URL = f"{HOME_URL}caa-web-ws/ws/0.1"
PAGE_SIZE = 100

DIALECT = Dialect(
    currency=Currency.CNY,
    time_zone="Asia/Shanghai",
    country="CN",
    seller_kind=SellerKind.COURT,
    round_labels=ROUND_LABELS
    | {
        "times 1": RoundKind.FIRST_AUCTION,
        "times 2": RoundKind.SECOND_AUCTION,
        "times 3": RoundKind.SELL_OFF,
    },
    kind_labels={
        "standardType 6": None,  # 房产: the title tells which
        "standardType 5": PropertyKind.LAND,
        "standardType 4": PropertyKind.LAND,
        "standardType 3": PropertyKind.OTHER,  # forest
        "standardType 16": PropertyKind.OTHER,  # shares of companies
        "standardType 14": PropertyKind.LOAN,  # 债券, as told; debts more likely than bonds
        "standardType 17": PropertyKind.OTHER,  # intellectual property
        "standardType 255": PropertyKind.OTHER,
    },
)

CALL = re.compile(r"/caa-web-ws/ws/0\.1/(goods/|notice/|instruction/|)lots?(?:/(\d{1,19}))?(?:[?#]|$)")
TEXT_FIELDS = ("name", "court", "position")
NUMBER_FIELDS = (
    "startPrice",
    "assessPrice",
    "nowPrice",
    "startTime",
    "endTime",
    "lotStatus",
    "times",
    "rateLadder",
    "cashDeposit",
    "delayTime",
    "delayTimes",
    "onLooker",
    "enrollment",
    "standardType",
)

TOLD_BY_LOT = frozenset(
    [
        "round_raw",
        "seller_name",
        "address",
        "starting_price_raw",
        "appraisal_price_raw",
        "starts_at_raw",
        "ends_at_raw",
        "deposit_raw",
        "increment_raw",
        "extension_raw",
    ]
)
"""Fields of ``/lot/``, for which descriptions and notices are not asked."""


def list_page(page_number: int, status: str = "2", standard_type: str = "6") -> Follow:
    """The call for one page, from 0. Status 2 was asked for the current list, type 6 is real estate (2019-20)."""
    names = ("sortname", "sortorder", "province", "city", "priceBegin", "priceEnd", "lotMode", "times")
    empty = dict.fromkeys((*names, "isRestricted", "canLoan", "secondaryType"), "")
    paging = {"start": str(page_number), "count": str(PAGE_SIZE)}
    query = urlencode(paging | {"lotStatus": status, "standardType": standard_type} | empty)
    return Follow(f"{BASE_URL}/lots?{query}", LIST, is_next_page=True)


def called(page: Page) -> tuple[str, str | None] | None:
    """Which call an address is ("", "goods/", "notice/", "instruction/") and of which lot; ``None`` for others."""
    found = CALL.search(page.url)
    return (found[1], found[2]) if found else None


def lot_id_of(page: Page) -> str:
    """The lot that the address names.

    Raises:
        LayoutChanged: none.
    """
    call = called(page)
    if call is None or call[1] is None:
        raise LayoutChanged("address does not name the lot", source=SOURCE, url=page.url)
    return call[1]


# The list ----------------------------------------------------------------------------------------------------------


def recognises_list(page: Page) -> bool:
    """By the address, or by the envelope."""
    if "caa123.org.cn" in page.url and "/lots?" in page.url:
        return True
    return page.body[:1] == b"{" and all(mark in page.body for mark in (b'"items"', b'"totalPages"', b'"totalCount"'))


MOST_LOTS = 10_000
"""More are no page of a list, and would take seconds to refuse."""


def parse_list(page: Page) -> PageContent:
    """Read one page of the list; each lot leads to its own answer.

    Raises:
        PageRefused: a document (Blocked), another envelope, or no lot where some are counted.
    """
    answer = answer_object(page, SOURCE)
    items, pages, count = (answer.get(name) for name in ("items", "totalPages", "totalCount"))
    if not isinstance(items, list) or not isinstance(pages, int) or not isinstance(count, int):
        raise LayoutChanged("answer without items, totalPages and totalCount", source=SOURCE, url=page.url)
    start = address_value(page.url, "start") or ""
    page_number = int(start) if start.isdecimal() and len(start) < 7 else None
    if not items and count > 0 and page_number == 0:
        raise LayoutChanged(f"no lot, though {count} are counted", source=SOURCE, url=page.url)
    if len(items) > MOST_LOTS:
        raise LayoutChanged(f"{len(items)} lots on one page", source=SOURCE, url=page.url)
    content = PageContent(stated_count=count)
    for position, fields in enumerate(items, 1):
        try:
            content.items.append(read_lot(fields))
        except RowRefused as error:
            content.refused.append(RefusedRow(position, None, error.reason, excerpt(fields)))
    content.follows = [Follow(f"{BASE_URL}/lot/{item.source_id}", LOT, about=item.source_id) for item in content.items]
    if page_number is not None and items and page_number + 1 < pages:
        status, kind = (address_value(page.url, name) or "" for name in ("lotStatus", "standardType"))
        content.follows.append(list_page(page_number + 1, status, kind))
    return content


# The lot -----------------------------------------------------------------------------------------------------------


def recognises_lot(page: Page) -> bool:
    """By the address, or by fields that no other source has together."""
    if (call := called(page)) is not None:
        return call[0] == "" and call[1] is not None
    return page.body[:1] == b"{" and all(mark in page.body for mark in (b'"rateLadder"', b'"cashDeposit"'))


def parse_lot(page: Page) -> PageContent:
    """Read one lot; its description and its notices are asked for next.

    Raises:
        PageRefused: a document (Blocked), or an answer without a lot.
    """
    fields = answer_object(page, SOURCE)
    call = called(page)
    try:
        item = read_lot(fields, call[1] if call else None)
    except RowRefused as error:
        raise LayoutChanged(error.reason, source=SOURCE, url=page.url) from None
    if item.title is None:
        raise LayoutChanged("lot without its name", source=SOURCE, url=page.url)
    further = (("goods", GOODS), ("notice", NOTICE), ("instruction", NOTICE))
    lot_id = item.source_id
    follows = [Follow(f"{BASE_URL}/{part}/lot/{lot_id}", reader, about=lot_id) for part, reader in further]
    return PageContent(items=[item], follows=follows)


def read_lot(fields: Any, asked_id: str | None = None) -> ListingItem:
    """One lot, of the list or of its own answer. Prices are in yuan, times in ms since the epoch.

    Raises:
        RowRefused: without its id.
    """
    told = fields if isinstance(fields, dict) else {}
    own_id = told.get("id")
    lot_id = asked_id or (str(own_id) if isinstance(own_id, str | int) else "")
    if not (lot_id.isascii() and lot_id.isdigit() and len(lot_id) < 20):
        raise RowRefused("lot without its id")
    words: dict[str, Word] = {name: value for name in NUMBER_FIELDS if is_number(value := told.get(name))}
    words |= {name: value.strip() for name in TEXT_FIELDS if isinstance(value := told.get(name), str) and value.strip()}
    title = words.get("name")
    item = ListingItem(
        source_id=lot_id,
        words=words,
        url=f"{HOME_URL}lot/{lot_id}.html",
        title=str(title) if title else None,
        property_kind_raw=label(words, "standardType"),
        round_raw=label(words, "times"),
        seller_name=text(words, "court"),
        address=text(words, "position"),
        starting_price_raw=words.get("startPrice"),
        current_price_raw=words.get("nowPrice") or None,  # 0: nobody bid yet
        appraisal_price_raw=words.get("assessPrice"),
        starts_at_raw=words.get("startTime") or None,
        ends_at_raw=words.get("endTime") or None,
        applicant_count_raw=words.get("enrollment"),
        details=Details(
            deposit_raw=words.get("cashDeposit"),
            increment_raw=words.get("rateLadder"),
            extension_raw=words.get("delayTime"),
            share_raw=share_in(str(title)) if title else None,
        ),
    )
    remark = told.get("remark")
    return fill_from_notice(item, text_of(remark)) if isinstance(remark, str) else item


def excerpt(fields: Any) -> str:
    """The first words of a row that is not read."""
    name = fields.get("name") if isinstance(fields, dict) else fields
    return name[:200] if isinstance(name, str) else type(name).__name__


def is_number(value: Any) -> bool:
    """Whether a value is a number, or a text of one."""
    if isinstance(value, str):
        return bool(re.fullmatch(r"\d{1,15}(?:\.\d{1,6})?", value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def label(words: Mapping[str, Word], name: str) -> str | None:
    """A code with its name, as the tables of the dialect hold it."""
    return f"{name} {words[name]}" if name in words else None


def text(words: Mapping[str, Word], name: str) -> str | None:
    """A text that is told."""
    value = words.get(name)
    return value if isinstance(value, str) else None


# Description and notices -------------------------------------------------------------------------------------------


def recognises_goods(page: Page) -> bool:
    """The answer of ``/goods/lot/``: the lot is told by the address alone."""
    call = called(page)
    return call is not None and call[0] == "goods/"


def parse_goods(page: Page) -> PageContent:
    """Read description, first picture, attachments and place of a lot.

    Raises:
        PageRefused: a document (Blocked), another form, or an address that does not name the lot.
    """
    lot_id = lot_id_of(page)
    answer = answer_object(page, SOURCE)
    pictures, files = (file_paths(answer.get(name)) for name in ("pictures", "enclosures"))
    remark, position = (value if isinstance(value, str) else "" for value in map(answer.get, ("remark", "position")))
    if not (pictures or files or remark or position):
        raise LayoutChanged("answer without description and files", source=SOURCE, url=page.url)
    item = ListingItem(
        source_id=lot_id,
        words={"position": position} if position else {},
        address=position or None,
        image_url=pictures[0][1] if pictures else None,
        details=Details(attachments=tuple(Attachment(name, url) for name, url in files)),
    )
    return PageContent(items=[fill_from_notice(item, text_of(remark), TOLD_BY_LOT)])


def file_paths(files: Any) -> list[tuple[str, str]]:
    """Name and address of each file: the name as told, else the last part of its path."""
    rows = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    paths = [(row, path) for row in rows[:200] if isinstance(path := row.get("filePath"), str) and path.strip()]
    named = ((row.get("fileName"), join_url(HOME_URL, path)) for row, path in paths)
    return [(name if isinstance(name, str) else url.rpartition("/")[2], url) for name, url in named if url]


def recognises_notice(page: Page) -> bool:
    """The answers of ``/notice/lot/`` (公告) and ``/instruction/lot/`` (须知)."""
    call = called(page)
    return call is not None and call[0] in {"notice/", "instruction/"}


def parse_notice(page: Page) -> PageContent:
    """Read a notice: every text of the answer, since nobody says which field holds it.

    Raises:
        PageRefused: a document (Blocked), or an answer without any text.
    """
    lot_id = lot_id_of(page)
    answer = answer_object(page, SOURCE)
    notice = "\n".join(text_of(each) for each in texts_in(answer))
    if not any("一" <= char <= "鿿" for char in notice):
        raise LayoutChanged("answer without a text", source=SOURCE, url=page.url)
    return PageContent(items=[fill_from_notice(ListingItem(source_id=lot_id, words={}), notice, TOLD_BY_LOT)])


def texts_in(answer: Mapping[str, object]) -> Iterator[str]:
    """The texts of an answer and of the objects right within it."""
    for value in answer.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from (inner for inner in value.values() if isinstance(inner, str))


READERS = (
    Reader(LIST, SOURCE, DIALECT, recognises_list, parse_list, is_timeless=True),
    Reader(LOT, SOURCE, DIALECT, recognises_lot, parse_lot),
    Reader(GOODS, SOURCE, DIALECT, recognises_goods, parse_goods),
    Reader(NOTICE, SOURCE, DIALECT, recognises_notice, parse_notice),
)

SPEC = SourceSpec(
    name=SOURCE,
    title="中拍平台 (China Auction Association, court sales)",
    home_url=HOME_URL,
    about="Court sales run by auction houses; open JSON in 2019-20, nothing is known of it since.",
    expects=Expectation(at_least=1, at_most=50_000),
    readers=READERS,
    min_delay_seconds=10.0,
    fixtures="synthetic",
    sale_kinds="court auction, sell-off",
    robots="not known beforehand: obeyed live",
    item_pages=own_page(LOT, f"{BASE_URL}/lot/{{}}"),
)
