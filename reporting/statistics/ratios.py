"""What prices are to appraisals, starts and market prices: 起拍率, 变现率, 溢价率, discount to market (domain.md, 3).

Each ratio is told twice, since they differ: of the sums, where a villa weighs as much as twenty flats, and as the
median of the single ratios. A round that leaves a price out is not in the ratio; coverage says how many are. Amounts
of two currencies are never added.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection

from reporting.attempts import Attempt, Outcome
from reporting.choices import By
from reporting.filters import Filters
from reporting.money import amount_of, percent_of
from reporting.statistics.groups import GROUPING, grouped_rounds
from reporting.statistics.intervals import Estimate, Pair, estimate_median, estimate_ratio
from reporting.statistics.rows import NAME_COLUMNS, REMARK, SMALL, Grouped
from reporting.statistics.sample import Round, Sample, load_sample
from reporting.tables import Column, Shape, Table
from store.terms import Currency
from tracking.cuts import appraisal_of
from tracking.questions import ask_sale

MEASURE = (
    "start: starting price / appraisal; asking: asking price / appraisal, of direct sales; realisation: hammer price / "
    "appraisal of sold rounds; premium: (hammer - start) / start of sold rounds; discount: 1 - offered price / market "
    "price as the listing's own page gave it last; of sums, and the median of rounds, each with the interval of 95 % "
    "of a bootstrap (1,000 resamples, fixed seed, percentiles)"
)
COVERAGE = (
    "coverage: rounds that tell both prices, in percent of the rounds that could (sold ones for the hammer price)"
)


class Ratio(StrEnum):
    """Which ratio."""

    START = "start"  # 起拍率
    ASKING = "asking"  # of direct sales, which have no start
    REALISATION = "realisation"  # 变现率
    PREMIUM = "premium"  # 溢价率
    DISCOUNT = "discount"  # to the market price


OF_SOLD = frozenset((Ratio.REALISATION, Ratio.PREMIUM))


class Priced(NamedTuple):
    """The two amounts of one round in minor units, and their currency."""

    currency: Currency
    pair: Pair


@dataclass(frozen=True, slots=True)
class RatioQuestion:
    """What is asked."""

    filters: Filters = field(default_factory=Filters)
    by: By = By.ROUND
    limit: int | None = 50


@dataclass(frozen=True, slots=True)
class RatioRow(Grouped):
    """One ratio of one group in one currency. ``part_sum`` and ``whole_sum`` are what is divided, in whole units.

    The figures are ``None`` where too few rounds stand behind them.
    """

    group: str | None
    ratio: Ratio
    currency: Currency | None
    eligible: int
    n: int
    coverage_percent: Decimal | None
    part_sum: Decimal | None
    whole_sum: Decimal | None
    of_sums: Estimate
    of_median: Estimate

    @property
    def sum_percent(self) -> Decimal | None:
        """The ratio of the sums."""
        return self.of_sums.value

    @property
    def sum_low_percent(self) -> Decimal | None:
        """The lower end of its interval."""
        return self.of_sums.low

    @property
    def sum_high_percent(self) -> Decimal | None:
        """The upper end of its interval."""
        return self.of_sums.high

    @property
    def median_percent(self) -> Decimal | None:
        """The median of the single ratios."""
        return self.of_median.value

    @property
    def median_low_percent(self) -> Decimal | None:
        """The lower end of its interval."""
        return self.of_median.low

    @property
    def median_high_percent(self) -> Decimal | None:
        """The upper end of its interval."""
        return self.of_median.high

    @property
    def remark(self) -> str:
        """Empty, or why there is no figure."""
        return self.of_sums.remark


COLUMNS = (
    *NAME_COLUMNS,
    Column("ratio", Shape.WORD, "ratio"),
    Column("currency", Shape.WORD, "in", room=3),
    Column("eligible", Shape.COUNT, "rounds", room=4),
    Column("n", Shape.COUNT, "n"),
    Column("coverage_percent", Shape.PERCENT, "coverage"),
    Column("part_sum", Shape.MONEY, "sum", room=5),
    Column("whole_sum", Shape.MONEY, "of", room=6),
    Column("sum_percent", Shape.PERCENT, "of sums"),
    Column("sum_low_percent", Shape.PERCENT, "from", room=1),
    Column("sum_high_percent", Shape.PERCENT, "to", room=1),
    Column("median_percent", Shape.PERCENT, "median"),
    Column("median_low_percent", Shape.PERCENT, "from", room=2),
    Column("median_high_percent", Shape.PERCENT, "to", room=2),
    REMARK,
)


@dataclass(frozen=True, slots=True)
class Ratios:
    """The answer. ``left_out``: rounds whose prices cannot be right or are not told exactly."""

    question: RatioQuestion
    rows: Sequence[RatioRow]
    left_out: int
    sample: Sample

    def table(self) -> Table:
        """The report as rows and columns."""
        left_out = (
            f"{self.left_out:,} rounds are left out: sold under their start (fapai report questions), "
            "or priced by a page that cuts its prices"
        )
        notes = (COVERAGE, *([left_out] if self.left_out else []), SMALL, GROUPING)
        return self.sample.table(COLUMNS, self.rows, MEASURE, "ratios", self.question.limit, notes)


def ratios(connection: Connection, question: RatioQuestion) -> Ratios:
    """The ratios.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    sample = load_sample(connection, question.filters)
    usable = [each for each in sample.rounds if not is_doubtful(each)]
    left_out = sum(1 for _ in sample.rounds) - len(usable)
    return Ratios(question, ratio_rows(usable, question.by), left_out, sample)


def is_doubtful(each: Round) -> bool:
    """A page of the round cuts its prices, or says that it sold under its start."""
    return any(attempt.further.is_price_exact is False or ask_sale(attempt.offer) is not None for attempt in each.asked)


def ratio_rows(rounds: Iterable[Round], by: By) -> list[RatioRow]:
    """For each group every ratio that at least one of its rounds tells, one row a currency."""
    rows: list[RatioRow] = []
    for group, members in grouped_rounds(rounds, by).items():
        sold = [each for each in members if each.outcome is Outcome.SOLD]
        for ratio in Ratio:
            eligible = sold if ratio in OF_SOLD else members
            by_currency: dict[Currency, list[Pair]] = defaultdict(list)
            for each in eligible:
                if (priced := prices_of(each, ratio)) is not None:
                    by_currency[priced.currency].append(priced.pair)
            rows += [
                _row(group, ratio, currency, len(eligible), by_currency[currency]) for currency in sorted(by_currency)
            ]
    return rows


def prices_of(each: Round, ratio: Ratio) -> Priced | None:
    """The two amounts of a round, both from one listing and in one currency: the last that tells both."""
    for attempt in reversed(each.asked):
        currency, pair = attempt.offer.currency, _PAIRS[ratio](attempt)
        if currency is not None and pair is not None:
            return Priced(currency, pair)
    return None


def _row(group: str | None, ratio: Ratio, currency: Currency, eligible: int, pairs: Sequence[Pair]) -> RatioRow:
    return RatioRow(
        group,
        ratio,
        currency,
        eligible,
        len(pairs),
        percent_of(len(pairs), eligible),
        amount_of(sum(part for part, _ in pairs), currency),
        amount_of(sum(whole for _, whole in pairs), currency),
        estimate_ratio(pairs),
        estimate_median(pairs),
    )


def _start(attempt: Attempt) -> Pair | None:
    return _pair(attempt.offer.starting_price, appraisal_of(attempt.offer))


def _asking(attempt: Attempt) -> Pair | None:
    return _pair(attempt.offer.asking_price, appraisal_of(attempt.offer))


def _realisation(attempt: Attempt) -> Pair | None:
    return _pair(attempt.offer.hammer_price, appraisal_of(attempt.offer))


def _premium(attempt: Attempt) -> Pair | None:
    pair = _pair(attempt.offer.hammer_price, attempt.offer.starting_price)
    return pair and (pair[0] - pair[1], pair[1])


def _discount(attempt: Attempt) -> Pair | None:
    pair = _pair(attempt.offer.price, attempt.further.market_price)
    return pair and (pair[1] - pair[0], pair[1])


def _pair(part: int | None, whole: int | None) -> Pair | None:
    """Both amounts, where both are told; 0 is no price."""
    return (part, whole) if part and whole else None


_PAIRS: dict[Ratio, Callable[[Attempt], Pair | None]] = {
    Ratio.START: _start,
    Ratio.ASKING: _asking,
    Ratio.REALISATION: _realisation,
    Ratio.PREMIUM: _premium,
    Ratio.DISCOUNT: _discount,
}
