"""京东拍卖, JD's court auctions: what the source is. Its pages are read in ``crawler.parsers.jd``."""

from crawler.items import Expectation, SourceSpec
from crawler.parsers.jd.calls import JUDICIAL, state_pages
from crawler.parsers.jd.readers import ITEM_PAGE_READER, readers_of

READERS = (*readers_of(JUDICIAL), ITEM_PAGE_READER)

SPEC = SourceSpec(
    name=JUDICIAL,
    title="京东拍卖 (JD court auctions)",
    home_url="https://auction.jd.com/sifa.html",
    about="Court auctions and sell-offs of the whole country, one id for each round; the outcome is no field, it is "
    "derived from state and bids.",
    expects=Expectation(at_least=100, at_most=3_000_000),
    readers=READERS,
    min_delay_seconds=5.0,
    is_walled=True,
    fixtures="mixed",
    sale_kinds="court auction, sell-off",
    robots="unknown, read live before the first request",
    item_pages=state_pages(JUDICIAL),
)
