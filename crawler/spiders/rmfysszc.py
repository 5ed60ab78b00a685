"""人民法院诉讼资产网: lots by POST, 20 a page; past the last page stands a tip, the pager never ends (seen 2022-11)."""

from collections.abc import Iterable

from crawler.errors import RowRefused
from crawler.items import Follow
from crawler.page import Page
from crawler.parsers import rmfysszc
from crawler.reading import Reading, statement_of
from crawler.spiders.base import SourceSpider


class RmfysszcSpider(SourceSpider):
    """Asks for the lots of the provinces named (``--city 广东省``) or of all, and for the state of open ones."""

    name = "rmfysszc"
    spec = rmfysszc.SPEC

    def first_pages(self) -> Iterable[Follow]:
        """The first page of each province."""
        return [rmfysszc.list_page(1, area=city) for city in self.scope.cities or ("",)]

    def wants(self, follow: Follow, page: Page, reading: Reading) -> bool:
        """Not the state of a lot that has not begun: the site answers nothing that can be read (told, 2022-12)."""
        if follow.reader != rmfysszc.STATUS:
            return True
        lot_id = follow.url.rpartition("oid=")[2]
        items = (listing.item for listing in reading.listings if listing.source_id == lot_id)
        try:
            starts = [statement_of(item, self.readers[rmfysszc.LIST], page.observed_at).starts_at for item in items]
        except RowRefused:  # the row is quarantined where it is recorded
            return False
        return all(at is None or at <= page.observed_at for at in starts)
