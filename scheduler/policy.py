"""When a listing is to be looked at again. Pure: the same listing, last look and clock give the same answer.

The rule is a stair of intervals (domain.md, sections 1 and 2; the steps are ours): once a day while its end is days
away, each hour in its last day, every ten minutes in its last hour; after the end hourly for three hours, four times in
its first day, then daily, until a result is seen or thirty days have passed: nearly all results are told at once, and a
late one is days late. What is suspended or has vanished is looked at once a week: it is not over.

A look is due at the first instant at which the time since the last look is as long as the interval of that instant.
So a listing that was seen 20 hours ago is due not in four hours but at once when its last day begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from zoneinfo import ZoneInfo

from store.terms import LookReason, RoundStatus

DAY, HOUR, WEEK = timedelta(days=1), timedelta(hours=1), timedelta(days=7)
TEN_MINUTES = timedelta(minutes=10)
RESULT_AWAITED = timedelta(days=30)
"""So long a result is asked for after the end; then the listing stays "ended, result unknown"."""

BIDDING = timedelta(hours=24)
"""From the start to the end where only the start is known (at least 24 h: 2016 No. 18, article 20)."""

NEXT_ROUND_WITHIN = timedelta(days=60)
"""After a failed round the next one is looked for so long: within 30 days by law (article 26), and as much again."""

JITTER = 0.1
"""Of the interval, so that a thousand lots that end at ten o'clock are not asked for in one minute."""

EVER, FOREVER = datetime.min.replace(tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

OVER = frozenset(
    (
        RoundStatus.SOLD,
        RoundStatus.WITHDRAWN,
        RoundStatus.TERMINATED,
        RoundStatus.TAKEN_BY_CREDITOR,
        RoundStatus.DEFAULTED,
    )
)
PAUSED = frozenset((RoundStatus.SUSPENDED, RoundStatus.POSTPONED, RoundStatus.HALTED))


URGENCY = {
    reason: place
    for place, reason in enumerate(
        (
            LookReason.LISTS,
            LookReason.RESULT,
            LookReason.LAST_HOUR,
            LookReason.LAST_DAY,
            LookReason.DAYS_AWAY,
            LookReason.NEXT_ROUND,
            LookReason.PAUSED,
            LookReason.VANISHED,
        )
    )
}
"""What goes first where the budget does not suffice for all, as ``benchmarks.timetable`` found it.

A request for a list tells of forty listings, one for a listing of one. At a site that is larger than its budget the
looks of last days alone are ten times as many as it allows: with these first, no result was ever seen.
"""

LISTS_SHARE = 0.5
"""Of a day's budget that the lists may take where single listings want the rest."""


class Due(NamedTuple):
    """A look that is to be made, not before ``at``."""

    at: datetime
    reason: LookReason


class Stair(NamedTuple):
    """From ``since`` on, until the next stair, a look each ``interval``; ``None``: none any more."""

    since: datetime
    interval: timedelta | None
    reason: LookReason


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a listing. Times are aware; ``ended_at``: since when its status says that it is over."""

    status: RoundStatus | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    ended_at: datetime | None = None
    is_missing: bool = False

    @property
    def end(self) -> datetime | None:
        """When it ends, as far as that can be told."""
        if self.ends_at is not None:
            return self.ends_at
        return None if self.starts_at is None else self.starts_at + BIDDING


@lru_cache(maxsize=64)  # asked for three times on end for each listing
def stairs_of(known: Known) -> Sequence[Stair]:
    """The intervals of a listing, the earliest first; the first one begins with time itself."""
    if known.status in OVER:
        return [Stair(EVER, None, LookReason.RESULT)]
    if known.status is RoundStatus.FAILED:
        since = known.ended_at or known.end
        stairs = [Stair(EVER, DAY, LookReason.NEXT_ROUND)]
        return stairs if since is None else [*stairs, Stair(since + NEXT_ROUND_WITHIN, None, LookReason.NEXT_ROUND)]
    if known.status in PAUSED:
        return [Stair(EVER, WEEK, LookReason.PAUSED)]
    if known.is_missing:
        return [Stair(EVER, WEEK, LookReason.VANISHED)]
    end = known.end or (known.ended_at if known.status is RoundStatus.ENDED else None)
    if end is None:
        return [Stair(EVER, DAY, LookReason.RESULT if known.status is RoundStatus.ENDED else LookReason.DAYS_AWAY)]
    return [
        Stair(EVER, DAY, LookReason.DAYS_AWAY),
        Stair(end - DAY, HOUR, LookReason.LAST_DAY),
        Stair(end - HOUR, TEN_MINUTES, LookReason.LAST_HOUR),
        Stair(end + TEN_MINUTES, HOUR, LookReason.RESULT),  # each bid in the last five minutes adds five
        Stair(end + 3 * HOUR, 6 * HOUR, LookReason.RESULT),
        Stair(end + DAY, DAY, LookReason.RESULT),
        Stair(end + RESULT_AWAITED, None, LookReason.RESULT),
    ]


def next_look(known: Known, looked_at: datetime | None, now: datetime) -> Due | None:
    """When the listing is to be looked at next, and why; ``None`` where nothing more is to be learned.

    Args:
        known: the listing.
        looked_at: the last look at it; one in the future (the clock was put back) counts as now.
        now: the clock, aware.
    """
    stairs = stairs_of(known)
    last = None if looked_at is None else min(looked_at, now)
    for stair, following in zip(stairs, [*stairs[1:], None], strict=True):
        until = following.since if following else FOREVER
        if stair.interval is None:
            return None
        if last is None:
            if now < until:
                return Due(now, stair.reason)
            continue
        at = max(stair.since, last + stair.interval)
        if at < until:
            return Due(at, stair.reason) if at >= now else _overdue(stairs, at, now)
    return None


def _overdue(stairs: Sequence[Stair], at: datetime, now: datetime) -> Due | None:
    """A look that was not made in time is as urgent as the listing is now; none if by now it would tell nothing."""
    present = next(each for each in reversed(stairs) if each.since <= now)
    return None if present.interval is None else Due(at, present.reason)


def with_jitter(due: Due, known: Known, key: str) -> Due:
    """The same look up to a tenth of its interval later, by the key of the listing: the same each time it is asked."""
    at = due.at
    interval: timedelta | None = None
    for stair in reversed(stairs_of(known)):
        if stair.since <= at:
            interval = stair.interval
            break
    if interval is None:
        return due
    hour = f"{at.year:04}{at.month:02}{at.day:02}{at.hour:02}"  # strftime takes twice as long
    share = int.from_bytes(blake2b(f"{key} {hour}".encode(), digest_size=4).digest(), "big") / 2**32
    return Due(at + interval * (JITTER * share), due.reason)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When a site is not asked: from one time of its own day to another, past midnight where that is earlier."""

    begins: time
    ends: time
    zone: ZoneInfo

    def first_allowed(self, at: datetime) -> datetime:
        """The instant itself, or the end of the quiet hours in which it lies, in UTC."""
        local = at.astimezone(self.zone)
        clock = local.timetz().replace(tzinfo=None)
        is_over_midnight = self.ends <= self.begins
        is_quiet = clock >= self.begins or clock < self.ends if is_over_midnight else self.begins <= clock < self.ends
        if not is_quiet or self.begins == self.ends:
            return at
        day = local.date() + DAY if is_over_midnight and clock >= self.begins else local.date()
        return max(at, datetime.combine(day, self.ends, self.zone).astimezone(UTC))


class Wanted(NamedTuple):
    """A look that is wanted at one source. ``key`` names the listing or the query."""

    due: Due
    key: str


def claim_order(due: Due) -> tuple[int, timedelta]:
    """Sorts looks by what goes first: urgency, then what waits longest; of results the newest.

    Where not all results can be seen, those of old ends would keep each new one waiting until it is as old.
    """
    waits = due.at - FOREVER
    return URGENCY[due.reason], -waits if due.reason is LookReason.RESULT else waits


def choose(wanted: Sequence[Wanted], now: datetime, most: int) -> tuple[list[Wanted], list[Wanted]]:
    """Of what is due the most urgent, within the budget; and what falls out of it."""
    ready = sorted((each for each in wanted if each.due.at <= now), key=lambda each: (claim_order(each.due), each.key))
    taken = max(most, 0)
    return ready[:taken], ready[taken:]


def lists_budget(left: int, per_day: int, single_looks: int) -> int:
    """How many requests a crawl of the lists may make.

    Args:
        left: of the day's budget.
        per_day: the budget of a whole day.
        single_looks: requests that looks at single listings want within a day, but for those that only make up for
            lists; what they leave is free for the lists, of which a request tells of forty listings.
    """
    return max(min(left, round(per_day * LISTS_SHARE)), left - single_looks, 0)
