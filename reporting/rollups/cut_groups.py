"""Price cuts by city, or by whatever tells listings apart: how many are under their highest price, and how far."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Connection

from reporting.choices import By
from reporting.filters import Filters
from reporting.money import HUNDREDTH, amount_of, percent_of
from reporting.rollups.answer import kept_figures
from reporting.rollups.rows_on_demand import RowsOnDemand
from reporting.statistics.groups import group_of, in_order
from reporting.statistics.rows import NAME_COLUMNS, Grouped, count_columns
from reporting.statistics.sample import Ground, Sample, load_sample
from reporting.tables import Column, Shape, Table
from tracking.price_changes import price_histories

MEASURE = (
    "cut: listings whose offered price (asking price, else starting price) is under the highest one of the same "
    "listing; share: in percent of all listings; mean: of their cuts in percent; at least: how many of them are cut by "
    "so many percent"
)
LEAST = (10, 20, 30, 50)


@dataclass(frozen=True, slots=True)
class CutGroupQuestion:
    """What is asked: of which listings, and by what they are told apart."""

    filters: Filters = field(default_factory=Filters)
    by: By = By.CITY
    limit: int | None = 50


@dataclass(frozen=True, slots=True)
class CutGroup(Grouped):
    """One group. ``mean_percent`` is ``None`` where nothing is cut."""

    group: str | None
    listings: int
    cut: int
    share_percent: Decimal
    mean_percent: Decimal | None
    cut_10: int
    cut_20: int
    cut_30: int
    cut_50: int


COLUMNS = (
    *NAME_COLUMNS,
    *count_columns(listings=0, cut=0),
    Column("share_percent", Shape.PERCENT, "share"),
    Column("mean_percent", Shape.PERCENT, "mean"),
    *(Column(f"cut_{least}", Shape.COUNT, f"at least {least} %", room=1) for least in LEAST),
)


@dataclass(frozen=True, slots=True)
class CutGroups:
    """The answer."""

    question: CutGroupQuestion
    rows: Sequence[CutGroup]
    ground: Ground

    def table(self) -> Table:
        """The report as rows and columns."""
        return self.ground.table(COLUMNS, self.rows, MEASURE, "groups", self.question.limit, ())


def cut_groups(connection: Connection, question: CutGroupQuestion) -> CutGroups:
    """Count from rollups where these know the answer, else from the observations.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    kept = kept_figures(connection, question.by, question.filters, of_homes=False)
    if kept is None:
        return counted_cut_groups(connection, question)
    groups = kept.groups
    columns = [groups[name] for name in ("listings", "cut", "cut_sum", *(f"cut_{least}" for least in LEAST))]

    def make(place: int) -> CutGroup:
        listings, cut, cut_sum, *at_least = [column[place] for column in columns]
        return _row(groups.name_of(place), listings, cut, cut_sum, at_least)

    rows = RowsOnDemand(groups.in_order(groups.places(), question.by, groups["cut"]), make)
    return CutGroups(question, rows, kept.ground)


def counted_cut_groups(connection: Connection, question: CutGroupQuestion) -> CutGroups:
    """The same from the observations, with any filter and as of any day."""
    sample = load_sample(connection, question.filters, of_homes=False)
    cuts = _cuts(connection, question.filters, sample)
    listings: dict[str | None, int] = defaultdict(int)
    found: dict[str | None, list[int]] = defaultdict(list)
    for attempt in sample.listings:
        group = group_of(attempt, question.by)
        listings[group] += 1
        if (cut := cuts.get(attempt.offer.listing_id)) is not None:
            found[group].append(cut)
    sizes = {group: len(found[group]) for group in listings}
    rows = [
        _row(group, listings[group], size, sum(found[group]), [_at_least(found[group], each) for each in LEAST])
        for group, size in in_order(sizes, question.by, int).items()
    ]
    return CutGroups(question, rows, sample)


def _at_least(cuts: Sequence[int], percent: int) -> int:
    return sum(cut >= percent * 100 for cut in cuts)


def _cuts(connection: Connection, filters: Filters, sample: Sample) -> dict[int, int]:
    """By listing, its cut in hundredths of a percent, where the filters of prices admit it."""
    asked = {attempt.offer.listing_id for attempt in sample.listings}
    found = {}
    for history in price_histories(connection, before=filters.before, sources=filters.sources):
        price, highest, currency = history.price, history.highest_price, history.currency
        if history.listing_id not in asked or not price < highest:
            continue
        amount, earlier = amount_of(price, currency), amount_of(highest, currency)
        if not filters.is_within_price(amount, currency):
            continue
        if filters.min_cut is None or filters.min_cut.is_reached(earlier - amount, earlier, currency):
            found[history.listing_id] = int(percent_of(highest - price, highest) * 100)
    return found


def _row(group: str | None, listings: int, cut: int, cut_sum: int, at_least: Sequence[int]) -> CutGroup:
    mean = (Decimal(cut_sum) / 100 / cut).quantize(HUNDREDTH) if cut else None
    return CutGroup(group, listings, cut, percent_of(cut, listings), mean, *at_least)
