"""Recording pages again that are recorded already: after a parser was mended, or to prove that nothing is lost."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, exists, select, update

from store.bulk import insert_rows, update_rows
from store.heads import Head
from store.link_gone import leave_behind
from store.link_news import note_touched
from store.links import NOT_LINKED
from store.pages import PAGE_COLUMNS, count_write
from store.rollup_news import note_news
from store.rows import (
    AUCTION_ROUND,
    EXTRA_TABLES,
    LISTING,
    LISTING_COLUMNS,
    MARKET_PRICE,
    OBSERVATION,
    PAGE,
    QUARANTINED,
    SERIES_POINT,
)
from store.terms import ListingNews, PageOutcome
from store.write import ListingKey, Recorder


class StoredPage(NamedTuple):
    """A page of the database, as far as it does not depend on how it was read."""

    id: int
    crawl_run_id: int
    source: str
    reader: str
    url: str
    observed_at: datetime
    recorded_at: datetime
    body_sha256: str
    content_type: str
    http_status: int
    outcome: PageOutcome
    reason: str | None
    archive_file: str
    archive_offset: int


class RebuildingRecorder(Recorder):
    """Writes over what is there: pages and listings keep their ids, all else is made anew.

    Everything happens in the caller's one transaction: ``begin``, the pages in order of time, ``finish``.
    """

    def __init__(self) -> None:
        super().__init__()
        self._page_id = 0
        self._stale: set[str] = set()

    def begin(self, connection: Connection, sources: Sequence[str]) -> None:
        """Take away what was read from the pages of these sources."""
        pages = select(PAGE.c.id).where(PAGE.c.source.in_(sources))
        listings = select(OBSERVATION.c.listing_id).where(OBSERVATION.c.page_id.in_(pages))
        touched = select(LISTING.c.source).where(LISTING.c.id.in_(listings)).distinct()
        self._stale = set(connection.execute(touched).scalars())
        for source in sorted(self._stale | set(sources)):
            self.claim(connection, source)  # others who write these must wait, and ask again afterwards
        connection.execute(delete(QUARANTINED).where(QUARANTINED.c.page_id.in_(pages)))
        connection.execute(delete(OBSERVATION).where(OBSERVATION.c.page_id.in_(pages)))
        for table in (SERIES_POINT, MARKET_PRICE):
            connection.execute(delete(table).where(table.c.page_id.in_(pages)))
        for table in EXTRA_TABLES.values():
            connection.execute(delete(table).where(table.c.source.in_(self._stale | set(sources))))
        connection.execute(update(PAGE).where(PAGE.c.source.in_(sources)).values(looks=None))

    def at(self, page_id: int) -> None:
        """Name the page that the next ``record`` writes over."""
        self._page_id = page_id

    def finish(self, connection: Connection) -> None:
        """Settle, and drop listings that no page tells of any more."""
        self.settle(connection)
        note_news(connection, ListingNews.EVERYTHING)
        note_touched(connection, None)
        told = exists().where(OBSERVATION.c.listing_id == LISTING.c.id)
        untold = select(LISTING.c.id).where(LISTING.c.source.in_(self._stale), ~told)
        leave_behind(connection, connection.execute(untold).scalars().all())
        read_again = select(LISTING.c.id).where(LISTING.c.source.in_(self._stale))
        linked = update(AUCTION_ROUND).where(AUCTION_ROUND.c.listing_id.in_(read_again))
        connection.execute(linked.values(observation_id=NOT_LINKED))
        connection.execute(delete(LISTING).where(LISTING.c.source.in_(self._stale), ~told))

    def _heads_of(self, connection: Connection, source: str, source_ids: list[str]) -> dict[str, Head]:  # noqa: ARG002
        """Only heads of this very rebuilding: the stored ones tell what the old reading saw last."""
        if source not in self._checked:
            self._checked.add(source)
            count_write(connection, source)
        return self._heads.setdefault(source, {})

    def _put_page(self, connection: Connection, row: tuple[Any, ...]) -> int:
        values = dict(zip(PAGE_COLUMNS, row, strict=True))
        connection.execute(update(PAGE).where(PAGE.c.id == self._page_id).values(values))
        return self._page_id

    def _ids_for(self, connection: Connection, keys: Sequence[ListingKey]) -> Sequence[int]:
        known = self._known(connection, keys)
        fresh = iter(self._ids.take(connection, LISTING, len(keys) - len(known)))
        return [known[key] if key in known else next(fresh) for key in keys]

    def _put_listings(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        known = set(self._known(connection, [(row[1], row[2], row[3]) for row in rows]).values())
        fresh = [row for row in rows if row[0] not in known]
        insert_rows(connection, LISTING, LISTING_COLUMNS, fresh, is_prepared=True)
        over = [(*row[1:], row[0]) for row in rows if row[0] in known]
        update_rows(connection, LISTING, "id", LISTING_COLUMNS[1:], over, is_prepared=True)

    def _known(self, connection: Connection, keys: Sequence[ListingKey]) -> dict[ListingKey, int]:
        found: dict[ListingKey, int] = {}
        columns = (LISTING.c.source, LISTING.c.source_id, LISTING.c.generation, LISTING.c.id)
        for start in range(0, len(keys), 1000):
            part = keys[start : start + 1000]
            query = select(*columns).where(
                LISTING.c.source.in_({key[0] for key in part}), LISTING.c.source_id.in_([key[1] for key in part])
            )
            for source, source_id, generation, listing_id in connection.execute(query):
                found[source, source_id, generation] = listing_id
        return {key: found[key] for key in keys if key in found}


def sources_together(connection: Connection, source: str | None) -> list[str]:
    """The sources whose pages must be read again together: those that tell of the same listings.

    One file can hold rows of several sources; a listing told by pages of two sources has one history.
    """
    every = list(connection.execute(select(PAGE.c.source).distinct()).scalars())
    if source is None:
        return every
    telling = select(PAGE.c.source, LISTING.c.source).distinct()
    telling = telling.join(OBSERVATION, OBSERVATION.c.page_id == PAGE.c.id)
    pairs = [
        (row[0], row[1]) for row in connection.execute(telling.join(LISTING, LISTING.c.id == OBSERVATION.c.listing_id))
    ]
    together = {source} & set(every) | {teller for teller, told in pairs if told == source}
    while True:
        told_of = {told for teller, told in pairs if teller in together}
        wider = together | {teller for teller, told in pairs if told in told_of}
        if wider == together:
            return sorted(together)
        together = wider


def stored_pages(connection: Connection, sources: Sequence[str]) -> Iterator[StoredPage]:
    """The pages of the sources in the order of their time."""
    query = (
        select(*(PAGE.c[name] for name in StoredPage._fields))
        .where(PAGE.c.source.in_(sources))
        .order_by(PAGE.c.observed_at, PAGE.c.reader, PAGE.c.body_sha256, PAGE.c.id)
    )
    for row in connection.execute(query).all():
        yield StoredPage._make(row)
