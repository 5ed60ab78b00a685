"""The words of a listing's state that figures depend on beside its price, as one text that the database itself makes.

Of the looks that change a listing half change nothing that is counted (one more applicant, another picture): one
comparison of texts tells. The text is the same on SQLite and PostgreSQL.
"""

from typing import NamedTuple

from store.statement import FIELDS

BETWEEN = "\x1f"
NOTHING = ""
"""In place of what is not told, and of an empty word, which tells as little."""

CHAINED = ("case_number", "previous_source_id", "round_number")
ASKING, STARTING, EXACT = (1 << FIELDS.index(name) for name in ("asking_price", "starting_price", "is_price_exact"))


class Words(NamedTuple):
    """The parts of the text; ``NOTHING`` where not told. Times are ``2026-03-01 02:00:00.000000`` in UTC.

    ``is_found``: the state is what the first look said, 1 or 0. ``chain``: what else the place of a linked listing in
    its chain depends on. ``group``: see ``GroupWords``.
    """

    first_seen_at: str
    status: str
    is_found: str
    chain: str
    starts_at: str
    ends_at: str
    ended_on: str
    published_at: str
    group: str


class GroupWords(NamedTuple):
    """The last part of the text, itself of parts: with the month they tell of which groups a listing is.

    Many listings have them alike. The seller may stand with other blanks than on its page.
    """

    source: str
    property_kind: str
    round_kind: str
    seller_kind: str
    currency: str
    region_code: str
    seller_name: str
    city: str


LAST = len(Words._fields) - 1
LAST_OF_GROUP = len(GroupWords._fields) - 1


def read_words(text: str) -> Words:
    """The parts of a text."""
    return Words._make(text.split(BETWEEN, LAST))


def read_group_words(text: str) -> GroupWords:
    """The parts of ``Words.group``; a city may hold whatever a page says."""
    return GroupWords._make(text.split(BETWEEN, LAST_OF_GROUP))


def words_sql(dialect: str) -> str:
    """The text as an expression over ``listing``, its state ``observation`` and its ``home`` (``auction_round``)."""
    chain = _joined([f"observation.{name}" for name in CHAINED], "\x1e", dialect)
    parts = [
        _instant("listing.first_seen_at", dialect),
        "observation.status",
        _flag("observation.observed_at <= listing.first_seen_at", dialect),
        f"CASE WHEN home.property_id IS NOT NULL THEN {_without_between(chain, dialect)} END",
        *(_instant(f"observation.{name}", dialect) for name in ("starts_at", "ends_at")),
        _day("observation.ended_on", dialect),
        _instant("observation.published_at", dialect),
        "listing.source",
        *(f"observation.{name}" for name in ("property_kind", "round_kind", "seller_kind", "currency", "region_code")),
        _without_between("observation.seller_name", dialect),
        "observation.city",
    ]
    return _joined(parts, BETWEEN, dialect)


def is_stated_sql() -> str:
    """Whether a look itself said the asking price or, where none is known, the starting price."""
    return (
        f"(observation.asking_price IS NOT NULL AND (observation.stated & {ASKING}) <> 0) OR "
        f"(observation.asking_price IS NULL AND (observation.stated & {STARTING}) <> 0)"
    )


def is_exact_sql() -> str:
    """Whether a look did not call its price cut off."""
    return f"(observation.stated & {EXACT}) = 0 OR observation.is_price_exact IS NOT FALSE"


def _joined(parts: list[str], between: str, dialect: str) -> str:
    """Texts with a character between them. On SQLite at once: joined one by one they cost twice as much (3.40)."""
    if dialect == "postgresql":
        return f"concat({f', chr({ord(between)}), '.join(parts)})"
    return f"printf({_literal(between.join(['%s'] * len(parts)))}, {', '.join(parts)})"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _without_between(text: str, dialect: str) -> str:
    return f"replace({text}, {'chr' if dialect == 'postgresql' else 'char'}({ord(BETWEEN)}), ' ')"


def _instant(column: str, dialect: str) -> str:
    if dialect == "postgresql":
        return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    return column


def _day(column: str, dialect: str) -> str:
    return f"to_char({column}, 'YYYY-MM-DD')" if dialect == "postgresql" else column


def _flag(condition: str, dialect: str) -> str:
    return f"CAST({condition} AS INTEGER)" if dialect == "postgresql" else f"({condition})"
