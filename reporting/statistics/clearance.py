"""The clearance rate 成交率, per round and per home, with its coverage; and 撤回率, 中止率 (domain.md, section 3)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Connection

from reporting.attempts import ENDED, KNOWN_RESULTS, Outcome
from reporting.choices import By
from reporting.filters import Filters, day_of
from reporting.money import percent_of
from reporting.seen import was_found_ended
from reporting.statistics.chain_ends import ChainEnd, end_of_chain
from reporting.statistics.groups import GROUPING, group_of, grouped_rounds, in_order
from reporting.statistics.intervals import Estimate, estimate_share
from reporting.statistics.rows import NAME_COLUMNS, REMARK, SMALL, Rated, count_columns, rate_columns
from reporting.statistics.sample import Ground, Home, Round, Sample, load_sample
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
    *count_columns(n=0),
    *rate_columns("clearance"),
    Column("coverage_percent", Shape.PERCENT, "coverage"),
)
ROUND_COLUMNS = (
    *NAME_COLUMNS,
    *count_columns(rounds=0, ended=6, sold=0, failed=0, withdrawn=3, suspended=4, unknown=1, open=5),
    *RATE_COLUMNS,
    Column("followed", Shape.COUNT, "seen coming"),
    Column("withdrawn_percent", Shape.PERCENT, "withdrawn", room=7),
    Column("suspended_percent", Shape.PERCENT, "suspended", room=8),
    REMARK,
)
HOME_COLUMNS = (
    *NAME_COLUMNS,
    *count_columns(homes=0, ended=2, sold=0, unsold=0, unknown=1, going_on=3),
    *RATE_COLUMNS,
    REMARK,
)


@dataclass(frozen=True, slots=True)
class Clearance:
    """The answer."""

    question: ClearanceQuestion
    rows: Sequence[RoundClearance] | Sequence[HomeClearance]
    sample: Ground

    def table(self) -> Table:
        """The report as rows and columns."""
        limit = self.question.limit
        if self.question.per_home:
            of_homes = (SMALL, RESULTS, GROUPING)
            return self.sample.table(HOME_COLUMNS, self.rows, HOME_MEASURE, "groups", limit, of_homes)
        of_rounds = (SMALL, RESULTS, FOLLOWED, GROUPING)
        return self.sample.table(ROUND_COLUMNS, self.rows, ROUND_MEASURE, "groups", limit, of_rounds)


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
    first_seen_on = day_of(each.first.offer.first_seen_at)
    ends_on = each.first.ends_on
    return ends_on is not None and first_seen_on < ends_on and not was_found_ended(each.first)


def _groups_of(home: Home, by: By) -> set[str | None]:
    return {group_of(attempt, by) for each in home.rounds for attempt in each.asked}


def _round_row(group: str | None, rounds: Sequence[Round]) -> RoundClearance:
    outcomes = Counter(each.outcome for each in rounds)
    return clearance_row(group, outcomes, sum(was_followed(each) for each in rounds if each.outcome in KNOWN_RESULTS))


def clearance_row(group: str | None, outcomes: Mapping[Outcome, int], followed: int) -> RoundClearance:
    """The row of a group, from how many of its rounds ended how; every outcome is named."""
    rounds = sum(outcomes[each] for each in Outcome)
    known = sum(outcomes[each] for each in KNOWN_RESULTS)
    ended = sum(outcomes[each] for each in ENDED)
    return RoundClearance(
        group,
        rounds,
        outcomes[Outcome.OPEN],
        ended,
        outcomes[Outcome.SOLD],
        outcomes[Outcome.FAILED],
        outcomes[Outcome.WITHDRAWN],
        outcomes[Outcome.SUSPENDED],
        outcomes[Outcome.UNKNOWN],
        followed,
        estimate_share(outcomes[Outcome.SOLD], known),
        percent_of(known, ended) if ended else None,
        estimate_share(outcomes[Outcome.WITHDRAWN], rounds).value,
        estimate_share(outcomes[Outcome.SUSPENDED], rounds).value,
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
