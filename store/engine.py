"""Opening the database: SQLite in WAL mode, or PostgreSQL through psycopg 3."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from store.errors import CannotWrite, StoreError

BUSY_TIMEOUT_MS = 30_000
FORBIDDEN = {"25006", "42501"}
"""SQLSTATE of PostgreSQL: a read-only transaction (a standby), and a role without the right."""


def default_url() -> str:
    """The database named by ``FAPAI_DB``, else a file in the user's data directory."""
    named = os.environ.get("FAPAI_DB")
    if named:
        return named
    from platformdirs import user_data_path

    return f"sqlite:///{user_data_path('fapai') / 'fapai.sqlite'}"


def archive_root(url: str) -> Path:
    """Where raw pages are kept: ``FAPAI_ARCHIVE``, else beside the SQLite file, else the data directory."""
    named = os.environ.get("FAPAI_ARCHIVE")
    if named:
        return Path(named)
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in {None, "", ":memory:"}:
        return Path(parsed.database).with_suffix(".pages")
    from platformdirs import user_data_path

    return user_data_path("fapai") / "pages"


def open_engine(url: str) -> Engine:
    """An engine for ``sqlite:///FILE`` or ``postgresql://…`` (psycopg 3).

    Raises:
        StoreError: the address is of neither kind, or the driver is not installed.
    """
    try:
        parsed = make_url(url)
        if parsed.drivername in {"postgresql", "postgres"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        backend = parsed.get_backend_name()
        if backend not in {"sqlite", "postgresql"}:
            raise StoreError(f"{backend} is not supported: give sqlite:///FILE or postgresql://HOST/NAME")
        if backend == "sqlite":
            return _sqlite_engine(parsed)
        return create_engine(parsed, json_serializer=_json, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ValueError):  # ValueError: a port that is not a number
        raise StoreError("no database address: give sqlite:///FILE or postgresql://HOST/NAME") from None
    except ModuleNotFoundError:
        raise StoreError("PostgreSQL needs the extra: pip install 'fapai[postgres]'") from None


def names_missing_file(url: str) -> bool:
    """Whether an address names an SQLite file that is not there: merely opening it would make one."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # told by ``open_engine``
        return False
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database not in {None, "", ":memory:"}
    return is_file and not Path(str(parsed.database)).exists()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _sqlite_engine(url: Any) -> Engine:
    if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotWrite(f"cannot make the folder of the database: {error.strerror}") from None
    engine = create_engine(url, json_serializer=_json)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        # The driver must not open transactions by itself: it would do so too late for BEGIN IMMEDIATE.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA page_size=8192")  # of a new file; rows of 600 bytes go in an eighth faster than at 4096
        cursor.execute("PRAGMA cache_size=-32768")
        cursor.execute("PRAGMA wal_autocheckpoint=4000")  # 32 MB: pages of the same index are copied back once
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


BUSY = "the database is busy: all connections are in use"


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection inside one write transaction; commits at the end, rolls back on any error.

    Raises:
        CannotWrite: the database is read-only, locked for too long, full or unreachable.
    """
    try:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        if not isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) not in FORBIDDEN:
            raise
        raise CannotWrite(f"the database cannot be written: {_driver_words(error)}") from None
    except PoolTimeout:
        raise CannotWrite(BUSY) from None


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection inside one read transaction.

    Raises:
        StoreError: the database cannot be read.
    """
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":  # as on SQLite: all statements see one state
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection
    except DBAPIError as error:
        raise StoreError(f"the database cannot be read: {_driver_words(error)}") from None
    except PoolTimeout:
        raise StoreError(BUSY) from None


def _driver_words(error: DBAPIError) -> str:
    """The driver's own message in one line; it holds neither statement nor password."""
    return " ".join(str(error.orig).split())
