"""The feed of changes: a bare array of whole procedures, and where it goes on."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from crawler.errors import Blocked, LayoutChanged, RowRefused
from crawler.items import Follow, PageContent, RefusedRow
from crawler.page import Page
from crawler.parsers.html import page_json, refusal_by_status
from crawler.parsers.ua_prozorro.dialect import SOURCE
from crawler.parsers.ua_prozorro.procedure import read_procedure
from crawler.parsers.ua_prozorro.values import Record, read_instant, read_text

FEED = f"{SOURCE}.feed"
PROCEDURE = f"{SOURCE}.procedure"
MAIN = "https://procedure.prozorro.sale"
FEED_PATH = "/api/search/byDateModified/"
PAGE_SIZE = 100
PROCEDURE_PATH = re.compile(r"prozorro\.sale/api/procedures/[0-9a-f]{24}(?:$|[?#])")


def feed_page(since: date, base: str = MAIN) -> Follow:
    """The page of the feed that begins with the changes at an instant (UTC where it has no zone) or a day."""
    moment = since if isinstance(since, datetime) else datetime(since.year, since.month, since.day, tzinfo=UTC)
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    text = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Follow(f"{base}{FEED_PATH}{text}?limit={PAGE_SIZE}", FEED, is_next_page=True)


def recognises_feed(page: Page) -> bool:
    """By the address, or a list of procedures."""
    if f"prozorro.sale{FEED_PATH}" in page.url:
        return True
    return page.body[:20].lstrip()[:1] == b"[" and is_of_procedures(page.body)


def recognises_procedure(page: Page) -> bool:
    """By the address, or one procedure."""
    if PROCEDURE_PATH.search(page.url):
        return True
    return page.body[:20].lstrip()[:1] == b"{" and not recognises_feed(page) and is_of_procedures(page.body)


def is_of_procedures(body: bytes) -> bool:
    """Whether the keys are there that every procedure has."""
    return b'"auctionId"' in body and b'"sellingMethod"' in body


def parse_feed(page: Page) -> PageContent:
    """Read one page of the feed and where it goes on. An empty list is the end, at the feed's own address only.

    Raises:
        PageRefused: a refusal, no list, or a list that does not tell where to go on.
    """
    rows = read_answer(page)
    if not isinstance(rows, list) or (not rows and FEED_PATH not in page.url):
        raise LayoutChanged("no list of procedures", source=SOURCE, url=page.url)
    if rows and not any(isinstance(row, dict) and "auctionId" in row for row in rows):
        raise LayoutChanged("not one procedure in the list", source=SOURCE, url=page.url)
    content = PageContent()
    for position, row in enumerate(rows, 1):
        try:
            content.items.append(read_procedure(row, page.url))
        except RowRefused as refusal:
            known = read_text(row, "auctionId") if isinstance(row, dict) else None
            content.refused.append(RefusedRow(position, known, refusal.reason, (known or "no id")[:200]))
    if rows and FEED_PATH in page.url:
        content.follows.append(next_page(page, rows))
    return content


def parse_procedure(page: Page) -> PageContent:
    """Read one procedure.

    Raises:
        PageRefused: a refusal, or not a procedure.
    """
    record = read_answer(page)
    if not isinstance(record, dict) or "auctionId" not in record:
        raise LayoutChanged("no procedure", source=SOURCE, url=page.url)
    try:
        return PageContent(items=[read_procedure(record, page.url)])
    except RowRefused as refusal:
        known = read_text(record, "auctionId")
        return PageContent(refused=[RefusedRow(1, known, refusal.reason, (known or "no id")[:200])])


def read_answer(page: Page) -> Any:
    """The body as JSON.

    Raises:
        PageRefused: the status tells a refusal, HTML stands in place of JSON, or it is none.
    """
    if refused := refusal_by_status(page, SOURCE):
        raise refused
    if page.body.lstrip()[:1] == b"<":
        raise Blocked("HTML in place of the answer", source=SOURCE, url=page.url)
    if page.http_status != 200:
        raise LayoutChanged(f"HTTP status {page.http_status}", source=SOURCE, url=page.url)
    return page_json(page, SOURCE)


def next_page(page: Page, rows: Sequence[Any]) -> Follow:
    """The page after this one: a millisecond behind its latest change.

    Raises:
        LayoutChanged: no change tells its time, or the feed would not move on.
    """
    changes = [moment for row in rows if isinstance(row, dict) and (moment := read_change(row)) is not None]
    start = read_instant(urlsplit(page.url).path.rpartition("/")[2])
    if not changes or (start is not None and max(changes) < start):
        raise LayoutChanged("a page of the feed that does not tell where to go on", source=SOURCE, url=page.url)
    site = urlsplit(page.url)
    follow = feed_page(max(changes) + timedelta(milliseconds=1), urlunsplit((site.scheme, site.netloc, "", "", "")))
    return follow._replace(url=f"{follow.url.partition('?')[0]}?{site.query}") if site.query else follow


def read_change(row: Record) -> datetime | None:
    """When the procedure was changed."""
    return read_instant(row.get("dateModified"))
