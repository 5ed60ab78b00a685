"""The normalized words of one look at one listing: the record that crawler hands to store."""

from datetime import date, datetime
from typing import NamedTuple

from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

Minor = int
"""Money in minor units (fen, centavo) of the statement's currency: exact, and what the database holds."""

CentiSqm = int
"""Area in hundredths of a square metre."""


class Statement(NamedTuple):
    """What one page said of one listing. ``None`` means: it did not say; it never means zero or no.

    The order of the fields is the order of the columns of ``listing`` and ``observation``.
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
    raw: str | None = None  # JSON object: the source's own words for every converted field


FIELDS: tuple[str, ...] = Statement._fields
