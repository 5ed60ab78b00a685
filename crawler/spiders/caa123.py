"""中拍平台: real estate of the current list, 100 lots a page (told, 2019-20).

Places have numbers of the site's own (``/auction/lots/loction``), whose table nobody recorded: the list is asked for as
a whole. Whether it is capped is not known. The present state of the site is not known; robots.txt is read live.
"""

from collections.abc import Iterable

from crawler.items import Follow
from crawler.parsers import caa123
from crawler.spiders.base import SourceSpider


class Caa123Spider(SourceSpider):
    """Asks for the current list, and for each lot with its description and notices."""

    name = "caa123"
    spec = caa123.SPEC
    is_asked_by_place = False  # the numbers of its places are not known

    def first_pages(self) -> Iterable[Follow]:
        """The first page of the list."""
        return [caa123.list_page(0)]
