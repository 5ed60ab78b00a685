"""The statistics that have a page: what each may be asked, how it is answered, and the plot that belongs to it.

Questions, answers and plots are those of ``fapai report``; here stands only which words of an address they read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from starlette.datastructures import QueryParams

from reporting.choices import By, Detail, Group
from reporting.context import ContextQuestion, context
from reporting.coverage import CoverageQuestion, coverage
from reporting.filters import Filters
from reporting.plots.of_statistics import plot_of_clearance, plot_of_counts, plot_of_funnel
from reporting.plots.options import Option
from reporting.plots.survival import plot_survival
from reporting.rollups.answer import kept_figures
from reporting.rollups.standing import standing_clearance, standing_counts
from reporting.statistics.clearance import Clearance, ClearanceQuestion
from reporting.statistics.counts import CountQuestion
from reporting.statistics.cut_share import CutShareQuestion, cut_share
from reporting.statistics.funnel import FunnelQuestion, funnel
from reporting.survival import SurvivalQuestion, time_to_sale
from reporting.tables import Tabular
from reporting.web.errors import NotHere
from reporting.web.query import FILTERS, WrongWord, choice_of, read_filters, words_of
from reporting.web.statistics.shares import plot_of_cut_share

NONE = "none"
"""Told apart by nothing."""

PER = ("rounds", "homes")
OF_LISTINGS = ("source", "city", "kind", "seller-kind", "round", "since", "as-of")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question in full: equal questions have equal answers."""

    name: str
    filters: Filters
    by: str | None = None
    per_home: bool = False
    series: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statistic:
    """One statistic.

    Attributes:
        name: part of its address, and of the names of its words.
        answer: asks the open database.
        draw: makes the option of the plot; ``None`` where nobody draws it.
        is_drawn: whether this question has a plot.
        is_kept: whether rollups know the answer, so that no listing is looked at.
        filters: the names of the filters that it takes.
        groups: by what it can be told apart, the first one unless another is asked for.
    """

    name: str
    answer: Callable[[Connection, Asked], Tabular]
    draw: Callable[[Any], Option] | None = None
    is_drawn: Callable[[Asked], bool] = lambda asked: True  # noqa: ARG005
    is_kept: Callable[[Connection, Asked], bool] = lambda connection, asked: False  # noqa: ARG005
    filters: tuple[str, ...] = OF_LISTINGS
    groups: tuple[str, ...] = ()
    has_homes: bool = False
    has_series: bool = False


def _counts(connection: Connection, asked: Asked) -> Tabular:
    return standing_counts(connection, CountQuestion(asked.filters, _counted_by(asked)))


def _are_counts_kept(connection: Connection, asked: Asked) -> bool:
    """Sellers stand beside published numbers, of which rollups know some only."""
    by = _counted_by(asked)
    return by is not By.SELLER and kept_figures(connection, by, asked.filters, of_homes=False) is not None


def _counted_by(asked: Asked) -> By:
    return By(asked.by or By.SOURCE)


def _clearance(connection: Connection, asked: Asked) -> Clearance:
    return standing_clearance(connection, ClearanceQuestion(asked.filters, _cleared_by(asked), asked.per_home))


def _is_clearance_kept(connection: Connection, asked: Asked) -> bool:
    if asked.per_home:
        return False
    return kept_figures(connection, _cleared_by(asked), asked.filters, of_homes=True) is not None


def _cleared_by(asked: Asked) -> By:
    return By(asked.by or By.MONTH)


def _funnel(connection: Connection, asked: Asked) -> Tabular:
    return funnel(connection, FunnelQuestion(asked.filters))


def _time_to_sale(connection: Connection, asked: Asked) -> Tabular:
    by = None if asked.by in {None, NONE} else Group(asked.by)
    return time_to_sale(connection, SurvivalQuestion(asked.filters, by))


def _cut_share(connection: Connection, asked: Asked) -> Tabular:
    return cut_share(connection, CutShareQuestion(asked.filters))


def _coverage(connection: Connection, asked: Asked) -> Tabular:
    return coverage(connection, CoverageQuestion(asked.filters, Detail(asked.by or Detail.SOURCE)))


def _context(connection: Connection, asked: Asked) -> Tabular:
    return context(connection, ContextQuestion(asked.filters, asked.series))


def _first(first: By) -> tuple[str, ...]:
    """All that groups can be told apart by, with this one first."""
    return (first.value, *(each.value for each in By if each is not first))


ALL = (
    Statistic("counts", _counts, plot_of_counts, is_kept=_are_counts_kept, groups=_first(By.SOURCE)),
    Statistic(
        "clearance",
        _clearance,
        plot_of_clearance,
        lambda asked: asked.by == By.MONTH and not asked.per_home,
        _is_clearance_kept,
        groups=_first(By.MONTH),
        has_homes=True,
    ),
    Statistic("funnel", _funnel, plot_of_funnel),
    Statistic("time-to-sale", _time_to_sale, plot_survival, groups=(NONE, *(each.value for each in Group))),
    Statistic("cut-share", _cut_share, plot_of_cut_share),
    Statistic(
        "coverage",
        _coverage,
        filters=("source", "city", "since", "as-of"),
        groups=(Detail.SOURCE.value, Detail.CITY.value),
    ),
    Statistic("context", _context, filters=("source", "city", "kind", "seller-kind", "as-of"), has_series=True),
)
STATISTICS: Mapping[str, Statistic] = {each.name: each for each in ALL}


def find_statistic(name: str) -> Statistic:
    """The statistic of an address.

    Raises:
        NotHere: there is none of this name.
    """
    found = STATISTICS.get(name)
    if found is None:
        raise NotHere(f"there is no statistic of this name; all are: {', '.join(STATISTICS)}")
    return found


def read_asked(statistic: Statistic, query: QueryParams) -> Asked:
    """The question in an address.

    Raises:
        WrongWord: a word cannot be read, or is a filter that this statistic does not take.
    """
    for name in FILTERS:
        if name not in statistic.filters and (given := words_of(query, name)):
            raise WrongWord(name, ", ".join(given), f"--{name}: {statistic.name} does not take it")
    return Asked(
        statistic.name,
        read_filters(query),
        choice_of(query, "by", statistic.groups, statistic.groups[0]) if statistic.groups else None,
        statistic.has_homes and choice_of(query, "per", PER, PER[0]) == "homes",
        tuple(words_of(query, "series")) if statistic.has_series else (),
    )


def words_asked(statistic: Statistic, query: QueryParams) -> dict[str, list[str]]:
    """The words of an address that another page of statistics may take over."""
    return {name: given for name in statistic.filters if (given := words_of(query, name))}
