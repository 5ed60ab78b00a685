"""Time to sale: how many homes are still unsold so many days after their first notice.

Kaplan-Meier for the sale, over the whole chain; Aalen-Johansen for the first of sale, creditor and withdrawal, each
in the presence of the others. Both by statsmodels (extra ``statistics``).
"""

import warnings
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from math import exp, isclose, log
from typing import Any, NamedTuple

from sqlalchemy import Connection

from reporting.attempts import Attempt, by_home, load_attempts
from reporting.chains import NOT_LINKED
from reporting.choices import Group
from reporting.errors import ReportError
from reporting.filters import CLAIMS_LEFT_OUT, Filters
from reporting.linked import linked_then
from reporting.seen import is_asked_for, seen_at
from reporting.spells import Ending, Looks, Spell, looks_at, spells_of
from reporting.tables import Column, Shape, Table
from store.read import observed_range

HORIZONS = (30, 60, 90, 180, 365, 730)
LEAST_HOMES = 10
"""Of which the fate at a day is known: with fewer, one home moves the share by more than ten points."""

CONFIDENCE = Decimal("0.95")
Z = 1.959963984540054  # of the normal distribution, for 95 %
TOO_FEW, NO_RESULT = "insufficient data", "no result is known"
MEASURE = (
    "time to sale: days from the first notice of a home to its sale, over all its rounds, censored where it was last "
    "seen on offer (Kaplan-Meier, 95 % by log-log); first ending: sold, taken by the creditor or withdrawn for good, "
    "whichever came first (Aalen-Johansen)"
)


class StatisticsMissing(ReportError):
    """A report was asked for without the package that computes it."""


GROUP_OF: Mapping[Group, Callable[[Attempt], str | None]] = {
    Group.SOURCE: lambda attempt: attempt.offer.source,
    Group.CITY: lambda attempt: attempt.offer.city,
    Group.KIND: lambda attempt: attempt.offer.property_kind,
    Group.SELLER_KIND: lambda attempt: attempt.offer.seller_kind,
}


class Point(NamedTuple):
    """The share unsold from a day on, with its interval; ``None`` where it has none (nothing sold, all sold)."""

    day: int
    unsold: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """The estimates for one group. Shares from 0 to 1; every list steps at the days it names."""

    group: str | None
    spells: Sequence[Spell]
    points: Sequence[Point]
    incidence: Mapping[Ending, Sequence[tuple[int, float]]]

    @property
    def has_results(self) -> bool:
        """Whether any home has ended as far as anybody told."""
        return any(spell.ending for spell in self.spells)

    @property
    def median(self) -> tuple[int | None, int | None, int | None]:
        """The day by which half are sold, and the ends of its interval; ``None``: not reached."""
        return (
            _first_day(self.points, lambda point: point.unsold),
            _first_day(self.points, lambda point: point.low),
            _first_day(self.points, lambda point: point.high),
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One group at one day. Percent; ``None`` with a remark where too little is known."""

    group: str | None
    homes: int
    sold: int
    taken_by_creditor: int
    withdrawn: int
    lost: int
    days: int
    at_risk: int
    sold_percent: Decimal | None
    low_percent: Decimal | None
    high_percent: Decimal | None
    first_sold_percent: Decimal | None
    first_taken_percent: Decimal | None
    first_withdrawn_percent: Decimal | None
    median_days: int | None
    median_low_days: int | None
    median_high_days: int | None
    remark: str | None
    currency: None = None


COLUMNS = (
    Column("group", Shape.TEXT, "group", least=8),
    Column("homes", Shape.COUNT, "homes"),
    Column("sold", Shape.COUNT, "sold", room=5),
    Column("taken_by_creditor", Shape.COUNT, "taken", room=6),
    Column("withdrawn", Shape.COUNT, "withdrawn", room=7),
    Column("lost", Shape.COUNT, "lost", room=5),
    Column("days", Shape.COUNT, "days"),
    Column("at_risk", Shape.COUNT, "at risk", room=4),
    Column("sold_percent", Shape.PERCENT, "sold by then"),
    Column("low_percent", Shape.PERCENT, "from", room=2),
    Column("high_percent", Shape.PERCENT, "to", room=1),
    Column("first_sold_percent", Shape.PERCENT, "first: sold", room=8),
    Column("first_taken_percent", Shape.PERCENT, "taken", room=9),
    Column("first_withdrawn_percent", Shape.PERCENT, "withdrawn", room=10),
    Column("median_days", Shape.COUNT, "median", room=3),
    Column("median_low_days", Shape.COUNT, is_in_table=False),
    Column("median_high_days", Shape.COUNT, is_in_table=False),
    Column("remark", Shape.TEXT, "remark"),
)


@dataclass(frozen=True, slots=True)
class SurvivalQuestion:
    """What is asked. ``by``: one curve for each value; ``horizons`` in days."""

    filters: Filters = field(default_factory=Filters)
    by: Group | None = None
    horizons: Sequence[int] = HORIZONS
    limit: int | None = 60


@dataclass(frozen=True, slots=True)
class TimeToSale:
    """The answer. ``left_out``: homes whose first notice was not seen; ``claims``: listings that are of no home."""

    curves: Sequence[Curve]
    left_out: int
    is_linked: bool
    question: SurvivalQuestion
    observed: tuple[datetime, datetime] | None
    claims: int = 0

    @property
    def rows(self) -> list[Row]:
        """Every group at every day asked for."""
        return [_row(curve, days) for curve in self.curves for days in self.question.horizons]

    def table(self) -> Table:
        """The report as rows and columns; what was left out beneath."""
        first, last = self.observed or (None, None)
        spells = [spell for curve in self.curves for spell in curve.spells]
        notes = [
            f"homes = {len(spells):,}, of which {sum(spell.is_sold for spell in spells):,} were sold; "
            f"coverage: the first notice was seen of {len(spells):,} of {len(spells) + self.left_out:,}, "
            "the others stood there at the first look, began before it, or contradict themselves",
            f"lost: {sum(spell.is_lost for spell in spells):,} homes have no result and were not seen at the last look "
            "at their source and city; where a site takes down what it sold, the shares are too low",
            f"{TOO_FEW}: the fate of fewer than {LEAST_HOMES} homes is known by that day, or none was followed so long",
        ]
        if self.claims:
            notes.append(f"left out: {self.claims:,} {CLAIMS_LEFT_OUT}")
        if not self.is_linked:
            notes.append(f"{NOT_LINKED}; until then each listing counts as a home")
        return Table(COLUMNS, self.rows, MEASURE, "groups and days", first, last, self.question.limit, notes)


def time_to_sale(connection: Connection, question: SurvivalQuestion) -> TimeToSale:
    """How long homes take to be sold, from the homes of which a listing was asked for.

    Raises:
        StatisticsMissing: the extra is not installed.
    """
    _statsmodels()
    filters = question.filters
    then = linked_then(connection, filters, with_waiting=False)
    sightings = then.sightings if then else None
    attempts = load_attempts(connection, Filters(as_of=filters.as_of), then=then)
    homes, claims = _homes_and_claims(attempts, filters)
    looks = looks_at([attempt for home in homes for attempt in home], seen_at(connection, attempts, sightings))
    asked = (home for home in homes if any(_is_admitted(each, filters, looks) for each in _no_claims(home, filters)))
    spells = [spell for home in asked for spell in spells_of(home, looks)]
    is_linked = not homes or any(home[0].property_id is not None for home in homes)
    observed = observed_range(connection, filters.sources, sightings)
    left_out = sum(_is_admitted(claim, filters, looks) for claim in claims)
    return TimeToSale(_curves(spells, question), spells.count(None), is_linked, question, observed, left_out)


def _homes_and_claims(attempts: Sequence[Attempt], filters: Filters) -> tuple[list[list[Attempt]], list[Attempt]]:
    """The attempts of each home, and those that are of none: a claim that a person joined with a home is one of it."""
    homes, claims = [], []
    for home in by_home(attempts):
        if _no_claims(home, filters):
            homes.append(home)
        else:
            claims += home
    return homes, claims


def _no_claims(attempts: Iterable[Attempt], filters: Filters) -> list[Attempt]:
    return [each for each in attempts if not filters.leaves_out(each.offer.property_kind)]


def _curves(spells: Sequence[Spell | None], question: SurvivalQuestion) -> list[Curve]:
    """A curve for each group, the largest group first."""
    groups: dict[str | None, list[Spell]] = defaultdict(list)
    for spell in spells:
        if spell is not None:
            groups[_group_of(spell, question)].append(spell)
    largest_first = sorted(groups, key=lambda group: (-len(groups[group]), group or ""))
    return [estimate(group, groups[group]) for group in largest_first]


def _group_of(spell: Spell, question: SurvivalQuestion) -> str | None:
    """By its first attempt that is no claim; of nothing but claims, after a sale of the home, by the first."""
    if question.by is None:
        return "all"
    return GROUP_OF[question.by]((_no_claims(spell.attempts, question.filters) or spell.attempts)[0])


def _is_admitted(attempt: Attempt, filters: Filters, looks: Looks) -> bool:
    return is_asked_for(attempt.offer, filters, looks.last[attempt.offer.listing_id])


def estimate(group: str | None, spells: Sequence[Spell]) -> Curve:
    """Both estimates for some spells.

    Raises:
        StatisticsMissing: the extra is not installed.
    """
    if not spells:
        return Curve(group, spells, [], {ending: [] for ending in Ending})
    survival, incidence = _statsmodels()
    codes = {ending: code for code, ending in enumerate(Ending, 1)}
    with warnings.catch_warnings():
        # It divides by the homes that are left behind the last sale, which are none, and then drops the quotient.
        warnings.simplefilter("ignore", RuntimeWarning)
        sales = survival([spell.days for spell in spells], [int(spell.is_sold) for spell in spells])
        endings = [codes[spell.ending] if spell.ending else 0 for spell in spells]
        ends = incidence([spell.ended_days for spell in spells], endings)
    steps = zip(sales.surv_times, sales.surv_prob, sales.surv_prob_se, strict=True)
    points = [_point(int(day), float(unsold), float(error)) for day, unsold, error in steps]
    shares = {
        ending: [(int(day), float(share)) for day, share in zip(ends.times, ends.cinc[code - 1], strict=True)]
        if code <= len(ends.cinc)
        else []
        for ending, code in codes.items()
    }
    return Curve(group, spells, points, shares)


def _statsmodels() -> tuple[Any, Any]:
    try:
        from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight
    except ImportError:
        raise StatisticsMissing("time-to-sale needs the extra: pip install 'fapai[statistics]'") from None
    return SurvfuncRight, CumIncidenceRight


def _point(day: int, unsold: float, error: float) -> Point:
    """With the interval on the scale of log(-log), by Greenwood's error: it stays between 0 and 1."""
    if not 0 < unsold < 1:
        return Point(day, max(unsold, 0.0), None, None)
    width = Z * error / (unsold * abs(log(unsold)))
    return Point(day, unsold, unsold ** exp(width), unsold ** exp(-width))


def _first_day(points: Sequence[Point], of: Callable[[Point], float | None]) -> int | None:
    """The first day at which a half or less is left. Where everything was sold, so are the ends of the interval."""
    for point in points:
        value = of(point)
        if point.unsold == 0 or (value is not None and value <= 0.5):
            return point.day
    return None


def _row(curve: Curve, days: int) -> Row:
    counts = Counter(spell.ending for spell in curve.spells)
    median, low, high = curve.median if len(curve.spells) >= LEAST_HOMES else (None, None, None)
    row = Row(
        group=curve.group,
        homes=len(curve.spells),
        sold=sum(spell.is_sold for spell in curve.spells),
        taken_by_creditor=counts[Ending.TAKEN_BY_CREDITOR],
        withdrawn=counts[Ending.WITHDRAWN],
        lost=sum(spell.is_lost for spell in curve.spells),
        days=days,
        at_risk=sum(spell.days >= days for spell in curve.spells),
        sold_percent=None,
        low_percent=None,
        high_percent=None,
        first_sold_percent=None,
        first_taken_percent=None,
        first_withdrawn_percent=None,
        median_days=median,
        median_low_days=low,
        median_high_days=high,
        remark=TOO_FEW if curve.has_results else NO_RESULT,
    )
    if not curve.has_results:  # a site that never tells results would show that nothing is ever sold
        return row
    known = sum(spell.days >= days or spell.is_sold for spell in curve.spells)
    return row if known < LEAST_HOMES else _with_first_endings(_with_sales(row, curve), curve)


def _with_sales(row: Row, curve: Curve) -> Row:
    """Filled in if somebody was followed to that day, or nobody was left before it."""
    at = bisect_right([point.day for point in curve.points], row.days)
    point = curve.points[at - 1] if at else Point(0, 1.0, None, None)
    if row.at_risk == 0 and point.unsold > 0:
        return row
    return replace(
        row,
        sold_percent=_percent(1 - point.unsold),
        low_percent=None if point.high is None else _percent(1 - point.high),
        high_percent=None if point.low is None else _percent(1 - point.low),
        remark=None,
    )


def _with_first_endings(row: Row, curve: Curve) -> Row:
    shares = {ending: _share_by(curve.incidence[ending], row.days) for ending in Ending}
    is_followed = any(spell.ended_days >= row.days for spell in curve.spells)
    if not is_followed and not isclose(sum(shares.values()), 1):
        return row
    return replace(
        row,
        first_sold_percent=_percent(shares[Ending.SOLD]),
        first_taken_percent=_percent(shares[Ending.TAKEN_BY_CREDITOR]),
        first_withdrawn_percent=_percent(shares[Ending.WITHDRAWN]),
    )


def _share_by(steps: Sequence[tuple[int, float]], days: int) -> float:
    at = bisect_right([day for day, _ in steps], days)
    return steps[at - 1][1] if at else 0.0


def _percent(share: float) -> Decimal:
    return Decimal(share * 100).quantize(Decimal("0.01"))


def stairs(curve: Curve) -> Iterator[Point]:
    """The points of the curve from day 0 to the last day on which a home was followed."""
    if not curve.points or curve.points[0].day > 0:
        yield Point(0, 1.0, None, None)
    yield from curve.points
    last = max((spell.days for spell in curve.spells), default=0)
    if curve.points and last > curve.points[-1].day:
        yield curve.points[-1]._replace(day=last)
    elif not curve.points and last:
        yield Point(last, 1.0, None, None)
