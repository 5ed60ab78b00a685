"""The readers of both shop windows: the same forms of page, each window with its own."""

from collections.abc import Callable, Mapping
from functools import partial

from crawler.items import PageContent, Reader
from crawler.parsers.jd.basic import parse_basic, recognises_basic
from crawler.parsers.jd.bundles import parse_bundle, recognises_bundle
from crawler.parsers.jd.calls import JUDICIAL
from crawler.parsers.jd.core import parse_core, recognises_core
from crawler.parsers.jd.dialect import DIALECT
from crawler.parsers.jd.item_page import parse_item_page, recognises_item_page
from crawler.parsers.jd.listings import parse_list, recognises_list
from crawler.parsers.jd.realtime import parse_realtime, recognises_realtime
from crawler.parsers.jd.texts import (
    parse_announcement,
    parse_attachments,
    parse_description,
    parse_notice,
    parse_vendor,
    recognises_announcement,
    recognises_attachments,
    recognises_description,
    recognises_notice,
    recognises_vendor,
)

FORMS: Mapping[str, tuple[Callable[..., bool], Callable[..., PageContent]]] = {
    "list": (recognises_list, parse_list),
    "basic": (recognises_basic, parse_basic),
    "core": (recognises_core, parse_core),
    "realtime": (recognises_realtime, parse_realtime),
    "description": (recognises_description, parse_description),
    "announcement": (recognises_announcement, parse_announcement),
    "notice": (recognises_notice, parse_notice),
    "attachments": (recognises_attachments, parse_attachments),
    "vendor": (recognises_vendor, parse_vendor),
    "bundle": (recognises_bundle, parse_bundle),
}

ITEM_PAGE_READER = Reader(f"{JUDICIAL}.item_page", JUDICIAL, DIALECT, recognises_item_page, parse_item_page)
"""The page of both windows at one address; known of courts only, see there."""

TIMELESS = frozenset({"list", "basic", "core", "realtime", "attachments", "vendor"})
"""Times of the API are instants; a seller's text may leave out the year."""


def readers_of(source: str) -> tuple[Reader, ...]:
    """One reader for each form of page, the list first."""
    return tuple(
        Reader(
            f"{source}.{form}",
            source,
            DIALECT,
            partial(recognises, source=source),
            partial(parse, source=source),
            is_timeless=form in TIMELESS,
        )
        for form, (recognises, parse) in FORMS.items()
    )
