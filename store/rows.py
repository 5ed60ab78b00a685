"""The columns that are written by the thousand, in their order, and rows in that order."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from hashlib import blake2b
from operator import itemgetter
from typing import Any

from sqlalchemy import Table

from store.fold import Change, Generation, stated_bits
from store.link_models import AuctionRound, LinkDecision, LinkKey, LinkPlace, Property
from store.models import (
    Attachment,
    Bid,
    Coverage,
    CrawlRun,
    DailyRequests,
    Fact,
    Listing,
    LotMember,
    MarketPrice,
    Observation,
    Page,
    QuarantinedRow,
    SeriesPoint,
    Source,
)
from store.schedule_models import Lease, Target
from store.statement import FIELDS, Statement
from store.watch_models import CalendarEntry, Delivery, Watch, WatchChannel, WatchEvent, WatchHome, WatchMessage

LISTING: Table = Listing.__table__  # type: ignore[assignment]
OBSERVATION: Table = Observation.__table__  # type: ignore[assignment]
PAGE: Table = Page.__table__  # type: ignore[assignment]
QUARANTINED: Table = QuarantinedRow.__table__  # type: ignore[assignment]
CRAWL_RUN: Table = CrawlRun.__table__  # type: ignore[assignment]
SOURCE: Table = Source.__table__  # type: ignore[assignment]
FACT: Table = Fact.__table__  # type: ignore[assignment]
BID: Table = Bid.__table__  # type: ignore[assignment]
LOT_MEMBER: Table = LotMember.__table__  # type: ignore[assignment]
ATTACHMENT: Table = Attachment.__table__  # type: ignore[assignment]
SERIES_POINT: Table = SeriesPoint.__table__  # type: ignore[assignment]
MARKET_PRICE: Table = MarketPrice.__table__  # type: ignore[assignment]
COVERAGE: Table = Coverage.__table__  # type: ignore[assignment]
DAILY_REQUESTS: Table = DailyRequests.__table__  # type: ignore[assignment]
PROPERTY: Table = Property.__table__  # type: ignore[assignment]
AUCTION_ROUND: Table = AuctionRound.__table__  # type: ignore[assignment]
LINK_KEY: Table = LinkKey.__table__  # type: ignore[assignment]
LINK_PLACE: Table = LinkPlace.__table__  # type: ignore[assignment]
LINK_DECISION: Table = LinkDecision.__table__  # type: ignore[assignment]
TARGET: Table = Target.__table__  # type: ignore[assignment]
LEASE: Table = Lease.__table__  # type: ignore[assignment]
WATCH: Table = Watch.__table__  # type: ignore[assignment]
WATCH_CHANNEL: Table = WatchChannel.__table__  # type: ignore[assignment]
WATCH_HOME: Table = WatchHome.__table__  # type: ignore[assignment]
WATCH_MESSAGE: Table = WatchMessage.__table__  # type: ignore[assignment]
WATCH_EVENT: Table = WatchEvent.__table__  # type: ignore[assignment]
DELIVERY: Table = Delivery.__table__  # type: ignore[assignment]
CALENDAR_ENTRY: Table = CalendarEntry.__table__  # type: ignore[assignment]

SAID = FIELDS[:-1]
LISTING_STATE = ("last_seen_at", "last_changed_at", "last_reader", "last_digest", "observation_id")
HEAD_STATE = ("known", "title_digest")
LISTING_COLUMNS = ("id", "source", "source_id", "generation", "first_seen_at", *LISTING_STATE, *HEAD_STATE)
LISTING_UPDATES = (*LISTING_STATE, *HEAD_STATE)
LOOK_COLUMNS = ("id", "listing_id", "observed_at", "page_id", "reader", "digest", "stated")
OBSERVATION_COLUMNS = (*LOOK_COLUMNS, *FIELDS)

EXTRA_TABLES = {"facts": FACT, "bids": BID, "members": LOT_MEMBER, "attachments": ATTACHMENT}
"""The table of each field of ``store.statement.Extras``."""

RAW_BIT = 1 << (len(FIELDS) - 1)


@cache
def told_fields(stated: int) -> tuple[tuple[str, ...], Callable[[Statement], tuple[Any, ...]]]:
    """The fields that any row of a page tells, and what takes them from a statement.

    Nulls are not written at all: Python's driver takes 0.3 microseconds for each, as long as for five texts
    (it looks for an adapter; 3.11, 2026-11), and of 51 fields a list tells some fifteen.
    """
    places = [place for place in range(len(FIELDS)) if (stated | 1 | RAW_BIT) >> place & 1]
    return tuple(FIELDS[place] for place in places), itemgetter(*places)


def known_bits(stated: int) -> int:
    """The bits of the fields that one look may have to leave as they were: all but ``raw``, which is always its own."""
    return stated & ~RAW_BIT


def title_digest(title: str | None) -> int:
    """Stands for a title: equal where the titles are. Unlike ``hash`` it is the same in every process."""
    if title is None:
        return 0
    return int.from_bytes(blake2b(title.encode(), digest_size=8).digest(), "big", signed=True)


def update_row(listing_id: int, observation_id: int, after: Generation) -> tuple[Any, ...]:
    """A row in the order of ``LISTING_UPDATES``, with the id that ``update_rows`` wants last."""
    return (
        after.last_seen_at,
        after.last_changed_at,
        after.last_reader,
        after.last_digest,
        observation_id,
        known_bits(stated_bits(after.state)),
        title_digest(after.state.title),
        listing_id,
    )


def listing_row(
    listing_id: int, source: str, source_id: str, generation: int, observation_id: int, after: Generation
) -> tuple[Any, ...]:
    """A row in the order of ``LISTING_COLUMNS``."""
    state = update_row(listing_id, observation_id, after)[:-1]
    return (listing_id, source, source_id, generation, after.first_seen_at, *state)


def observation_rows(ids: Iterator[int], listing_id: int, changes: Iterable[Change]) -> list[tuple[Any, ...]]:
    """Rows in the order of ``OBSERVATION_COLUMNS``, with the next of ``ids``."""
    return [(next(ids), listing_id, *change[:-1], *change.state) for change in changes]
