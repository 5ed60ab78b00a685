"""Times and days: the source's words into aware UTC instants and dates, by explicit patterns only."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from crawler.items import Word

FIRST_YEAR, LAST_YEAR = 2000, 2100
FIRST_SECOND, LAST_SECOND = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (FIRST_YEAR, LAST_YEAR + 1))
FIRST_MILLISECOND = 10**11
"""Epoch numbers below are seconds: as milliseconds they would lie before 1973-03."""
ROC_YEAR_ZERO = 1911

CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?"
CHINESE = re.compile(
    r"(?:(中華民國|民國|民国)?(\d{2,4})年)?(\d{1,2})月(\d{1,2})日"
    r"(?:(\d{1,2})[:时時点點](?:(\d{1,2})(?:[:分](\d{1,2})秒?|分)?)?)?"
)
YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}})(?:[T ] ?{CLOCK}(Z|[+-]\d\d:?\d\d)?)?")
DAY_FIRST = re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}})(?: (?:às )?{CLOCK})?")
RELATIVE = re.compile(rf"(前天|昨天|今天|明天|后天){CLOCK}")
DAYS_FROM_TODAY = {"前天": -2, "昨天": -1, "今天": 0, "明天": 1, "后天": 2}


def parse_time(raw: Word, observed_at: datetime, zone: ZoneInfo, *, day_first: bool = False) -> datetime:
    """Give the instant in UTC.

    Whole numbers are epoch milliseconds, or seconds below 10**11. Texts are local to ``zone`` unless they carry
    an offset. A day without a year is the one nearest to ``observed_at``; 今天 is the day of ``observed_at`` in
    ``zone``; 民國 years and three-digit years count from 1911. ``day_first`` admits dd/mm/yyyy (Brazil).

    Raises:
        ValueError: impossible, outside 2000-2100, without a time of day, or in another form, with the text.
    """
    moment = read_moment(raw, observed_at, zone, day_first=day_first)
    if not isinstance(moment, datetime):
        raise ValueError(f"a day without a time: {raw!r}")
    return moment


def parse_day(raw: Word, observed_at: datetime, zone: ZoneInfo, *, day_first: bool = False) -> date:
    """Give the day of a text that has a day and no time: 2026年08月31日, 2026-07-21, 21/07/2026 if ``day_first``.

    Raises:
        ValueError: as ``parse_time``, or the text has a time of day.
    """
    moment = read_moment(raw, observed_at, zone, day_first=day_first)
    if isinstance(moment, datetime):
        raise ValueError(f"a time where a day was expected: {raw!r}")
    return moment


def read_moment(raw: Word, observed_at: datetime, zone: ZoneInfo, *, day_first: bool = False) -> datetime | date:
    """Give the instant in UTC where the source tells a time of day, else the day.

    Raises:
        ValueError: as ``parse_time``.
    """
    if isinstance(raw, str):
        return _read_text(raw, observed_at, zone, day_first)
    if isinstance(raw, bool) or raw is None or (isinstance(raw, float) and not raw.is_integer()):
        raise ValueError(f"not a time: {raw!r}")
    return read_epoch(int(raw))


def read_epoch(number: int) -> datetime:
    """Give the instant of epoch milliseconds, or seconds below 10**11.

    Raises:
        ValueError: outside 2000-2100.
    """
    seconds = number / 1000 if FIRST_MILLISECOND <= number < LAST_SECOND * 1000 else number
    if not FIRST_SECOND <= seconds < LAST_SECOND:
        raise ValueError(f"not a time, or its year is out of range: {number}")
    return datetime.fromtimestamp(seconds, UTC)


@lru_cache(maxsize=4096)
def _read_text(raw: str, observed_at: datetime, zone: ZoneInfo, day_first: bool) -> datetime | date:
    text = " ".join(unicodedata.normalize("NFKC", raw[:60]).split())
    try:
        if text.isdigit() and len(text) in {10, 13}:
            return read_epoch(int(text))
        if found := CHINESE.fullmatch(text.replace(" ", "")):
            return _read_chinese(found, observed_at, zone)
        if found := YEAR_FIRST.fullmatch(text):
            year, _, month, day, hour, minute, second, offset = found.groups()
            return _combine(date(int(year), int(month), int(day)), (hour, minute, second), zone, offset)
        if found := RELATIVE.fullmatch(text.replace(" ", "")):
            today = observed_at.astimezone(zone).date()
            return _combine(today + timedelta(days=DAYS_FROM_TODAY[found[1]]), found.groups()[1:], zone)
        if day_first and (found := DAY_FIRST.fullmatch(text)):
            day, month, year, *clock = found.groups()
            return _combine(date(int(year), int(month), int(day)), clock, zone)
    except ValueError as error:
        raise ValueError(f"impossible time: {raw[:60]!r} ({error})") from None
    raise ValueError(f"not a time: {raw[:60]!r}")


def _read_chinese(found: re.Match[str], observed_at: datetime, zone: ZoneInfo) -> datetime | date:
    era, year, month, day, *clock = found.groups()
    if year is None:
        return _find_nearest(int(month), int(day), clock, observed_at, zone)
    return _combine(date(_read_year(int(year), is_roc=era is not None), int(month), int(day)), clock, zone)


def _read_year(year: int, *, is_roc: bool) -> int:
    """The common year. A two-digit year without its era could be either calendar's."""
    if is_roc or 100 <= year <= 199:
        return year + ROC_YEAR_ZERO
    if year < 1000:
        raise ValueError(f"year {year} of no known era")
    return year


def _find_nearest(
    month: int, day: int, clock: list[str | None], observed_at: datetime, zone: ZoneInfo
) -> datetime | date:
    """The given day of the year before, of or after ``observed_at``, whichever lies nearest."""
    seen = observed_at.astimezone(zone)
    days = []
    for year in (seen.year - 1, seen.year, seen.year + 1):
        try:
            days.append(date(year, month, day))
        except ValueError:  # 29 February exists in at most one of the three
            continue
    if not days:
        raise ValueError("no such day")
    return _combine(min(days, key=lambda each: abs(each - seen.date())), clock, zone)


def _combine(
    day: date, clock: list[str | None] | tuple[str | None, ...], zone: ZoneInfo, offset: str | None = None
) -> datetime | date:
    """The instant in UTC, or the day itself where the clock is not told."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"year {day.year}")
    if clock[0] is None:
        return day
    hour, minute, second = (int(part or 0) for part in clock)
    if offset is None:
        return datetime.combine(day, time(hour, minute, second), zone).astimezone(UTC)
    return datetime.fromisoformat(f"{day}T{hour:02}:{minute:02}:{second:02}{offset}").astimezone(UTC)
