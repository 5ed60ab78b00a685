"""What the snapshot is measured against: the same two files, byte for byte, written by hand.

- SQLite and ``csv``: one query that makes every value, sorted, into ``csv.writer``.
- DuckDB over Parquet: the tables as Parquet files (zstd), one COPY for each file. Two threads, 8 GB.
"""

import csv
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from reporting.snapshot import FILES, LOOK_FIELDS, SAID_FIELDS, Field, Kind, stated_text

ORDER = "ORDER BY l.source, l.source_id, l.generation, o.observed_at, o.reader, o.digest"
KEY = ("l.source", "l.source_id", "l.generation")
TABLES = ("listing", "observation", "page")
FILES_WRITTEN = ("listing.csv", "observation.csv")
ValueSql = Callable[[Field, str], str]
LOOK_KINDS = {field.name: field for field in LOOK_FIELDS}


def write_with_sqlite(base: Path, folder: Path) -> None:
    """Both files, with the standard library alone."""
    connection = sqlite3.connect(base)
    connection.execute("CREATE TEMP TABLE told (bits INTEGER PRIMARY KEY, words TEXT)")
    bits = [row[0] for row in connection.execute("SELECT DISTINCT stated FROM observation")]
    connection.executemany("INSERT INTO told VALUES (?, ?)", [(each, stated_text(each)) for each in bits])
    for name in FILES_WRITTEN:
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow([field.name for field in FILES[name]])
            writer.writerows(connection.execute(_query(name, "", _sqlite_value)))
    connection.close()


def write_parquet(base: Path, folder: Path, extension: Path) -> None:
    """The tables as Parquet files: made outside the clock."""
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"allow_unsigned_extensions": True}) as database:
        database.execute(f"LOAD '{extension}'")
        database.execute(f"ATTACH '{base}' AS base (TYPE sqlite, READ_ONLY)")
        for table in TABLES:
            database.execute(f"COPY base.{table} TO '{folder / table}.parquet' (FORMAT parquet, CODEC zstd)")


def write_with_duckdb(parquet: Path, folder: Path) -> None:
    """Both files, by DuckDB alone."""
    import duckdb

    with duckdb.connect(config={"threads": 2, "memory_limit": "8GB"}) as database:
        for table in TABLES:
            database.execute(f"CREATE VIEW {table} AS SELECT * FROM '{parquet / table}.parquet'")
        database.execute("CREATE TABLE told (bits BIGINT, words VARCHAR)")
        bits = [row[0] for row in database.execute("SELECT DISTINCT stated FROM observation").fetchall()]
        database.executemany("INSERT INTO told VALUES (?, ?)", [(each, stated_text(each)) for each in bits])
        for name in FILES_WRITTEN:
            database.execute(f"COPY ({_query(name, '', _duckdb_value)}) TO '{folder / name}' (FORMAT csv, HEADER)")


def same_lines(ours: Path, theirs: Path) -> bool:
    """Whether two files say the same; DuckDB ends lines with LF alone, and quotes as we do."""
    with ours.open("rb") as one, theirs.open("rb") as other:
        return all(mine.rstrip(b"\r\n") == its.rstrip(b"\r\n") for mine, its in zip(one, other, strict=True))


def _query(name: str, prefix: str, value: ValueSql) -> str:
    said = [value(field, "o") for field in SAID_FIELDS]
    if name == "observation.csv":
        look = [value(field, "o") for field in LOOK_FIELDS if field.name not in ("page_sha256", "stated")]
        columns = [*KEY, *look, "p.body_sha256", "told.words", *said]
        joins = "JOIN observation o ON o.listing_id = l.id JOIN page p ON p.id = o.page_id JOIN told ON bits = o.stated"
    else:
        times = (f"{name}_at" for name in ("first_seen", "last_seen", "last_changed"))
        columns = [*KEY, *(value(Field(time, Kind.INSTANT), "l") for time in times), *said[:-1]]
        joins = "JOIN observation o ON o.id = l.observation_id"
    named = (f"{column} AS {field.name}" for column, field in zip(columns, FILES[name], strict=True))
    return f"{prefix}SELECT {', '.join(named)} FROM listing l {joins} {ORDER}"


def _sqlite_value(field: Field, table: str) -> str:
    column = f"{table}.{field.name.removesuffix('_sqm')}"
    if field.kind in (Kind.MONEY, Kind.AREA):
        return f"CASE WHEN {column} IS NOT NULL THEN printf('%d.%02d', {column} / 100, {column} % 100) END"
    if field.kind is Kind.INSTANT:
        return f"replace(replace({column}, ' ', 'T'), '.000000', '') || 'Z'"
    if field.kind is Kind.FLAG:
        return f"CASE {column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
    return column


def _duckdb_value(field: Field, table: str) -> str:
    column = f"{table}.{field.name.removesuffix('_sqm')}"
    if field.kind in (Kind.MONEY, Kind.AREA):
        return f"({column} // 100)::VARCHAR || '.' || lpad(({column} % 100)::VARCHAR, 2, '0')"
    if field.kind is Kind.INSTANT:
        return f"strftime({column}, '%Y-%m-%dT%H:%M:%SZ')"
    return column


def extension_of_sqlite() -> Path | None:
    """The extension that reads SQLite files, of the extra ``analytics``."""
    from importlib.util import find_spec

    found = find_spec("duckdb_extension_sqlite_scanner")
    places: Iterable[str] = (found.submodule_search_locations or ()) if found else ()
    return next((path for place in places for path in Path(place).rglob("*.duckdb_extension")), None)
