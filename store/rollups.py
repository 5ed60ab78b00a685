"""Reading and writing rollups. Nothing here commits.

Whoever keeps rollups takes the lock, reads the news (``store.rollup_news``), writes rows and cells, and drops the news
that were read. What the figures mean is decided in ``reporting.rollups``.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, delete, func, select

from store.bulk import delete_rows, driver_query, replace_rows
from store.links import batches
from store.rollup_models import RollupListing, RollupMark, RollupSheet
from store.rollup_words import words_sql
from store.rows import PROPERTY

MARK: Table = RollupMark.__table__  # type: ignore[assignment]
KEPT: Table = RollupListing.__table__  # type: ignore[assignment]
SHEET: Table = RollupSheet.__table__  # type: ignore[assignment]


class Kept(NamedTuple):
    """A row of ``rollup_listing``, with plain values: terms as text, flags 1 or 0 (from PostgreSQL true or false)."""

    listing_id: int
    property_id: int | None
    round_id: int
    phase: int
    is_followed: int
    check_hour: int | None
    price: int | None
    highest_price: int | None
    price_currency: str | None
    is_price_exact: int
    cut: int | None
    words: str


class StateNow(NamedTuple):
    """What is to be counted of a listing; ``last_seen_at`` as the driver gives it (SQLite: text)."""

    listing_id: int
    property_id: int | None
    last_seen_at: Any
    words: str


class Mark(NamedTuple):
    """By which definition rollups are kept, and by which linker homes were linked when they were counted last."""

    definition: str
    linker_version: int | None


def read_mark(connection: Connection) -> Mark | None:
    """``None``: rollups were never counted."""
    rows = driver_query(connection, "SELECT definition, linker_version FROM rollup_mark", ())
    return Mark(*rows[0]) if rows else None


def write_mark(connection: Connection, definition: str) -> None:
    """Note that rollups are kept by a definition, and which linker linked the homes."""
    linker = connection.execute(select(func.max(PROPERTY.c.linker_version))).scalar()
    connection.execute(delete(MARK))
    connection.execute(MARK.insert().values(id=1, definition=definition, linker_version=linker))


def lock_rollups(connection: Connection) -> None:
    """Wait until nobody else keeps rollups; the first statement of its transaction.

    PostgreSQL: all statements after it see the same state, so that each news is read together with what it tells of.
    The lock is taken before the state is: whoever waited sees what the one before has written. Writers of listings
    and readers of reports are not kept out. SQLite has one writer at a time.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.exec_driver_sql("LOCK TABLE rollup_mark IN EXCLUSIVE MODE")


def changed_states(
    connection: Connection, listing_ids: Collection[int], *, all_of_them: bool = False
) -> Iterator[tuple[StateNow, Kept | None]]:
    """The states of listings beside what is kept of them; only where words or home differ, unless ``all_of_them``."""
    name = connection.dialect.name
    words, kept = words_sql(name), ", ".join(f"kept.{column}" for column in Kept._fields)
    differs = "IS DISTINCT FROM" if name == "postgresql" else "IS NOT"
    wanted = (
        "" if all_of_them else f" AND (kept.words {differs} {words} OR kept.property_id {differs} home.property_id)"
    )
    sql = (
        f"SELECT listing.id, home.property_id, listing.last_seen_at, {words}, {kept} FROM listing "
        "JOIN observation ON observation.id = listing.observation_id "
        "LEFT JOIN rollup_listing AS kept ON kept.listing_id = listing.id "
        "LEFT JOIN auction_round AS home ON home.listing_id = listing.id WHERE listing.id IN ("
    )
    for part in batches(listing_ids):
        for row in driver_query(connection, f"{sql}{','.join(map(str, part))}){wanted}", ()):
            yield StateNow._make(row[:4]), None if row[4] is None else Kept._make(row[4:])


def kept_rows(connection: Connection, column: str, values: Collection[int]) -> Iterator[Kept]:
    """What is kept of listings, by ``listing_id`` or ``property_id``."""
    sql = f"SELECT {', '.join(Kept._fields)} FROM rollup_listing WHERE {column} IN ("
    for part in batches(values):
        yield from map(Kept._make, driver_query(connection, f"{sql}{','.join(map(str, part))})", ()))


def ids_to_check(connection: Connection, hour: int) -> list[int]:
    """Listings of which time alone may have changed what they count for."""
    sql = "SELECT listing_id FROM rollup_listing WHERE check_hour <= ?"
    return [row[0] for row in driver_query(connection, sql, (hour,))]


def members_of(connection: Connection, property_ids: Collection[int]) -> dict[int, int]:
    """The listings of homes as they are linked now, each with its home."""
    found: dict[int, int] = {}
    for part in batches(property_ids):
        listed = ",".join(map(str, part))
        sql = f"SELECT listing_id, property_id FROM auction_round WHERE property_id IN ({listed})"
        found.update((row[0], row[1]) for row in driver_query(connection, sql, ()))
    return found


def every_listing_id(connection: Connection) -> list[int]:
    """The ids of all listings, in order."""
    return [row[0] for row in driver_query(connection, "SELECT id FROM listing ORDER BY id", ())]


def write_kept(connection: Connection, gone: Collection[int], rows: Sequence[Kept]) -> None:
    """Put rows in the place of those of the same listings; take away those that are gone."""
    delete_rows(connection, KEPT, ("listing_id",), [(each,) for each in gone])
    if connection.dialect.name == "postgresql":
        plain = [
            row._replace(is_followed=bool(row.is_followed), is_price_exact=bool(row.is_price_exact)) for row in rows
        ]
        replace_rows(connection, KEPT, "listing_id", Kept._fields, plain)
    elif rows:
        holes = ", ".join("?" * len(Kept._fields))
        connection.exec_driver_sql(f"INSERT OR REPLACE INTO rollup_listing VALUES ({holes})", list(rows))


def forget_rollups(connection: Connection) -> None:
    """Take away all that is kept; news stay."""
    for table in (KEPT, SHEET, MARK):
        connection.execute(delete(table))
