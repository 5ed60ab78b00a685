"""Recording a run: pages into the archive and the database, counters and a verdict into the run's row."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from hashlib import sha256
from itertools import chain, count, repeat
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from crawler.errors import RowRefused
from crawler.items import Expectation, ListingItem, NoSaleRow, Reader
from crawler.normalize.privacy import mask_address, mask_excerpt
from crawler.page import Page
from crawler.reading import Reading, statement_of, words_digest
from crawler.slices import Covered
from store.archive import ArchivedPage, ArchiveWriter, Place
from store.engine import reading, writing
from store.manners import add_coverage, add_requests, is_detail_due, pause_of, requests_on, set_pause
from store.pages import ReadPage, find_body, known_page, last_address
from store.runs import (
    LISTS_ASKED,
    RESUMED,
    add_sources,
    close_run,
    last_healthy_count,
    note_alive,
    note_left,
    open_run,
    take_left,
)
from store.statement import Words
from store.terms import PageOutcome, RunVerdict
from store.told import NotBelieved, Recorded, Refused, Unread
from store.write import Recorder

Result = TypeVar("Result")
LOOKS_PER_COMMIT = 20_000
EXCERPT = 200  # characters of a refused row that are kept
SUDDEN_FALL = 0.5  # domain.md, case 4: from 80 rows to 9

MISSING = tuple(f"field/{name}/missing" for name in ListingItem._fields)
"""The counters of fields that a source did not tell, in the order of an item's fields."""

REFUSALS = (
    (PageOutcome.BLOCKED, RunVerdict.BLOCKED),
    (PageOutcome.LOGIN_REQUIRED, RunVerdict.LOGIN_REQUIRED),
    (PageOutcome.LAYOUT_CHANGED, RunVerdict.LAYOUT_CHANGED),
    (PageOutcome.EMPTY_SHELL, RunVerdict.EMPTY_SHELL),
    (PageOutcome.HTTP_ERROR, RunVerdict.HTTP_ERROR),
)


@dataclass(slots=True)
class Run:
    """One run of one source while it goes on."""

    id: int
    source: str
    archive: ArchiveWriter
    counters: Counter[str] = field(default_factory=Counter)
    reason: str | None = None
    left: str | None = None  # what it has yet to ask
    is_left_noted: bool = True


@dataclass(frozen=True, slots=True)
class RunSummary:
    """How a run ended."""

    run_id: int
    source: str
    verdict: RunVerdict
    reason: str | None
    counters: Mapping[str, int]


class RunRecorder:
    """Takes pages as they come. One run for each source.

    Commits a page at once, unless the last commit is less than ``seconds_per_commit`` ago: a crawl that keeps the
    delay of its site commits every page; pages that come faster share a commit, which halves its cost.

    Raises:
        CannotWrite: the database or the archive cannot be written. Committed pages stay; no page is half there.
    """

    def __init__(
        self,
        engine: Engine,
        archive_root: Path,
        scope: Mapping[str, Any],
        titles: Mapping[str, str],
        *,
        seconds_per_commit: float = 1.0,
    ) -> None:
        self._engine = engine
        self._root = archive_root
        self._scope = dict(scope)
        self._titles = dict(titles)
        self._seconds = seconds_per_commit
        self._committed_at = 0.0
        self._recorder = Recorder()
        self._runs: dict[str, Run] = {}
        self._open = ExitStack()
        self._connection: Connection | None = None
        self._looks = 0

    def take(self, page: Page, reader: Reader, reading: Reading) -> Recorded | None:
        """Archive and record one page with what was read from it; ``None`` if this very look is known."""
        with self._whole_or_not():
            run = self._run(reader.source)
            result = self._take(self._transaction(), run, page, reader, reading)
            if self._looks >= LOOKS_PER_COMMIT or monotonic() - self._committed_at >= self._seconds:
                self._commit()
        return result

    def run_of(self, source: str) -> Run:
        """The run of a source, opened if there was none: a crawl that got no page is a run too."""
        with self._whole_or_not():
            return self._run(source)

    def note_failure(self, source: str, outcome: PageOutcome, reason: str) -> None:
        """Note a request that brought no page at all."""
        run = self.run_of(source)
        run.counters[f"page/{outcome}"] += 1
        run.reason = run.reason or mask_excerpt(reason)

    def note_partial(self, source: str, reason: str) -> None:
        """Note that a run ended before all was asked for: it cannot be judged as a whole one."""
        run = self.run_of(source)
        run.counters["partial"] = 1
        run.reason = run.reason or mask_excerpt(reason)

    def note_coverage(self, source: str, rows: Sequence[Covered]) -> None:
        """Store what each query stated and brought."""
        with self._whole_or_not():
            add_coverage(self._transaction(), self.run_of(source).id, rows)

    def note_resumed(self, source: str) -> None:
        """Note that a crawl went on from where another one was left: what it did not see is not missing."""
        self.run_of(source).counters[RESUMED] = 1

    def note_lists_asked(self, source: str, count: int) -> None:
        """Note how many requests the lists took: that is what they cost again, while details are asked for once."""
        if count:
            self.run_of(source).counters[LISTS_ASKED] = count

    def left_before(self, source: str) -> str | None:
        """What the last crawl of the same scope left when it was stopped; from now on this run has it left."""
        run = self.run_of(source)
        with self._whole_or_not():
            run.left = take_left(self._transaction(), source, self._scope, run.id)
            self._commit()
        return run.left

    def note_left(self, source: str, left: str | None) -> None:
        """Note what a run has yet to ask, with the next page that is committed."""
        run = self.run_of(source)
        run.left, run.is_left_noted = left, run.is_left_noted and left == run.left

    def note_gap(self, source: str, gap: str | None) -> None:
        """Note that much less came than was stated, if it did."""
        if gap is not None:
            self.note_partial(source, gap)

    def note_requests(self, source: str, day: date, count: int) -> None:
        """Count requests towards the budget of the day."""
        with self._whole_or_not():
            add_requests(self._transaction(), source, day, count)

    def pause(self, source: str, until: datetime, why: str) -> None:
        """Leave the source alone for a while."""
        with self._whole_or_not():
            set_pause(self._transaction(), source, until, why)

    def stop_because(self, source: str, day: date, most: int, now: datetime) -> str | None:
        """Why nothing more may be asked of a source now: its budget of the day, or a pause that another crawl set."""
        connection = self._transaction()
        pause = pause_of(connection, source, now)
        if pause is not None:
            return f"it refused ({pause.why}), pages are left"
        if requests_on(connection, source, day) >= most:
            return f"the budget of {most:,} requests a day is spent, pages are left"
        return None

    def apart(self, work: Callable[[Connection], Result]) -> Result:
        """Do some work in a transaction of its own, behind what was noted so far."""
        self.commit()
        with writing(self._engine) as connection:
            return work(connection)

    def commit(self) -> None:
        """Commit what was noted beside pages."""
        with self._whole_or_not():
            self._commit()

    def give_sign_of_life(self) -> None:
        """Tell other programs that the runs go on, while a site is waited for."""
        with self._whole_or_not():
            self._transaction()
            self._commit()

    def is_detail_due(self, source: str, source_id: str, url: str) -> bool:
        """Whether the page about a listing can tell anything new."""
        url = mask_address(url)
        if self._connection is not None:
            return is_detail_due(self._connection, source, source_id, url)
        with reading(self._engine) as connection:  # writing would keep others out while a site is waited for
            return is_detail_due(connection, source, source_id, url)

    def last_address(self, source: str, beginning: str) -> str | None:
        """The address of the last page that was read, of those that begin so."""
        with reading(self._engine) as connection:
            return last_address(connection, source, beginning)

    def totals(self) -> dict[str, int]:
        """Pages and listings of all runs so far."""
        counters = [run.counters for run in self._runs.values()]
        pages = sum(count for each in counters for name, count in each.items() if name.startswith("page/"))
        return {"pages": pages, "listings": sum(each["listing/seen"] for each in counters)}

    @contextmanager
    def _whole_or_not(self) -> Iterator[None]:
        """What fails inside is undone with all that was not committed, and told in the store's words."""
        try:
            yield
        except BaseException as error:
            self.roll_back(error)
            raise

    def roll_back(self, error: BaseException | None = None) -> None:
        """Undo what is not committed.

        Raises:
            CannotWrite: ``error`` came from the database; told in the store's words.
        """
        self._connection = None
        self._recorder.forget()
        for run in self._runs.values():
            run.archive.close()
        open_now, self._open = self._open, ExitStack()
        cause = error or RuntimeError("rolled back")
        open_now.__exit__(type(cause), cause, cause.__traceback__)

    def close(self, expects: Expectation | None = None, crashed: str | None = None) -> list[RunSummary]:
        """End all runs with their verdicts. ``expects`` is given where a whole source was crawled."""
        connection = self._transaction()
        summaries = []
        for run in self._runs.values():
            run.archive.close()
            verdict, reason = self._verdict(connection, run, expects, crashed)
            now, counters = datetime.now(UTC), dict(run.counters)
            verdict, reason = close_run(connection, run.id, now, verdict, reason, counters)
            summaries.append(RunSummary(run.id, run.source, verdict, reason, dict(run.counters)))
        self._commit()
        return summaries

    def _transaction(self) -> Connection:
        if self._connection is None:
            self._connection = self._open.enter_context(writing(self._engine))
        return self._connection

    def _commit(self) -> None:
        if self._connection is None:
            return
        self._recorder.settle(self._connection)
        note_alive(self._connection, (run.id for run in self._runs.values()), datetime.now(UTC))
        for run in self._runs.values():
            if not run.is_left_noted:
                note_left(self._connection, run.id, run.left)
                run.is_left_noted = True
        self._connection = None
        self._looks = 0
        self._committed_at = monotonic()
        self._open.close()
        self._open = ExitStack()

    def _run(self, source: str) -> Run:
        run = self._runs.get(source)
        if run is None:
            started_at = datetime.now(UTC)
            connection = self._transaction()
            add_sources(connection, {source: self._titles.get(source, source)})
            run_id = open_run(connection, source, self._scope, started_at)
            run = self._runs[source] = Run(run_id, source, ArchiveWriter(self._root, source, started_at))
            self._commit()  # the run's row outlives a first page that fails
        return run

    def _take(self, connection: Connection, run: Run, page: Page, reader: Reader, reading: Reading) -> Recorded | None:
        digest, url = sha256(page.body).hexdigest(), mask_address(page.url)
        self._recorder.claim(connection, reader.source)
        first = find_body(connection, digest)
        at = page.observed_at
        refused_before = None if first is None else known_page(connection, reader.source, at, digest, url)
        if refused_before is not None:
            is_healthy = reading.outcome in {PageOutcome.READ, PageOutcome.EMPTY}
            run.counters["page/known" if is_healthy else f"page/{reading.outcome}"] += 1
            run.counters["listing/seen"] += len(reading.listings)
            bad = max(0, refused_before - sum(isinstance(row, NoSaleRow) for row in reading.refused))
            run.counters["row/refused"] += bad  # reading a page again makes it no better
            run.reason = run.reason or reading.reason or (f"{bad} rows refused" if bad else None)
            return None
        archived = ArchivedPage(page.body, url, page.observed_at, page.content_type, page.http_status)
        if first is None:
            place = run.archive.write(archived, digest, reader.name)
        else:
            run.archive.write_revisit(archived, digest, reader.name, first.url, first.observed_at)
            place = Place(first.archive_file, first.archive_offset)
        others = {listing.source for listing in reading.listings} - {reader.source}
        if others:
            add_sources(connection, {name: self._titles.get(name, name) for name in others})
        row = ReadPage(
            run.id,
            reader.source,
            reader.name,
            url,
            page.observed_at,
            datetime.now(UTC),
            digest,
            page.content_type,
            page.http_status,
            place.file,
            place.offset,
            reading.outcome,
            reading.reason,
            reading.stated_count,
        )
        recorded = self._recorder.record(
            connection, row, unread(page, reader, reading), refused_rows(reading), reading.context
        )
        self._looks += len(reading.listings)
        _count(run, reading, recorded)
        return recorded

    def _verdict(
        self, connection: Connection, run: Run, expects: Expectation | None, crashed: str | None
    ) -> tuple[RunVerdict, str | None]:
        counters = run.counters
        if crashed:
            return RunVerdict.CRASHED, mask_excerpt(crashed)
        for outcome, verdict in REFUSALS:
            if counters[f"page/{outcome}"]:
                return verdict, run.reason
        if counters["row/refused"]:
            return RunVerdict.ROWS_REFUSED, run.reason
        if counters["partial"]:
            return RunVerdict.BELOW_EXPECTATION, run.reason
        return self._against_expectation(connection, run, expects)

    def _against_expectation(
        self, connection: Connection, run: Run, expects: Expectation | None
    ) -> tuple[RunVerdict, str | None]:
        seen = run.counters["listing/seen"] + run.counters["context/seen"]
        if seen == 0 and not run.counters["page/known"] and not _had_nothing_left(run):
            return RunVerdict.EMPTY, "not one listing was seen"
        if self._scope.get("kind") != "crawl" or run.counters[RESUMED]:
            return RunVerdict.OK, None
        if expects is not None and seen < expects.at_least:
            return RunVerdict.BELOW_EXPECTATION, f"{seen} listings where at least {expects.at_least} are expected"
        before = last_healthy_count(connection, run.source, json.dumps(self._scope, sort_keys=True))
        if before is not None and seen < before * SUDDEN_FALL:
            return RunVerdict.BELOW_EXPECTATION, f"{seen} listings, {before} in the last healthy run like this"
        return RunVerdict.OK, None


def _had_nothing_left(run: Run) -> bool:
    """Whether a crawl went on with another one of which nothing was left that is news."""
    return bool(run.counters[RESUMED]) and not any(name.startswith("page/") for name in +run.counters)


def unread(page: Page, reader: Reader, reading: Reading) -> list[tuple[str, str, Unread]]:
    """The rows of a page for the store, to be normalized only where their words are new."""
    elsewhere = reading.passed_over | {row.position for row in reading.refused}
    positions = (position for position in count(1) if position not in elsewhere)
    at, name, digest = page.observed_at, reader.name, words_digest if reader.is_timeless else _no_digest
    return [
        (source, source_id, Unread(digest(item, name), partial(_words, item, reader, at), position))
        for (source, source_id, item), position in zip(reading.listings, positions, strict=False)
    ]


def _no_digest(_item: ListingItem, _reader: str) -> None:
    return None


def _words(item: ListingItem, reader: Reader, observed_at: datetime) -> Words:
    try:
        return statement_of(item, reader, observed_at)
    except RowRefused as refusal:
        raise NotBelieved(mask_excerpt(refusal.reason), _excerpt(item.title or "")) from None


def refused_rows(reading: Reading) -> list[Refused]:
    """The rows that the parser refused, persons masked."""
    return [
        Refused(row.position, row.source_id, mask_excerpt(row.reason), _excerpt(row.excerpt)) for row in reading.refused
    ]


def bad_rows(reading: Reading, recorded: Recorded) -> list[Refused]:
    """The refused rows without those that sell nothing by their own words; the parser's stand first among them."""
    told = chain((isinstance(row, NoSaleRow) for row in reading.refused), repeat(False))
    return [row for row, is_no_sale in zip(recorded.refused, told, strict=False) if not is_no_sale]


def _excerpt(words: str) -> str:
    """The first words, masked before they are cut: half a number would not be known for one."""
    return mask_excerpt(words[: 2 * EXCERPT])[:EXCERPT]


def believed(reading: Reading, recorded: Recorded) -> int:
    """How many of a page's listings were taken; the rest is refused."""
    return len(reading.listings) - (len(recorded.refused) - len(reading.refused))


def _count(run: Run, reading: Reading, recorded: Recorded) -> None:
    counters = run.counters
    counters[f"page/{reading.outcome}"] += 1
    counters["listing/seen"] += believed(reading, recorded)
    counters["listing/new"] += recorded.new
    counters["listing/changed"] += recorded.changed
    counters["listing/unchanged"] += recorded.unchanged
    counters["listing/late"] += recorded.late
    bad = bad_rows(reading, recorded)
    counters["row/refused"] += len(bad)
    if len(bad) < len(recorded.refused):
        counters["row/no_sale"] += len(recorded.refused) - len(bad)
    if reading.context is not None:
        counters["context/seen"] += len(reading.context.points) + len(reading.context.prices)
    if run.reason is None:
        run.reason = reading.reason or next((refused.reason for refused in bad), None)
    items = [listing.item for listing in reading.listings]
    for counter, values in zip(MISSING, zip(*items, strict=True), strict=False):
        if None in values:
            counters[counter] += values.count(None)
