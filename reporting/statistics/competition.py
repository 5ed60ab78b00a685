"""竞争度: how many registered, how many bid and how often, for each sold round (domain.md, section 3)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from statistics import median

from sqlalchemy import Connection

from reporting.attempts import Attempt, Outcome
from reporting.choices import By
from reporting.filters import Filters
from reporting.money import HUNDREDTH, percent_of
from reporting.statistics.groups import GROUPING, grouped_rounds
from reporting.statistics.intervals import LEAST_SAMPLE, Estimate, estimate_ratio, estimate_share
from reporting.statistics.rows import NAME_COLUMNS, REMARK, SMALL, Rated, count_columns, rate_columns
from reporting.statistics.sample import Round, Sample, load_sample
from reporting.tables import Column, Shape, Table

MEASURE = (
    "competition for sold rounds: registrations (报名), bidders and bids of each, mean (bootstrap interval of 95 %) "
    "and median; single: share of rounds with only one (Wilson's interval of 95 %). One bidder is a valid sale "
    "(法释〔2016〕18号 art. 11); views are not bidders"
)
COVERAGE = (
    "coverage: sold rounds whose page tells the number, in percent of all sold rounds; a sale with 0 tells nothing"
)


class Number(StrEnum):
    """What is counted of a round."""

    REGISTRATIONS = "registrations"
    BIDDERS = "bidders"
    BIDS = "bids"


@dataclass(frozen=True, slots=True)
class CompetitionQuestion:
    """What is asked."""

    filters: Filters = field(default_factory=Filters)
    by: By = By.ROUND
    limit: int | None = 50


@dataclass(frozen=True, slots=True)
class CompetitionRow(Rated):
    """One number of one group. ``rate`` is the share of rounds with only one."""

    group: str | None
    number: Number
    sold: int
    n: int
    coverage_percent: Decimal | None
    total: int
    single: int
    mean: Decimal | None
    mean_low: Decimal | None
    mean_high: Decimal | None
    median: Decimal | None
    rate: Estimate


COLUMNS = (
    *NAME_COLUMNS,
    Column("number", Shape.WORD, "number"),
    *count_columns(sold=0, n=0),
    Column("coverage_percent", Shape.PERCENT, "coverage"),
    Column("total", Shape.COUNT, "total", room=3),
    Column("mean", Shape.COUNT, "mean"),
    Column("mean_low", Shape.COUNT, "from", room=1),
    Column("mean_high", Shape.COUNT, "to", room=1),
    Column("median", Shape.COUNT, "median"),
    Column("single", Shape.COUNT, "single", room=2),
    *rate_columns("single"),
    REMARK,
)


@dataclass(frozen=True, slots=True)
class Competition:
    """The answer."""

    question: CompetitionQuestion
    rows: Sequence[CompetitionRow]
    sample: Sample

    def table(self) -> Table:
        """The report as rows and columns."""
        notes = (COVERAGE, SMALL, GROUPING)
        return self.sample.table(COLUMNS, self.rows, MEASURE, "rows", self.question.limit, notes)


def competition(connection: Connection, question: CompetitionQuestion) -> Competition:
    """The competition for sold rounds.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    sample = load_sample(connection, question.filters)
    return Competition(question, competition_rows(sample.rounds, question.by), sample)


def competition_rows(rounds: Iterable[Round], by: By) -> list[CompetitionRow]:
    """Three rows for each group that has sold rounds."""
    sold = (each for each in rounds if each.outcome is Outcome.SOLD)
    return [_row(group, number, members) for group, members in grouped_rounds(sold, by).items() for number in Number]


def told_number(each: Round, number: Number) -> int | None:
    """The largest number that a listing of the round tells: pages count up to the end. 0 of a sale is not told."""
    told = (_NUMBERS[number](attempt) for attempt in each.asked)
    return max((one for one in told if one), default=None)


def _row(group: str | None, number: Number, sold: Sequence[Round]) -> CompetitionRow:
    told = [one for each in sold if (one := told_number(each, number)) is not None]
    mean = estimate_ratio([(one, 1) for one in told])
    single = told.count(1)
    return CompetitionRow(
        group,
        number,
        len(sold),
        len(told),
        percent_of(len(told), len(sold)),
        sum(told),
        single,
        _of_percent(mean.value),
        _of_percent(mean.low),
        _of_percent(mean.high),
        _median(told),
        estimate_share(single, len(told)),
    )


def _of_percent(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else (percent / 100).quantize(HUNDREDTH, ROUND_HALF_UP)


def _median(numbers: Sequence[int]) -> Decimal | None:
    return Decimal(str(median(numbers))) if len(numbers) >= LEAST_SAMPLE else None


_NUMBERS: dict[Number, Callable[[Attempt], int | None]] = {
    Number.REGISTRATIONS: lambda attempt: attempt.further.applicant_count,
    Number.BIDDERS: lambda attempt: attempt.further.bidder_count,
    Number.BIDS: lambda attempt: attempt.further.bid_count,
}
