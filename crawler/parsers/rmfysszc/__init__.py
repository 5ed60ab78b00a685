"""人民法院诉讼资产网 (rmfysszc.gov.cn), the Supreme Court's own auction site: lists, lots and their status.

Notes, dated:
- ``POST ProjectHandle.shtml`` answers JSON that wraps HTML, 20 lots a page (seen 2022-11). Past the last page the list
  is the tip 暂无您查询的标的物 while the pager still offers 下一页: only the tip ends the list.
- Prices are in 万. Upcoming lots start at a day without its year. The price of a failed lot is its starting price, that
  of a sold one the result (their quotients to the assessed value are round: 0.63 to 1.00, seen 2022-11).
- The folder of a lot's picture keeps its name through the rounds (six assets in 13 rounds, seen 2022-11).
- ``Object/Finish.shtml?oid=`` answers a bare object in parentheses, not JSON, and does not name the lot.
- Lot page and search page are read as public projects describe them (2025; undated): none was recorded.
- The national notice list (``News/Pmgg.shtml``) is not read: it announces the lots of other platforms, which would be
  counted twice, and nothing tells how its rows are numbered.
- A firewall answers 很抱歉，您的访问存在异常！.
"""

from crawler.items import Expectation, Reader, SourceSpec
from crawler.parsers.rmfysszc.lot_list import parse_list, recognises_list
from crawler.parsers.rmfysszc.lot_page import parse_lot, recognises_lot
from crawler.parsers.rmfysszc.lot_status import parse_status, recognises_status
from crawler.parsers.rmfysszc.search_page import parse_search, recognises_search
from crawler.parsers.rmfysszc.site import (
    DIALECT,
    HOME_URL,
    LIST,
    LIST_URL,
    LOT,
    SEARCH,
    SOURCE,
    STATUS,
    item_pages,
    list_form,
    list_page,
)

__all__ = [
    "DIALECT",
    "LIST",
    "LIST_URL",
    "LOT",
    "READERS",
    "SEARCH",
    "SPEC",
    "STATUS",
    "list_form",
    "list_page",
    "parse_list",
    "parse_lot",
    "parse_search",
    "parse_status",
]

READERS = (
    Reader(LIST, SOURCE, DIALECT, recognises_list, parse_list),
    Reader(STATUS, SOURCE, DIALECT, recognises_status, parse_status),
    Reader(LOT, SOURCE, DIALECT, recognises_lot, parse_lot),
    Reader(SEARCH, SOURCE, DIALECT, recognises_search, parse_search),
)

SPEC = SourceSpec(
    name=SOURCE,
    title="人民法院诉讼资产网 (Court litigation assets)",
    home_url=HOME_URL,
    about="The Supreme Court's own auction site: few lots, open lists, a new id for each round of the same asset.",
    expects=Expectation(at_least=20, at_most=50_000),
    readers=READERS,
    min_delay_seconds=5.0,
    fixtures="mixed",
    sale_kinds="court auction, sell-off",
    robots="not known beforehand: obeyed live",
    item_pages=item_pages,
)
