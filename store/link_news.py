"""Which listings a linking has to look at: left in the transaction that writes them, taken away by the linking.

Without it each linking would have to compare all listings with what is linked of them.
"""

from collections.abc import Collection
from struct import pack, unpack
from typing import NamedTuple

from sqlalchemy import Connection

from store.bulk import driver_query

MOST_NAMED = 100_000
"""Listings that are asked for by their ids; beyond that it is quicker to read all."""

ROWS_PER_QUERY = 5_000


class LinkNews(NamedTuple):
    """What was told since the last linking, and the rows that say so. ``listing_ids`` is ``None``: it may be any."""

    row_ids: list[int]
    listing_ids: Collection[int] | None


def note_touched(connection: Connection, listing_ids: Collection[int] | None) -> None:
    """Leave word of listings that are to be linked, or linked again, in this transaction; ``None``: it may be any."""
    if listing_ids is None:
        driver_query(connection, INSERT, (None,))
    elif listing_ids:
        driver_query(connection, INSERT, (pack(f"<{len(listing_ids)}q", *listing_ids),))


INSERT = "INSERT INTO link_news (listing_ids) VALUES (?)"


def read_link_news(connection: Connection) -> LinkNews:
    """All news; those of more than ``MOST_NAMED`` listings stand for any."""
    row_ids: list[int] = []
    named: set[int] = set()
    is_any = False
    for row_id, told in driver_query(connection, "SELECT id, listing_ids FROM link_news", ()):
        row_ids.append(row_id)
        is_any |= told is None or len(named) > MOST_NAMED
        if not is_any:
            named.update(unpack(f"<{len(told) // 8}q", told))
    return LinkNews(row_ids, None if is_any or len(named) > MOST_NAMED else named)


def drop_link_news(connection: Connection, row_ids: Collection[int]) -> None:
    """Take away news that were read: those that others left meanwhile stay."""
    ordered = sorted(row_ids)
    for start in range(0, len(ordered), ROWS_PER_QUERY):
        part = ordered[start : start + ROWS_PER_QUERY]
        driver_query(connection, f"DELETE FROM link_news WHERE id IN ({', '.join('?' * len(part))})", part)  # noqa: S608
