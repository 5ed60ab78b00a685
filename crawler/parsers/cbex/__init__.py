"""北交互联 (otc.cbex.com, branch sfpm): court sales of the Beijing equity exchange's platform.

Notes, dated; all told by one project of 2022-23:
- A lot has two keys: itemno in the address of its page, xmid in the calls for its state and its numbers. The state of a
  round hangs on xmid alone, so xmid is the id of a listing; addresses carry the other key, unsent, as #itemno=…
- The list answers rows of ``<li>``; an answer without one ends it. No list, lot page or raw state fragment was
  recorded: these are read as they are described, the state by its seven recorded texts.
- ``bidInfo`` and ``detailInfo`` are recorded (2022-12, 2023-01). KHH is the bidder's customer number: never kept.
- How a refusal looks is not known. A document where a fragment or JSON is due stops the crawl.
"""

from crawler.items import Expectation, Reader, SourceSpec
from crawler.parsers.cbex.lot_list import parse_list, recognises_list
from crawler.parsers.cbex.lot_page import parse_lot, recognises_lot
from crawler.parsers.cbex.lot_state import (
    parse_bids,
    parse_counts,
    parse_state,
    recognises_bids,
    recognises_counts,
    recognises_state,
)
from crawler.parsers.cbex.site import BIDS, COUNTS, DIALECT, HOME_URL, LIST, LOT, SOURCE, STATE, list_page

__all__ = [
    "BIDS",
    "COUNTS",
    "DIALECT",
    "LIST",
    "LOT",
    "READERS",
    "SPEC",
    "STATE",
    "list_page",
    "parse_bids",
    "parse_counts",
    "parse_list",
    "parse_lot",
    "parse_state",
]

READERS = (
    Reader(LIST, SOURCE, DIALECT, recognises_list, parse_list),
    Reader(LOT, SOURCE, DIALECT, recognises_lot, parse_lot),
    Reader(STATE, SOURCE, DIALECT, recognises_state, parse_state),
    Reader(BIDS, SOURCE, DIALECT, recognises_bids, parse_bids, is_timeless=True),
    Reader(COUNTS, SOURCE, DIALECT, recognises_counts, parse_counts, is_timeless=True),
)

SPEC = SourceSpec(
    name=SOURCE,
    title="北交互联 (Beijing equity exchange, court sales)",
    home_url=HOME_URL,
    about="Court sales of one of the listed platforms; open in 2022-23, nothing is known of it since.",
    expects=Expectation(at_least=1, at_most=20_000),
    readers=READERS,
    fixtures="mixed",
    sale_kinds="court auction, sell-off",
    robots="not known beforehand: obeyed live",
)
