"""What the looks at listings stated of their offered price: for those of which more than one look is news."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import Connection

from store.bulk import driver_query
from store.links import batches
from store.rollup_words import is_exact_sql, is_stated_sql


class StatedPrices(NamedTuple):
    """The prices that the looks at a listing stated, in the minor unit of their currency, and whether all are alike."""

    listing_id: int
    lowest_price: int
    highest_price: int
    currency: str | None
    is_one_currency: bool
    is_exact: bool  # none was called cut


class LastPrice(NamedTuple):
    """The price that a listing has in its state: the asking price, else the starting price.

    ``is_stated``: the last look itself said it; ``is_exact``: that look did not call it cut.
    """

    listing_id: int
    price: int | None
    currency: str | None
    is_stated: bool
    is_exact: bool


def last_prices(connection: Connection, listing_ids: Collection[int]) -> Iterator[LastPrice]:
    """Of each listing."""
    sql = (
        "SELECT listing.id, coalesce(observation.asking_price, observation.starting_price), observation.currency, "
        f"({is_stated_sql()}), ({is_exact_sql()}) FROM listing "
        "JOIN observation ON observation.id = listing.observation_id WHERE listing.id IN ("
    )
    for part in batches(listing_ids):
        for row in driver_query(connection, f"{sql}{','.join(map(str, part))})", ()):
            yield LastPrice._make((*row[:3], bool(row[3]), bool(row[4])))


def stated_prices(connection: Connection, listing_ids: Collection[int]) -> Iterator[StatedPrices]:
    """Of each listing of which a look stated a price."""
    price = "coalesce(observation.asking_price, observation.starting_price)"
    sql = (
        f"SELECT listing_id, min({price}), max({price}), min(currency), "
        "coalesce(min(currency) = max(currency), TRUE) AND count(currency) IN (0, count(*)), "
        f"min(CASE WHEN {is_exact_sql()} THEN 1 ELSE 0 END) FROM observation WHERE ({is_stated_sql()}) "
        "AND listing_id IN ("
    )
    for part in batches(listing_ids):
        for row in driver_query(connection, f"{sql}{','.join(map(str, part))}) GROUP BY listing_id", ()):
            yield StatedPrices._make((*row[:4], bool(row[4]), bool(row[5])))
