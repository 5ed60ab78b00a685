"""A worker of the queue: ``fapai schedule worker``, on as many machines as there are, all on one PostgreSQL."""

import asyncio
import logging
import signal
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from sqlalchemy import Engine

from scheduler.crawling import Limits
from scheduler.queue.schema import make_queue
from scheduler.queue.standing import living_workers
from scheduler.queue.work import CRAWLS, UPKEEP, Work
from scheduler.service import TICK
from store.engine import reading
from store.errors import StoreError

logger = logging.getLogger(__name__)

POLL_SECONDS = 5.0
UPKEEP_AT_ONCE = 2
"""The timetable is kept while something is linked."""


class QueueLost(StoreError):
    """The queue cannot be reached any more; whoever started the worker starts it again."""


class Worker:
    """Does the jobs of the queue, and puts into it what is due, until it is told to end.

    Args:
        engine: a PostgreSQL database whose tables are of the program's version.
        limits: what a crawl may take, and how many sites are asked at the same time.
        base_url: a server asked in place of the sites, for trials on recorded pages.
        clock: tells the time, aware.

    Raises:
        StoreError: the database is none that can hold a queue.
    """

    def __init__(
        self,
        engine: Engine,
        limits: Limits,
        base_url: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._limits = limits
        self._clock = clock
        self._work = Work(engine, limits, base_url, clock)

    def add(self, sources: Collection[str]) -> None:
        """Put sources on the timetable."""
        self._work.crawls.add(sources)

    def run(self, *, until_empty: bool = False) -> bool:
        """Work until told to end (SIGTERM, SIGINT), or until nothing is due; gives whether all crawls were healthy.

        In the main thread of a process, once.

        Raises:
            QueueLost: the database is not there any more.
            StoreError: the tables of the queue cannot be made.
        """
        from procrastinate.exceptions import ConnectorException

        with reading(self._engine) as connection:
            is_in_use = bool(living_workers(connection, self._clock()))
        make_queue(self._engine, is_in_use=is_in_use)
        try:
            asyncio.run(self._run(until_empty))
        except ConnectorException as error:
            raise QueueLost(f"the queue cannot be reached: {error.__cause__ or error}") from None
        return self._work.unhealthy == 0

    async def _run(self, until_empty: bool) -> None:
        told_to_end = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, told_to_end.set)
        async with self._work.app.open_async():
            self._work.enter()
            working = asyncio.create_task(self._until_empty() if until_empty else self._on_and_on())
            watching = asyncio.create_task(self._watch())
            telling = asyncio.create_task(told_to_end.wait())
            try:
                ended, _ = await asyncio.wait((working, watching, telling), return_when=asyncio.FIRST_COMPLETED)
                if telling not in ended:
                    for each in ended:
                        each.result()
            finally:
                telling.cancel()
                working.cancel()  # leases are held until it has ended
                await asyncio.gather(working, telling, return_exceptions=True)
                watching.cancel()
                await asyncio.to_thread(self._work.leave)

    async def _on_and_on(self) -> None:
        await self._work.keep()
        await self._do_jobs(CRAWLS, UPKEEP, wait=True)

    async def _until_empty(self) -> None:
        begun = -1
        while begun < self._work.begun:
            begun = self._work.begun
            await self._work.keep()
            await self._do_jobs(CRAWLS, wait=False)
        await self._work.order_telling()
        left: set[int] = set()
        while (waiting := await self._work.waiting(UPKEEP)) not in (left, set()):  # one by one, they share a lock
            left = waiting
            await self._do_jobs(UPKEEP, wait=False)

    async def _do_jobs(self, *queues: str, wait: bool) -> None:
        """Do the jobs of queues, waiting for more or not. When this is cancelled, so is what goes on.

        It does not listen for new jobs: a pooler between us and the database would lose what is told that way.
        """
        at_once = {CRAWLS: self._limits.most_at_once, UPKEEP: UPKEEP_AT_ONCE}
        workers = [
            asyncio.create_task(
                self._work.app.run_worker_async(
                    queues=[queue],
                    concurrency=at_once[queue],
                    wait=wait,
                    fetch_job_polling_interval=POLL_SECONDS,
                    listen_notify=False,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                )
            )
            for queue in queues
        ]
        try:
            ended, _ = await asyncio.wait(
                workers, return_when=asyncio.FIRST_COMPLETED if wait else asyncio.ALL_COMPLETED
            )
            for each in ended:
                each.result()
            if wait:
                raise QueueLost("the queue cannot be reached any more: see the log")
        finally:
            for each in workers:
                each.cancel()  # no new job; one that goes on is waited for
            if not all(each.done() for each in workers):
                await asyncio.to_thread(self._work.stop)
            await asyncio.gather(*workers, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(TICK.total_seconds())
            try:
                await asyncio.to_thread(self._work.watch)
            except StoreError as error:
                logger.warning("not now: %s", error)
