"""Many rows at once, past the statement compiler: ``executemany`` on SQLite, binary COPY on PostgreSQL.

Compiling a multi-row insert costs eleven times the insert itself, so each statement is written once from the
table's columns and handed to the driver with plain tuples.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Connection, Date, Float, Integer, LargeBinary, SmallInteger, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from store.types import UtcDateTime

Row = Sequence[Any]


def insert_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    is_prepared: bool = False,
    staging: str | None = None,
) -> None:
    """Insert tuples in the order of ``columns``; times must be aware.

    ``is_prepared``: see ``prepare_rows``. ``staging``: a table of PostgreSQL with these columns that takes the rows.
    """
    if not rows:
        return
    names = tuple(columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, staging or table.name, names, _copy_types(table, names), rows)
        return
    plain = rows if is_prepared else plain_rows(table, names, rows)
    _run(connection, _insert_sql(table.name, names), plain, is_many=True)


def prepare_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> Sequence[Row]:
    """Rows as the driver takes them, for parts of rows that go into more than one table."""
    return rows if connection.dialect.name == "postgresql" else plain_rows(table, tuple(columns), rows)


def update_rows(
    connection: Connection,
    table: Table,
    key: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    is_prepared: bool = False,
) -> None:
    """Set ``columns`` where ``key`` matches; each row ends with the key. ``is_prepared``: see ``prepare_rows``."""
    if not rows:
        return
    names = (*columns, key)
    if connection.dialect.name == "postgresql":
        staging = f"staging_{table.name}"
        quoted = ", ".join(names)
        connection.exec_driver_sql(
            f"CREATE TEMPORARY TABLE {staging} ON COMMIT DROP AS SELECT {quoted} FROM {table.name} WITH NO DATA"
        )
        _copy(connection, staging, names, _copy_types(table, names), rows)
        settings = ", ".join(f"{column} = staged.{column}" for column in columns)
        connection.exec_driver_sql(
            f"UPDATE {table.name} SET {settings} FROM {staging} AS staged WHERE {table.name}.{key} = staged.{key}"
        )
        connection.exec_driver_sql(f"DROP TABLE {staging}")
        return
    plain = rows if is_prepared else plain_rows(table, names, rows)
    _run(connection, _update_sql(table.name, names), plain, is_many=True)


def replace_rows(connection: Connection, table: Table, key: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert tuples in the place of those of the same ``key``, a whole number that stands first in each."""
    if not rows:
        return
    names = tuple(columns)
    if connection.dialect.name == "postgresql":
        keys = "{" + ",".join(str(row[0]) for row in rows) + "}"
        driver_query(connection, f"DELETE FROM {table.name} WHERE {key} = ANY (?::int8[])", (keys,))
        insert_rows(connection, table, names, rows)
        return
    sql = _insert_sql(table.name, names).replace("INSERT", "INSERT OR REPLACE", 1)
    _run(connection, sql, plain_rows(table, names, rows), is_many=True)


def update_integers(
    connection: Connection,
    table: Table,
    key: str,
    shared: Mapping[str, Any],
    columns: Sequence[str],
    rows: Sequence[Row],
) -> None:
    """Set ``shared`` in all rows, and in each the whole numbers ``columns``; each row ends with the key.

    On PostgreSQL as one statement: a staging table takes four, and a planner that knows nothing of its size reads
    the whole of ``table`` for a page's rows (15, 2026-11). ``shared`` is prepared (``prepare_rows``).
    """
    if not rows:
        return
    names = (*columns, key)
    if connection.dialect.name == "postgresql":
        settings = ", ".join([f"{name} = ?" for name in shared] + [f"{name} = told.{name}" for name in columns])
        arrays = ", ".join(["?::int8[]"] * len(names))
        sql = (
            f"UPDATE {table.name} SET {settings} FROM unnest({arrays}) AS told ({', '.join(names)}) "
            f"WHERE {table.name}.{key} = told.{key}"
        )
        listed = ["{" + ",".join(map(str, column)) + "}" for column in zip(*rows, strict=True)]
        driver_query(connection, sql, [*shared.values(), *listed])
        return
    alike = tuple(shared.values())
    _run(connection, _update_sql(table.name, (*shared, *names)), [alike + tuple(row) for row in rows], is_many=True)


def delete_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Delete where all of ``columns`` match, for each of the rows of whole numbers."""
    if rows:
        hole = "%s" if connection.dialect.name == "postgresql" else "?"
        where = " AND ".join(f"{column} = {hole}" for column in columns)
        _run(connection, f"DELETE FROM {table.name} WHERE {where}", rows, is_many=True)


def driver_query(connection: Connection, sql: str, values: Sequence[Any]) -> list[Any]:
    """Rows of one small statement with ``?`` for values, as the driver gives them: a tenth of the compiled cost."""
    if connection.dialect.name == "postgresql":
        sql, bound = sql.replace("?", "%s"), tuple(values)
    else:
        is_plain = NEEDS_NO_ADAPTER.issuperset(map(type, values))
        bound = tuple(values if is_plain else map(_plain_if_known, values))
    return _run(connection, sql, bound, is_many=False)


NEEDS_NO_ADAPTER = frozenset({int, str, bytes, float, type(None)})


def _plain_if_known(value: Any) -> Any:
    return _plain(value) if isinstance(value, date | Enum) else value


def _run(connection: Connection, sql: str, values: Any, *, is_many: bool) -> list[Any]:
    """Straight to the driver, inside the connection's transaction, with SQLAlchemy's errors."""
    cursor = connection.connection.cursor()
    try:
        if is_many:
            cursor.executemany(sql, values)
            return []
        cursor.execute(sql, values)
        return list(cursor.fetchall()) if cursor.description else []
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(sql, None, error, connection.dialect.loaded_dbapi.Error) from None
    finally:
        cursor.close()


@cache
def _insert_sql(table: str, columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


@cache
def _update_sql(table: str, columns: tuple[str, ...]) -> str:
    settings = ", ".join(f"{column} = ?" for column in columns[:-1])
    return f"UPDATE {table} SET {settings} WHERE {columns[-1]} = ?"


def _copy(connection: Connection, table: str, columns: tuple[str, ...], types: list[str], rows: Iterable[Row]) -> None:
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    cursor = connection.connection.cursor()
    try:
        with cursor.copy(statement) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row([value._value_ if isinstance(value, Enum) else value for value in row])
    except connection.dialect.loaded_dbapi.Error as error:  # what SQLAlchemy does for its own statements
        raise DBAPIError.instance(statement, None, error, connection.dialect.loaded_dbapi.Error) from None
    finally:
        cursor.close()


@cache
def _copy_types(table: Table, columns: tuple[str, ...]) -> list[str]:
    return [_postgres_name(table.c[column].type) for column in columns]


def _postgres_name(kind: TypeEngine[Any]) -> str:
    names: list[tuple[type[TypeEngine[Any]], str]] = [
        (UtcDateTime, "timestamptz"),
        (Boolean, "bool"),
        (Date, "date"),
        (SmallInteger, "int2"),
        (BigInteger, "int8"),
        (Integer, "int4"),
        (LargeBinary, "bytea"),
        (Float, "float8"),
    ]
    return next((name for base, name in names if isinstance(kind, base)), "text")


def plain_rows(table: Table, columns: tuple[str, ...], rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    """Rows as the sqlite3 driver binds them fastest, and as SQLAlchemy itself would store them."""
    if not rows:
        return []
    by_column: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for position in _special_positions(table, columns):
        by_column[position] = [value if value is None else _plain(value) for value in by_column[position]]
    return list(zip(*by_column, strict=True))


@cache
def _special_positions(table: Table, columns: tuple[str, ...]) -> tuple[int, ...]:
    """Positions of the columns whose Python values the driver does not take as they are."""
    return tuple(
        position
        for position, column in enumerate(columns)
        if isinstance(table.c[column].type, UtcDateTime | Date | Boolean)
        or getattr(table.c[column].type, "enum_class", None)
    )


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is str or kind is int:
        return value
    if kind is datetime or kind is date:
        return instant_text(value)
    return int(value) if kind is bool else value._value_


def instant_text(value: date) -> str:
    """A day or an instant as SQLite holds it: text that sorts by time."""
    if not isinstance(value, datetime):
        return value.isoformat()
    if value.tzinfo is not UTC:
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value!r}")
        value = value.astimezone(UTC)
    parts = (value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
    return "%04d-%02d-%02d %02d:%02d:%02d.%06d" % parts  # noqa: UP031  # a fifth faster than isoformat


@lru_cache(maxsize=4096)
def as_instant(value: datetime | str) -> datetime:
    """An instant as the driver gives it, in UTC; a server's driver gives it in the zone of the session."""
    if isinstance(value, str):
        return datetime.fromisoformat(f"{value}+00:00")  # an eighth of what giving it its zone afterwards takes
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
