"""How many listings wait to be linked: it takes a look at each, so of a large database it is counted once a minute."""

import time
from collections.abc import Callable
from threading import Lock

from sqlalchemy import Connection, func, select

from store.links import touched_listings
from store.rows import LISTING

FEW = 20_000
"""Listings among which they are counted each time."""

LASTS = 60.0  # seconds


class UnlinkedCount:
    """The number of the last count; safe for many threads."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic, few: int = FEW) -> None:
        self._seconds = seconds
        self._few = few
        self._lock = Lock()
        self._counted_at = float("-inf")
        self._count = 0

    def count(self, connection: Connection) -> int:
        """How many listings are new or changed since they were linked."""
        highest = connection.execute(select(func.coalesce(func.max(LISTING.c.id), 0))).scalar_one()
        with self._lock:
            if highest <= self._few or self._seconds() - self._counted_at >= LASTS:
                self._count = len(touched_listings(connection))
                self._counted_at = self._seconds()
            return self._count
