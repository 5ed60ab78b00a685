"""Writing what pages said: idempotent, a batch a page, and free of the order of arrival.

Nothing here commits; the caller owns the transaction. Each page takes one of two roads:

- newest: nothing younger is known of its listings. What did not change costs one comparison in memory.
- late: something younger is known. The look is set aside until ``Recorder.settle``, which folds the whole
  history of the listing again (``store.fold``), so that it comes out as if the pages had come in order.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from sqlalchemy import Connection

from store import history
from store.bulk import driver_query, insert_rows, prepare_rows, update_integers, update_rows
from store.extras import write_context, write_extras
from store.fold import Look, advance, stated_bits
from store.heads import HEADS_KEPT, Head, load_heads
from store.ids import FreshIds
from store.link_news import note_touched
from store.looks import pack
from store.pages import ReadPage, count_write, insert_page, page_row, storable
from store.rollup_news import LONG_UNSEEN, note_news
from store.rollup_offers import offer_of
from store.rows import (
    LISTING,
    LISTING_COLUMNS,
    LISTING_STATE,
    LISTING_UPDATES,
    LOOK_COLUMNS,
    OBSERVATION,
    OBSERVATION_COLUMNS,
    QUARANTINED,
    known_bits,
    listing_row,
    observation_rows,
    title_digest,
    told_fields,
    update_row,
)
from store.statement import Context, Statement
from store.terms import ListingNews
from store.told import NotBelieved, Recorded, Refused, Told, Unread, tell

IDS_PER_QUERY = 5_000

ListingKey = tuple[str, str, int]
"""Source, the source's own id, generation."""


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
        self._news: dict[ListingNews, list[int]] = defaultdict(list)  # for rollups
        self._offers: list[int] = []  # of each of the changed
        self._ids = FreshIds()

    def forget(self) -> None:
        """Drop everything remembered."""
        self.__init__()  # type: ignore[misc]

    def record(
        self,
        connection: Connection,
        page: ReadPage,
        said: Sequence[tuple[str, str, Statement | Unread]],
        refused: Sequence[Refused] = (),
        context: Context | None = None,
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
        whole, partial = self._tell_whole(batch)
        self._write_whole(connection, page_id, batch, whole)
        result.changed += len(whole)
        if partial:
            self._write_partial(connection, page_id, page, partial, result)
        write_extras(connection, page.reader, (*batch.new, *batch.changed, *batch.late))
        if context is not None:
            write_context(connection, page_id, context)
        self._seen.update(dict.fromkeys(batch.seen, page.observed_at))
        self._news[ListingNews.SEEN] += batch.returned
        for told in batch.late:
            self._late[told.source].setdefault(told.source_id, []).append(_look(page, page_id, told))
        result.new, result.late, result.unchanged = len(batch.new), len(batch.late), result.unchanged + len(batch.seen)
        return result

    def settle(self, connection: Connection) -> None:
        """Write what was put off to the end of the transaction, late looks above all; call before each commit."""
        self._checked.clear()
        self._ids.end_transaction()
        self._write_seen(connection)
        for source, looks in self._late.items():
            history.refold(connection, source, looks)
            self._heads.pop(source, None)
            self._whole.discard(source)
        self._late.clear()
        note_touched(connection, self._news[ListingNews.CHANGED])
        for kind, listing_ids in self._news.items():
            note_news(connection, kind, listing_ids, self._offers if kind is ListingNews.CHANGED else ())
        self._news.clear()
        self._offers.clear()

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
        if head is not None and head.last_seen_at < batch.passed_for_gone:
            batch.returned.append(head.listing_id)
        if is_newest and head is not None and head.says_the_same(page.reader, words) and source_id not in here:
            here[source_id] = head.digest
            batch.see(source_id, head)
            return
        told = tell(source, source_id, words)
        if here.setdefault(source_id, told.digest) != told.digest:
            raise NotBelieved("the id stands twice on the page with different words", told.statement.title)
        if source_id in batch.taken:
            return
        batch.taken.add(source_id)
        if head is None:
            batch.new.append(told)
        elif is_newest and head.digest == told.digest and head.reader == page.reader:
            batch.see(source_id, head)
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
            heads = self._heads[source] = load_heads(connection, source, None)
            row_count = sum(head.generation for head in heads.values())  # generations are counted from 1
            if row_count <= HEADS_KEPT:
                self._whole.add(source)
            else:
                heads.clear()
        if source not in self._whole:
            missing = [source_id for source_id in source_ids if source_id not in heads]
            heads.update(load_heads(connection, source, missing))
        elif len(heads) > HEADS_KEPT:
            self._whole.discard(source)
        return heads

    def _take_new(self, connection: Connection, batch: "_Batch") -> None:
        if not batch.new:
            return
        page = batch.page
        keys = [(told.source, told.source_id, 1) for told in batch.new]
        for listing_id, told in zip(self._ids_for(connection, keys), batch.new, strict=True):
            stated = stated_bits(told.statement)
            known, title = known_bits(stated), title_digest(told.statement.title)
            head = Head(listing_id, listing_id, 1, page.reader, told.digest, page.observed_at, known, title)
            self._heads[told.source][told.source_id] = head
            batch.looks.append((listing_id, told.digest))
            batch.new_heads.append((head, stated))

    def _ids_for(self, connection: Connection, keys: Sequence[ListingKey]) -> Sequence[int]:
        """Ids for listings that are about to be written."""
        return self._ids.take(connection, LISTING, len(keys))

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

    def _write_whole(
        self, connection: Connection, page_id: int, batch: "_Batch", changed: Sequence[tuple[Told, Head, int]]
    ) -> None:
        """Write what leaves nothing of a state as it was, of new listings and of known ones: one insert for both."""
        looks = [(told, *head) for told, head in zip(batch.new, batch.new_heads, strict=True)]
        looks.extend(changed)
        if not looks:
            return
        page, reader = batch.page, batch.page.reader
        ((at,),) = prepare_rows(connection, LISTING, ("last_seen_at",), [(page.observed_at,)])
        fields, take = told_fields(_union(stated for *_, stated in looks))
        said = prepare_rows(connection, OBSERVATION, fields, [take(told.statement) for told, *_ in looks])
        ids = self._ids.take(connection, OBSERVATION, len(looks))
        observations = [
            (state_id, head.listing_id, at, page_id, reader, told.digest, stated, *words)
            for state_id, (told, head, stated), words in zip(ids, looks, said, strict=True)
        ]
        numbers = [
            (told.digest, state_id, known_bits(stated), head.title_digest, head.listing_id)
            for state_id, (told, head, stated) in zip(ids, looks, strict=True)
        ]
        listings = [
            (number[-1], told.source, told.source_id, 1, at, at, at, reader, *number[:-1])
            for told, number in zip(batch.new, numbers, strict=False)
        ]
        self._news[ListingNews.CHANGED] += [head.listing_id for _, head, _ in looks]
        self._offers += [offer_of(told.statement, stated) for told, _, stated in looks]
        self._put_listings(connection, listings)
        shared = dict(zip(LISTING_STATE, (at, at, reader), strict=False))
        update_integers(connection, LISTING, "id", shared, LISTING_UPDATES[3:], numbers[len(listings) :])
        self._move_heads(page, changed)
        insert_rows(connection, OBSERVATION, (*LOOK_COLUMNS, *fields), observations, is_prepared=True)

    def _move_heads(self, page: ReadPage, changed: Sequence[tuple[Told, Head, int]]) -> None:
        for told, head, stated in changed:
            self._seen.pop(head.listing_id, None)
            head.reader, head.digest, head.last_seen_at = page.reader, told.digest, page.observed_at
            head.known = known_bits(stated)

    def _tell_whole(self, batch: "_Batch") -> tuple[list[tuple[Told, Head, int]], list[tuple[Told, Head]]]:
        """Known listings of which the new words are the whole state, and those whose state must be read first."""
        whole, partial = [], []
        for told in batch.changed:
            head, stated = self._heads[told.source][told.source_id], stated_bits(told.statement)
            if head.is_told_whole(batch.page.reader, told, stated):
                whole.append((told, head, stated))
            else:
                partial.append((told, head))
        return whole, partial

    def _write_partial(
        self,
        connection: Connection,
        page_id: int,
        page: ReadPage,
        rows: Sequence[tuple[Told, Head]],
        result: Recorded,
    ) -> None:
        states = history.load_generations(connection, [head.listing_id for _, head in rows], page.reader)
        ids = iter(self._ids.take(connection, OBSERVATION, len(rows)))
        updates, observations = [], []
        for told, head in rows:
            current = states[head.listing_id]
            after = advance(current, _look(page, page_id, told))
            listing_id, generation = head.listing_id, head.generation
            if after is not current:
                generation += 1
                listing_id = self._ids_for(connection, [(told.source, told.source_id, generation)])[0]
            changes = observation_rows(ids, listing_id, after.changes)
            observations.extend(changes)
            state_id = changes[-1][0] if changes else after.observation_id
            assert state_id is not None  # noqa: S101
            row = listing_row(listing_id, told.source, told.source_id, generation, state_id, after)
            if after is current:
                self._seen.pop(listing_id, None)
                updates.append(update_row(listing_id, state_id, after))
            else:
                self._put_listings(connection, prepare_rows(connection, LISTING, LISTING_COLUMNS, [row]))
            self._news[ListingNews.CHANGED] += [listing_id] * len(changes)
            self._offers += [offer_of(change.state, change.stated) for change in after.changes]
            result.changed += len(changes)
            result.unchanged += not changes
            self._heads[told.source][told.source_id] = Head(
                listing_id, head.first_id, generation, page.reader, told.digest, page.observed_at, *row[-2:]
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

    __slots__ = ("changed", "late", "looks", "new", "new_heads", "page", "passed_for_gone", "returned", "seen", "taken")

    def __init__(self, page: ReadPage) -> None:
        self.page = page
        self.new: list[Told] = []
        self.changed: list[Told] = []
        self.late: list[Told] = []
        self.seen: list[int] = []
        self.new_heads: list[tuple[Head, int]] = []  # and the bits that the look itself stated
        self.looks: list[tuple[int, int]] = []
        self.taken: set[str] = set()
        self.passed_for_gone = page.recorded_at - LONG_UNSEEN  # listings that nobody had seen since then
        self.returned: list[int] = []

    def see(self, source_id: str, head: Head) -> None:
        """Note a listing that says what it said before."""
        self.taken.add(source_id)
        self.looks.append((head.first_id, head.digest))
        self.seen.append(head.listing_id)
        head.last_seen_at = self.page.observed_at


def _union(bits: Iterable[int]) -> int:
    return reduce(or_, bits, 0)


def _look(page: ReadPage, page_id: int, told: Told) -> Look:
    return Look(page.observed_at, page.reader, told.digest, page.body_sha256, page_id, told.statement)
