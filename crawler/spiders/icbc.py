"""工行融e购: the search by POST, as many pages as its script states (told, 2022-12).

Court sales only: what the other values of ``subjectChildType`` bring is not known, and nothing is tried out. Nor is the
visitor count asked for: it may count the asker. Nothing later than 2023 is known of the site; robots.txt is read live.
"""

from collections.abc import Iterable

from crawler.errors import UnknownPlace
from crawler.items import Follow
from crawler.parsers import icbc
from crawler.parsers.court_lots import address_value
from crawler.reading import Reading
from crawler.spiders.base import SourceSpider
from crawler.spiders.places import elsewhere, region_code, short_code

HOMES = "SM310000000000000006"  # 住宅用房


class IcbcSpider(SourceSpider):
    """Asks for the homes of the provinces and cities named (``--city 广州市``) or of all, and for their pages."""

    name = "icbc"
    spec = icbc.SPEC

    def first_pages(self) -> Iterable[Follow]:
        """The first page of each place."""
        places = [self._place(city) for city in self.scope.cities] or [""]
        return [icbc.list_page(1, HOMES, place) for place in places]

    def check_scope(self, follow: Follow, reading: Reading) -> str | None:
        """Whether the lots lie where they were asked for."""
        place = address_value(follow.url, "place") or ""
        titles = (listing.item.title for listing in reading.listings)
        return elsewhere(titles, place) if follow.reader == icbc.LIST else None

    def _place(self, city: str) -> str:
        code = short_code(region_code(city))
        if len(code) > 4:
            raise UnknownPlace(f"{city} is below a city: this source is asked by province or city", source=self.name)
        return code
