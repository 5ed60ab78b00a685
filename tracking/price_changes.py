"""Every change of the price at which a listing is offered, from its observations.

The database finds, in one pass of window functions, the few observations at which the price is not what it
was at the one before; what makes a change of them is decided here.

Rules (domain.md, sections 3 and 5):

- The offered price is the asking price, else the starting price; a bid or a hammer price is never a cut.
- Only an observation that states the price itself counts. A changed label, an outage, a missing row and a
  missing price are not price events; neither is another currency: each currency has its own history.
- A price that the page cuts to 0.01 万 (Ali cards of 2026) is no change against an exact one that cuts to
  the same figure.
- Another thing under a re-used id is another listing (its generation), so never a cut.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Function, Select, and_, case, func, null, or_, select

from store.read import look_order, stream_rows
from store.rows import LISTING, OBSERVATION
from store.statement import FIELDS, Minor
from store.terms import Currency

OFFERED_PRICE = ("asking_price", "starting_price")
APPRAISAL_PRICE = ("appraisal_price",)

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


@dataclass(frozen=True, slots=True)
class PriceHistory:
    """The prices of one listing whose price changed at least once, in the currency it was seen in last.

    ``price`` is the best known present one: a figure that a page had cut gives way to the exact one.
    """

    last_change: PriceChange
    price: Minor
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


class PriceStep(NamedTuple):
    """An observation whose price, exactness or currency differs from the one before, and what those were.

    One row of the query. ``first_observed_at`` is when the listing's price was stated first.
    """

    listing_id: int
    source: str
    source_id: str
    generation: int
    observation_id: int
    observed_at: datetime
    currency: Currency | None
    price: Minor
    is_exact: int
    previous_currency: Currency | None
    previous_price: Minor
    previous_is_exact: int
    first_observed_at: datetime


@dataclass(slots=True)
class _Standing:
    """What is known of a listing's price in one currency after some of its steps."""

    price: Minor
    is_exact: bool
    observed_at: datetime
    highest_price: Minor
    highest_observed_at: datetime
    last_change: PriceChange | None = None

    def take(self, step: PriceStep) -> PriceChange | None:
        """Take the next step; gives the change, if it is one."""
        if step.price // CUT_TO == self.price // CUT_TO and not (self.is_exact and step.is_exact):
            if step.is_exact:  # the figure was cut before, now it is told in full
                self._refine(step.price)
            return None
        if step.price == self.price:
            return None
        change = self._change(step)
        self.price, self.is_exact, self.observed_at = step.price, bool(step.is_exact), step.observed_at
        if step.price >= self.highest_price:
            self.highest_price, self.highest_observed_at = step.price, step.observed_at
        self.last_change = change
        return change

    def _refine(self, price: Minor) -> None:
        if self.highest_price == self.price:
            self.highest_price = price
        self.price, self.is_exact = price, True

    def _change(self, step: PriceStep) -> PriceChange:
        return PriceChange(
            step.listing_id,
            step.observation_id,
            step.source,
            step.source_id,
            step.generation,
            step.currency,
            step.observed_at,
            step.price,
            self.observed_at,
            self.price,
            self.highest_observed_at,
            self.highest_price,
        )


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
    for steps in _by_listing(connection, OFFERED_PRICE, before, sources, listing_ids):
        standings: dict[Currency | None, _Standing] = {}
        for step in steps:
            _advance(standings, step)
        standing = standings[step.currency]
        if standing.last_change is not None:
            yield PriceHistory(
                standing.last_change, standing.price, standing.highest_price, standing.highest_observed_at
            )


def standing_prices(connection: Connection, listing_ids: Collection[int]) -> Iterator[StandingPrice]:
    """Where the prices of some listings stand, a few thousand at once; one always stated alike is left out."""
    for steps in _by_listing(connection, OFFERED_PRICE, None, (), listing_ids):
        standings: dict[Currency | None, _Standing] = {}
        for step in steps:
            _advance(standings, step)
        stands = standings[step.currency]
        yield StandingPrice(
            step.listing_id,
            step.currency,
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
    for steps in _by_listing(connection, price, before, sources, listing_ids):
        standings: dict[Currency | None, _Standing] = {}
        for step in steps:
            change = _advance(standings, step)
            if change is not None:
                yield change


def _advance(standings: dict[Currency | None, _Standing], step: PriceStep) -> PriceChange | None:
    if not standings:  # nothing differed before the first step
        first_at = step.first_observed_at
        standings[step.previous_currency] = _Standing(
            step.previous_price, bool(step.previous_is_exact), first_at, step.previous_price, first_at
        )
    standing = standings.get(step.currency)
    if standing is not None:
        return standing.take(step)
    standings[step.currency] = _Standing(
        step.price, bool(step.is_exact), step.observed_at, step.price, step.observed_at
    )
    return None


def _by_listing(
    connection: Connection,
    price: tuple[str, ...],
    before: datetime | None,
    sources: Collection[str],
    listing_ids: Collection[int] | None = None,
) -> Iterator[Iterable[PriceStep]]:
    changed = _changed_listings(before, sources)
    if listing_ids is not None:
        changed = changed.where(OBSERVATION.c.listing_id.in_(listing_ids))
    rows = stream_rows(connection, _steps_query(connection, price, before, changed))
    for _, steps in groupby(rows, key=lambda row: row[0]):
        yield (PriceStep._make(step) for step in steps)


def _steps_query(
    connection: Connection, price: tuple[str, ...], before: datetime | None, listings: Select[Any]
) -> Select[Any]:
    """The observations at which price, exactness or currency differ from the one before, in their order."""
    stated = _stated_query(connection, price, before, listings).subquery("stated")
    now = stated.c
    differs = or_(
        now.price != now.previous_price,
        now.is_exact != now.previous_is_exact,
        and_(
            now.previous_price.is_not(None), func.coalesce(now.currency, "") != func.coalesce(now.previous_currency, "")
        ),
    )
    return (
        select(
            now.listing_id,
            LISTING.c.source,
            LISTING.c.source_id,
            LISTING.c.generation,
            now.id,
            now.observed_at,
            now.currency,
            now.price,
            now.is_exact,
            now.previous_currency,
            now.previous_price,
            now.previous_is_exact,
            _first_stated_at(now.listing_id, price),
        )
        .join(LISTING, LISTING.c.id == now.listing_id)
        .where(differs)
        .order_by(now.listing_id, now.position)
    )


def _stated_query(
    connection: Connection, price: tuple[str, ...], before: datetime | None, listings: Select[Any]
) -> Select[Any]:
    """The observations that state the price, each with price, exactness and currency of the one before."""
    observation = OBSERVATION.c
    amount = func.coalesce(*(observation[name] for name in price), null())
    is_exact = case((and_(_states("is_price_exact"), observation.is_price_exact.is_(False)), 0), else_=1)

    def among_its_looks(function: Function[Any]) -> ColumnElement[Any]:
        return function.over(partition_by=observation.listing_id, order_by=look_order(connection))

    return select(
        observation.listing_id,
        observation.id,
        observation.observed_at,
        observation.currency,
        amount.label("price"),
        is_exact.label("is_exact"),
        among_its_looks(func.row_number()).label("position"),
        among_its_looks(func.lag(observation.currency)).label("previous_currency"),
        among_its_looks(func.lag(amount)).label("previous_price"),
        among_its_looks(func.lag(is_exact)).label("previous_is_exact"),
    ).where(
        _states_price(price),
        amount > 0,  # a start at 0 (0元起拍) is no price to compare with, least of all a cut of 100 %
        observation.listing_id.in_(listings),
        *_seen(before),
    )


def _first_stated_at(listing_id: ColumnElement[int], price: tuple[str, ...]) -> ColumnElement[datetime]:
    """When the price was stated first. One step into the index for each row; as a window it doubles the time."""
    return (
        select(OBSERVATION.c.observed_at)
        .where(OBSERVATION.c.listing_id == listing_id, _states_price(price))
        .order_by(OBSERVATION.c.observed_at)
        .limit(1)
        .scalar_subquery()
        .label("first_observed_at")
    )


def _changed_listings(before: datetime | None, sources: Collection[str]) -> Select[Any]:
    """Listings with more than one observation: answered by the index alone, it spares most rows the window."""
    query = select(OBSERVATION.c.listing_id).where(*_seen(before))
    if sources:
        query = query.join(LISTING, LISTING.c.id == OBSERVATION.c.listing_id).where(LISTING.c.source.in_(sources))
    return query.group_by(OBSERVATION.c.listing_id).having(func.count() > 1)


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
