"""中誠 Chung Sen: one page with everything; wid=91 shows the same rows as wid=88 (told 2026-07)."""

from collections.abc import Iterable

from crawler.items import Follow
from crawler.parsers import hk_chungsen
from crawler.spiders.base import SourceSpider


class HkChungsenSpider(SourceSpider):
    """Asks for the one page of the list."""

    name = "hk_chungsen"
    spec = hk_chungsen.SPEC
    is_asked_by_place = False

    def first_pages(self) -> Iterable[Follow]:
        """The list of bank-owned and sole-agency homes."""
        return [Follow(hk_chungsen.LIST_URL, hk_chungsen.LIST, is_next_page=True)]
