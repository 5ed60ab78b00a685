"""``getPaimaiRealTimeData``: where a listing stands, with its bids. Recorded 2022-12; bids of 40 others 2022-11.

Bidders' codes, names and orders of payment are not read.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from crawler.errors import RowRefused
from crawler.items import BidItem, Details, Follow, ListingItem, PageContent, Word
from crawler.page import Page
from crawler.parsers.jd.answers import Asked, is_bare_answer, parse_answer
from crawler.parsers.jd.calls import (
    BIDS_A_PAGE,
    JUDICIAL,
    REALTIME,
    call_address,
    read_call,
    realtime_body,
    source_of_call,
)
from crawler.parsers.jd.dialect import ENDED, PRICE_REDUCTION, SOLD, status_word
from crawler.parsers.jd.listings import positive
from crawler.parsers.jd.rows import ITEM_PAGE, first_price, text_of_word, words_of

logger = logging.getLogger(__name__)

WORDS = (
    "auctionStatus",
    "displayStatus",
    "currentPrice",
    "currentPriceStr",
    "bidCount",
    "accessNum",
    "accessEnsureNum",
    "startTime",
    "endTime",
    "delayEndTime",
    "delayedCount",
    "pauseTime",
    "restartTime",
    "remarks",
    "blowFlag",
    "blowCondition",
    "priceLowerOffset",
    "orderStatus",
)
MARK = b'"accessEnsureNum"'
REDUCTIONS = ("priceReductionRecordList", "priceReductionRecords", "reduceRecordList")
"""Where 降价 records may stand: their shape is not known, the call speaks of priceReductionRecordStart and End."""


def recognises_realtime(page: Page, source: str) -> bool:
    """By the call, or by a count that only this answer has. An answer alone tells no shop window: judicial."""
    call = read_call(page.url)
    is_realtime = call.function == REALTIME if call.function else is_bare_answer(page, MARK)
    return is_realtime and source == (source_of_call(call) or JUDICIAL)


def parse_realtime(page: Page, source: str) -> PageContent:
    """Read where one listing stands, with the next ten bids to be asked once it has ended.

    Raises:
        PageRefused: as ``parse_answer``.
    """
    return parse_answer(page, source, read_realtime, further_bids)


def read_realtime(data: Mapping[str, Any], source_id: str, asked: Asked, reserve: Word = None) -> ListingItem:
    """Read the state. ``reserve`` is the starting price where it is known beside this answer.

    Raises:
        RowRefused: no state at all, or lists where values should be.
    """
    words = words_of(data, WORDS)
    if "auctionStatus" not in words:
        raise RowRefused("realtime data without auctionStatus")
    price, bids = first_price(words.get("currentPrice"), words.get("currentPriceStr")), words.get("bidCount")
    status = status_word(
        words["auctionStatus"],
        words.get("displayStatus"),
        bids,
        price=price,
        reserve=reserve,
        is_blown=words.get("blowFlag") in {1, "1"},
        is_confirmed=bool(text_of_word(data.get("confirmationUrl"))),
    )
    reduction = data.get("paimaiGroupReduceRealTimeResult")
    shown = read_bids(data.get("bidList"))
    source = asked.listing_source
    return ListingItem(
        source_id=source_id,
        words=words,
        url=ITEM_PAGE + source_id,
        round_raw=PRICE_REDUCTION if reduction else None,
        status_raw=status,
        current_price_raw=price,
        hammer_price_raw=price if status == SOLD else None,
        ends_at_raw=words.get("endTime"),
        bid_count_raw=bids,
        applicant_count_raw=words.get("accessEnsureNum"),
        details=Details(
            increment_raw=words.get("priceLowerOffset"),
            bidder_count_raw=count_bidders(data.get("bidList"), bids),
            bids=shown + tuple(read_reductions(data, reduction)),
        ),
        source=None if source == asked.source else source,
    )


def read_bids(entries: object) -> tuple[BidItem, ...]:
    """The bids of one answer, newest first: at most ten.

    Raises:
        RowRefused: no list, or an entry without its price.
    """
    if entries is None:
        return ()
    if not isinstance(entries, list):
        raise RowRefused("bidList is no list")
    return tuple(read_bid(entry) for entry in entries)


def read_bid(entry: object, outcome: str | None = None) -> BidItem:
    """One bid without the code of its bidder.

    Raises:
        RowRefused: no object, or without a price.
    """
    words = words_of(entry, ("price", "bidTime")) if isinstance(entry, dict) else {}
    if words.get("price") is None:
        raise RowRefused("bid without its price")
    return BidItem(words["price"], words.get("bidTime"), None, outcome)


def count_bidders(entries: object, bids: Word) -> int | None:
    """How many bid against each other, where the answer shows all bids with their bidders' codes."""
    if not isinstance(entries, list) or not entries or len(entries) != bids:
        return None
    codes = [entry.get("username") for entry in entries if isinstance(entry, dict)]
    return len(set(codes)) if all(isinstance(code, str) and code for code in codes) else None


def read_reductions(data: Mapping[str, Any], reduction: object) -> Iterator[BidItem]:
    """The steps of a 降价拍 as lines of the record, marked 降价; loud where they are not built as bids are."""
    blocks = (data, reduction) if isinstance(reduction, dict) else (data,)
    for block in blocks:
        for name in REDUCTIONS:
            entries = block.get(name) or []
            for entry in entries if isinstance(entries, list) else [entries]:
                price, moment = step_of(entry)
                if price is None:
                    logger.warning("jd: a price reduction of unknown form under %s", name)
                else:
                    yield BidItem(price, moment, None, "降价")


def step_of(entry: object) -> tuple[Word, Word]:
    """Price and time of one step: the one value whose name ends in price, the one whose name ends in time."""
    if not isinstance(entry, dict):
        return None, None
    words = words_of(entry, [name for name in entry if type(entry[name]) in {str, int, float}])
    prices = [value for name, value in words.items() if name.lower().endswith("price")]
    times = [value for name, value in words.items() if name.lower().endswith("time")]
    return (prices[0] if len(prices) == 1 else None), (times[0] if len(times) == 1 else None)


def further_bids(asked: Asked, item: ListingItem, _data: Mapping[str, Any]) -> list[Follow]:
    """The next ten bids of an ended listing: its record is final, that of a running one would be asked for again."""
    start = positive(asked.call.body.get("start"))
    seen = start + BIDS_A_PAGE
    bids = sum(bid.outcome is None for bid in item.details.bids) if item.details else 0
    is_ended = str(item.words.get("auctionStatus")) == ENDED
    if asked.call.function is None or not is_ended or bids < BIDS_A_PAGE or positive(item.bid_count_raw) <= seen:
        return []
    address = call_address(REALTIME, realtime_body(item.source_id, seen), source=asked.listing_source)
    return [Follow(address, f"{asked.source}.realtime", about=item.source_id)]
