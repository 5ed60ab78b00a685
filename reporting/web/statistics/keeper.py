"""Keeps what was counted for as long as the database stays as it is.

A statistic looks at every listing, but for those that rollups know. Of a small database it is counted while the visitor
waits; of a large one by a process of its own, one after another, and the visitor is told to come back. While a crawl
writes, the last answer is shown with its time, and counted anew no oftener than it is worth. Only tables and plots are
kept, never the homes that they were counted from.
"""

import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import date, datetime
from multiprocessing.process import BaseProcess
from threading import Lock, Thread
from typing import NamedTuple

from sqlalchemy import Connection as Database
from sqlalchemy import Engine, func, select
from sqlalchemy import Table as Rows

from reporting.asked import require_sources
from reporting.errors import ReportError
from reporting.filters import day_of
from reporting.web.board.keeper import SMALL
from reporting.web.board.making import Stamp, stamp_of
from reporting.web.errors import NotReady
from reporting.web.statistics.counting import Answer, count, count_apart, kept_answer
from reporting.web.statistics.questions import Asked
from store.engine import reading
from store.errors import StoreError
from store.rows import CRAWL_RUN, LISTING

log = logging.getLogger(__name__)

KEPT = 64
MOST_WAITING = 8
"""Questions that wait to be counted; of a large database each may take a minute."""

RESTS = 20
"""An answer is counted anew no sooner than so many times as long as it took."""


class _Key(NamedTuple):
    """A question to one state of the database on one day: what is open ends by the calendar."""

    asked: Asked
    stamp: Stamp
    runs: int
    day: date


class _Look(NamedTuple):
    """What a question finds: its key, an answer of rollups, and whether anybody must wait for another."""

    key: _Key
    known: Answer | None
    is_large: bool


class StatisticKeeper:
    """What was counted last; safe for many threads.

    Args:
        engine: the database.
        clock: tells the time.
        small: listings up to which a visitor waits.
    """

    def __init__(self, engine: Engine, clock: Callable[[], datetime], small: int = SMALL) -> None:
        self._engine = engine
        self._clock = clock
        self._small = small
        self._lock = Lock()
        self._kept: OrderedDict[_Key, Answer] = OrderedDict()
        self._last: OrderedDict[Asked, tuple[Answer, float]] = OrderedDict()  # with when it was counted
        self._failed: OrderedDict[Asked, ReportError | StoreError] = OrderedDict()
        self._waiting: deque[_Key] = deque()
        self._counted: _Key | None = None
        self._thread: Thread | None = None
        self._child: BaseProcess | None = None
        self._is_closed = False

    def answer(self, asked: Asked) -> Answer:
        """The answer to a question.

        Raises:
            NotReady: it is being counted beside the requests, or too many others are.
            ReportError: it has no answer, such as one about a source of which nothing is known.
            StoreError: the database cannot be read.
        """
        look = self._look(asked)
        if look.known is not None:
            return look.known
        if not look.is_large:
            return self._keep(look.key, count(self._engine, asked, self._clock()))
        with self._lock:
            failure = self._failed.pop(asked, None)
            if failure is not None:
                raise failure
            before = self._last.get(asked)
            if before is None or time.monotonic() - before[1] >= RESTS * before[0].took:
                self._wait_for(look.key, is_new=before is None)
            if before is not None and before[0].made_at.date() == self._clock().date():
                return before[0]
        raise NotReady("so many listings take a while to count: try again in a minute")

    def kept(self, asked: Asked) -> Answer | None:
        """The answer where it is there already, or is counted at once; ``None`` where a visitor would have to ask."""
        look = self._look(asked)
        if look.known is None and not look.is_large:
            return self._keep(look.key, count(self._engine, asked, self._clock()))
        if look.known is None:
            with self._lock:
                before = self._last.get(asked)
            return before[0] if before else None
        return look.known

    def close(self) -> None:
        """Count nothing further; what is under way is ended, for it may take minutes and nobody waits for it."""
        with self._lock:
            self._is_closed = True
            self._waiting.clear()
            thread, child = self._thread, self._child
            if child is not None:
                child.terminate()
        if thread is not None:
            thread.join()

    def _look(self, asked: Asked) -> _Look:
        now = self._clock()
        with reading(self._engine) as connection:
            key = _Key(asked, stamp_of(connection), _last_of(connection, CRAWL_RUN), day_of(now))
            is_large = _last_of(connection, LISTING) > self._small
            with self._lock:
                found = self._kept.get(key)
                if found is not None:
                    self._kept.move_to_end(key)
            if found is None and is_large:
                require_sources(connection, asked.filters.sources)
                found = kept_answer(connection, asked, now)
        return _Look(key, found, is_large)

    def _keep(self, key: _Key, answer: Answer) -> Answer:
        with self._lock:
            self._kept[key] = answer
            self._last[key.asked] = (answer, time.monotonic())
            for kept in (self._kept, self._last):
                while len(kept) > KEPT:
                    kept.popitem(last=False)
        return answer

    def _wait_for(self, key: _Key, *, is_new: bool) -> None:
        """Have a question counted, once; the lock is held."""
        if self._is_closed:
            return
        under_way = [*self._waiting, *([self._counted] if self._counted else [])]
        if any(key.asked == each.asked for each in under_way):
            return
        if len(self._waiting) >= MOST_WAITING:
            if is_new:
                raise NotReady("too many statistics are being counted: try again in some minutes")
            return
        self._waiting.append(key)
        if self._thread is None:
            self._thread = Thread(target=self._work, name="statistics", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        """Have counted what waits, one after another, until nothing does."""
        url = self._engine.url.render_as_string(hide_password=False)
        while True:
            with self._lock:
                if not self._waiting:
                    self._counted = self._thread = None
                    return
                key = self._counted = self._waiting.popleft()
            try:
                self._keep(key, count_apart(url, key.asked, self._clock(), self._note_child))
            except (ReportError, StoreError) as error:
                self._note_failure(key.asked, error)
            except Exception:  # the edge of a thread: a visitor that asks again sees it begin anew
                log.exception("counting %s failed", key.asked.name)
            finally:
                with self._lock:
                    self._child = None

    def _note_child(self, child: BaseProcess) -> None:
        """Keep the process that counts, so that it can be ended; at once where it began while all was being closed."""
        with self._lock:
            self._child = child
            if self._is_closed:
                child.terminate()

    def _note_failure(self, asked: Asked, error: ReportError | StoreError) -> None:
        """Keep a failure until it is asked for again: what cannot be counted must not be counted at every look."""
        with self._lock:
            self._failed[asked] = error
            while len(self._failed) > KEPT:
                self._failed.popitem(last=False)


def _last_of(connection: Database, rows: Rows) -> int:
    """The highest number of a run or a listing: no fewer than there are."""
    return int(connection.execute(select(func.coalesce(func.max(rows.c.id), 0))).scalar_one())
