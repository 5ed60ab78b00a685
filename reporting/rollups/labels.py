"""The groups of a listing in every way that rollups tell groups apart, from its kept words."""

from functools import cache, lru_cache
from typing import NamedTuple

from reporting.choices import By
from reporting.filters import NO_HOMES
from reporting.rollups.phases import told, told_month
from reporting.statistics.groups import city_label, crossed_label, seller_label
from reporting.statistics.published import PublishedCount, best_counts, published_counts
from store.rollup_words import group_text, read_group_words
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

FAMILIES = (*map(str, KEPT_BY), PUBLISHED, COUNTRY)
CLAIMS = frozenset(map(str, NO_HOMES))


class Groups(NamedTuple):
    """The labels of a listing in the order of ``FAMILIES``, empty where not told."""

    labels: tuple[str, ...]
    is_claim: bool


def groups_of(text: str) -> Groups:
    """The groups of a listing, from its kept words."""
    return _groups_told(group_text(text))


@lru_cache(maxsize=8_192)
def _groups_told(text: str) -> Groups:
    """Asked again at once: most changes leave a listing in its groups."""
    words = read_group_words(text)
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
    place = city_label(told(city), told(region_code))
    sold_by, published = _seller_labels(told(seller_kind), told(seller_name), told(region_code))
    labels = (
        "all",
        source,
        sold_by,
        seller_kind,
        place or "",
        month or "",
        kind,
        round_kind,
        crossed_label(place, month, told(round_kind)),
        published,
        _country(told(region_code), source, told(currency)),
    )
    return Groups(labels, kind in CLAIMS)


@lru_cache(maxsize=65_536)
def _seller_labels(kind: str | None, seller_name: str | None, region_code: str | None) -> tuple[str, str]:
    """The seller's own name, and the one under which a number is published, else the own."""
    own = seller_label(seller_name) or ""
    return own, _published_name(kind, seller_name, region_code) or own


@lru_cache(maxsize=65_536)
def _country(region_code: str | None, source: str, currency: str | None) -> str:
    return country_of(region_code, source, None if currency is None else Currency(currency)) or ""


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
