"""北交互联: the list by POST, 16 lots a page, until an answer without a lot (told, 2022-12).

Whether the list is capped is not known. Nothing later than 2023-01 is known of the site; robots.txt is read live.
"""

from collections.abc import Iterable

from crawler.items import Follow
from crawler.parsers import cbex
from crawler.parsers.court_lots import address_value
from crawler.reading import Reading
from crawler.spiders.base import SourceSpider
from crawler.spiders.places import elsewhere, province_of

HOMES = "6"  # 住宅用房


class CbexSpider(SourceSpider):
    """Asks for the homes of the provinces named (``--city 广东省``) or of all, and for their pages and states."""

    name = "cbex"
    spec = cbex.SPEC

    def first_pages(self) -> Iterable[Follow]:
        """The first page of each province."""
        provinces = [f"{province_of(city)}0000" for city in self.scope.cities] or [""]
        return [cbex.list_page(1, HOMES, province) for province in provinces]

    def check_scope(self, follow: Follow, reading: Reading) -> str | None:
        """Whether the lots lie where they were asked for."""
        place = (address_value(follow.url, "bdwszd") or "")[:2]
        titles = (listing.item.title for listing in reading.listings)
        return elsewhere(titles, place) if follow.reader == cbex.LIST else None
