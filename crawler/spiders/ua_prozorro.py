"""Prozorro.Sale: the feed of changes, 100 whole procedures (3 MB) a page, one feed for the main site and one for banks.

Told 2026: one project waits 300 ms between requests and honours Retry-After; ids from 2021 on have been seen, so a
full read begins there. The feed cannot be asked by place.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar

from crawler.items import Follow
from crawler.parsers import ua_prozorro
from crawler.spiders.base import SourceSpider

FIRST_CHANGE = date(2021, 1, 1)


class UaProzorroSpider(SourceSpider):
    """Asks for everything that was changed since the last page that was recorded, else since the beginning."""

    name = "ua_prozorro"
    spec = ua_prozorro.SPEC
    is_asked_by_place = False
    max_reachable: ClassVar[int | None] = None  # a feed has no cap
    max_list_pages = 20_000

    def first_pages(self) -> Iterable[Follow]:
        """One page of each feed."""
        return [ua_prozorro.feed_page(FIRST_CHANGE, base) for base in (ua_prozorro.MAIN, ua_prozorro.FAILED_BANKS)]

    def feed_of(self, follow: Follow) -> str:
        """What stands before the date in the addresses of its feed."""
        return follow.url.partition(ua_prozorro.FEED_PATH)[0] + ua_prozorro.FEED_PATH

    def narrower(self, follow: Follow) -> Sequence[Follow]:  # noqa: ARG002
        """Nothing: no page of the feed is cut off."""
        return ()
