"""News of listings for those who keep rollups: left in the transaction of what they tell of, read by the upkeep."""

from __future__ import annotations  # array is not subscriptable before Python 3.12

import sys
from array import array
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from store.bulk import driver_query
from store.rollup_offers import NOT_TOLD
from store.terms import ListingNews

LONG_UNSEEN = timedelta(days=30)
"""A listing that is seen again after so long is news, though it says what it said: it had passed for gone."""

ROWS_PER_QUERY = 5_000
OF_KIND = "count(*) FILTER (WHERE kind = '{kind}'), sum(length(listing_ids)) FILTER (WHERE kind = '{kind}')"
COUNT_SQL = f"SELECT {', '.join(OF_KIND.format(kind=kind.value) for kind in ListingNews)} FROM rollup_news"
"""Not by groups: SQLite would sort all ids to have them, and half a megabyte of them for each crawl that asks."""

WITH_OFFERS = -1
"""Before ids behind which as many offers stand; no id is negative."""


class News(NamedTuple):
    """What rollups do not know yet, and the rows that say so. ``changed`` names an id once for each change.

    ``offers``: for each of ``changed`` the price that its look stated, in the order of looks (``store.rollup_offers``).
    """

    row_ids: list[int]
    asks_for_all: bool  # more happened than ids can tell
    ids: Mapping[ListingNews, array[int]]
    offers: array[int]

    @property
    def size(self) -> int:
        """How many times a listing is named."""
        return sum(map(len, self.ids.values()))


def note_news(
    connection: Connection, kind: ListingNews, listing_ids: Collection[int] = (), offers: Collection[int] = ()
) -> None:
    """Leave word of what happens to listings in this transaction, with the offers of those that changed if known."""
    if not listing_ids and kind is not ListingNews.EVERYTHING:
        return
    packed = _pack([WITH_OFFERS, *listing_ids, *offers] if offers else listing_ids)
    driver_query(connection, "INSERT INTO rollup_news (kind, listing_ids) VALUES (?, ?)", (kind.value, packed))


def read_news(connection: Connection, at_most: int | None = None) -> News | None:
    """All news; ``None`` where more than ``at_most`` listings are named."""
    if at_most is not None and sum(count_news(connection).values()) > at_most:
        return None
    row_ids: list[int] = []
    asks_for_all = False
    ids: dict[ListingNews, array[int]] = {kind: array("q") for kind in ListingNews}
    offers = array("q")
    for row_id, word, packed in driver_query(
        connection, "SELECT id, kind, listing_ids FROM rollup_news ORDER BY id", ()
    ):
        kind = ListingNews(word)
        named, told = _unpack(packed)
        row_ids.append(row_id)
        asks_for_all |= kind is ListingNews.EVERYTHING
        ids[kind].extend(named)
        if kind is ListingNews.CHANGED:
            offers.extend(told)
    return News(row_ids, asks_for_all, ids, offers)


def count_news(connection: Connection) -> dict[ListingNews, int]:
    """How many times listings are named by each kind of news, without reading which; kinds without news left out.

    A row names one for each eight bytes; of what changed each has its offer beside it, behind a number before all.
    """
    (found,) = driver_query(connection, COUNT_SQL, ())
    sizes = {}
    for kind, rows, length in zip(ListingNews, found[::2], found[1::2], strict=True):
        if rows:
            sizes[kind] = (int(length) // 8 - rows) // 2 if kind is ListingNews.CHANGED else int(length) // 8
    return sizes


def drop_news(connection: Connection, row_ids: Collection[int]) -> None:
    """Take away news that were read."""
    ordered = sorted(row_ids)
    for start in range(0, len(ordered), ROWS_PER_QUERY):
        listed = ",".join(map(str, ordered[start : start + ROWS_PER_QUERY]))
        driver_query(connection, f"DELETE FROM rollup_news WHERE id IN ({listed})", ())


def _pack(numbers: Collection[int]) -> bytes:
    packed = array("q", numbers)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def _unpack(packed: bytes) -> tuple[array[int], array[int]]:
    """The ids, and for each its offer."""
    numbers = array("q")
    numbers.frombytes(packed)
    if sys.byteorder == "big":
        numbers.byteswap()
    if numbers and numbers[0] == WITH_OFFERS:
        middle = len(numbers) // 2 + 1
        return numbers[1:middle], numbers[middle:]
    return numbers, array("q", [NOT_TOLD]) * len(numbers)
