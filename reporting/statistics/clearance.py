"""The clearance rate 成交率, per round and per home, with its coverage; and 撤回率, 中止率 (domain.md, section 3)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Connection

from reporting.attempts import ENDED, KNOWN_RESULTS, Outcome
from reporting.choices import By
from reporting.filters import Filters, outside_zone
from reporting.money import percent_of
from reporting.statistics.chain_ends import ChainEnd, end_of_chain
from reporting.statistics.groups import GROUPING, group_of, grouped_rounds, in_order
from reporting.statistics.intervals import Estimate, estimate_share
from reporting.statistics.rows import NAME_COLUMNS, REMARK, SMALL, Rated, rate_columns
from reporting.statistics.sample import Home, Round, Sample, load_sample
from reporting.tables import Column, Shape, Table

ROUND_MEASURE = (
    "clearance per round: sold / (sold + failed) of rounds that have ended with a known result, with Wilson's interval "
    "of 95 %; coverage: sold and failed in percent of all that ended; withdrawn and suspended: in percent of all "
    "rounds announced"
)
HOME_MEASURE = (
    "clearance per home: ever sold / homes whose chain has ended (sold, failed in the last round that the law has, or "
    "nothing new for as long as a procedure lasts), with Wilson's interval of 95 %; coverage: ends with a known result "
    "in percent of all chains that ended"
)

RESULTS = (
    "sold: also where the winner did not pay later (悔拍); failed: also where the creditor then took the home "
    "(以物抵债); a suspended round that went on is the same round"
)

FOLLOWED = (
    "seen coming: of the n results, those of rounds that were seen before the day of their end; the others were found "
    "afterwards, and where a source lists what was sold alone, the rate is too high"
)


@dataclass(frozen=True, slots=True)
class ClearanceQuestion:
    """What is asked. ``per_home``: of whole chains, instead of single rounds."""

    filters: Filters = field(default_factory=Filters)
    by: By = By.ROUND
    per_home: bool = False
    limit: int | None = 50


@dataclass(frozen=True, slots=True)
class RoundClearance(Rated):
    """One group of rounds; percentages are ``None`` where too few cases stand behind them.

    ``followed``: of the known results, those of rounds that were seen before the day of their end.
    """

    group: str | None
    rounds: int
    open: int
    ended: int
    sold: int
    failed: int
    withdrawn: int
    suspended: int
    unknown: int
    followed: int
    rate: Estimate
    coverage_percent: Decimal | None
    withdrawn_percent: Decimal | None
    suspended_percent: Decimal | None

    @property
    def n(self) -> int:
        """The cases behind the rate."""
        return self.sold + self.failed


@dataclass(frozen=True, slots=True)
class HomeClearance(Rated):
    """One group of homes."""

    group: str | None
    homes: int
    going_on: int
    ended: int
    sold: int
    unsold: int
    unknown: int
    rate: Estimate
    coverage_percent: Decimal | None

    @property
    def n(self) -> int:
        """The cases behind the rate."""
        return self.sold + self.unsold


RATE_COLUMNS = (
    Column("n", Shape.COUNT, "n"),
    *rate_columns("clearance"),
    Column("coverage_percent", Shape.PERCENT, "coverage"),
)
ROUND_COLUMNS = (
    *NAME_COLUMNS,
    Column("rounds", Shape.COUNT, "rounds"),
    Column("ended", Shape.COUNT, "ended", room=6),
    Column("sold", Shape.COUNT, "sold"),
    Column("failed", Shape.COUNT, "failed"),
    Column("withdrawn", Shape.COUNT, "withdrawn", room=3),
    Column("suspended", Shape.COUNT, "suspended", room=4),
    Column("unknown", Shape.COUNT, "unknown", room=1),
    Column("open", Shape.COUNT, "open", room=5),
    *RATE_COLUMNS,
    Column("followed", Shape.COUNT, "seen coming"),
    Column("withdrawn_percent", Shape.PERCENT, "withdrawn", room=7),
    Column("suspended_percent", Shape.PERCENT, "suspended", room=8),
    REMARK,
)
HOME_COLUMNS = (
    *NAME_COLUMNS,
    Column("homes", Shape.COUNT, "homes"),
    Column("ended", Shape.COUNT, "ended", room=2),
    Column("sold", Shape.COUNT, "sold"),
    Column("unsold", Shape.COUNT, "unsold"),
    Column("unknown", Shape.COUNT, "unknown", room=1),
    Column("going_on", Shape.COUNT, "going on", room=3),
    *RATE_COLUMNS,
    REMARK,
)


@dataclass(frozen=True, slots=True)
class Clearance:
    """The answer."""

    question: ClearanceQuestion
    rows: Sequence[RoundClearance] | Sequence[HomeClearance]
    sample: Sample

    def table(self) -> Table:
        """The report as rows and columns."""
        first, last = self.sample.observed or (None, None)
        per_home = self.question.per_home
        return Table(
            HOME_COLUMNS if per_home else ROUND_COLUMNS,
            self.rows,
            HOME_MEASURE if per_home else ROUND_MEASURE,
            "groups",
            first,
            last,
            self.question.limit,
            (SMALL, RESULTS, *(() if per_home else (FOLLOWED,)), GROUPING, *self.sample.notes),
        )


def clearance(connection: Connection, question: ClearanceQuestion) -> Clearance:
    """The clearance rates.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    sample = load_sample(connection, question.filters)
    if question.per_home:
        return Clearance(question, clear_homes(sample, question.by), sample)
    return Clearance(question, clear_rounds(sample.rounds, question.by), sample)


def clear_rounds(rounds: Iterable[Round], by: By) -> list[RoundClearance]:
    """A row for each group of rounds."""
    return [_round_row(group, members) for group, members in grouped_rounds(rounds, by).items()]


def clear_homes(sample: Sample, by: By) -> list[HomeClearance]:
    """A row for each group of homes. A home is in every group that one of its listings is of."""
    groups: dict[str | None, Counter[ChainEnd]] = {}
    for home in sample.homes:
        if home.property_id is None:
            continue  # a listing that nobody looked at is not known to be the whole chain
        end = end_of_chain(home, sample.now)
        for group in _groups_of(home, by):
            groups.setdefault(group, Counter())[end] += 1
    return [_home_row(group, ends) for group, ends in in_order(groups, by, Counter.total).items()]


def was_followed(each: Round) -> bool:
    """Whether a round was seen before the day of its end: what is only found then may be a list of sales alone."""
    first_seen_on = each.first.offer.first_seen_at.astimezone(outside_zone()).date()
    ends_on = each.first.ends_on
    return ends_on is not None and first_seen_on < ends_on


def _groups_of(home: Home, by: By) -> set[str | None]:
    return {group_of(attempt, by) for each in home.rounds for attempt in each.asked}


def _round_row(group: str | None, rounds: Sequence[Round]) -> RoundClearance:
    outcomes = Counter(each.outcome for each in rounds)
    known = sum(outcomes[each] for each in KNOWN_RESULTS)
    ended = sum(outcomes[each] for each in ENDED)
    return RoundClearance(
        group,
        len(rounds),
        outcomes[Outcome.OPEN],
        ended,
        outcomes[Outcome.SOLD],
        outcomes[Outcome.FAILED],
        outcomes[Outcome.WITHDRAWN],
        outcomes[Outcome.SUSPENDED],
        outcomes[Outcome.UNKNOWN],
        sum(was_followed(each) for each in rounds if each.outcome in KNOWN_RESULTS),
        estimate_share(outcomes[Outcome.SOLD], known),
        percent_of(known, ended) if ended else None,
        estimate_share(outcomes[Outcome.WITHDRAWN], len(rounds)).value,
        estimate_share(outcomes[Outcome.SUSPENDED], len(rounds)).value,
    )


def _home_row(group: str | None, ends: Counter[ChainEnd]) -> HomeClearance:
    sold, unsold, unknown = ends[ChainEnd.SOLD], ends[ChainEnd.UNSOLD], ends[ChainEnd.UNKNOWN]
    ended = sold + unsold + unknown
    return HomeClearance(
        group,
        ends.total(),
        ends[ChainEnd.GOING_ON],
        ended,
        sold,
        unsold,
        unknown,
        estimate_share(sold, sold + unsold),
        percent_of(sold + unsold, ended) if ended else None,
    )
