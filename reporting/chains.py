"""Homes with their chains, as the reports on repeats, ladders and questions read them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from reporting.errors import ReportError
from reporting.filters import Filters
from reporting.snapshot_links import links_as_of
from store.links import touched_listings
from store.read import Sightings, last_observation_ids, observations_by_id
from store.rows import AUCTION_ROUND, LISTING
from store.terms import RoundLink
from tracking.cuts import ChainCuts, chain_cuts
from tracking.offers import Offer, load_offers
from tracking.price_changes import PriceChange, price_changes
from tracking.questions import Question, questions_of
from tracking.rounds import Step, chain_rounds

HOMES_AT_ONCE = 2_000
NOT_LINKED = "nothing is linked yet: run fapai link"


class NotLinked(ReportError):
    """There are listings, but nobody has looked which of them are of one home."""


@dataclass(frozen=True, slots=True)
class Chain:
    """One home: its listings in order, what was cut, what is doubtful. ``urls`` by listing."""

    property_id: int
    steps: Sequence[Step]
    offers: dict[int, Offer]
    cuts: ChainCuts
    questions: Sequence[Question]
    urls: dict[int, str | None]

    @property
    def last(self) -> Offer:
        """The listing at the end of the chain."""
        return self.offers[self.steps[-1].listing_id]


class _Said(NamedTuple):
    url: str | None
    appraisal_on: date | None
    is_price_exact: bool | None


class Linked(NamedTuple):
    """Listings that are linked: the home of each, and how it follows the one before; the first of a home does not."""

    home_of: dict[int, int]
    link_of: dict[int, RoundLink]


def linked_listings(connection: Connection, sightings: Sightings | None = None) -> Linked:
    """As they are linked today, or as they were by the sightings: a home of then bears the id of its first listing."""
    column = AUCTION_ROUND.c
    rows = connection.execute(select(column.listing_id, column.property_id, column.link)).all()
    linked = Linked({row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows if row[2] is not None})
    links = None if sightings is None else links_as_of(connection, sightings)
    if links is None:
        return linked
    stored = linked.home_of.keys()
    home_of = {each: home for each, home in linked.home_of.items() if each not in links.replaced}
    home_of |= {each: links.home_of[each] for each in links.replaced & stored if each in links.home_of}
    link_of = {each: link for each, link in linked.link_of.items() if each in home_of and each not in links.steps}
    link_of |= {each: step.link for each, step in links.steps.items() if step.link is not None and each in home_of}
    return Linked(home_of, link_of)


def require_links(connection: Connection) -> None:
    """Go on only where listings were linked.

    Raises:
        NotLinked: there are listings, and no links.
    """
    has_listing = connection.execute(select(LISTING.c.id).limit(1)).first() is not None
    if has_listing and connection.execute(select(AUCTION_ROUND.c.listing_id).limit(1)).first() is None:
        raise NotLinked(NOT_LINKED)


def note_unlinked(connection: Connection, effect: str = "and not in here") -> list[str]:
    """A line for beneath a table on listings that came or changed since the last linking; none where all are linked.

    ``effect``: what that means for the table.
    """
    count = len(touched_listings(connection))
    if not count:
        return []
    are = "listing is" if count == 1 else "listings are"
    return [f"{count:,} {are} new or changed since the last linking {effect}: run fapai link"]


def homes_with_chains(connection: Connection, least_listings: int = 2) -> list[int]:
    """The homes of at least so many listings."""
    link = AUCTION_ROUND.c
    query = select(link.property_id).group_by(link.property_id).having(func.count() >= least_listings)
    return sorted(connection.execute(query).scalars())


def load_chains(
    connection: Connection,
    property_ids: Collection[int],
    filters: Filters,
    home_of: Mapping[int, int] | None = None,
) -> Iterator[Chain]:
    """The chains of some homes, as known at the filters' day; homes unknown then are left out.

    ``home_of``: the home of each of their listings as it was known then; as it is linked today where ``None``.
    """
    members: dict[int, list[int]] = defaultdict(list)
    wanted = set(property_ids)
    known = _linked_today(connection, property_ids) if home_of is None else home_of
    for listing_id, home in known.items():
        if home in wanted:
            members[home].append(listing_id)
    few = len(members) <= HOMES_AT_ONCE
    listing_ids = [each for home in members.values() for each in home] if few else None
    changes: dict[int, list[PriceChange]] = defaultdict(list)
    for change in price_changes(connection, before=filters.before, sources=filters.sources, listing_ids=listing_ids):
        changes[change.listing_id].append(change)
    ordered = sorted(property_ids)
    for start in range(0, len(ordered), HOMES_AT_ONCE):
        part = ordered[start : start + HOMES_AT_ONCE]
        some = {listing_id: home for home in part for listing_id in members.get(home, ())}
        yield from _load_some(connection, some, filters, changes)


def _linked_today(connection: Connection, property_ids: Collection[int]) -> dict[int, int]:
    """The home of each listing of these homes; of many homes all listings are looked at, which is no slower."""
    link = AUCTION_ROUND.c
    query = select(link.listing_id, link.property_id)
    if len(property_ids) <= HOMES_AT_ONCE:
        query = query.where(link.property_id.in_(property_ids))
    return {row[0]: row[1] for row in connection.execute(query)}


def _load_some(
    connection: Connection, home_of: Mapping[int, int], filters: Filters, changes: dict[int, list[PriceChange]]
) -> Iterator[Chain]:
    states = last_observation_ids(connection, home_of, filters.before)
    said = observations_by_id(connection, states.values(), ("listing_id", *_Said._fields))
    words = {row.listing_id: _Said(row.url, row.appraisal_on, row.is_price_exact) for row in said.values()}
    homes: dict[int, dict[int, Offer]] = defaultdict(dict)
    for offer in load_offers(connection, home_of, with_parts=False, states=states):
        homes[home_of[offer.listing_id]][offer.listing_id] = offer
    for property_id in sorted(homes):
        yield _make_chain(property_id, homes[property_id], words, changes)


def _make_chain(
    property_id: int, offers: dict[int, Offer], words: dict[int, _Said], changes: dict[int, list[PriceChange]]
) -> Chain:
    steps = chain_rounds(offers.values())
    inexact = {listing_id for listing_id in offers if words[listing_id].is_price_exact is False}
    appraised = {each: day for each in offers if (day := words[each].appraisal_on) is not None}
    return Chain(
        property_id,
        steps,
        offers,
        chain_cuts(steps, offers.values(), changes=changes, inexact=inexact),
        questions_of(steps, offers.values(), appraised_on=appraised, inexact=inexact),
        {listing_id: words[listing_id].url for listing_id in offers},
    )


def admits(chain: Chain, filters: Filters) -> bool:
    """Whether a home is asked for: its place and kind as told last, its sellers and rounds as told ever."""
    last, offers = chain.last, chain.offers.values()
    if filters.sources and not any(offer.source in filters.sources for offer in offers):
        return False
    if filters.since is not None and all(offer.last_seen_at < filters.since for offer in offers):
        return False
    city = next((chain.offers[step.listing_id].city for step in reversed(chain.steps)), None)
    return any(
        filters.admits(
            city or offer.city, last.property_kind or offer.property_kind, offer.seller_kind, offer.round_kind
        )
        for offer in offers
    )
