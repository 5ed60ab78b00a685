"""Refusals of Alibaba's pages, told in the name of this source: the walls are those of the court side."""

from collections.abc import Callable
from functools import wraps

from crawler.errors import NoSale, PageRefused, RowRefused
from crawler.items import NoSaleRow, PageContent, RefusedRow
from crawler.page import Page
from crawler.parsers.ali_assets.dialect import SOURCE

Parse = Callable[[Page], PageContent]


def in_own_name(parse: Parse) -> Parse:
    """The parse with every refusal told as this source's own."""

    @wraps(parse)
    def parse_as_own(page: Page) -> PageContent:
        try:
            return parse(page)
        except PageRefused as refusal:
            raise type(refusal)(refusal.reason, source=SOURCE, url=page.url) from None

    return parse_as_own


def refused_row(position: int, source_id: str | None, refusal: RowRefused, words: str) -> RefusedRow:
    """A row of this side that was refused: of a lease or an advertisement it is told that it is no fault."""
    kind = NoSaleRow if isinstance(refusal, NoSale) else RefusedRow
    return kind(position, source_id, refusal.reason, words[:200])
