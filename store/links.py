"""Reading and writing what tracking derives. Nothing here commits; the caller owns the transaction."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, update

from store.bulk import insert_rows
from store.rows import AUCTION_ROUND, LINK_DECISION, LINK_KEY, LISTING, PROPERTY
from store.terms import Judgement

LINKER = "linker"
"""The author of decisions that no person made."""

NOT_LINKED = -1
"""In place of the observation of which a listing was linked: it is to be linked again."""

IDS_PER_QUERY = 5_000
PROPERTY_COLUMNS = tuple(column.name for column in PROPERTY.columns)
ROUND_COLUMNS = tuple(column.name for column in AUCTION_ROUND.columns)
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


def linked_keys(connection: Connection, listing_ids: Collection[int]) -> dict[int, bytes]:
    """The keys under which listings were linked, packed."""
    found: dict[int, bytes] = {}
    rounds = AUCTION_ROUND.c
    for ids in batches(listing_ids):
        rows = connection.execute(select(rounds.listing_id, rounds["keys"]).where(rounds.listing_id.in_(ids)))
        found.update((row[0], row[1]) for row in rows)
    return found


def listings_with_keys(connection: Connection, keys: Collection[int]) -> set[int]:
    """The listings that share any of the keys."""
    found: set[int] = set()
    for part in batches(keys):
        found.update(connection.execute(select(LINK_KEY.c.listing_id).where(LINK_KEY.c.key.in_(part))).scalars())
    return found


def persons_decisions(connection: Connection) -> list[StoredDecision]:
    """What persons decided, as it stands, in the order in which they did."""
    column = LINK_DECISION.c
    query = (
        _standing()
        .where(column.author != LINKER, column.judgement != Judgement.UNSURE)
        .order_by(column.decided_at, column.id)
    )
    return [StoredDecision._make(row) for row in connection.execute(query)]


def linkers_decisions(connection: Connection, one_ids: Collection[int] | None = None) -> Iterator[StoredDecision]:
    """What the linker decided, as it stands: all, or where the lower id is one of these."""
    column = LINK_DECISION.c
    for ids in [None] if one_ids is None else batches(one_ids):
        query = _standing().where(column.author == LINKER)
        for row in connection.execute(query if ids is None else query.where(column.one_id.in_(ids))):
            yield StoredDecision._make(row)


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
    for table in (AUCTION_ROUND, LINK_KEY, PROPERTY):
        connection.execute(delete(table))


def forget_links_of(connection: Connection, listing_ids: Collection[int], keys: Iterable[tuple[int, int]]) -> None:
    """Take away what is derived of some listings; ``keys`` are their rows of ``link_key``."""
    for ids in batches(listing_ids):
        connection.execute(delete(AUCTION_ROUND).where(AUCTION_ROUND.c.listing_id.in_(ids)))
        connection.execute(delete(PROPERTY).where(PROPERTY.c.id.in_(ids)))
    wanted = LINK_KEY.delete().where(
        LINK_KEY.c.key == bindparam("key_"), LINK_KEY.c.listing_id == bindparam("listing_id_")
    )
    gone = [{"key_": key, "listing_id_": listing_id} for key, listing_id in keys]
    if gone:
        connection.execute(wanted, gone)


def add_links(
    connection: Connection,
    properties: Sequence[tuple[Any, ...]],
    rounds: Sequence[tuple[Any, ...]],
    keys: Sequence[tuple[int, int]],
) -> None:
    """Write rows in the order of ``PROPERTY_COLUMNS`` and ``ROUND_COLUMNS``, and of key and listing id."""
    insert_rows(connection, PROPERTY, PROPERTY_COLUMNS, properties)
    insert_rows(connection, AUCTION_ROUND, ROUND_COLUMNS, rounds)
    insert_rows(connection, LINK_KEY, ("key", "listing_id"), keys)


def batches(values: Collection[int]) -> Iterator[list[int]]:
    """Sorted, a few thousand at a time."""
    ordered = sorted(values)
    for start in range(0, len(ordered), IDS_PER_QUERY):
        yield ordered[start : start + IDS_PER_QUERY]
