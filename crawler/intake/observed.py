"""When a saved page was seen: told by its container, its content, its name, else by the user; never by the clock."""

import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from crawler.errors import LayoutChanged
from crawler.intake.mapping import MappedReader
from crawler.items import Reader
from crawler.page import Page

NAMED_TIME = re.compile(
    r"""(?<!\d)(?P<year>(?:19|20)\d\d)(?P<gap>[-_.]?)(?P<month>\d\d)(?P=gap)(?P<day>\d\d)
    (?:
        (?:T(?P<hour>\d\d)[-:.]?(?P<minute>\d\d)(?:[-:.]?(?P<second>\d\d))?|
        [ _](?P<hour2>\d\d)[-:.](?P<minute2>\d\d)(?:[-:.](?P<second2>\d\d))?)
        (?P<utc>Z)?
    )?(?!\d)""",
    re.VERBOSE,
)
"""2021-08-10, 20210810, 2026-07-21T10-00, 20260721T100000Z. A bare month (2025-07) is no date."""

BARE_DAY_HOUR = 12
"""A name that tells the day alone stands for the noon of the source's own time: at most twelve hours wrong, on that day
in every zone, and never in the hour that a change of clocks leaves out. Midnight put every such page before all looks
of its day (sold before the auction began), the end of the day behind all of them, and today's in the future. The file's
own time is not asked: it changes with every copy, and one file has to tell one time wherever it is captured."""

FIRST_YEAR, LAST_YEAR = 1990, 2099
NO_TIME = "no time of observation in its container, its content or its name: give --observed-at"


def time_in_name(name: str) -> datetime | None:
    """The one time in a name, aware only if it ends in Z; of a bare day its noon. None without one, or with several.

    ``RS_2026-07-01_to_2026-08-05.zip`` names a span, not an observation.
    """
    moments = {moment for found in NAMED_TIME.finditer(name) if (moment := _read_named_time(found))}
    return moments.pop() if len(moments) == 1 else None


def _read_named_time(found: re.Match[str]) -> datetime | None:
    year, month, day = (int(found[unit]) for unit in ("year", "month", "day"))
    hour, minute, second = (int(found[unit] or found[f"{unit}2"] or 0) for unit in ("hour", "minute", "second"))
    if not (found["hour"] or found["hour2"]):
        hour = BARE_DAY_HOUR
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC if found["utc"] else None)
    except ValueError:  # 20211399 is a number, not a date
        return None


def time_in_names(names: Sequence[str]) -> datetime | None:
    """The first name that holds a date decides: the file's own before that of its archive."""
    return next(filter(None, map(time_in_name, names)), None)


def time_in_content(page: Page, reader: Reader) -> datetime | None:
    """The time that the page itself states.

    A mapping names the column; a parser module may offer ``generated_on(body)``, which gives an aware instant, or the
    day where no time is told. That is the date of the list itself, and stands for its first moment.

    Raises:
        LayoutChanged: the rows of one file were seen on different days, or a time is not readable.
    """
    if isinstance(reader, MappedReader):
        return reader.mapping.find_observation_time(page)
    generated_on = find_generated_on(reader)
    day = generated_on(page.body) if generated_on else None
    if isinstance(day, datetime):
        return day
    return datetime(day.year, day.month, day.day) if day else None  # noqa: DTZ001 - placed in the zone below


def looks_in_content(page: Page, reader: Reader) -> Sequence[datetime]:
    """The instants of the looks that a table holds, the earliest first; none where it is one look.

    The rows of a mapping may tell their own times; a parser module may offer ``looks_in(body) -> list[datetime]``.
    Each look is a page of its own, from which the reader takes the rows of its time.

    Raises:
        LayoutChanged: a table that cannot be read, or more looks than can be told apart.
    """
    if isinstance(reader, MappedReader):
        return reader.mapping.list_looks(page)
    looks_in = find_hook(reader, "looks_in")
    return looks_in(page.body) if looks_in else ()


def find_generated_on(reader: Reader) -> Callable[[bytes], date | None] | None:
    """``generated_on`` of the parser's module, or of the package that holds it."""
    return find_hook(reader, "generated_on")


def find_hook(reader: Reader, hook: str) -> Callable[[bytes], Any] | None:
    """A function of the parser's module, or of the package that holds it."""
    name = getattr(reader.parse, "__module__", "")
    while name.startswith("crawler.parsers."):
        found: Callable[[bytes], Any] | None = getattr(sys.modules.get(name), hook, None)
        if found:
            return found
        name = name.rpartition(".")[0]
    return None


def to_utc(moment: datetime, reader: Reader) -> datetime:
    """The instant in UTC; without a zone it is the source's own local time.

    Raises:
        LayoutChanged: a year before the web or far ahead: everything seen later would count as older than it.
    """
    if moment.tzinfo is None:
        zone = reader.mapping.observed_zone if isinstance(reader, MappedReader) else reader.dialect.time_zone
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    try:
        instant = moment.astimezone(UTC)
    except OverflowError:
        raise LayoutChanged(f"no time of observation: {moment}") from None
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise LayoutChanged(f"no time at which a page can have been seen: {moment}")
    return instant
