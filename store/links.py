"""Reading and writing what tracking derives. Nothing here commits; the caller owns the transaction."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, and_, delete, func, literal_column, or_, select, update

from store.bulk import delete_rows, driver_query, insert_rows
from store.link_models import LinkTraits
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
HOME, POSITION = ROUND_COLUMNS.index("property_id"), ROUND_COLUMNS.index("position")
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


def touched_listings(connection: Connection) -> set[int]:
    """Listings that were not linked yet, or have another state than the one that was linked."""
    rounds = AUCTION_ROUND.c
    query = (
        select(LISTING.c.id)
        .outerjoin(AUCTION_ROUND, rounds.listing_id == LISTING.c.id)
        .where(or_(rounds.listing_id.is_(None), rounds.observation_id != LISTING.c.observation_id))
    )
    return set(connection.execute(query).scalars())


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

    @property
    def is_current(self) -> bool:
        """Whether nobody asked to link it again."""
        return self.observation_id != NOT_LINKED


def linked_states(connection: Connection, listing_ids: Collection[int]) -> dict[int, LinkedState]:
    """What listings were linked by; those that were not are left out."""
    found: dict[int, LinkedState] = {}
    columns = ("listing_id", *LinkedState._fields)
    for row in _rows_of(connection, AUCTION_ROUND, columns, "listing_id", listing_ids):
        found[row[0]] = LinkedState._make(row[1:])
    return found


def rounds_of_homes(connection: Connection, property_ids: Collection[int]) -> list[tuple[Any, ...]]:
    """The rows of ``auction_round`` of these homes, home by home and in the order of the chain."""
    rows = _rows_of(connection, AUCTION_ROUND, ROUND_COLUMNS, "property_id", property_ids)
    found = [tuple(row) for row in rows]
    found.sort(key=lambda row: (row[HOME], row[POSITION]))
    return found


def listing_count(connection: Connection) -> int:
    """How many listings there are."""
    return connection.execute(select(func.count()).select_from(LISTING)).scalar_one()


def listings_with_keys(connection: Connection, keys: Collection[int]) -> set[int]:
    """The listings that share any of the keys."""
    return {row[0] for row in _rows_of(connection, LINK_KEY, ("listing_id",), "key", keys)}


def place_rows(connection: Connection, places: Collection[int]) -> Iterator[tuple[Any, ...]]:
    """What listings tell of these places, in the order of ``PLACE_COLUMNS``."""
    return _rows_of(connection, LINK_PLACE, PLACE_COLUMNS, "place", places)


def _rows_of(
    connection: Connection, table: Table, columns: Sequence[str], key: str, values: Collection[int]
) -> Iterator[tuple[Any, ...]]:
    """Rows as the driver gives them: a crawl asks for a hundred thousand."""
    for part in batches(values):
        holes = ", ".join("?" * len(part))
        sql = f"SELECT {', '.join(columns)} FROM {table.name} WHERE {key} IN ({holes})"  # noqa: S608  # our own names
        yield from driver_query(connection, sql, part)


def persons_decisions(connection: Connection) -> list[StoredDecision]:
    """What persons decided, as it stands, in the order in which they did."""
    column = LINK_DECISION.c
    query = (
        _standing()
        .where(column.author != literal_column(f"'{LINKER}'"), column.judgement != Judgement.UNSURE)
        .order_by(column.decided_at, column.id)
    )
    return [StoredDecision._make(row) for row in connection.execute(query)]


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


def forget_links(connection: Connection) -> None:
    """Take away all that is derived; decisions stay."""
    for table in (AUCTION_ROUND, LINK_KEY, LINK_PLACE, LINK_TRAITS, PROPERTY):
        connection.execute(delete(table))
    note_news(connection, ListingNews.EVERYTHING)


def forget_homes(connection: Connection, listing_ids: Collection[int]) -> None:
    """Take away the homes of some listings and their places in the chains."""
    for ids in batches(listing_ids):
        connection.execute(delete(AUCTION_ROUND).where(AUCTION_ROUND.c.listing_id.in_(ids)))
        connection.execute(delete(PROPERTY).where(PROPERTY.c.id.in_(ids)))
    note_news(connection, ListingNews.LINKED, listing_ids)


def forget_keys(connection: Connection, keys: Sequence[tuple[int, int]], places: Sequence[tuple[int, int]]) -> None:
    """Take away what listings can be found by: rows of key and listing, and of place and listing."""
    delete_rows(connection, LINK_KEY, ("key", "listing_id"), keys)
    delete_rows(connection, LINK_PLACE, ("place", "listing_id"), places)


def add_homes(connection: Connection, properties: Sequence[tuple[Any, ...]], rounds: Sequence[tuple[Any, ...]]) -> None:
    """Write rows in the order of ``PROPERTY_COLUMNS`` and ``ROUND_COLUMNS``."""
    insert_rows(connection, PROPERTY, PROPERTY_COLUMNS, properties)
    add_rounds(connection, rounds)


def forget_rounds(connection: Connection, listing_ids: Collection[int]) -> None:
    """Take away the places of some listings in their chains."""
    for ids in batches(listing_ids):
        connection.execute(delete(AUCTION_ROUND).where(AUCTION_ROUND.c.listing_id.in_(ids)))
    note_news(connection, ListingNews.LINKED, listing_ids)


def add_rounds(connection: Connection, rounds: Sequence[tuple[Any, ...]]) -> None:
    """Write rows in the order of ``ROUND_COLUMNS``."""
    insert_rows(connection, AUCTION_ROUND, ROUND_COLUMNS, rounds)
    note_news(connection, ListingNews.LINKED, [row[0] for row in rounds])


def replace_homes(connection: Connection, properties: Sequence[tuple[Any, ...]]) -> None:
    """Write rows in the order of ``PROPERTY_COLUMNS`` in place of those of the same ids."""
    for ids in batches([row[0] for row in properties]):
        connection.execute(delete(PROPERTY).where(PROPERTY.c.id.in_(ids)))
    insert_rows(connection, PROPERTY, PROPERTY_COLUMNS, properties)


def told_traits(connection: Connection, listing_ids: Collection[int], version: int) -> Iterator[tuple[int, str]]:
    """What listings were compared by, as a linker of this version wrote it."""
    columns = ("listing_id", "told", "linker_version")
    for listing_id, told, told_by in _rows_of(connection, LINK_TRAITS, columns, "listing_id", listing_ids):
        if told_by == version:
            yield listing_id, told


def replace_traits(connection: Connection, rows: Sequence[tuple[int, int, str]]) -> None:
    """Write rows of listing id, linker version and traits in place of those of the same listings."""
    delete_rows(connection, LINK_TRAITS, ("listing_id",), [row[:1] for row in rows])
    insert_rows(connection, LINK_TRAITS, ("listing_id", "linker_version", "told"), rows)


def add_keys(connection: Connection, keys: Sequence[tuple[int, int]], places: Sequence[tuple[Any, ...]]) -> None:
    """Write rows of key and listing id, and what is told of places in the order of ``PLACE_COLUMNS``."""
    insert_rows(connection, LINK_KEY, ("key", "listing_id"), keys)
    insert_rows(connection, LINK_PLACE, PLACE_COLUMNS, places)


def batches(values: Collection[int]) -> Iterator[list[int]]:
    """Sorted, a few thousand at a time."""
    ordered = sorted(values)
    for start in range(0, len(ordered), IDS_PER_QUERY):
        yield ordered[start : start + IDS_PER_QUERY]
