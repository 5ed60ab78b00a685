"""Market prices: what a third party says a square metre of the compound costs, with its name and its day.

Where no third party knows the compound, the market price that the listing itself tells stands in, and is called so.
An appraisal is no market price (domain.md, section 3).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median_low
from typing import NamedTuple

from sqlalchemy import Connection, select

from reporting.attempts import Attempt
from reporting.buyer.comparables import fold_district
from reporting.buyer.ground import Ground, is_whole_home
from reporting.filters import day_of, fold_place
from store.rows import MARKET_PRICE, PAGE
from store.statement import CentiSqm, Minor
from store.terms import Currency
from tracking.address.read import read_parts
from tracking.offers import country_of

MARKET_MEANS = (
    "market price: of the same compound by a third party, with its day and the number of prices it gives for it; "
    "else the listing's own word"
)


class MarketPrice(NamedTuple):
    """A market price for one home: the median of ``price_count`` prices, which ``source`` told of ``period``.

    ``amount`` is for the whole home. ``basis``: asking prices, deals, or the listing's own word.
    """

    amount: Minor
    source: str
    basis: str
    period: str
    price_count: int

    @property
    def words(self) -> str:
        """Who says so, of what, and when."""
        return f"{self.source}, {self.basis}, {self.period}"


class _Quote(NamedTuple):
    district: str | None
    period: str
    source: str
    basis: str
    price_per_sqm: Minor


Compound = tuple[str, str, Currency]
Quotes = Mapping[Compound, Sequence[_Quote]]


def load_quotes(connection: Connection, before: datetime | None = None) -> Quotes:
    """All prices of third parties on pages seen before an instant, by city, compound and currency."""
    price = MARKET_PRICE.c
    query = select(
        price.place, price.city, price.district, price.region_code, price.currency, price.period, price.basis
    ).add_columns(price.price_per_sqm, PAGE.c.source)
    query = query.join_from(MARKET_PRICE, PAGE, PAGE.c.id == price.page_id).where(price.city.is_not(None))
    if before is not None:
        query = query.where(PAGE.c.observed_at < before)
    quotes: dict[Compound, list[_Quote]] = defaultdict(list)
    for row in connection.execute(query.order_by(price.id)):
        country = country_of(row.region_code, row.source, row.currency)
        compound = read_parts(row.place, None, country, row.city, row.district).compound
        if compound:
            quote = _Quote(row.district, row.period, row.source, row.basis, row.price_per_sqm)
            quotes[fold_place(row.city), compound, row.currency].append(quote)
    return quotes


def market_price_of(ground: Ground, attempt: Attempt, quotes: Quotes) -> MarketPrice | None:
    """The market price of a home as known at the ground's day; of several of one month the median."""
    return _by_third_party(ground, attempt, quotes) or _by_listing(ground, attempt)


def _by_third_party(ground: Ground, attempt: Attempt, quotes: Quotes) -> MarketPrice | None:
    offer, site, area = attempt.offer, ground.site_of(attempt), _priced_area(attempt)
    if not area or not site.compound or not offer.city or not offer.currency or not is_whole_home(offer, site):
        return None
    told = [
        quote
        for quote in quotes.get((fold_place(offer.city), site.compound, offer.currency), ())
        if quote.period <= ground.day.isoformat() and _may_be_one(quote.district, offer.district)
    ]
    if not told:
        return None
    last = max(told, key=lambda quote: (quote.period, quote.basis == "deals", quote.source))
    alike = [quote.price_per_sqm for quote in told if quote[1:4] == last[1:4]]
    amount = median_low(alike) * area // 100
    return MarketPrice(amount, last.source, last.basis, last.period, len(alike))


def _by_listing(ground: Ground, attempt: Attempt) -> MarketPrice | None:
    """Where the platform shows the appraisal once more under this name, it is no other price."""
    told, offer = attempt.further.market_price, attempt.offer
    if not told or told == offer.appraisal_price:
        return None
    seen_on = day_of(ground.seen_at[offer.listing_id])
    return MarketPrice(told, offer.source, "as the listing says", seen_on.isoformat(), 1)


def _priced_area(attempt: Attempt) -> CentiSqm | None:
    """Agents of Hong Kong give prices by the saleable area; elsewhere the building area is meant."""
    if attempt.offer.currency is Currency.HKD:
        return attempt.further.private_area
    return attempt.offer.floor_area


def _may_be_one(one: str | None, other: str | None) -> bool:
    """Two compounds of one name in one city: only a known other district parts them."""
    return not one or not other or fold_district(one) == fold_district(other)
