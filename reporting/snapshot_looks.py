"""Every observation as one line of plain cells, made by the database itself and in whatever order it keeps them.

A snapshot writes millions of them, and nearly all its time went into making a Python value of each cell. So the
database joins the cells of a row (3 microseconds instead of 12 with SQLite 3.40, 2026-11), and only columns that any
listing knows are asked for. What separates the cells can stand in no text: the byte 0xFF is never part of UTF-8.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from reporting.snapshot import SAID_FIELDS, Edition, Field, Kind, Profile
from reporting.snapshot_privacy import WITHHELD_PLACES
from store.bulk import instant_text
from store.rows import LISTING, RAW_BIT
from store.statement import FIELDS
from store.terms import MINOR_DIGITS

SEPARATOR = b"\xff"
WHOLE = ", ".join(f"'{currency}'" for currency, digits in MINOR_DIGITS.items() if digits == 0)
FROM = "FROM observation AS o CROSS JOIN page AS p WHERE p.id = o.page_id"
"""Page by page, as they were written. ``CROSS`` keeps SQLite from beginning with the pages."""

ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
ESCAPES = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def look_lines(connection: Connection, before: datetime | None, edition: Edition) -> Iterator[tuple[int, bytes]]:
    """The id of a listing and one of its observations, for all of them, in no order.

    A line has the id again, then the cells of ``LOOK_FIELDS``, ``raw``, and the others of ``SAID_FIELDS``; the time is
    as SQLite holds it, which sorts by time, ``stated`` is a number, unknown is empty. Reader, digest and page, which
    need no quotes, are told apart by commas. Nothing is quoted but, where no cells are guarded, ``raw``: always, also
    where it need not be. What the edition withholds is empty, and where it rounds coordinates they are still millionths
    of a degree.
    """
    known = known_fields(connection)
    withheld = WITHHELD_PLACES["observation.csv"] if edition.is_coarse else frozenset()
    fields = (SAID_FIELDS[-1], *SAID_FIELDS[:-1])
    told = [field.name not in withheld and column_of(field) in known for field in fields]
    is_raw_quoted = edition.profile is Profile.RESEARCH
    if connection.dialect.name == "postgresql":
        cells = [_postgresql_cell(field, edition) for field in fields]
        if is_raw_quoted:
            cells[0] = f"""'"' || replace({cells[0]}, '"', '""') || '"'"""
        return _copied(connection, before, cells, told)
    return _printed(connection, before, [_sqlite_cell(field, edition) for field in fields], told, is_raw_quoted)


def known_fields(connection: Connection) -> set[str]:
    """The fields that the last state of any listing knows: no earlier state knows more, and ``raw`` is always told."""
    bits = RAW_BIT
    for known in connection.execute(select(LISTING.c.known).distinct()).scalars():
        bits |= known
    return {name for position, name in enumerate(FIELDS) if bits >> position & 1}


def column_of(field: Field) -> str:
    """The column of ``observation`` that a field is made of."""
    return field.name.removesuffix("_sqm") if field.kind is Kind.AREA else field.name


def _printed(
    connection: Connection, before: datetime | None, cells: list[str], told: list[bool], is_raw_quoted: bool
) -> Iterator[tuple[int, bytes]]:
    look = ["o.listing_id", "o.observed_at", "o.reader", "o.digest", "p.body_sha256", "o.stated"]
    said = [cell for cell, is_told in zip(cells, told, strict=True) if is_told]
    raw = b'"%w"' if is_raw_quoted else b"%s"
    holes = [b"%s", b"%s", b"%s,%s,%s", b"%s", raw if told[0] else b""]
    holes += [b"%s" if is_told else b"" for is_told in told[1:]]
    line = f"CAST(printf(CAST(? AS TEXT), {', '.join(look + said)}) AS BLOB)"
    values: tuple[object, ...] = (SEPARATOR.join(holes),)
    condition = ""
    if before is not None:
        condition, values = " AND o.observed_at < ?", (*values, instant_text(before))
    with closing(connection.exec_driver_sql(f"SELECT o.listing_id, {line} {FROM}{condition}", values)) as result:
        cursor: Any = result.cursor  # its rows are tuples already, and there are millions
        yield from cursor


def _sqlite_cell(field: Field, edition: Edition) -> str:
    column = f"o.{column_of(field)}"
    if field.kind in (Kind.MONEY, Kind.AREA):
        whole = f"WHEN o.currency IN ({WHOLE}) THEN {column} " if field.kind is Kind.MONEY else ""
        return (
            f"CASE WHEN {column} IS NULL THEN NULL {whole}"  # most cells end here
            f"WHEN {column} % 100 = 0 THEN ({column} / 100) || '.00' "
            f"WHEN {column} > 0 THEN ({column} / 100) || '.' || substr(100 + {column} % 100, 2) "
            f"ELSE '-' || (-{column} / 100) || '.' || substr(100 + -{column} % 100, 2) END"
        )
    if field.kind is Kind.INSTANT:
        return f"replace(replace({column}, '.000000', ''), ' ', 'T') || 'Z'"
    if field.kind is Kind.FLAG:
        return f"CASE {column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
    if field.kind is Kind.DEGREES and not edition.is_coarse:
        return f"CASE WHEN {column} IS NOT NULL THEN printf('%.6f', {column} / 1000000.0) END"
    return column


def _copied(
    connection: Connection, before: datetime | None, cells: list[str], told: list[bool]
) -> Iterator[tuple[int, bytes]]:
    at = "to_char(o.observed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    look = ["o.listing_id", at, "concat_ws(',', o.reader, o.digest, p.body_sha256)", "o.stated"]
    said = [cell if is_told else "NULL" for cell, is_told in zip(cells, told, strict=True)]
    condition = "" if before is None else f" AND o.observed_at < '{before.isoformat()}'"
    query = f"COPY (SELECT {', '.join(look + said)} {FROM}{condition}) TO STDOUT (NULL '')".replace("CROSS JOIN", ",")
    cursor = connection.connection.cursor()
    try:
        with cursor.copy(query) as copy:
            for line in _lines_of(copy):
                if b"\\" in line:
                    line = ESCAPED.sub(_unescaped, line.replace(b"\t", SEPARATOR))  # noqa: PLW2901
                else:
                    line = line.replace(b"\t", SEPARATOR)  # noqa: PLW2901
                yield int(line[: line.index(SEPARATOR)]), line
    finally:
        cursor.close()


def _lines_of(blocks: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """What COPY sends, line by line; within a text it escapes the end of a line."""
    rest = b""
    for block in blocks:
        *lines, rest = (rest + bytes(block)).split(b"\n")
        yield from lines


def _unescaped(found: re.Match[bytes]) -> bytes:
    return ESCAPES.get(found[1], found[1])


def _postgresql_cell(field: Field, edition: Edition) -> str:
    column = f"o.{column_of(field)}"
    if field.kind in (Kind.MONEY, Kind.AREA):
        decimal = f"ELSE CAST({column} / 100.0 AS numeric(20, 2))::text END"
        whole = (
            f"WHEN o.currency IN ({WHOLE}) THEN {column}::text " if field.kind is Kind.MONEY else "WHEN false THEN '' "
        )
        return f"CASE {whole}{decimal}"
    if field.kind is Kind.INSTANT:
        text = f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
        return f"replace({text}, '.000000', '') || 'Z'"
    if field.kind is Kind.FLAG:
        return f"CASE WHEN {column} THEN 'true' WHEN NOT {column} THEN 'false' END"
    if field.kind is Kind.DEGREES and not edition.is_coarse:
        return f"CAST({column} / 1000000.0 AS numeric(10, 6))::text"
    return column
