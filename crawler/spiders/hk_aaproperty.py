"""環亞 AA Property: one page with all lots of the coming auctions; the lots' own pages are not asked (told 2026-07)."""

from collections.abc import Iterable

from crawler.errors import ReadError
from crawler.items import Follow
from crawler.parsers import hk_aaproperty
from crawler.spiders.base import SourceSpider


class NoPlaces(ReadError):
    """``--city`` for a list that cannot be asked by place."""


class HkAapropertySpider(SourceSpider):
    """Asks for the one page of the list."""

    name = "hk_aaproperty"
    spec = hk_aaproperty.SPEC

    def first_pages(self) -> Iterable[Follow]:
        """The list of lots.

        Raises:
            NoPlaces: cities were named.
        """
        if self.scope.cities:
            raise NoPlaces("hk_aaproperty lists all of Hong Kong on one page: leave out --city")
        return [Follow(hk_aaproperty.LIST_URL, hk_aaproperty.LIST, is_next_page=True)]
