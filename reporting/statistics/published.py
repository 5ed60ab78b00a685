"""The numbers that banks and the press publish of homes put up for sale, to stand beside our own (domain.md, 2).

Published numbers are not de-duplicated (未去重): what compares with them is our count of listings, never of homes.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from store.terms import SellerKind
from tracking.law import BANKS
from tracking.offers import Offer


@dataclass(frozen=True, slots=True)
class PublishedCount:
    """One published number, its source and its day or month; ``is_exact``: not rounded and no "more than"."""

    country: str
    seller: str
    names: tuple[str, ...]
    listings: int
    is_exact: bool
    published_on: str
    scope: str
    source: str
    region: str | None = None

    def was_known_on(self, day: date) -> bool:
        """Whether it was published by then; of a month alone, in that month or before."""
        return self.published_on <= day.isoformat()[: len(self.published_on)]

    def covers(self, offer: Offer) -> bool:
        """Whether a listing is one of that seller: by the seller's name, or by its kind and province."""
        return self.covers_seller(offer.seller_kind, offer.seller_name, offer.region_code)

    def covers_seller(self, kind: SellerKind | None, seller_name: str | None, region_code: str | None) -> bool:
        """The same by what a listing tells of its seller."""
        if kind not in BANKS:
            return False
        name = "".join((seller_name or "").split())
        if any(part in name for part in self.names):
            return True
        if self.region is None or kind is not SellerKind.RURAL_BANK:
            return False
        return region_code is not None and region_code.startswith(self.region)


@cache
def published_counts() -> tuple[PublishedCount, ...]:
    """Every number, as shipped in ``published_counts.toml``."""
    text = files("reporting.statistics").joinpath("published_counts.toml").read_text("utf-8")
    return tuple(PublishedCount(**{**row, "names": tuple(row["names"])}) for row in tomllib.loads(text)["published"])


def best_counts(counts: Iterable[PublishedCount]) -> dict[str, PublishedCount]:
    """The most exact number of each seller: the one that stands first."""
    best: dict[str, PublishedCount] = {}
    for count in counts:
        best.setdefault(count.seller, count)
    return best
