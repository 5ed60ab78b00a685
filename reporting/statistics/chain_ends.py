"""How the chain of one home stands: sold, ended without a sale, ended nobody knows how, or going on."""

from datetime import datetime, time, timedelta
from enum import StrEnum

from reporting.attempts import Attempt, Outcome
from reporting.filters import outside_zone
from reporting.statistics.sample import Home
from store.terms import RoundStatus
from tracking.law import PROCEDURE_LAPSE, dated_at, jurisdiction_of


class ChainEnd(StrEnum):
    """What became of all attempts to sell one home together."""

    SOLD = "sold"
    UNSOLD = "unsold"
    UNKNOWN = "unknown"
    GOING_ON = "going_on"


def end_of_chain(home: Home, now: datetime) -> ChainEnd:
    """Where a chain stands at ``now``.

    It has ended unsold where the last round that the law has failed, where the creditor took the home, or where
    nothing was seen of it for as long as a procedure lasts. A first auction that failed last month goes on: its second
    is still to come. What is open or only suspended goes on.
    """
    if any(each.outcome is Outcome.SOLD for each in home.rounds):
        return ChainEnd.SOLD
    last = home.rounds[-1]
    if last.outcome in {Outcome.OPEN, Outcome.SUSPENDED}:
        return ChainEnd.GOING_ON
    attempt = last.listings[-1]
    is_settled = last.outcome is Outcome.FAILED and _is_the_last(attempt)
    if not is_settled and _quiet_since(attempt) > now - timedelta(days=_lapse_days(attempt)):
        return ChainEnd.GOING_ON
    return ChainEnd.UNKNOWN if last.outcome is Outcome.UNKNOWN else ChainEnd.UNSOLD


def _is_the_last(attempt: Attempt) -> bool:
    """No further round can come: the creditor took the home, or the law has no round after this one."""
    if attempt.offer.status is RoundStatus.TAKEN_BY_CREDITOR:
        return True
    law = jurisdiction_of(attempt.offer)
    return law.has_rounds and attempt.step is not None and law.stage(attempt.step.place + 1) is None


def _lapse_days(attempt: Attempt) -> int:
    """How long a procedure lasts; where the law counts no rounds, as long as one of a mainland court."""
    return (jurisdiction_of(attempt.offer).lapse_days or PROCEDURE_LAPSE).value


def _quiet_since(attempt: Attempt) -> datetime:
    """When the last attempt ended by its own word, else when it was seen last."""
    if attempt.further.ended_on is not None and attempt.offer.ends_at is None:
        return datetime.combine(attempt.further.ended_on + timedelta(days=1), time(), outside_zone())
    return attempt.offer.ends_at or dated_at(attempt.offer) or attempt.offer.last_seen_at
