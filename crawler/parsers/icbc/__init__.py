"""工行融e购 (gf.trade.icbc.com.cn), the auction site of the Industrial and Commercial Bank of China.

Notes, dated; all told by one project of 2022-23:
- Only court sales (``subjectChildType=1``) were ever asked for. Whether the bank lists homes of its own there is not
  known; a lot whose seller is a bank is read as the bank's direct sale, as everywhere (no platform has a category).
- List and lot pages are read as they are described, the live data and the visitor count by recorded answers.
- ``tradeStatus`` 22 stands on the recorded lot: 13 bids, ended, changed once more ten days later. Paid or defaulted,
  the answer does not say: ended, its price the last one.
- Bidders' aliases are dropped. How to ask for a second page of bids is not known: 10 of 13 are read.
- How a refusal looks is not known. A document where JSON is due stops the crawl.
"""

from crawler.items import Expectation, Reader, SourceSpec
from crawler.parsers.icbc.live import parse_live, parse_visitors, recognises_live, recognises_visitors
from crawler.parsers.icbc.lot_list import parse_list, recognises_list
from crawler.parsers.icbc.lot_page import parse_lot, recognises_lot
from crawler.parsers.icbc.site import DIALECT, HOME_URL, LIST, LIVE, LOT, SOURCE, VISITORS, list_page
from crawler.parsers.item_pages import own_page

__all__ = [
    "DIALECT",
    "LIST",
    "LIVE",
    "LOT",
    "READERS",
    "SPEC",
    "VISITORS",
    "list_page",
    "parse_list",
    "parse_live",
    "parse_lot",
    "parse_visitors",
]

READERS = (
    Reader(LIST, SOURCE, DIALECT, recognises_list, parse_list),
    Reader(LOT, SOURCE, DIALECT, recognises_lot, parse_lot),
    Reader(LIVE, SOURCE, DIALECT, recognises_live, parse_live, is_timeless=True),
    Reader(VISITORS, SOURCE, DIALECT, recognises_visitors, parse_visitors, is_timeless=True),
)

SPEC = SourceSpec(
    name=SOURCE,
    title="工行融e购 (ICBC, court and asset sales)",
    home_url=HOME_URL,
    about="The auction site of one state bank; open in 2022-23, nothing is known of it since.",
    expects=Expectation(at_least=1, at_most=20_000),
    readers=READERS,
    fixtures="mixed",
    sale_kinds="court auction, sell-off; bank direct sale is read where the bank sells, but was never seen",
    robots="not known beforehand: obeyed live",
    item_pages=own_page(LOT),
)
