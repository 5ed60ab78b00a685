"""Rating and Valuation Department of Hong Kong: four files, no paging (told 2026)."""

from collections.abc import Iterable

from crawler.items import Follow
from crawler.parsers import hk_rvd
from crawler.spiders.base import SourceSpider


class HkRvdSpider(SourceSpider):
    """Asks for the price and the rent index, by month and by quarter. New figures come once in a month."""

    name = "hk_rvd"
    spec = hk_rvd.SPEC
    is_asked_by_place = False

    def first_pages(self) -> Iterable[Follow]:
        """The four files."""
        return hk_rvd.file_pages()
