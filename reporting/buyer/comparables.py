"""Comparable homes: what others of the same compound, else of the same district and kind, cost a square metre.

Compared are whole units with a building area alone: never shares, land or lots of several units. What is not known of
two homes is not the same of them: without kind, city, area and, in a district, the district, nothing is compared.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from statistics import median_low
from typing import NamedTuple

from reporting.attempts import Attempt
from reporting.buyer.ground import Ground, Site, is_whole_home, standing_price, unit_price_of
from reporting.filters import fold_place
from store.statement import CentiSqm, Minor
from store.terms import Currency, PropertyKind, RoundStatus

LEAST_COMPARABLES = 5
"""With fewer, one odd home decides the median: the words are then "insufficient data"."""

AREA_BAND = Fraction(1, 4)
"""How much larger or smaller a comparable home may be: prices of a square metre fall with size (prior)."""

SOLD_WITHIN = timedelta(days=730)
"""Older sales are of another market (prior): an appraisal holds 18 months at most, two rounds take some more."""

COMPARABLE_MEANS = (
    "comparable homes: other homes of the same compound, else of the same city, district and kind; area within 25 %, "
    "whole units only; hammer prices of two years where at least 5 are known, else prices that stand that day"
)


class Comparison(NamedTuple):
    """The median price of a square metre of ``home_count`` homes; ``None`` where they are too few.

    ``words``: which homes and which of their prices.
    """

    unit_price: Minor | None
    home_count: int
    words: str


class _Priced(NamedTuple):
    home: Hashable
    area: CentiSqm
    unit_price: Minor


Place = tuple[str, Currency, PropertyKind, str, str]


@dataclass
class Comparables:
    """Every home that others can be compared with, by place; in each pool a home counts once, with its last price."""

    ground: Ground
    _pools: dict[tuple[str, Place], list[_Priced]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for home in self.ground.homes:
            sold = [each for each in home if is_recent_sale(each, self.ground.day)]
            stands = [each for each in home if self.ground.stands(each)]
            for basis, attempts in (("sold", sold), ("offered", stands)):
                if attempts:
                    self._add(basis, attempts[-1])

    def compare(self, attempt: Attempt) -> Comparison | None:
        """The homes that one is compared with; ``None`` where it compares with nothing by what is known of it."""
        site, area = self.ground.site_of(attempt), attempt.offer.floor_area
        if not area or not is_whole_home(attempt.offer, site):
            return None
        most: Comparison | None = None
        for place in places_of(attempt, site):
            for basis in ("sold", "offered"):
                prices = self._like(basis, place, area, home_of(attempt))
                words = f"{basis}, {place[0]}"
                if len(prices) >= LEAST_COMPARABLES:
                    return Comparison(median_low(prices), len(prices), words)
                if most is None or len(prices) > most.home_count:
                    most = Comparison(None, len(prices), words)
        return most

    def _like(self, basis: str, place: Place, area: CentiSqm, home: Hashable) -> list[Minor]:
        return [
            priced.unit_price
            for priced in self._pools.get((basis, place), ())
            if priced.home != home and abs(priced.area - area) <= area * AREA_BAND
        ]

    def _add(self, basis: str, attempt: Attempt) -> None:
        site, area = self.ground.site_of(attempt), attempt.offer.floor_area
        unit_price = compared_price(attempt, site, is_sale=basis == "sold")
        if unit_price is None or not area:
            return
        priced = _Priced(home_of(attempt), area, unit_price)
        for place in places_of(attempt, site):
            self._pools[basis, place].append(priced)


def compared_price(attempt: Attempt, site: Site, *, is_sale: bool) -> Minor | None:
    """What others are compared with: a square metre as it was paid for, or as it stands; ``None``: it means nothing."""
    offer = attempt.offer
    price = offer.hammer_price if is_sale else standing_price(attempt)
    if not price or not offer.floor_area or not is_whole_home(offer, site):
        return None
    return unit_price_of(price, offer.floor_area)


def home_of(attempt: Attempt) -> Hashable:
    """What tells homes apart: the linked one, else the listing itself."""
    return (True, attempt.property_id) if attempt.property_id is not None else (False, attempt.offer.listing_id)


def fold_district(name: str) -> str:
    """A district's name without the word for its kind, to compare by: 闵行 and 闵行区 are one."""
    plain = fold_place(name)
    return plain[:-1] if plain[-1:] in {"区", "區", "县", "縣"} and len(plain) > 2 else plain


def places_of(attempt: Attempt, site: Site) -> Sequence[Place]:
    """Where others are looked for, the nearest first: a name of a compound alone says nothing, cities share them."""
    offer = attempt.offer
    if not offer.city or offer.currency is None or offer.property_kind is None:
        return ()
    city, places = fold_place(offer.city), []
    if site.compound:
        places.append(("compound", offer.currency, offer.property_kind, city, site.compound))
    if offer.district:
        places.append(("district", offer.currency, offer.property_kind, city, fold_district(offer.district)))
    return places


def is_recent_sale(attempt: Attempt, day: date) -> bool:
    """A price that nobody paid (悔拍) is none."""
    ended = attempt.ends_on
    return attempt.offer.status is RoundStatus.SOLD and ended is not None and day - SOLD_WITHIN <= ended <= day
