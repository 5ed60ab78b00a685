"""How the sources stand, counted at most once a minute of a large database: it looks at every listing's last sight."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import Connection

from reporting.health import HealthReport
from reporting.web.board.keeper import SMALL

LASTS = timedelta(minutes=1)


class HealthKeeper:
    """The last answer; safe for many threads. Of a small database it is counted anew each time."""

    def __init__(self, count: Callable[[Connection, datetime], HealthReport], small: int = SMALL) -> None:
        self._count = count
        self._small = small
        self._lock = Lock()
        self._kept: tuple[datetime, HealthReport] | None = None

    def health(self, connection: Connection, listings: int, now: datetime) -> HealthReport:
        """How the sources stand. ``listings``: how many there are."""
        if listings <= self._small:
            return self._count(connection, now)
        with self._lock:
            if self._kept is None or now - self._kept[0] > LASTS:
                self._kept = now, self._count(connection, now)
            return self._kept[1]
