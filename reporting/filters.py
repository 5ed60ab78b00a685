"""The filters that every report, export and web page shares, read from the words of a user."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from reporting.errors import NotYetKnown, WrongFilter
from store.terms import NO_HOMES, Currency, PropertyKind, RoundKind, SellerKind

AMOUNT = re.compile(
    r"(\d+(?:,\d{3})*(?:\.\d+)?) ?(?:(?P<percent>[%％])|(?P<myriad>万)? ?(?P<currency>[A-Za-z]{3}|元)?)"
)
Term = TypeVar("Term", bound=StrEnum)


@cache
def outside_zone() -> ZoneInfo:
    """The zone in which days are counted and times are shown."""
    return ZoneInfo("Asia/Shanghai")


def day_of(instant: datetime) -> date:
    """The day in Asia/Shanghai."""
    return instant.astimezone(outside_zone()).date()


def last_day(before: datetime) -> date:
    """The last day in Asia/Shanghai of what is known before an instant: at the end of a day still that day."""
    return day_of(before - timedelta(microseconds=1))


def day_after(day: date) -> datetime:
    """The midnight in Asia/Shanghai at which a day ends."""
    return _midnight(day + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class AsOf:
    """The state of knowledge at a day's end or at an instant: everything observed before ``before``."""

    text: str  # as shown: 2021-08-10, or an ISO 8601 instant in UTC
    before: datetime


@dataclass(frozen=True, slots=True)
class Price:
    """An amount in one currency: yuan, unless another is named. In words ``1250000`` or ``300000 BRL``."""

    amount: Decimal
    currency: Currency = Currency.CNY

    def __str__(self) -> str:
        return str(self.amount) if self.currency is Currency.CNY else f"{self.amount} {self.currency}"


@dataclass(frozen=True, slots=True)
class LeastCut:
    """A cut of at least so much: percent of the earlier price, or an amount in one currency."""

    percent: Decimal | None = None
    price: Price | None = None

    def is_reached(self, cut: Decimal, earlier_price: Decimal, currency: Currency | None) -> bool:
        """Whether a cut from this earlier price is large enough; one in another currency is not known to be."""
        if self.percent is not None:
            return cut * 100 >= self.percent * earlier_price
        return self.price is None or (currency == self.price.currency and cut >= self.price.amount)


CLAIMS_LEFT_OUT = "listings of claims and vehicles; --kind loan or vehicle asks for them"


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look at. Empty and ``None`` leave everything in; an amount leaves out what is in other currencies."""

    sources: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    kinds: tuple[PropertyKind, ...] = ()
    seller_kinds: tuple[SellerKind, ...] = ()
    rounds: tuple[RoundKind, ...] = ()
    min_cut: LeastCut | None = None
    max_price: Price | None = None
    since: datetime | None = None
    as_of: AsOf | None = None

    @property
    def before(self) -> datetime | None:
        """The end of what may be known; ``None``: no end."""
        return self.as_of.before if self.as_of else None

    def is_within_price(self, amount: Decimal | None, currency: Currency | None) -> bool:
        """Whether something costs no more than asked for; without a price, or in another currency, it is not known."""
        most = self.max_price
        return most is None or (amount is not None and currency == most.currency and amount <= most.amount)

    def price_notes(self) -> list[str]:
        """What to tell beneath a table of an amount that was asked for: in which currency it is."""
        least = self.min_cut.price if self.min_cut else None
        asked = {"max-price": self.max_price, "min-cut": least}
        return [
            f"--{name} is in {price.currency}, other currencies are left out: name another as in 300000 BRL"
            for name, price in asked.items()
            if price is not None
        ]

    def leaves_out(self, kind: PropertyKind | None) -> bool:
        """Whether a report on homes leaves a kind out: claims and vehicles are none, unless a kind is asked for.

        A claim starts at eighty times the appraisal of what secures it (Ali, 2019): one of them outweighs a city, and
        what a bank asks for a debt is no bargain of a home.
        """
        return not self.kinds and kind in NO_HOMES

    def admits(
        self,
        city: str | None,
        kind: PropertyKind | None,
        seller_kind: SellerKind | None,
        round_kind: RoundKind | None,
    ) -> bool:
        """Whether a listing with these words is asked for. What is not known does not match."""
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.seller_kinds or seller_kind in self.seller_kinds)
            and (not self.rounds or round_kind in self.rounds)
            and (not self.cities or (city is not None and fold_place(city) in map(fold_place, self.cities)))
        )


def parse_filters(
    *,
    source: Iterable[str] = (),
    city: Iterable[str] = (),
    kind: Iterable[str] = (),
    seller_kind: Iterable[str] = (),
    round_kind: Iterable[str] = (),
    min_cut: str | None = None,
    max_price: str | None = None,
    since: str | None = None,
    as_of: str | None = None,
    now: datetime | None = None,
) -> Filters:
    """Filters from the words of the command line or of an address. ``now``: see ``parse_as_of``.

    Raises:
        WrongFilter: a value is not one of its vocabulary (the nearest is named), not an amount or not a time; or
            nothing can ever fit, since ``since`` is not before the end of ``as_of``.
        NotYetKnown: ``as_of`` or ``since`` lies in the future.
    """
    filters = Filters(
        sources=tuple(source),
        cities=tuple(city),
        kinds=tuple(parse_term(PropertyKind, "kind", word) for word in kind),
        seller_kinds=tuple(parse_term(SellerKind, "seller-kind", word) for word in seller_kind),
        rounds=tuple(parse_term(RoundKind, "round", word) for word in round_kind),
        min_cut=None if min_cut is None else parse_least_cut(min_cut),
        max_price=None if max_price is None else parse_price("max-price", max_price),
        since=None if since is None else parse_since(since, now),
        as_of=None if as_of is None else parse_as_of(as_of, now),
    )
    if filters.since is not None and filters.before is not None and filters.since >= filters.before:
        raise WrongFilter(f"--since {since} is behind --as-of {as_of}: nothing was seen in between")
    return filters


def parse_term(terms: type[Term], name: str, word: str) -> Term:
    """A member of a closed vocabulary.

    Raises:
        WrongFilter: it has no such member; the nearest is named.
    """
    try:
        return terms(word)
    except ValueError:
        values = [member.value for member in terms]
        raise WrongFilter(
            f"--{name}: there is no {word!r}, the nearest is {nearest(word, values)!r}; all are: {', '.join(values)}"
        ) from None


def nearest(word: str, valid: Sequence[str]) -> str | None:
    """The valid value that looks most like the word."""
    folded = {each.casefold(): each for each in valid}
    return next((folded[each] for each in difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.0)), None)


def parse_least_cut(text: str) -> LeastCut:
    """``10%`` or an amount such as ``50000``, ``5万`` or ``50000 BRL``.

    Raises:
        WrongFilter: it is neither, or more than the whole price.
    """
    found = AMOUNT.fullmatch(text.strip())
    if found is None:
        raise WrongFilter(f"--min-cut: cannot read {text!r}; give 10%, 50000 or 5万")
    if not found["percent"]:
        return LeastCut(price=_price_of("min-cut", found))
    percent = number_of(found)
    if percent > 100:
        raise WrongFilter(f"--min-cut: no price falls by {text.strip()}; give 10%, 50000 or 5万")
    return LeastCut(percent=percent)


def parse_price(name: str, text: str) -> Price:
    """``1250000`` or ``125万`` yuan; with its code behind it an amount in another currency, as ``300000 BRL``.

    Raises:
        WrongFilter: it is no amount, or there is no such currency. ``name``: of the option that it was given with.
    """
    found = AMOUNT.fullmatch(text.strip())
    if found is None or found["percent"]:
        raise WrongFilter(f"--{name}: cannot read {text!r}; give 1250000 or 125万")
    return _price_of(name, found)


def _price_of(name: str, found: re.Match[str]) -> Price:
    amount, word = number_of(found), found["currency"]
    return Price(amount) if word in {None, "元"} else Price(amount, parse_term(Currency, name, word.upper()))


def number_of(found: re.Match[str]) -> Decimal:
    """The number that ``AMOUNT`` found, percent or units; ``5万`` is 50,000."""
    number = Decimal(found[1].replace(",", ""))
    return number * 10_000 if found["myriad"] else number


def parse_since(text: str, now: datetime | None = None) -> datetime:
    """The beginning of a day in Asia/Shanghai, or an instant. ``now``: see ``parse_as_of``.

    Raises:
        WrongFilter: it is neither.
        NotYetKnown: it is still to come, and nothing can have been seen since then.
    """
    moment = _parse_moment("since", text)
    _require_past("since", text, moment, now)
    return moment if isinstance(moment, datetime) else _midnight(moment)


def parse_as_of(text: str, now: datetime | None = None) -> AsOf:
    """The end of a day in Asia/Shanghai, or an instant with its zone; what was observed at it belongs to it.

    The day that is going on may be asked for: it is what is known so far.

    Args:
        text: the words.
        now: until when anything can be known; the time of the clock where none is given.

    Raises:
        WrongFilter: it is neither.
        NotYetKnown: the day has not begun in Asia/Shanghai, or the instant is not over.
    """
    moment = _parse_moment("as-of", text)
    _require_past("as-of", text, moment, now)
    if isinstance(moment, datetime):
        utc = moment.astimezone(UTC)
        return AsOf(utc.isoformat().replace("+00:00", "Z"), utc + timedelta(microseconds=1))
    return AsOf(moment.isoformat(), day_after(moment))


def _require_past(name: str, text: str, moment: date | datetime, until: datetime | None) -> None:
    now = (until or datetime.now(UTC)).astimezone(outside_zone())
    is_to_come = moment > now if isinstance(moment, datetime) else moment > now.date()
    if is_to_come:
        raise NotYetKnown(f"--{name}: {text} is still to come; in {outside_zone().key} it is {now:%Y-%m-%d %H:%M}")


def _parse_moment(name: str, text: str) -> date | datetime:
    try:
        day = len(text) <= len("2021-08-10")
        moment = date.fromisoformat(text) if day else datetime.fromisoformat(text)
    except ValueError:
        raise WrongFilter(f"--{name}: cannot read {text!r}; give 2021-08-10 or 2021-08-10T08:00:00+08:00") from None
    if not 1900 <= moment.year <= 2200:  # outside, turning to UTC leaves the calendar of Python
        raise WrongFilter(f"--{name}: nothing was sold online in the year {moment.year}")
    if isinstance(moment, datetime) and moment.tzinfo is None:
        return moment.replace(tzinfo=outside_zone())
    return moment


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), outside_zone()).astimezone(UTC)


@lru_cache(maxsize=20_000)
def fold_place(name: str) -> str:
    """A place's name without case, accents, spaces around it and the 市 at its end, to compare by."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", name.strip()) if not unicodedata.combining(letter)
    ).casefold()
    return plain[:-1] if plain.endswith("市") and len(plain) > 2 else plain
