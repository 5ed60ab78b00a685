"""The price-cuts report: which listings are cheaper than they were, or every cut there ever was."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from reporting.asked_homes import ids_that_say
from reporting.errors import WrongFilter
from reporting.filters import Filters, day_of, fold_place, nearest
from reporting.money import UNITS, amount_of, percent_of
from reporting.tables import Column, Shape, Table
from store.bulk import as_instant, driver_query
from store.links import batches
from store.read import (
    Sightings,
    last_observation_ids,
    last_seen,
    observations_by_id,
    observed_range,
    sightings_before,
)
from store.rows import LISTING, OBSERVATION, SOURCE
from store.statement import Minor
from store.terms import Currency, PropertyKind, RoundKind
from tracking.keys import collector_at_rest
from tracking.price_changes import PriceChange, PriceHistory, price_changes, price_histories

KEY = ("source", "source_id", "generation")
WORDS = ("title", "url", "city", "property_kind", "seller_kind", "round_kind", "appraisal_price")
STATES = (
    f"SELECT listing.id, {', '.join(KEY)}, listing.last_seen_at, {', '.join(WORDS)} FROM listing "  # noqa: S608
    "JOIN observation ON observation.id = listing.observation_id"
)
PROPERTY_KINDS: dict[str | None, PropertyKind | None] = {None: None} | {str(each): each for each in PropertyKind}
ROUND_KINDS: dict[str | None, RoundKind | None] = {None: None} | {str(each): each for each in RoundKind}
"""Terms by the text that the driver gives."""

STANDING_MEASURE = (
    "price cut: the offered price (asking price, else starting price) against the highest one of the same listing; "
    "'last': against the price before the last change, negative where it rose; days from the one price to the other"
)
EVERY_MEASURE = (
    "price cut: each time the offered price (asking price, else starting price) of one listing fell, "
    "in percent of the price before"
)


@dataclass(frozen=True, slots=True)
class PriceCutQuestion:
    """What is asked. ``every``: each cut there ever was, instead of the listings that are cheaper now."""

    filters: Filters = field(default_factory=Filters)
    every: bool = False
    limit: int | None = 50  # rows of a table for people; files hold all


class ListingCut(NamedTuple):
    """A listing that is under its highest price. Amounts in whole units of ``currency``; percent to two decimals.

    ``last_cut_*`` is against the price before the last change and negative where that was a rise.
    """

    source: str
    source_id: str
    generation: int
    currency: Currency | None
    price: Decimal
    cut_percent: Decimal
    cut_amount: Decimal
    cut_days: int
    highest_price: Decimal
    highest_observed_at: datetime
    last_cut_percent: Decimal | None
    last_cut_amount: Decimal
    last_cut_days: int
    previous_price: Decimal
    changed_at: datetime
    appraisal_price: Decimal | None
    appraisal_discount_percent: Decimal | None
    city: str | None
    property_kind: PropertyKind | None
    round_kind: RoundKind | None
    last_seen_at: datetime
    title: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class PriceCut:
    """One fall of a price, with the title and address known at that observation. Amounts in ``currency``."""

    source: str
    source_id: str
    generation: int
    observed_at: datetime
    currency: Currency | None
    previous_price: Decimal
    price: Decimal
    cut_amount: Decimal
    cut_percent: Decimal
    title: str | None
    url: str | None


LISTING_CUT_COLUMNS = (
    Column("source", Shape.WORD, "source", room=6),
    Column("source_id", Shape.WORD, "id"),
    Column("generation", Shape.COUNT, is_in_table=False),
    Column("currency", Shape.WORD, is_in_table=False),
    Column("price", Shape.MONEY, "price"),
    Column("cut_percent", Shape.PERCENT, "cut"),
    Column("cut_amount", Shape.MONEY, "by"),
    Column("cut_days", Shape.COUNT, "days", room=4),
    Column("highest_price", Shape.MONEY, is_in_table=False),
    Column("highest_observed_at", Shape.DAY, is_in_table=False),
    Column("last_cut_percent", Shape.PERCENT, "last", room=3),
    Column("last_cut_amount", Shape.MONEY, "by", room=10),
    Column("last_cut_days", Shape.COUNT, "days", room=11),
    Column("previous_price", Shape.MONEY, is_in_table=False),
    Column("changed_at", Shape.DAY, is_in_table=False),
    Column("appraisal_price", Shape.MONEY, is_in_table=False),
    Column("appraisal_discount_percent", Shape.PERCENT, "under appraisal", room=5),
    Column("city", Shape.TEXT, "city", room=2),
    Column("property_kind", Shape.WORD, "kind", room=7),
    Column("round_kind", Shape.WORD, "round", room=8),
    Column("last_seen_at", Shape.DAY, "last seen", room=9),
    Column("title", Shape.TEXT, "title", room=1, least=24),
    Column("url", Shape.TEXT, is_in_table=False),
)

PRICE_CUT_COLUMNS = (
    Column("source", Shape.WORD, "source", room=3),
    Column("source_id", Shape.WORD, "id"),
    Column("observed_at", Shape.DAY, "seen"),
    Column("previous_price", Shape.MONEY, "was"),
    Column("price", Shape.MONEY, "now"),
    Column("cut_amount", Shape.MONEY, "by", room=2),
    Column("cut_percent", Shape.PERCENT, "cut"),
    Column("title", Shape.TEXT, "title", room=1, least=24),
    Column("url", Shape.TEXT, is_in_table=False),
)


@dataclass(frozen=True, slots=True)
class PriceCutReport:
    """The answer: all rows in their order, and the time that the observations span."""

    question: PriceCutQuestion
    cuts: tuple[ListingCut, ...] | tuple[PriceCut, ...]
    observed_from: datetime | None
    observed_to: datetime | None
    notes: tuple[str, ...] = ()

    def table(self) -> Table:
        """The report as rows and columns."""
        every = self.question.every
        return Table(
            columns=PRICE_CUT_COLUMNS if every else LISTING_CUT_COLUMNS,
            rows=self.cuts,
            measure=EVERY_MEASURE if every else STANDING_MEASURE,
            noun="price cuts" if every else "listings under their highest price",
            observed_from=self.observed_from,
            observed_to=self.observed_to,
            limit=self.question.limit,
            notes=self.notes,
        )


def price_cuts(connection: Connection, question: PriceCutQuestion) -> PriceCutReport:
    """Answer the question from the observations.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    filters = question.filters
    _require_sources(connection, filters.sources)
    sightings = None if filters.before is None else sightings_before(connection, filters.before)
    with collector_at_rest():
        cuts = _every_cut(connection, filters) if question.every else _standing_cuts(connection, filters, sightings)
    first_at, last_at = observed_range(connection, filters.sources, sightings) or (None, None)
    notes = (*_notes(connection, filters, cuts), *filters.price_notes())
    return PriceCutReport(question, cuts, first_at, last_at, notes)


def _every_cut(connection: Connection, filters: Filters) -> tuple[PriceCut, ...]:
    """Ordered by time, then source and id."""
    changes = [
        change
        for change in price_changes(connection, before=filters.before, sources=filters.sources)
        if _is_asked_for(change.price, change.previous_price, change.currency, change.observed_at, filters)
    ]
    words = observations_by_id(connection, (change.observation_id for change in changes), WORDS)
    cuts = []
    for change in changes:
        said = words[change.observation_id]
        if filters.admits(said.city, said.property_kind, said.seller_kind, said.round_kind):
            cuts.append(_price_cut(change, said))
    return tuple(sorted(cuts, key=lambda cut: (cut.observed_at, cut.source, cut.source_id, cut.generation)))


def _price_cut(change: PriceChange, said: Row[Any]) -> PriceCut:
    return PriceCut(
        change.source,
        change.source_id,
        change.generation,
        change.observed_at,
        change.currency,
        amount_of(change.previous_price, change.currency),
        amount_of(change.price, change.currency),
        amount_of(change.cut_amount, change.currency),
        percent_of(change.cut_amount, change.previous_price),
        said.title,
        said.url,
    )


def _standing_cuts(connection: Connection, filters: Filters, sightings: Sightings | None) -> tuple[ListingCut, ...]:
    """Ordered by the cut in percent, then its amount, the largest first, then by key."""
    cuts = [_listing_cut(history, state) for history, state in _standing_histories(connection, filters, sightings)]
    for name in reversed(KEY):  # those that are alike stay as they are; one by one it takes half as long as by tuples
        cuts.sort(key=attrgetter(name))
    for name in ("cut_amount", "cut_percent"):
        cuts.sort(key=attrgetter(name), reverse=True)
    return tuple(cuts)


def _standing_histories(
    connection: Connection, filters: Filters, sightings: Sightings | None
) -> Iterator[tuple[PriceHistory, Sequence[Any]]]:
    """The histories that are asked for, each with the last state of its listing in the order of ``STATES``."""
    says = filters.cities or filters.kinds or filters.seller_kinds or filters.rounds
    if sightings is not None or not says:
        parts: Iterable[list[int] | None] = [None]
    else:  # the others are left out before a single price is looked at: of a city it is a hundredth that is left
        parts = ids_that_say(connection, filters)
    for ids in parts:
        histories = _histories(connection, filters, ids)
        for state in _states(connection, histories, sightings):
            _, _, _, _, _, _, _, city, kind, seller_kind, round_kind, *_ = state
            if ids is not None or filters.admits(city, kind, seller_kind, round_kind):
                yield histories[state[0]], state


def _histories(
    connection: Connection, filters: Filters, listing_ids: Collection[int] | None
) -> dict[int, PriceHistory]:
    """Those whose prices are asked for, by listing; ``listing_ids``: of these alone, a few thousand."""
    sources = filters.sources if listing_ids is None else ()  # of those found by their words each has its source
    found = price_histories(connection, before=filters.before, sources=sources, listing_ids=listing_ids)
    return {
        each.listing_id: each
        for each in found
        if _is_asked_for(each.price, each.highest_price, each.currency, each.changed_at, filters)
    }


def _states(
    connection: Connection, listing_ids: Collection[int], sightings: Sightings | None
) -> Iterator[Sequence[Any]]:
    """The last state of each listing; when it was seen last is today noted at the listing itself."""
    if sightings is not None:
        yield from _states_before(connection, listing_ids, sightings)
        return
    for ids in batches(listing_ids):
        yield from driver_query(connection, f"{STATES} WHERE listing.id IN ({','.join(map(str, ids))})", ())


def _states_before(
    connection: Connection, listing_ids: Collection[int], sightings: Sightings
) -> Iterator[Sequence[Any]]:
    """The same of an earlier day."""
    newest = last_observation_ids(connection, listing_ids, sightings.before)
    words = observations_by_id(connection, newest.values(), WORDS)
    seen = last_seen(connection, listing_ids, sightings)
    for ids in batches(listing_ids):
        query = select(LISTING.c.id, *(LISTING.c[name] for name in KEY)).where(LISTING.c.id.in_(ids))
        for listing_id, *key in connection.execute(query).all():
            yield listing_id, *key, seen[listing_id], *words[newest[listing_id]][1:]


def _listing_cut(history: PriceHistory, state: Sequence[Any]) -> ListingCut:
    _, currency, price, changed_at, previous, previous_at, highest, highest_at = history
    _, source, source_id, generation, seen_at, title, url, city, property_kind, _, round_kind, appraisal = state
    unit, changed_on = UNITS[currency], _day(changed_at)
    return ListingCut(
        source,
        source_id,
        generation,
        currency,
        unit * price,
        percent_of(highest - price, highest),
        unit * (highest - price),
        (changed_on - _day(highest_at)).days,
        unit * highest,
        highest_at,
        percent_of(previous - price, previous) if previous else None,
        unit * (previous - price),
        (changed_on - _day(previous_at)).days,
        unit * previous,
        changed_at,
        None if appraisal is None else unit * appraisal,
        percent_of(appraisal - price, appraisal) if appraisal else None,
        city,
        PROPERTY_KINDS[property_kind],
        ROUND_KINDS[round_kind],
        as_instant(seen_at),
        title,
        url,
    )


_day = lru_cache(maxsize=4096)(day_of)
"""Days by the calendar of Asia/Shanghai: a daily crawl is a day apart though it starts a minute sooner."""


def _is_asked_for(
    price: Minor, earlier_price: Minor, currency: Currency | None, changed_at: datetime, filters: Filters
) -> bool:
    if not price < earlier_price or earlier_price <= 0:
        return False
    if filters.since is not None and changed_at < filters.since:
        return False
    if filters.max_price is None and filters.min_cut is None:
        return True
    amount, earlier = amount_of(price, currency), amount_of(earlier_price, currency)
    if not filters.is_within_price(amount, currency):
        return False
    return filters.min_cut is None or filters.min_cut.is_reached(earlier - amount, earlier, currency)


def _require_sources(connection: Connection, sources: Sequence[str]) -> None:
    known = list(connection.execute(select(SOURCE.c.name).order_by(SOURCE.c.name)).scalars())
    for source in sources:
        if source not in known:
            meant = f"the nearest is {nearest(source, known)!r}" if known else "nothing was read yet"
            raise WrongFilter(f"--source: nothing is known of {source!r}, {meant}")


def _notes(
    connection: Connection, filters: Filters, cuts: Sequence[ListingCut] | Sequence[PriceCut]
) -> tuple[str, ...]:
    """A city that stands nowhere is no error, cities are no closed list; but it is most likely misspelt."""
    if not filters.cities:
        return ()
    found = {fold_place(cut.city) for cut in cuts if isinstance(cut, ListingCut) and cut.city}
    if found.issuperset(map(fold_place, filters.cities)):
        return ()  # whoever asks for a city with cuts needs no look at every observation
    cities = [city for city in connection.execute(select(OBSERVATION.c.city).distinct()).scalars() if city]
    known = {fold_place(city): city for city in sorted(cities)}
    return tuple(
        f"--city: no listing is in {city!r}; the nearest is {known[meant]!r}"
        for city in filters.cities
        if fold_place(city) not in known and (meant := nearest(fold_place(city), list(known))) is not None
    )
