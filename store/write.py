"""Writing what pages said: idempotent, a batch a page, and free of the order of arrival.

Nothing here commits; the caller owns the transaction. Each page takes one of two roads:

- newest: nothing younger is known of its listings. What did not change costs one comparison in memory.
- late: something younger is known. The look is set aside until ``Recorder.settle``, which folds the whole
  history of the listing again (``store.fold``), so that it comes out as if the pages had come in order.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from store import history
from store.bulk import insert_rows, update_rows
from store.fold import Look, advance, stated_bits
from store.looks import Unstorable, digest_of, pack
from store.rows import (
    LISTING,
    LISTING_COLUMNS,
    LISTING_UPDATES,
    OBSERVATION,
    OBSERVATION_COLUMNS,
    PAGE,
    QUARANTINED,
    SOURCE,
    listing_row,
    observation_rows,
    reserve_ids,
    update_row,
)
from store.statement import Statement
from store.terms import PageOutcome

PAGE_COLUMNS = (
    "crawl_run_id",
    "source",
    "reader",
    "url",
    "observed_at",
    "recorded_at",
    "body_sha256",
    "content_type",
    "http_status",
    "archive_file",
    "archive_offset",
    "outcome",
    "reason",
    "stated_count",
    "listing_count",
    "refused_count",
    "looks",
)

LONGEST_ID = 120
UNSTORABLE = re.compile("[\0\ud800-\udfff]")

HEADS_KEPT = 150_000
"""Heads held in memory for each source (about 40 MB); a larger source is asked for page by page."""


class Refused(NamedTuple):
    """One row that was not believed."""

    position: int
    source_id: str | None
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as archived and read, ready to be recorded."""

    crawl_run_id: int
    source: str
    reader: str
    url: str
    observed_at: datetime
    recorded_at: datetime
    body_sha256: str
    content_type: str
    http_status: int
    archive_file: str
    archive_offset: int
    outcome: PageOutcome
    reason: str | None = None
    stated_count: int | None = None


@dataclass(slots=True)
class Recorded:
    """What one page changed."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    late: int = 0
    refused: list[Refused] = field(default_factory=list)


ListingKey = tuple[str, str, int]
"""Source, the source's own id, generation."""


class Head(NamedTuple):
    """The latest look at the latest generation of one id."""

    listing_id: int
    first_id: int  # of generation 1; what ``page.looks`` holds
    generation: int
    reader: str
    digest: int
    last_seen_at: datetime


class Recorder:
    """Records pages through whatever connection the caller is writing on.

    It remembers the heads of the sources it writes. ``source.write_count`` tells when somebody else has
    written the same source since: then it forgets and asks again. After a rollback, ``forget`` is due.
    """

    def __init__(self) -> None:
        self._heads: dict[str, dict[str, Head]] = {}
        self._whole: set[str] = set()  # sources of which every head is in memory
        self._write_counts: dict[str, int] = {}
        self._checked: set[str] = set()  # sources checked in this transaction
        self._late: dict[str, dict[str, list[Look]]] = defaultdict(dict)

    def forget(self) -> None:
        """Drop everything remembered."""
        self.__init__()  # type: ignore[misc]

    def record(
        self,
        connection: Connection,
        page: ReadPage,
        said: Sequence[tuple[str, str, Statement]],
        refused: Sequence[Refused] = (),
    ) -> Recorded:
        """Record one page with all it said, as ``(source, source's own id, statement)``.

        The page itself must not be recorded yet (``known_page``).
        """
        result = Recorded(refused=list(refused))
        batch = _Batch(page)
        by_source: dict[str, list[tuple[int, str, Statement]]] = defaultdict(list)
        for position, (source, source_id, statement) in enumerate(said):
            by_source[source].append((position, source_id, statement))
        for source, rows in by_source.items():
            self._sort_out(connection, source, _believe(rows, result), batch, result)
        self._take_new(connection, batch)
        page_id = self._write_page(connection, page, batch, result)
        self._write_new(connection, page_id, batch)
        self._write_changed(connection, page_id, batch, result)
        self._write_seen(connection, page, batch)
        for source, source_id, digest, statement in batch.late:
            look = Look(page.observed_at, page.reader, digest, page.body_sha256, page_id, statement)
            self._late[source].setdefault(source_id, []).append(look)
        result.new, result.late = len(batch.new), len(batch.late)
        return result

    def settle(self, connection: Connection) -> None:
        """Fold the late looks into their histories; call before each commit."""
        self._checked.clear()
        for source, looks in self._late.items():
            history.refold(connection, source, looks)
            self._heads.pop(source, None)
            self._whole.discard(source)
        self._late.clear()

    def _sort_out(
        self,
        connection: Connection,
        source: str,
        rows: Mapping[str, tuple[int, Statement]],
        batch: "_Batch",
        result: Recorded,
    ) -> None:
        heads = self._heads_of(connection, source, list(rows))
        observed_at, reader = batch.page.observed_at, batch.page.reader
        for source_id, (digest, statement) in rows.items():
            head = heads.get(source_id)
            if head is None:
                batch.new.append((source, source_id, digest, statement))
            elif observed_at > head.last_seen_at:
                batch.looks.append((head.first_id, digest))
                if head.digest == digest and head.reader == reader:
                    batch.seen.append(head.listing_id)
                    heads[source_id] = head._replace(last_seen_at=observed_at)
                else:
                    batch.changed.append((source, source_id, digest, statement))
            else:
                batch.looks.append((head.first_id, digest))
                batch.late.append((source, source_id, digest, statement))
        result.unchanged = len(batch.seen)

    def _heads_of(self, connection: Connection, source: str, source_ids: list[str]) -> dict[str, Head]:
        if source not in self._checked:
            self._checked.add(source)
            count = _count_write(connection, source)
            if self._write_counts.get(source) != count - 1:
                self._heads.pop(source, None)
                self._whole.discard(source)
            self._write_counts[source] = count
        heads = self._heads.get(source)
        if heads is None or (source not in self._whole and len(heads) > HEADS_KEPT):
            heads = self._heads[source] = _load_heads(connection, source, None)
            if sum(head.generation for head in heads.values()) <= HEADS_KEPT:  # generations run from 1: that is the rows
                self._whole.add(source)
            else:
                heads.clear()
        if source not in self._whole:
            missing = [source_id for source_id in source_ids if source_id not in heads]
            heads.update(_load_heads(connection, source, missing))
        elif len(heads) > HEADS_KEPT:
            self._whole.discard(source)
        return heads

    def _take_new(self, connection: Connection, batch: "_Batch") -> None:
        if not batch.new:
            return
        page = batch.page
        keys = [(source, source_id, 1) for source, source_id, *_ in batch.new]
        for listing_id, (source, source_id, digest, _) in zip(self._ids_for(connection, keys), batch.new, strict=True):
            head = Head(listing_id, listing_id, 1, page.reader, digest, page.observed_at)
            self._heads[source][source_id] = head
            batch.looks.append((listing_id, digest))
            batch.new_ids.append(listing_id)

    def _ids_for(self, connection: Connection, keys: Sequence[ListingKey]) -> Iterable[int]:
        """Ids for listings that are about to be written."""
        return reserve_ids(connection, len(keys))

    def _put_listings(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write new listings, in the order of ``LISTING_COLUMNS``."""
        insert_rows(connection, LISTING, LISTING_COLUMNS, rows)

    def _write_page(self, connection: Connection, page: ReadPage, batch: "_Batch", result: Recorded) -> int:
        row = (
            *(_storable(getattr(page, column)) for column in PAGE_COLUMNS[:-3]),
            len(batch.looks),
            len(result.refused),
            pack(batch.looks) if batch.looks else None,
        )
        page_id = self._put_page(connection, row)
        if result.refused:
            insert_rows(
                connection,
                QUARANTINED,
                ("page_id", "position", "source_id", "reason", "excerpt"),
                [(page_id, *map(_storable, refused)) for refused in result.refused],
            )
        return page_id

    def _put_page(self, connection: Connection, row: tuple[Any, ...]) -> int:
        """Write the page's row, in the order of ``PAGE_COLUMNS``; gives its id."""
        return int(connection.execute(_PAGE_INSERT, dict(zip(PAGE_COLUMNS, row, strict=True))).scalar_one())

    def _write_new(self, connection: Connection, page_id: int, batch: "_Batch") -> None:
        page = batch.page
        at, reader = page.observed_at, page.reader
        listings, observations = [], []
        for listing_id, (source, source_id, digest, statement) in zip(batch.new_ids, batch.new, strict=True):
            listings.append((listing_id, source, source_id, 1, at, at, at, reader, digest, *statement[:-1]))
            stated = stated_bits(statement)
            observations.append((listing_id, at, page_id, reader, digest, stated, *statement))
        self._put_listings(connection, listings)
        insert_rows(connection, OBSERVATION, OBSERVATION_COLUMNS, observations)

    def _write_changed(self, connection: Connection, page_id: int, batch: "_Batch", result: Recorded) -> None:
        if not batch.changed:
            return
        page = batch.page
        heads = {source: self._heads[source] for source, *_ in batch.changed}
        states = history.load_generations(
            connection, [heads[source][source_id].listing_id for source, source_id, *_ in batch.changed], page.reader
        )
        updates, observations = [], []
        for source, source_id, digest, statement in batch.changed:
            head = heads[source][source_id]
            current = states[head.listing_id]
            look = Look(page.observed_at, page.reader, digest, page.body_sha256, page_id, statement)
            after = advance(current, look)
            listing_id, generation = head.listing_id, head.generation
            if after is not current:
                generation += 1
                listing_id = next(iter(self._ids_for(connection, [(source, source_id, generation)])))
                self._put_listings(connection, [listing_row(listing_id, source, source_id, generation, after)])
            else:
                updates.append(update_row(listing_id, after))
            observations.extend(observation_rows(listing_id, after.changes))
            result.changed += len(after.changes)
            result.unchanged += not after.changes
            heads[source][source_id] = Head(
                listing_id, head.first_id, generation, page.reader, digest, page.observed_at
            )
        update_rows(connection, LISTING, "id", LISTING_UPDATES, updates)
        insert_rows(connection, OBSERVATION, OBSERVATION_COLUMNS, observations)

    def _write_seen(self, connection: Connection, page: ReadPage, batch: "_Batch") -> None:
        if connection.dialect.name == "postgresql" and batch.seen:
            connection.exec_driver_sql(
                "UPDATE listing SET last_seen_at = %s WHERE id = ANY(%s)", (page.observed_at, batch.seen)
            )
        else:
            update_rows(connection, LISTING, "id", ("last_seen_at",), [(page.observed_at, seen) for seen in batch.seen])


class _Batch:
    """One page's looks, sorted by what they ask of the database."""

    __slots__ = ("changed", "late", "looks", "new", "new_ids", "page", "seen")

    def __init__(self, page: ReadPage) -> None:
        self.page = page
        self.new: list[tuple[str, str, int, Statement]] = []
        self.changed: list[tuple[str, str, int, Statement]] = []
        self.late: list[tuple[str, str, int, Statement]] = []
        self.seen: list[int] = []
        self.new_ids: list[int] = []
        self.looks: list[tuple[int, int]] = []


def _believe(rows: Iterable[tuple[int, str, Statement]], result: Recorded) -> dict[str, tuple[int, Statement]]:
    """The digest and the words of each id; ids and words that cannot be kept are refused."""
    believed: dict[str, tuple[int, Statement]] = {}
    for position, source_id, statement in rows:
        try:
            _check_id(source_id)
            digest = digest_of(statement)
            if believed.setdefault(source_id, (digest, statement))[0] != digest:
                raise Unstorable("the id stands twice on the page with different words")
        except Unstorable as error:
            result.refused.append(Refused(position, source_id, str(error), statement.title or ""))
    return believed


def _check_id(source_id: str) -> None:
    if not 0 < len(source_id) <= LONGEST_ID:
        raise Unstorable(f"an id of {len(source_id)} characters")
    if not source_id.isprintable():
        raise Unstorable("an id with control characters")


def _storable(value: Any) -> Any:
    """A text without what no database can hold; anything else as it is."""
    return UNSTORABLE.sub("\ufffd", value) if type(value) is str else value


class FirstBody(NamedTuple):
    """Where a body was archived first."""

    url: str
    observed_at: datetime
    archive_file: str
    archive_offset: int


def known_page(connection: Connection, source: str, observed_at: datetime, body_sha256: str, url: str) -> bool:
    """Whether this very look is recorded already: the same body from the same address at the same instant."""
    looked = {"source": source, "observed_at": observed_at, "body_sha256": body_sha256, "url": _storable(url)}
    return connection.execute(_KNOWN_PAGE, looked).first() is not None


def find_body(connection: Connection, body_sha256: str) -> FirstBody | None:
    """Where this body lies in the archive, if it is there."""
    row = connection.execute(_FIRST_BODY, {"body_sha256": body_sha256}).first()
    return FirstBody(*row) if row else None


_KNOWN_PAGE = select(PAGE.c.id).where(
    *(PAGE.c[name] == bindparam(name) for name in ("source", "observed_at", "body_sha256", "url"))
)
_FIRST_BODY = (
    select(PAGE.c.url, PAGE.c.observed_at, PAGE.c.archive_file, PAGE.c.archive_offset)
    .where(PAGE.c.body_sha256 == bindparam("body_sha256"))
    .order_by(PAGE.c.id)
    .limit(1)
)


def add_sources(connection: Connection, titles: Mapping[str, str], *, keep_titles: bool = False) -> None:
    """Make sure that the sources exist, under their current titles unless ``keep_titles``."""
    known = {row.name: row.title for row in connection.execute(select(SOURCE.c.name, SOURCE.c.title))}
    for name, title in titles.items():
        if name not in known:
            connection.execute(SOURCE.insert().values(name=name, title=title, write_count=0))
        elif known[name] != title and not keep_titles:
            connection.execute(SOURCE.update().where(SOURCE.c.name == name).values(title=title))


def _count_write(connection: Connection, source: str) -> int:
    """Raise the source's counter; on PostgreSQL this also makes writers of one source take turns."""
    row = connection.execute(
        SOURCE.update()
        .where(SOURCE.c.name == source)
        .values(write_count=SOURCE.c.write_count + 1)
        .returning(SOURCE.c.write_count)
    ).scalar_one()
    return int(row)


def _load_heads(connection: Connection, source: str, source_ids: list[str] | None) -> dict[str, Head]:
    """Heads of the given ids, or of up to ``HEADS_KEPT`` + 1 of them where none are given."""
    if source_ids == []:
        return {}
    columns = (LISTING.c.source_id, LISTING.c.id, LISTING.c.generation, LISTING.c.last_reader, LISTING.c.last_digest)
    query = select(*columns, LISTING.c.last_seen_at).where(LISTING.c.source == source)
    query = query.order_by(LISTING.c.source_id, LISTING.c.generation)
    heads: dict[str, Head] = {}
    if source_ids is None:
        batches = [query.limit(HEADS_KEPT + 1)]
    else:
        batches = [
            query.where(LISTING.c.source_id.in_(source_ids[start : start + 5000]))
            for start in range(0, len(source_ids), 5000)
        ]
    for batch in batches:
        for source_id, listing_id, generation, reader, digest, last_seen_at in connection.execute(batch):
            first = heads[source_id].first_id if generation > 1 else listing_id
            heads[source_id] = Head(listing_id, first, generation, reader, digest, last_seen_at)
    return heads


_PAGE_INSERT = PAGE.insert().returning(PAGE.c.id)
