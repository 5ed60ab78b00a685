"""What workers do: the tasks of the queue, each guarded by the leases that a service takes too.

The queue only carries the work from whoever sees that it is due to whoever is free. What is due, who is at it and when
it is tried again are rows of ours: a job that comes twice, or too late, finds nothing to claim and ends. A job has the
name of a lease as its ``lock``; ``queueing_lock`` is not used, with which a dead worker's jobs bar the way of new ones
(Procrastinate's issues 1446 and 1543, open in 2026-11).
"""

import asyncio
import logging
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from sqlalchemy import Engine

from scheduler.alerts import has_watches
from scheduler.crawling import Crawls, Limits, has_news
from scheduler.leases import (
    LEASE,
    LINKING,
    PLANNING,
    TIMETABLE,
    TIMETABLE_LEASE,
    WORKER,
    site_lease,
    worker_lease,
)
from scheduler.programs import begin_program
from scheduler.queue.schema import connection_words
from scheduler.queue.standing import living_workers
from scheduler.service import REFRESH_EVERY
from scheduler.timetable import refresh
from store.engine import reading, writing
from store.errors import StoreError
from store.targets import drop_ended_leases, drop_lease, sources_due, standing_leases, take_lease
from store.terms import RunVerdict

if TYPE_CHECKING:  # only who works imports the library: its croniter 7.0 starts the program ``file`` to ask for bits
    from procrastinate.jobs import Job as QueuedJob
    from procrastinate.tasks import Task

logger = logging.getLogger(__name__)

CRAWLS, UPKEEP = "crawls", "upkeep"
"""The queues: an upkeep that waited for eight hours of crawling would be none."""

EACH_MINUTE, EACH_QUARTER = "* * * * *", "*/15 * * * *"
TRIES, FIRST_WAIT, LONGER_EACH_TIME = 3, 60, 120
"""How often, and after how many seconds, a task is tried again that could not do its work at all.

A crawl that went wrong is the timetable's: its rows put it off.
"""

HOURS_FAILED_JOBS_ARE_KEPT = 7 * 24
KEEPER = "the workers of the queue"
"""Who keeps the timetable while workers do: all of them, so that any of them may go."""

Result = TypeVar("Result")


class ProgramFailed(StoreError):
    """Linking could not be done: the queue tries it again."""


class Work:
    """The tasks of one worker, on the database and on its queue.

    Args:
        engine: a PostgreSQL database.
        limits: what a crawl may take, and how many sites this worker asks at the same time.
        base_url: a server asked in place of the sites, for trials on recorded pages.
        clock: tells the time, aware.
    """

    def __init__(
        self,
        engine: Engine,
        limits: Limits,
        base_url: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        from procrastinate import App, PsycopgConnector, RetryStrategy

        self.crawls = Crawls(engine, limits, base_url, clock)
        self.holder = self.crawls.holder
        self.begun = self.unhealthy = 0  # crawls
        self._engine = engine
        self._clock = clock
        self._specs = self.crawls.specs
        self._lease = worker_lease(uuid4().hex)
        self._leased_until = clock()
        self._threads = ThreadPoolExecutor(limits.most_at_once + 4, "work")
        self._program: subprocess.Popen[bytes] | None = None
        self._guard = threading.Lock()  # what was given back must not be renewed
        self._is_ending = False
        address, options = connection_words(engine)
        connector = PsycopgConnector(conninfo=address, kwargs={"options": options}, min_size=1, max_size=4)
        self.app = App(connector=connector)
        again = RetryStrategy(max_attempts=TRIES, wait=FIRST_WAIT, linear_wait=LONGER_EACH_TIME)
        self._crawl = self.app.task(name="crawl", queue=CRAWLS, retry=again)(self.crawl)
        self._link = self.app.task(name="link", queue=UPKEEP, retry=again, lock=LINKING)(self.link)
        self._tell = self.app.task(name="tell", queue=UPKEEP, lock=LINKING)(self.tell)
        self.app.periodic(cron=EACH_QUARTER)(self._tell)
        self.app.periodic(cron=EACH_MINUTE)(self.app.task(name="keep", queue=UPKEEP)(self.keep))

    # The tasks --------------------------------------------------------------------------------------------------

    async def keep(self, timestamp: int = 0) -> None:  # noqa: ARG002 (the library gives the minute)
        """Keep the timetable: begin again what a dead worker was at, plan, and put what is due into the queue."""
        await self._revive_jobs()
        waiting = {job.lock for job in await self._open_jobs()}
        for source in await self._in_thread(self._plan):
            if site_lease(source) not in waiting:
                await self._crawl.configure(lock=site_lease(source)).defer_async(source=source)
        await self.app.job_manager.delete_old_jobs(
            HOURS_FAILED_JOBS_ARE_KEPT, include_failed=True, include_cancelled=True, include_aborted=True
        )

    async def crawl(self, source: str) -> None:
        """Make the most urgent crawl of a source, if one is due by now and nobody else is at it."""
        if await self._in_thread(self._make_crawl, source):
            await self.order(self._link)

    async def link(self) -> None:
        """Link what came, and tell what is new."""
        if await self._in_thread(self._keeps_the_timetable):  # else a service does
            await self._in_thread(self._run_program, "link")
            await self.order(self._tell)

    async def tell(self, timestamp: int = 0) -> None:  # noqa: ARG002
        """Tell what is new, and what time has brought."""
        if not (await self._in_thread(self._keeps_the_timetable) and await self._in_thread(has_watches, self._engine)):
            return
        try:
            await self._in_thread(self._run_program, "alert", "run")
        except ProgramFailed as failure:  # the next quarter of an hour tries again
            logger.warning("%s: see fapai watch outbox", failure)

    # What belongs to them ---------------------------------------------------------------------------------------

    async def order(self, task: "Task[Any, Any, Any]") -> None:
        """Put a task without arguments into the queue, unless it waits there already."""
        if all(job.task_name != task.name for job in await self._open_jobs("todo")):
            await task.defer_async()

    async def order_telling(self) -> None:
        """Have told what time has brought, now and not at the next quarter of an hour."""
        await self.order(self._tell)

    async def waiting(self, queue: str) -> set[int]:
        """The jobs of a queue that could be begun now, but for their locks."""
        now = self._clock()
        jobs = await self._open_jobs("todo")
        ready = (job for job in jobs if job.queue == queue and (job.scheduled_at is None or job.scheduled_at <= now))
        return {job.id for job in ready if job.id is not None}

    def enter(self) -> None:
        """Be known as a worker that is alive."""
        self._renew(self._lease)

    def watch(self) -> None:
        """End what takes too long, and hold longer what is being worked at. To be called every some seconds.

        Raises:
            StoreError: the database cannot be written.
        """
        self.crawls.watch()
        with self._guard:
            if self._leased_until - self._clock() <= LEASE / 2:
                self._renew(*((self._lease,) if self._program is None else (self._lease, LINKING)))

    def stop(self) -> None:
        """End what goes on, each crawl with its page and its record, and give back what is leased."""
        self._is_ending = True
        if self._program is not None:
            self._program.terminate()
        self.crawls.stop()

    def leave(self) -> None:
        """Be no worker any more; the last one gives back the timetable."""
        self._threads.shutdown()
        with writing(self._engine) as connection:
            drop_lease(connection, self._lease, self.holder)
            if not living_workers(connection, self._clock()):
                drop_lease(connection, TIMETABLE, KEEPER)

    def _renew(self, *names: str) -> None:
        now = self._clock()
        with writing(self._engine) as connection:
            ours = {name for name in names if take_lease(connection, name, self.holder, now + LEASE, now)}
        self._leased_until = now + LEASE
        if self._program is not None and LINKING in names and LINKING not in ours:
            logger.warning("told to end what links: somebody else has its lease")
            self._program.terminate()  # the queue begins it again

    def _make_crawl(self, source: str) -> bool:
        """Whether it brought something to be linked."""
        job = self.crawls.begin(source)
        if job is None:
            return False
        self.begun += 1
        summary = self.crawls.follow(job)
        is_healthy = summary is not None and summary.verdict is RunVerdict.OK
        self.unhealthy += not (is_healthy or job.is_called_off)
        return has_news(summary)

    def _run_program(self, *words: str) -> None:
        now = self._clock()
        with writing(self._engine) as connection:
            if not take_lease(connection, LINKING, self.holder, now + LEASE, now):
                raise ProgramFailed("somebody else links, or is not known to be dead yet")
        self._leased_until = now + LEASE / 2  # of both: they are renewed together
        logger.info("fapai %s", " ".join(words))
        self._program = program = begin_program(self._engine, *words)
        if self._is_ending:
            program.terminate()
        try:
            code = program.wait()
        finally:
            with self._guard, writing(self._engine) as connection:
                self._program = None
                drop_lease(connection, LINKING, self.holder)
        if code:
            raise ProgramFailed(f"fapai {' '.join(words)} ended with {code}")

    def _keeps_the_timetable(self) -> bool:
        now = self._clock()
        with writing(self._engine) as connection:
            return take_lease(connection, TIMETABLE, KEEPER, now + TIMETABLE_LEASE, now)

    def _plan(self) -> list[str]:
        """The sources that are to be crawled now; none while a service keeps the timetable."""
        now = self._clock()
        if not self._keeps_the_timetable():
            logger.info("a service keeps the timetable: nothing is put into the queue")
            return []
        with writing(self._engine) as connection:
            if take_lease(connection, PLANNING, uuid4().hex, now + REFRESH_EVERY, now):
                refresh(connection, self._specs, now)
                drop_ended_leases(connection, WORKER, now)
            held = {name for name, _, _ in standing_leases(connection, now)}
            due = [source for source in sources_due(connection, now) if site_lease(source) not in held]
        return [source for source in due if not isinstance(self.crawls.orders_now(source), str)]

    async def _revive_jobs(self) -> None:
        """Put back what workers were at that died: when no lease stands for it any more."""
        from procrastinate.exceptions import ConnectorException

        stalled = list(await self.app.job_manager.get_stalled_jobs())
        held = await self._in_thread(self._standing_names) if stalled else set()
        for job in stalled:
            if job.lock not in held:
                logger.warning("%s %s: its worker has died", job.task_name, job.lock or "")
                with suppress(ConnectorException):  # another worker was faster
                    await self._put_back(job)

    async def _put_back(self, job: "QueuedJob") -> None:
        from procrastinate.jobs import Status

        if job.attempts < TRIES:
            await self.app.job_manager.retry_job(job)
        else:
            await self.app.job_manager.finish_job(job, Status.FAILED, delete_job=False)

    def _standing_names(self) -> set[str]:
        with reading(self._engine) as connection:
            return {name for name, _, _ in standing_leases(connection, self._clock())}

    async def _open_jobs(self, *states: str) -> "list[QueuedJob]":
        """The jobs that wait or are being done."""
        found: list[QueuedJob] = []
        for state in states or ("todo", "doing"):
            found += await self.app.job_manager.list_jobs_async(status=state)
        return found

    async def _in_thread(self, function: Callable[..., Result], *arguments: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)
