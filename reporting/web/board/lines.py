"""What the board knows of each listing, as the reports on homes tell it: price, cuts, discount, round, state."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, select

from reporting.attempts import Attempt, Outcome, load_attempts
from reporting.buyer.ground import SEEN_WITHIN, WHOLE, Site, is_whole_home, standing_price, unit_price_of
from reporting.buyer.valuation import NOMINAL, NOMINAL_SHARE, to_appraisal
from reporting.chains import Chain, homes_with_chains, load_chains
from reporting.filters import Filters, fold_place
from reporting.seen import is_likely_over
from store.read import stream_rows
from store.rows import AUCTION_ROUND, LISTING, OBSERVATION, PROPERTY
from store.statement import CentiSqm, MicroDegree, Minor
from store.terms import Currency
from tracking.price_changes import price_histories

LISTINGS_AT_ONCE = 5_000
HUNDREDTHS = 100
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


class Line(NamedTuple):
    """One listing. Money in minor units of ``currency``; percent in hundredths; ``None`` is not known.

    ``cut`` and ``cut_amount`` are from the highest comparable price of the home ever; ``doubts`` the kinds of the
    questions about the home. ``home``: its number, negative that of a listing that is not linked.
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


class _Fall(NamedTuple):
    cut: int
    amount: Minor


class _Told(NamedTuple):
    """What the chain of a home says of its listings: their falls, its doubts, its last one, how many there are."""

    falls: Mapping[int, _Fall]
    doubts: tuple[str, ...]
    last: int
    attempts: int


class _Home(NamedTuple):
    compound: str | None
    share: str | None
    unit_count: int | None


def load_lines(connection: Connection, filters: Filters, now: datetime) -> Iterator[Line]:
    """A line for each listing known at the filters' day, by its id. Of the filters only the day is taken."""
    day = Filters(as_of=filters.as_of)
    chains = {chain.property_id: _told_by(chain) for chain in _chains(connection, day)}
    falls = dict(_falls_of_unlinked(connection, day))
    ids = [row[0] for row in stream_rows(connection, select(LISTING.c.id).order_by(LISTING.c.id))]
    for start in range(0, len(ids), LISTINGS_AT_ONCE):
        part = ids[start : start + LISTINGS_AT_ONCE]
        attempts = load_attempts(connection, day, part)
        homes = _load_homes(connection, {each.property_id for each in attempts if each.property_id is not None})
        places = _load_places(connection, part)
        for attempt in attempts:
            told, home = chains.get(attempt.property_id or 0), homes.get(attempt.property_id or 0)
            fall = told.falls.get(attempt.offer.listing_id) if told else falls.get(attempt.offer.listing_id)
            yield _line(attempt, told, home, fall, places.get(attempt.offer.listing_id), now)


def _chains(connection: Connection, day: Filters) -> Iterator[Chain]:
    return load_chains(connection, homes_with_chains(connection, 1), day)


def _told_by(chain: Chain) -> _Told:
    falls = {}
    for step in chain.cuts.steps:
        cut = step.since_highest_ever
        if cut is not None and cut.amount > 0:
            falls[step.listing_id] = _Fall(int(cut.percent * HUNDREDTHS), cut.amount)
    doubts = tuple(dict.fromkeys(question.kind.value for question in chain.questions))
    return _Told(falls, doubts, chain.steps[-1].listing_id, len(chain.steps))


def _falls_of_unlinked(connection: Connection, day: Filters) -> Iterator[tuple[int, _Fall]]:
    """Of listings without a home: each against its own highest price."""
    linked = {row[0] for row in connection.execute(select(AUCTION_ROUND.c.listing_id))}
    for history in price_histories(connection, before=day.before):
        listing_id, fall = history.last_change.listing_id, history.highest_price - history.price
        if listing_id not in linked and fall > 0:
            yield listing_id, _Fall(fall * 100 * HUNDREDTHS // history.highest_price, fall)


def _line(
    attempt: Attempt,
    told: _Told | None,
    home: _Home | None,
    fall: _Fall | None,
    place: tuple[int, int] | None,
    now: datetime,
) -> Line:
    offer, further = attempt.offer, attempt.further
    price = price_of(attempt)
    discount = _hundredths(attempt, price)
    doubts = told.doubts if told else ()
    is_nominal = max(discount or 0, fall.cut if fall else 0) > NOMINAL_FROM
    return Line(
        offer.listing_id,
        attempt.property_id if attempt.property_id is not None else -offer.listing_id,
        told is None or told.last == offer.listing_id,
        offer.source,
        fold_place(offer.city) if offer.city else None,
        offer.property_kind,
        offer.seller_kind,
        offer.round_kind,
        state_of(attempt, now),
        offer.currency,
        price,
        _unit_price(attempt, price, home),
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


def _hundredths(attempt: Attempt, price: Minor | None) -> int | None:
    percent = to_appraisal(attempt, price).percent
    return None if percent is None else int(percent * HUNDREDTHS)


def _unit_price(attempt: Attempt, price: Minor | None, home: _Home | None) -> Minor | None:
    """Of whole linked homes alone: what is not linked may be a share that only its title tells."""
    if home is None or price is None or not attempt.offer.floor_area:
        return None
    offer = attempt.offer
    site = Site(home.compound, offer.share or home.share or WHOLE, offer.unit_count or home.unit_count or 1)
    return unit_price_of(price, attempt.offer.floor_area) if is_whole_home(offer, site) else None


def _text_of(attempt: Attempt, home: _Home | None) -> str:
    """What words are looked for in: one line, in lower case."""
    offer = attempt.offer
    words = (offer.title, offer.address, offer.city, offer.district, home.compound if home else None, offer.source_id)
    return " ".join(" ".join(each.split()) for each in words if each).casefold()


def _load_homes(connection: Connection, property_ids: Collection[int]) -> dict[int, _Home]:
    home = PROPERTY.c
    query = select(home.id, home.compound, home.share, home.unit_count).where(home.id.in_(sorted(property_ids)))
    return {row[0]: _Home(*row[1:]) for row in connection.execute(query)}


def _load_places(connection: Connection, listing_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Coordinates as the sites give them; a place without them is on no map, and in every table and count."""
    look = OBSERVATION.c
    query = (
        select(LISTING.c.id, look.latitude, look.longitude)
        .join(OBSERVATION, look.id == LISTING.c.observation_id)
        .where(LISTING.c.id.in_(listing_ids), look.latitude.is_not(None), look.longitude.is_not(None))
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}
