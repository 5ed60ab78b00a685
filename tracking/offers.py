"""Listings as tracking sees them: the known state of each, its address in parts, and when it was seen."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection

from store.bulk import as_instant, driver_query
from store.links import batches
from store.rows import LISTING, OBSERVATION
from store.statement import CentiSqm, Minor, Statement
from store.terms import AppraisalScope, Currency, PropertyKind, RoundKind, RoundStatus, SellerKind
from store.types import UtcDateTime
from tracking.address.parts import NO_PARTS, Parts
from tracking.address.read import read_parts


class Offer(NamedTuple):
    """One listing: one attempt to sell. Money in minor units, areas in hundredths of a square metre, times aware."""

    listing_id: int
    source: str
    source_id: str
    generation: int
    first_seen_at: datetime
    last_seen_at: datetime
    title: str | None
    address: str | None
    region_code: str | None
    city: str | None
    district: str | None
    property_kind: PropertyKind | None
    round_kind: RoundKind | None
    round_number: int | None
    status: RoundStatus | None
    seller_name: str | None
    seller_kind: SellerKind | None
    case_number: str | None
    certificate: str | None
    currency: Currency | None
    starting_price: Minor | None
    asking_price: Minor | None
    hammer_price: Minor | None
    appraisal_price: Minor | None
    appraisal_scope: AppraisalScope | None
    starts_at: datetime | None
    ends_at: datetime | None
    published_at: datetime | None
    floor_area: CentiSqm | None
    land_area: CentiSqm | None
    share: str | None
    unit_count: int | None
    previous_source_id: str | None
    asset_id: str | None
    parts: Parts

    @property
    def price(self) -> Minor | None:
        """The price at which it is offered: the asking price, else the starting price; 0 is no price."""
        return self.asking_price or self.starting_price or None

    @property
    def key(self) -> tuple[str, str, int]:
        """What names the listing wherever and whenever it was recorded."""
        return self.source, self.source_id, self.generation


HEAD = ("id", "source", "source_id", "generation", "first_seen_at", "last_seen_at")
STATE = Offer._fields[len(HEAD) : -1]

_state_of = attrgetter(*STATE)


def make_offer(*state: Any) -> Offer:
    """An offer out of the values of all fields but the last, which is read here."""
    title, address, region_code, city, district = state[6:11]
    parts = read_parts(title, address, country_of(region_code, state[1], state[19]), city, district)
    return tuple.__new__(Offer, (*state, parts))  # twice as fast as Offer._make


def offer_of(source: str, source_id: str, said: Statement, seen_at: datetime) -> Offer:
    """An offer out of what a page says of a listing that is not stored."""
    return make_offer(0, source, source_id, 0, seen_at, seen_at, *_state_of(said))


def statement_of(offer: Offer) -> Statement:
    """What an offer says, as far as tracking looks at it."""
    return Statement(**dict(zip(STATE, _state_of(offer), strict=True)))


def country_of(region_code: str | None, source: str, currency: Currency | None) -> str:
    """Two letters (ISO 3166): by the code of the region, else by the source's name, else by the currency; else CN."""
    if region_code:
        return "CN" if region_code.isdigit() else region_code[:2]
    country = source[:2].upper() if source[2:3] == "_" else ""
    if country in COUNTRIES:
        return country
    return COUNTRY_OF_CURRENCY.get(currency, "CN") if currency else "CN"


COUNTRY_OF_CURRENCY = {
    Currency.HKD: "HK",
    Currency.TWD: "TW",
    Currency.BRL: "BR",
    Currency.KRW: "KR",
    Currency.USD: "US",
    Currency.EUR: "GR",
    Currency.UAH: "UA",
}
COUNTRIES = {"CN", *COUNTRY_OF_CURRENCY.values()}


def load_offers(
    connection: Connection,
    listing_ids: Collection[int] | None = None,
    *,
    with_parts: bool = True,
    states: Mapping[int, int] | None = None,
) -> Iterator[Offer]:
    """All listings, or those of the given ids, in the order of their ids.

    Args:
        connection: open for reading.
        listing_ids: which; all where ``None``.
        with_parts: read their addresses, which takes most of the time.
        states: earlier states of the listings, as ids of observations; listings that have none are left out.
    """
    if states is not None:
        rows = _rows_by_id(connection, "observation.listing_id = listing.id", "observation.id", states.values())
    elif listing_ids is not None:
        rows = _rows_by_id(connection, OF_THE_STATE, "listing.id", listing_ids)
    else:
        rows = _all_rows(connection)
    for told in rows:
        row = _in_terms(told)
        yield make_offer(*row) if with_parts else tuple.__new__(Offer, (*row, NO_PARTS))


COLUMNS = (*(LISTING.c[name] for name in HEAD), *(OBSERVATION.c[name] for name in STATE))
TOLD = ", ".join(f"{each.table.name}.{each.name}" for each in COLUMNS)
OF_THE_STATE = "observation.id = listing.observation_id"
ROWS_PER_QUERY = 5_000


def _rows_by_id(connection: Connection, joined: str, column: str, ids: Collection[int]) -> Iterator[Sequence[Any]]:
    for part in batches(ids):
        holes = ", ".join("?" * len(part))
        sql = (
            f"SELECT {TOLD} FROM listing JOIN observation ON {joined}"  # noqa: S608  # our own names
            f" WHERE {column} IN ({holes}) ORDER BY listing.id"
        )
        yield from driver_query(connection, sql, part)


def _all_rows(connection: Connection) -> Iterator[Sequence[Any]]:
    """Some thousands at a time: through SQLAlchemy a row costs twice as much."""
    sql = (
        f"SELECT {TOLD} FROM listing JOIN observation ON {OF_THE_STATE}"  # noqa: S608  # our own names
        f" WHERE listing.id > ? ORDER BY listing.id LIMIT {ROWS_PER_QUERY}"
    )
    last = 0
    while rows := driver_query(connection, sql, (last,)):
        yield from rows
        last = rows[-1][0]


def _in_terms(told: Sequence[Any]) -> Sequence[Any]:
    """A row of the driver with instants and terms as SQLAlchemy would give them."""
    row = list(told)
    for place in INSTANTS:
        if row[place] is not None:
            row[place] = as_instant(row[place])
    for place, terms in TERMS:
        if row[place] is not None:
            row[place] = terms[row[place]]
    return row


INSTANTS = tuple(place for place, column in enumerate(COLUMNS) if isinstance(column.type, UtcDateTime))
TERMS = tuple(
    (place, {str(term): term for term in terms})
    for place, column in enumerate(COLUMNS)
    if (terms := getattr(column.type, "enum_class", None)) is not None
)
