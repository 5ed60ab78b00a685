"""The normalized words of one look at one listing: the record that crawler hands to store."""

from datetime import date, datetime
from typing import NamedTuple

from store.terms import (
    Answer,
    AppraisalKind,
    AppraisalScope,
    Currency,
    FactKind,
    PropertyKind,
    RoundKind,
    RoundStatus,
    SellerKind,
)

Minor = int
"""Money in minor units (fen, centavo) of the statement's currency: exact, and what the database holds."""

CentiSqm = int
"""Area in hundredths of a square metre."""

MicroDegree = int
"""Latitude or longitude in millionths of a degree."""


class Statement(NamedTuple):
    """What one page said of one listing. ``None`` means: it did not say; it never means zero or no.

    The order of the fields is the order of the columns of ``observation``; lists tell the first, details the rest.
    A tuple, not a dataclass: forty are built for each page (measured: a fifth of the time).
    """

    title: str | None = None
    url: str | None = None
    property_kind: PropertyKind | None = None
    round_kind: RoundKind | None = None
    status: RoundStatus | None = None
    seller_name: str | None = None
    seller_kind: SellerKind | None = None
    region_code: str | None = None  # GB/T 2260 adcode of the finest level read, or ISO 3166-2 abroad
    city: str | None = None
    district: str | None = None
    address: str | None = None
    currency: Currency | None = None
    starting_price: Minor | None = None
    asking_price: Minor | None = None
    current_price: Minor | None = None
    hammer_price: Minor | None = None
    appraisal_price: Minor | None = None
    market_price: Minor | None = None
    is_price_exact: bool | None = None  # False where the page cuts prices (Ali cards of 2026: to 0.01 万)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    ended_on: date | None = None  # where the page gives the day of the end without its time
    floor_area: CentiSqm | None = None
    private_area: CentiSqm | None = None
    land_area: CentiSqm | None = None
    bid_count: int | None = None
    applicant_count: int | None = None
    is_loan_offered: bool | None = None
    image_url: str | None = None
    case_number: str | None = None  # (2020)皖0111执1234号
    appraisal_kind: AppraisalKind | None = None
    appraisal_on: date | None = None
    appraisal_scope: AppraisalScope | None = None
    deposit: Minor | None = None
    increment: Minor | None = None  # the least raise of a bid
    bidding_minutes: int | None = None
    extension_minutes: int | None = None  # of the end by each late bid
    share: str | None = None  # of the ownership, as "1/2"; the whole is "1"
    floor: str | None = None
    intended_use: str | None = None  # 规划用途, as on the certificate
    built_year: int | None = None
    certificate: str | None = None  # number of the ownership certificate
    unit_count: int | None = None  # of homes in one lot (等12套)
    published_at: datetime | None = None
    bidder_count: int | None = None
    latitude: MicroDegree | None = None
    longitude: MicroDegree | None = None
    previous_source_id: str | None = None  # the attempt before, where the source states it
    asset_id: str | None = None  # the source's own id of the thing, the same through its attempts
    round_number: int | None = None  # where the source counts the attempts, from 1
    raw: str | None = None  # JSON object: the source's own words for every converted field


FIELDS: tuple[str, ...] = Statement._fields


class Fact(NamedTuple):
    """What a notice says of one question, in its own sentence.

    A viewing has its times: an instant, or a day where the hour is not told. ``None``: that bound is not told.
    """

    kind: FactKind
    answer: Answer
    quote: str
    holder: str | None = None  # of a mortgage, a lease, a right of pre-emption; persons masked
    amount: Minor | None = None
    rank: int | None = None  # of a mortgage, from 1
    currency: Currency | None = None
    starts_on: date | None = None
    starts_at: datetime | None = None
    ends_on: date | None = None
    ends_at: datetime | None = None


class Bid(NamedTuple):
    """One line of a bid record."""

    amount: Minor
    currency: Currency
    placed_at: datetime | None = None
    bidder: str | None = None  # the number or alias that the platform shows, never a name
    outcome: str | None = None  # the source's own word (成交, 出局, 领先)


class LotMember(NamedTuple):
    """One of several homes that are sold together."""

    title: str
    floor_area: CentiSqm | None = None
    appraisal_price: Minor | None = None
    currency: Currency | None = None
    certificate: str | None = None


class Attachment(NamedTuple):
    """A file that belongs to a listing; only its name and address are kept."""

    name: str
    url: str


class Extras(NamedTuple):
    """What a page says of one listing beside its statement. Each page's own words, never merged."""

    facts: tuple[Fact, ...] = ()
    bids: tuple[Bid, ...] = ()
    members: tuple[LotMember, ...] = ()
    attachments: tuple[Attachment, ...] = ()


class Words(NamedTuple):
    """Everything that one page says of one listing."""

    statement: Statement
    extras: Extras | None = None


class SeriesPoint(NamedTuple):
    """One number of a time series that puts listings into context (negative equity, a price index)."""

    series: str  # "hkma.negative_equity.loans"
    period: str  # "2024-Q1", "2024-03", "2024"
    value: float
    unit: str
    title: str  # of the series


class MarketPrice(NamedTuple):
    """What a square metre costs in one place, as a third party says: context, never a listing's own price."""

    place: str  # name of the compound or the town
    period: str  # "2024-05-01", "2024-05"
    price_per_sqm: Minor
    currency: Currency
    basis: str  # "asking" or "deals", as far as the source tells
    city: str | None = None
    district: str | None = None
    region_code: str | None = None
    latitude: MicroDegree | None = None
    longitude: MicroDegree | None = None
    url: str | None = None


class Context(NamedTuple):
    """What a page says of no listing: numbers beside which listings are read."""

    points: tuple[SeriesPoint, ...] = ()
    prices: tuple[MarketPrice, ...] = ()
