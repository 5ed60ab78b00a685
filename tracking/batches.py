"""Siblings that one seller offers together: one line with a count and a range of prices, each still its own home.

Homes of one compound (or at one number of a road) that the same seller offers on the same platform, of one kind and in
one currency, with starts within a day. Where a list names no sellers (Alibaba's of 2020), homes of one compound are
together only if they start and end at the very same instants. Homes that nothing tells apart are no siblings: they may
be one home offered again and again.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from store.statement import Minor
from store.terms import Currency, PropertyKind
from tracking.cuts import lot_of
from tracking.law import dated_at
from tracking.offers import Offer

SMALLEST = 3
TOGETHER = timedelta(days=1)
NO_HOMES: Mapping[int, int] = {}


class Batch(NamedTuple):
    """Siblings offered together. ``home_count`` homes; prices in minor units of ``currency``, ``None`` if none is told.

    ``place`` is the compound, or road and number; ``building`` where all stand in one. ``starts_at`` is the first
    start, end or notice, else the first look. ``listing_ids`` in the order of the addresses.
    """

    source: str
    seller_name: str | None
    place: str
    building: str | None
    property_kind: PropertyKind | None
    starts_at: datetime
    currency: Currency | None
    home_count: int
    lowest_price: Minor | None
    highest_price: Minor | None
    listing_ids: tuple[int, ...]


def find_batches(offers: Iterable[Offer], *, home_of: Mapping[int, int] = NO_HOMES) -> list[Batch]:
    """The batches among some offers, whatever their order, by source, seller, place and start.

    Args:
        offers: of any homes.
        home_of: by listing, the property it was linked to; without it, homes are told apart by their addresses.
    """
    groups: dict[Hashable, list[Offer]] = defaultdict(list)
    for offer in offers:
        place, by_whom = place_of(offer), _by_whom(offer)
        if place and by_whom and lot_of(offer) == ("1", 1):
            groups[offer.source, by_whom, offer.city, place, offer.property_kind, offer.currency].append(offer)
    together = (part for group in groups.values() if len(group) >= SMALLEST for part in _split(group))
    batches = (_make_batch(part, home_of) for part in together)
    return sorted((batch for batch in batches if batch), key=_order)


def _by_whom(offer: Offer) -> Hashable | None:
    """The seller; where he is not told, the instants of start and end; ``None`` where these are not told either."""
    if offer.seller_name:
        return "".join(offer.seller_name.split())
    return (offer.starts_at, offer.ends_at) if offer.starts_at and offer.ends_at else None


def place_of(offer: Offer) -> str | None:
    """The compound, else the number at a road or lane; ``None`` where the address tells neither."""
    parts = offer.parts
    if parts.compound:
        return f"{parts.compound}{parts.phase or ''}"
    if parts.road and (parts.number or parts.lane):
        return " ".join(filter(None, (parts.road, parts.lane, parts.number)))
    return None


def _split(group: Sequence[Offer]) -> Iterable[list[Offer]]:
    """Runs of offers that start within a day of the first of their run."""
    ordered = sorted(group, key=lambda offer: (_starts_at(offer), offer.key))
    run: list[Offer] = []
    for offer in ordered:
        if run and _starts_at(offer) - _starts_at(run[0]) > TOGETHER:
            yield run
            run = []
        run.append(offer)
    yield run


def _make_batch(run: Sequence[Offer], home_of: Mapping[int, int]) -> Batch | None:
    """The siblings of a run; ``None`` where fewer than three homes are told apart."""
    homes = {offer.listing_id: _home(offer, home_of) for offer in run}
    siblings = [offer for offer in run if homes[offer.listing_id] is not None]
    count = len({homes[offer.listing_id] for offer in siblings})
    if count < SMALLEST:
        return None
    siblings.sort(key=lambda offer: (tuple(part or "" for part in _doors(offer)), offer.key))
    first, buildings = run[0], {offer.parts.building for offer in siblings}
    prices = [offer.price for offer in siblings if offer.price]
    return Batch(
        first.source,
        first.seller_name,
        place_of(first) or "",
        buildings.pop() if len(buildings) == 1 else None,
        first.property_kind,
        min(map(_starts_at, siblings)),
        first.currency,
        count,
        min(prices, default=None),
        max(prices, default=None),
        tuple(offer.listing_id for offer in siblings),
    )


def _home(offer: Offer, home_of: Mapping[int, int]) -> Hashable:
    """What one home is known by: its property, else its doors; ``None`` where the address has none."""
    if (property_id := home_of.get(offer.listing_id)) is not None:
        return property_id
    doors = _doors(offer)
    return doors if any(doors) else None


def _doors(offer: Offer) -> tuple[str | None, ...]:
    parts = offer.parts
    return parts.block, parts.building, parts.unit, parts.floor, parts.room, parts.parking


def _starts_at(offer: Offer) -> datetime:
    return dated_at(offer) or offer.first_seen_at


def _order(batch: Batch) -> tuple[str, str, str, datetime, tuple[int, ...]]:
    return batch.source, batch.seller_name or "", batch.place, batch.starts_at, batch.listing_ids
