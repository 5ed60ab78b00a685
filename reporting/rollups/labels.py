"""The groups of a listing in every way that rollups tell groups apart, from its kept words."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from reporting.choices import By
from reporting.filters import NO_HOMES
from reporting.rollups.phases import told, told_month
from reporting.statistics.groups import city_label, crossed_label, seller_label
from reporting.statistics.published import PublishedCount, best_counts, published_counts
from store.rollup_words import BETWEEN, LAST, NOTHING, Words, read_group_words
from store.terms import Currency, SellerKind
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
WIDE = frozenset((*map(str, (By.SELLER, By.CITY, By.CITY_MONTH_ROUND)), PUBLISHED))
"""Of these there may be thousands of groups."""

HOMES, CLAIMS = "homes", "claims"
SCOPES = (HOMES, CLAIMS)
PLACES = (str(By.CITY), str(By.ROUND))
SELLERS = (str(By.SELLER), PUBLISHED)
KINDS = (str(By.ALL), str(By.SOURCE), str(By.SELLER_CLASS), str(By.KIND), COUNTRY)
MONTHS, CROSSED = str(By.MONTH), str(By.CITY_MONTH_ROUND)
FAMILIES = (*PLACES, *SELLERS, *KINDS, MONTHS, CROSSED)
"""Ways to tell groups apart; those that stand together above have few combinations of groups."""

CLAIM_KINDS = frozenset(map(str, NO_HOMES))

MAINLAND = "0"
"""In place of the code of any region of the mainland, all of which are plain digits."""

FIRST_OF_MONTH = Words._fields.index("starts_at")

GroupKey = tuple[str, str]
"""``Words.group`` of a listing and its month, empty where not told: all that its groups depend on."""


@dataclass(frozen=True, slots=True, eq=False)
class Scoped:
    """Scope and labels. Known by where it is, not by its words, for sums by it are looked up with every listing."""

    scope: str
    labels: tuple[str, ...]


class SteadyGroups(NamedTuple):
    """The labels of a listing in the ways that do not depend on time, empty where not told, each with the scope."""

    places: Scoped
    sellers: Scoped
    kinds: Scoped


def group_key(text: str) -> GroupKey:
    """What the groups of a listing depend on, from its kept words."""
    starts_at, ends_at, ended_on, published_at, group = text.split(BETWEEN, LAST)[FIRST_OF_MONTH:]
    return group, told_month(starts_at, ends_at, published_at, ended_on)


@lru_cache(maxsize=65_536)
def steady_groups(text: str) -> SteadyGroups:
    """The groups of a listing but for its month, from ``Words.group``."""
    source, kind, round_kind, seller_kind, currency, region_code, seller_name, city = read_group_words(text)
    scope = CLAIMS if kind in CLAIM_KINDS else HOMES
    region = MAINLAND if region_code.isdigit() else region_code  # of which a country depends: few
    return SteadyGroups(
        _places(scope, city, region_code, round_kind),
        _sellers(scope, seller_kind, seller_name, region_code[: _region_digits()]),
        _kinds(scope, source, seller_kind, kind, currency, region),
    )


@lru_cache(maxsize=65_536)
def crossed_group(place: str, month: str, round_kind: str) -> str:
    """The group of city, month and round at once, each empty where not told."""
    return crossed_label(told(place), told(month), told(round_kind))


@lru_cache(maxsize=65_536)
def _places(scope: str, city: str, region_code: str, round_kind: str) -> Scoped:
    return _scoped(scope, (city_label(told(city), told(region_code)) or NOTHING, round_kind))


@lru_cache(maxsize=65_536)
def _sellers(scope: str, kind: str, seller_name: str, region_code: str) -> Scoped:
    """The seller's own name, and the one under which a number is published, else the own."""
    own = seller_label(told(seller_name)) or NOTHING
    return _scoped(scope, (own, _published_name(told(kind), told(seller_name), told(region_code)) or own))


@lru_cache(maxsize=65_536)
def _kinds(scope: str, source: str, seller_kind: str, kind: str, currency: str, region: str) -> Scoped:
    country = country_of(told(region), source, Currency(currency) if currency else None)
    return _scoped(scope, ("all", source, seller_kind, kind, country))


_scoped = lru_cache(maxsize=65_536)(Scoped)
"""The same one for the same labels, as long as it is remembered: two that are alike only take two additions."""


@cache
def _region_digits() -> int:
    """How much of a region's code published numbers tell apart, so that few regions are asked for."""
    return max(len(each.region or "") for each in shipped_counts().values())


def _published_name(kind: str | None, seller_name: str | None, region_code: str | None) -> str | None:
    if kind is None:
        return None
    seller_kind = SellerKind(kind)
    covering = (
        name for name, each in shipped_counts().items() if each.covers_seller(seller_kind, seller_name, region_code)
    )
    return next(covering, None)


@cache
def shipped_counts() -> dict[str, PublishedCount]:
    """The best of every published number, whenever and wherever."""
    return best_counts(published_counts())
