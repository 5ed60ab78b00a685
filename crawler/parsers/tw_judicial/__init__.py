"""Taiwan's court auctions (司法院, aomp109.judicial.gov.tw): saved answers only.

robots.txt forbids automated paths (noted 2026-08-15 by a project that reviews such rules), so there is no spider.
"""

from crawler.items import Expectation, Reader, SourceSpec
from crawler.parsers.tw_judicial.case_report import CASE_REPORT, parse_report, recognises_report
from crawler.parsers.tw_judicial.lots import DIALECT, SOURCE
from crawler.parsers.tw_judicial.query import QUERY, parse_query, recognises_query
from crawler.parsers.tw_judicial.weekly import (
    WEEKLY,
    WEEKLY_ROWS,
    parse_rows,
    parse_weekly,
    recognises_rows,
    recognises_weekly,
)

__all__ = ["READERS", "SPEC"]

READERS = (
    Reader(QUERY, SOURCE, DIALECT, recognises_query, parse_query, is_timeless=True),
    Reader(WEEKLY_ROWS, SOURCE, DIALECT, recognises_rows, parse_rows, is_timeless=True),
    Reader(WEEKLY, SOURCE, DIALECT, recognises_weekly, parse_weekly, is_timeless=True),
    Reader(CASE_REPORT, SOURCE, DIALECT, recognises_report, parse_report, is_timeless=True),
)

SPEC = SourceSpec(
    name=SOURCE,
    title="司法院法拍公告 (Taiwan)",
    home_url="https://aomp109.judicial.gov.tw/",
    about="Auctions of Taiwan's 22 courts, from saved answers and weekly files: about 2,300 buildings a week.",
    expects=Expectation(at_least=2_000, at_most=20_000),  # 8,298 to 9,092 rows of parcels a week (2026)
    readers=READERS,
    fixtures="mixed",
    sale_kinds="court auction",
    robots="forbids it: captures only",
)
