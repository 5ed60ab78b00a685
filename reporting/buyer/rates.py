"""Taxes, fees and rates of interest as a dated table with its sources: ``rates.csv``, shipped beside this module.

``standing`` is ``law`` for what a text sets, ``published`` for a rate of the market that an authority publishes, and
``prior`` for what experience suggests. A rate holds from ``since`` to
``until``, both included. An empty condition fits everything. ``doubt`` says what of the row was not confirmed; it is
shown with every amount that rests on it.
"""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from store.statement import CentiSqm
from store.terms import PropertyKind


class HomeOrder(StrEnum):
    """Which home of the buyer's family it is, by number."""

    FIRST = "first"
    SECOND = "second"
    FURTHER = "further"


class Held(StrEnum):
    """How long the seller had owned the home."""

    UNDER_TWO_YEARS = "under_two_years"
    TWO_YEARS = "two_years"


HOME = "home"
NO_HOME = "none"
HOME_KINDS = frozenset((PropertyKind.FLAT, PropertyKind.HOUSE))
OTHER_BUILDINGS = frozenset(
    (
        PropertyKind.BUILDING,
        PropertyKind.SHOP,
        PropertyKind.OFFICE,
        PropertyKind.INDUSTRIAL,
        PropertyKind.PARKING,
        PropertyKind.STORAGE,
        PropertyKind.COMMERCIAL,
    )
)


class Rate(NamedTuple):
    """One row of the table: a percentage, or a fixed amount in the currency of its country."""

    name: str
    country: str
    region: str
    since: date
    until: date | None
    home: str
    held: str
    area_up_to: Decimal | None
    percent: Decimal | None
    amount: Decimal | None
    standing: str
    source: str
    doubt: str

    def holds_on(self, day: date) -> bool:
        """Whether it is in force."""
        return self.since <= day and (self.until is None or day <= self.until)


class Case(NamedTuple):
    """What a rate may depend on. ``None``: not known. ``area`` in hundredths of a square metre."""

    country: str
    region_code: str | None
    day: date
    kind: PropertyKind | None
    order: HomeOrder = HomeOrder.FIRST
    held: Held | None = None
    area: CentiSqm | None = None


@cache
def all_rates() -> tuple[Rate, ...]:
    """The table, in its order."""
    text = files(__package__).joinpath("rates.csv").read_text("utf-8")
    return tuple(_read(text))


def find_rates(name: str, case: Case) -> list[Rate]:
    """The rates that may hold in a case: none, one, or several where what decides is not known.

    Of rates for the whole country and for its own region that of the region counts, of bands of area the narrowest.
    """
    fitting = [rate for rate in all_rates() if rate.name == name and _fits(rate, case)]
    closest = max((len(rate.region) for rate in fitting), default=0)
    fitting = [rate for rate in fitting if len(rate.region) == closest]
    if case.area is None:
        return fitting
    narrowest: dict[str, Rate] = {}
    for rate in sorted(fitting, key=_band):
        narrowest.setdefault(rate.held, rate)
    return list(narrowest.values())


def _band(rate: Rate) -> tuple[bool, Decimal]:
    return rate.area_up_to is None, rate.area_up_to or Decimal(0)


def _fits(rate: Rate, case: Case) -> bool:
    if not rate.holds_on(case.day) or rate.country not in {"", case.country}:
        return False
    if rate.region and not (case.region_code or "").startswith(rate.region):
        return False
    if rate.home and rate.home not in _homes(case):
        return False
    if rate.held and case.held is not None and rate.held != case.held:
        return False
    return rate.area_up_to is None or case.area is None or case.area <= rate.area_up_to * 100


def _homes(case: Case) -> frozenset[str]:
    """The words of the column ``home`` that fit a kind; none where the kind is unknown or no building."""
    if case.kind in HOME_KINDS:
        return frozenset((HOME, case.order.value))
    return frozenset((NO_HOME,)) if case.kind in OTHER_BUILDINGS else frozenset()


def _read(text: str) -> Iterator[Rate]:
    for row in csv.DictReader(text.splitlines()):
        yield Rate(
            row["name"],
            row["country"],
            row["region"],
            date.fromisoformat(row["since"]),
            date.fromisoformat(row["until"]) if row["until"] else None,
            row["home"],
            row["held"],
            _number(row["area_up_to"]),
            _number(row["percent"]),
            _number(row["amount"]),
            row["standing"],
            row["source"],
            row["doubt"],
        )


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None
