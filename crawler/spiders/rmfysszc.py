"""人民法院诉讼资产网: lots by POST, 20 a page; past the last page stands a tip, the pager never ends (seen 2022-11)."""

from collections.abc import Iterable

from crawler.items import Follow
from crawler.parsers import rmfysszc
from crawler.spiders.base import SourceSpider


class RmfysszcSpider(SourceSpider):
    """Asks for the lots of the provinces named (``--city 广东省``) or of all, and for the state of open ones."""

    name = "rmfysszc"
    spec = rmfysszc.SPEC

    def first_pages(self) -> Iterable[Follow]:
        """The first page of each province."""
        return [rmfysszc.list_page(1, area=city) for city in self.scope.cities or ("",)]
