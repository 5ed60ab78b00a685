"""The groups of a listing in every way that rollups tell groups apart, from its kept words."""

from functools import lru_cache
from typing import NamedTuple

from reporting.choices import By
from reporting.filters import NO_HOMES
from reporting.rollups.phases import told, told_month
from reporting.statistics.groups import city_label, crossed_label, seller_label
from reporting.statistics.published import PublishedCount, best_counts, published_counts
from store.rollup_words import Words
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
FAMILIES = (*map(str, KEPT_BY), PUBLISHED, COUNTRY)
CLAIMS = frozenset(map(str, NO_HOMES))


class Groups(NamedTuple):
    """The labels of a listing in the order of ``FAMILIES``, empty where not told."""

    labels: tuple[str, ...]
    is_claim: bool


def groups_of(words: Words) -> Groups:
    """The groups of a listing."""
    return _groups(
        words.source,
        words.region_code,
        words.city,
        told_month(words),
        words.property_kind,
        words.round_kind,
        words.seller_name,
        words.seller_kind,
        words.currency,
    )


@lru_cache(maxsize=65_536)
def _groups(
    source: str,
    region_code: str,
    city: str,
    month: str | None,
    kind: str,
    round_kind: str,
    seller_name: str,
    seller_kind: str,
    currency: str,
) -> Groups:
    region, seller = told(region_code), told(seller_name)
    place, sold_by = city_label(told(city), region), seller_label(seller)
    labels = (
        "all",
        source,
        sold_by,
        told(seller_kind),
        place,
        month,
        told(kind),
        told(round_kind),
        crossed_label(place, month, told(round_kind)),
        _published_name(told(seller_kind), seller, region) or sold_by,
        country_of(region, source, Currency(currency) if told(currency) else None),
    )
    return Groups(tuple([label or "" for label in labels]), kind in CLAIMS)


def _published_name(kind: str | None, seller_name: str | None, region_code: str | None) -> str | None:
    if kind is None:
        return None
    seller_kind = SellerKind(kind)
    covering = (
        name for name, each in shipped_counts().items() if each.covers_seller(seller_kind, seller_name, region_code)
    )
    return next(covering, None)


def shipped_counts() -> dict[str, PublishedCount]:
    """The best of every published number, whenever and wherever."""
    return best_counts(published_counts())
