"""Reading and writing rollups. Nothing here commits.

Whoever keeps rollups takes the lock, reads the news (``store.rollup_news``), writes rows and cells, and drops the news
that were read. What the figures mean is decided in ``reporting.rollups``.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Table, delete, func, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from store.bulk import delete_rows, driver_query, replace_rows
from store.engine import BUSY, BUSY_TIMEOUT_MS, FORBIDDEN
from store.errors import CannotWrite
from store.links import batches
from store.rollup_models import RollupListing, RollupMark, RollupSheet
from store.rollup_words import words_sql
from store.rows import PROPERTY

MARK: Table = RollupMark.__table__  # type: ignore[assignment]
KEPT: Table = RollupListing.__table__  # type: ignore[assignment]
SHEET: Table = RollupSheet.__table__  # type: ignore[assignment]


NULL = -1
OFTEN_NULL = {"property_id", "check_hour", "cut"}
"""Columns of ``Kept`` that have no number below 0."""


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


StateNow = tuple[int, int | None, Any, str]
"""What is to be counted of a listing: id, home, ``last_seen_at`` as the driver gives it (SQLite: text), words."""


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


def lock_rollups(connection: Connection, *, waits: bool = True) -> None:
    """Wait until nobody else keeps rollups, or fail where ``waits`` is false; the first statement of its transaction.

    PostgreSQL: all statements after it see the same state, so that each news is read together with what it tells of.
    The lock is taken before the state is: whoever waited sees what the one before has written. Writers of listings
    and readers of reports are not kept out. SQLite has one writer at a time.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.exec_driver_sql(f"LOCK TABLE rollup_mark IN EXCLUSIVE MODE{'' if waits else ' NOWAIT'}")


@contextmanager
def keeping_unless_busy(engine: Engine) -> Iterator[Connection]:
    """A write transaction that keeps rollups, for those who have no time to wait.

    Raises:
        CannotWrite: somebody else writes (SQLite) or keeps rollups, or the database cannot be written at all.
    """
    try:
        with (
            engine.connect().execution_options(writes=True) as connection,
            _without_waiting(connection),
            connection.begin(),
        ):
            lock_rollups(connection, waits=False)
            yield connection
    except DBAPIError as error:
        if not isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) not in FORBIDDEN:
            raise
        raise CannotWrite("somebody else writes, or nobody may") from None
    except PoolTimeout:
        raise CannotWrite(BUSY) from None


@contextmanager
def _without_waiting(connection: Connection) -> Iterator[None]:
    """Have a lock of SQLite that is not to be had fail at once; the connection goes back to others as it was."""
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        yield
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.close()


def states_now(connection: Connection, listing_ids: Collection[int]) -> Iterator[StateNow]:
    """The states of listings."""
    sql = (
        f"SELECT listing.id, home.property_id, listing.last_seen_at, {words_sql(connection.dialect.name)} FROM listing "
        "JOIN observation ON observation.id = listing.observation_id "
        "LEFT JOIN auction_round AS home ON home.listing_id = listing.id WHERE listing.id IN ("
    )
    for part in batches(listing_ids):
        yield from driver_query(connection, f"{sql}{','.join(map(str, part))})", ())


def kept_rows(connection: Connection, column: str, values: Collection[int]) -> Iterator[Kept]:
    """What is kept of listings, by ``listing_id`` or ``property_id``."""
    sql = f"SELECT {', '.join(Kept._fields)} FROM rollup_listing WHERE {column} IN ("
    for part in batches(values):
        yield from map(Kept._make, driver_query(connection, f"{sql}{','.join(map(str, part))})", ()))


def ids_to_check(connection: Connection, hour: int) -> list[int]:
    """Listings of which time alone may have changed what they count for."""
    sql = "SELECT listing_id FROM rollup_listing WHERE check_hour <= ?"
    return [row[0] for row in driver_query(connection, sql, (hour,))]


def count_to_check(connection: Connection, hour: int) -> int:
    """How many there are of them."""
    rows = driver_query(connection, "SELECT count(*) FROM rollup_listing WHERE check_hour <= ?", (hour,))
    return int(rows[0][0])


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
        holes = ", ".join(f"nullif(?, {NULL})" if name in OFTEN_NULL else "?" for name in Kept._fields)
        settings = ", ".join(f"{name} = excluded.{name}" for name in Kept._fields[1:])
        sql = (  # INSERT OR REPLACE takes a fifth longer, where there are indexes (3.40)
            f"INSERT INTO rollup_listing VALUES ({holes}) ON CONFLICT (listing_id) DO UPDATE SET {settings}"
        )
        connection.exec_driver_sql(sql, list(map(_without_nulls, rows)))


def _without_nulls(row: Kept) -> tuple[Any, ...]:
    """With a number in place of each null that is frequent, for which the driver looks for an adapter (3.11)."""
    listing_id, property_id, round_id, phase, is_followed, check_hour, price, highest, currency, exact, cut, words = row
    return (
        listing_id,
        NULL if property_id is None else property_id,
        round_id,
        phase,
        is_followed,
        NULL if check_hour is None else check_hour,
        price,
        highest,
        currency,
        exact,
        NULL if cut is None else cut,
        words,
    )


def forget_rollups(connection: Connection) -> None:
    """Take away all that is kept; news stay."""
    for table in (KEPT, SHEET, MARK):
        connection.execute(delete(table))
