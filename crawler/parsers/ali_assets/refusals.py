"""Refusals of Alibaba's pages, told in the name of this source: the walls are those of the court side."""

from collections.abc import Callable
from functools import wraps

from crawler.errors import PageRefused
from crawler.items import PageContent
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
