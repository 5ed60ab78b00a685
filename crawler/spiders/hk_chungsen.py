"""中誠 Chung Sen: one page with everything; wid=91 shows the same rows as wid=88 (told 2026-07)."""

from collections.abc import Iterable

from crawler.errors import ReadError
from crawler.items import Follow
from crawler.parsers import hk_chungsen
from crawler.spiders.base import SourceSpider


class NoPlaces(ReadError):
    """``--city`` for a list that cannot be asked by place."""


class HkChungsenSpider(SourceSpider):
    """Asks for the one page of the list."""

    name = "hk_chungsen"
    spec = hk_chungsen.SPEC

    def first_pages(self) -> Iterable[Follow]:
        """The list of bank-owned and sole-agency homes.

        Raises:
            NoPlaces: cities were named.
        """
        if self.scope.cities:
            raise NoPlaces("hk_chungsen lists all of Hong Kong on one page: leave out --city")
        return [Follow(hk_chungsen.LIST_URL, hk_chungsen.LIST, is_next_page=True)]
