"""環亞 AA Property: one page with all lots of the coming auctions; the lots' own pages are not asked (told 2026-07)."""

from collections.abc import Iterable

from crawler.items import Follow
from crawler.parsers import hk_aaproperty
from crawler.spiders.base import SourceSpider


class HkAapropertySpider(SourceSpider):
    """Asks for the one page of the list."""

    name = "hk_aaproperty"
    spec = hk_aaproperty.SPEC
    is_asked_by_place = False

    def first_pages(self) -> Iterable[Follow]:
        """The list of lots."""
        return [Follow(hk_aaproperty.LIST_URL, hk_aaproperty.LIST, is_next_page=True)]
