"""From a page to normalized statements: parse, then normalize each row that is new. Pure; nothing is stored here."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

import orjson

from crawler.errors import Blocked, EmptyShell, LayoutChanged, LoginRequired, PageRefused
from crawler.intake.mapping import dialect_for
from crawler.items import Follow, ListingItem, Reader, RefusedRow
from crawler.normalize.details import read_extras
from crawler.normalize.privacy import mask_excerpt
from crawler.normalize.record import normalize
from crawler.page import Page
from store.statement import Context, Words
from store.terms import PageOutcome

OUTCOMES: dict[type[PageRefused], PageOutcome] = {
    Blocked: PageOutcome.BLOCKED,
    LoginRequired: PageOutcome.LOGIN_REQUIRED,
    EmptyShell: PageOutcome.EMPTY_SHELL,
    LayoutChanged: PageOutcome.LAYOUT_CHANGED,
}
MOST_LISTINGS = 10**8
"""More than all court sales of the mainland in fifty years."""

REFUSING = {401, 403, 405, 407, 418, 420, 429, 451, 503}


class FoundListing(NamedTuple):
    """One listing of the page, still in the source's own words."""

    source: str
    source_id: str
    item: ListingItem


@dataclass(slots=True)
class Reading:
    """What a page gave. A refused page has an outcome and a reason, and not one listing."""

    outcome: PageOutcome
    reason: str | None = None
    listings: list[FoundListing] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    follows: list[Follow] = field(default_factory=list)
    stated_count: int | None = None
    context: Context | None = None
    passed_over: set[int] = field(default_factory=set)


def read(page: Page, reader: Reader) -> Reading:
    """Read a page. Never raises for what a site may send: a refusal is an outcome, a bad row a refused row."""
    if page.http_status != 200:
        return _judge_status(page)
    try:
        content = reader.parse(page)
    except PageRefused as refusal:
        return refused(refusal)
    return Reading(
        PageOutcome.READ if content.items or content.refused or content.context else PageOutcome.EMPTY,
        listings=[FoundListing(item.source or reader.source, item.source_id, item) for item in content.items],
        refused=content.refused,
        follows=content.follows,
        stated_count=believable(content.stated_count),
        context=content.context,
        passed_over=content.passed_over,
    )


def believable(stated_count: int | None) -> int | None:
    """The total that a site states, if it can be one."""
    return stated_count if stated_count is not None and 0 <= stated_count <= MOST_LISTINGS else None


def statement_of(item: ListingItem, reader: Reader, observed_at: datetime) -> Words:
    """The listing normalized.

    Raises:
        RowRefused: a value or a label cannot be believed.
    """
    dialect = dialect_for(reader, item)
    extras = None if item.details is None else read_extras(item.details, dialect, observed_at)
    return Words(normalize(item, dialect, observed_at), extras)


def words_digest(item: ListingItem, reader: str) -> int | None:
    """A 64-bit digest of the source's own words and of who read them; ``None`` where some cannot be stored."""
    try:
        if item.details is None:  # as before there were details, so that the digests of then stay the same
            body = orjson.dumps((reader, *item[:-2], item.source))
        else:
            body = orjson.dumps((reader, *item), tuple)  # named tuples within it as plain ones
    except TypeError:  # half a surrogate pair, a number beyond 64 bits
        return None
    if b"\\" in body and b"\\u0000" in body:  # one character is found ten times as fast, and most rows have none
        return None
    return int.from_bytes(blake2b(body, digest_size=8).digest(), "big", signed=True)


def _judge_status(page: Page) -> Reading:
    """What an answer other than 200 means: nothing about any listing."""
    if page.http_status in REFUSING:
        return refused(Blocked(f"HTTP {page.http_status}"))
    return Reading(PageOutcome.HTTP_ERROR, f"HTTP {page.http_status}")


def refused(refusal: PageRefused) -> Reading:
    """The reading of a page that says nothing; persons whom the reason quotes are masked."""
    return Reading(OUTCOMES[type(refusal)], mask_excerpt(refusal.reason))
