"""The home of each listing, as it is linked today or as it was known on an earlier day, for the reports of that day.

What a snapshot of a day has in its tables of homes comes from the same links (``reporting.snapshot_links``).
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select

from reporting.filters import Filters
from reporting.snapshot_links import Home, links_as_of
from store.read import Sightings, last_seen, sightings_before
from store.rows import AUCTION_ROUND
from store.terms import RoundLink
from tracking.offers import Offer, load_offers


class Linked(NamedTuple):
    """Listings by their homes, as they are linked today or as they were known on an earlier day.

    home_of: the number of the home of each, which is the lowest id among its listings.
    link_of: how each follows the one before; the first of a home does not.
    told: the homes that are not stored as they were known, by number.
    sightings: those before the earlier day; ``None``: today.
    """

    home_of: Mapping[int, int]
    link_of: Mapping[int, RoundLink]
    told: Mapping[int, Home] = {}
    sightings: Sightings | None = None


def linked_then(connection: Connection, filters: Filters, *, with_waiting: bool = True) -> Linked | None:
    """As they were known at the filters' day, ``None`` where that is today; as ``linked_listings`` has them."""
    if filters.before is None:
        return None
    return linked_listings(connection, sightings_before(connection, filters.before), with_waiting=with_waiting)


def linked_listings(connection: Connection, sightings: Sightings | None = None, *, with_waiting: bool = True) -> Linked:
    """As they are linked today, or as they were by the sightings.

    ``with_waiting``: of an earlier day also what nobody has linked yet, as a snapshot of that day has it.
    """
    column = AUCTION_ROUND.c
    rows = connection.execute(select(column.listing_id, column.property_id, column.link)).all()
    linked = Linked({row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows if row[2] is not None})
    links = None if sightings is None else links_as_of(connection, sightings)
    if links is None:
        return linked._replace(sightings=sightings)
    name_of = {each: name for each, name in links.home_of.items() if with_waiting or each in linked.home_of}
    home_of = {each: home for each, home in linked.home_of.items() if each not in links.replaced}
    link_of = {each: link for each, link in linked.link_of.items() if each in home_of and each not in links.steps}
    link_of |= {each: link for each in name_of if (link := links.steps[each].link) is not None}
    number_of: dict[int, int] = {}
    for each in sorted(name_of):
        number_of.setdefault(name_of[each], each)
    home_of |= {each: number_of[name] for each, name in name_of.items()}
    told = {number: links.homes[name] for name, number in number_of.items()}
    return Linked(home_of, link_of, told, sightings)


def load_offers_then(connection: Connection, states: Mapping[int, int], then: Linked | None) -> Iterator[Offer]:
    """The listings in these states, without their addresses; of an earlier day seen last when they were by then."""
    offers = load_offers(connection, with_parts=False, states=states)
    if then is None or then.sightings is None:
        return offers
    seen = last_seen(connection, states, then.sightings)
    return (offer._replace(last_seen_at=seen[offer.listing_id]) for offer in offers)
