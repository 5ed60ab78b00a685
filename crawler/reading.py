"""From a page to normalized statements: parse, then normalize each row. Pure; nothing is stored here."""

from dataclasses import dataclass, field
from typing import NamedTuple

from crawler.errors import Blocked, EmptyShell, LayoutChanged, LoginRequired, PageRefused, RowRefused, UnknownLabel
from crawler.intake.mapping import dialect_for
from crawler.items import Follow, Reader, RefusedRow
from crawler.normalize.record import normalize
from crawler.page import Page
from store.statement import Statement
from store.terms import PageOutcome

OUTCOMES: dict[type[PageRefused], PageOutcome] = {
    Blocked: PageOutcome.BLOCKED,
    LoginRequired: PageOutcome.LOGIN_REQUIRED,
    EmptyShell: PageOutcome.EMPTY_SHELL,
    LayoutChanged: PageOutcome.LAYOUT_CHANGED,
}
REFUSING = {401, 403, 405, 407, 418, 420, 429, 451, 503}


class StatedListing(NamedTuple):
    """One listing of the page, normalized."""

    source: str
    source_id: str
    statement: Statement


@dataclass(slots=True)
class Reading:
    """What a page gave. A refused page has an outcome and a reason, and not one listing."""

    outcome: PageOutcome
    reason: str | None = None
    listings: list[StatedListing] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    follows: list[Follow] = field(default_factory=list)
    stated_count: int | None = None
    unknown_labels: int = 0


def read(page: Page, reader: Reader) -> Reading:
    """Read a page. Never raises for what a site may send: a refusal is an outcome, a bad row a refused row."""
    if page.http_status != 200:
        return _judge_status(page)
    try:
        content = reader.parse(page)
    except PageRefused as refusal:
        return refused(refusal)
    reading = Reading(
        PageOutcome.READ if content.items or content.refused else PageOutcome.EMPTY,
        refused=content.refused,
        follows=content.follows,
        stated_count=content.stated_count,
    )
    for position, item in enumerate(content.items):
        dialect = dialect_for(reader, item)
        try:
            statement = normalize(item, dialect, page.observed_at)
        except RowRefused as refusal:
            reading.unknown_labels += isinstance(refusal, UnknownLabel)
            reading.refused.append(RefusedRow(position, item.source_id, refusal.reason, (item.title or "")[:200]))
            continue
        reading.listings.append(StatedListing(item.source or reader.source, item.source_id, statement))
    return reading


def _judge_status(page: Page) -> Reading:
    """What an answer other than 200 means: nothing about any listing."""
    if page.http_status in REFUSING:
        return refused(Blocked(f"HTTP {page.http_status}"))
    return Reading(PageOutcome.HTTP_ERROR, f"HTTP {page.http_status}")


def refused(refusal: PageRefused) -> Reading:
    """The reading of a page that says nothing."""
    return Reading(OUTCOMES[type(refusal)], refusal.reason)
