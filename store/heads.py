"""The latest look at each listing, in memory: what did not change is told from what did without asking the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from store.bulk import as_instant, driver_query
from store.rows import title_digest
from store.statement import Statement
from store.told import Told, Unread

IDS_PER_QUERY = 5_000

HEADS_KEPT = 150_000
"""Heads held in memory for each source (about 40 MB); a larger source is asked for page by page."""


@dataclass(slots=True)
class Head:
    """The latest look at the latest generation of one id. Changed in place: most looks only move ``last_seen_at``."""

    listing_id: int
    first_id: int  # of generation 1; what ``page.looks`` holds
    generation: int
    reader: str
    digest: int
    last_seen_at: datetime
    known: int  # bits of the fields that its state knows
    title_digest: int  # of its state's title

    def says_the_same(self, reader: str, words: Statement | Unread) -> bool:
        """Whether these are the words of the latest look, so that nothing needs to be read."""
        return type(words) is Unread and words.digest == self.digest and reader == self.reader

    def is_told_whole(self, reader: str, told: Told, stated: int) -> bool:
        """Whether the new words leave nothing of the state as it was, so that the state needs not be read.

        The same title is the same thing (``store.identity``); what two readers say by turns is no change.
        """
        return (
            reader == self.reader
            and self.known & ~stated == 0
            and (told.statement.title is None or title_digest(told.statement.title) == self.title_digest)
        )


def load_heads(connection: Connection, source: str, source_ids: list[str] | None) -> dict[str, Head]:
    """Heads of the given ids, or of up to ``HEADS_KEPT`` + 1 of them where none are given."""
    columns = "source_id, id, generation, last_reader, last_digest, last_seen_at, known, title_digest"
    sql = f"SELECT {columns} FROM listing WHERE source = ?"
    order = " ORDER BY source_id, generation"
    heads: dict[str, Head] = {}
    if source_ids is None:
        _add_heads(heads, driver_query(connection, f"{sql}{order} LIMIT {HEADS_KEPT + 1}", (source,)))
        return heads
    for start in range(0, len(source_ids), IDS_PER_QUERY):
        asked = source_ids[start : start + IDS_PER_QUERY]
        holes = ", ".join("?" * len(asked))
        _add_heads(heads, driver_query(connection, f"{sql} AND source_id IN ({holes}){order}", (source, *asked)))
    return heads


def _add_heads(heads: dict[str, Head], rows: Iterable[Sequence[Any]]) -> None:
    for source_id, listing_id, generation, reader, digest, seen_at, known, title in rows:
        first = heads[source_id].first_id if generation > 1 else listing_id
        heads[source_id] = Head(listing_id, first, generation, reader, digest, as_instant(seen_at), known, title)
