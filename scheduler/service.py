"""The service that keeps the timetable: claims what is due, crawls it in child processes, and plans again.

One service keeps the timetable of a database; another one on the same database waits until the first has gone. Each
site is asked by one crawl at a time. All promises are leases: what a killed service was at is due again when they end.
"""

import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, Engine, select

from crawler.items import SourceSpec
from crawler.launch import Waiting, run_crawl
from crawler.leave_alone import may_crawl
from crawler.orders import CrawlOrders
from crawler.recording import RunSummary
from crawler.sources import source_specs
from scheduler.alerts import AlertRuns
from scheduler.policy import DAY, Due, Wanted, choose, claim_order, lists_budget
from scheduler.timetable import TOLD_BY_LISTS, add_source, refresh
from store.engine import reading, writing
from store.errors import StoreError
from store.health import unhealthy_in_a_row
from store.manners import set_pause
from store.rows import LISTING
from store.runs import add_sources
from store.targets import (
    StoredTarget,
    claim_targets,
    count_listings_due,
    drop_lease,
    due_targets,
    release_targets,
    sources_due,
    take_lease,
)
from store.terms import RunVerdict, TargetKind

logger = logging.getLogger(__name__)

TICK = timedelta(seconds=10)
TIMETABLE = "timetable"
TIMETABLE_LEASE = timedelta(minutes=2)
REFRESH_EVERY = timedelta(hours=1)
GRACE = timedelta(minutes=2)
"""From being told to end until a crawl is killed: it ends its page and its record."""

LISTINGS_PER_CRAWL = 200
FIRST_RETRY = timedelta(minutes=10)
LAST_RETRY = timedelta(days=1)
UNHEALTHY_RUNS = 2
PAUSE_AFTER_THEM = timedelta(days=1)
TRUSTED = frozenset(
    (
        RunVerdict.OK,
        RunVerdict.ROWS_REFUSED,
        RunVerdict.FIELDS_FELL,
        RunVerdict.BELOW_EXPECTATION,
        RunVerdict.EMPTY,
    )
)
"""Verdicts of runs that reached what they asked for; of these only the first is healthy."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a crawl may take. ``most_at_once``: sites that are asked at the same time."""

    time: timedelta = timedelta(hours=8)
    memory_bytes: int = 2 * 1024**3
    most_at_once: int = 3


@dataclass(slots=True)
class Job:
    """A crawl that goes on: what it is at, its process and the thread that follows it."""

    source: str
    targets: Sequence[StoredTarget]
    child: Waiting
    begun_at: datetime
    thread: threading.Thread | None = None
    told_to_end_at: datetime | None = None


class Service:
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
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"
        self._engine = engine
        self._url = engine.url.render_as_string(hide_password=False)
        self._limits = limits or Limits()
        self._base_url = base_url
        self._clock = clock
        self._specs: Mapping[str, SourceSpec] = source_specs()
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._refreshed_at: datetime | None = None
        self._linking: subprocess.Popen[bytes] | None = None
        self._alerts = AlertRuns(engine)
        self._has_news = False
        self._is_ending = False
        self._has_said_who_keeps_it = False
        self.is_keeper = False

    def add(self, sources: Collection[str]) -> None:
        """Put sources on the timetable."""
        now = self._clock()
        with writing(self._engine) as connection:
            add_sources(connection, {name: self._specs[name].title for name in sources})
            for name in sources:
                add_source(connection, self._specs[name], now)

    def tick(self) -> None:
        """Do what is to be done: end what takes too long, plan, begin what is due, link what came, tell what is new.

        A database that cannot be written for a while is told in the log, and the next tick tries again.
        """
        if self._is_ending:
            return
        try:
            self._end_overdue()
            if self._keeps_the_timetable():
                self._refresh_if_due()
                self._begin_what_is_due()
                self._link_what_came()
                self._alerts.begin_if_due(self._clock(), self._linking)
        except StoreError as error:
            logger.warning("not now: %s", error)

    def stop(self) -> None:
        """End all crawls, each with its page and its record, and give back what is leased."""
        self._is_ending = True
        for job in self._running():
            job.child.terminate()
        for job in self._running():
            if job.thread is not None:
                job.thread.join(GRACE.total_seconds())
        for job in self._running():
            job.child.kill()
        if self._linking is not None:
            self._linking.terminate()
            self._linking.wait()
        self._alerts.stop()
        with writing(self._engine) as connection:
            drop_lease(connection, TIMETABLE, self.holder)

    @property
    def running(self) -> list[str]:
        """The sources that are being crawled now."""
        return [job.source for job in self._running()]

    def _running(self) -> list[Job]:
        with self._lock:
            return list(self._jobs.values())

    def _keeps_the_timetable(self) -> bool:
        now = self._clock()
        with writing(self._engine) as connection:
            is_keeper = take_lease(connection, TIMETABLE, self.holder, now + TIMETABLE_LEASE, now)
        if is_keeper != self.is_keeper or not self._has_said_who_keeps_it:
            self._has_said_who_keeps_it = True
            logger.info("we keep the timetable" if is_keeper else "another service keeps the timetable")
        self.is_keeper = is_keeper
        return is_keeper

    def _refresh_if_due(self) -> None:
        now = self._clock()
        if self._refreshed_at is None or now - self._refreshed_at >= REFRESH_EVERY:
            with writing(self._engine) as connection:
                refresh(connection, self._specs, now)
            self._refreshed_at = now

    def _begin_what_is_due(self) -> None:
        now = self._clock()
        with reading(self._engine) as connection:
            sources = sources_due(connection, now)
        for source in sources:
            running = self.running
            if len(running) >= self._limits.most_at_once:
                return
            if source not in running:
                self._begin(source, now)

    def _begin(self, source: str, now: datetime) -> None:
        """Begin the most urgent crawl of a source, unless it is to be left alone or somebody else is at it."""
        orders = may_crawl(self._engine, CrawlOrders(source, self._url, base_url=self._base_url))
        if isinstance(orders, str):
            logger.debug(orders)
            return
        until = now + self._limits.time + GRACE
        with writing(self._engine) as connection:
            if not take_lease(connection, f"site:{source}", self.holder, until, now):
                return
            chosen = most_urgent(due_targets(connection, source, now), now, self._pages_left(source, orders))
            got = claim_targets(connection, [each.id for each in chosen], self.holder, until, now)
            targets = [each for each in chosen if each.id in got]
            if not targets:
                drop_lease(connection, f"site:{source}", self.holder)
                return
            looks = count_listings_due(connection, source, now + DAY, TOLD_BY_LISTS)
        orders = orders_for(orders, targets, self._specs[source], looks)
        job = Job(source, targets, Waiting(memory_bytes=self._limits.memory_bytes), now)
        job.thread = threading.Thread(target=self._follow, args=(job, orders), name=f"crawl {source}", daemon=True)
        with self._lock:
            self._jobs[source] = job
        logger.info("%s: %s", source, describe_targets(targets))
        job.thread.start()

    def _pages_left(self, source: str, orders: CrawlOrders) -> int:
        if orders.budget is None:
            return LISTINGS_PER_CRAWL
        return min(orders.budget // requests_each(self._specs[source]), LISTINGS_PER_CRAWL)

    def _follow(self, job: Job, orders: CrawlOrders) -> None:
        """In a thread: wait for the crawl, and put down how it ended."""
        summary: RunSummary | None = None
        try:
            summary = run_crawl(orders, waiting=job.child)
            logger.info("%s: run %d %s", job.source, summary.run_id, summary.verdict)
        except StoreError as error:
            logger.warning("%s: %s", job.source, error)
        finally:
            try:
                self._put_down(job, summary)
            except StoreError as error:  # the leases end by themselves
                logger.warning("%s: could not put down how the crawl ended: %s", job.source, error)
            with self._lock:
                self._jobs.pop(job.source, None)

    def _put_down(self, job: Job, summary: RunSummary | None) -> None:
        now = self._clock()
        with writing(self._engine) as connection:
            reached = self._reached(connection, job, summary)
            looked_at = job.begun_at if job.targets[0].kind is TargetKind.LISTS else now  # or each day begins later
            release_targets(connection, [each.id for each in job.targets if each.id in reached], self.holder, looked_at)
            for each in job.targets:
                if each.id not in reached:
                    release_targets(connection, [each.id], self.holder, None, now + retry_after(each.attempts))
            drop_lease(connection, f"site:{job.source}", self.holder)
            self._pause_if_unhealthy(connection, job.source, now)
            refresh(connection, self._specs, now, since=job.begun_at)
        if summary is not None and (summary.counters.get("listing/new") or summary.counters.get("listing/changed")):
            self._has_news = True

    def _reached(self, connection: Connection, job: Job, summary: RunSummary | None) -> set[int]:
        """The targets of a crawl that were looked at: the lists by the verdict, a listing by having been seen."""
        if summary is None or summary.verdict not in TRUSTED:
            return set()
        if job.targets[0].kind is TargetKind.LISTS:
            return {each.id for each in job.targets}
        wanted = {each.source_id: each.id for each in job.targets}
        query = select(LISTING.c.source_id).where(
            LISTING.c.source == job.source, LISTING.c.source_id.in_(wanted), LISTING.c.last_seen_at >= job.begun_at
        )
        return {wanted[source_id] for source_id in connection.execute(query).scalars()}

    def _pause_if_unhealthy(self, connection: Connection, source: str, now: datetime) -> None:
        """Two unhealthy runs, one after the other, pause a source."""
        last = unhealthy_in_a_row(connection, source, UNHEALTHY_RUNS)
        if len(last) == UNHEALTHY_RUNS:
            why = f"{UNHEALTHY_RUNS} runs in a row were unhealthy, the last one: {last[0]}"
            set_pause(connection, source, now + PAUSE_AFTER_THEM, why)

    def _end_overdue(self) -> None:
        now = self._clock()
        for job in self._running():
            if job.told_to_end_at is not None and now - job.told_to_end_at > GRACE:
                logger.warning("%s: killed, it did not end when it was told to", job.source)
                job.child.kill()
            elif job.told_to_end_at is None and now - job.begun_at > self._limits.time:
                logger.warning("%s: told to end after %s", job.source, self._limits.time)
                job.told_to_end_at = now
                job.child.terminate()

    def _link_what_came(self) -> None:
        """Link in a process of its own, after crawls that brought something; one at a time."""
        if self._linking is not None and self._linking.poll() is None:
            return
        self._linking = None
        if self._has_news and not self._running():
            self._has_news = False
            command = [sys.executable, "-P", "-m", "fapai", "link", "--db", self._url]
            self._linking = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603


def most_urgent(due: Sequence[StoredTarget], now: datetime, most: int) -> list[StoredTarget]:
    """What one crawl takes on: the lists alone, or as many listings as go, whichever holds what is most urgent."""
    if not due:
        return []
    by_key = {str(each.id): each for each in due if each.next_due is not None}
    wanted = [Wanted(Due(each.next_due, each.reason), key) for key, each in by_key.items() if each.next_due is not None]
    lists = [each for each in due if each.kind is TargetKind.LISTS]
    taken, _ = choose([each for each in wanted if by_key[each.key].kind is TargetKind.LISTING], now, most)
    if lists and (not taken or claim_order(taken[0].due) > claim_order(Due(now, lists[0].reason))):
        return lists
    return [by_key[each.key] for each in taken]


def orders_for(
    orders: CrawlOrders, targets: Sequence[StoredTarget], spec: SourceSpec, single_looks: int
) -> CrawlOrders:
    """The orders for what one crawl takes on.

    Args:
        orders: with what is left of the day's budget, if there is one.
        targets: the lists, or listings.
        spec: of their source.
        single_looks: how many listings of it want a look within a day for what lists do not tell.
    """
    if targets[0].kind is TargetKind.LISTING:
        return replace(orders, listings=tuple((each.source_id, each.url) for each in targets))
    if orders.budget is None:
        return orders
    share = lists_budget(orders.budget, spec.requests_per_day, single_looks * requests_each(spec))
    return replace(orders, budget=share)


def requests_each(spec: SourceSpec) -> int:
    """How many requests a look at one listing of a source takes."""
    return max(len(spec.item_pages("1", None)), 1) if spec.item_pages else 1


def retry_after(attempts: int) -> timedelta:
    """How long a look that failed is put off: ten minutes, twice as long each time, at most a day."""
    return min(FIRST_RETRY * (1 << min(attempts, 10)), LAST_RETRY)


def describe_targets(targets: Sequence[StoredTarget]) -> str:
    """What a crawl is about, for the log."""
    if targets[0].kind is TargetKind.LISTS:
        return "its lists"
    reasons = sorted({each.reason.value for each in targets})
    return f"{len(targets)} listings ({', '.join(reasons)})"
