"""Prozorro.Sale, Ukraine's state auctions: the open feed of changes and single procedures, whole objects both.

By the field maps of three public projects (2026); no answer has been recorded yet, so every fixture is synthetic.
Notes:
- ``GET /api/search/byDateModified/{date}?limit=100`` answers a bare array, oldest change first. The next page begins a
  millisecond after the last change; ``[]`` ends the feed. A procedure comes again with every change.
- Each attempt has a new ``auctionId``; ``previousAuctionId`` names the one before. So ``auctionId`` is our id.
- ``value`` is the starting price, but the rent where a lease is auctioned: then it stays in the words alone.
- In dutch auctions the price falls within one attempt: that is no round.
- The organiser of a bankruptcy may be a person (an administrator by name), bidders too: names of persons are not kept.
"""

from crawler.items import Expectation, Reader, SourceSpec
from crawler.parsers.ua_prozorro.dialect import DIALECT, FAILED_BANKS, SOURCE
from crawler.parsers.ua_prozorro.feed import (
    FEED,
    FEED_PATH,
    MAIN,
    PROCEDURE,
    feed_page,
    parse_feed,
    parse_procedure,
    recognises_feed,
    recognises_procedure,
)

__all__ = ["FAILED_BANKS", "FEED_PATH", "MAIN", "READERS", "SPEC", "feed_page"]

READERS = (
    Reader(FEED, SOURCE, DIALECT, recognises_feed, parse_feed, is_timeless=True),
    Reader(PROCEDURE, SOURCE, DIALECT, recognises_procedure, parse_procedure, is_timeless=True),
)

SPEC = SourceSpec(
    name=SOURCE,
    title="Prozorro.Sale (Ukraine)",
    home_url="https://prozorro.sale/",
    about="State auctions of Ukraine, every change of each as open JSON: each attempt names the one before it.",
    expects=Expectation(at_least=100, at_most=2_000_000),
    readers=READERS,
    min_delay_seconds=5.0,
    fixtures="synthetic",
    sale_kinds="bankruptcy, failed banks, privatisation, leases",
    robots="obeyed live; data free to reuse with a reference to the source",
)
