"""What the board knows of each listing, as the reports on homes tell it: price, cuts, discount, round, state.

Homes are read whole, some thousand listings at a time: a chain, its cuts and its doubts are made of all of them.
"""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, select

from reporting.attempts import ENDED, Attempt, Outcome, load_attempts
from reporting.buyer.comparables import Place, compared_price, fold_district, is_recent_sale, places_of
from reporting.buyer.failures import ended_on, round_of
from reporting.buyer.ground import (
    SEEN_WITHIN,
    HomeParts,
    Site,
    is_whole_home,
    load_home_parts,
    read_site,
    site_of,
    standing_price,
    unit_price_of,
)
from reporting.buyer.valuation import NOMINAL, NOMINAL_SHARE, to_appraisal
from reporting.filters import Filters, fold_place, last_day, outside_zone
from reporting.linked import Linked
from reporting.seen import is_likely_over, over_after
from store.links import batches
from store.read import stream_rows
from store.rows import AUCTION_ROUND, LISTING, OBSERVATION
from store.statement import CentiSqm, MicroDegree, Minor
from store.terms import Currency
from tracking.cuts import chain_cuts
from tracking.price_changes import PriceChange, price_changes, price_histories
from tracking.questions import questions_of

LISTINGS_AT_ONCE = 5_000
HUNDREDTHS = 100
LONGEST_CITY, LONGEST_WORDS = 60, 500
"""Letters that are kept: whatever has more was made to be in the way."""

NOMINAL_FROM = 100 * HUNDREDTHS * (1 - NOMINAL_SHARE)


class State(StrEnum):
    """How a listing stands: its outcome, and of open ones whether anybody saw them of late."""

    OPEN = "open"
    UNSEEN = "unseen"  # open when it was seen last, which is too long ago to call it so
    SUSPENDED = "suspended"
    SOLD = "sold"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


class Compared(StrEnum):
    """By which of its prices a home is held beside others."""

    SOLD = "sold"
    OFFERED = "offered"


class Line(NamedTuple):
    """One listing. Money in minor units of ``currency``; percent in hundredths; ``None`` is not known.

    ``cut`` and ``cut_amount`` are from the highest comparable price of the home ever; ``doubts`` the kinds of the
    questions about the home. ``home``: its number, negative that of a listing that is not linked.

    ``alike``: what makes its round like others that are over, before their place; ``None`` also where it is not over.
    ``compared``: the home is held beside others by this listing, at ``compared_price`` a square metre. ``check_at``:
    the second since 1970 after which time alone may have changed its state.
    """

    listing_id: int
    home: int
    is_last: bool
    source: str
    city: str | None
    kind: str | None
    seller_kind: str | None
    round_kind: str | None
    state: State
    currency: Currency | None
    price: Minor | None
    unit_price: Minor | None
    cut: int | None
    cut_amount: Minor | None
    discount: int | None
    doubts: tuple[str, ...]
    attempts: int
    starts_at: datetime | None
    ends_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    changed_at: datetime
    area: CentiSqm | None
    place: tuple[MicroDegree, MicroDegree] | None
    text: str
    alike: str | None
    ended_on: int | None  # as ``date.toordinal`` has it
    district: tuple[str, str] | None
    places: Sequence[Place]
    compared: Compared | None
    compared_price: Minor | None
    check_at: int | None


class _Fall(NamedTuple):
    cut: int
    amount: Minor


class _Told(NamedTuple):
    """What the chain of a home says of its listings: their falls, its doubts, its last one, how many there are."""

    falls: Mapping[int, _Fall]
    doubts: tuple[str, ...]
    last: int
    attempts: int


class _Beside(NamedTuple):
    """What else is read for some listings: places on the map, homes, how prices fell."""

    places: Mapping[int, tuple[int, int]]
    homes: Mapping[int, HomeParts]
    changes: Mapping[int, Sequence[PriceChange]]
    falls: Mapping[int, _Fall]  # of listings that are not linked


def load_lines(
    connection: Connection,
    filters: Filters,
    now: datetime,
    listing_ids: Collection[int] | None = None,
    then: Linked | None = None,
) -> Iterator[Line]:
    """A line for each listing known at the filters' day, home by home. Of the filters only the day is taken.

    ``listing_ids``: whole homes; all where ``None``. ``then``: the homes of the filters' day; today's where ``None``.
    """
    day = Filters(as_of=filters.as_of)
    for part in _parts(connection, listing_ids, then):
        attempts = load_attempts(connection, day, part, then)
        beside = _load_beside(connection, attempts, day, then)
        groups: dict[int, list[Attempt]] = defaultdict(list)
        for attempt in attempts:
            groups[home_of(attempt)].append(attempt)
        for group in groups.values():
            yield from _lines_of(group, beside, now)


def home_of(attempt: Attempt) -> int:
    """The number of a home: that of the property, negative that of a listing without one."""
    return attempt.property_id if attempt.property_id is not None else -attempt.offer.listing_id


def _parts(connection: Connection, listing_ids: Collection[int] | None, then: Linked | None) -> Iterator[list[int]]:
    """The listings, some thousands at a time, no home divided."""
    link = AUCTION_ROUND.c
    query = select(LISTING.c.id, link.property_id).outerjoin(AUCTION_ROUND, link.listing_id == LISTING.c.id)
    queries = [query] if listing_ids is None else [query.where(LISTING.c.id.in_(ids)) for ids in batches(listing_ids)]
    ids, homes = array("q"), array("q")
    for each in queries:
        for listing_id, property_id in stream_rows(connection, each):
            ids.append(listing_id)
            homes.append((property_id if then is None else then.home_of.get(listing_id)) or 0)
    part: list[int] = []
    before = 0
    for place in sorted(range(len(ids)), key=homes.__getitem__):
        home, listing_id = homes[place], ids[place]
        if len(part) >= LISTINGS_AT_ONCE and (home != before or not home):
            yield part
            part = []
        part.append(listing_id)
        before = home
    if part:
        yield part


def _load_beside(connection: Connection, attempts: Collection[Attempt], day: Filters, then: Linked | None) -> _Beside:
    listing_ids = [attempt.offer.listing_id for attempt in attempts]
    alone = [attempt.offer.listing_id for attempt in attempts if attempt.property_id is None]
    changes: dict[int, list[PriceChange]] = defaultdict(list)
    for change in price_changes(connection, before=day.before, listing_ids=listing_ids):
        changes[change.listing_id].append(change)
    homes = load_home_parts(connection, attempts, then)
    falls = dict(_falls_of_unlinked(connection, alone, day)) if alone else {}
    return _Beside(_load_places(connection, listing_ids), homes, changes, falls)


def _falls_of_unlinked(connection: Connection, listing_ids: Sequence[int], day: Filters) -> Iterator[tuple[int, _Fall]]:
    """Of listings without a home: each against its own highest price."""
    for history in price_histories(connection, before=day.before, listing_ids=listing_ids):
        fall = history.highest_price - history.price
        if fall > 0:
            yield history.listing_id, _Fall(fall * 100 * HUNDREDTHS // history.highest_price, fall)


def _lines_of(group: Sequence[Attempt], beside: _Beside, now: datetime) -> Iterator[Line]:
    """The lines of one home, or of one listing without a home."""
    is_linked = group[0].property_id is not None
    told = _told_by(group, beside.changes) if is_linked else None
    home = beside.homes.get(group[0].property_id or 0)
    ordered = sorted(group, key=lambda each: (each.step.position if each.step else 0, each.offer.listing_id))
    sites = {each.offer.listing_id: site_of(each.offer, home) if home else read_site(each.offer) for each in group}
    by_sale = [each.offer.listing_id for each in ordered if is_recent_sale(each, last_day(now))]
    by_offer = [each.offer.listing_id for each in ordered if state_of(each, now) is State.OPEN]
    compared = {by_sale[-1]: Compared.SOLD} if by_sale else {}
    if by_offer:
        compared[by_offer[-1]] = Compared.OFFERED
    for attempt in group:
        listing_id = attempt.offer.listing_id
        fall = told.falls.get(listing_id) if told else beside.falls.get(listing_id)
        place = beside.places.get(listing_id)
        yield _line(attempt, told, home, fall, place, sites[listing_id], compared.get(listing_id), now)


def _told_by(group: Sequence[Attempt], changes: Mapping[int, Sequence[PriceChange]]) -> _Told:
    offers = [attempt.offer for attempt in group]
    steps = sorted((attempt.step for attempt in group if attempt.step), key=lambda step: step.position)
    inexact = {each.offer.listing_id for each in group if each.further.is_price_exact is False}
    appraised = {each.offer.listing_id: day for each in group if (day := each.further.appraisal_on) is not None}
    falls = {}
    for step in chain_cuts(steps, offers, changes=changes, inexact=inexact).steps:
        cut = step.since_highest_ever
        if cut is not None and cut.amount > 0:
            falls[step.listing_id] = _Fall(int(cut.percent * HUNDREDTHS), cut.amount)
    questions = questions_of(steps, offers, appraised_on=appraised, inexact=inexact)
    doubts = tuple(dict.fromkeys(question.kind.value for question in questions))
    return _Told(falls, doubts, steps[-1].listing_id, len(steps))


def _line(
    attempt: Attempt,
    told: _Told | None,
    home: HomeParts | None,
    fall: _Fall | None,
    place: tuple[int, int] | None,
    site: Site,
    compared: Compared | None,
    now: datetime,
) -> Line:
    offer, further = attempt.offer, attempt.further
    price, ended = price_of(attempt), ended_on(attempt)
    discount = _hundredths(attempt, price)
    doubts = told.doubts if told else ()
    unit_price = compared_price(attempt, site, is_sale=compared is Compared.SOLD) if compared else None
    is_nominal = max(discount or 0, fall.cut if fall else 0) > NOMINAL_FROM
    return Line(
        offer.listing_id,
        home_of(attempt),
        told is None or told.last == offer.listing_id,
        offer.source,
        fold_place(offer.city)[:LONGEST_CITY] if offer.city else None,
        offer.property_kind,
        offer.seller_kind,
        offer.round_kind,
        state_of(attempt, now),
        offer.currency,
        price,
        _unit_price(attempt, price, site) if home else None,
        fall.cut if fall else None,
        fall.amount if fall else None,
        discount,
        (*doubts, NOMINAL) if is_nominal else doubts,
        told.attempts if told else 1,
        offer.starts_at,
        offer.ends_at,
        offer.first_seen_at,
        offer.last_seen_at,
        further.observed_at,
        offer.floor_area,
        place,
        _text_of(attempt, home),
        alike_of(attempt) if attempt.outcome in ENDED and attempt.is_own_round else None,
        ended.toordinal() if ended else None,
        district_of(offer.city, offer.district) if offer.city and offer.district else None,
        places_of(attempt, site),
        None if unit_price is None else compared,
        unit_price,
        _check_at(attempt, now),
    )


def price_of(attempt: Attempt) -> Minor | None:
    """What was paid for it, else what it stands at now."""
    offer = attempt.offer
    return offer.hammer_price if attempt.outcome is Outcome.SOLD and offer.hammer_price else standing_price(attempt)


def state_of(attempt: Attempt, now: datetime) -> State:
    """How a listing stands at an instant."""
    if attempt.outcome is not Outcome.OPEN:
        return State(attempt.outcome.value)
    is_seen = attempt.offer.last_seen_at >= now - SEEN_WITHIN
    return State.OPEN if is_seen and not is_likely_over(attempt.offer, now) else State.UNSEEN


def district_of(city: str, district: str) -> tuple[str, str]:
    """A district as it is compared: 闵行 and 闵行区 are one."""
    return fold_place(city), fold_district(district)


def alike_of(attempt: Attempt) -> str | None:
    """What makes rounds alike, in one word: law, stage and kind; ``None``: it is like no other."""
    alike = round_of(attempt)
    return None if alike is None else f"{alike.law.name}|{alike.stage}|{alike.kind}"


def _check_at(attempt: Attempt, now: datetime) -> int | None:
    """The first second at which an open listing may be over, or unseen for too long, by time alone."""
    if attempt.outcome is not Outcome.OPEN:
        return None
    offer, day = attempt.offer, attempt.further.ended_on
    ends = offer.ends_at
    if ends is None and day is not None:
        ends = datetime.combine(day + timedelta(days=1), time(), outside_zone())
    instants = (ends, over_after(offer), offer.last_seen_at + SEEN_WITHIN)
    return min((int(at.timestamp()) for at in instants if at is not None and at >= now), default=None)


def _hundredths(attempt: Attempt, price: Minor | None) -> int | None:
    percent = to_appraisal(attempt, price).percent
    return None if percent is None else int(percent * HUNDREDTHS)


def _unit_price(attempt: Attempt, price: Minor | None, site: Site) -> Minor | None:
    """Of whole homes alone."""
    area = attempt.offer.floor_area
    return unit_price_of(price, area) if price is not None and area and is_whole_home(attempt.offer, site) else None


def _text_of(attempt: Attempt, home: HomeParts | None) -> str:
    """What words are looked for in: one line, in lower case."""
    offer = attempt.offer
    words = (offer.title, offer.address, offer.city, offer.district, home.compound if home else None, offer.source_id)
    return " ".join(" ".join(each[:LONGEST_WORDS].split()) for each in words if each).casefold()


def _load_places(connection: Connection, listing_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Coordinates as the sites give them; a place without them is on no map, and in every table and count."""
    look = OBSERVATION.c
    query = (
        select(LISTING.c.id, look.latitude, look.longitude)
        .join(OBSERVATION, look.id == LISTING.c.observation_id)
        .where(LISTING.c.id.in_(listing_ids), look.latitude.is_not(None), look.longitude.is_not(None))
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}
