"""The tables. Enumerations come from ``store.terms``; migrations are in ``alembic/versions``."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Key
from store.link_models import AuctionRound, LinkDecision, LinkKey, Property  # noqa: F401  # one metadata holds all tables
from store.rollup_models import RollupListing, RollupMark, RollupNews, RollupSheet  # noqa: F401
from store.schedule_models import Lease, Target  # noqa: F401
from store.terms import (
    Answer,
    AppraisalKind,
    AppraisalScope,
    Currency,
    FactKind,
    PageOutcome,
    PropertyKind,
    RoundKind,
    RoundStatus,
    RunVerdict,
    SellerKind,
)
from store.types import UtcDateTime, closed, one_of
from store.watch_models import CalendarEntry, Delivery, Watch, WatchChannel, WatchEvent, WatchHome, WatchMessage  # noqa: F401


class Source(Base):
    """A place that publishes listings."""

    __tablename__ = "source"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    write_count: Mapped[int] = mapped_column(BigInteger, default=0)  # goes up with every write: see store.write
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # after a refusal; nothing is asked before
    paused_why: Mapped[str | None] = mapped_column(Text)
    off_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # taken off the timetable by a person


class CrawlRun(Base):
    """One crawl, capture or reparse of one source: what was wanted, what came, whether to trust it."""

    __tablename__ = "crawl_run"
    __table_args__ = (one_of("verdict", RunVerdict),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.name"))
    scope: Mapped[dict[str, Any]]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    alive_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # last sign of life while it runs
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verdict: Mapped[RunVerdict] = mapped_column(closed(RunVerdict))
    reason: Mapped[str | None] = mapped_column(Text)
    counters: Mapped[dict[str, Any]]
    left_to_ask: Mapped[str | None] = mapped_column(Text)  # of a crawl that was stopped, or goes on


class Page(Base):
    """One look at one address: the body's hash and place in the archive, and what it told.

    ``looks`` packs, for each listing on the page, the id of its first generation and the digest of what
    was said of it (``store.looks``): enough to know every sighting without a row for each.
    """

    __tablename__ = "page"
    __table_args__ = (
        UniqueConstraint("source", "observed_at", "body_sha256", "url"),
        Index(None, "source", "url"),
        one_of("outcome", PageOutcome),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    crawl_run_id: Mapped[int] = mapped_column(ForeignKey("crawl_run.id"), index=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.name"))
    reader: Mapped[str] = mapped_column(String(60))
    url: Mapped[str] = mapped_column(Text)
    observed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    body_sha256: Mapped[str] = mapped_column(String(64), index=True)
    content_type: Mapped[str] = mapped_column(Text)
    http_status: Mapped[int] = mapped_column(SmallInteger)
    archive_file: Mapped[str] = mapped_column(Text)
    archive_offset: Mapped[int] = mapped_column(BigInteger)
    outcome: Mapped[PageOutcome] = mapped_column(closed(PageOutcome))
    reason: Mapped[str | None] = mapped_column(Text)
    stated_count: Mapped[int | None]
    listing_count: Mapped[int] = mapped_column(default=0)
    refused_count: Mapped[int] = mapped_column(default=0)
    looks: Mapped[bytes | None] = mapped_column(LargeBinary)


def said_checks() -> list[CheckConstraint]:
    """The closed vocabularies among these columns, for one table."""
    closed_columns = {
        "property_kind": PropertyKind,
        "round_kind": RoundKind,
        "status": RoundStatus,
        "seller_kind": SellerKind,
        "currency": Currency,
        "appraisal_kind": AppraisalKind,
        "appraisal_scope": AppraisalScope,
    }
    return [one_of(column, terms) for column, terms in closed_columns.items()]


class Listing(Base):
    """One attempt to sell as one source publishes it. Its current state is the observation ``observation_id``.

    ``generation`` is 1 but for ids that the source gave to another thing later (domain.md, case 14). The state is
    not repeated here: a look that changes nothing touches a narrow row, one that changes a price writes one wide row.
    """

    __tablename__ = "listing"
    __table_args__ = (UniqueConstraint("source", "source_id", "generation"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.name"))
    source_id: Mapped[str] = mapped_column(String(120))
    generation: Mapped[int] = mapped_column(SmallInteger)
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_reader: Mapped[str] = mapped_column(String(60))
    last_digest: Mapped[int] = mapped_column(BigInteger)
    observation_id: Mapped[int] = mapped_column(BigInteger)  # no foreign key: the two rows point to each other
    known: Mapped[int] = mapped_column(BigInteger)  # bit n is set where the state knows field n
    title_digest: Mapped[int] = mapped_column(BigInteger)  # of the state's title: see store.heads.Head


class Observation(Base):
    """What a listing was known to be from ``observed_at`` on; a row only where its words changed.

    The columns from ``title`` on are those of ``store.statement.Statement`` and hold the known state: the look's own
    words laid over what was known before, since a field that a page leaves out is not cleared. ``stated`` has bit n
    set where the look itself said field n.
    """

    __tablename__ = "observation"
    __table_args__ = (UniqueConstraint("listing_id", "observed_at", "reader", "digest"), *said_checks())

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    observed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))
    reader: Mapped[str] = mapped_column(String(60))
    digest: Mapped[int] = mapped_column(BigInteger)
    stated: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    property_kind: Mapped[PropertyKind | None] = mapped_column(closed(PropertyKind))
    round_kind: Mapped[RoundKind | None] = mapped_column(closed(RoundKind))
    status: Mapped[RoundStatus | None] = mapped_column(closed(RoundStatus))
    seller_name: Mapped[str | None] = mapped_column(Text)
    seller_kind: Mapped[SellerKind | None] = mapped_column(closed(SellerKind))
    region_code: Mapped[str | None] = mapped_column(String(12))
    city: Mapped[str | None] = mapped_column(Text)
    district: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[Currency | None] = mapped_column(closed(Currency))
    starting_price: Mapped[int | None] = mapped_column(BigInteger)
    asking_price: Mapped[int | None] = mapped_column(BigInteger)
    current_price: Mapped[int | None] = mapped_column(BigInteger)
    hammer_price: Mapped[int | None] = mapped_column(BigInteger)
    appraisal_price: Mapped[int | None] = mapped_column(BigInteger)
    market_price: Mapped[int | None] = mapped_column(BigInteger)
    is_price_exact: Mapped[bool | None]
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_on: Mapped[date | None]
    floor_area: Mapped[int | None] = mapped_column(BigInteger)
    private_area: Mapped[int | None] = mapped_column(BigInteger)
    land_area: Mapped[int | None] = mapped_column(BigInteger)
    bid_count: Mapped[int | None]
    applicant_count: Mapped[int | None]
    is_loan_offered: Mapped[bool | None]
    image_url: Mapped[str | None] = mapped_column(Text)
    case_number: Mapped[str | None] = mapped_column(Text)
    appraisal_kind: Mapped[AppraisalKind | None] = mapped_column(closed(AppraisalKind))
    appraisal_on: Mapped[date | None]
    appraisal_scope: Mapped[AppraisalScope | None] = mapped_column(closed(AppraisalScope))
    deposit: Mapped[int | None] = mapped_column(BigInteger)
    increment: Mapped[int | None] = mapped_column(BigInteger)
    bidding_minutes: Mapped[int | None]
    extension_minutes: Mapped[int | None]
    share: Mapped[str | None] = mapped_column(Text)
    floor: Mapped[str | None] = mapped_column(Text)
    intended_use: Mapped[str | None] = mapped_column(Text)
    built_year: Mapped[int | None]
    certificate: Mapped[str | None] = mapped_column(Text)
    unit_count: Mapped[int | None]
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bidder_count: Mapped[int | None]
    latitude: Mapped[int | None]
    longitude: Mapped[int | None]
    previous_source_id: Mapped[str | None] = mapped_column(Text)
    asset_id: Mapped[str | None] = mapped_column(Text)
    round_number: Mapped[int | None]
    raw: Mapped[str | None] = mapped_column(Text)


class Told:
    """What the tables of further words have in common (``store.statement.Extras``).

    They belong to the words of one look, which an observation names by ``reader`` and ``digest``: whenever a listing
    says the same again, it says these again, and they are stored once.
    """

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.name"))
    source_id: Mapped[str] = mapped_column(String(120))
    reader: Mapped[str] = mapped_column(String(60))
    digest: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int]  # among its like, from 1


class Fact(Told, Base):
    """One question that a notice answers, with its own sentence. Persons are masked. Times are those of a viewing."""

    __tablename__ = "fact"
    __table_args__ = (
        Index(None, "source", "source_id"),
        one_of("kind", FactKind),
        one_of("answer", Answer),
        one_of("currency", Currency),
    )

    kind: Mapped[FactKind] = mapped_column(closed(FactKind))
    answer: Mapped[Answer] = mapped_column(closed(Answer))
    quote: Mapped[str] = mapped_column(Text)
    holder: Mapped[str | None] = mapped_column(Text)
    amount: Mapped[int | None] = mapped_column(BigInteger)
    rank: Mapped[int | None]
    currency: Mapped[Currency | None] = mapped_column(closed(Currency))
    starts_on: Mapped[date | None]
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_on: Mapped[date | None]
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Bid(Told, Base):
    """One line of a bid record."""

    __tablename__ = "bid"
    __table_args__ = (Index(None, "source", "source_id"), one_of("currency", Currency))

    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[Currency] = mapped_column(closed(Currency))
    placed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bidder: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)


class LotMember(Told, Base):
    """One of several homes that are sold together."""

    __tablename__ = "lot_member"
    __table_args__ = (Index(None, "source", "source_id"), one_of("currency", Currency))

    title: Mapped[str] = mapped_column(Text)
    floor_area: Mapped[int | None] = mapped_column(BigInteger)
    appraisal_price: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[Currency | None] = mapped_column(closed(Currency))
    certificate: Mapped[str | None] = mapped_column(Text)


class Attachment(Told, Base):
    """Name and address of a file that belongs to a listing."""

    __tablename__ = "attachment"
    __table_args__ = (Index(None, "source", "source_id"),)

    name: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)


class SeriesPoint(Base):
    """One number of a time series, as a page gave it: a later page that revises it is a later row."""

    __tablename__ = "series_point"
    __table_args__ = (UniqueConstraint("series", "period", "page_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), index=True)
    series: Mapped[str] = mapped_column(String(80))
    period: Mapped[str] = mapped_column(String(10))
    value: Mapped[float]
    unit: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)


class MarketPrice(Base):
    """What a square metre costs in one place, as a page of a third party says."""

    __tablename__ = "market_price"
    __table_args__ = (Index(None, "place"), one_of("currency", Currency))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), index=True)
    place: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(String(10))
    price_per_sqm: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[Currency] = mapped_column(closed(Currency))
    basis: Mapped[str] = mapped_column(Text)
    city: Mapped[str | None] = mapped_column(Text)
    district: Mapped[str | None] = mapped_column(Text)
    region_code: Mapped[str | None] = mapped_column(String(12))
    latitude: Mapped[int | None]
    longitude: Mapped[int | None]
    url: Mapped[str | None] = mapped_column(Text)


class Coverage(Base):
    """One slice of a crawl (a city, a price band): how many listings the source stated, how many were collected."""

    __tablename__ = "coverage"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    crawl_run_id: Mapped[int] = mapped_column(ForeignKey("crawl_run.id"), index=True)
    slice: Mapped[dict[str, Any]]
    stated_count: Mapped[int | None]
    collected_count: Mapped[int]
    note: Mapped[str | None] = mapped_column(Text)  # why they differ


class DailyRequests(Base):
    """How often a source was asked on one day of its own time zone: what its budget is counted by."""

    __tablename__ = "daily_requests"

    source: Mapped[str] = mapped_column(ForeignKey("source.name"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    requests: Mapped[int]


class QuarantinedRow(Base):
    """A row that was not believed, with the reason and its first words. Nothing else was taken from it."""

    __tablename__ = "quarantined_row"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), index=True)
    position: Mapped[int]
    source_id: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = mapped_column(Text)
