"""The homes that watches look at, as they stand now: their listings in order, what happened to them, what they ask."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, select

from reporting.alerts.keys import keyed_events
from reporting.alerts.wishes import Wishes
from reporting.money import told_amount
from reporting.viewings import Viewing, load_viewings
from store.read import observations_by_id, stream_rows
from store.rows import AUCTION_ROUND, LISTING, OBSERVATION
from store.statement import Minor
from store.terms import Currency, EventKind, RoundLink, RoundStatus
from tracking.event_rows import events_of
from tracking.events import Event
from tracking.offers import Offer, load_offers

Id = TypeVar("Id", int, str)
IDS_PER_QUERY = 5_000
LIVE = frozenset((RoundStatus.UPCOMING, RoundStatus.ONGOING, None))
"""With these a start or an end is still to come; a source without statuses shows only what is offered."""

PRESENCE = frozenset((EventKind.GONE, EventKind.BACK))
WORDS = ("listing_id", "url", "deposit", "is_price_exact", "ended_on")


class Said(NamedTuple):
    """What an offer does not hold. ``deposit`` in minor units; ``ended_on`` is the day of an end without its hour."""

    url: str | None
    deposit: Minor | None
    is_price_exact: bool | None
    ended_on: date | None


class Asked(NamedTuple):
    """What a home costs now: minor units of ``currency``, for this share and number of units."""

    amount: Minor
    currency: Currency
    lot: str


@dataclass(frozen=True)
class Home:
    """One home. ``key`` is the listing whose number is the home's; ``offers`` in the order of the chain.

    ``events`` holds, listing by listing, what happened, each with its key; ``keys`` names each listing; ``viewings``
    are those of each listing's notice.
    """

    property_id: int
    key: str
    offers: Sequence[Offer]
    keys: Mapping[int, str]
    events: Sequence[tuple[str, Event]]
    said: Mapping[int, Said]
    viewings: Mapping[int, Sequence[Viewing]] = field(default_factory=dict)

    @property
    def last(self) -> Offer:
        """The listing at the end of the chain."""
        return self.offers[-1]

    @cached_property
    def first_keys(self) -> frozenset[str]:
        """The keys of the first event of each listing: how it came to be seen."""
        return frozenset({event.listing_id: key for key, event in reversed(self.events)}.values())

    @cached_property
    def asked(self) -> Asked | None:
        """What it costs now; ``None`` where the last listing tells no price or not exactly, or no currency."""
        offer = self.last
        if offer.price is None or offer.currency is None or self.said[offer.listing_id].is_price_exact is False:
            return None
        return Asked(offer.price, offer.currency, f"{offer.share or 1} of {offer.unit_count or 1}")

    @cached_property
    def live(self) -> Sequence[Offer]:
        """Its listings that are offered still: not settled, not stopped, and not gone from their source."""
        standing = {event.listing_id: event.kind for _, event in self.events if event.kind in PRESENCE}
        return [
            offer
            for offer in self.offers
            if offer.status in LIVE and standing.get(offer.listing_id) is not EventKind.GONE
        ]


def find_homes(connection: Connection, wishes: Mapping[int, Wishes]) -> dict[int, set[int]]:
    """By watch, the numbers of the homes that its filters let in by any listing, or of the one that it watches."""
    found: dict[int, set[int]] = {watch_id: set() for watch_id in wishes}
    searches = {watch_id: each.filters for watch_id, each in wishes.items() if each.home is None}
    named = numbers_of(connection, {each.home for each in wishes.values() if each.home is not None})
    for watch_id, each in wishes.items():
        if each.home in named:
            found[watch_id].add(named[each.home])
    if not searches:
        return found
    listing, state = LISTING.c, OBSERVATION.c
    query = (
        select(
            listing.id,
            listing.source,
            state.city,
            state.property_kind,
            state.seller_kind,
            state.round_kind,
            AUCTION_ROUND.c.property_id,
        )
        .join_from(LISTING, OBSERVATION, state.id == listing.observation_id)
        .outerjoin(AUCTION_ROUND, AUCTION_ROUND.c.listing_id == listing.id)
    )
    for listing_id, source, *place_and_kinds, property_id in stream_rows(connection, query):
        for watch_id, filters in searches.items():
            if (not filters.sources or source in filters.sources) and filters.admits(*place_and_kinds):
                found[watch_id].add(property_id or listing_id)
    return found


def is_within_price(home: Home, wishes: Wishes) -> bool:
    """Whether a home costs no more than is asked for; what tells no price is within none."""
    offer = home.last
    return wishes.filters.is_within_price(told_amount(offer.price, offer.currency), offer.currency)


def numbers_of(connection: Connection, keys: Collection[str]) -> dict[str, int]:
    """The numbers of the homes that listings belong to now; what no longer exists is left out."""
    listing, wanted = LISTING.c, set(keys)
    query = select(
        listing.source, listing.source_id, listing.generation, listing.id, AUCTION_ROUND.c.property_id
    ).outerjoin_from(LISTING, AUCTION_ROUND, AUCTION_ROUND.c.listing_id == listing.id)
    found = {}
    for part in _batches({key.split(":", 1)[1].rpartition(":")[0] for key in wanted}):
        for *name, listing_id, property_id in connection.execute(query.where(listing.source_id.in_(part))):
            key = ":".join(map(str, name))
            if key in wanted:
                found[key] = property_id or listing_id
    return found


def load_homes(connection: Connection, numbers: Collection[int], now: datetime) -> dict[int, Home]:
    """These homes as they stand now, with all that happened to them. A listing that is not linked is its own home."""
    rounds = _rounds_of(connection, numbers)
    ids = [listing_id for chain in rounds.values() for listing_id in chain]
    links = {listing_id: link for chain in rounds.values() for listing_id, link in chain.items() if link is not None}
    offers = {offer.listing_id: offer for offer in load_offers(connection, ids, with_parts=False)}
    events: dict[int, list[Event]] = defaultdict(list)
    for event in events_of(connection, ids, now, links):
        events[event.listing_id].append(event)
    said, viewings = _said_of(connection, ids), load_viewings(connection, ids)
    homes = {}
    for number, chain in rounds.items():
        own = [offers[listing_id] for listing_id in chain if listing_id in offers]
        if number in offers:
            keys = {offer.listing_id: name_of(offer) for offer in own}
            keyed = [pair for offer in own for pair in keyed_events(keys[offer.listing_id], events[offer.listing_id])]
            homes[number] = Home(number, name_of(offers[number]), own, keys, keyed, said, viewings)
    return homes


def name_of(offer: Offer) -> str:
    """``SOURCE:ID:GENERATION``: what names a listing in every database."""
    return f"{offer.source}:{offer.source_id}:{offer.generation}"


def _rounds_of(connection: Connection, numbers: Collection[int]) -> dict[int, dict[int, RoundLink | None]]:
    """By home its listings in the order of the chain, each with how it follows the one before."""
    link = AUCTION_ROUND.c
    query = select(link.property_id, link.listing_id, link.link).order_by(link.property_id, link.position)
    found: dict[int, dict[int, RoundLink | None]] = {number: {} for number in sorted(numbers)}
    for part in _batches(numbers):
        for property_id, listing_id, how in connection.execute(query.where(link.property_id.in_(part))):
            found[property_id][listing_id] = how
    return {number: chain or {number: None} for number, chain in found.items()}


def _said_of(connection: Connection, listing_ids: Collection[int]) -> dict[int, Said]:
    states: list[int] = []
    for part in _batches(listing_ids):
        states += connection.execute(select(LISTING.c.observation_id).where(LISTING.c.id.in_(part))).scalars()
    rows = observations_by_id(connection, states, WORDS).values()
    return {row.listing_id: Said(row.url, row.deposit, row.is_price_exact, row.ended_on) for row in rows}


def _batches(ids: Collection[Id]) -> Sequence[Sequence[Id]]:
    ordered = sorted(ids)
    return [ordered[start : start + IDS_PER_QUERY] for start in range(0, len(ordered), IDS_PER_QUERY)]
