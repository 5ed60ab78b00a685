"""The groups of a listing in every way that rollups tell groups apart, from its kept words."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from reporting.choices import By
from reporting.rollups.phases import told
from reporting.statistics.groups import NOT_TOLD, city_label, seller_label
from reporting.statistics.published import PublishedCount, best_counts, published_counts
from store.rollup_sheets import part_by_label
from store.rollup_words import NOTHING, read_groups, read_kinds, read_place
from store.terms import NO_HOMES, Currency, SellerKind
from tracking.law import BANKS
from tracking.offers import country_of

KEPT_BY = (
    By.ALL,
    By.SOURCE,
    By.SELLER,
    By.SELLER_CLASS,
    By.CITY,
    By.MONTH,
    By.KIND,
    By.ROUND,
    By.CITY_MONTH_ROUND,
)
PUBLISHED = "published-seller"
"""Sellers of whom a number is published under its name, all others under their own."""

COUNTRY = "country"
HOMES, CLAIMS = "homes", "claims"
SCOPES = (HOMES, CLAIMS)
PLACES = (str(By.CITY), str(By.ROUND))
SELLERS = (str(By.SELLER), PUBLISHED)
KINDS = (str(By.ALL), str(By.SOURCE), str(By.SELLER_CLASS), str(By.KIND), COUNTRY)
MONTHS, CROSSED = str(By.MONTH), str(By.CITY_MONTH_ROUND)
FAMILIES = (*PLACES, *SELLERS, *KINDS, MONTHS, CROSSED)
"""Ways to tell groups apart; those that stand together above have few combinations of groups."""

CLAIM_KINDS = frozenset(map(str, NO_HOMES))
PARTS_OF_MONTHS = 64


@dataclass(frozen=True, slots=True, eq=False)
class Scoped:
    """Scope and labels. Known by where it is, not by its words, for sums by it are looked up with every listing."""

    scope: str
    labels: tuple[str, ...]


class Kinds(NamedTuple):
    """What the words of kinds tell: their own labels, and how the labels of sellers and places are read beside them."""

    own: Scoped
    seller: Callable[[str], Scoped]
    place: Callable[[str], Scoped]


class SteadyGroups(NamedTuple):
    """The labels of a listing in the ways that do not depend on time, empty where not told, each with the scope."""

    places: Scoped
    sellers: Scoped
    kinds: Scoped


def steady_groups(text: str) -> SteadyGroups:
    """The groups of a listing but for its month, from its words (``store.rollup_words.GroupWords``)."""
    kinds_text, seller_name, place = read_groups(text)
    kinds = kind_groups(kinds_text)
    return SteadyGroups(kinds.place(place), kinds.seller(seller_name), kinds.own)


@lru_cache(maxsize=65_536)
def kind_groups(text: str) -> Kinds:
    """The labels that depend on ``KindWords`` alone, and the others."""
    source, kind, seller_kind, currency, province = read_kinds(text)
    scope = CLAIMS if kind in CLAIM_KINDS else HOMES
    country = country_of(told(province), source, Currency(currency) if currency else None)
    own = _scoped(scope, ("all", source, seller_kind, kind, country))
    return Kinds(own, _sellers(scope, seller_kind, province), _places(scope))


def crossed_group(place: str, month: str, round_kind: str) -> str:
    """``crossed_label`` of city, month and round, each empty where not told."""
    return f"{place or NOT_TOLD}, {month or NOT_TOLD}, {round_kind or NOT_TOLD}"


def part_by_month(crossed: str) -> int:
    """The part of a group of city, month and round: a crawl looks at listings of few months, and rewrites few parts."""
    return _part_of_month(crossed.rsplit(", ", 2)[-2])


@lru_cache(maxsize=4_096)
def _part_of_month(month: str) -> int:
    return (int(month[:4]) * 12 + int(month[5:])) % PARTS_OF_MONTHS if month[:1].isdigit() else 0


PART_OF = {str(By.SELLER): part_by_label, PUBLISHED: part_by_label, str(By.CITY): part_by_label, CROSSED: part_by_month}
"""Of these there may be thousands of groups."""


@cache
def _places(scope: str) -> Callable[[str], Scoped]:
    """What reads ``PlaceWords``."""

    @lru_cache(maxsize=65_536)
    def labels(text: str) -> Scoped:
        region_code, round_kind, city = read_place(text)
        return _scoped(scope, (city_label(told(city), told(region_code)) or NOTHING, round_kind))

    return labels


@lru_cache(maxsize=4_096)
def _sellers(scope: str, seller_kind: str, province: str) -> Callable[[str], Scoped]:
    """What reads names: the seller's own, and the one under which a number is published, else the own."""

    @lru_cache(maxsize=16_384)
    def labels(seller_name: str) -> Scoped:
        own = seller_label(told(seller_name)) or NOTHING
        return _scoped(scope, (own, _published_name(told(seller_kind), told(seller_name), told(province)) or own))

    return labels


_scoped = lru_cache(maxsize=65_536)(Scoped)
"""The same one for the same labels, as long as it is remembered: two that are alike only take two additions."""


def _published_name(kind: str | None, seller_name: str | None, province: str | None) -> str | None:
    if kind is None:
        return None
    seller_kind = SellerKind(kind)
    if seller_kind not in BANKS:  # of whom alone numbers are published: most sellers are courts
        return None
    covering = (
        name for name, each in shipped_counts().items() if each.covers_seller(seller_kind, seller_name, province)
    )
    return next(covering, None)


@cache
def shipped_counts() -> dict[str, PublishedCount]:
    """The best of every published number, whenever and wherever."""
    return best_counts(published_counts())
