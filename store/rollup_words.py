"""The words of a listing's state that figures depend on, as one text that the database itself makes and compares.

Of the looks that change a listing half change nothing that is counted (one more applicant, another picture): the
comparison is left to the database, and such a listing is never read. The text is the same on SQLite and PostgreSQL.
"""

from typing import NamedTuple

from store.statement import FIELDS

BETWEEN = "\x1f"
NOTHING = "\x1e"
"""In place of what is not told."""

OFFERED = ("asking_price", "starting_price")
CHAINED = ("case_number", "previous_source_id", "round_number")


class Words(NamedTuple):
    """The parts of the text; ``NOTHING`` where not told. Times are ``2026-03-01 02:00:00.000000`` in UTC.

    ``is_stated``: the last look itself said the asking price or, where none is known, the starting price;
    ``is_exact``: that look did not call it cut. ``is_found``: the state is what the first look said. Flags are 1 or 0.
    ``chain``: what else the place of a linked listing in its chain depends on. The seller may stand with other blanks
    than on its page.
    """

    source: str
    first_seen_at: str
    status: str
    property_kind: str
    round_kind: str
    seller_kind: str
    currency: str
    region_code: str
    starts_at: str
    ends_at: str
    ended_on: str
    published_at: str
    is_found: str
    asking_price: str
    starting_price: str
    is_stated: str
    is_exact: str
    chain: str
    seller_name: str
    city: str


def read_words(text: str) -> Words:
    """The parts of a text; a city may hold whatever a page says."""
    return Words._make(text.split(BETWEEN, len(Words._fields) - 1))


def words_sql(dialect: str) -> str:
    """The text as an expression over ``listing``, its state ``observation`` and its ``home`` (``auction_round``)."""
    character = "chr" if dialect == "postgresql" else "char"
    nothing, between = f"{character}(30)", f"{character}(31)"
    asking, starting, exact = (1 << FIELDS.index(name) for name in ("asking_price", "starting_price", "is_price_exact"))
    states_asking = f"observation.asking_price IS NOT NULL AND (observation.stated & {asking}) <> 0"
    states_starting = f"observation.asking_price IS NULL AND (observation.stated & {starting}) <> 0"
    plain = ("status", "property_kind", "round_kind", "seller_kind", "currency", "region_code")
    parts = [
        "listing.source",
        _instant("listing.first_seen_at", dialect),
        *(f"coalesce(observation.{name}, {nothing})" for name in plain),
        *(f"coalesce({_instant(f'observation.{name}', dialect)}, {nothing})" for name in ("starts_at", "ends_at")),
        f"coalesce({_day('observation.ended_on', dialect)}, {nothing})",
        f"coalesce({_instant('observation.published_at', dialect)}, {nothing})",
        _flag("observation.observed_at <= listing.first_seen_at"),
        *(f"coalesce(CAST(observation.{name} AS TEXT), {nothing})" for name in OFFERED),
        _flag(f"({states_asking}) OR ({states_starting})"),
        _flag(f"(observation.stated & {exact}) = 0 OR observation.is_price_exact IS NOT FALSE"),
        f"CASE WHEN home.property_id IS NULL THEN '' ELSE {_chain(nothing, between)} END",
        f"coalesce(replace(observation.seller_name, {between}, ' '), {nothing})",
        f"coalesce(observation.city, {nothing})",
    ]
    return f" || {between} || ".join(parts)


def _chain(nothing: str, between: str) -> str:
    told = (f"coalesce(CAST(observation.{name} AS TEXT), {nothing})" for name in CHAINED)
    return f"replace({' || '.join(told)}, {between}, ' ')"


def _instant(column: str, dialect: str) -> str:
    if dialect == "postgresql":
        return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    return column


def _day(column: str, dialect: str) -> str:
    return f"to_char({column}, 'YYYY-MM-DD')" if dialect == "postgresql" else column


def _flag(condition: str) -> str:
    return f"CASE WHEN {condition} THEN '1' ELSE '0' END"
