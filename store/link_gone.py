"""Listings that are taken away: what was linked beside them is to be linked again, as if they had never been."""

from collections.abc import Collection, Iterator

from sqlalchemy import Connection

from store.bulk import driver_query
from store.links import batches, unlink

BESIDE = {
    "of one home": (
        "SELECT beside.listing_id FROM auction_round AS own"
        " JOIN auction_round AS beside ON beside.property_id = own.property_id WHERE own.listing_id IN ({})"
    ),
    "of one key": (
        "SELECT beside.listing_id FROM link_key AS own JOIN link_key AS beside ON beside.key = own.key"
        " WHERE own.listing_id IN ({})"
    ),
}
"""Whose homes, pairs and number beside one key may be others without a listing. By a key all of it is read."""


def leave_behind(connection: Connection, listing_ids: Collection[int]) -> None:
    """Let the next linking look at all that was linked beside listings; call before these are taken away."""
    beside = {row[0] for sql in BESIDE.values() for row in _rows_in(connection, sql, listing_ids)}
    beside |= _of_their_places(connection, listing_ids)
    unlink(connection, beside)
    for table in ("link_key", "link_place"):
        list(_rows_in(connection, f"DELETE FROM {table} WHERE listing_id IN ({{}}) RETURNING listing_id", listing_ids))  # noqa: S608


def _of_their_places(connection: Connection, listing_ids: Collection[int]) -> set[int]:
    """The listings of the places that they tell, under all names that are told with theirs."""
    found: set[int] = set()
    names: set[int] = set()
    wanted = {
        row[0] for row in _rows_in(connection, "SELECT place FROM link_place WHERE listing_id IN ({})", listing_ids)
    }
    while wanted:
        names |= wanted
        told = list(_rows_in(connection, "SELECT listing_id, other_place FROM link_place WHERE place IN ({})", wanted))
        found.update(row[0] for row in told)
        wanted = {row[1] for row in told if row[1] is not None} - names
    return found


def _rows_in(connection: Connection, sql: str, values: Collection[int]) -> Iterator[tuple[int, ...]]:
    for part in batches(values):
        yield from driver_query(connection, sql.format(", ".join("?" * len(part))), part)
