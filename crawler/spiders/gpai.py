"""公拍网: page 1 of the search for homes, by state and place (told, 2026-08).

A second page brings a slider, so a search with more lots than one page holds is split by place instead.
robots.txt is not known and read live. Server addresses get 403: the crawl stops there.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from crawler.items import Follow
from crawler.parsers import gpai
from crawler.parsers.court_lots import address_value
from crawler.reading import Reading
from crawler.spiders.base import SourceSpider
from crawler.spiders.places import elsewhere, parts_of, region_code, short_code


class GpaiSpider(SourceSpider):
    """Asks for upcoming, running and ended homes of the places named (``--city 上海``) or of all."""

    name = "gpai"
    spec = gpai.SPEC
    max_reachable: ClassVar[int | None] = 20  # lots on a page (16 in 2019)

    def first_pages(self) -> Iterable[Follow]:
        """One search for each place and state."""
        places = [short_code(region_code(city)) for city in self.scope.cities] or [""]
        states = (gpai.UPCOMING, gpai.RUNNING, gpai.ENDED)
        return [gpai.list_page(place, state) for place in places for state in states]

    def narrower(self, follow: Follow) -> Sequence[Follow]:
        """The same search in each province, city or district within its place; of a district none.

        Of ended lots, of which there are thousands, page 1 of each place asked for is enough: it has the latest.
        """
        place, state = address_value(follow.url, "cityNum") or "", address_value(follow.url, "restate") or ""
        if state == gpai.ENDED:
            return []
        return [gpai.list_page(short_code(code), state) for code in parts_of(place.ljust(6, "0") if place else "")]

    def check_scope(self, follow: Follow, reading: Reading) -> str | None:
        """Whether the lots lie where they were asked for."""
        place = address_value(follow.url, "cityNum") or ""
        titles = (listing.item.title for listing in reading.listings)
        return elsewhere(titles, place) if follow.reader == gpai.LIST else None
