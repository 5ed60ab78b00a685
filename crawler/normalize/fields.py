"""Single values of a listing in the source's own words: converted, or refused with the field's name and the text."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from crawler.errors import RowRefused
from crawler.items import Dialect, Word
from crawler.normalize.areas import parse_area
from crawler.normalize.money import SCALES, parse_money
from crawler.normalize.times import read_epoch
from crawler.normalize.times import read_moment as read_any_moment

HIGHEST_PRICE = 10**12
"""Whole units (yuan). A dearer thing is a reading error: all court sales of the mainland in a year bring less."""

MOST_COUNTED = 10**7
"""Bids or applicants of one listing."""


def is_blank(raw: Word) -> bool:
    """An empty cell says nothing. Asked only after reading failed: most cells are filled."""
    return isinstance(raw, str) and not raw.strip()


def read_price(field: str, raw: Word, dialect: Dialect, *, is_free: bool = False) -> int | None:
    """One price in minor units; zero only where ``is_free`` (0元起拍 exists, a sale for nothing does not)."""
    if raw is None:
        return None
    try:
        minor = parse_money(raw, dialect.currency, dialect.number_form)
    except ValueError as error:
        if is_blank(raw):
            return None
        raise RowRefused(f"{field}: {error}") from None
    if minor < 0 or minor > HIGHEST_PRICE * SCALES[dialect.currency] or (minor == 0 and not is_free):
        raise RowRefused(f"{field}: absurd amount {raw!r}")
    return minor


@lru_cache(maxsize=64)
def _find_zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def read_moment(field: str, raw: Word, dialect: Dialect, observed_at: datetime) -> datetime | date | None:
    """One instant, or a day where its time is not told."""
    if raw is None:
        return None
    try:
        if type(raw) is int:  # the hot path: list JSON writes epoch milliseconds
            return read_epoch(raw)
        return read_any_moment(raw, observed_at, _find_zone(dialect.time_zone), day_first=dialect.country == "BR")
    except ValueError as error:
        if is_blank(raw):
            return None
        raise RowRefused(f"{field}: {error}") from None


def read_area(field: str, raw: Word, dialect: Dialect) -> int | None:
    """One area in hundredths of a square metre; zero means "not stated" (CAIXA: 0.00 de área total)."""
    if raw is None:
        return None
    try:
        return parse_area(raw, dialect.number_form) or None
    except ValueError as error:
        if is_blank(raw):
            return None
        raise RowRefused(f"{field}: {error}") from None


def read_count(field: str, raw: Word) -> int | None:
    """A number of bids or persons from 64 or "64"."""
    if raw is None:
        return None
    if isinstance(raw, str):
        text = raw.strip()
        if not text:
            return None
        raw = int(text) if text.isdecimal() and len(text) <= 20 else raw
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= MOST_COUNTED:
        raise RowRefused(f"{field}: not a count: {raw!r}")
    return raw
