"""The columns that are written by the thousand, in their order, and rows in that order."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table

from store.bulk import driver_query
from store.fold import Change, Generation
from store.models import CrawlRun, Listing, Observation, Page, QuarantinedRow, Source
from store.statement import FIELDS

LISTING: Table = Listing.__table__  # type: ignore[assignment]
OBSERVATION: Table = Observation.__table__  # type: ignore[assignment]
PAGE: Table = Page.__table__  # type: ignore[assignment]
QUARANTINED: Table = QuarantinedRow.__table__  # type: ignore[assignment]
CRAWL_RUN: Table = CrawlRun.__table__  # type: ignore[assignment]
SOURCE: Table = Source.__table__  # type: ignore[assignment]


SAID = FIELDS[:-1]
LISTING_STATE = ("first_seen_at", "last_seen_at", "last_changed_at", "last_reader", "last_digest")
LISTING_COLUMNS = ("id", "source", "source_id", "generation", *LISTING_STATE, *SAID)
LISTING_UPDATES = ("last_seen_at", "last_changed_at", "last_reader", "last_digest", *SAID)
OBSERVATION_COLUMNS = ("listing_id", "observed_at", "page_id", "reader", "digest", "stated", *FIELDS)


def listing_row(listing_id: int, source: str, source_id: str, generation: int, after: Generation) -> tuple[Any, ...]:
    """A row in the order of ``LISTING_COLUMNS``."""
    return (
        listing_id,
        source,
        source_id,
        generation,
        after.first_seen_at,
        after.last_seen_at,
        after.last_changed_at,
        after.last_reader,
        after.last_digest,
        *after.state[:-1],
    )


def observation_rows(listing_id: int, changes: Iterable[Change]) -> list[tuple[Any, ...]]:
    """Rows in the order of ``OBSERVATION_COLUMNS``."""
    return [(listing_id, *change[:-1], *change.state) for change in changes]


def update_row(listing_id: int, after: Generation) -> tuple[Any, ...]:
    """A row in the order of ``LISTING_UPDATES``, with the id that ``update_rows`` wants last."""
    return (
        after.last_seen_at,
        after.last_changed_at,
        after.last_reader,
        after.last_digest,
        *after.state[:-1],
        listing_id,
    )


def reserve_ids(connection: Connection, count: int) -> Iterable[int]:
    """Fresh listing ids, taken before the rows are written: a page names its listings before they exist."""
    if connection.dialect.name == "postgresql":
        sql = "SELECT nextval(pg_get_serial_sequence('listing', 'id')) FROM generate_series(1, %s)"
        return [int(row[0]) for row in connection.exec_driver_sql(sql, (count,))]
    ((highest,),) = driver_query(connection, "SELECT coalesce(max(id), 0) FROM listing", ())
    return range(int(highest) + 1, int(highest) + count + 1)
