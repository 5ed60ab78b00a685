"""What the buyer's reports stand on: every listing as it was known at a day, and what its home is made of."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Connection, select

from reporting.attempts import Attempt, Outcome, by_home, load_attempts
from reporting.errors import ReportError
from reporting.filters import Filters, last_day
from reporting.linked import Linked, linked_then
from reporting.seen import is_asked_for, is_likely_over, seen_at
from store.read import Sightings
from store.rows import AUCTION_ROUND, PROPERTY
from store.statement import CentiSqm, Minor
from store.terms import PropertyKind, RoundKind, RoundStatus
from tracking.absences import find_absences
from tracking.address.read import read_parts
from tracking.offers import Offer, country_of
from tracking.words import find_listing

WHOLE = "1"
FEW_HOMES = 5_000
"""That are looked up one by one: a page asks for one home, a board for some thousands at a time, a report for all."""

NOT_LINKED_NOTE = "{count:,} listings are not linked: a home may stand among them more than once (run fapai link)"
CENTI = 100
"""Hundredths of a square metre in one."""

SEEN_WITHIN = timedelta(days=90)
"""30 days of notice before a court's first sale (法释〔2016〕18号 art. 12) and 60 of a sell-off: what nobody saw for
longer has most likely ended."""


class NotKnownThen(ReportError):
    """A listing that was not seen yet on the day that was asked for."""


class Site(NamedTuple):
    """What the address and the title say of a home: its compound, the share offered, how many units."""

    compound: str | None
    share: str = WHOLE
    unit_count: int = 1


@dataclass(frozen=True)
class Ground:
    """All listings as known at ``now``; by listing what its site is and when it was seen last by then."""

    now: datetime
    attempts: Sequence[Attempt]
    sites: Mapping[int, Site]
    seen_at: Mapping[int, datetime]
    then: Linked | None = None  # the homes of an earlier day; None: of today

    @property
    def day(self) -> date:
        """The day in Asia/Shanghai that the reports speak of."""
        return last_day(self.now)

    @cached_property
    def by_listing(self) -> dict[int, Attempt]:
        """Each attempt by its listing."""
        return {attempt.offer.listing_id: attempt for attempt in self.attempts}

    @cached_property
    def homes(self) -> list[list[Attempt]]:
        """The attempts of each home in the order of its chain."""
        return list(by_home(self.attempts))

    @property
    def sightings(self) -> Sightings | None:
        """Those before the earlier day; ``None``: of today."""
        return None if self.then is None else self.then.sightings

    def last_of_home(self, attempt: Attempt) -> Attempt:
        """The last attempt of the home of this one; itself where it is not linked."""
        if attempt.property_id is None:
            return attempt
        return max(
            (each for each in self.attempts if each.property_id == attempt.property_id),
            key=lambda each: each.step.position if each.step else 0,
        )

    def site_of(self, attempt: Attempt) -> Site:
        """What its address says."""
        return self.sites[attempt.offer.listing_id]

    def stands(self, attempt: Attempt) -> bool:
        """Whether an offer is open, and was seen of late."""
        is_fresh = self.seen_at[attempt.offer.listing_id] >= self.now - SEEN_WITHIN
        return attempt.outcome is Outcome.OPEN and is_fresh and not is_likely_over(attempt.offer, self.now)

    def unlinked_notes(self) -> list[str]:
        """That homes may be counted twice, where not all listings are linked."""
        count = sum(attempt.property_id is None for attempt in self.attempts)
        return [NOT_LINKED_NOTE.format(count=count)] if count else []


def load_ground(connection: Connection, filters: Filters) -> Ground:
    """Every listing known at the filters' day. Only the day is taken from them: comparisons need all the others."""
    return _ground(connection, filters, None, linked_then(connection, filters))


def _ground(
    connection: Connection, filters: Filters, listing_ids: Collection[int] | None, then: Linked | None
) -> Ground:
    """Homes too are those of the filters' day: what was linked since then was not known."""
    now = filters.before or datetime.now(UTC)
    attempts = load_attempts(connection, Filters(as_of=filters.as_of), listing_ids, then)
    seen = seen_at(connection, attempts, then.sightings if then else None)
    return Ground(now, attempts, _load_sites(connection, attempts, then), seen, then)


def load_home(
    connection: Connection, filters: Filters, name: str, then: Linked | None = None
) -> tuple[Ground, Attempt]:
    """One listing, or the last attempt of a home, with the listings of its home alone: nothing to compare it with.

    ``then``: homes of the filters' day, where somebody has looked for them already.

    Raises:
        UnknownListing: there is none.
        NotKnownThen: it was seen first after the day that was asked for.
    """
    listing_id = find_listing(connection, name)
    then = then or linked_then(connection, filters)
    if then is None:
        link = AUCTION_ROUND.c
        own = select(link.property_id).where(link.listing_id == listing_id).scalar_subquery()
        ids = {listing_id, *connection.execute(select(link.listing_id).where(link.property_id == own)).scalars()}
    else:
        home = then.home_of.get(listing_id)
        ids = {listing_id, *(each for each, number in then.home_of.items() if number == home)}
    ground = _ground(connection, filters, ids, then)
    return ground, find_attempt(connection, ground, name)


def find_attempt(connection: Connection, ground: Ground, name: str) -> Attempt:
    """One listing by SOURCE:ID, or the last attempt of the home with this number.

    Raises:
        UnknownListing: there is none.
        NotKnownThen: it was seen first after the day that was asked for.
    """
    attempt = ground.by_listing.get(find_listing(connection, name))
    if attempt is None:
        raise NotKnownThen(f"nothing was known of {name[:80]!r} then")
    return attempt if ":" in name else ground.last_of_home(attempt)


def gone_listings(connection: Connection, attempts: Collection[Attempt], now: datetime) -> set[int]:
    """Those that two healthy complete looks did not show, and none since: absent, which is not sold."""
    absences = find_absences(connection, [attempt.offer.listing_id for attempt in attempts], now)
    return {listing_id for listing_id, found in absences.items() if found and found[-1].back_at is None}


def is_admitted(ground: Ground, attempt: Attempt, filters: Filters) -> bool:
    """Whether the filters ask for a listing, prices apart; ``since`` by when it was seen last by then."""
    return is_asked_for(attempt.offer, filters, ground.seen_at[attempt.offer.listing_id])


def is_whole_home(offer: Offer, site: Site) -> bool:
    """Whether a unit price means anything: one whole unit with a building area, and no land."""
    is_unit = site.share == WHOLE and site.unit_count == 1
    return is_unit and offer.property_kind is not PropertyKind.LAND and bool(offer.floor_area)


def unit_price_of(amount: Minor, area: CentiSqm) -> Minor:
    """Minor units for one square metre, rounded."""
    return (amount * CENTI + area // 2) // area


def standing_price(attempt: Attempt) -> Minor | None:
    """What one would have to pay at least now: a bid that stands, else the price at which it is offered.

    Where the price falls until somebody takes it, it is the present one.
    """
    offer, bid = attempt.offer, attempt.further.current_price
    if bid and offer.round_kind is RoundKind.DUTCH_AUCTION:
        return bid
    if bid and offer.status is RoundStatus.ONGOING and offer.price:
        return max(bid, offer.price)
    return offer.price


def _load_sites(connection: Connection, attempts: Iterable[Attempt], then: Linked | None) -> dict[int, Site]:
    """Of linked listings by their home; the addresses of the others are read here."""
    attempts = list(attempts)
    homes = load_home_parts(connection, attempts, then)
    sites = {}
    for attempt in attempts:
        offer = attempt.offer
        told = homes.get(attempt.property_id) if attempt.property_id is not None else None
        sites[offer.listing_id] = site_of(offer, told or _parts(offer))
    return sites


def load_home_parts(connection: Connection, attempts: Iterable[Attempt], then: Linked | None) -> dict[int, "HomeParts"]:
    """What the homes of these tell: of a few these alone, of many all, which one look at the table gives sooner.

    ``then``: the homes of an earlier day.
    """
    linked_anew = {} if then is None else then.told
    numbers = {each.property_id for each in attempts if each.property_id is not None}
    stored = numbers - linked_anew.keys()
    columns = PROPERTY.c
    query = select(columns.id, columns.compound, columns.share, columns.unit_count)
    if len(stored) <= FEW_HOMES:
        query = query.where(columns.id.in_(sorted(stored)))
    homes = {row.id: HomeParts(*row[1:]) for row in connection.execute(query)}
    for number in numbers & linked_anew.keys():
        parts = linked_anew[number].parts
        homes[number] = HomeParts(parts.compound, parts.share, parts.unit_count)
    return homes


def site_of(offer: Offer, told: "HomeParts") -> Site:
    """What a listing and its home tell of the place."""
    return Site(told.compound, offer.share or told.share or WHOLE, offer.unit_count or told.unit_count or 1)


def read_site(offer: Offer) -> Site:
    """What the address and the title of a listing say that is not linked."""
    return site_of(offer, _parts(offer))


class HomeParts(NamedTuple):
    """What a home tells, or the address of a listing that is not linked."""

    compound: str | None
    share: str | None
    unit_count: int | None


def _parts(offer: Offer) -> HomeParts:
    country = country_of(offer.region_code, offer.source, offer.currency)
    parts = read_parts(offer.title, offer.address, country, offer.city, offer.district)
    return HomeParts(parts.compound, parts.share, parts.unit_count or len(parts.members) or None)
