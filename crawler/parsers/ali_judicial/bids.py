"""Who bid what: the record of bids page by page, the log as people export it, and the result of an auction.

Told in 2018-2019 and 2026-06, not recorded, but for the exported logs (2026-05). ``get_bid_records`` answers JavaScript
with bare names, prices in yuan; ``get_bid_detail`` answers a call, amounts in fen. Neither names its item: the address
does. Bidders are known by numbers (H2515) that change from auction to auction.
"""

import csv
import re
from collections.abc import Iterator
from typing import Any

from crawler.errors import LayoutChanged, RowRefused
from crawler.items import BidItem, Details, Follow, ListingItem, PageContent, RefusedRow, Word
from crawler.page import Page
from crawler.parsers.ali_judicial import addresses as at
from crawler.parsers.ali_judicial.answers import answer_text, find_value, read_answer, yuan_of_fen
from crawler.parsers.ali_judicial.dialect import DIALECT, SOURCE
from crawler.parsers.ali_judicial.refusal import check_rows, refusal
from store.terms import RoundStatus

BID_LOG = f"{SOURCE}.bid_log"
BIDS_A_PAGE = 20
MOST_PAGES = 200  # 4,000 bids; the longest log seen has 134
HEADER = ["状态", "竞买号", "价格", "时间"]
HEADER_MARKS = tuple(",".join(HEADER).encode(encoding) for encoding in ("utf-8", "gbk"))
CURRENT_PAGE = re.compile(r"&currentPage=([0-9]{1,4})(?![0-9])")
ITEM_IN_NAME = re.compile(r"(?<![0-9])([0-9]{11,13})(?![0-9])")
AMOUNT = re.compile(r"[0-9][0-9,]{0,19}(?:\.[0-9]{1,4})?")


def recognises_bid_records(page: Page) -> bool:
    """By the address."""
    return at.is_lazy(page, at.BID_RECORDS)


def recognises_result(page: Page) -> bool:
    """By the address."""
    return at.is_lazy(page, at.RESULT)


def recognises_bid_log(page: Page) -> bool:
    """By its header."""
    return page.body[:80].removeprefix(b"\xef\xbb\xbf").startswith(HEADER_MARKS)


def parse_bid_records(page: Page) -> PageContent:
    """Read one page of the record of bids, newest first, with the next page while there is one.

    Raises:
        PageRefused: a wall, another form, or an address that names no item.
    """
    source_id, answer = at.item_of(page), read_answer(page, is_script=True)
    records, total = find_value(answer, "records"), find_value(answer, "totalCnt")
    if not isinstance(records, list):
        raise refusal(page) or LayoutChanged("answer without records", source=SOURCE, url=page.url)
    content = PageContent()
    bids = tuple(read_records(records, source_id, content))
    words: dict[str, Word] = {"totalCnt": total} if isinstance(total, int | str) else {}
    item = ListingItem(
        source_id, words, at.ITEM_URL.format(source_id), bid_count_raw=words.get("totalCnt"), details=Details(bids=bids)
    )
    if bids or words:
        content.items.append(item)
    content.follows = next_records(page, source_id, total, len(records))
    return content


def read_records(records: list[Any], source_id: str, content: PageContent) -> Iterator[BidItem]:
    """The bids; what cannot be read becomes a refused row. Status -1 is 出局, any other 成交."""
    for position, record in enumerate(records, 1):
        told = record if isinstance(record, dict) else {}
        price, status, at_raw = told.get("price"), told.get("status"), told.get("date") or told.get("bidTime")
        if isinstance(price, int | float | str) and isinstance(status, int | str) and isinstance(at_raw, int | str):
            alias = told.get("alias")
            outcome = "出局" if str(status) == "-1" else "成交"
            yield BidItem(price, at_raw, str(alias) if isinstance(alias, int | str) else None, outcome)
        else:
            content.refused.append(RefusedRow(position, source_id, "bid without price, time or status", ""))


def next_records(page: Page, source_id: str, total: Any, shown: int) -> list[Follow]:
    """The next page of the record: twenty bids stand on each."""
    found = CURRENT_PAGE.search(page.url)
    number = int(found[1]) if found else 1
    count = int(total) if isinstance(total, int | str) and re.fullmatch("[0-9]{1,6}", str(total)) else 0
    if shown < BIDS_A_PAGE or number * BIDS_A_PAGE >= count or number >= MOST_PAGES:
        return []
    url = CURRENT_PAGE.sub("", page.url) + f"&currentPage={number + 1}"
    return [Follow(url, at.BID_RECORDS, about=source_id)]


def parse_bid_log(page: Page) -> PageContent:
    """Read a log of bids as a table. The item's number stands in the name of the file: nothing in the log tells it.

    Raises:
        PageRefused: a wall; the name tells no number; no such table, a broken one, or one with far too many lines.
    """
    numbers = set(ITEM_IN_NAME.findall(page.url))
    if len(numbers) != 1:
        reason = "a bid log names no item: name the file by the item's number (1073199694629.csv), or use a mapping"
        raise LayoutChanged(reason, source=SOURCE, url=page.url)
    source_id, content, bids = numbers.pop(), PageContent(), []
    try:
        lines = list(csv.reader(answer_text(page).splitlines(), strict=True))
    except csv.Error as error:
        raise LayoutChanged(f"broken table: {error}", source=SOURCE, url=page.url) from None
    if not lines or [cell.strip() for cell in lines[0]] != HEADER:
        raise refusal(page) or LayoutChanged("not a log of bids", source=SOURCE, url=page.url)
    check_rows(lines, page)
    for position, line in enumerate(lines[1:], 1):
        cells = [cell.strip() for cell in line]
        if len(cells) == len(HEADER) and AMOUNT.fullmatch(cells[2]) and all(cells):
            bids.append(BidItem(cells[2], cells[3], cells[1], cells[0]))
        elif any(cells) and cells != HEADER:  # it stands again over every twentieth bid: the pages of the record
            content.refused.append(RefusedRow(position, source_id, "no bid", ",".join(cells)[:200]))
    words: dict[str, Word] = {"竞买记录": str(len(bids))}
    details = Details(bids=tuple(bids))
    content.items.append(ListingItem(source_id, words, at.ITEM_URL.format(source_id), details=details))
    return content


def parse_result(page: Page) -> PageContent:
    """Read the result of an auction that has ended: sold for how much, or failed.

    Raises:
        PageRefused: a wall, another form, or an address that names no item.
    """
    source_id, answer = at.item_of(page), read_answer(page)
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        raise refusal(page) or LayoutChanged("answer without its data", source=SOURCE, url=page.url)
    try:
        return PageContent(items=[read_result(source_id, data)])
    except RowRefused as error:
        return PageContent(refused=[RefusedRow(1, source_id, error.reason, str(data)[:200])])


RESULT_WORDS = ("bidCount", "applyCnt", "delayCount", "delayCnt", "currentPrice", "govStatus", "h5BidStatus")


def read_result(source_id: str, data: dict[str, Any]) -> ListingItem:
    """The listing as the answer tells it.

    Raises:
        RowRefused: neither of the codes, two codes that contradict, or values where they cannot be.
    """
    words = {name: data[name] for name in RESULT_WORDS if isinstance(data.get(name), int | str)}
    labels = [f"{name} {words[name]}" for name in ("govStatus", "h5BidStatus") if name in words]
    known = {DIALECT.status_labels[label] for label in labels if label in DIALECT.status_labels}
    if not labels or len(known) > 1:
        raise RowRefused(f"no result, or two: {', '.join(labels)}")
    label = next((label for label in labels if label in DIALECT.status_labels), labels[0])
    price = yuan_of_fen(data.get("currentPrice"))
    records = data.get("bidRecords")
    return ListingItem(
        source_id=source_id,
        words=words,
        url=at.ITEM_URL.format(source_id),
        status_raw=label,
        current_price_raw=price,
        hammer_price_raw=price if RoundStatus.SOLD in known else None,
        is_price_exact=True,
        bid_count_raw=words.get("bidCount"),
        applicant_count_raw=words.get("applyCnt"),
        details=Details(bids=tuple(read_fen_bids(records if isinstance(records, list) else []))),
    )


def read_fen_bids(records: list[Any]) -> Iterator[BidItem]:
    """The bids of a result: ``{bidStatus, bidPrice, bidTime}``, the price in fen; one without a price tells nothing."""
    for record in records:
        told = record if isinstance(record, dict) else {}
        price, at_raw, outcome = yuan_of_fen(told.get("bidPrice")), told.get("bidTime"), told.get("bidStatus")
        if price is not None:
            placed_at = at_raw if isinstance(at_raw, int | str) else None
            yield BidItem(price, placed_at, None, outcome if isinstance(outcome, str) else None)
