"""Alibaba's court auctions: the legacy list, category 住宅用房.

Seen 2018 to 2026: place names in the query are percent-encoded in GBK; ``sorder`` filters by status in spite of its
name; the pager is capped at 83 to 150 pages, so ask city by city.
"""

from collections.abc import Iterable
from urllib.parse import quote

from crawler.items import Follow
from crawler.parsers import ali_judicial
from crawler.spiders.base import SourceSpider

LIST_URL = "https://sf.taobao.com/item_list.htm?category=50025969"
STATUS_FILTERS = ("0", "1", "2")  # running, upcoming, ended


class AliJudicialSpider(SourceSpider):
    """Asks for running, upcoming and ended homes, in each city named or everywhere."""

    name = "ali_judicial"
    spec = ali_judicial.SPEC

    def first_pages(self) -> Iterable[Follow]:
        """One list for each city and status."""
        places = [f"&city={quote(city.encode('gb18030'))}" for city in self.scope.cities] or [""]
        for place in places:
            for status in STATUS_FILTERS:
                yield Follow(f"{LIST_URL}{place}&sorder={status}", "ali_judicial.list_json", is_next_page=True)
