"""The rows of pages: one for each look at an address. Asked for with every page, so past the statement compiler."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from store.bulk import as_instant, driver_query
from store.terms import PageOutcome

PAGE_COLUMNS = (
    "crawl_run_id",
    "source",
    "reader",
    "url",
    "observed_at",
    "recorded_at",
    "body_sha256",
    "content_type",
    "http_status",
    "archive_file",
    "archive_offset",
    "outcome",
    "reason",
    "stated_count",
    "listing_count",
    "refused_count",
    "looks",
)

LONGEST_URL = 2_000  # bytes
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as archived and read, ready to be recorded."""

    crawl_run_id: int
    source: str
    reader: str
    url: str
    observed_at: datetime
    recorded_at: datetime
    body_sha256: str
    content_type: str
    http_status: int
    archive_file: str
    archive_offset: int
    outcome: PageOutcome
    reason: str | None = None
    stated_count: int | None = None


class FirstBody(NamedTuple):
    """Where a body was archived first."""

    url: str
    observed_at: datetime
    archive_file: str
    archive_offset: int


def known_page(connection: Connection, source: str, observed_at: datetime, body_sha256: str, url: str) -> int | None:
    """How many rows were refused of this very look: the same body from the same address at the same instant.

    ``None``: it is not recorded yet.
    """
    sql = "SELECT refused_count FROM page WHERE source = ? AND observed_at = ? AND body_sha256 = ? AND url = ?"
    found = driver_query(connection, sql, (source, observed_at, body_sha256, short_url(url)))
    return int(found[0][0]) if found else None


def find_body(connection: Connection, body_sha256: str) -> FirstBody | None:
    """Where this body lies in the archive, if it is there."""
    sql = (
        "SELECT url, observed_at, archive_file, archive_offset FROM page "
        "WHERE body_sha256 = ? AND archive_file <> '' ORDER BY id LIMIT 1"
    )
    for url, observed_at, file, offset in driver_query(connection, sql, (body_sha256,)):
        return FirstBody(url, as_instant(observed_at), file, offset)
    return None


def last_address(connection: Connection, source: str, beginning: str) -> str | None:
    """The address of the page of a source that was read last, of those whose address begins so."""
    sql = (
        "SELECT url FROM page WHERE source = ? AND substr(url, 1, ?) = ? AND outcome IN ('read', 'empty') "
        "ORDER BY observed_at DESC, id DESC LIMIT 1"
    )
    found = driver_query(connection, sql, (source, len(beginning), beginning))
    return str(found[0][0]) if found else None


def page_row(page: ReadPage, listing_count: int, refused_count: int, looks: bytes | None) -> tuple[Any, ...]:
    """A row in the order of ``PAGE_COLUMNS``."""
    told = [storable(getattr(page, column)) for column in PAGE_COLUMNS[:-3]]
    told[PAGE_COLUMNS.index("url")] = short_url(page.url)
    return (*told, listing_count, refused_count, looks)


def insert_page(connection: Connection, row: tuple[Any, ...]) -> int:
    """Write a page's row; gives its id."""
    return int(driver_query(connection, INSERT_PAGE, row)[0][0])


def count_write(connection: Connection, source: str) -> int:
    """Raise the source's counter; on PostgreSQL this also makes writers of one source take turns."""
    sql = "UPDATE source SET write_count = write_count + 1 WHERE name = ? RETURNING write_count"
    return int(driver_query(connection, sql, (source,))[0][0])


def storable(value: Any) -> Any:
    """A text without what no database can hold; anything else as it is."""
    return UNSTORABLE.sub("\ufffd", value) if type(value) is str else value


def short_url(url: str) -> str:
    """The address as far as PostgreSQL can index it: 2,704 bytes with all else. The archive has the whole."""
    return str(storable(url)).encode()[:LONGEST_URL].decode(errors="ignore")


INSERT_PAGE = f"INSERT INTO page ({', '.join(PAGE_COLUMNS)}) VALUES ({', '.join('?' * len(PAGE_COLUMNS))}) RETURNING id"
