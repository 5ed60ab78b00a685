"""Every change of the price at which a listing is offered, from its observations.

The looks at each listing are read side by side, in their order; what makes a change of them is decided here. Window
functions bring fewer rows, and take twice as long to find them (SQLite 3.40: 5.1 microseconds a look, 1.9 to read it).

Rules (domain.md, sections 3 and 5):

- The offered price is the asking price, else the starting price; a bid or a hammer price is never a cut.
- Only an observation that states the price itself counts. A changed label, an outage, a missing row and a
  missing price are not price events; neither is another currency: each currency has its own history.
- A price that the page cuts to 0.01 万 (Ali cards of 2026) is no change against an exact one that cuts to
  the same figure.
- Another thing under a re-used id is another listing (its generation), so never a cut.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    String,
    and_,
    case,
    func,
    null,
    or_,
    select,
    type_coerce,
)

from store.bulk import as_instant
from store.read import among, driver_rows, look_order
from store.rows import LISTING, OBSERVATION
from store.statement import FIELDS, Minor
from store.terms import Currency

OFFERED_PRICE = ("asking_price", "starting_price")
APPRAISAL_PRICE = ("appraisal_price",)

LISTINGS_AT_ONCE = 5_000
Key = tuple[str, str, int]
"""Source, the source's own id, generation."""

CUT_TO = 10_000
"""0.01 万 in fen: how far a page may cut a price that it does not give exactly."""


@dataclass(frozen=True, slots=True)
class PriceChange:
    """One change of price. Money in minor units of ``currency``, times aware in UTC.

    ``previous_observed_at`` is when the previous price was seen first, ``highest_observed_at`` when the
    highest one before this change was seen first in its latest stretch.
    """

    listing_id: int
    observation_id: int
    source: str
    source_id: str
    generation: int
    currency: Currency | None
    observed_at: datetime
    price: Minor
    previous_observed_at: datetime
    previous_price: Minor
    highest_observed_at: datetime
    highest_price: Minor

    @property
    def cut_amount(self) -> Minor:
        """How far the price fell; negative where it rose."""
        return self.previous_price - self.price


class PriceHistory(NamedTuple):
    """The prices of one listing whose price changed at least once, in the currency it was seen in last.

    Money in minor units of ``currency``, times aware in UTC. ``price`` is the best known present one: a figure that a
    page had cut gives way to the exact one. ``changed_at`` is of the last change, ``previous`` the price before it.
    """

    listing_id: int
    currency: Currency | None
    price: Minor
    changed_at: datetime
    previous_price: Minor
    previous_observed_at: datetime
    highest_price: Minor
    highest_observed_at: datetime


class StandingPrice(NamedTuple):
    """Where the offered price of a listing stands that was not stated alike each time, in the currency of the last.

    ``is_changed``: not only its exactness or its currency differed.
    """

    listing_id: int
    currency: Currency | None
    price: Minor
    is_exact: bool
    highest_price: Minor
    is_changed: bool


class PriceLook(NamedTuple):
    """What one look states of the price: a row of the query, values as the driver gives them (SQLite: time as text)."""

    listing_id: int
    observation_id: int
    observed_at: Any
    currency: str | None
    price: Minor
    is_exact: int


SEEN, CURRENCY, PRICE, EXACT = map(PriceLook._fields.index, ("observed_at", "currency", "price", "is_exact"))
WHAT_IT_SAYS = CURRENCY
CURRENCIES: dict[str | None, Currency | None] = {None: None} | {str(each): each for each in Currency}
"""By the text that the driver gives."""


_Change = tuple[PriceLook, Minor, Any, Minor, Any, Minor]
"""A look that changed the price, the price, when the previous was seen first, that price, and the same of the highest.

Prices are as they are known best. No more than a tuple: most changes only lead to the next.
"""


@dataclass(slots=True)
class _Standing:
    """What is known of a listing's price in one currency after some of its looks."""

    price: Minor
    is_exact: bool
    observed_at: Any
    highest_price: Minor
    highest_observed_at: Any
    last_change: _Change | None = None

    def take(self, look: PriceLook) -> _Change | None:
        """Take the next look; gives the change, if it is one. A look that says what the one before did is none."""
        if look.price // CUT_TO == self.price // CUT_TO and not (self.is_exact and look.is_exact):
            if look.is_exact:  # the figure was cut before, now it is told in full
                self._refine(look.price)
            return None
        if look.price == self.price:
            return None
        change = look, look.price, self.observed_at, self.price, self.highest_observed_at, self.highest_price
        self.price, self.is_exact, self.observed_at = look.price, bool(look.is_exact), look.observed_at
        if look.price >= self.highest_price:
            self.highest_price, self.highest_observed_at = look.price, look.observed_at
        self.last_change = change
        return change

    def _refine(self, price: Minor) -> None:
        if self.highest_price == self.price:
            self.highest_price = price
        self.price, self.is_exact = price, True


def price_changes(
    connection: Connection,
    *,
    before: datetime | None = None,
    sources: Collection[str] = (),
    listing_ids: Collection[int] | None = None,
) -> Iterator[PriceChange]:
    """Every change of the offered price, listing by listing, each in order of time.

    Args:
        connection: open for reading.
        before: only what was observed before this instant.
        sources: only these; all where empty.
    """
    return _changes(connection, OFFERED_PRICE, before, sources, listing_ids)


def appraisal_changes(
    connection: Connection, *, before: datetime | None = None, sources: Collection[str] = ()
) -> Iterator[PriceChange]:
    """Every change of the appraisal, by the same rules."""
    return _changes(connection, APPRAISAL_PRICE, before, sources)


def price_histories(
    connection: Connection,
    *,
    before: datetime | None = None,
    sources: Collection[str] = (),
    listing_ids: Collection[int] | None = None,
) -> Iterator[PriceHistory]:
    """Where the offered price of each listing stands that changed at least once.

    ``listing_ids``: only these, a few thousand at once; all where ``None``.
    """
    for looks in _by_listing(connection, OFFERED_PRICE, before, sources, listing_ids):
        history = _plain_history(looks) if _is_plain(looks) else _history(looks)
        if history is not None:
            yield history


def _is_plain(looks: Sequence[Sequence[Any]]) -> bool:
    """Whether all prices are exact and in one currency, as most are: each look changed the price then."""
    currency = looks[0][CURRENCY]
    return not [look for look in looks if look[CURRENCY] != currency or not look[EXACT]]


def _plain_history(looks: Sequence[Sequence[Any]]) -> PriceHistory:
    """What ``_history`` gives, without the steps on the way."""
    _, _, previous_at, _, previous, _ = looks[-2]
    listing_id, _, changed_at, currency, price, _ = looks[-1]
    prices = [look[PRICE] for look in looks]
    highest = max(prices)
    highest_at = looks[len(prices) - 1 - prices[::-1].index(highest)][SEEN]
    instants = as_instant(changed_at), as_instant(previous_at), as_instant(highest_at)
    changed_at, previous_at, highest_at = instants
    return PriceHistory(listing_id, CURRENCIES[currency], price, changed_at, previous, previous_at, highest, highest_at)


def _history(looks: Sequence[Sequence[Any]]) -> PriceHistory | None:
    last = PriceLook._make(looks[-1])
    stands = _standings(looks)[last.currency]
    if stands.last_change is None:
        return None
    look, _, previous_at, previous, *_ = stands.last_change
    return PriceHistory(
        look.listing_id,
        CURRENCIES[look.currency],
        stands.price,
        as_instant(look.observed_at),
        previous,
        as_instant(previous_at),
        stands.highest_price,
        as_instant(stands.highest_observed_at),
    )


def standing_prices(connection: Connection, listing_ids: Collection[int]) -> Iterator[StandingPrice]:
    """Where the prices of some listings stand, a few thousand at once; one always stated alike is left out."""
    for looks in _by_listing(connection, OFFERED_PRICE, None, (), listing_ids):
        last = PriceLook._make(looks[-1])
        stands = _standings(looks)[last.currency]
        yield StandingPrice(
            last.listing_id,
            CURRENCIES[last.currency],
            stands.price,
            stands.is_exact,
            stands.highest_price,
            stands.last_change is not None,
        )


def _changes(
    connection: Connection,
    price: tuple[str, ...],
    before: datetime | None,
    sources: Collection[str],
    listing_ids: Collection[int] | None = None,
) -> Iterator[PriceChange]:
    for key, looks in _keyed(connection, _by_listing(connection, price, before, sources, listing_ids)):
        standings: dict[str | None, _Standing] = {}
        for look in map(PriceLook._make, looks):
            change = _advance(standings, look)
            if change is not None:
                yield _made(key, change)


def _standings(looks: Iterable[Sequence[Any]]) -> dict[str | None, _Standing]:
    """Where the price stands in each currency after all looks."""
    standings: dict[str | None, _Standing] = {}
    for look in map(PriceLook._make, looks):
        _advance(standings, look)
    return standings


def _advance(standings: dict[str | None, _Standing], look: PriceLook) -> _Change | None:
    standing = standings.get(look.currency)
    if standing is not None:
        return standing.take(look)
    at = look.observed_at
    standings[look.currency] = _Standing(look.price, bool(look.is_exact), at, look.price, at)
    return None


def _made(key: Key, change: _Change) -> PriceChange:
    look, price, previous_at, previous, highest_at, highest = change
    return PriceChange(
        look.listing_id,
        look.observation_id,
        *key,
        CURRENCIES[look.currency],
        as_instant(look.observed_at),
        price,
        as_instant(previous_at),
        previous,
        as_instant(highest_at),
        highest,
    )


def _keyed(
    connection: Connection, listings: Iterable[Sequence[Sequence[Any]]]
) -> Iterator[tuple[Key, Sequence[Sequence[Any]]]]:
    """The looks at each listing beside its source, the source's id and its generation."""
    rest = iter(listings)
    listing = LISTING.c
    columns = (listing.id, listing.source, listing.source_id, listing.generation)
    while part := list(islice(rest, LISTINGS_AT_ONCE)):
        query = select(*columns).where(listing.id.in_([looks[0][0] for looks in part]))
        keys = {row[0]: (row[1], row[2], row[3]) for row in connection.execute(query).all()}
        yield from ((keys[looks[0][0]], looks) for looks in part)


def _by_listing(
    connection: Connection,
    price: tuple[str, ...],
    before: datetime | None,
    sources: Collection[str],
    listing_ids: Collection[int] | None = None,
) -> Iterator[list[Sequence[Any]]]:
    """The looks that state the price, in their order, of each listing that was not always stated alike.

    Those that say what the one before did are left out. Each is a plain row in the order of ``PriceLook``.
    """
    query = _looks_query(connection, price, before, _ids_of(connection, before, sources, listing_ids))
    looks: list[Sequence[Any]] = []
    listing_id: int | None = None
    told: Any = None
    for look in chain.from_iterable(driver_rows(connection, query)):
        says = look[WHAT_IT_SAYS:]
        if look[0] != listing_id:
            if len(looks) > 1:
                yield looks
            looks, listing_id = [look], look[0]
        elif says != told:
            looks.append(look)
        told = says
    if len(looks) > 1:
        yield looks


def _looks_query(
    connection: Connection, price: tuple[str, ...], before: datetime | None, listings: Select[Any]
) -> Select[Any]:
    """The observations that state the price, in the order of ``PriceLook``."""
    observation = OBSERVATION.c
    amount = func.coalesce(*(observation[name] for name in price), null())
    is_exact = case((and_(_states("is_price_exact"), observation.is_price_exact.is_(False)), 0), else_=1)
    columns = (type_coerce(observation.observed_at, String), type_coerce(observation.currency, String))
    return (
        select(observation.listing_id, observation.id, *columns, type_coerce(amount, BigInteger), is_exact)
        .where(
            _states_price(price),
            amount > 0,  # a start at 0 (0元起拍) is no price to compare with, least of all a cut of 100 %
            observation.listing_id.in_(listings),
            *_seen(before),
        )
        .order_by(observation.listing_id, *look_order(connection))
    )


def _ids_of(
    connection: Connection, before: datetime | None, sources: Collection[str], listing_ids: Collection[int] | None
) -> Select[Any]:
    """Listings with more than one observation: answered by indexes alone, it spares most rows."""
    if sources:
        look = OBSERVATION.alias("look")
        second = select(look.c.id).where(look.c.listing_id == LISTING.c.id).limit(1).offset(1).correlate(LISTING)
        if before is not None:
            second = second.where(look.c.observed_at < before)
        query, listing_id = select(LISTING.c.id).where(LISTING.c.source.in_(sources), second.exists()), LISTING.c.id
    else:
        listing_id = OBSERVATION.c.listing_id
        query = select(listing_id).where(*_seen(before)).group_by(listing_id).having(func.count() > 1)
    return query if listing_ids is None else query.where(among(connection, listing_id, listing_ids))


def _seen(before: datetime | None) -> list[ColumnElement[bool]]:
    return [] if before is None else [OBSERVATION.c.observed_at < before]


def _states_price(price: tuple[str, ...]) -> ColumnElement[bool]:
    """The look itself said the first price that is known; a price carried on from before is no news."""
    cases = []
    for position, name in enumerate(price):
        earlier = [OBSERVATION.c[other].is_(None) for other in price[:position]]
        cases.append(and_(*earlier, OBSERVATION.c[name].is_not(None), _states(name)))
    return or_(*cases)


def _states(name: str) -> ColumnElement[bool]:
    return OBSERVATION.c.stated.bitwise_and(1 << FIELDS.index(name)) != 0
