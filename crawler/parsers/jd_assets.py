"""京东资产, JD's asset platform: what the source is. Its pages are read in ``crawler.parsers.jd``."""

from crawler.items import Expectation, SourceSpec
from crawler.parsers.jd.calls import ASSETS, state_pages
from crawler.parsers.jd.readers import readers_of

READERS = readers_of(ASSETS)

SPEC = SourceSpec(
    name=ASSETS,
    title="京东资产 (JD asset platform)",
    home_url="https://auction.jd.com/zichan.html",
    about="Homes of banks, asset managers, bankruptcy administrators, agents and state firms; no rounds by law, the "
    "same flat again and again under new ids.",
    expects=Expectation(at_least=50, at_most=300_000),
    readers=READERS,
    min_delay_seconds=5.0,
    is_walled=True,
    fixtures="mixed",
    sale_kinds="bank direct sale, asset auction, bankruptcy",
    robots="unknown, read live before the first request",
    item_pages=state_pages(ASSETS),
)
