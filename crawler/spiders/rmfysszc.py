"""人民法院诉讼资产网: lots by POST, 20 a page; past the last page stands a tip, the pager never ends (seen 2022-11).

One query pages through everything (31 pages of 广东省, seen 2022-11): nothing needs to be split.
"""

from collections.abc import Iterable

from crawler.errors import RowRefused
from crawler.items import Follow
from crawler.page import Page
from crawler.parsers import rmfysszc
from crawler.reading import Reading, statement_of
from crawler.spiders.base import SourceSpider
from crawler.spiders.places import elsewhere, province_name, province_of


class RmfysszcSpider(SourceSpider):
    """Asks for the lots of the provinces named (``--city 广东省``) or of all, and for state and page of open ones."""

    name = "rmfysszc"
    spec = rmfysszc.SPEC

    def first_pages(self) -> Iterable[Follow]:
        """The first page of each province."""
        areas = [province_name(province_of(city)) for city in self.scope.cities] or [""]
        return [rmfysszc.list_page(1, area=area) for area in areas]

    def check_scope(self, follow: Follow, reading: Reading) -> str | None:
        """Whether the lots lie in the province that was asked for."""
        area = (follow.form or {}).get("area")
        titles = (listing.item.title for listing in reading.listings)
        return elsewhere(titles, province_of(area)) if area and follow.reader == rmfysszc.LIST else None

    def wants(self, follow: Follow, page: Page, reading: Reading) -> bool:
        """Not the state of a lot that has not begun: the site answers nothing that can be read (told, 2022-12)."""
        if follow.reader != rmfysszc.STATUS:
            return True
        lot_id = follow.url.rpartition("oid=")[2]
        items = (listing.item for listing in reading.listings if listing.source_id == lot_id)
        try:
            starts = [
                statement_of(item, self.readers[rmfysszc.LIST], page.observed_at).statement.starts_at for item in items
            ]
        except RowRefused:  # the row is quarantined where it is recorded
            return False
        return all(at is None or at <= page.observed_at for at in starts)
