"""The crawls of one process, whoever orders them: claimed by lease, run as child processes, put down when they end.

Each site is asked by one crawl at a time, on whatever machine. A lease is short and renewed while its crawl goes on:
what a killed process was at is due again some minutes later.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, Engine, select

from crawler.items import SourceSpec
from crawler.launch import Waiting, run_crawl
from crawler.leave_alone import may_crawl
from crawler.orders import CrawlOrders
from crawler.recording import RunSummary
from crawler.settings import is_loopback
from crawler.sources import source_specs
from scheduler.leases import LEASE, site_lease
from scheduler.policy import DAY, Due, Wanted, choose, claim_order, lists_budget
from scheduler.timetable import TOLD_BY_LISTS, add_source, quiet_hours_of, refresh
from store.engine import writing
from store.errors import StoreError
from store.health import unhealthy_in_a_row
from store.manners import set_pause, sources_off
from store.rows import LISTING
from store.runs import add_sources
from store.targets import (
    StoredTarget,
    claim_targets,
    count_listings_due,
    drop_lease,
    due_targets,
    give_back_targets,
    release_targets,
    renew_targets,
    take_lease,
)
from store.terms import RunVerdict, TargetKind

logger = logging.getLogger(__name__)

GRACE = timedelta(minutes=2)
"""From being told to end until a crawl is killed: it ends its page and its record."""

PUT_DOWN_AGAIN_AFTER = (5.0, 15.0, 30.0, 0.0)
"""Seconds; SQLite has waited for half a minute before each: together less than what is left of a lease."""

AFTER_KILL = timedelta(seconds=10)
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
    """A crawl that goes on: what it is at, its process and, in a service, the thread that follows it."""

    source: str
    targets: Sequence[StoredTarget]
    orders: CrawlOrders
    child: Waiting
    begun_at: datetime
    leased_until: datetime
    thread: threading.Thread | None = None
    told_to_end_at: datetime | None = None
    is_called_off: bool = False  # we end, or lost the lease: no fault of the site
    ended: threading.Event = field(default_factory=threading.Event)
    guard: threading.Lock = field(default_factory=threading.Lock)  # what was given back must not be renewed
    is_put_down: bool = False

    @property
    def target_ids(self) -> list[int]:
        """The rows that it is at."""
        return [each.id for each in self.targets]


class Crawls:
    """The crawls that one process makes into one database.

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
        self.specs: Mapping[str, SourceSpec] = source_specs()
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._is_ending = False

    def add(self, sources: Collection[str]) -> None:
        """Put sources on the timetable."""
        now = self._clock()
        with writing(self._engine) as connection:
            add_sources(connection, {name: self.specs[name].title for name in sources})
            for name in sources:
                add_source(connection, self.specs[name], now)

    def orders_now(self, source: str) -> CrawlOrders | str:
        """The orders of a crawl of a source with what is left of its day; or the sentence why it is left alone."""
        if source not in self.specs:
            return f"{source}: not asked: this version does not know it"
        if self._is_quiet(source):
            return f"{source}: not asked: these are its quiet hours"
        return may_crawl(self._engine, CrawlOrders(source, self._url, base_url=self._base_url))

    def begin(self, source: str) -> Job | None:
        """Claim the most urgent crawl of a source and start its process; ``follow`` gives it its orders.

        ``None`` where the source is to be left alone or off, nothing is due, or somebody else is at it.

        Raises:
            StoreError: the database cannot be read or written.
        """
        now = self._clock()
        orders = self.orders_now(source)
        if isinstance(orders, str):
            logger.debug(orders)
            return None
        until = now + LEASE
        with writing(self._engine) as connection:
            if source in sources_off(connection):  # since it was put into a queue
                return None
            if not take_lease(connection, site_lease(source), self.holder, until, now):
                return None
            chosen = most_urgent(due_targets(connection, source, now), now, self._pages_left(source, orders))
            got = claim_targets(connection, [each.id for each in chosen], self.holder, until, now)
            targets = [each for each in chosen if each.id in got]
            if not targets:
                drop_lease(connection, site_lease(source), self.holder)
                return None
            looks = count_listings_due(connection, source, now + DAY, TOLD_BY_LISTS)
        orders = orders_for(orders, targets, self.specs[source], looks)
        job = Job(source, targets, orders, Waiting(memory_bytes=self._limits.memory_bytes), now, until)
        with self._lock:
            self._jobs[source] = job
        if self._is_ending:
            call_off(job, now)
        logger.info("%s: %s", source, describe_targets(targets))
        return job

    def follow(self, job: Job) -> RunSummary | None:
        """Wait for a crawl, and put down how it ended; ``None`` where it could not be recorded."""
        summary: RunSummary | None = None
        try:
            summary = run_crawl(job.orders, waiting=job.child)
            logger.info("%s: run %d %s", job.source, summary.run_id, summary.verdict)
        except StoreError as error:
            logger.warning("%s: %s", job.source, error)
        finally:
            try:
                with job.guard:
                    job.is_put_down = True
                self._put_down_patiently(job, summary)
            finally:  # whatever went wrong: a job that never ends bars its source for ever
                with self._lock:
                    self._jobs.pop(job.source, None)
                job.ended.set()
        return summary

    def watch(self) -> None:
        """End what takes too long, and hold longer what is being worked at. To be called every some seconds.

        Raises:
            StoreError: the database cannot be written.
        """
        self._end_overdue()
        self._end_at_night()
        for job in self._running():
            with job.guard:
                if not job.is_put_down:
                    self._renew(job)

    def stop(self) -> None:
        """End all crawls, each with its page and its record, and give back what is leased."""
        self._is_ending = True
        for job in self._running():
            call_off(job, self._clock())
        deadline = datetime.now(UTC) + GRACE
        for job in self._running():
            job.ended.wait(max((deadline - datetime.now(UTC)).total_seconds(), 0))
        for job in self._running():
            job.child.kill()
        for job in self._running():
            job.ended.wait(AFTER_KILL.total_seconds())

    @property
    def running(self) -> list[str]:
        """The sources that are being crawled now."""
        return [job.source for job in self._running()]

    def _running(self) -> list[Job]:
        with self._lock:
            return list(self._jobs.values())

    def _renew(self, job: Job) -> None:
        """Hold the lease of a crawl longer, at its half-time; without it the crawl ends."""
        now = self._clock()
        if job.leased_until - now > LEASE / 2:
            return
        with writing(self._engine) as connection:
            is_ours = take_lease(connection, site_lease(job.source), self.holder, now + LEASE, now)
            if is_ours:
                renew_targets(connection, job.target_ids, self.holder, now + LEASE)
        if is_ours:
            job.leased_until = now + LEASE
        elif not job.is_called_off:
            logger.warning("%s: told to end, somebody else has its lease", job.source)
            call_off(job, now)

    def _pages_left(self, source: str, orders: CrawlOrders) -> int:
        if orders.budget is None:
            return LISTINGS_PER_CRAWL
        return min(orders.budget // requests_each(self.specs[source]), LISTINGS_PER_CRAWL)

    def _put_down_patiently(self, job: Job, summary: RunSummary | None) -> None:
        """Put down how a crawl ended, or the same is asked again; after some tries the leases end by themselves."""
        for seconds in PUT_DOWN_AGAIN_AFTER:
            try:
                self._put_down(job, summary)
            except StoreError as error:
                logger.warning("%s: could not put down how the crawl ended: %s", job.source, error)
                time.sleep(seconds)
            else:
                return

    def _put_down(self, job: Job, summary: RunSummary | None) -> None:
        now = self._clock()
        with writing(self._engine) as connection:
            reached = self._reached(connection, job, summary)
            looked_at = job.begun_at if job.targets[0].kind is TargetKind.LISTS else now  # or each day begins later
            release_targets(connection, reached, self.holder, looked_at)
            missed = [each for each in job.targets if each.id not in reached]
            if job.is_called_off:
                give_back_targets(connection, [each.id for each in missed], self.holder)
            else:
                quiet = quiet_hours_of(self.specs[job.source])
                for each in missed:
                    again = quiet.first_allowed(now + retry_after(each.attempts))
                    release_targets(connection, [each.id], self.holder, None, again)
                self._pause_if_unhealthy(connection, job.source, now)
            drop_lease(connection, site_lease(job.source), self.holder)
            refresh(connection, self.specs, now, since=job.begun_at)

    def _reached(self, connection: Connection, job: Job, summary: RunSummary | None) -> set[int]:
        """The targets of a crawl that were looked at: the lists by the verdict, a listing by having been seen."""
        if summary is None or summary.verdict not in TRUSTED:
            return set()
        if job.targets[0].kind is TargetKind.LISTS:
            return set(job.target_ids)
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

    def _end_at_night(self) -> None:
        """A crawl that is not done when the quiet hours of its site begin goes on when they are over."""
        for job in self._running():
            if not job.is_called_off and self._is_quiet(job.source):
                call_off(job, self._clock())

    def _is_quiet(self, source: str) -> bool:
        """Whether a site is not to be asked now; a server on this machine is nobody's site."""
        now = self._clock()
        quiet = quiet_hours_of(self.specs[source])
        return not is_loopback(self._base_url) and quiet.first_allowed(now) > now


def call_off(job: Job, now: datetime) -> None:
    """Tell a crawl to end for reasons of our own: what it did not reach is given back, and nobody is blamed."""
    job.is_called_off = True
    job.told_to_end_at = job.told_to_end_at or now
    job.child.terminate()
    logger.info("%s: told to end", job.source)


def has_news(summary: RunSummary | None) -> bool:
    """Whether a crawl brought something to be linked."""
    return summary is not None and any(summary.counters.get(f"listing/{word}") for word in ("new", "changed"))


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
