"""What a user may say of the cost of a home, and how the words of options are read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from reporting.buyer.amounts import Given, parse_given
from reporting.buyer.rates import Held, HomeOrder
from reporting.errors import WrongFilter
from reporting.filters import Filters, parse_term
from store.statement import CentiSqm
from store.terms import PropertyKind


@dataclass(frozen=True, slots=True)
class CostQuestion:
    """What is asked. ``None``: by the listing, its notice and the table of rates.

    ``on``: the day of the rates; by default that of the listing's end, or the day that is asked about.
    """

    name: str
    filters: Filters = field(default_factory=Filters)
    price: Given | None = None
    kind: PropertyKind | None = None
    area: CentiSqm | None = None
    order: HomeOrder = HomeOrder.FIRST
    held: Held | None = None
    deed_tax: Given | None = None
    seller_tax: Given | None = None
    arrears: Given | None = None
    agent: Given | None = None
    eviction: Given | None = None
    other: Given | None = None
    loan: Given | None = None
    loan_rate: Given | None = None
    years: int = 20
    on: date | None = None


ONLY_AMOUNT = frozenset(("price", "arrears", "other"))
ONLY_PERCENT = frozenset(("loan_rate",))
EITHER = ("deed_tax", "seller_tax", "agent", "eviction", "loan")


def parse_cost_question(name: str, filters: Filters, years: int, words: Mapping[str, str | None]) -> CostQuestion:
    """The question from the words of options, by the names of its fields; ``None`` is not given.

    Raises:
        WrongFilter: a word is no amount, no percentage, no day or not of its vocabulary.
    """
    given = {
        key: parse_given(key.replace("_", "-"), word, only_percent=key in ONLY_PERCENT, only_amount=key in ONLY_AMOUNT)
        for key in (*ONLY_AMOUNT, *ONLY_PERCENT, *EITHER)
        if (word := words.get(key)) is not None
    }
    order, held, on = words.get("order"), words.get("held"), words.get("on")
    kind, area = words.get("kind"), words.get("area")
    return CostQuestion(
        name,
        filters,
        years=years,
        kind=None if kind is None else parse_term(PropertyKind, "kind", kind),
        area=None if area is None else _parse_area(area),
        order=HomeOrder.FIRST if order is None else parse_term(HomeOrder, "home", order),
        held=None if held is None else parse_term(Held, "held", held),
        on=None if on is None else _parse_day(on),
        **given,
    )


def _parse_area(text: str) -> CentiSqm:
    """Square metres with up to two decimals."""
    if re.fullmatch(r"\d{1,7}(\.\d{1,2})?", text) is None:
        raise WrongFilter(f"--area: cannot read {text!r}; give square metres, such as 89.5")
    return int(Decimal(text) * 100)


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongFilter(f"--on: cannot read {text!r}; give 2026-03-01") from None
