"""Keeps what was counted for as long as the database stays as it is.

A statistic looks at every listing. Of a small database it is counted while the visitor waits; of a large one beside
the requests, one after another, and the visitor is told to come back. Only tables and plots are kept, never the homes
that they were counted from.
"""

import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock, Thread
from typing import NamedTuple

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy import Table as Rows

from reporting.asked import filter_notes, require_sources
from reporting.errors import ReportError
from reporting.filters import day_of
from reporting.plots.options import Option
from reporting.tables import Noted, Table
from reporting.web.board.keeper import SMALL, Stamp, stamp_of
from reporting.web.errors import NotReady
from reporting.web.statistics.questions import Asked, find_statistic
from store.engine import reading
from store.errors import StoreError
from store.rows import CRAWL_RUN, LISTING

log = logging.getLogger(__name__)

KEPT = 64
MOST_WAITING = 8
"""Questions that wait to be counted; of a large database each may take a minute."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was counted: a report for ``render``, with its plot where it has one."""

    told: Table
    option: Option | None
    made_at: datetime
    took: float  # seconds

    def table(self) -> Table:
        """The report as rows and columns."""
        return self.told


class _Key(NamedTuple):
    """A question to one state of the database on one day: what is open ends by the calendar."""

    asked: Asked
    stamp: Stamp
    runs: int
    day: date


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
        self._failed: dict[_Key, ReportError | StoreError] = {}
        self._waiting: deque[_Key] = deque()
        self._counted: _Key | None = None
        self._thread: Thread | None = None

    def answer(self, asked: Asked) -> Answer:
        """The answer to a question.

        Raises:
            NotReady: it is being counted beside the requests, or too many others are.
            ReportError: it has no answer, such as one about a source of which nothing is known.
            StoreError: the database cannot be read.
        """
        key, size = self._look(asked)
        with self._lock:
            found = self._kept_of(key)
            if found is not None:
                return found
            failure = self._failed.pop(key, None)
            if failure is not None:
                raise failure
            if size > self._small:
                self._wait_for(key)
                raise NotReady("so many listings take a while to count: try again in a minute")
        return self._keep(key, self._count(asked))

    def kept(self, asked: Asked) -> Answer | None:
        """The answer where it is there already, or is counted at once; ``None`` where a visitor would have to ask."""
        key, size = self._look(asked)
        with self._lock:
            found = self._kept_of(key)
        if found is None and size <= self._small:
            return self._keep(key, self._count(asked))
        return found

    def close(self) -> None:
        """Count nothing further, and wait for what is under way."""
        with self._lock:
            self._waiting.clear()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _look(self, asked: Asked) -> tuple[_Key, int]:
        with reading(self._engine) as connection:
            stamp, runs = stamp_of(connection), _last_of(connection, CRAWL_RUN)
            size = _last_of(connection, LISTING)
        return _Key(asked, stamp, runs, day_of(self._clock())), size

    def _kept_of(self, key: _Key) -> Answer | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def _keep(self, key: _Key, answer: Answer) -> Answer:
        with self._lock:
            self._kept[key] = answer
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return answer

    def _wait_for(self, key: _Key) -> None:
        """Have a question counted, once; the lock is held."""
        if key == self._counted or key in self._waiting:
            return
        if len(self._waiting) >= MOST_WAITING:
            raise NotReady("too many statistics are being counted: try again in some minutes")
        self._waiting.append(key)
        if self._thread is None:
            self._thread = Thread(target=self._work, name="statistics", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        """Count what waits, one after another, until nothing does."""
        while True:
            with self._lock:
                if not self._waiting:
                    self._counted = self._thread = None
                    return
                key = self._counted = self._waiting.popleft()
            try:
                self._keep(key, self._count(key.asked))
            except (ReportError, StoreError) as error:
                with self._lock:
                    self._failed = {key: error}  # the last one: who asked is about to ask again
            except Exception:  # the edge of a thread: a visitor that asks again sees it begin anew
                log.exception("counting %s failed", key.asked.name)

    def _count(self, asked: Asked) -> Answer:
        began, now = time.monotonic(), self._clock()
        statistic = find_statistic(asked.name)
        with reading(self._engine) as connection:
            require_sources(connection, asked.filters.sources)
            notes = list(filter_notes(connection, asked.filters))
            report = statistic.answer(connection, asked)
        table = Noted(report, notes).table()
        option = statistic.draw(report) if statistic.draw and statistic.is_drawn(asked) else None
        option = option if option is not None and _has_points(option) else None
        return Answer(table, option, now, time.monotonic() - began)


def _has_points(option: Option) -> bool:
    """Whether a plot shows anything: where too little is known of every group it has axes alone."""
    return any(each is not None for series in option["series"] for each in series["data"])


def _last_of(connection: Connection, rows: Rows) -> int:
    """The highest number of a run or a listing: no fewer than there are."""
    return int(connection.execute(select(func.coalesce(func.max(rows.c.id), 0))).scalar_one())
