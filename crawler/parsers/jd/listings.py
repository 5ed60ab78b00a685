"""The list: the search of the desktop page (apiType 12 and 2), of the phone page, and the asset list of 2018 to 2020.

Rows are those that public projects name; no raw answer of the search was ever recorded. An empty ``datas`` is JD's
silent way of limiting (a big city had 853 rows, the next one none, 2026-06): it is taken for empty only where the
answer itself says so with ``totalItem``.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from crawler.errors import Blocked, LayoutChanged, RowRefused
from crawler.items import Details, Follow, ListingItem, PageContent, RefusedRow, Word
from crawler.page import Page
from crawler.parsers.jd.answers import LOGIN_ADDRESS, Asked, ask, is_json, load_answer, written_id
from crawler.parsers.jd.calls import (
    ASSETS,
    BASIC,
    JUDICIAL,
    MERCHANTS,
    MOBILE_SEARCH,
    OLD_LIST,
    PUBLISHERS,
    SEARCH,
    call_address,
    next_page_address,
    read_call,
    source_of_call,
)
from crawler.parsers.jd.dialect import FIXED_PRICE, SOLD, round_in_title, round_number, round_word, status_word
from crawler.parsers.jd.merchants import ROW_MARK, asks_for_advertisements, is_advertisement, refused_advertisement
from crawler.parsers.jd.rows import (
    ITEM_PAGE,
    first_price,
    flagged_facts,
    image_address,
    label_ids,
    loan_word,
    text_of_word,
    words_of,
)

PAGE_SIZE = 40
LIST_CALLS = frozenset({SEARCH, MOBILE_SEARCH, OLD_LIST, MERCHANTS})
SEARCHES = frozenset({SEARCH, MERCHANTS})
WORDS = (
    "title",
    "currentPrice",
    "currentPriceStr",
    "minPrice",
    "startPrice",
    "assessmentPrice",
    "assessmentPriceStr",
    "marketPrice",
    "ensurePrice",
    "priceLowerOffset",
    "bidCount",
    "auctionStatus",
    "displayStatus",
    "paimaiTimes",
    "startTime",
    "endTime",
    "startTimeMills",
    "endTimeMills",
    "province",
    "city",
    "courtCityName",
    "productAddress",
    "address",
    "shopName",
    "publisher",
    "vendorId",
    "publishSource",
    "productCateId",
    "categoryId",
    "loan",
    "purchaseRestriction",
    "productId",
    "skuId",
    "albumId",
)


def recognises_list(page: Page, source: str) -> bool:
    """By the call, or by the rows of an answer saved without its address; the judicial side also takes JD's login."""
    call = read_call(page.url)
    if call.function in LIST_CALLS:
        return source == (source_of_call(call) or source_of_rows(page.body))
    if call.function is not None:
        return False
    if is_json(page) and is_list(page.body):
        return source == source_of_rows(page.body)
    return source == JUDICIAL and LOGIN_ADDRESS.match(page.url) is not None


def is_list(body: bytes) -> bool:
    """Whether one of the three envelopes of rows stands in a body."""
    if b'"datas"' in body:
        return b'"totalItem"' in body or b'"skuId"' in body or ROW_MARK in body
    return b'"resultData"' in body or (b'"ls"' in body and b'"total"' in body and b'"priceLowerOffset"' in body)


def source_of_rows(body: bytes) -> str:
    """The shop window of an answer without its call: that of its first row; assets for the old list and 招商."""
    if (b'"ls"' in body[:2_000] and b'"datas"' not in body[:2_000]) or ROW_MARK in body:
        return ASSETS
    _, found, behind = body.partition(b'"publishSource"')
    digits = behind[:8].lstrip(b' :"').split(b",")[0].split(b"}")[0].strip(b' "') if found else b""
    return (PUBLISHERS.get(int(digits)) if digits.isdigit() else None) or JUDICIAL


def parse_list(page: Page, source: str) -> PageContent:
    """Read one answer of a list, with the basic data of its rows to be asked next.

    Advertisements (招商) are refused by name, row by row: they lead nowhere, and their total counts no listings.

    Raises:
        Blocked: a refusal, or nothing where the answer or the paging promise rows.
        LoginRequired: the login.
        LayoutChanged: no list.
    """
    asked = ask(page, source)
    answer = load_answer(asked)
    if answer is None:
        return PageContent()
    rows, total = find_rows(asked, answer)
    content = PageContent(stated_count=total)
    if not rows:
        check_emptiness(asked, answer, total)
        return content
    for position, row in enumerate(rows, 1):
        if is_advertisement(row, asked.call):
            content.refused.append(refused_advertisement(position, row))
            continue
        try:
            content.items.append(read_row(row, asked.listing_source, source))
        except RowRefused as error:
            row_id = written_id(row.get("id")) if isinstance(row, dict) else None
            content.refused.append(RefusedRow(position, row_id, error.reason, excerpt(row)))
    if asks_for_advertisements(asked.call) or all(is_advertisement(row, asked.call) for row in rows):
        content.stated_count = None
        return content
    content.follows = follows(asked, answer, content, total)
    return content


def excerpt(row: object) -> str:
    """The beginning of a row that was refused."""
    try:
        return orjson.dumps(row).decode()[:200]
    except TypeError:
        return repr(row)[:200]


def find_rows(asked: Asked, answer: Mapping[str, Any]) -> tuple[list[Any], int | None]:
    """The rows and how many there are in all, from whichever envelope.

    Raises:
        Blocked: the search answers without its rows.
        LayoutChanged: none of the envelopes.
    """
    if "datas" in answer or "totalItem" in answer:
        rows, total = answer.get("datas") or [], answer.get("totalItem")
    elif "ls" in answer:
        rows, total = answer["ls"] or [], answer.get("total")
    elif isinstance(data := answer.get("data"), dict) and "resultData" in data:
        shown = data["resultData"] or []
        rows = [each.get("data") if isinstance(each, dict) else each for each in shown] if is_rows(shown) else shown
        total = None
    elif asked.call.function in SEARCHES:
        raise asked.refusal(Blocked, "silent limiting: the search answers without its rows")
    else:
        raise asked.refusal(LayoutChanged, "answer without a list")
    if not is_rows(rows):
        raise asked.refusal(LayoutChanged, "rows are no list")
    return rows, total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None


def is_rows(rows: object) -> bool:
    """Whether what stands in the place of rows is a list."""
    return isinstance(rows, list)


def check_emptiness(asked: Asked, answer: Mapping[str, Any], total: int | None) -> None:
    """Let pass an answer that itself says that nothing is there, or that its list ended before this page.

    Raises:
        Blocked: rows are missing that were promised, nothing tells that there are none, or the whole country has none.
    """
    number = page_number(asked, answer)
    if total == 0 and number == 1 and not is_wide_open(asked):
        return
    if total and number > 1 and (number - 1) * page_size(asked, answer) >= total:
        return
    if total is None and asked.call.function == MOBILE_SEARCH and number > 1:
        return  # the phone's answers state no total: its list ends with an empty page
    promise = f"{total} announced" if total else f"page {number}, no total"
    raise asked.refusal(Blocked, f"silent limiting: no rows, {promise}")


NARROWING = (
    "provinceId",
    "cityId",
    "countyId",
    "keyword",
    "orgId",
    "currentPriceRangeStart",
    "currentPriceRangeEnd",
    "timeRangeStart",
    "timeRangeEnd",
)


def is_wide_open(asked: Asked) -> bool:
    """Whether a query leaves place, time and price open: of every kind and state the country has something."""
    return asked.call.function == SEARCH and not any(asked.call.body.get(name) for name in NARROWING)


def page_number(asked: Asked, answer: Mapping[str, Any]) -> int:
    """The page's number by the call, else by the answer."""
    return positive(asked.call.body.get("page")) or positive(answer.get("page")) or 1


def page_size(asked: Asked, answer: Mapping[str, Any]) -> int:
    """How many rows a page holds; the old list calls it limit."""
    body = asked.call.body
    sizes = (positive(each) for each in (body.get("pageSize"), body.get("limit"), answer.get("pageSize")))
    return next(filter(None, sizes), PAGE_SIZE)


def positive(value: object) -> int:
    """A whole number above 0 from 3 or "3", else 0."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 8:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def follows(asked: Asked, answer: Mapping[str, Any], content: PageContent, total: int | None) -> list[Follow]:
    """The basic data of every row of this source, and the next page while the stated total is not reached.

    Rows of the other shop window are left to its own crawl.
    """
    own = [item for item in content.items if item.source is None]
    found = [ask_basic(item.source_id, asked.source) for item in own]
    number = page_number(asked, answer)
    if asked.call.function in {SEARCH, OLD_LIST} and total and number * page_size(asked, answer) < total:
        address = next_page_address(asked.page.url, asked.call, number + 1)
        found.append(Follow(address, f"{asked.source}.list", is_next_page=True))
    return found


def ask_basic(listing: str, source: str) -> Follow:
    """The call for the basic data of a listing."""
    address = call_address(BASIC, {"paimaiId": int(listing)}, source=source)
    return Follow(address, f"{source}.basic", about=listing)


def read_row(row: Any, source: str, reader_source: str) -> ListingItem:
    """Read one row of any of the lists. ``source`` is the window asked for; the row's own ``publishSource`` decides.

    Raises:
        RowRefused: no object, no short id, no title, an unknown ``publishSource``, or lists where values should be.
    """
    if not isinstance(row, dict):
        raise RowRefused("no object")
    words = words_of(row, WORDS)
    source_id, title = written_id(row.get("id") or row.get("paimaiId")), text_of_word(words.get("title"))
    if source_id is None or title is None:
        raise RowRefused("without title, or without the short id of a listing")
    own = source_of_row(words, source)
    if labels := label_ids(row.get("labelSet")):
        words["labelSet"] = ",".join(labels)
    times, shown = words.get("paimaiTimes"), round_in_title(title)
    return ListingItem(
        source_id=source_id,
        words=words,
        url=ITEM_PAGE + source_id,
        title=title,
        property_kind_raw=category_of(words),
        round_raw=round_word(own, times, shown, fixed_price(words)),
        seller_name=seller_of(words),
        state_raw=text_of_word(words.get("province")),
        city_raw=text_of_word(words.get("city")),
        address=text_of_word(words.get("productAddress")) or text_of_word(words.get("address")),
        starts_at_raw=words.get("startTimeMills") or words.get("startTime"),
        ends_at_raw=words.get("endTimeMills") or words.get("endTime"),
        loan_raw=loan_word(words.get("loan"), labels),
        image_url=image_address(row.get("productImage")),
        details=Details(
            seller_kind_raw=seller_label(words),
            deposit_raw=words.get("ensurePrice"),
            increment_raw=words.get("priceLowerOffset"),
            round_number_raw=round_number(own, times, shown),
            facts=flagged_facts(words),
        ),
        source=None if own == reader_source else own,
        **offer_of(words),
    )


def offer_of(words: Mapping[str, Word]) -> dict[str, Any]:
    """State, prices and bids: before the first bid the price is the start, after a sale it is the hammer price."""
    bids = words.get("bidCount")
    price = first_price(words.get("currentPrice"), words.get("currentPriceStr"))
    reserve = first_price(words.get("minPrice"), words.get("startPrice"))
    status = status_word(words.get("auctionStatus"), words.get("displayStatus"), bids, price=price, reserve=reserve)
    return {
        "status_raw": status,
        "starting_price_raw": reserve if reserve is not None else price if bids in {0, "0"} else None,
        "current_price_raw": price,
        "hammer_price_raw": price if status == SOLD else None,
        "appraisal_price_raw": first_price(words.get("assessmentPrice"), words.get("assessmentPriceStr")),
        "market_price_raw": first_price(words.get("marketPrice")),
        "bid_count_raw": bids,
    }


def fixed_price(words: Mapping[str, Word]) -> str | None:
    """A sale without an increment, which the old asset list tells; other forms of sale stand in the details only."""
    increment = words.get("priceLowerOffset")
    return FIXED_PRICE if increment is not None and first_price(increment) is None else None


def source_of_row(words: Mapping[str, Word], asked_source: str) -> str:
    """The source that ``publishSource`` puts a row into.

    Raises:
        RowRefused: a value that no project has seen.
    """
    publisher = words.get("publishSource")
    if publisher is None:
        return asked_source
    number = int(publisher) if str(publisher).isdecimal() else publisher
    if number not in PUBLISHERS:
        raise RowRefused(f"unknown publishSource {publisher!r}")
    return PUBLISHERS[int(number)] or asked_source


def seller_label(words: Mapping[str, Word]) -> str | None:
    """What ``publishSource`` says of the seller; courts also sell for bankrupts (round code 6), then the name tells."""
    publisher, times = words.get("publishSource"), words.get("paimaiTimes")
    return None if publisher is None or str(times) == "6" else f"publishSource {publisher}"


def seller_of(words: Mapping[str, Word]) -> str | None:
    """The seller's name. ``publisher`` of the old list may be an account's name in ASCII (2020): that is nobody."""
    publisher = text_of_word(words.get("publisher"))
    return text_of_word(words.get("shopName")) or (None if publisher is None or publisher.isascii() else publisher)


def category_of(words: Mapping[str, Word]) -> str | None:
    """The category's code, which the desktop list leaves out."""
    code = words.get("productCateId") or words.get("categoryId")
    return None if code is None else str(code)
