"""Context: time series (negative equity, price indices) beside the bank-owned listings of the same country."""

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, select

from reporting.attempts import Attempt, load_attempts
from reporting.chains import NOT_LINKED
from reporting.errors import WrongFilter
from reporting.filters import Filters, day_of, nearest
from reporting.money import percent_of
from reporting.seen import seen_at
from reporting.tables import Column, Shape, Table
from store.read import sightings_before
from store.rows import PAGE, SERIES_POINT
from tracking.law import CREDITORS
from tracking.offers import country_of

MONTHS = re.compile(r"(\d{4})-(\d\d)")
QUARTERS = re.compile(r"(\d{4})-Q([1-4])")
YEARS = re.compile(r"\d{4}")
COUNTRY_OF_SOURCE = {"hkma": "HK", "taiwan_housing": "TW"}
"""Where the name of a source does not begin with its country, as hk_rvd does."""

MEASURE = (
    "context: each series as published last by that day, its change from the period just before; bank-owned: different "
    "listings of banks and asset managers in the same country on offer in the period, by first and last look; empty "
    "where nobody looked then"
)


class Period(NamedTuple):
    """A month, quarter or year by its first and last day."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class ContextQuestion:
    """What is asked. ``series``: names, or beginnings of names up to a dot; all where empty."""

    filters: Filters = field(default_factory=Filters)
    series: tuple[str, ...] = ()
    country: str | None = None
    limit: int | None = 60


@dataclass(frozen=True, slots=True)
class ContextRow:
    """One number of a series. ``None``: not known: a gap before it, nobody looked, nothing linked."""

    series: str
    title: str
    country: str
    period: str
    value: Decimal
    unit: str
    change: Decimal | None
    change_percent: Decimal | None
    listings: int | None
    homes: int | None
    source: str
    published_by: datetime
    currency: None = None


COLUMNS = (
    Column("series", Shape.TEXT, "series", least=24),
    Column("period", Shape.WORD, "period"),
    Column("value", Shape.COUNT, "value"),
    Column("unit", Shape.WORD, "unit", room=1),
    Column("change", Shape.COUNT, "change", room=4),
    Column("change_percent", Shape.PERCENT, "change", room=2),
    Column("listings", Shape.COUNT, "bank-owned"),
    Column("homes", Shape.COUNT, "homes", room=3),
    Column("country", Shape.WORD, "country", room=5),
    Column("published_by", Shape.DAY, "seen", room=6),
    Column("source", Shape.WORD, is_in_table=False),
    Column("title", Shape.TEXT, is_in_table=False),
)


@dataclass(frozen=True, slots=True)
class ContextReport:
    """The answer. ``untold``: listings whose seller nobody tells; they count for no bank."""

    rows: Sequence[ContextRow]
    untold: int
    is_linked: bool
    limit: int | None

    def table(self) -> Table:
        """The report as rows and columns; the names of the series beneath."""
        names = sorted({row.series for row in self.rows})
        notes = [f"{len(names):,} series: {', '.join(names[:8])}{' …' if len(names) > 8 else ''}"] if names else []
        if not self.rows:
            notes.append("no series was read: try fapai crawl hkma, or fapai capture --list-mappings")
        if self.untold:
            notes.append(f"{self.untold:,} listings do not tell their seller and are not counted as bank-owned")
        if not self.is_linked:
            notes.append(f"{NOT_LINKED}; until then homes are not counted")
        return Table(COLUMNS, self.rows, MEASURE, "numbers", limit=self.limit, notes=notes)


def context(connection: Connection, question: ContextQuestion) -> ContextReport:
    """The series asked for, by name, the latest period first.

    Raises:
        WrongFilter: there is no such series; the nearest is named.
    """
    points = _load_points(connection, question.filters)
    names = _wanted(question.series, sorted(points))
    offers = _load_offers(connection, question.filters)
    rows: list[ContextRow] = []
    for name in names:
        country = question.country or country_of_series(next(iter(points[name].values())).source)
        rows += _rows_of(name, country, points[name], offers)
    countries = {row.country for row in rows}
    untold = sum(offers.untold[country] for country in countries)
    return ContextReport(rows, untold, offers.is_linked, question.limit)


@dataclass(frozen=True, slots=True)
class _Offers:
    """Bank-owned listings and the days that their sources were looked at, by country; ``last``: when seen last."""

    by_country: Mapping[str, Sequence[Attempt]]
    days: Mapping[str, set[date]]
    last: Mapping[int, datetime]
    untold: Mapping[str, int]
    is_linked: bool


def _load_offers(connection: Connection, filters: Filters) -> _Offers:
    """Of all sources: those that the filters name are the series' own."""
    wanted = filters if filters.seller_kinds else replace(filters, seller_kinds=tuple(sorted(CREDITORS)))
    attempts = load_attempts(connection, Filters(as_of=filters.as_of))
    last = seen_at(connection, attempts, sightings_before(connection, filters.before) if filters.before else None)
    looked = _days_looked(connection, filters)
    by_country: dict[str, list[Attempt]] = defaultdict(list)
    days: dict[str, set[date]] = defaultdict(set)
    untold: dict[str, int] = defaultdict(int)
    for each in attempts:
        country = country_of(each.offer.region_code, each.offer.source, each.offer.currency)
        days[country] |= looked[each.offer.source]
        untold[country] += each.offer.seller_kind is None
        if _is_asked_for(each, wanted) and not filters.leaves_out(each.offer.property_kind):
            by_country[country].append(each)
    is_linked = not attempts or any(each.property_id is not None for each in attempts)
    return _Offers(by_country, days, last, untold, is_linked)


class _Point(NamedTuple):
    series: str
    period: str
    value: float
    unit: str
    title: str
    source: str
    observed_at: datetime


def _load_points(connection: Connection, filters: Filters) -> dict[str, dict[str, _Point]]:
    """By series and period, as the last page before the filters' day gave them."""
    columns = SERIES_POINT.c
    query = (
        select(
            columns.series,
            columns.period,
            columns.value,
            columns.unit,
            columns.title,
            PAGE.c.source,
            PAGE.c.observed_at,
        )
        .join(PAGE, PAGE.c.id == columns.page_id)
        .order_by(PAGE.c.observed_at, PAGE.c.body_sha256, columns.id)
    )
    if filters.before is not None:
        query = query.where(PAGE.c.observed_at < filters.before)
    if filters.sources:
        query = query.where(PAGE.c.source.in_(filters.sources))
    points: dict[str, dict[str, _Point]] = defaultdict(dict)
    for row in connection.execute(query):
        points[row.series][row.period] = _Point(*row)
    return points


def _wanted(asked: Sequence[str], known: Sequence[str]) -> list[str]:
    found = [name for name in known if not asked or any(f"{name}.".startswith(f"{each}.") for each in asked)]
    for each in asked:
        if not any(f"{name}.".startswith(f"{each}.") for name in known):
            hint = f"the nearest is {nearest(each, known)!r}" if known else "no series was read yet"
            raise WrongFilter(f"--series: there is no {each!r}, {hint}")
    return found


def country_of_series(source: str) -> str:
    """Two letters: the country whose context a source tells."""
    return COUNTRY_OF_SOURCE.get(source) or country_of(None, source, None)


def _is_asked_for(attempt: Attempt, filters: Filters) -> bool:
    offer = attempt.offer
    return filters.admits(offer.city, offer.property_kind, offer.seller_kind, offer.round_kind)


def _days_looked(connection: Connection, filters: Filters) -> Mapping[str, set[date]]:
    """The days on which each source showed any listing."""
    query = select(PAGE.c.source, PAGE.c.observed_at).where(PAGE.c.looks.is_not(None))
    if filters.before is not None:
        query = query.where(PAGE.c.observed_at < filters.before)
    days: dict[str, set[date]] = defaultdict(set)
    for source, observed_at in connection.execute(query):
        days[source].add(day_of(observed_at))
    return days


def _rows_of(name: str, country: str, points: Mapping[str, _Point], offers: _Offers) -> Iterator[ContextRow]:
    days = offers.days.get(country, set())
    for period in sorted(points, reverse=True):
        point, span = points[period], period_of(period)
        before = points.get(period_before(period) or "")
        value, earlier = _number(point.value), _number(before.value) if before else None
        is_looked = span is not None and any(span.first <= day <= span.last for day in days)
        on_offer = [each for each in offers.by_country.get(country, ()) if span and _is_on_offer(each, span, offers)]
        homes = {each.property_id for each in on_offer if each.property_id is not None}
        yield ContextRow(
            series=name,
            title=point.title,
            country=country,
            period=period,
            value=value,
            unit=point.unit,
            change=None if earlier is None else value - earlier,
            change_percent=percent_of_change(value, earlier) if earlier and point.unit != "%" else None,
            listings=len(on_offer) if is_looked else None,
            homes=len(homes) if is_looked and offers.is_linked else None,
            source=point.source,
            published_by=point.observed_at,
        )


def percent_of_change(value: Decimal, earlier: Decimal) -> Decimal:
    """The change in percent of the earlier value, to two decimals."""
    digits = 10_000  # percent_of counts in whole minor units
    return percent_of(int((value - earlier) * digits), int(earlier * digits))


def _is_on_offer(attempt: Attempt, span: Period, offers: _Offers) -> bool:
    """Seen at both ends of a stretch that meets the period, and not over before it."""
    offer = attempt.offer
    is_over = attempt.ends_on is not None and attempt.ends_on < span.first
    return (
        not is_over and day_of(offer.first_seen_at) <= span.last and day_of(offers.last[offer.listing_id]) >= span.first
    )


def period_of(text: str) -> Period | None:
    """``2024-03``, ``2024-Q1`` or ``2024`` in days; ``None`` for anything else."""
    if found := MONTHS.fullmatch(text):
        year, first, last = int(found[1]), int(found[2]), int(found[2])
    elif found := QUARTERS.fullmatch(text):
        year, first, last = int(found[1]), 3 * int(found[2]) - 2, 3 * int(found[2])
    elif YEARS.fullmatch(text):
        year, first, last = int(text), 1, 12
    else:
        return None
    if not 1 <= first <= 12 or year == 0:
        return None
    return Period(date(year, first, 1), date(year, last, monthrange(year, last)[1]))


def period_before(text: str) -> str | None:
    """The name of the period just before, in the same form."""
    span = period_of(text)
    if span is None or span.first <= date(1, 12, 31):
        return None
    last = span.first - timedelta(days=1)
    if "Q" in text:
        return f"{last.year:04d}-Q{(last.month + 2) // 3}"
    return f"{last:%Y-%m}" if "-" in text else f"{last.year:04d}"


def _number(value: float) -> Decimal:
    """As published: 40741, not 40741.0."""
    exact = Decimal(repr(value))
    whole = exact.to_integral_value()
    return whole if whole == exact else exact
