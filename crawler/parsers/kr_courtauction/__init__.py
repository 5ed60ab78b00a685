"""Korean court auctions (courtauction.go.kr): saved answers only, the site is not crawled."""

from crawler.items import Expectation, Reader, SourceSpec
from crawler.parsers.kr_courtauction.daily_table import parse_table, recognises_table
from crawler.parsers.kr_courtauction.dialect import DIALECT, SOURCE
from crawler.parsers.kr_courtauction.list_json import parse_list, recognises_list

READERS = (
    Reader(f"{SOURCE}.list", SOURCE, DIALECT, recognises_list, parse_list, is_timeless=True),
    Reader(f"{SOURCE}.daily_table", SOURCE, DIALECT, recognises_table, parse_table, is_timeless=True),
)

SPEC = SourceSpec(
    name=SOURCE,
    title="법원경매정보 (Korean court auctions)",
    home_url="https://www.courtauction.go.kr/",
    about="All court auctions of Korea: saved answers of the search and one project's daily table.",
    expects=Expectation(at_least=1_000, at_most=40_000),  # 16,736 lots on 2026-06-30 (told)
    readers=READERS,
    is_walled=True,
    fixtures="mixed",
    sale_kinds="court auction",
    robots="unknown; never crawled: under 15 requests in 5 minutes are answered by a ban of the address",
)
