"""Homes with their chains, as the reports on repeats, ladders and questions read them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from reporting.errors import ReportError
from reporting.filters import Filters
from reporting.linked import Linked, load_offers_then
from store.links import LINKER, touched_listings
from store.read import last_observation_ids, observations_by_id
from store.rows import AUCTION_ROUND, LINK_DECISION, LISTING
from tracking.cuts import ChainCuts, chain_cuts
from tracking.link import LINKER_VERSION
from tracking.offers import Offer
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


def note_links(connection: Connection, then: Linked | None, effect: str = "and not in here") -> list[str]:
    """Lines on what the homes of a report cannot tell: what waits to be linked, or what was decided otherwise then.

    Of an earlier day homes are made of what was known then, also of what nobody has linked yet. What another linker
    made of it is not kept, only which pairs it had decided about. ``effect`` as ``note_unlinked`` takes it.
    """
    if then is None or then.sightings is None:
        return note_unlinked(connection, effect)
    column, before = LINK_DECISION.c, then.sightings.before
    query = (
        select(column.linker_version, func.count())
        .where(column.author == LINKER, column.linker_version != LINKER_VERSION)
        .where(column.decided_at < before, column.superseded_at >= before)
        .group_by(column.linker_version)
        .order_by(column.linker_version)
    )
    return [
        f"linker {version} decided about {count:,} pair{'' if count == 1 else 's'} then, which linker {LINKER_VERSION} "
        "decides anew here: homes are those that it finds in what was known then"
        for version, count in connection.execute(query)
    ]


def homes_with_chains(connection: Connection, least_listings: int = 2, then: Linked | None = None) -> list[int]:
    """The homes of at least so many listings, today or as known then."""
    if then is not None:
        return sorted(home for home, count in Counter(then.home_of.values()).items() if count >= least_listings)
    link = AUCTION_ROUND.c
    query = select(link.property_id).group_by(link.property_id).having(func.count() >= least_listings)
    return sorted(connection.execute(query).scalars())


def load_chains(
    connection: Connection, property_ids: Collection[int], filters: Filters, then: Linked | None = None
) -> Iterator[Chain]:
    """The chains of some homes, as known at the filters' day; homes unknown then are left out.

    ``then``: listings by their homes of that day; homes are those of today where ``None``.
    """
    members: dict[int, list[int]] = defaultdict(list)
    wanted = set(property_ids)
    known = _homes_today(connection, property_ids) if then is None else then.home_of
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
        yield from _load_some(connection, some, filters, changes, then)


def _homes_today(connection: Connection, property_ids: Collection[int]) -> dict[int, int]:
    """The home of each listing of these homes; of many homes all listings are looked at, which is no slower."""
    link = AUCTION_ROUND.c
    query = select(link.listing_id, link.property_id)
    if len(property_ids) <= HOMES_AT_ONCE:
        query = query.where(link.property_id.in_(property_ids))
    return {row[0]: row[1] for row in connection.execute(query)}


def _load_some(
    connection: Connection,
    home_of: Mapping[int, int],
    filters: Filters,
    changes: dict[int, list[PriceChange]],
    then: Linked | None,
) -> Iterator[Chain]:
    states = last_observation_ids(connection, home_of, filters.before)
    said = observations_by_id(connection, states.values(), ("listing_id", *_Said._fields))
    words = {row.listing_id: _Said(row.url, row.appraisal_on, row.is_price_exact) for row in said.values()}
    homes: dict[int, dict[int, Offer]] = defaultdict(dict)
    for offer in load_offers_then(connection, states, then):
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
