"""The service that keeps the timetable: claims what is due, crawls it in child processes, and plans again.

One service keeps the timetable of a database; another one on the same database waits until the first has gone, and so
it does while workers of the queue (``scheduler.queue``) keep it. All promises are leases: what a killed service was at
is due again when they end.
"""

import logging
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from scheduler.alerts import AlertRuns
from scheduler.crawling import Crawls, Job, Limits, has_news
from scheduler.leases import TIMETABLE, TIMETABLE_LEASE
from scheduler.programs import begin_program
from scheduler.timetable import refresh
from store.engine import reading, writing
from store.errors import StoreError
from store.targets import drop_lease, sources_due, take_lease

logger = logging.getLogger(__name__)

TICK = timedelta(seconds=10)
REFRESH_EVERY = timedelta(hours=1)


class Service(Crawls):
    """Keeps the timetable of one database. ``tick`` is called again and again; it never waits for a crawl.

    Args:
        engine: the database.
        limits: what a crawl may take.
        base_url: a server asked in place of the sites, for trials on recorded pages.
        clock: tells the time, aware.
    """

    def __init__(
        self,
        engine: Engine,
        limits: Limits | None = None,
        base_url: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(engine, limits, base_url, clock)
        self._refreshed_at: datetime | None = None
        self._linking: subprocess.Popen[bytes] | None = None
        self._alerts = AlertRuns(engine)
        self._has_news = False
        self._has_said_who_keeps_it = False
        self.is_keeper = False

    def tick(self) -> None:
        """Do what is to be done: end what takes too long, plan, begin what is due, link what came, tell what is new.

        A database that cannot be written for a while is told in the log, and the next tick tries again.
        """
        if self._is_ending:
            return
        try:
            self.watch()
            if self._keeps_the_timetable():
                self._refresh_if_due()
                self._begin_what_is_due()
                self._link_what_came()
                self._alerts.begin_if_due(self._clock(), self._linking)
        except StoreError as error:
            logger.warning("not now: %s", error)

    def stop(self) -> None:
        """End all crawls, each with its page and its record, and give back what is leased."""
        super().stop()
        if self._linking is not None:
            self._linking.terminate()
            self._linking.wait()
        self._alerts.stop()
        with writing(self._engine) as connection:
            drop_lease(connection, TIMETABLE, self.holder)

    def _keeps_the_timetable(self) -> bool:
        now = self._clock()
        with writing(self._engine) as connection:
            is_keeper = take_lease(connection, TIMETABLE, self.holder, now + TIMETABLE_LEASE, now)
        if is_keeper != self.is_keeper or not self._has_said_who_keeps_it:
            self._has_said_who_keeps_it = True
            logger.info("we keep the timetable" if is_keeper else "another service, or workers, keep the timetable")
        self.is_keeper = is_keeper
        return is_keeper

    def _refresh_if_due(self) -> None:
        now = self._clock()
        since = None if self._refreshed_at is None else now - self._refreshed_at
        if since is None or not timedelta() <= since < REFRESH_EVERY:  # or the clock was put back
            with writing(self._engine) as connection:
                refresh(connection, self.specs, now)
            self._refreshed_at = now

    def _begin_what_is_due(self) -> None:
        with reading(self._engine) as connection:
            sources = sources_due(connection, self._clock())
        for source in sources:
            running = self.running
            if len(running) >= self._limits.most_at_once:
                return
            if source not in running:
                job = self.begin(source)
                if job is not None:
                    job.thread = threading.Thread(target=self._go_on, args=(job,), name=f"crawl {source}", daemon=True)
                    job.thread.start()

    def _go_on(self, job: Job) -> None:
        """In a thread: wait for the crawl."""
        if has_news(self.follow(job)):
            self._has_news = True

    def _link_what_came(self) -> None:
        """Link in a process of its own, after crawls that brought something; one at a time."""
        if self._linking is not None and self._linking.poll() is None:
            return
        self._linking = None
        if self._has_news and not self._running():
            self._has_news = False
            self._linking = begin_program(self._engine, "link")
