"""Cohorts: of the first auctions of one month, how many homes were sold 30, 60, 90 and 180 days later.

A home that was not followed for so long is censored: it is in no rate, also where it was sold at once, since those that
were not would be missing beside it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from reporting.attempts import Outcome
from reporting.filters import Filters
from reporting.statistics.intervals import Estimate, estimate_share
from reporting.statistics.looks import Run, followed_until, look_days, runs_of
from reporting.statistics.rows import REMARK, SMALL, Rated, count_columns, rate_columns
from reporting.statistics.sample import Home, Round, Sample, load_sample
from reporting.tables import Column, Shape, Table
from tracking.rounds import counted_round

HORIZONS = (30, 60, 90, 180)
"""Days after the start of the first auction."""

MEASURE = (
    "cohort: first auctions by the month of their start (Asia/Shanghai); rate: homes sold in that round or a later one "
    "within so many days, in percent of those followed for as long whose result is known (n), with Wilson's interval "
    "of 95 %"
)
CENSORED = (
    "censored: not followed for so long, because the time is not over or their source was not looked at for more than "
    "a month; unknown: a round ended, its result was not seen, and the home has not come back"
)


class Standing(StrEnum):
    """Where a home stood so many days after its first auction."""

    SOLD = "sold"
    UNSOLD = "unsold"
    UNKNOWN = "unknown"
    CENSORED = "censored"


@dataclass(frozen=True, slots=True)
class CohortQuestion:
    """What is asked."""

    filters: Filters = field(default_factory=Filters)
    limit: int | None = 50


@dataclass(frozen=True, slots=True)
class CohortRow(Rated):
    """One month after so many days. ``group`` is the month."""

    group: str | None
    days: int
    first_auctions: int
    censored: int
    unknown: int
    n: int
    sold: int
    rate: Estimate

    @property
    def remark(self) -> str:
        """Empty, or why there is no rate."""
        return "all censored" if self.censored == self.first_auctions else self.rate.remark


COLUMNS = (
    Column("group", Shape.WORD, "month"),
    *count_columns(days=0, first_auctions=0, censored=0, unknown=0, n=0, sold=0),
    *rate_columns("sold"),
    REMARK,
)


@dataclass(frozen=True, slots=True)
class Cohort:
    """The answer. ``undated``: first auctions of which no day is told."""

    question: CohortQuestion
    rows: Sequence[CohortRow]
    undated: int
    sample: Sample

    def table(self) -> Table:
        """The report as rows and columns."""
        undated = f"{self.undated:,} first auctions are in no month: their day is not told"
        notes = (CENSORED, *([undated] if self.undated else []), SMALL)
        return self.sample.table(COLUMNS, self.rows, MEASURE, "rows", self.question.limit, notes)


def cohort(connection: Connection, question: CohortQuestion) -> Cohort:
    """The cohorts, the newest month first.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    sample = load_sample(connection, question.filters)
    looks = look_days(connection, question.filters.before)
    runs = {source: runs_of(days) for source, days in looks.items()}
    undated = sum(day_of(home.rounds[place]) is None for home in sample.homes for place in first_auctions(home))
    return Cohort(question, cohort_rows(sample.homes, runs), undated, sample)


def cohort_rows(homes: Sequence[Home], runs: Mapping[str, Sequence[Run]]) -> list[CohortRow]:
    """A row for each month and number of days, the newest month and the fewest days first."""
    standings: dict[tuple[str, int], Counter[Standing]] = defaultdict(Counter)
    for home in homes:
        for place in first_auctions(home):
            if (started_on := day_of(home.rounds[place])) is None:
                continue
            source = home.rounds[place].first.offer.source
            until = followed_until(runs.get(source, ()), started_on)
            for days in HORIZONS:
                standing = standing_after(home.rounds[place:], started_on + timedelta(days=days), until)
                standings[f"{started_on:%Y-%m}", days][standing] += 1
    months = sorted({month for month, _ in standings}, reverse=True)
    return [_row(month, days, standings[month, days]) for month in months for days in HORIZONS]


def first_auctions(home: Home) -> Iterator[int]:
    """The places of the first auctions that were asked for: the source itself calls or counts them so."""
    for place, each in enumerate(home.rounds):
        if each.asked and any(counted_round(attempt.offer) == 1 for attempt in each.listings):
            yield place


def day_of(each: Round) -> date | None:
    """The day on which a round began; its end where only that is told."""
    return each.first.starts_on or each.first.ends_on


def standing_after(rounds: Sequence[Round], deadline: date, followed: date | None) -> Standing:
    """Where a home stood on a day.

    Args:
        rounds: from its first auction on, in order.
        deadline: the day.
        followed: up to when its source was followed.
    """
    if followed is None or followed < deadline:
        return Standing.CENSORED
    for each in rounds:
        if each.outcome is Outcome.SOLD:
            sold_on = _sold_on(each)
            if sold_on is None:
                return Standing.UNKNOWN
            if sold_on <= deadline:
                return Standing.SOLD
    last = rounds[-1]
    ended_on = last.listings[-1].ends_on
    if last.outcome is Outcome.UNKNOWN and (ended_on is None or ended_on <= deadline):
        return Standing.UNKNOWN
    return Standing.UNSOLD


def _sold_on(each: Round) -> date | None:
    """The day on which the listing that was sold ended; a scheduled end, moved by late bids by minutes."""
    days = (attempt.ends_on for attempt in each.listings if attempt.outcome is Outcome.SOLD)
    told = [day for day in days if day is not None]
    return min(told) if told else None


def _row(month: str, days: int, standings: Counter[Standing]) -> CohortRow:
    sold = standings[Standing.SOLD]
    known = sold + standings[Standing.UNSOLD]
    return CohortRow(
        month,
        days,
        standings.total(),
        standings[Standing.CENSORED],
        standings[Standing.UNKNOWN],
        known,
        sold,
        estimate_share(sold, known),
    )
