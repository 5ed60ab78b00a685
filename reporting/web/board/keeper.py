"""Keeps the board up to date: what has changed in the database is read anew, beside the requests where there is much.

Boards of earlier days are made under a lock of their own: whoever asks for today does not wait for them.
"""

import gc
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock, Thread
from typing import NamedTuple

from sqlalchemy import Connection, Engine, func, select

from reporting.filters import AsOf, Filters
from reporting.web.board.board import Board
from reporting.web.board.changes import Marks, changes_between, read_marks
from reporting.web.board.lines import load_lines
from reporting.web.errors import NotReady, TooMuch
from store.engine import reading
from store.errors import StoreError
from store.read import last_seen
from store.rows import LINK_DECISION, LISTING, PROPERTY, SOURCE

log = logging.getLogger(__name__)

SMALL = 20_000
"""Listings up to which a request waits for a new board: it takes about two seconds."""

MOST_EARLIER = 50_000
"""Listings up to which an earlier day is shown: its board is made for it alone."""

EARLIER_KEPT = 2
LOOKS_EVERY = 1.0  # seconds between two looks at whether the database has changed
LASTS = timedelta(minutes=10)
"""Offers end without anybody writing it: after this long those that may have are looked at in any case."""

RESTS = 20
"""A new board is made no sooner than so many times as long as the last one took: it shares the processor with pages."""


class Stamp(NamedTuple):
    """What changes when crawls and links are written."""

    writes: int
    decisions: int
    homes: int


class BoardKeeper:
    """The present board and a few of earlier days; safe for many threads.

    Args:
        engine: the database.
        clock: tells the time.
        small: listings up to which a request waits for a board.
    """

    def __init__(self, engine: Engine, clock: Callable[[], datetime], small: int = SMALL) -> None:
        self._engine = engine
        self._clock = clock
        self._small = small
        self._lock = Lock()
        self._board: Board | None = None
        self._marks: Marks | None = None
        self._stamp: Stamp | None = None
        self._looked_at = self._built_at = float("-inf")
        self._took = 0.0
        self._thread: Thread | None = None
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
        """Wait for what is under way."""
        if self._thread is not None:
            self._thread.join()

    def _is_stale(self, stamp: Stamp) -> bool:
        if self._board is None:
            return True
        return stamp != self._stamp or self._clock() - self._board.now > LASTS

    def _make_beside(self) -> None:
        is_busy = self._thread is not None and self._thread.is_alive()
        if is_busy or time.monotonic() - self._built_at < RESTS * self._took:
            return
        self._thread = Thread(target=self._make_apart, name="board", daemon=True)
        self._thread.start()

    def _make_apart(self) -> None:
        try:
            self._make()
        except Exception:  # the edge of a thread: the board before it is shown until one is made
            log.exception("a board could not be made")

    def _make(self) -> Board:
        began, now = time.monotonic(), self._clock()
        try:
            with reading(self._engine) as connection:
                stamp, marks = stamp_of(connection), read_marks(connection)
                board, count = _board_of(connection, self._board, self._marks, marks, now)
        finally:  # also of one that failed: it is not tried again at every look
            self._built_at = time.monotonic()
            self._took = self._built_at - began
        self._board, self._marks, self._stamp = board, marks, stamp
        if board.count > self._small:
            gc.freeze()  # or each full collection looks at the whole board, while every request waits
        log.info("a board of %d listings, %d of them read, made in %.1f s", board.count, count, self._took)
        return board

    def _earlier_board(self, as_of: AsOf) -> Board:
        with reading(self._engine) as connection:
            size, key = _size(connection), (as_of.text, stamp_of(connection))
        if size > MOST_EARLIER:
            raise TooMuch(f"--as-of: earlier days are shown of {MOST_EARLIER:,} listings at most: fapai report")
        with self._earlier_lock:
            if key not in self._earlier:
                now = min(as_of.before, self._clock())
                with reading(self._engine) as connection:
                    self._earlier[key] = Board(load_lines(connection, Filters(as_of=as_of), now), now)
                while len(self._earlier) > EARLIER_KEPT:
                    self._earlier.popitem(last=False)
            self._earlier.move_to_end(key)
            return self._earlier[key]


def _board_of(
    connection: Connection, board: Board | None, before: Marks | None, marks: Marks, now: datetime
) -> tuple[Board, int]:
    """The board of a state of the database, out of the one before where there is one; how many listings were read."""
    changes = None
    if board is not None and before is not None:
        changes = changes_between(connection, before, marks, board.now, board.due(now), board.unseen())
    if board is None or changes is None:
        made = Board(load_lines(connection, Filters(), now), now)
        return made, made.count
    lines = load_lines(connection, Filters(), now, changes.listing_ids)
    seen = {
        position: at
        for listing_id, at in last_seen(connection, changes.seen).items()
        if (position := board.position_of(listing_id)) is not None
    }
    return board.updated(lines, seen, now), len(changes.listing_ids)


def stamp_of(connection: Connection) -> Stamp:
    """The state of the database: two that are equal show the same homes."""
    highest = (select(func.coalesce(func.max(column), 0)) for column in (LINK_DECISION.c.id, PROPERTY.c.id))
    writes = connection.execute(select(func.coalesce(func.sum(SOURCE.c.write_count), 0))).scalar_one()
    decisions, homes = (connection.execute(query).scalar_one() for query in highest)
    return Stamp(int(writes), int(decisions), int(homes))


def _size(connection: Connection) -> int:
    """No fewer than the listings there are."""
    return int(connection.execute(select(func.coalesce(func.max(LISTING.c.id), 0))).scalar_one())
