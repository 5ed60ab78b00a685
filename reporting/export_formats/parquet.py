"""Parquet through DuckDB: typed columns, written by one thread so that the same rows give the same bytes."""

from collections.abc import Sequence
from pathlib import Path

from reporting.errors import CannotWriteSnapshot
from reporting.snapshot import Field, Kind, Profile

TYPES = {
    Kind.MONEY: "DECIMAL(20, 2)",  # no currency of ours has more decimals
    Kind.AREA: "DECIMAL(20, 2)",
    Kind.DEGREES: "DECIMAL(9, 6)",
    Kind.NUMBER: "DOUBLE",
    Kind.COUNT: "BIGINT",
    Kind.INSTANT: "TIMESTAMPTZ",
    Kind.DAY: "DATE",
    Kind.FLAG: "BOOLEAN",
}
GUARDED = (Kind.TEXT, Kind.ID)
LONGEST_LINE = 64 * 1024 * 1024
"""Bytes: DuckDB's own limit of 2 MB is less than the raw words of some pages."""


def write_parquet(source: Path, target: Path, fields: Sequence[Field], profile: Profile) -> None:
    """Write the rows of a CSV file of a snapshot as Parquet, in the same order.

    Raises:
        CannotWriteSnapshot: DuckDB does not take a value; its words are given.
    """
    import duckdb

    columns = ", ".join(f"'{field.name}': 'VARCHAR'" for field in fields)
    chosen = ", ".join(_expression(field, profile) for field in fields)
    reading = (
        f"read_csv({_quoted(source)}, auto_detect=false, header=true, delim=',', quote='\"', escape='\"', "
        f"nullstr='', strict_mode=true, parallel=false, max_line_size={LONGEST_LINE}, "
        f"buffer_size={2 * LONGEST_LINE}, columns={{{columns}}})"
    )
    with duckdb.connect(config={"threads": 1, "preserve_insertion_order": True}) as database:
        database.execute("SET TimeZone = 'UTC'")
        try:
            database.execute(_copy(f"FROM {reading} SELECT {chosen}", target))
        except duckdb.Error as error:
            raise CannotWriteSnapshot(
                f"{source.name} cannot be written as Parquet: {str(error).splitlines()[0]}"
            ) from None


def _copy(query: str, target: Path) -> str:
    return f"COPY ({query}) TO {_quoted(target)} (FORMAT parquet, CODEC zstd)"


def _expression(field: Field, profile: Profile) -> str:
    if profile is Profile.EXCEL and field.kind in GUARDED:
        return f"regexp_replace(\"{field.name}\", '^''', '') AS \"{field.name}\""
    kind = TYPES.get(field.kind)
    return f'"{field.name}"' if kind is None else f'CAST("{field.name}" AS {kind}) AS "{field.name}"'


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
