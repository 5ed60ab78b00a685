"""Counts that look at every listing: of a large database made beside the requests, which get the last one meanwhile."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock, Thread
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, func, select

from reporting.health import HealthReport, health_report
from reporting.review import WaitingPair, waiting_pairs
from reporting.web.board.keeper import SMALL
from store.engine import reading
from store.links import touched_listings
from store.rows import CRAWL_RUN, LINK_DECISION, LISTING, SOURCE

log = logging.getLogger(__name__)

LASTS = timedelta(minutes=1)
Counted = TypeVar("Counted")


class _Kept(NamedTuple, Generic[Counted]):
    counted_at: datetime
    mark: object
    found: Counted


class KeptCount(Generic[Counted]):
    """The last count; safe for many threads.

    Args:
        engine: the database.
        count: asks the open database, at an instant.
        mark: what tells cheaply that something else would be counted; without one only time does.
        waits: whether whoever asks waits for another count where the mark is another one.
        small: listings up to which it is counted anew for each who asks.
    """

    def __init__(
        self,
        engine: Engine,
        count: Callable[[Connection, datetime], Counted],
        mark: Callable[[Connection], object] = lambda _: None,
        *,
        waits: bool = False,
        small: int = SMALL,
    ) -> None:
        self._engine = engine
        self._count = count
        self._mark = mark
        self._waits = waits
        self._small = small
        self._lock = Lock()
        self._kept: _Kept[Counted] | None = None
        self._thread: Thread | None = None

    def get(self, connection: Connection, now: datetime) -> Counted:
        """The last count where it is not older than a minute, else the one before it: another one is being made."""
        if last_of(connection, LISTING.c.id) <= self._small:
            return self._count(connection, now)
        mark = self._mark(connection)
        with self._lock:
            if self._kept is None or (self._waits and mark != self._kept.mark):
                self._kept = _Kept(now, mark, self._count(connection, now))
            elif now - self._kept.counted_at > LASTS or mark != self._kept.mark:
                self._begin(now)
            return self._kept.found

    def prepare(self, now: datetime) -> None:
        """Begin to count, so that the first who asks need not wait for it."""
        with self._lock:
            self._begin(now)

    def close(self) -> None:
        """Wait for the count that is under way."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _begin(self, now: datetime) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._count_aside, args=(now,), name="counts", daemon=True)
            self._thread.start()

    def _count_aside(self, now: datetime) -> None:
        try:
            with reading(self._engine) as connection:
                if last_of(connection, LISTING.c.id) <= self._small:
                    return
                kept = _Kept(now, self._mark(connection), self._count(connection, now))
        except Exception:  # the edge of a thread: the count before it is told until one is made
            log.exception("a count failed")
        else:
            with self._lock:
                self._kept = kept


def health_count(engine: Engine, small: int = SMALL) -> KeptCount[HealthReport]:
    """How the sources stand; anew where a run began, or a source was paused or switched off."""
    return KeptCount(engine, health_report, _mark_of_sources, small=small)


def unlinked_count(engine: Engine, small: int = SMALL) -> KeptCount[int]:
    """How many listings are new or changed since they were linked."""
    return KeptCount(engine, lambda connection, _: len(touched_listings(connection)), small=small)


def waiting_list(engine: Engine, small: int = SMALL) -> KeptCount[Sequence[WaitingPair]]:
    """The pairs that wait for a person. One that was decided just now must not stand there, so each counts anew."""
    return KeptCount(engine, lambda connection, _: waiting_pairs(connection), _last_decision, waits=True, small=small)


def _last_decision(connection: Connection) -> int:
    return last_of(connection, LINK_DECISION.c.id)


def _mark_of_sources(connection: Connection) -> tuple[Any, ...]:
    source = SOURCE.c
    rows = connection.execute(select(source.name, source.paused_until, source.off_since).order_by(source.name))
    return last_of(connection, CRAWL_RUN.c.id), *map(tuple, rows)


def last_of(connection: Connection, column: Any) -> int:
    """The highest number of a listing or a run: no fewer than there are."""
    return int(connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one())
