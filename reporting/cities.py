"""Listings of a city in the database: names are compared as people write them, which no database does by itself."""

from collections.abc import Collection

from sqlalchemy import Column, ColumnElement, Connection, func, or_

from reporting.filters import fold_place

PLAIN = " -~\u4e00-\u9fff"
"""Printable ASCII and the unified ideographs: of these letters nothing but case and the 市 at the end is folded."""


def may_be_in(connection: Connection, column: Column[str], cities: Collection[str]) -> ColumnElement[bool]:
    """Holds for every name that ``fold_place`` folds to one of the cities', and for names that it must look at.

    So that a query brings the rows of a city instead of all: of a million, Python's share was a half of the time.
    """
    return or_(is_plainly_in(column, cities), _has_other_letters(connection, column))


def is_plainly_in(column: Column[str], cities: Collection[str]) -> ColumnElement[bool]:
    """Holds for names of one of the cities in letters that the database can fold, and for no name of another."""
    folded = set(map(fold_place, cities))
    bare = func.trim(column)
    has_case = any(name.upper() != name for name in folded)  # else a million names need no lowering
    return (func.lower(bare) if has_case else bare).in_(sorted(folded | {f"{name}市" for name in folded}))


def _has_other_letters(connection: Connection, column: Column[str]) -> ColumnElement[bool]:
    if connection.dialect.name == "postgresql":
        return column.regexp_match(f"[^{PLAIN}]")
    return column.op("GLOB", is_comparison=True)(f"*[^{PLAIN}]*")
