"""Reading and writing what tracking derives. Nothing here commits; the caller owns the transaction."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, and_, delete, func, literal_column, select, update

from store.bulk import delete_rows, driver_query, insert_rows, update_rows
from store.link_models import LinkTraits
from store.link_news import note_touched, read_link_news
from store.rollup_news import note_news
from store.rows import AUCTION_ROUND, LINK_DECISION, LINK_KEY, LINK_PLACE, LISTING, PROPERTY
from store.terms import Judgement, ListingNews

LINK_TRAITS: Table = LinkTraits.__table__  # type: ignore[assignment]
LINKER = "linker"
"""The author of decisions that no person made."""

NOT_LINKED = -1
"""In place of the observation of which a listing was linked: it is to be linked again."""

IDS_PER_QUERY = 5_000
PROPERTY_COLUMNS = tuple(column.name for column in PROPERTY.columns)
ROUND_COLUMNS = tuple(column.name for column in AUCTION_ROUND.columns)
PLACE_COLUMNS = tuple(column.name for column in LINK_PLACE.columns)
DECISION_COLUMNS = tuple(column.name for column in LINK_DECISION.columns if column.name != "id")


class StoredDecision(NamedTuple):
    """One row of ``link_decision`` that stands."""

    id: int
    one_id: int
    other_id: int
    judgement: Judgement
    score: int | None
    reasons: str
    author: str
    linker_version: int | None
    decided_at: datetime


def touched_listings(connection: Connection) -> dict[int, int]:
    """Listings that were not linked yet, or have another state than the one that was linked; the state of each."""
    return touched_among(connection, read_link_news(connection).listing_ids)


def touched_among(connection: Connection, listing_ids: Collection[int] | None) -> dict[int, int]:
    """The same of these listings, of all where ``None``."""
    if listing_ids is None:
        return dict(driver_query(connection, TOUCHED, ()))
    found: dict[int, int] = {}
    for part in batches(listing_ids):
        holes = ", ".join("?" * len(part))
        found.update(driver_query(connection, f"{TOUCHED} AND listing.id IN ({holes})", part))
    return found


TOUCHED = (
    "SELECT listing.id, listing.observation_id FROM listing"
    " LEFT JOIN auction_round AS linked ON linked.listing_id = listing.id"
    " WHERE (linked.listing_id IS NULL OR linked.observation_id <> listing.observation_id)"
)


def observation_ids(connection: Connection, listing_ids: Collection[int]) -> dict[int, int]:
    """The observation that is the state of each listing."""
    found: dict[int, int] = {}
    for ids in batches(listing_ids):
        rows = connection.execute(select(LISTING.c.id, LISTING.c.observation_id).where(LISTING.c.id.in_(ids)))
        found.update((row[0], row[1]) for row in rows)
    return found


class LinkedState(NamedTuple):
    """What a listing was linked by."""

    property_id: int
    observation_id: int
    keys: bytes
    traits_digest: int


def linked_states(connection: Connection, listing_ids: Collection[int]) -> dict[int, LinkedState]:
    """What listings were linked by; those that were not are left out."""
    found: dict[int, LinkedState] = {}
    columns = ("listing_id", *LinkedState._fields)
    for row in _rows_of(connection, AUCTION_ROUND, columns, "listing_id", listing_ids):
        found[row[0]] = LinkedState._make(row[1:])
    return found


class StoredRound(NamedTuple):
    """A row of ``auction_round`` as the driver gives it, its columns in the order of ``ROUND_COLUMNS``."""

    listing_id: int
    property_id: int
    observation_id: int
    position: int
    procedure: int
    place: int
    link: str | None
    previous_listing_id: int | None
    gap_days: int | None
    contradiction: str | None
    keys: bytes
    traits_digest: int

    @property
    def is_current(self) -> bool:
        """Whether nobody asked to link it again."""
        return self.observation_id != NOT_LINKED

    @property
    def in_chain(self) -> tuple[Any, ...]:
        """The columns of ``CHAIN``."""
        return tuple.__getitem__(self, CHAIN)


def stored_rounds(connection: Connection, listing_ids: Collection[int]) -> Iterator[StoredRound]:
    """What is stored of these listings; those that were not linked are left out."""
    return map(StoredRound._make, _rows_of(connection, AUCTION_ROUND, ROUND_COLUMNS, "listing_id", listing_ids))


def rounds_of_homes(connection: Connection, property_ids: Collection[int]) -> Iterator[StoredRound]:
    """What is stored of the listings of these homes."""
    return map(StoredRound._make, _rows_of(connection, AUCTION_ROUND, ROUND_COLUMNS, "property_id", property_ids))


def members_of_homes(connection: Connection, property_ids: Collection[int]) -> Iterator[tuple[int, int]]:
    """Each of the homes beside each of its listings."""
    return _rows_of(connection, AUCTION_ROUND, ("property_id", "listing_id"), "property_id", property_ids)


def homes_by_name(
    connection: Connection, names: Collection[tuple[str, str]]
) -> Iterator[tuple[str, str, int, int | None]]:
    """Of stored listings, by source and id there: both, the listing, and its home where it is linked.

    Of several generations the newest comes last.
    """
    ordered = sorted(names)
    for start in range(0, len(ordered), IDS_PER_QUERY):
        part = ordered[start : start + IDS_PER_QUERY]
        sql = (
            f"WITH wanted (source, source_id) AS (VALUES {', '.join(['(?, ?)'] * len(part))})"  # noqa: S608  # our own names
            " SELECT listing.source, listing.source_id, listing.id, linked.property_id FROM wanted"
            " JOIN listing ON listing.source = wanted.source AND listing.source_id = wanted.source_id"
            " LEFT JOIN auction_round AS linked ON linked.listing_id = listing.id ORDER BY listing.generation"
        )
        yield from driver_query(connection, sql, [value for each in part for value in each])


def homes_keys_and_traits(
    connection: Connection, listing_ids: Collection[int], version: int
) -> Iterator[tuple[int, int, bytes, bytes | None]]:
    """Of listings that are linked: id, home, keys and traits as they are stored; the last of this linker's version."""
    for part in batches(listing_ids):
        sql = f"{HOMES_KEYS_AND_TRAITS} WHERE linked.listing_id IN ({', '.join('?' * len(part))})"
        yield from driver_query(connection, sql, [version, *part])


HOMES_KEYS_AND_TRAITS = (
    "SELECT linked.listing_id, linked.property_id, linked.keys, kept.told FROM auction_round AS linked"
    " LEFT JOIN link_traits AS kept ON kept.listing_id = linked.listing_id AND kept.linker_version = ?"
)


def homes_of(connection: Connection, listing_ids: Collection[int]) -> set[int]:
    """The homes of these listings."""
    return {row[0] for row in _rows_of(connection, AUCTION_ROUND, ("property_id",), "listing_id", listing_ids)}


def listing_count(connection: Connection) -> int:
    """How many listings there are."""
    return connection.execute(select(func.count()).select_from(LISTING)).scalar_one()


def listings_by_key(connection: Connection, keys: Collection[int]) -> Iterator[tuple[int, int, int]]:
    """Each of the keys beside each listing that has it, and where in its place that lies (``tracking.doors``)."""
    return _rows_of(connection, LINK_KEY, ("key", "listing_id", "door"), "key", keys)


def count_by_key(connection: Connection, keys: Collection[int]) -> Iterator[tuple[int, int]]:
    """Each of the keys beside the number of listings that have it."""
    return _rows_of(connection, LINK_KEY, ("key", "count(*)"), "key", keys, "GROUP BY key")


def listings_with_keys(connection: Connection, keys: Collection[int]) -> set[int]:
    """The listings that share any of the keys."""
    return {row[0] for row in _rows_of(connection, LINK_KEY, ("listing_id",), "key", keys)}


def place_rows(connection: Connection, places: Collection[int]) -> Iterator[tuple[Any, ...]]:
    """What listings tell of these places, in the order of ``PLACE_COLUMNS``."""
    return _rows_of(connection, LINK_PLACE, PLACE_COLUMNS, "place", places)


def other_names(connection: Connection, places: Collection[int]) -> Iterator[tuple[int, int]]:
    """The names of places, each beside another that a listing tells with it."""
    also = "AND other_place IS NOT NULL"
    return _rows_of(connection, LINK_PLACE, ("DISTINCT place", "other_place"), "place", places, also)


def place_names(connection: Connection, places: Collection[int]) -> Iterator[tuple[int, int | None]]:
    """The names of places that are told, each beside another of the same place, or beside nothing."""
    return _rows_of(connection, LINK_PLACE, ("DISTINCT place", "other_place"), "place", places)


def told_of_places(connection: Connection, told: Collection[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    """What listings tell of places, for pairs of place and listing, in the order of ``PLACE_COLUMNS``."""
    return _matching(connection, PLACE_COLUMNS, ("place", "listing_id"), told)


DOOR_COLUMNS = ("listing_id", "building", "unit", "floor", "room", "is_parking")


def doors_in_rooms(connection: Connection, rooms: Collection[tuple[int, str, str]]) -> Iterator[tuple[Any, ...]]:
    """The listings with a room, by place, building (``""``: not told) and room.

    Place, then ``DOOR_COLUMNS``.
    """
    return _matching(connection, ("place", *DOOR_COLUMNS), ("place", "building", "room"), rooms)


def doors_in_units(connection: Connection, buildings: Collection[tuple[int, str]]) -> Iterator[tuple[Any, ...]]:
    """Place, building, unit, floor and room, where unit and room are told, by place and building (``""``: not told)."""
    columns = ("place", "building", "unit", "floor", "room")
    also = " AND told.unit IS NOT NULL AND told.room IS NOT NULL"
    return _matching(connection, columns, ("place", "building"), buildings, also, is_distinct=True)


def told_in_buildings(connection: Connection, buildings: Collection[tuple[int, str]]) -> Iterator[tuple[Any, ...]]:
    """What listings tell of places, by place and building (``""``: not told), in the order of ``PLACE_COLUMNS``."""
    return _matching(connection, PLACE_COLUMNS, ("place", "building"), buildings)


def _matching(
    connection: Connection,
    columns: Sequence[str],
    matched: Sequence[str],
    values: Collection[Any],
    also: str = "",
    *,
    is_distinct: bool = False,
) -> Iterator[tuple[Any, ...]]:
    """Rows of ``link_place`` with any of the tuples in some columns: the place first, then what lies in it."""
    names, hole = ", ".join(matched), f"({', '.join('?' * len(matched))})"
    told = ", ".join(f"told.{name}" for name in columns)
    own = [f"coalesce(told.{name}, '')" if name in MAY_BE_UNTOLD else f"told.{name}" for name in matched]
    where = " AND ".join(f"{ours} = wanted.{name}" for ours, name in zip(own, matched, strict=True))
    what = f"DISTINCT {told}" if is_distinct else told
    ordered = sorted(values)
    for start in range(0, len(ordered), IDS_PER_QUERY):
        part = ordered[start : start + IDS_PER_QUERY]
        sql = (
            f"WITH wanted ({names}) AS (VALUES {', '.join([hole] * len(part))})"  # noqa: S608  # our own names
            f" SELECT {what} FROM wanted CROSS JOIN link_place AS told WHERE {where}{also}"
        )
        yield from driver_query(connection, sql, [value for each in part for value in each])


MAY_BE_UNTOLD = {"building", "room"}


def _rows_of(
    connection: Connection, table: Table, columns: Sequence[str], key: str, values: Collection[int], also: str = ""
) -> Iterator[tuple[Any, ...]]:
    """Rows as the driver gives them: a crawl asks for a hundred thousand."""
    return chain.from_iterable(_rows_of_some(connection, table, columns, key, part, also) for part in batches(values))


def _rows_of_some(
    connection: Connection, table: Table, columns: Sequence[str], key: str, values: Sequence[int], also: str
) -> list[tuple[Any, ...]]:
    holes = ", ".join("?" * len(values))
    sql = f"SELECT {', '.join(columns)} FROM {table.name} WHERE {key} IN ({holes}) {also}"  # noqa: S608  # our own names
    return driver_query(connection, sql, values)


def is_linked_by_others(connection: Connection, version: int) -> bool:
    """Whether any home was linked by another version of the linker."""
    sql = "SELECT EXISTS (SELECT 1 FROM property WHERE linker_version < ? OR linker_version > ?)"  # by its index
    return bool(driver_query(connection, sql, (version, version))[0][0])


def persons_decisions(connection: Connection) -> list[StoredDecision]:
    """What persons decided, as it stands, in the order in which they did."""
    column = LINK_DECISION.c
    query = (
        _standing()
        .where(column.author != literal_column(f"'{LINKER}'"), column.judgement != Judgement.UNSURE)
        .order_by(column.decided_at, column.id)
    )
    return [StoredDecision._make(row) for row in connection.execute(query)]


def standing_doubts(connection: Connection, listing_ids: Collection[int]) -> Iterator[tuple[int, int]]:
    """Pairs of which the linker was unsure, as it stands, where either is one of these."""
    for column in ("one_id", "other_id"):
        for part in batches(listing_ids):
            holes = ", ".join("?" * len(part))
            sql = (
                f"SELECT one_id, other_id FROM link_decision WHERE {column} IN ({holes})"  # noqa: S608  # our own names
                f" AND judgement = '{Judgement.UNSURE}' AND author = '{LINKER}' AND superseded_at IS NULL"
            )
            yield from driver_query(connection, sql, part)


class StandingDecision(NamedTuple):
    """What the linker decided of a pair, as far as it is compared with what it decides now."""

    id: int
    one_id: int
    other_id: int
    judgement: Judgement
    score: int | None
    reasons: str
    linker_version: int | None


def linkers_decisions(connection: Connection, one_ids: Collection[int]) -> Iterator[StandingDecision]:
    """What the linker decided, as it stands, where the lower id is one of these."""
    columns = ", ".join(StandingDecision._fields)
    for part in batches(one_ids):
        holes = ", ".join("?" * len(part))
        sql = (
            f"SELECT {columns} FROM link_decision WHERE one_id IN ({holes})"  # noqa: S608  # our own names
            f" AND author = '{LINKER}' AND superseded_at IS NULL"
        )
        for row in driver_query(connection, sql, part):
            yield StandingDecision._make((*row[:3], JUDGEMENTS[row[3]], *row[4:]))


JUDGEMENTS = {str(each): each for each in Judgement}


def _standing() -> Any:
    return select(*(LINK_DECISION.c[name] for name in StoredDecision._fields)).where(
        LINK_DECISION.c.superseded_at.is_(None)
    )


def add_decisions(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write decisions, in the order of ``DECISION_COLUMNS``."""
    insert_rows(connection, LINK_DECISION, DECISION_COLUMNS, rows)


def supersede(connection: Connection, decision_ids: Collection[int], at: datetime) -> None:
    """Note that decisions do not stand any more."""
    for ids in batches(decision_ids):
        connection.execute(update(LINK_DECISION).where(LINK_DECISION.c.id.in_(ids)).values(superseded_at=at))


def supersede_pair(connection: Connection, one_id: int, other_id: int, at: datetime) -> None:
    """Note that no decision of a person about the pair stands any more."""
    column = LINK_DECISION.c
    pair = and_(column.one_id == one_id, column.other_id == other_id, column.author != LINKER)
    connection.execute(update(LINK_DECISION).where(pair, column.superseded_at.is_(None)).values(superseded_at=at))


def unlink(connection: Connection, listing_ids: Collection[int]) -> None:
    """Let the next linking look at these listings again."""
    for ids in batches(listing_ids):
        query = update(AUCTION_ROUND).where(AUCTION_ROUND.c.listing_id.in_(ids))
        connection.execute(query.values(observation_id=NOT_LINKED))
    note_touched(connection, listing_ids)


def forget_links(connection: Connection) -> None:
    """Take away all that is derived; decisions stay."""
    note_touched(connection, None)
    for table in (AUCTION_ROUND, LINK_KEY, LINK_PLACE, LINK_TRAITS, PROPERTY):
        connection.execute(delete(table))
    note_news(connection, ListingNews.EVERYTHING)


def forget_keys(connection: Connection, keys: Sequence[tuple[int, int]], places: Sequence[tuple[int, int]]) -> None:
    """Take away what listings can be found by: rows of key and listing, and of place and listing."""
    delete_rows(connection, LINK_KEY, ("key", "listing_id"), keys)
    delete_rows(connection, LINK_PLACE, ("place", "listing_id"), places)


def put_rounds(
    connection: Connection,
    new: Sequence[tuple[Any, ...]] = (),
    moved: Sequence[tuple[Any, ...]] = (),
    chained: Sequence[tuple[Any, ...]] = (),
) -> None:
    """Write rows in the order of ``ROUND_COLUMNS``: new ones, and others in place of those of the same listings.

    ``chained``: of those that differ in their state and their place in the chain alone, the listing and the columns of
    ``CHAIN``. To leave the index of homes as it is takes half the time.
    """
    insert_rows(connection, AUCTION_ROUND, ROUND_COLUMNS, new)
    note_news(connection, ListingNews.LINKED, [row[0] for row in (*new, *moved, *chained)])
    first, *columns = ROUND_COLUMNS
    update_rows(connection, AUCTION_ROUND, first, columns, [(*row[1:], row[0]) for row in moved])
    update_rows(connection, AUCTION_ROUND, first, ROUND_COLUMNS[CHAIN], [(*row[1:], row[0]) for row in chained])


CHAIN = slice(ROUND_COLUMNS.index("observation_id"), ROUND_COLUMNS.index("keys"))
"""The state in which a listing was linked, and its place in the chain: all of ``tracking.rounds.Step`` but its id."""


def put_homes(connection: Connection, properties: Sequence[tuple[Any, ...]], stored: Collection[int]) -> None:
    """Write rows in the order of ``PROPERTY_COLUMNS``; ``stored``: ids of homes that they take the place of.

    These are of the same version of the linker, or all would be linked anew: its index is left as it is.
    """
    ids = {row[0] for row in properties}
    delete_rows(connection, PROPERTY, ("id",), [(each,) for each in sorted(set(stored) - ids)])
    insert_rows(connection, PROPERTY, PROPERTY_COLUMNS, [row for row in properties if row[0] not in stored])
    first, count, _, *parts = PROPERTY_COLUMNS
    other = [(row[1], *row[3:], row[0]) for row in properties if row[0] in stored]
    update_rows(connection, PROPERTY, first, (count, *parts), other)


def told_traits(connection: Connection, listing_ids: Collection[int], version: int) -> Iterator[tuple[int, bytes]]:
    """What listings were compared by, as a linker of this version wrote it."""
    also = f"AND linker_version = {version}"
    return _rows_of(connection, LINK_TRAITS, ("listing_id", "told"), "listing_id", listing_ids, also)


def replace_traits(connection: Connection, rows: Sequence[tuple[int, int, bytes]]) -> None:
    """Write rows of listing id, linker version and traits in place of those of the same listings."""
    delete_rows(connection, LINK_TRAITS, ("listing_id",), [row[:1] for row in rows])
    insert_rows(connection, LINK_TRAITS, ("listing_id", "linker_version", "told"), rows)


def add_keys(connection: Connection, keys: Sequence[tuple[int, int, int]], places: Sequence[tuple[Any, ...]]) -> None:
    """Write rows of key, listing id and door, and what is told of places in the order of ``PLACE_COLUMNS``."""
    insert_rows(connection, LINK_KEY, ("key", "listing_id", "door"), sorted(keys))
    insert_rows(connection, LINK_PLACE, PLACE_COLUMNS, sorted(places, key=itemgetter(0, 1)))


def batches(values: Collection[int]) -> Iterator[list[int]]:
    """Sorted, a few thousand at a time."""
    ordered = sorted(values)
    for start in range(0, len(ordered), IDS_PER_QUERY):
        yield ordered[start : start + IDS_PER_QUERY]
