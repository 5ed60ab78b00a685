"""What changes of a lot: state, end and bids (recorded 2023-01), and the counts of its visitors."""

from collections.abc import Mapping
from typing import Any

from crawler.errors import LayoutChanged
from crawler.items import BidItem, Details, ListingItem, PageContent, RefusedRow, Word
from crawler.page import Page
from crawler.parsers.court_lots import address_value, answer_object
from crawler.parsers.icbc.site import SOURCE

FIELDS = (
    "tradeStatus",
    "tradeId",
    "endPrice",
    "announcementBeginDate",
    "biddingBeginDate",
    "endTimeDate",
    "completeTimeDate",
    "statusUpdateTime",
    "delayTime",  # an extension; its unit is not told
)
STATUS_WITH_PRICE = frozenset(["4", "11", "18", "22"])  # running or over: the price is the last bid
SELL_OFF_STATUS = "18"  # 变卖中


def recognises_live(page: Page) -> bool:
    """The answer of ``getNewDateNew``, by its address or its fields."""
    body = page.body
    return "/getNewDateNew.jhtml" in page.url or (b'"basicMap"' in body and b'"tradeStatus"' in body)


def parse_live(page: Page) -> PageContent:
    """Read state, times, last price and the bids shown, newest first. Bidders' aliases are dropped.

    Raises:
        PageRefused: a document (Blocked), or an answer without its lot and state.
    """
    answer = answer_object(page, SOURCE)
    basic = answer.get("basicMap")
    told = words_of(basic, FIELDS)
    product_id = basic.get("prodId") if isinstance(basic, dict) else None
    if not isinstance(product_id, str) or not product_id or "tradeStatus" not in told:
        raise LayoutChanged("answer without lot and state", source=SOURCE, url=page.url)
    status = str(told["tradeStatus"])
    content = PageContent()
    rows = bid_rows(answer.get("historyMap"))
    bids = read_bids(rows, product_id, content)
    count = rows[0].get("totalCountSf") if rows else None
    item = ListingItem(
        source_id=product_id,
        words=told,
        round_raw="变卖中" if status == SELL_OFF_STATUS else None,
        status_raw=f"tradeStatus {status}",
        current_price_raw=told.get("endPrice") if bids and status in STATUS_WITH_PRICE else None,
        starts_at_raw=told.get("biddingBeginDate"),
        ends_at_raw=told.get("endTimeDate"),
        bid_count_raw=count if isinstance(count, int) else None,
        details=Details(published_at_raw=told.get("announcementBeginDate"), bids=bids),
    )
    content.items.append(item)
    return content


def bid_rows(history: Any) -> list[dict[str, Any]]:
    """The rows of the bid record; the first also carries how many there are in all."""
    rows = history.get("recordBidHistoryList") if isinstance(history, dict) else None
    return [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else []


def read_bids(rows: list[dict[str, Any]], product_id: str, content: PageContent) -> tuple[BidItem, ...]:
    """The bids; a row without amount and full time (``time``, not ``bidTime``, has the year) is refused."""
    bids = []
    for position, row in enumerate(rows, 1):
        price, time = row.get("price"), row.get("time")
        if isinstance(price, int | float | str) and price and isinstance(time, str):
            bids.append(BidItem(price, time))
        else:
            content.refused.append(RefusedRow(position, product_id, "bid without amount or time", type(price).__name__))
    return tuple(bids)


def words_of(fields: Any, wanted: tuple[str, ...]) -> Mapping[str, Word]:
    """The wanted fields that are told."""
    if not isinstance(fields, dict):
        return {}
    return {name: value for name in wanted if isinstance(value := fields.get(name), str | int | float) and value != ""}


COUNTS = ("visitorCount", "signUpNum", "tendencyNum", "remindPPNum")


def recognises_visitors(page: Page) -> bool:
    """The answer of ``visitorCount``, by its address or its fields."""
    return "/visitorCount.jhtml" in page.url or (
        b'"visitorCount"' in page.body[:400] and b'"signUpNum"' in page.body[:400]
    )


def parse_visitors(page: Page) -> PageContent:
    """Read how many signed up. The answer does not name its lot, so the address has to (``#prodId=``).

    Raises:
        PageRefused: a document (Blocked), another form, or an address without the lot.
    """
    told = words_of(answer_object(page, SOURCE), COUNTS)
    if "signUpNum" not in told:
        raise LayoutChanged("answer without signUpNum", source=SOURCE, url=page.url)
    product_id = address_value(page.url, "prodId")
    if not product_id:
        raise LayoutChanged("neither answer nor address names the lot", source=SOURCE, url=page.url)
    return PageContent(items=[ListingItem(product_id, told, applicant_count_raw=told["signUpNum"])])
