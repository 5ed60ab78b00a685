"""Figures for people, in the manner of a language: 125.05 万, 2026-09-20 周日, 3 天. What is not known is a dash."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from babel import Locale, dates, numbers

from reporting.filters import day_of, outside_zone
from reporting.money import amount_of
from reporting.render import WAN
from reporting.web.languages import Language, Words
from store.statement import CentiSqm, Minor
from store.terms import Currency

DASH = "—"
Unit = Literal["minute", "hour", "day"]
HUNDRED = Decimal(100)
FIGURES_KEPT = 16_384
"""A page of fifty homes has five hundred figures, of which Babel takes a quarter of its time; most come again."""


@lru_cache(FIGURES_KEPT)
def _decimal(value: Decimal | int, pattern: str, locale: Locale) -> str:
    return numbers.format_decimal(value, pattern, locale=locale)


@lru_cache(FIGURES_KEPT)
def _percent(value: Decimal, locale: Locale) -> str:
    return numbers.format_percent(value, "#,##0.#%", locale=locale)


@lru_cache(FIGURES_KEPT)
def _currency(value: Decimal | int, code: str, pattern: str, locale: Locale) -> str:
    return numbers.format_currency(value, code, pattern, locale=locale, currency_digits=False)


@lru_cache(FIGURES_KEPT)
def _weekday(day: date, locale: Locale) -> str:
    return dates.format_date(day, "yyyy-MM-dd EEE", locale=locale)


@dataclass(frozen=True, slots=True)
class Formats:
    """Formats of one language. Days and times are those of Asia/Shanghai."""

    words: Words
    now: datetime

    def money(self, amount: Decimal | None, currency: Currency | None) -> str:
        """An amount in whole units: in Chinese yuan from ten thousand on are told in 万, as everywhere in the trade."""
        if amount is None:
            return DASH
        if self._is_chinese and currency is Currency.CNY and abs(amount) >= WAN:
            return f"{self.number(amount / WAN, 2)}\N{NARROW NO-BREAK SPACE}万"
        if currency is None:
            return self.number(amount, 2)
        pattern = "¤#,##0" if amount == amount.to_integral_value() else "¤#,##0.00"
        return _currency(amount, currency.value, pattern, self.words.locale)

    def minor(self, amount: Minor | None, currency: Currency | None) -> str:
        """The same of an amount in minor units."""
        return DASH if amount is None else self.money(amount_of(amount, currency), currency)

    def unit_price(self, amount: Minor | None, currency: Currency | None) -> str:
        """What a square metre costs, in whole units: 万 would say too little."""
        if amount is None:
            return DASH
        whole = round(amount_of(amount, currency))
        if currency is None:
            return self.count(whole)
        return _currency(whole, currency.value, "¤#,##0", self.words.locale)

    def number(self, value: Decimal | int | None, digits: int = 0) -> str:
        """A number with separators and at most so many decimals, two of them or none."""
        if value is None:
            return DASH
        decimals = "." + "0" * digits if digits and value != int(value) else ""
        return _decimal(value, f"#,##0{decimals}", self.words.locale)

    def count(self, value: int | None) -> str:
        """A count with separators."""
        return self.number(value)

    def percent(self, value: Decimal | None) -> str:
        """A percentage (20 is 20 %) to one decimal."""
        return DASH if value is None else _percent(value / HUNDRED, self.words.locale)

    def hundredths(self, value: int | None) -> str:
        """Hundredths of a percent as a percentage."""
        return DASH if value is None else self.percent(Decimal(value) / HUNDRED)

    def listed(self, terms: Iterable[StrEnum]) -> str:
        """Terms in a row, parted as the language does it."""
        return ("、" if self._is_chinese else ", ").join(map(self.words.term, terms))

    def area(self, value: CentiSqm | None) -> str:
        """Hundredths of a square metre as square metres."""
        return DASH if value is None else f"{self.number(Decimal(value) / HUNDRED, 2)}\N{NARROW NO-BREAK SPACE}m²"

    def day(self, at: datetime | date | None) -> str:
        """A day with its weekday."""
        if at is None:
            return DASH
        return _weekday(day_of(at) if isinstance(at, datetime) else at, self.words.locale)

    def short_day(self, at: datetime | date | None) -> str:
        """A day without its weekday, for narrow tables."""
        if at is None:
            return DASH
        return (day_of(at) if isinstance(at, datetime) else at).isoformat()

    def minute(self, at: datetime | None) -> str:
        """Day, weekday and time."""
        return DASH if at is None else f"{self.day(at)} {at.astimezone(outside_zone()):%H:%M}"

    def moment(self, at: datetime | date) -> str:
        """Day and weekday, with the time where it is known."""
        return self.minute(at) if isinstance(at, datetime) else self.day(at)

    def left(self, at: datetime | None) -> str:
        """How long until then, or since: the largest unit alone."""
        if at is None:
            return DASH
        span = at - self.now
        units: dict[timedelta, Unit] = {timedelta(hours=1): "minute", timedelta(days=2): "hour"}
        unit: Unit = next((unit for below, unit in units.items() if abs(span) < below), "day")
        return dates.format_timedelta(
            span, unit, threshold=10_000, add_direction=True, format="long", locale=self.words.locale
        )

    @property
    def _is_chinese(self) -> bool:
        return self.words.language is Language.ZH
