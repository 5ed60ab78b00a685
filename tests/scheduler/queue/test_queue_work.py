"""What a worker does with the queue, the timetable and the leases; the crawls are real, the failures are made."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.periodic import PeriodicDeferrer
from sqlalchemy import Engine, func, select, text

from crawler.play import Player
from reporting.alerts.manage import Asked, create_watch
from scheduler.crawling import FIRST_RETRY, Limits
from scheduler.leases import LEASE, LINKING, TIMETABLE, TIMETABLE_LEASE, site_lease
from scheduler.queue import work as queue_work
from scheduler.queue.schema import make_queue
from scheduler.queue.standing import queue_standing
from scheduler.queue.work import KEEPER, TRIES, UPKEEP, Work
from scheduler.queue.worker import Worker
from scheduler.service import Service
from store.engine import reading, writing
from store.outbox import list_deliveries
from store.rows import PROPERTY
from store.targets import StoredTarget, drop_lease, load_targets, standing_leases, take_lease
from store.terms import ChannelKind, DeliveryState
from tests.reporting.alerts.alert_help import AT_ONCE
from tests.scheduler.queue.queue_help import (
    BOTH_SCHEMAS,
    CHUNGSEN,
    HKMA,
    Clock,
    Site,
    jobs,
    let_pass,
    put_due,
    verdicts,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def work_until_empty(engine: Engine, site: Site, clock: Clock) -> Callable[..., bool]:
    """A worker that does what there is, and ends."""

    def work(player: Player = site) -> bool:
        return Worker(engine, Limits(), player.base_url, clock).run(until_empty=True)

    return work


def test_what_links_is_ended_when_its_lease_is_lost(engine: Engine, clock: Clock):
    """As after a machine was asleep for an hour: another worker links by now."""

    class Linking:
        is_ended = False

        def terminate(self) -> None:
            self.is_ended = True

    work, program = Work(engine, Limits(), None, clock), Linking()
    work.enter()
    work._program = program  # type: ignore[assignment]
    for holder, is_ended in ((work.holder, False), ("another worker", True)):
        with writing(engine) as connection:
            assert take_lease(connection, LINKING, holder, clock() + 2 * LEASE, clock() + LEASE)
        work._leased_until = clock()
        work.watch()
        assert program.is_ended is is_ended
        with writing(engine) as connection:
            drop_lease(connection, LINKING, work.holder)


def the_target(engine: Engine) -> StoredTarget:
    with reading(engine) as connection:
        (target,) = load_targets(connection)
    return target


def leases_at(engine: Engine, now: datetime) -> set[str]:
    with reading(engine) as connection:
        return {name for name, _, _ in standing_leases(connection, now)}


def homes(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(PROPERTY)).scalar_one()


def failing(_engine: Engine, *_words: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"])


def test_what_a_crawl_brought_is_linked_and_told_and_a_linking_that_fails_is_tried_again(
    engine: Engine,
    work_until_empty: Callable[..., bool],
    clock: Clock,
    tmp_path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    feed = tmp_path / "feed.xml"
    monkeypatch.setenv("FAPAI_SECRETS", str(tmp_path / "fapai.secrets"))
    asked = [Asked(ChannelKind.ATOM, str(feed))]
    create_watch(engine, tmp_path / "fapai.secrets", "all", {}, AT_ONCE, asked, clock())
    put_due(engine, CHUNGSEN)
    with monkeypatch.context() as broken:
        broken.setattr(queue_work, "begin_program", failing)
        work_until_empty()
    assert jobs(engine) == [("link", LINKING, "todo", 1)]
    assert (homes(engine), feed.exists()) == (0, False)
    work_until_empty()
    assert jobs(engine) == [("link", LINKING, "todo", 1)]  # its time has not come
    let_pass(engine, timedelta(minutes=1))
    work_until_empty()
    assert jobs(engine) == []
    assert homes(engine) == 6
    with reading(engine) as connection:
        assert [each.state for each in list_deliveries(connection)] == [DeliveryState.SENT]


def test_an_unhealthy_crawl_is_put_off_and_not_tried_again_at_once(
    engine: Engine, work_until_empty: Callable[..., bool], clock: Clock
) -> None:
    put_due(engine, CHUNGSEN)
    with Player([]) as nothing:  # every page is a 404
        assert work_until_empty(nothing) is False
        asked = len(nothing.asked)
        target = the_target(engine)
        assert (target.looked_at, target.attempts, jobs(engine)) == (None, 2, [])
        assert target.next_due is not None
        assert target.next_due - clock() > FIRST_RETRY
        assert work_until_empty(nothing) is True  # nothing was crawled
        assert (len(nothing.asked), len(verdicts(engine, CHUNGSEN))) == (asked, 1)
        clock.ahead = target.next_due - datetime.now(UTC)
        work_until_empty(nothing)
    assert len(verdicts(engine, CHUNGSEN)) == 2
    assert the_target(engine).attempts == 3


def test_a_service_and_workers_do_not_keep_the_timetable_at_the_same_time(
    engine: Engine, site: Site, work_until_empty: Callable[..., bool], clock: Clock
) -> None:
    put_due(engine, HKMA)
    now = clock()
    with writing(engine) as connection:
        take_lease(connection, TIMETABLE, "a service", now + TIMETABLE_LEASE, now)
    work_until_empty()
    assert (dict(site.asked_for), jobs(engine)) == ({}, [])
    with writing(engine) as connection:
        drop_lease(connection, TIMETABLE, "a service")
        take_lease(connection, TIMETABLE, KEEPER, now + TIMETABLE_LEASE, now)
    service = Service(engine, base_url=site.base_url)
    service.tick()
    service.stop()
    assert (service.is_keeper, dict(site.asked_for)) == (False, {})
    work_until_empty()
    assert site.asked_for[HKMA] == 1
    assert TIMETABLE not in leases_at(engine, now)


def test_a_site_that_somebody_asks_is_not_put_into_the_queue(
    engine: Engine, site: Site, work_until_empty: Callable[..., bool], clock: Clock
) -> None:
    put_due(engine, HKMA)
    now = clock()
    with writing(engine) as connection:
        take_lease(connection, site_lease(HKMA), "somebody", now + LEASE, now)
    work_until_empty()
    assert (dict(site.asked_for), the_target(engine).attempts) == ({}, 1)


def test_a_job_that_has_cost_several_workers_their_lives_is_given_up(engine: Engine, site: Site) -> None:
    make_queue(engine, is_in_use=False)
    with writing(engine) as connection:
        connection.execute(text(BOTH_SCHEMAS))
        doing = "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status, attempts) "
        doing += "VALUES ('crawls', 'crawl', :lock, 'doing', :attempts)"
        connection.execute(text(doing), {"lock": "site:one", "attempts": TRIES})
        connection.execute(text(doing), {"lock": "site:other", "attempts": TRIES - 1})
    asyncio.run(keep_once(Work(engine, Limits(), site.base_url)))
    assert jobs(engine) == [("crawl", "site:one", "failed", TRIES + 1), ("crawl", "site:other", "todo", TRIES)]
    with reading(engine) as connection:
        standing = queue_standing(connection, datetime.now(UTC))
    assert standing is not None
    assert (dict(standing.jobs), dict(standing.by_source)) == ({"failed": 1, "todo": 1}, {"other": "todo"})


def test_each_minute_one_of_the_workers_puts_what_is_due_into_the_queue(engine: Engine, site: Site) -> None:
    put_due(engine, HKMA)
    make_queue(engine, is_in_use=False)
    one, other = (Work(engine, Limits(), site.base_url) for _ in range(2))
    asyncio.run(let_a_quarter_strike(one, other))
    assert jobs(engine) == [("crawl", site_lease(HKMA), "todo", 0)]
    for work in (one, other):
        work.leave()


async def let_a_quarter_strike(*works: Work) -> None:
    """The clock of each worker strikes; the last one does what is in the queue for upkeep by then."""
    quarter = datetime(2026, 9, 1, 12, 15, 1, tzinfo=UTC).timestamp()
    for work in works:
        async with work.app.open_async():
            deferrer = PeriodicDeferrer(work.app.periodic_registry)
            await deferrer.defer_jobs(deferrer.get_previous_tasks(at=quarter))
            waiting = await work.app.job_manager.list_jobs_async()
            assert sorted(job.task_name for job in waiting) == ["keep", "tell"]
            if work is works[-1]:
                await work.app.run_worker_async(
                    queues=[UPKEEP], wait=False, listen_notify=False, install_signal_handlers=False
                )


async def keep_once(work: Work) -> None:
    async with work.app.open_async():
        await work.keep()
    work.leave()
