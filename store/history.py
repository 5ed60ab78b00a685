"""Reading histories back, and the slow road of writing: folding them again after a late page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from store.bulk import insert_rows, update_rows
from store.fold import Generation, Look, fold, own_words
from store.ids import reserve_ids
from store.link_gone import leave_behind
from store.link_news import note_touched
from store.looks import unpack
from store.rollup_news import note_news
from store.rows import (
    LISTING,
    LISTING_COLUMNS,
    LISTING_STATE,
    LISTING_UPDATES,
    OBSERVATION,
    OBSERVATION_COLUMNS,
    PAGE,
    SAID,
    listing_row,
    observation_rows,
    update_row,
)
from store.statement import FIELDS, Statement
from store.terms import ListingNews

IDS_PER_QUERY = 5_000


def load_generations(connection: Connection, listing_ids: Sequence[int], reader: str) -> dict[int, Generation]:
    """The present state of listings, with the heads of their last reader and of ``reader``.

    Values are as the driver gives them (SQLite: text for times): they are only laid under newer words and
    written back.
    """
    found: dict[int, Generation] = {}
    columns = ", ".join(("listing.id", "first_seen_at", *LISTING_STATE, *(f"observation.{name}" for name in SAID)))
    sql = f"SELECT {columns} FROM listing JOIN observation ON observation.id = observation_id WHERE listing.id IN"
    for row in _driver_rows(connection, sql, listing_ids):
        listing_id, first_seen, last_seen, last_changed, last_reader, digest, observation_id, *said = row
        found[listing_id] = Generation(
            Statement._make((*said, None)),
            first_seen,
            last_seen,
            last_changed,
            last_reader,
            digest,
            observation_id,
            {last_reader: digest},
        )
    others = [listing_id for listing_id, current in found.items() if current.last_reader != reader]
    if others:
        sql = "SELECT listing_id, digest FROM observation WHERE reader = '{}' AND listing_id IN".format(
            reader.replace("'", "''")
        )
        for listing_id, digest in _driver_rows(connection, sql, others, " ORDER BY observed_at, digest"):
            found[listing_id].heads[reader] = digest
    return found


def _driver_rows(connection: Connection, sql: str, ids: Sequence[int], rest: str = "") -> Iterable[Sequence[Any]]:
    for start in range(0, len(ids), IDS_PER_QUERY):
        listed = ",".join(map(str, ids[start : start + IDS_PER_QUERY]))
        yield from connection.exec_driver_sql(f"{sql} ({listed}){rest}".replace("%", "%%"))


def refold(connection: Connection, source: str, late: Mapping[str, list[Look]]) -> None:
    """Fold the histories of the given ids again, with all looks that the pages of the database name."""
    groups = _load_groups(connection, source, list(late))
    words, readers = _load_words(connection, groups)
    for source_id, looks in late.items():
        for look in looks:
            words[groups[source_id][0][0], look.digest] = look.statement
            readers.add(look.reader)
    every = _load_looks(connection, readers, words)
    source_ids = list(late)
    for start in range(0, len(source_ids), IDS_PER_QUERY):
        folded = {each: fold(every[groups[each][0][0]]) for each in source_ids[start : start + IDS_PER_QUERY]}
        _replace(connection, source, groups, folded)


def _load_groups(connection: Connection, source: str, source_ids: list[str]) -> dict[str, list[tuple[int, int]]]:
    """For each id its generations in order, as (listing id, generation)."""
    groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for start in range(0, len(source_ids), IDS_PER_QUERY):
        query = (
            select(LISTING.c.source_id, LISTING.c.id, LISTING.c.generation)
            .where(LISTING.c.source == source, LISTING.c.source_id.in_(source_ids[start : start + IDS_PER_QUERY]))
            .order_by(LISTING.c.source_id, LISTING.c.generation)
        )
        for source_id, listing_id, generation in connection.execute(query):
            groups[source_id].append((listing_id, generation))
    return groups


def _load_words(
    connection: Connection, groups: Mapping[str, list[tuple[int, int]]]
) -> tuple[dict[tuple[int, int], Statement], set[str]]:
    """What each digest stands for, by first generation, and which readers have read these listings."""
    first_ids = {listing_id: listings[0][0] for listings in groups.values() for listing_id, _ in listings}
    words: dict[tuple[int, int], Statement] = {}
    readers: set[str] = set()
    columns = ", ".join(("listing_id", "reader", "digest", "stated", *FIELDS))
    for row in _driver_rows(connection, f"SELECT {columns} FROM observation WHERE listing_id IN", list(first_ids)):
        listing_id, reader, digest, stated, *state = row
        words[first_ids[listing_id], digest] = own_words(Statement._make(state), stated)
        readers.add(reader)
    return words, readers


def _load_looks(
    connection: Connection, readers: set[str], words: Mapping[tuple[int, int], Statement]
) -> dict[int, list[Look]]:
    """Every sighting of the listings that ``words`` knows, by first generation."""
    wanted = {first_id for first_id, _ in words}
    looks: dict[int, list[Look]] = defaultdict(list)
    query = select(PAGE.c.id, PAGE.c.observed_at, PAGE.c.body_sha256, PAGE.c.reader, PAGE.c.looks).where(
        PAGE.c.looks.is_not(None), PAGE.c.reader.in_(readers)
    )
    # An option of the query, not of the connection: that one would keep it, and delete through a cursor later.
    for page_id, observed_at, sha256, reader, packed in connection.execute(query.execution_options(yield_per=500)):
        ids, digests = unpack(packed)
        if wanted.isdisjoint(ids):
            continue
        for first_id, digest in zip(ids, digests, strict=True):
            if first_id in wanted:
                look = Look(observed_at, reader, digest, sha256, page_id, words[first_id, digest])
                looks[first_id].append(look)
    return looks


def _replace(
    connection: Connection,
    source: str,
    groups: Mapping[str, list[tuple[int, int]]],
    folded: Mapping[str, list[Generation]],
) -> None:
    """Write the folded generations over the stored ones; ids of listings stay.

    All ids together: on PostgreSQL each update makes a temporary table, and thousands of them in one
    transaction exhaust the server's locks.
    """
    stored = {source_id: [listing_id for listing_id, _ in groups[source_id]] for source_id in folded}
    missing = sum(max(0, len(after) - len(stored[source_id])) for source_id, after in folded.items())
    fresh = iter(reserve_ids(connection, LISTING, missing))
    rows = iter(
        reserve_ids(connection, OBSERVATION, sum(len(each.changes) for all_ in folded.values() for each in all_))
    )
    updates, inserts, observations = [], [], []
    for source_id, after in folded.items():
        ids = stored[source_id]
        for position, generation in enumerate(after):
            listing_id = ids[position] if position < len(ids) else next(fresh)
            changes = observation_rows(rows, listing_id, generation.changes)
            observations.extend(changes)
            state_id = changes[-1][0]
            if position < len(ids):
                updates.append((generation.first_seen_at, *update_row(listing_id, state_id, generation)))
            else:
                inserts.append(listing_row(listing_id, source, source_id, position + 1, state_id, generation))
    stale = [listing_id for ids in stored.values() for listing_id in ids]
    gone = [listing_id for source_id, ids in stored.items() for listing_id in ids[len(folded[source_id]) :]]
    connection.execute(OBSERVATION.delete().where(OBSERVATION.c.listing_id.in_(stale)))
    update_rows(connection, LISTING, "id", ("first_seen_at", *LISTING_UPDATES), updates)
    insert_rows(connection, LISTING, LISTING_COLUMNS, inserts)
    insert_rows(connection, OBSERVATION, OBSERVATION_COLUMNS, observations)
    folded_ids = [row[-1] for row in updates] + [row[0] for row in inserts]
    note_touched(connection, folded_ids)
    note_news(connection, ListingNews.CHANGED, folded_ids * 2)  # twice: more than one thing may have changed
    note_news(connection, ListingNews.GONE, gone)
    if gone:
        leave_behind(connection, gone)
        connection.execute(LISTING.delete().where(LISTING.c.id.in_(gone)))
