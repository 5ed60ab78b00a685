"""Which listings were one home, and their places in its chain, as known at an instant; under the ids of listings.

Links are derived (``tracking.link``), and what is derived of a listing depends on its component alone. So what is
stored holds wherever no listing of a component was seen for the first time, changed or not linked since then. The
other components are linked again here, from the states of that time; nothing is written.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from store.links import LINKER, PLACE_COLUMNS, batches, linked_states, listings_with_keys, place_rows
from store.read import Sightings, in_byte_order, last_observation_ids, last_seen, stream_rows
from store.rows import AUCTION_ROUND, LINK_DECISION, LISTING, OBSERVATION, PROPERTY
from store.terms import Judgement
from tracking.address.parts import Parts
from tracking.evidence import Decision
from tracking.keys import Keys, lasting_keys_of, unpack_keys
from tracking.link import LINKER_VERSION, link_traits
from tracking.link_rows import STORED_PARTS
from tracking.offers import Offer, load_offers
from tracking.persons_words import PersonsWord
from tracking.rounds import Step, chain_rounds
from tracking.traits import traits_of

PLACE = ("region_code", "city", "district", *STORED_PARTS)
"""The columns of ``property`` that say where it is and what of it is sold."""

LISTING_OF_PLACE = PLACE_COLUMNS.index("listing_id")


class Word(NamedTuple):
    """A decision of a person as it stood at the instant."""

    one_id: int
    other_id: int
    judgement: Judgement
    decided_at: datetime


class Home(NamedTuple):
    """One home: its listings, by whom it was linked, and the values of ``PLACE``."""

    listing_count: int
    linker_version: int
    place: tuple[Any, ...]

    @property
    def parts(self) -> Parts:
        """Of the place, the parts of the address."""
        told = self.place[-len(STORED_PARTS) :]
        return Parts(**dict(zip(STORED_PARTS, told, strict=True)))


@dataclass(slots=True)
class Links:
    """What is known beside the stored rows, and what of them holds.

    Attributes:
        before: the end of what may be known; ``None``: no end.
        name_of: the naming listing of each home that is not named by the id that is stored.
        replaced: listings whose stored rows do not hold.
        home_of: the naming listing of each listing linked here.
        steps: their places in their chains.
        homes: their homes, by naming listing.
        decisions: what the linker decided about them.
        words: what persons decided.
    """

    before: datetime | None
    name_of: dict[int, int] = field(default_factory=dict)
    replaced: set[int] = field(default_factory=set)
    home_of: dict[int, int] = field(default_factory=dict)
    steps: dict[int, Step] = field(default_factory=dict)
    homes: dict[int, Home] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)


def links_as_of(connection: Connection, sightings: Sightings | None) -> Links | None:
    """The links by the sightings' instant, or now; ``None`` where nothing was ever linked."""
    if connection.execute(select(AUCTION_ROUND.c.listing_id).limit(1)).first() is None:
        return None
    before = sightings.before if sightings else None
    links = Links(before, words=_words_at(connection, before))
    touched = _touched(connection, before, links.words)
    links.replaced = _closure(connection, touched, before, links.words) if touched else set()
    rechained = _undated_homes(connection, links.replaced)
    if links.replaced:
        _link_again(connection, links, sightings)
    if rechained:
        _chain_again(connection, links, rechained, sightings)
    _name_stored_homes(connection, links)
    return links


def _words_at(connection: Connection, before: datetime | None) -> list[Word]:
    """What persons had decided by then and not taken back, about listings that were known then."""
    column = LINK_DECISION.c
    standing: list[ColumnElement[bool]] = [column.author != LINKER, column.judgement != Judgement.UNSURE]
    if before is None:
        standing.append(column.superseded_at.is_(None))
    else:
        standing += [column.decided_at < before, or_(column.superseded_at.is_(None), column.superseded_at >= before)]
    names = (column.one_id, column.other_id, column.judgement, column.decided_at)
    words = [Word(*row) for row in connection.execute(select(*names).where(*standing).order_by(column.id))]
    known = _known_then(connection, {listing_id for word in words for listing_id in word[:2]}, before)
    return [word for word in words if known.issuperset(word[:2])]


def _known_then(connection: Connection, listing_ids: Collection[int], before: datetime | None) -> set[int]:
    """Those of the listings that were seen by then; asked apart, since SQLite joins them the wrong way round."""
    if before is None:
        return set(listing_ids)
    known: set[int] = set()
    for ids in batches(listing_ids):
        query = select(LISTING.c.id).where(LISTING.c.id.in_(ids), LISTING.c.first_seen_at < before)
        known.update(connection.execute(query).scalars())
    return known


def _touched(connection: Connection, before: datetime | None, words: Sequence[Word]) -> set[int]:
    """Listings whose stored link is not that of their state at the instant."""
    rounds, listing = AUCTION_ROUND.c, LISTING.c
    is_stale = or_(rounds.listing_id.is_(None), rounds.observation_id != listing.observation_id)
    if before is not None:
        is_stale = or_(is_stale, listing.last_changed_at >= before)
    query = select(listing.id).outerjoin(AUCTION_ROUND, rounds.listing_id == listing.id).where(is_stale)
    touched = set(connection.execute(query).scalars())
    if before is not None:
        said = {each[:3] for each in words}
        now = {each[:3] for each in _words_at(connection, None)}
        touched.update(listing_id for word in said ^ now for listing_id in word[:2])
    return touched


def _closure(connection: Connection, touched: set[int], before: datetime | None, words: Sequence[Word]) -> set[int]:
    """All listings that hang together with these, by their keys of then or of now, or by a person's word."""
    beside: dict[int, set[int]] = defaultdict(set)
    for word in words:
        beside[word.one_id].add(word.other_id)
        beside[word.other_id].add(word.one_id)
    offers = load_offers(connection, states=last_observation_ids(connection, touched, before))
    own = [lasting_keys_of(traits_of(offer)) for offer in offers]
    known: set[int] = set()
    asked: set[int] = set()
    fresh = set(touched)
    while fresh:
        known |= fresh
        own += [unpack_keys(state.keys) for state in linked_states(connection, fresh).values()]
        found = _sharing(connection, own, asked)
        own.clear()
        found.update(other for listing_id in fresh for other in beside.get(listing_id, ()))
        fresh = found - known
    return known


def _sharing(connection: Connection, own: Sequence[Keys], asked: set[int]) -> set[int]:
    """The listings that share a key or a place with any of these, of which nobody asked before."""
    compared = {key for keys in own for key in keys.compared} - asked
    places = {key for keys in own for key in keys.places} - asked
    asked |= compared | places
    found = listings_with_keys(connection, compared)
    found.update(row[LISTING_OF_PLACE] for row in place_rows(connection, places))
    return found


def _undated_homes(connection: Connection, replaced: Collection[int]) -> dict[int, list[int]]:
    """Homes of several listings of which one tells no time: its place depends on when it was seen last.

    That changes with every look, and a look that changes nothing does not make the linker link again.
    """
    rounds, seen = AUCTION_ROUND.c, OBSERVATION.c
    undated = (
        select(rounds.property_id)
        .join(PROPERTY, PROPERTY.c.id == rounds.property_id)
        .join(LISTING, LISTING.c.id == rounds.listing_id)
        .join(OBSERVATION, seen.id == LISTING.c.observation_id)
        .where(PROPERTY.c.listing_count > 1, seen.starts_at.is_(None), seen.ends_at.is_(None))
    )
    query = select(rounds.property_id, rounds.listing_id).where(rounds.property_id.in_(undated))
    homes: dict[int, list[int]] = defaultdict(list)
    for property_id, listing_id in connection.execute(query):
        if listing_id not in replaced:
            homes[property_id].append(listing_id)
    return homes


def _offers_at(connection: Connection, listing_ids: Collection[int], sightings: Sightings | None) -> dict[int, Offer]:
    """The listings as they were known by the instant; those that were not known then are left out."""
    before = sightings.before if sightings else None
    states = last_observation_ids(connection, listing_ids, before)
    seen = last_seen(connection, states, sightings)
    offers = load_offers(connection, states=states)
    return {offer.listing_id: offer._replace(last_seen_at=seen[offer.listing_id]) for offer in offers}


def _link_again(connection: Connection, links: Links, sightings: Sightings | None) -> None:
    offers = _offers_at(connection, links.replaced, sightings)
    words = [PersonsWord(each.one_id, each.other_id, each.judgement is Judgement.SAME) for each in links.words]
    linked = link_traits([traits_of(offer) for offer in offers.values()], words)
    together: dict[int, list[Offer]] = defaultdict(list)
    for listing_id, name in linked.property_of.items():
        together[name].append(offers[listing_id])
    for group in together.values():
        _take_home(links, group, LINKER_VERSION)
    links.decisions = linked.decisions


def _chain_again(
    connection: Connection, links: Links, homes: Mapping[int, Sequence[int]], sightings: Sightings | None
) -> None:
    ids = [listing_id for group in homes.values() for listing_id in group]
    offers = _offers_at(connection, ids, sightings)
    column = PROPERTY.c
    query = select(column.id, column.linker_version).where(column.listing_count > 1)
    versions = {row[0]: row[1] for row in connection.execute(query)}
    for property_id, group in homes.items():
        _take_home(links, [offers[listing_id] for listing_id in group], versions[property_id])


def _take_home(links: Links, offers: Sequence[Offer], version: int) -> None:
    steps = chain_rounds(offers)
    name = min(offers, key=naming_order).listing_id
    links.homes[name] = Home(len(offers), version, _place_of(steps, {offer.listing_id: offer for offer in offers}))
    for step in steps:
        links.home_of[step.listing_id] = name
        links.steps[step.listing_id] = step


def naming_order(offer: Offer) -> tuple[Any, ...]:
    """A home bears the name of its listing that was seen first; of several, the first by name."""
    return offer.first_seen_at, offer.source.encode(), offer.source_id.encode(), offer.generation


def _place_of(steps: Sequence[Step], offers: Mapping[int, Offer]) -> tuple[Any, ...]:
    """Each part as the last listing told it that tells it, as ``tracking.linking`` stores them."""
    newest_first = [offers[step.listing_id] for step in reversed(steps)]
    region = next((offer for offer in newest_first if offer.region_code is not None), newest_first[0])
    parts = [offer.parts for offer in newest_first]
    told = (
        next((value for each in parts if (value := getattr(each, name)) is not None), None) for name in STORED_PARTS
    )
    return region.region_code, region.city, region.district, *told


def _name_stored_homes(connection: Connection, links: Links) -> None:
    """Note the names of stored homes of several listings: the stored ids depend on the order of arrival."""
    rounds, listing = AUCTION_ROUND.c, LISTING.c
    query = (
        select(rounds.property_id, rounds.listing_id)
        .join(PROPERTY, and_(PROPERTY.c.id == rounds.property_id, PROPERTY.c.listing_count > 1))
        .join(LISTING, listing.id == rounds.listing_id)
        .order_by(
            rounds.property_id,
            listing.first_seen_at,
            in_byte_order(connection, listing.source),
            in_byte_order(connection, listing.source_id),
            listing.generation,
        )
    )
    for property_id, group in groupby(stream_rows(connection, query), key=lambda row: row[0]):
        name = next(iter(group))[1]
        if name not in links.replaced:
            links.name_of[property_id] = name
