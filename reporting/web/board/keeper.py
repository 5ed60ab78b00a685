"""Keeps the board up to date: what has changed in the database is read anew, in another process where there is much.

Boards of earlier days are made under a lock of their own: whoever asks for today does not wait for them.
"""

import gc
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock, Thread

from sqlalchemy import Connection, Engine, func, select

from reporting.filters import AsOf, Filters
from reporting.linked import linked_then
from reporting.web.board.apart import Job, make_apart
from reporting.web.board.board import Board
from reporting.web.board.kept import own_mark, read_made
from reporting.web.board.lines import load_lines
from reporting.web.board.making import Made, Stamp, make_board, stamp_of
from reporting.web.errors import NotReady, TooMuch
from store.engine import reading
from store.errors import StoreError
from store.rows import LISTING

log = logging.getLogger(__name__)

SMALL = 20_000
"""Listings up to which a request waits for a new board: it takes about two seconds."""

MOST_EARLIER = 50_000
"""Listings up to which an earlier day is shown: its board is made for it alone."""

EARLIER_KEPT = 2
LOOKS_EVERY = 1.0  # seconds between two looks at whether the database has changed
LASTS = timedelta(minutes=10)
"""Offers end without anybody writing it: after this long those that may have are looked at in any case."""

COLLECTS = (50_000, 10, 1_000)
"""When garbage is collected (``gc.set_threshold``): a full collection stopped every request for a third of a second,
several times a minute (2026-11), and is rare with these. The young ones find what requests leave behind in circles.
"""

RESTS = 20
"""A new board is made no sooner than so many times as long as the last one took: it shares the processor with pages."""


class BoardKeeper:
    """The present board and a few of earlier days; safe for many threads.

    The board of a large database is made by a process of its own and left on disk, where the next server finds it.

    Args:
        engine: the database.
        clock: tells the time.
        small: listings up to which a request waits for a board.
        kept: the file of a large board; without one this process makes the board itself.
    """

    def __init__(
        self, engine: Engine, clock: Callable[[], datetime], small: int = SMALL, kept: Path | None = None
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._small = small
        self._kept = kept
        self._lock = Lock()
        self._board: Board | None = None
        self._stamp: Stamp | None = None
        self._before: Made | None = None  # what this process made itself
        self._looked_at = self._built_at = float("-inf")
        self._took = 0.0
        self._thread: Thread | None = None
        self._child: BaseProcess | None = None
        self._is_closed = False
        self._earlier_lock = Lock()
        self._earlier: OrderedDict[tuple[str, Stamp], Board] = OrderedDict()

    def board(self, as_of: AsOf | None = None) -> Board:
        """The board of today, or of an earlier day.

        Raises:
            NotReady: the first board of a large database is being made.
            TooMuch: an earlier day of a large database is asked for.
        """
        if as_of is not None:
            return self._earlier_board(as_of)
        board = self._board
        if board is not None and time.monotonic() - self._looked_at < LOOKS_EVERY:
            return board
        with self._lock:
            self._looked_at = time.monotonic()
            with reading(self._engine) as connection:
                stamp, size = stamp_of(connection), _size(connection)
            if not self._is_stale(stamp) and self._board is not None:
                return self._board
            if size <= self._small:
                return self._make()
            self._make_beside()
            if self._board is None:
                raise NotReady("the listings are being read for the first time: try again in a minute")
            return self._board

    def refresh_soon(self) -> None:
        """Begin to make the board of a large database, so that the first request finds it."""
        try:
            self.board()
        except (NotReady, StoreError):
            log.info("the board is being made")

    def close(self) -> None:
        """End what is under way in another process, and wait for what is in this one."""
        with self._lock:
            self._is_closed = True
            thread, child = self._thread, self._child
            if child is not None:
                child.terminate()
        if thread is not None:
            thread.join()

    def _is_stale(self, stamp: Stamp) -> bool:
        if self._board is None:
            return True
        return stamp != self._stamp or self._clock() - self._board.now > LASTS

    def _make_beside(self) -> None:
        is_busy = self._thread is not None and self._thread.is_alive()
        if self._is_closed or is_busy or time.monotonic() - self._built_at < RESTS * self._took:
            return
        self._thread = Thread(target=self._make_in_thread, name="board", daemon=True)
        self._thread.start()

    def _make_in_thread(self) -> None:
        try:
            if self._kept is None:
                self._make()
            else:
                self._make_apart(self._kept)
        except Exception:  # the edge of a thread: the board before it is shown until one is made
            log.exception("a board could not be made")

    def _make_apart(self, kept: Path) -> None:
        mark = own_mark(self._engine.url.render_as_string())
        if self._board is None:
            self._take(read_made(kept, mark))
            with reading(self._engine) as connection:
                if not self._is_stale(stamp_of(connection)):
                    return
        began = time.monotonic()
        job = Job(self._engine.url.render_as_string(hide_password=False), kept, self._clock())
        try:
            count = make_apart(job, self._note_child)
        except StoreError as error:
            if self._is_closed:
                return
            log.warning("%s: the board is made beside the pages", error)
            self._make()
        else:
            self._take(read_made(kept, mark))
            log.info("a board in which %d listings were read, made in %.1f s", count, time.monotonic() - began)
        finally:
            self._child = None
            self._built_at = time.monotonic()
            self._took = self._built_at - began

    def _note_child(self, child: BaseProcess) -> None:
        """Keep the process that reads, so that it can be ended; at once where it began while all was being closed."""
        self._child = child
        if self._is_closed:
            child.terminate()

    def _take(self, made: Made | None) -> None:
        if made is None:
            return
        is_large = made.board.count > self._small
        if is_large and self._board is not None:
            made.board.prepare()
        self._board, self._stamp = made.board, made.stamp
        if is_large:
            gc.freeze()  # or each full collection looks at the whole board, while every request waits
            gc.set_threshold(*COLLECTS)
            made.board.prepare()  # the first one after it can be seen: whoever waits for any board is served sooner

    def _make(self) -> Board:
        began, now = time.monotonic(), self._clock()
        try:
            with reading(self._engine) as connection:
                made, count = make_board(connection, self._before, now)
        finally:  # also of one that failed: it is not tried again at every look
            self._built_at = time.monotonic()
            self._took = self._built_at - began
        self._before = made
        self._take(made)
        log.info("a board of %d listings, %d of them read, made in %.1f s", made.board.count, count, self._took)
        return made.board

    def _earlier_board(self, as_of: AsOf) -> Board:
        with reading(self._engine) as connection:
            size, key = _size(connection), (as_of.text, stamp_of(connection))
        if size > MOST_EARLIER:
            raise TooMuch(f"--as-of: earlier days are shown of {MOST_EARLIER:,} listings at most: fapai report")
        with self._earlier_lock:
            if key not in self._earlier:
                now = min(as_of.before, self._clock())
                with reading(self._engine) as connection:
                    filters = Filters(as_of=as_of)
                    then = linked_then(connection, filters)
                    self._earlier[key] = Board(load_lines(connection, filters, now, then=then), now, then)
                while len(self._earlier) > EARLIER_KEPT:
                    self._earlier.popitem(last=False)
            self._earlier.move_to_end(key)
            return self._earlier[key]


def _size(connection: Connection) -> int:
    """No fewer than the listings there are."""
    return int(connection.execute(select(func.coalesce(func.max(LISTING.c.id), 0))).scalar_one())
