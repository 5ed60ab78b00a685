"""The funnel: what becomes of a first auction, a second, a sell-off, and what comes back at a bank (domain.md, 1)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Connection

from reporting.attempts import Outcome
from reporting.filters import Filters
from reporting.money import percent_of
from reporting.statistics.intervals import Estimate, estimate_share
from reporting.statistics.rows import REMARK, SMALL, Rated, count_columns, rate_columns
from reporting.statistics.sample import Home, Round, Sample, load_sample
from reporting.tables import Column, Shape, Table
from store.terms import RoundKind
from tracking.law import CREDITORS, jurisdiction_of
from tracking.rounds import sells_directly

MEASURE = (
    "funnel: rounds by what they are, what became of each, and as what the home was offered next; again: offered once "
    "more in percent of the rounds of linked homes that are known to have ended without a sale (n: failed, withdrawn, "
    "suspended; unknown is none of them), with Wilson's interval of 95 %"
)
SEEN = (
    "seen before: rounds whose home we had seen in an earlier round; the others are the first we know of, whatever "
    "they are. Failed and not yet offered again may still come: see fapai report cohort for fixed times"
)


class Stage(StrEnum):
    """What a round is on its way down."""

    FIRST_AUCTION = "first_auction"
    SECOND_AUCTION = "second_auction"
    THIRD_AUCTION = "third_auction"
    LATER_AUCTION = "later_auction"
    SELL_OFF = "sell_off"
    RE_AUCTION = "re_auction"
    BANK_SALE = "bank_sale"  # a creditor sells by himself, by whatever kind of sale
    OTHER_SALE = "other_sale"  # outside the courts, by others: administrators, agents, state property
    OTHER_AUCTION = "other_auction"  # which one it is, first or later, nobody tells: 再次拍卖, judicial auctions abroad
    NOT_TOLD = "not_told"


STAGE_OF_KIND = {
    RoundKind.FIRST_AUCTION: Stage.FIRST_AUCTION,
    RoundKind.SECOND_AUCTION: Stage.SECOND_AUCTION,
    RoundKind.THIRD_AUCTION: Stage.THIRD_AUCTION,
    RoundKind.LATER_AUCTION: Stage.LATER_AUCTION,
    RoundKind.SELL_OFF: Stage.SELL_OFF,
    RoundKind.OPEN_PURCHASE: Stage.SELL_OFF,
    RoundKind.RE_AUCTION: Stage.RE_AUCTION,
}
UNSOLD = frozenset((Outcome.FAILED, Outcome.WITHDRAWN, Outcome.SUSPENDED))


@dataclass(frozen=True, slots=True)
class FunnelQuestion:
    """What is asked. ``flows``: one row for each way from stage over outcome to the next stage."""

    filters: Filters = field(default_factory=Filters)
    flows: bool = False
    limit: int | None = 50


@dataclass(frozen=True, slots=True)
class FunnelRow(Rated):
    """One stage. ``rate``: offered again, of the ``n`` unsold rounds of linked homes. ``next_*``: as what."""

    group: str | None
    rounds: int
    seen_before: int
    sold: int
    failed: int
    withdrawn: int
    suspended: int
    unknown: int
    open: int
    n: int
    again: int
    next_second: int
    next_sell_off: int
    next_bank: int
    next_other: int
    rate: Estimate


@dataclass(frozen=True, slots=True)
class Flow:
    """So many rounds of a stage ended so, and their homes were offered next as ``next_stage`` (``None``: not seen)."""

    stage: Stage
    outcome: Outcome
    next_stage: Stage | None
    rounds: int
    stage_percent: Decimal


COLUMNS = (
    Column("group", Shape.WORD, "stage"),
    *count_columns(rounds=0, seen_before=2, sold=0, failed=0, withdrawn=4, suspended=5, unknown=0, open=6),
    *count_columns(n=0, again=0),
    *rate_columns("again"),
    Column("next_second", Shape.COUNT, "-> second", room=3),
    Column("next_sell_off", Shape.COUNT, "-> sell-off", room=3),
    Column("next_bank", Shape.COUNT, "-> bank", room=3),
    Column("next_other", Shape.COUNT, "-> other", room=3),
    REMARK,
)
FLOW_COLUMNS = (
    Column("stage", Shape.WORD, "stage"),
    Column("outcome", Shape.WORD, "outcome"),
    Column("next_stage", Shape.WORD, "next"),
    Column("rounds", Shape.COUNT, "rounds"),
    Column("stage_percent", Shape.PERCENT, "of the stage"),
)


@dataclass(frozen=True, slots=True)
class Funnel:
    """The answer; ``flows`` holds every way, also where stages are shown."""

    question: FunnelQuestion
    stages: Sequence[FunnelRow]
    flows: Sequence[Flow]
    sample: Sample

    def table(self) -> Table:
        """The report as rows and columns."""
        limit, notes = self.question.limit, (SEEN, SMALL)
        if self.question.flows:
            return self.sample.table(FLOW_COLUMNS, self.flows, MEASURE, "ways", limit, notes)
        return self.sample.table(COLUMNS, self.stages, MEASURE, "stages", limit, notes)


def funnel(connection: Connection, question: FunnelQuestion) -> Funnel:
    """The funnel. A home goes on into rounds that the filters leave out: they count as its next, not as rounds.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    sample = load_sample(connection, question.filters)
    return Funnel(question, stage_rows(sample.homes), flows_of(sample.homes), sample)


def stage_of(each: Round) -> Stage:
    """What a round is: a creditor's own sale, else by the kind that its listings tell, else by its place in the law."""
    offer = each.first.offer
    if offer.seller_kind in CREDITORS and sells_directly(offer, jurisdiction_of(offer)):
        return Stage.BANK_SALE
    for attempt in each.listings:
        if stage := STAGE_OF_KIND.get(attempt.offer.round_kind) if attempt.offer.round_kind else None:
            return stage
    law, step = jurisdiction_of(offer), each.first.step
    if sells_directly(offer, law):
        return Stage.OTHER_SALE
    if offer.round_number and law.has_rounds and step and (named := law.stage(step.place)):
        return STAGE_OF_KIND.get(named.kind, Stage.NOT_TOLD)
    return Stage.OTHER_AUCTION if any(attempt.offer.round_kind for attempt in each.listings) else Stage.NOT_TOLD


def flows_of(homes: Iterable[Home]) -> list[Flow]:
    """Every way that was taken, in the order of stages and outcomes."""
    ways: Counter[tuple[Stage, Outcome, Stage | None]] = Counter()
    for home in homes:
        for each, following in _with_next(home):
            ways[stage_of(each), each.outcome, stage_of(following) if following else None] += 1
    totals: Counter[Stage] = Counter()
    for (stage, _, _), rounds in ways.items():
        totals[stage] += rounds
    return [
        Flow(stage, outcome, next_stage, rounds, percent_of(rounds, totals[stage]))
        for stage in Stage
        for outcome in Outcome
        for next_stage in (*Stage, None)
        if (rounds := ways[stage, outcome, next_stage])
    ]


def stage_rows(homes: Iterable[Home]) -> list[FunnelRow]:
    """A row for each stage that a round was seen in."""
    outcomes: dict[Stage, Counter[Outcome]] = {}
    before: Counter[Stage] = Counter()
    linked: Counter[Stage] = Counter()
    following: dict[Stage, Counter[Stage]] = {}
    for home in homes:
        for each, after in _with_next(home):
            stage = stage_of(each)
            outcomes.setdefault(stage, Counter())[each.outcome] += 1
            before[stage] += each is not home.rounds[0]
            if each.outcome in UNSOLD and home.property_id is not None:
                linked[stage] += 1
                if after is not None:
                    following.setdefault(stage, Counter())[stage_of(after)] += 1
    return [
        _row(stage, outcomes[stage], before[stage], linked[stage], following.get(stage, Counter()))
        for stage in Stage
        if stage in outcomes
    ]


def _with_next(home: Home) -> Iterable[tuple[Round, Round | None]]:
    """The rounds that were asked for, each with the one after it."""
    after = (*home.rounds[1:], None)
    return ((each, following) for each, following in zip(home.rounds, after, strict=True) if each.asked)


def _row(stage: Stage, outcomes: Counter[Outcome], before: int, linked: int, following: Counter[Stage]) -> FunnelRow:
    again = following.total()
    named = following[Stage.SECOND_AUCTION], following[Stage.SELL_OFF], following[Stage.BANK_SALE]
    return FunnelRow(
        stage.value,
        outcomes.total(),
        before,
        outcomes[Outcome.SOLD],
        outcomes[Outcome.FAILED],
        outcomes[Outcome.WITHDRAWN],
        outcomes[Outcome.SUSPENDED],
        outcomes[Outcome.UNKNOWN],
        outcomes[Outcome.OPEN],
        linked,
        again,
        *named,
        again - sum(named),
        estimate_share(again, linked),
    )
