"""Writing what pages said: idempotent, a batch a page, and free of the order of arrival.

Nothing here commits; the caller owns the transaction. Each page takes one of two roads:

- newest: nothing younger is known of its listings. What did not change costs one comparison in memory.
- late: something younger is known. The look is set aside until ``Recorder.settle``, which folds the whole
  history of the listing again (``store.fold``), so that it comes out as if the pages had come in order.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from store import history
from store.bulk import as_instant, driver_query, insert_rows, prepare_rows, update_rows
from store.fold import Look, advance, stated_bits
from store.looks import digest_of, pack
from store.pages import ReadPage, count_write, insert_page, page_row, storable
from store.rows import (
    LISTING,
    LISTING_COLUMNS,
    LISTING_UPDATES,
    OBSERVATION,
    OBSERVATION_COLUMNS,
    QUARANTINED,
    SAID,
    SOURCE,
    listing_row,
    observation_rows,
    reserve_ids,
    update_row,
)
from store.statement import Statement

LONGEST_ID = 120
IDS_PER_QUERY = 5_000

HEADS_KEPT = 150_000
"""Heads held in memory for each source (about 40 MB); a larger source is asked for page by page."""


class Refused(NamedTuple):
    """One row that was not believed."""

    position: int
    source_id: str | None
    reason: str
    excerpt: str


@dataclass(slots=True)
class Recorded:
    """What one page changed."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    late: int = 0
    refused: list[Refused] = field(default_factory=list)


class Unread(NamedTuple):
    """Words of a listing that are not normalized yet, and need not be where they are the same as last time.

    ``digest`` is that of the source's own words; ``None`` where the same words can mean another thing at another
    time ("today"), so that the normalized ones are compared. ``normalize`` may raise ``NotBelieved``.
    """

    digest: int | None
    normalize: Callable[[], Statement]
    position: int | None = None  # of the row on its page, from 1; else its place among the rows given


class NotBelieved(ValueError):
    """A row that is to be quarantined; the message says why."""

    def __init__(self, reason: str, excerpt: str | None = None) -> None:
        super().__init__(reason)
        self.excerpt = excerpt or ""


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

    def says_the_same(self, reader: str, words: Statement | Unread) -> bool:
        """Whether these are the words of the latest look, so that nothing needs to be read."""
        return type(words) is Unread and words.digest == self.digest and reader == self.reader


class Told(NamedTuple):
    """One row of the page, normalized."""

    source: str
    source_id: str
    digest: int
    statement: Statement


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
        self._seen: dict[int, datetime] = {}  # listings that said what they said before, and when

    def forget(self) -> None:
        """Drop everything remembered."""
        self.__init__()  # type: ignore[misc]

    def record(
        self,
        connection: Connection,
        page: ReadPage,
        said: Sequence[tuple[str, str, Statement | Unread]],
        refused: Sequence[Refused] = (),
    ) -> Recorded:
        """Record one page with all it said, as ``(source, source's own id, statement)``.

        The page itself must not be recorded yet (``known_page``).
        """
        result = Recorded(refused=list(refused))
        batch = _Batch(page)
        by_source: dict[str, list[tuple[int, str, Statement | Unread]]] = defaultdict(list)
        for position, (source, source_id, words) in enumerate(said, 1):
            by_source[source].append((position, source_id, words))
        for source, rows in by_source.items():
            self._sort_out(connection, source, rows, batch, result)
        self._take_new(connection, batch)
        page_id = self._write_page(connection, page, batch, result)
        self._write_new(connection, page_id, batch)
        self._write_changed(connection, page_id, batch, result)
        self._seen.update(dict.fromkeys(batch.seen, page.observed_at))
        for told in batch.late:
            self._late[told.source].setdefault(told.source_id, []).append(_look(page, page_id, told))
        result.new, result.late, result.unchanged = len(batch.new), len(batch.late), result.unchanged + len(batch.seen)
        return result

    def settle(self, connection: Connection) -> None:
        """Write what was put off to the end of the transaction, late looks above all; call before each commit."""
        self._checked.clear()
        self._write_seen(connection)
        for source, looks in self._late.items():
            history.refold(connection, source, looks)
            self._heads.pop(source, None)
            self._whole.discard(source)
        self._late.clear()

    def _sort_out(
        self,
        connection: Connection,
        source: str,
        rows: list[tuple[int, str, Statement | Unread]],
        batch: "_Batch",
        result: Recorded,
    ) -> None:
        heads = self._heads_of(connection, source, [source_id for _, source_id, _ in rows])
        here: dict[str, int] = {}
        batch.taken.clear()  # an id is its source's own
        for position, source_id, words in rows:
            try:
                self._sort_row(source, source_id, words, heads, here, batch)
            except ValueError as reason:  # Unstorable, NotBelieved
                place = words.position if type(words) is Unread and words.position is not None else position
                result.refused.append(Refused(place, source_id, str(reason), getattr(reason, "excerpt", "")))

    def _sort_row(
        self,
        source: str,
        source_id: str,
        words: Statement | Unread,
        heads: dict[str, Head],
        here: dict[str, int],
        batch: "_Batch",
    ) -> None:
        head = heads.get(source_id)
        page = batch.page
        is_newest = head is not None and page.observed_at > head.last_seen_at
        if is_newest and head is not None and head.says_the_same(page.reader, words) and source_id not in here:
            here[source_id] = head.digest
            batch.see(source_id, head, heads)
            return
        told = _told(source, source_id, words)
        if here.setdefault(source_id, told.digest) != told.digest:
            raise NotBelieved("the id stands twice on the page with different words", told.statement.title)
        if source_id in batch.taken:
            return
        batch.taken.add(source_id)
        if head is None:
            batch.new.append(told)
        elif is_newest and head.digest == told.digest and head.reader == page.reader:
            batch.see(source_id, head, heads)
        else:
            batch.looks.append((head.first_id, told.digest))
            (batch.changed if is_newest else batch.late).append(told)

    def claim(self, connection: Connection, source: str) -> None:
        """Once a transaction: wait for other writers of the source (PostgreSQL), and forget what they have outdated."""
        if source in self._checked:
            return
        self._checked.add(source)
        count = count_write(connection, source)
        if self._write_counts.get(source) != count - 1:
            self._heads.pop(source, None)
            self._whole.discard(source)
        self._write_counts[source] = count

    def _heads_of(self, connection: Connection, source: str, source_ids: list[str]) -> dict[str, Head]:
        self.claim(connection, source)
        heads = self._heads.get(source)
        if heads is None or (source not in self._whole and len(heads) > HEADS_KEPT):
            heads = self._heads[source] = _load_heads(connection, source, None)
            row_count = sum(head.generation for head in heads.values())  # generations are counted from 1
            if row_count <= HEADS_KEPT:
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
        keys = [(told.source, told.source_id, 1) for told in batch.new]
        for listing_id, told in zip(self._ids_for(connection, keys), batch.new, strict=True):
            head = Head(listing_id, listing_id, 1, page.reader, told.digest, page.observed_at)
            self._heads[told.source][told.source_id] = head
            batch.looks.append((listing_id, told.digest))
            batch.new_ids.append(listing_id)

    def _ids_for(self, connection: Connection, keys: Sequence[ListingKey]) -> Iterable[int]:
        """Ids for listings that are about to be written."""
        return reserve_ids(connection, len(keys))

    def _put_listings(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Write new listings, prepared, in the order of ``LISTING_COLUMNS``."""
        insert_rows(connection, LISTING, LISTING_COLUMNS, rows, is_prepared=True)

    def _write_page(self, connection: Connection, page: ReadPage, batch: "_Batch", result: Recorded) -> int:
        looks = pack(batch.looks) if batch.looks else None
        page_id = self._put_page(connection, page_row(page, len(batch.looks), len(result.refused), looks))
        if result.refused:
            insert_rows(
                connection,
                QUARANTINED,
                ("page_id", "position", "source_id", "reason", "excerpt"),
                [(page_id, *map(storable, refused)) for refused in result.refused],
            )
        return page_id

    def _put_page(self, connection: Connection, row: tuple[Any, ...]) -> int:
        """Write the page's row, in the order of ``PAGE_COLUMNS``; gives its id."""
        return insert_page(connection, row)

    def _write_new(self, connection: Connection, page_id: int, batch: "_Batch") -> None:
        if not batch.new:
            return
        page = batch.page
        ((at,),) = prepare_rows(connection, LISTING, ("last_seen_at",), [(page.observed_at,)])
        said = prepare_rows(connection, LISTING, SAID, [told.statement[:-1] for told in batch.new])
        listings, observations = [], []
        for listing_id, told, words in zip(batch.new_ids, batch.new, said, strict=True):
            source, source_id, digest, statement = told
            listings.append((listing_id, source, source_id, 1, at, at, at, page.reader, digest, *words))
            stated = stated_bits(statement)
            observations.append((listing_id, at, page_id, page.reader, digest, stated, *words, statement.raw))
        self._put_listings(connection, listings)
        insert_rows(connection, OBSERVATION, OBSERVATION_COLUMNS, observations, is_prepared=True)

    def _write_changed(self, connection: Connection, page_id: int, batch: "_Batch", result: Recorded) -> None:
        if not batch.changed:
            return
        page = batch.page
        heads = [self._heads[told.source][told.source_id] for told in batch.changed]
        states = history.load_generations(connection, [head.listing_id for head in heads], page.reader)
        updates, observations = [], []
        for told, head in zip(batch.changed, heads, strict=True):
            current = states[head.listing_id]
            after = advance(current, _look(page, page_id, told))
            listing_id, generation = head.listing_id, head.generation
            if after is current:
                self._seen.pop(listing_id, None)
                updates.append(update_row(listing_id, after))
            else:
                generation += 1
                listing_id = next(iter(self._ids_for(connection, [(told.source, told.source_id, generation)])))
                row = listing_row(listing_id, told.source, told.source_id, generation, after)
                self._put_listings(connection, prepare_rows(connection, LISTING, LISTING_COLUMNS, [row]))
            observations.extend(observation_rows(listing_id, after.changes))
            result.changed += len(after.changes)
            result.unchanged += not after.changes
            self._heads[told.source][told.source_id] = Head(
                listing_id, head.first_id, generation, page.reader, told.digest, page.observed_at
            )
        update_rows(connection, LISTING, "id", LISTING_UPDATES, updates)
        insert_rows(connection, OBSERVATION, OBSERVATION_COLUMNS, observations)

    def _write_seen(self, connection: Connection) -> None:
        """Note when unchanged listings were last seen: once a transaction and by id, since rows lie in that order."""
        by_time: dict[datetime, list[int]] = defaultdict(list)
        for listing_id in sorted(self._seen):
            by_time[self._seen[listing_id]].append(listing_id)
        for at, ids in by_time.items():
            for start in range(0, len(ids), IDS_PER_QUERY):
                listed = ",".join(map(str, ids[start : start + IDS_PER_QUERY]))
                driver_query(connection, f"UPDATE listing SET last_seen_at = ? WHERE id IN ({listed})", (at,))
        self._seen.clear()


class _Batch:
    """One page's looks, sorted by what they ask of the database."""

    __slots__ = ("changed", "late", "looks", "new", "new_ids", "page", "seen", "taken")

    def __init__(self, page: ReadPage) -> None:
        self.page = page
        self.new: list[Told] = []
        self.changed: list[Told] = []
        self.late: list[Told] = []
        self.seen: list[int] = []
        self.new_ids: list[int] = []
        self.looks: list[tuple[int, int]] = []
        self.taken: set[str] = set()

    def see(self, source_id: str, head: Head, heads: dict[str, Head]) -> None:
        """Note a listing that says what it said before."""
        listing_id, first_id, generation, reader, digest, _ = head
        self.taken.add(source_id)
        self.looks.append((first_id, digest))
        self.seen.append(listing_id)
        heads[source_id] = Head(listing_id, first_id, generation, reader, digest, self.page.observed_at)


def _told(source: str, source_id: str, words: Statement | Unread) -> Told:
    """The row normalized. Raises ``NotBelieved`` or ``Unstorable``."""
    if not 0 < len(source_id) <= LONGEST_ID:
        raise NotBelieved(f"an id of {len(source_id)} characters")
    if not source_id.isprintable():
        raise NotBelieved("an id with control characters")
    if type(words) is Unread:
        statement = words.normalize()
        digest = words.digest if words.digest is not None else digest_of(statement)
        return Told(source, source_id, digest, statement)
    assert isinstance(words, Statement)  # noqa: S101
    return Told(source, source_id, digest_of(words), words)


def _look(page: ReadPage, page_id: int, told: Told) -> Look:
    return Look(page.observed_at, page.reader, told.digest, page.body_sha256, page_id, told.statement)


def add_sources(connection: Connection, titles: Mapping[str, str], *, keep_titles: bool = False) -> None:
    """Make sure that the sources exist, under their current titles unless ``keep_titles``."""
    known = {row.name: row.title for row in connection.execute(select(SOURCE.c.name, SOURCE.c.title))}
    for name, title in titles.items():
        if name not in known:
            sql = "INSERT INTO source (name, title, write_count) VALUES (?, ?, 0) ON CONFLICT (name) DO NOTHING"
            driver_query(connection, sql, (name, title))
        elif known[name] != title and not keep_titles:
            connection.execute(SOURCE.update().where(SOURCE.c.name == name).values(title=title))


def _load_heads(connection: Connection, source: str, source_ids: list[str] | None) -> dict[str, Head]:
    """Heads of the given ids, or of up to ``HEADS_KEPT`` + 1 of them where none are given."""
    columns = "source_id, id, generation, last_reader, last_digest, last_seen_at"
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
    for source_id, listing_id, generation, reader, digest, last_seen_at in rows:
        first = heads[source_id].first_id if generation > 1 else listing_id
        heads[source_id] = Head(listing_id, first, generation, reader, digest, as_instant(last_seen_at))
