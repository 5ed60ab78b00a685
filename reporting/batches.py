"""The batches report: siblings that one seller offers together, a line for each batch; each stays a home of its own."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import Connection, select

from reporting.chains import note_links, require_links
from reporting.filters import Filters
from reporting.linked import Linked, linked_then, load_offers_then
from reporting.money import told_amount
from reporting.tables import Column, Shape, Table
from store.links import batches as in_parts
from store.read import last_observation_ids, observed_range
from store.rows import AUCTION_ROUND, PROPERTY
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus
from tracking.address.parts import PART_NAMES, Parts
from tracking.batches import SMALLEST, Batch, find_batches
from tracking.offers import Offer, load_offers

Value = TypeVar("Value")

STORED_PARTS = tuple(name for name in PART_NAMES if name in PROPERTY.c)
IDS_PER_QUERY = 5_000
MEASURE = (
    "batches: at least three homes of one compound (or at one number of a road), of one kind, that one seller offers "
    "on one platform with starts within a day; prices: the least and the most of one home; each home stays its own"
)


@dataclass(frozen=True, slots=True)
class BatchQuestion:
    """What is asked. ``least_homes``: of a batch. ``max_price`` of the filters: of its cheapest home."""

    filters: Filters = field(default_factory=Filters)
    least_homes: int = SMALLEST
    limit: int | None = 50


@dataclass(frozen=True, slots=True)
class OfferedTogether:
    """One batch. Amounts in whole units of ``currency``; round and status where they are those of all its homes."""

    homes: int
    lowest_price: Decimal | None
    highest_price: Decimal | None
    currency: Currency | None
    place: str
    building: str | None
    city: str | None
    property_kind: PropertyKind | None
    round_kind: RoundKind | None
    status: RoundStatus | None
    starts_at: datetime
    last_seen_at: datetime
    seller_name: str | None
    source: str
    property_ids: str  # in the order of the addresses, blanks between them
    listings: str  # SOURCE:ID, in the same order


COLUMNS = (
    Column("homes", Shape.COUNT, "homes"),
    Column("lowest_price", Shape.MONEY, "from"),
    Column("highest_price", Shape.MONEY, "to"),
    Column("currency", Shape.WORD, is_in_table=False),
    Column("place", Shape.TEXT, "place", least=16),
    Column("building", Shape.TEXT, "building", room=4, least=8),
    Column("city", Shape.TEXT, "city", room=2, least=8),
    Column("property_kind", Shape.WORD, "kind", room=6),
    Column("round_kind", Shape.WORD, "round", room=5),
    Column("status", Shape.WORD, "status", room=7),
    Column("starts_at", Shape.DAY, "since", room=1),
    Column("last_seen_at", Shape.DAY, "seen", room=9),
    Column("seller_name", Shape.TEXT, "seller", room=8, least=12),
    Column("source", Shape.WORD, "source", room=3),
    Column("property_ids", Shape.TEXT, is_in_table=False),
    Column("listings", Shape.TEXT, is_in_table=False),
)


@dataclass(frozen=True, slots=True)
class Batches:
    """The answer."""

    rows: Sequence[OfferedTogether]
    limit: int | None
    observed: tuple[datetime, datetime] | None
    notes: Sequence[str] = ()

    def table(self) -> Table:
        """The report as rows and columns."""
        first, last = self.observed or (None, None)
        return Table(COLUMNS, self.rows, MEASURE, "batches", first, last, self.limit, self.notes)


def batches(
    connection: Connection,
    question: BatchQuestion,
    listing_ids: Collection[int] | None = None,
    then: Linked | None = None,
) -> Batches:
    """The homes that are offered together, the largest batches first.

    ``listing_ids``: only these are looked at, such as all at one place, and nothing is said of the others; all listings
    where ``None``. ``then``: homes of the day that is asked for, where somebody has looked for them already.

    Raises:
        NotLinked: nothing was linked yet.
    """
    require_links(connection)
    filters = question.filters
    then = then or linked_then(connection, filters)
    home_of = _homes_of(connection, listing_ids, then)
    if then is None:
        loaded = load_offers(connection, home_of, with_parts=False)
    else:
        loaded = load_offers_then(connection, last_observation_ids(connection, home_of, filters.before), then)
    offers = [offer for offer in loaded if not filters.sources or offer.source in filters.sources]
    known = with_parts(connection, offers, home_of, then)
    rows = [
        _row(batch, known, home_of)
        for batch in find_batches(known.values(), home_of=home_of)
        if batch.home_count >= question.least_homes and _admits(batch, known, filters)
    ]
    rows.sort(key=lambda row: (-row.homes, row.place, row.starts_at, row.listings))
    if listing_ids is not None:
        return Batches(rows, question.limit, None)
    observed = observed_range(connection, filters.sources, then.sightings if then else None)
    return Batches(rows, question.limit, observed, note_links(connection, then))


def _homes_of(connection: Connection, listing_ids: Collection[int] | None, then: Linked | None) -> Mapping[int, int]:
    """The home of each of these listings that has one, of all where ``None``."""
    if then is not None:
        return (
            then.home_of
            if listing_ids is None
            else {each: then.home_of[each] for each in listing_ids if each in then.home_of}
        )
    link = AUCTION_ROUND.c
    linked = select(link.listing_id, link.property_id)
    parts = (
        [linked] if listing_ids is None else [linked.where(link.listing_id.in_(ids)) for ids in in_parts(listing_ids)]
    )
    return {row[0]: row[1] for part in parts for row in connection.execute(part)}


def with_parts(
    connection: Connection, offers: Iterable[Offer], home_of: Mapping[int, int], then: Linked | None = None
) -> dict[int, Offer]:
    """The offers by listing, each with the address of its home as it was linked: reading it anew takes far longer.

    ``then``: the homes of an earlier day, some of which were linked otherwise than those that are stored.
    """
    known = {offer.listing_id: offer for offer in offers}
    homes = {home_of[listing_id] for listing_id in known}
    told = {} if then is None else then.told
    parts = _parts_of(connection, homes - told.keys())
    parts |= {home: told[home].parts for home in homes & told.keys()}
    return {each: offer._replace(parts=parts[home_of[each]]) for each, offer in known.items()}


def _parts_of(connection: Connection, property_ids: Collection[int]) -> dict[int, Parts]:
    columns = (PROPERTY.c.id, *(PROPERTY.c[name] for name in STORED_PARTS))
    found: dict[int, Parts] = {}
    ordered = sorted(property_ids)
    for start in range(0, len(ordered), IDS_PER_QUERY):
        query = select(*columns).where(PROPERTY.c.id.in_(ordered[start : start + IDS_PER_QUERY]))
        for number, *told in connection.execute(query):
            found[number] = Parts(**dict(zip(STORED_PARTS, told, strict=True)))
    return found


def _admits(batch: Batch, offers: Mapping[int, Offer], filters: Filters) -> bool:
    """Whether a batch is asked for; its cheapest home must not cost more than what is asked."""
    if not filters.is_within_price(told_amount(batch.lowest_price, batch.currency), batch.currency):
        return False
    siblings = [offers[listing_id] for listing_id in batch.listing_ids]
    if filters.since is not None and all(offer.last_seen_at < filters.since for offer in siblings):
        return False
    return any(
        filters.admits(offer.city, offer.property_kind, offer.seller_kind, offer.round_kind) for offer in siblings
    )


def _row(batch: Batch, offers: Mapping[int, Offer], home_of: Mapping[int, int]) -> OfferedTogether:
    siblings = [offers[listing_id] for listing_id in batch.listing_ids]
    lowest, highest = (told_amount(price, batch.currency) for price in (batch.lowest_price, batch.highest_price))
    return OfferedTogether(
        batch.home_count,
        lowest,
        highest,
        batch.currency,
        batch.place,
        batch.building,
        siblings[0].city,
        batch.property_kind,
        _of_all(offer.round_kind for offer in siblings),
        _of_all(offer.status for offer in siblings),
        batch.starts_at,
        max(offer.last_seen_at for offer in siblings),
        batch.seller_name,
        batch.source,
        " ".join(str(home_of[offer.listing_id]) for offer in siblings),
        " ".join(f"{offer.source}:{offer.source_id}" for offer in siblings),
    )


def _of_all(values: Iterable[Value]) -> Value | None:
    """The value that all share."""
    found = set(values)
    return found.pop() if len(found) == 1 else None
