"""Reading and writing rollups. Nothing here commits.

Whoever keeps rollups takes the lock, reads the news (``store.rollup_news``), writes rows and cells, and drops the news
that were read. What the figures mean is decided in ``reporting.rollups``.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Table, delete, func, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from store.bulk import delete_rows, driver_query, insert_rows, replace_rows
from store.engine import BUSY, BUSY_TIMEOUT_MS, FORBIDDEN
from store.errors import CannotWrite
from store.links import batches
from store.rollup_models import IS_TO_CHECK, RollupListing, RollupMark, RollupSheet
from store.rollup_words import State, state_sql
from store.rows import PROPERTY

MARK: Table = RollupMark.__table__  # type: ignore[assignment]
KEPT: Table = RollupListing.__table__  # type: ignore[assignment]
SHEET: Table = RollupSheet.__table__  # type: ignore[assignment]


class Kept(NamedTuple):
    """A row of ``rollup_listing``, with plain values: terms as text, flags 1 or 0 (from PostgreSQL true or false)."""

    listing_id: int
    phase: int
    is_followed: int
    check_hour: int  # NEVER: none
    month: str
    offer: int
    highest_offer: int
    cut: int  # NOT_CUT: none
    words: str
    round_id: int
    story: str
    property_id: int | None


NOT_CUT = -1
ROUND = Kept._fields.index("round_id")
"""From here on a listing that is not linked tells nothing of its own: its round is itself."""

ROWS_AT_ONCE = 20
"""Of a statement: a quarter less than one for each row (SQLite 3.40)."""

kept_of: Callable[[tuple[Any, ...]], Kept] = partial(tuple.__new__, Kept)
"""``Kept._make`` at half of its price, for there is one of each listing."""


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


def states_now(connection: Connection, listing_ids: Collection[int]) -> Iterator[State]:
    """The states of listings, which may be plain tuples."""
    sql = (
        f"SELECT {state_sql(connection.dialect.name)} FROM listing "
        "JOIN observation ON observation.id = listing.observation_id "
        "LEFT JOIN auction_round AS home ON home.listing_id = listing.id WHERE listing.id "
    )
    for part in batches(listing_ids):
        yield from driver_query(connection, f"{sql}{_among(part)}", ())


def _among(ordered: Sequence[int]) -> str:
    """The condition on ids to be one of these; new ones mostly follow one another, and are found as one stretch."""
    first, last = ordered[0], ordered[-1]
    if last - first + 1 == len(ordered):
        return f"BETWEEN {first} AND {last}"
    return f"IN ({','.join(map(str, ordered))})"


def kept_rows(connection: Connection, column: str, values: Collection[int]) -> Iterator[Kept]:
    """What is kept of listings, by ``listing_id`` or ``property_id``."""
    sql = f"SELECT {', '.join(Kept._fields)} FROM rollup_listing WHERE {column} IN ("
    for part in batches(values):
        yield from map(kept_of, driver_query(connection, f"{sql}{','.join(map(str, part))})", ()))


def last_kept(connection: Connection) -> int:
    """The highest id of a listing of which anything is kept; 0: there is none."""
    return driver_query(connection, "SELECT max(listing_id) FROM rollup_listing", ())[0][0] or 0


def ids_to_check(connection: Connection, hour: int) -> list[int]:
    """Listings of which time alone may have changed what they count for."""
    sql = f"SELECT listing_id FROM rollup_listing WHERE check_hour <= ? AND {IS_TO_CHECK}"
    return [row[0] for row in driver_query(connection, sql, (hour,))]


def count_to_check(connection: Connection, hour: int) -> int:
    """How many there are of them."""
    sql = f"SELECT count(*) FROM rollup_listing WHERE check_hour <= ? AND {IS_TO_CHECK}"
    return int(driver_query(connection, sql, (hour,))[0][0])


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


def write_kept(connection: Connection, gone: Collection[int], new: Sequence[Kept], changed: Sequence[Kept]) -> None:
    """Take away the rows of listings that are gone; put in those of new ones, and others in the place of theirs."""
    delete_rows(connection, KEPT, ("listing_id",), [(each,) for each in gone])
    if connection.dialect.name == "postgresql":
        insert_rows(connection, KEPT, Kept._fields, list(map(_with_flag, new)))
        replace_rows(connection, KEPT, "listing_id", Kept._fields, list(map(_with_flag, changed)))
        return
    _put(connection, new, "")
    settings = ", ".join(f"{name} = excluded.{name}" for name in Kept._fields[1:])
    _put(connection, changed, f"ON CONFLICT (listing_id) DO UPDATE SET {settings}")  # REPLACE takes a fifth longer


def _with_flag(row: Kept) -> Kept:
    return row._replace(is_followed=bool(row.is_followed))


def _put(connection: Connection, rows: Sequence[Kept], ending: str) -> None:
    """Those that are not linked apart: of most three columns are alike, and a null costs six numbers (Python 3.11)."""
    linked = [row for row in rows if row.property_id is not None]
    alone = [row[:ROUND] for row in rows if row.property_id is None]
    for values, is_linked in ((alone, False), (linked, True)):
        whole = len(values) - len(values) % ROWS_AT_ONCE
        parts = (values[start : start + ROWS_AT_ONCE] for start in range(0, whole, ROWS_AT_ONCE))
        together = [tuple(chain.from_iterable(part)) for part in parts]
        for count, bound in ((ROWS_AT_ONCE, together), (1, values[whole:])):
            if bound:
                connection.exec_driver_sql(f"{_insert_sql(count, is_linked=is_linked)} {ending}", bound)


@cache
def _insert_sql(count: int, *, is_linked: bool) -> str:
    """Of so many rows; those that are not linked are bound without their last columns."""
    width = len(Kept._fields) if is_linked else ROUND
    rows = []
    for first in range(1, count * width, width):
        holes = [f"?{place}" for place in range(first, first + width)]
        rows.append(", ".join(holes if is_linked else [*holes, holes[0], "''", "NULL"]))
    return f"INSERT INTO rollup_listing ({', '.join(Kept._fields)}) VALUES ({'), ('.join(rows)})"


def forget_rollups(connection: Connection) -> None:
    """Take away all that is kept; news stay."""
    for table in (KEPT, SHEET, MARK):
        connection.execute(delete(table))
