"""Hong Kong Monetary Authority: one call brings every quarter (told 2026)."""

from collections.abc import Iterable

from crawler.items import Follow
from crawler.parsers import hkma
from crawler.spiders.base import SourceSpider


class HkmaSpider(SourceSpider):
    """Asks for all quarters. New figures come once in a quarter."""

    name = "hkma"
    spec = hkma.SPEC
    is_asked_by_place = False

    def first_pages(self) -> Iterable[Follow]:
        """The newest quarters."""
        return [hkma.list_page()]
