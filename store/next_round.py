"""Whether the words of an id are of a later round than those before, and what they then leave behind.

Some sources go on through their rounds under one id (Korea, Taiwan, CAIXA), or set a new day for what was over
(Florida). What one round told of itself says nothing of the next: a status, a hammer price or a start that is carried
on would make a second auction one that was sold in the first. Observations of the earlier round stay as they are.
"""

from datetime import date, datetime, timedelta
from typing import Any

from store.bulk import as_instant
from store.statement import Statement
from store.terms import RoundKind, RoundStatus

STEPS = {
    RoundKind.FIRST_AUCTION: 1,
    RoundKind.SECOND_AUCTION: 2,
    RoundKind.THIRD_AUCTION: 3,
    RoundKind.OPEN_PURCHASE: 4,
    RoundKind.LATER_AUCTION: 5,
    RoundKind.SELL_OFF: 6,
}
"""In which order one id goes through kinds of rounds. Ways of sale after them do not tell rounds apart: CAIXA
relabelled 25,125 times between online and direct sale in 37 days of 2021, and the homes went on as before."""

OVER = frozenset(
    (
        RoundStatus.SOLD,
        RoundStatus.FAILED,
        RoundStatus.WITHDRAWN,
        RoundStatus.TERMINATED,
        RoundStatus.TAKEN_BY_CREDITOR,
        RoundStatus.DEFAULTED,
        RoundStatus.ENDED,
    )
)
NOT_SOLD = frozenset((RoundStatus.UPCOMING, RoundStatus.ONGOING, RoundStatus.FAILED, RoundStatus.WITHDRAWN))
"""Beside these words a hammer price is that of an earlier sale. ENDED does not say how it ended."""

OF_ONE_ROUND = frozenset(
    (
        "status",
        "starting_price",
        "asking_price",
        "current_price",
        "hammer_price",
        "starts_at",
        "ends_at",
        "ended_on",
        "deposit",
        "increment",
        "published_at",
        "bid_count",
        "bidder_count",
        "applicant_count",
    )
)
HAMMER_ONLY = frozenset(("hammer_price",))
NOTHING: frozenset[str] = frozenset()
LEAST_GAP = timedelta(days=1)
"""Late bids move an end by minutes, and an end may be told without its hour."""


def left_behind(before: Statement, now: Statement) -> frozenset[str]:
    """The fields of the state that the new words do not take over where they do not tell them.

    ``before`` may hold times and terms as a driver gives them.
    """
    if begins_next_round(before, now):
        return OF_ONE_ROUND
    return HAMMER_ONLY if now.status in NOT_SOLD else NOTHING


def begins_next_round(before: Statement, now: Statement) -> bool:
    """Whether the new words are of a later round: by their number or kind, or by a day after a result that was told."""
    if before.round_number is not None and now.round_number is not None and now.round_number != before.round_number:
        return now.round_number > before.round_number
    step, later = _step(before), _step(now)
    if step is not None and later is not None and later != step:
        return later > step
    return before.status in OVER and now.status is None and _is_set_anew(before, now)


def _step(words: Statement) -> int | None:
    return STEPS.get(words.round_kind) if words.round_kind else None


def _is_set_anew(before: Statement, now: Statement) -> bool:
    """Its day is well behind the one that is known to be over."""
    known = [_day(value) for value in (before.starts_at, before.ends_at, before.ended_on) if value is not None]
    told = [_day(value) for value in (now.starts_at, now.ends_at, now.ended_on) if value is not None]
    return bool(known and told) and min(told) - max(known) > LEAST_GAP


def _day(value: Any) -> date:
    """The day in UTC of an instant, or a day, also as text."""
    if isinstance(value, datetime) or (isinstance(value, str) and len(value) > len("2026-01-01")):
        return as_instant(value).date()
    return date.fromisoformat(value) if isinstance(value, str) else value
