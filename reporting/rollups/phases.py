"""Where the round of a listing that stands alone is, from its kept words, and until when.

It is what ``statistics.sample`` says of it, which tests hold against each other.

A phase is an outcome, with what reports tell beside outcomes: of the open ones which nobody has seen for long, of the
unknown ones which never told their end. Every phase lasts until other words come or until an hour that is known.
"""

from datetime import UTC, datetime, time, timedelta
from enum import IntEnum
from functools import lru_cache

from reporting.attempts import OUTCOME_OF_STATUS, Outcome
from reporting.filters import day_of, outside_zone
from reporting.seen import over_after
from reporting.statistics.looks import LONGEST_PAUSE
from store.bulk import as_instant
from store.rollup_models import NEVER
from store.rollup_words import NOTHING, State, read_groups, read_kinds, read_place
from store.terms import Currency, RoundKind, RoundStatus, SellerKind
from tracking.address.parts import NO_PARTS
from tracking.offers import Offer

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)
UNTOLD_STATES = frozenset((None, RoundStatus.UPCOMING.value))
"""Of these a listing that is dropped without a word is over (``sample.Seen.outcome_of``)."""


class Phase(IntEnum):
    """Where a round stands; the names are those of columns of ``rollup_cell``, in their order."""

    OPEN = 0
    STALE = 1  # open, but nobody has seen it for longer than its source may pause
    SOLD = 2
    FAILED = 3
    WITHDRAWN = 4
    SUSPENDED = 5
    UNKNOWN = 6
    UNTOLD = 7  # unknown, and nothing ever said that it ended


RESULTS = frozenset((Phase.SOLD, Phase.FAILED))
PHASE_OF_OUTCOME = {outcome: Phase[outcome.name] for outcome in Outcome}
PHASE_OF_STATUS: dict[str | None, int] = {
    status.value: int(PHASE_OF_OUTCOME[outcome]) for status, outcome in OUTCOME_OF_STATUS.items()
}
NO_OFFER = Offer._make((*(None,) * (len(Offer._fields) - 1), NO_PARTS))


Standing = tuple[int, int, int, str]
"""Where a round stands: its phase, whether it was followed, the hour from which time alone may change that; its month.

The month is ``2026-03`` in Asia/Shanghai, of the attempt's own day (``statistics.groups.month_of``); empty: not told.
"""


def hour_of(instant: datetime) -> int:
    """Whole hours since 1970."""
    return (instant - EPOCH) // HOUR


def stand_alone(state: State, now: datetime) -> Standing:
    """Where the round of one listing stands, which is the only one of its round."""
    _, _, _, status, is_found, first_seen_at, starts_at, ends_at, ended_on, published_at, _, _ = state
    instant = starts_at or ends_at or published_at
    month = _month_of_hour(instant[:13]) if instant else (ended_on or NOTHING)[:7]
    phase = PHASE_OF_STATUS.get(status)
    if phase is None:
        open_phase, until = _open_phase(State._make(state), now)
        return int(open_phase), 0, NEVER if until is None else hour_of(until), month
    if is_found or phase not in RESULTS:
        return phase, 0, NEVER, month
    end = _day_of_hour(ends_at[:13]) if ends_at else ended_on
    is_followed = end is not None and _day_of_hour(first_seen_at[:13]) < end  # ``clearance.was_followed``
    return phase, int(is_followed), NEVER, month


@lru_cache(maxsize=65_536)
def _day_of_hour(hour: str) -> str:
    """The day in Asia/Shanghai, as text that sorts; of whole hours in UTC, which it is apart by (since 1901)."""
    return day_of(as_instant(f"{hour}:00:00")).isoformat()


@lru_cache(maxsize=65_536)
def _month_of_hour(hour: str) -> str:
    return _day_of_hour(hour)[:7]


def _open_phase(state: State, now: datetime) -> tuple[Phase, datetime | None]:
    """The phase of a listing that tells no result, and when time ends it."""
    stale_after = as_instant(state.last_seen_at) + LONGEST_PAUSE
    is_stale = now > stale_after
    end = _end_of(state)
    if end is not None:
        if end <= now:
            return Phase.UNKNOWN, None
        return (Phase.STALE, end) if is_stale else (Phase.OPEN, min(end, stale_after))
    starts_at = as_instant(state.starts_at) if state.starts_at else None
    limits = []
    if state.status in UNTOLD_STATES:
        limits.append(stale_after if starts_at is None else max(stale_after, starts_at - INSTANT))
    latest = None if starts_at is None else over_after(_offer_of(state, starts_at))
    if latest is not None:
        limits.append(latest)
    if any(limit < now for limit in limits):
        return Phase.UNTOLD, None
    if is_stale:
        return Phase.STALE, min(limits, default=None)
    return Phase.OPEN, min([*limits, stale_after])


def _end_of(state: State) -> datetime | None:
    if state.ends_at:
        return as_instant(state.ends_at)
    if not state.ended_on:
        return None
    return datetime.combine(datetime.fromisoformat(state.ended_on) + timedelta(days=1), time(), outside_zone())


def _offer_of(state: State, starts_at: datetime) -> Offer:
    """As much of an offer as its law depends on."""
    kinds_text, _, place_text = read_groups(state.words)
    kinds, place = read_kinds(kinds_text), read_place(place_text)
    return NO_OFFER._replace(
        source=kinds.source,
        region_code=told(place.region_code),
        round_kind=RoundKind(place.round_kind) if place.round_kind else None,
        seller_kind=SellerKind(kinds.seller_kind) if kinds.seller_kind else None,
        currency=Currency(kinds.currency) if kinds.currency else None,
        status=RoundStatus(state.status) if state.status else None,
        starts_at=starts_at,
        published_at=as_instant(state.published_at) if state.published_at else None,
    )


def told(word: str) -> str | None:
    """A word, or ``None`` where it is not told."""
    return None if word == NOTHING else word
