"""The tables. Enumerations come from ``store.terms``; migrations are in ``alembic/versions``."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from store.terms import (
    Currency,
    PageOutcome,
    PropertyKind,
    RoundKind,
    RoundStatus,
    RunVerdict,
    SellerKind,
)
from store.types import UtcDateTime, closed, one_of

# SQLite counts rows by itself only in a column declared INTEGER.
Key = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """One metadata, with names for every constraint so that migrations can address them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {dict[str, Any]: JSON}  # noqa: RUF012


class Source(Base):
    """A place that publishes listings."""

    __tablename__ = "source"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    write_count: Mapped[int] = mapped_column(BigInteger, default=0)  # goes up with every write: see store.write


class CrawlRun(Base):
    """One crawl, capture or reparse of one source: what was wanted, what came, whether to trust it."""

    __tablename__ = "crawl_run"
    __table_args__ = (one_of("verdict", RunVerdict),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.name"))
    scope: Mapped[dict[str, Any]]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verdict: Mapped[RunVerdict] = mapped_column(closed(RunVerdict))
    reason: Mapped[str | None] = mapped_column(Text)
    counters: Mapped[dict[str, Any]]


class Page(Base):
    """One look at one address: the body's hash and place in the archive, and what it told.

    ``looks`` packs, for each listing on the page, the id of its first generation and the digest of what
    was said of it (``store.looks``): enough to know every sighting without a row for each.
    """

    __tablename__ = "page"
    __table_args__ = (
        UniqueConstraint("source", "observed_at", "body_sha256", "url"),
        one_of("outcome", PageOutcome),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    crawl_run_id: Mapped[int] = mapped_column(ForeignKey("crawl_run.id"))
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


class Said:
    """The columns of ``store.statement.Statement``, in its order, but for ``raw``."""

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


def said_checks() -> list[CheckConstraint]:
    """The closed vocabularies among these columns, for one table."""
    closed_columns = {
        "property_kind": PropertyKind,
        "round_kind": RoundKind,
        "status": RoundStatus,
        "seller_kind": SellerKind,
        "currency": Currency,
    }
    return [one_of(column, terms) for column, terms in closed_columns.items()]


class Listing(Said, Base):
    """One attempt to sell as one source publishes it, in its current state.

    ``generation`` is 1 but for ids that the source gave to another thing later (domain.md, case 14).
    """

    __tablename__ = "listing"
    __table_args__ = (UniqueConstraint("source", "source_id", "generation"), *said_checks())

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.name"))
    source_id: Mapped[str] = mapped_column(String(120))
    generation: Mapped[int] = mapped_column(SmallInteger)
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_reader: Mapped[str] = mapped_column(String(60))
    last_digest: Mapped[int] = mapped_column(BigInteger)


class Observation(Said, Base):
    """What a listing was known to be from ``observed_at`` on; a row only where its words changed.

    The columns hold the known state: the look's own words laid over what was known before, since a field
    that a page leaves out is not cleared. ``stated`` has bit n set where the look itself said field n.
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
    raw: Mapped[str | None] = mapped_column(Text)


class QuarantinedRow(Base):
    """A row that was not believed, with the reason and its first words. Nothing else was taken from it."""

    __tablename__ = "quarantined_row"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), index=True)
    position: Mapped[int]
    source_id: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = mapped_column(Text)
