"""News of listings for those who keep rollups: left in the transaction of what they tell of, read by the upkeep."""

from __future__ import annotations  # array is not subscriptable before Python 3.12

import sys
from array import array
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Table, delete

from store.bulk import driver_query
from store.rollup_models import RollupNews
from store.terms import ListingNews

NEWS: Table = RollupNews.__table__  # type: ignore[assignment]

LONG_UNSEEN = timedelta(days=30)
"""A listing that is seen again after so long is news, though it says what it said: it had passed for gone."""

ROWS_PER_QUERY = 5_000


class News(NamedTuple):
    """What rollups do not know yet, and the rows that say so. ``changed`` names an id once for each change."""

    row_ids: list[int]
    asks_for_all: bool  # more happened than ids can tell
    ids: Mapping[ListingNews, array[int]]

    @property
    def size(self) -> int:
        """How many times a listing is named."""
        return sum(map(len, self.ids.values()))


def note_news(connection: Connection, kind: ListingNews, listing_ids: Collection[int] = ()) -> None:
    """Leave word of what happens to listings in this transaction."""
    if not listing_ids and kind is not ListingNews.EVERYTHING:
        return
    ids = array("q", listing_ids)
    if sys.byteorder == "big":
        ids.byteswap()
    driver_query(connection, "INSERT INTO rollup_news (kind, listing_ids) VALUES (?, ?)", (kind.value, ids.tobytes()))


def read_news(connection: Connection, at_most: int | None = None) -> News | None:
    """All news; ``None`` where more than ``at_most`` listings are named."""
    row_ids: list[int] = []
    asks_for_all = False
    ids: dict[ListingNews, array[int]] = {kind: array("q") for kind in ListingNews}
    if at_most is not None:
        ((size,),) = driver_query(connection, "SELECT coalesce(sum(length(listing_ids)), 0) FROM rollup_news", ())
        if size > 8 * at_most:
            return None
    for row_id, kind, packed in driver_query(connection, "SELECT id, kind, listing_ids FROM rollup_news", ()):
        named = array("q")
        named.frombytes(packed)
        if sys.byteorder == "big":
            named.byteswap()
        row_ids.append(row_id)
        asks_for_all |= kind == ListingNews.EVERYTHING
        ids[ListingNews(kind)].extend(named)
    return News(row_ids, asks_for_all, ids)


def drop_news(connection: Connection, row_ids: Collection[int]) -> None:
    """Take away news that were read."""
    ordered = sorted(row_ids)
    for start in range(0, len(ordered), ROWS_PER_QUERY):
        connection.execute(delete(NEWS).where(NEWS.c.id.in_(ordered[start : start + ROWS_PER_QUERY])))
