"""When collectors took the pages that stand in one file: "2026-08-27T06:52:05.348Z", or words with a time of China."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
STAMP = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]|, after )(\d\d:\d\d:\d\d(?:\.\d{1,6})?)(Z|[+-]\d\d:\d\d)?")
LONGEST_SPAN = timedelta(days=1)


def taken_at(stamps: Iterable[str]) -> datetime | date | None:
    """The last of the instants, since by then every row was seen; the day where no time is told.

    ``None`` where they differ by more than a day, or there are none.
    """
    told = set(stamps)
    instants = [instant for stamp in told for instant in (_instant(stamp),) if instant]
    if instants and len(instants) == len(told):
        return max(instants) if max(instants) - min(instants) < LONGEST_SPAN else None
    days = {day for stamp in told for day in (_day(stamp),) if day}
    return days.pop() if len(days) == 1 else None


def _instant(stamp: str) -> datetime | None:
    found = STAMP.match(stamp)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(f"{found[1]}T{found[2]}{(found[3] or '').replace('Z', '+00:00')}")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def _day(stamp: str) -> date | None:
    try:
        return date.fromisoformat(stamp[:10])
    except ValueError:
        return None
