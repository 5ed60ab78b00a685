"""The next-round report: what the law has next if the present round of a home fails, and how likely that is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from reporting.attempts import KNOWN_RESULTS, Attempt, Outcome
from reporting.buyer.failures import LEAST_ROUNDS, ROUNDS_MEAN, Chance, chance_to_fail
from reporting.buyer.ground import find_attempt, load_ground
from reporting.buyer.histories import History, load_histories
from reporting.buyer.valuation import INSUFFICIENT
from reporting.filters import Filters
from reporting.linked import Linked
from reporting.money import amount_of
from reporting.render import clean, money_text
from reporting.tables import Column, Shape, Table
from store.statement import Minor
from store.terms import Currency, RoundKind, RoundLink
from tracking.cuts import NextRound
from tracking.law import jurisdiction_of
from tracking.rounds import counted_round, sells_directly

MEASURE = "next round: what the law allows if the present round fails; a band, no forecast of the price"
NAMED = frozenset((RoundKind.SELL_OFF, RoundKind.LATER_AUCTION, RoundKind.OPEN_PURCHASE))
"""Rounds that their name places, though it is no number."""

DECIDED = KNOWN_RESULTS | {Outcome.WITHDRAWN}
DOUBT_NOTE = "question, {kind}: {words}"


@dataclass(frozen=True, slots=True)
class OutlookLine:
    """One fact of the outlook: its value for files, its words for people; ``None`` is not known."""

    fact: str
    value: object
    shown: str
    why: str
    currency: Currency | None = None


COLUMNS = (
    Column("fact", Shape.WORD, "fact"),
    Column("value", Shape.TEXT, is_in_table=False),
    Column("shown", Shape.WORD, "value", is_in_file=False),
    Column("currency", Shape.WORD, is_in_table=False),
    Column("why", Shape.TEXT, "by", least=40),
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """The answer."""

    attempt: Attempt
    history: History
    rows: Sequence[OutlookLine]

    def table(self) -> Table:
        """The report as rows and columns; what is doubtful beneath."""
        offer = self.attempt.offer
        notes = [f"of {offer.source}:{clean(offer.source_id)} {clean(offer.title or '')}".strip(), ROUNDS_MEAN]
        notes += [DOUBT_NOTE.format(kind=each.kind.value, words=each.words) for each in self.history.questions]
        return Table(COLUMNS, self.rows, MEASURE, "facts", None, None, None, notes)


def next_round(connection: Connection, name: str, filters: Filters) -> Outlook:
    """The outlook of a home, or of the home of a listing: always of its last attempt.

    Raises:
        UnknownListing: there is none of this name.
        NotKnownThen: it was seen first after the day that was asked for.
    """
    ground = load_ground(connection, filters)
    attempt = ground.last_of_home(find_attempt(connection, ground, name))
    return outlook_of(connection, attempt, filters, chance_to_fail(ground, attempt), ground.then)


def outlook_of(
    connection: Connection,
    attempt: Attempt,
    filters: Filters,
    chance: Chance | None,
    then: Linked | None = None,
) -> Outlook:
    """The outlook of the last attempt of a home, of which the chance was counted already.

    ``then`` as ``load_chains`` takes it.
    """
    history = load_histories(connection, [attempt], filters, then)[attempt.offer.listing_id]
    rows = [*_present(attempt), *_coming(attempt, history), *_chance(attempt, chance)]
    return Outlook(attempt, history, rows)


def is_round_told(attempt: Attempt) -> bool:
    """Whether its source or its chain says which round it is; an attempt without a word may be any."""
    offer, step = attempt.offer, attempt.step
    if counted_round(offer) is not None or offer.round_kind in NAMED:
        return True
    return step is not None and (step.place > 1 or step.link is RoundLink.RE_AUCTION_AFTER_DEFAULT)


def _present(attempt: Attempt) -> Iterator[OutlookLine]:
    offer = attempt.offer
    yield _line("round", offer.round_kind, f"{_place_words(attempt)}; {offer.status or 'status not told'}")
    yield _money("price", offer.price, offer.currency, jurisdiction_of(offer).name)


def _place_words(attempt: Attempt) -> str:
    if sells_directly(attempt.offer, jurisdiction_of(attempt.offer)):
        return "a sale without counted rounds"
    if not is_round_told(attempt):
        return "which round is not told"
    step = attempt.step
    return f"procedure {step.procedure}, round {step.place}" if step else "not linked"


def _coming(attempt: Attempt, history: History) -> Iterator[OutlookLine]:
    offer, law = attempt.offer, jurisdiction_of(attempt.offer)
    coming = history.cuts.steps[-1].next_round
    if coming is None or sells_directly(offer, law) or not is_round_told(attempt):
        yield _line("next_round", None, _why_none(attempt))
        return
    yield _line("next_round", coming.kind, law.name)
    yield _money("lowest_price", coming.lowest_price, offer.currency, coming.rule or "the law sets no bound")
    yield _money("highest_price", coming.highest_price, offer.currency, "the start of the present round")
    yield _earliest(attempt, coming)


def _earliest(attempt: Attempt, coming: NextRound) -> OutlookLine:
    law, step = jurisdiction_of(attempt.offer), attempt.step
    stage = law.stage(step.place + 1) if step else None
    if stage is not None and stage.notice_days is not None:
        why = f"{stage.notice_days.value} days of notice after the end of this round: {stage.notice_days.source}"
    elif law.gap_days is not None:
        why = f"the least gap between rounds: {law.gap_days.source}"
    else:
        why = "no notice is set"
    return _line("earliest_on", coming.earliest_on, why if coming.earliest_on else f"the end is not known; {why}")


def _why_none(attempt: Attempt) -> str:
    """Why nothing follows by law."""
    offer, law = attempt.offer, jurisdiction_of(attempt.offer)
    if not law.has_rounds or sells_directly(offer, law):
        return f"{law.name}: the seller alone says what comes next, and at what price"
    if attempt.outcome in {Outcome.SOLD, Outcome.WITHDRAWN}:
        return f"this one is {offer.status or attempt.outcome}"
    if not offer.price:
        return "the price is not known"
    if not is_round_told(attempt):
        return "nobody tells which round this is, so not what follows it"
    return "this is the last round: the creditor may take the home, or the court begins again"


def _chance(attempt: Attempt, chance: Chance | None) -> Iterator[OutlookLine]:
    if attempt.outcome in DECIDED:
        yield _line("chance_to_fail_percent", None, f"this round is over: {attempt.outcome}")
        return
    if chance is None:
        yield _line("chance_to_fail_percent", None, "its round or its kind of property is not known", INSUFFICIENT)
        return
    words = INSUFFICIENT if chance.percent is None else f"{chance.percent:.1f}%"
    why = f"{chance.failed_count} of {chance.known_count} failed: {chance.like}"
    if chance.percent is None:
        why += f"; at least {LEAST_ROUNDS} are needed"
    yield _line("chance_to_fail_percent", chance.percent, why, words)
    yield _line("chance_lowest_percent", chance.lowest, "95 % interval")
    yield _line("chance_highest_percent", chance.highest, "95 % interval")
    yield _line("rounds_counted", chance.known_count, "sold or failed")
    unknown = chance.ended_count - chance.known_count - chance.withdrawn_count
    coverage = f"{chance.known_count} sold or failed, {chance.withdrawn_count} withdrawn, {unknown} of unknown result"
    yield _line("rounds_ended", chance.ended_count, coverage)


def _line(fact: str, value: object, why: str, shown: str | None = None) -> OutlookLine:
    if shown is not None:
        return OutlookLine(fact, value, shown, why)
    words = "" if value is None else f"{value:.1f}%" if isinstance(value, Decimal) else str(value)
    return OutlookLine(fact, value, words, why)


def _money(fact: str, minor: Minor | None, currency: Currency | None, why: str) -> OutlookLine:
    if minor is None:
        return OutlookLine(fact, None, "", why, currency)
    amount = amount_of(minor, currency)
    return OutlookLine(fact, amount, money_text(amount, currency), why, currency)
