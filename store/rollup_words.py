"""What of a listing's state figures depend on beside its price, as the database itself tells it.

The words of its groups are one text, and so is its story if it is linked. Of the looks that change a listing half
change nothing that is counted (one more applicant, another picture): comparing tells. All texts are the same on SQLite
and PostgreSQL.
"""

from collections.abc import Sequence
from typing import NamedTuple

from store.statement import FIELDS

BETWEEN = "\x1f"
BETWEEN_GROUPS = "\x1e"
NOTHING = ""
"""In place of what is not told, and of an empty word, which tells as little."""

PROVINCE = 2
"""So much of the code of a region names the province (GB/T 2260: ``34``) or the country (ISO 3166-2: ``BR``)."""

CHAINED = ("case_number", "previous_source_id", "round_number")
ASKING, STARTING, EXACT = (1 << FIELDS.index(name) for name in ("asking_price", "starting_price", "is_price_exact"))


class State(NamedTuple):
    """What is to be counted of a listing. Times are text like ``2026-03-01 02:00:00.000000`` in UTC.

    ``is_found``: the state is what the first look said. ``story``: of a linked listing all that its place in its chain
    depends on. ``words``: see ``GroupWords``.
    """

    listing_id: int
    property_id: int | None
    last_seen_at: str
    status: str | None
    is_found: int
    first_seen_at: str
    starts_at: str | None
    ends_at: str | None
    ended_on: str | None
    published_at: str | None
    story: str | None
    words: str


class GroupWords(NamedTuple):
    """The parts of the text. With its month they tell of which groups a listing is; many have them alike.

    ``kinds`` and ``place`` are themselves of parts. The seller may stand with other blanks than on its page.
    """

    kinds: str
    seller_name: str
    place: str


class KindWords(NamedTuple):
    """The parts of ``GroupWords.kinds``, of which there are few combinations."""

    source: str
    property_kind: str
    seller_kind: str
    currency: str
    province: str


class PlaceWords(NamedTuple):
    """The parts of ``GroupWords.place``; a city may hold whatever a page says."""

    region_code: str
    round_kind: str
    city: str


LAST_OF_GROUPS = len(GroupWords._fields) - 1
LAST_OF_PLACE = len(PlaceWords._fields) - 1


def read_groups(text: str) -> list[str]:
    """The parts of a text in the order of ``GroupWords``; a plain list, for it is read of every listing."""
    return text.split(BETWEEN_GROUPS, LAST_OF_GROUPS)


def read_kinds(text: str) -> KindWords:
    """The parts of ``GroupWords.kinds``."""
    return KindWords._make(text.split(BETWEEN))


def read_place(text: str) -> PlaceWords:
    """The parts of ``GroupWords.place``."""
    return PlaceWords._make(text.split(BETWEEN, LAST_OF_PLACE))


def state_sql(dialect: str) -> str:
    """The columns of ``State`` over ``listing``, its state ``observation`` and its ``home`` (``auction_round``)."""
    told = [
        "observation.status",
        _flag("observation.observed_at <= listing.first_seen_at", dialect),
        _instant("listing.first_seen_at", dialect),
        *(_instant(f"observation.{name}", dialect) for name in ("starts_at", "ends_at")),
        _day("observation.ended_on", dialect),
        _instant("observation.published_at", dialect),
    ]
    story = _joined([[*told, *(f"observation.{name}" for name in CHAINED)]], dialect)
    home = f"CASE WHEN home.property_id IS NOT NULL THEN {story} END"
    ids = ["listing.id", "home.property_id", _instant("listing.last_seen_at", dialect)]
    return ", ".join([*ids, *told, home, groups_sql(dialect)])


def groups_sql(dialect: str) -> str:
    """The text of groups as an expression over ``listing`` and its state ``observation``."""
    kinds = ["listing.source", *(f"observation.{name}" for name in ("property_kind", "seller_kind", "currency"))]
    kinds.append(f"substr(observation.region_code, 1, {PROVINCE})")
    mark = f"{'chr' if dialect == 'postgresql' else 'char'}({ord(BETWEEN_GROUPS)})"
    seller = [f"replace(observation.seller_name, {mark}, ' ')"]
    place = [f"observation.{name}" for name in ("region_code", "round_kind", "city")]
    return _joined([kinds, seller, place], dialect)


def is_stated_sql() -> str:
    """Whether a look itself said the asking price or, where none is known, the starting price."""
    return (
        f"(observation.asking_price IS NOT NULL AND (observation.stated & {ASKING}) <> 0) OR "
        f"(observation.asking_price IS NULL AND (observation.stated & {STARTING}) <> 0)"
    )


def is_exact_sql() -> str:
    """Whether a look did not call its price cut off."""
    return f"(observation.stated & {EXACT}) = 0 OR observation.is_price_exact IS NOT FALSE"


def _joined(groups: Sequence[Sequence[str]], dialect: str) -> str:
    """Texts with a character between them and another between groups of them.

    On SQLite at once: joined one by one they cost twice as much (3.40).
    """
    if dialect == "postgresql":
        between = f", chr({ord(BETWEEN_GROUPS)}), "
        return f"concat({between.join(f', chr({ord(BETWEEN)}), '.join(group) for group in groups)})"
    form = BETWEEN_GROUPS.join(BETWEEN.join(["%s"] * len(group)) for group in groups)
    return f"printf('{form}', {', '.join(part for group in groups for part in group)})"


def _instant(column: str, dialect: str) -> str:
    if dialect == "postgresql":
        return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    return column


def _day(column: str, dialect: str) -> str:
    return f"to_char({column}, 'YYYY-MM-DD')" if dialect == "postgresql" else column


def _flag(condition: str, dialect: str) -> str:
    return f"CAST({condition} AS INTEGER)" if dialect == "postgresql" else f"({condition})"
