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
from store.rollup_words import NOTHING, Words, read_group_words
from store.terms import Currency, RoundKind, RoundStatus, SellerKind
from tracking.address.parts import NO_PARTS
from tracking.offers import Offer

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)
UNTOLD_STATES = frozenset((NOTHING, RoundStatus.UPCOMING.value))
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
PHASE_OF_STATUS = {status.value: int(PHASE_OF_OUTCOME[outcome]) for status, outcome in OUTCOME_OF_STATUS.items()}
NO_OFFER = Offer._make((*(None,) * (len(Offer._fields) - 1), NO_PARTS))


Standing = tuple[int, int, int | None]
"""Where a round stands: its phase, whether it was followed, and the hour from which time alone may change that."""


def hour_of(instant: datetime) -> int:
    """Whole hours since 1970."""
    return (instant - EPOCH) // HOUR


def stand_alone(words: Words, last_seen_at: datetime | str, now: datetime) -> Standing:
    """Where the round of one listing stands, which is the only one of its round."""
    known = PHASE_OF_STATUS.get(words.status)
    if known is not None:
        return known, int(known in RESULTS and _is_followed(words)), None
    phase, until = _open_phase(words, as_instant(last_seen_at), now)
    return int(phase), 0, None if until is None else hour_of(until)


def _is_followed(words: Words) -> bool:
    """Whether it was seen before the day of its end, and not found with its result (``clearance.was_followed``)."""
    if words.is_found == "1":
        return False
    end = told_day(words.ends_at) if words.ends_at != NOTHING else words.ended_on
    return end != NOTHING and told_day(words.first_seen_at) < end


def told_day(instant: str) -> str:
    """The day in Asia/Shanghai, as text that sorts."""
    return _day_of_hour(instant[:13])


def told_month(starts_at: str, ends_at: str, published_at: str, ended_on: str) -> str:
    """``2026-03`` in Asia/Shanghai, of the attempt's own day (``statistics.groups.month_of``); empty where not told."""
    instant = starts_at or ends_at or published_at
    return _month_of_hour(instant[:13]) if instant else ended_on[:7]


@lru_cache(maxsize=65_536)
def _day_of_hour(hour: str) -> str:
    """Of whole hours, since the zone is apart from UTC by whole hours (since 1901)."""
    return day_of(as_instant(f"{hour}:00:00")).isoformat()


@lru_cache(maxsize=65_536)
def _month_of_hour(hour: str) -> str:
    return _day_of_hour(hour)[:7]


def _open_phase(words: Words, last_seen_at: datetime, now: datetime) -> tuple[Phase, datetime | None]:
    """The phase of a listing that tells no result, and when time ends it."""
    stale_after = last_seen_at + LONGEST_PAUSE
    is_stale = now > stale_after
    end = _end_of(words)
    if end is not None:
        if end <= now:
            return Phase.UNKNOWN, None
        return (Phase.STALE, end) if is_stale else (Phase.OPEN, min(end, stale_after))
    starts_at = None if words.starts_at == NOTHING else as_instant(words.starts_at)
    limits = []
    if words.status in UNTOLD_STATES:
        limits.append(stale_after if starts_at is None else max(stale_after, starts_at - INSTANT))
    latest = None if starts_at is None else over_after(_offer_of(words))
    if latest is not None:
        limits.append(latest)
    if any(limit < now for limit in limits):
        return Phase.UNTOLD, None
    if is_stale:
        return Phase.STALE, min(limits, default=None)
    return Phase.OPEN, min([*limits, stale_after])


def _end_of(words: Words) -> datetime | None:
    if words.ends_at != NOTHING:
        return as_instant(words.ends_at)
    if words.ended_on == NOTHING:
        return None
    return datetime.combine(datetime.fromisoformat(words.ended_on) + timedelta(days=1), time(), outside_zone())


def _offer_of(words: Words) -> Offer:
    """As much of an offer as its law depends on."""
    group = read_group_words(words.group)
    return NO_OFFER._replace(
        source=group.source,
        region_code=told(group.region_code),
        round_kind=None if group.round_kind == NOTHING else RoundKind(group.round_kind),
        seller_kind=None if group.seller_kind == NOTHING else SellerKind(group.seller_kind),
        currency=None if group.currency == NOTHING else Currency(group.currency),
        status=None if words.status == NOTHING else RoundStatus(words.status),
        starts_at=as_instant(words.starts_at),
        published_at=None if words.published_at == NOTHING else as_instant(words.published_at),
    )


def told(word: str) -> str | None:
    """A word, or ``None`` where it is not told."""
    return None if word == NOTHING else word
