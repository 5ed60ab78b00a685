"""When a watch may speak: at once or in a digest, and never in its quiet hours. Pure; all by the clock of its zone."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reporting.errors import WrongFilter
from store.terms import Pace
from store.watches import StoredWatch

CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = 7


class Hours(NamedTuple):
    """``speaks_at`` and ``speaks_on`` (Monday is 0) are those of a digest; ``quiet`` is from when to when."""

    pace: Pace
    speaks_at: time
    speaks_on: int
    quiet: tuple[time, time] | None
    zone: ZoneInfo

    @classmethod
    def of(cls, watch: StoredWatch) -> Self:
        """Those of a stored watch."""
        quiet = None
        if watch.quiet_from is not None and watch.quiet_to is not None:
            quiet = time.fromisoformat(watch.quiet_from), time.fromisoformat(watch.quiet_to)
        return cls(watch.pace, time.fromisoformat(watch.speaks_at), watch.speaks_on, quiet, ZoneInfo(watch.zone))


def is_quiet(hours: Hours, now: datetime) -> bool:
    """Whether an instant lies in the quiet hours; these may pass midnight. The first minute belongs to them."""
    if hours.quiet is None:
        return False
    begins, ends = hours.quiet
    clock = now.astimezone(hours.zone).time()
    return begins <= clock < ends if begins <= ends else clock >= begins or clock < ends


def quiet_until(hours: Hours, now: datetime) -> datetime:
    """When the quiet hours end that an instant lies in; the instant itself where it lies in none."""
    if hours.quiet is None or not is_quiet(hours, now):
        return now
    day = now.astimezone(hours.zone).date()
    ends = (datetime.combine(day + timedelta(days=later), hours.quiet[1], hours.zone) for later in range(3))
    both = (end.replace(fold=fold) for end in ends for fold in (0, 1))  # where the clock shows the hour twice
    return next(at for end in both if (at := end.astimezone(UTC)) > now)


def may_speak(hours: Hours, now: datetime, spoke_at: datetime) -> bool:
    """Whether a watch may speak that spoke last, or could have, at ``spoke_at``.

    What it said far in the future it said by a clock that was wrong: that keeps nobody silent until then.
    """
    if is_quiet(hours, now):
        return False
    if spoke_at > now + timedelta(days=1):
        return True
    return hours.pace is Pace.AT_ONCE or last_occasion(hours, now) > spoke_at


def last_occasion(hours: Hours, now: datetime) -> datetime:
    """The last moment, at or before an instant, that the clock of a digest showed."""
    day = now.astimezone(hours.zone).date()
    for back in range(WEEK + 2):
        on = day - timedelta(days=back)
        at = datetime.combine(on, hours.speaks_at, hours.zone).astimezone(UTC)
        if at <= now and (hours.pace is not Pace.WEEKLY or on.weekday() == hours.speaks_on):
            return at
    raise AssertionError("a week has every weekday")


def parse_clock(name: str, text: str) -> str:
    """``8:00`` as ``08:00``.

    Raises:
        WrongFilter: it is no time of day.
    """
    found = CLOCK.fullmatch(text.strip())
    if found is None:
        raise WrongFilter(f"--{name}: cannot read {text!r}; give a time of day such as 08:00")
    return f"{int(found[1]):02}:{found[2]}"


def parse_quiet(text: str) -> tuple[str, str] | None:
    """``22:00-07:30``, or ``none``.

    Raises:
        WrongFilter: it is neither.
    """
    if text.strip() == "none":
        return None
    begins, is_span, ends = text.partition("-")
    if not is_span:
        raise WrongFilter(f"--quiet: cannot read {text!r}; give 22:00-07:30 or none")
    return parse_clock("quiet", begins), parse_clock("quiet", ends)


def parse_zone(text: str) -> str:
    """The name of a time zone.

    Raises:
        WrongFilter: there is none of this name.
    """
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrongFilter(f"--zone: there is no {text!r}; give a name such as Asia/Shanghai") from None


def parse_weekday(text: str) -> int:
    """``monday`` as 0.

    Raises:
        WrongFilter: it is no day.
    """
    if text.casefold() not in WEEKDAYS:
        raise WrongFilter(f"--on: there is no {text!r}; give one of: {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(text.casefold())
