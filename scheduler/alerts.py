"""Telling what is new: a process of its own after each linking, and every quarter of an hour for what time brings.

Deadlines, digests, the end of quiet hours and messages that were not taken need no crawl to become due.
"""

import logging
import subprocess
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from scheduler.programs import begin_program
from store.engine import reading
from store.rows import WATCH

logger = logging.getLogger(__name__)

EVERY = timedelta(minutes=15)


class AlertRuns:
    """Begins ``fapai alert run`` when it is due, one at a time. A run that is killed loses nothing.

    Args:
        engine: the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._process: subprocess.Popen[bytes] | None = None
        self._begun_at: datetime | None = None
        self._was_linking = False

    def begin_if_due(self, now: datetime, linking: subprocess.Popen[bytes] | None) -> None:
        """Begin a run after a linking has ended, or when the last one is long ago; not while either goes on.

        Args:
            now: the instant, aware.
            linking: the process that links, while there is one.
        """
        if linking is not None:
            self._was_linking = True
            return
        if self._process is not None and self._process.poll() is None:
            return
        if self._process is not None and self._process.returncode:
            logger.warning("telling what is new ended with %d: see fapai watch outbox", self._process.returncode)
        self._process = None
        since = None if self._begun_at is None else now - self._begun_at
        is_due = self._was_linking or since is None or not timedelta() <= since < EVERY  # or the clock was put back
        if is_due and has_watches(self._engine):
            self._process = begin_program(self._engine, "alert", "run")
        if is_due:
            self._was_linking, self._begun_at = False, now

    def stop(self) -> None:
        """End the run that goes on: what it was at is done by the next one."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


def has_watches(engine: Engine) -> bool:
    """Whether there is a watch that is to be told anything."""
    with reading(engine) as connection:
        return connection.execute(select(WATCH.c.id).where(WATCH.c.paused_at.is_(None))).first() is not None
