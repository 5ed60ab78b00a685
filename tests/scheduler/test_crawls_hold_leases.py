"""A crawl holds its leases as long as it lasts, gives back what it did not reach, and ends when it has lost them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from scheduler.crawling import FIRST_RETRY, Crawls, Job, Limits
from scheduler.leases import LEASE, site_lease
from store.engine import reading, writing
from store.rows import LEASE as LEASES
from store.targets import Planned, StoredTarget, load_targets, put_targets, take_lease
from store.terms import LookReason, TargetKind
from tests.scheduler.queue.queue_help import HKMA, Clock, Site, put_due


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def crawls(engine: Engine, clock: Clock) -> Iterator[Crawls]:
    put_due(engine, HKMA)
    with Site() as site:
        made = Crawls(engine, base_url=site.base_url, clock=clock)
        yield made
        for job in made._running():  # of a test that failed
            job.child.dismiss(interrupt=True)


@pytest.fixture
def before(engine: Engine, crawls: Crawls) -> StoredTarget:
    """The target before anybody was at it."""
    return the_target(engine)


@pytest.fixture
def job(crawls: Crawls, before: StoredTarget) -> Job:
    begun = crawls.begin(HKMA)
    assert begun is not None
    return begun


def the_target(engine: Engine) -> StoredTarget:
    with reading(engine) as connection:
        (target,) = load_targets(connection)
    return target


def holders(engine: Engine) -> dict[str, str]:
    with reading(engine) as connection:
        return {row.name: row.holder for row in connection.execute(select(LEASES))}


def test_what_is_crawled_is_held_as_long_as_the_crawl_lasts(
    engine: Engine, crawls: Crawls, job: Job, clock: Clock
) -> None:
    for _ in range(3):
        clock.ahead += LEASE / 2
        crawls.watch()
    with writing(engine) as connection:
        assert not take_lease(connection, site_lease(HKMA), "another", clock() + LEASE, clock())
    held_until = the_target(engine).leased_until
    assert held_until is not None
    assert held_until > clock() + LEASE / 2
    crawls.follow(job)
    clock.ahead += LEASE
    crawls.watch()
    assert holders(engine) == {}
    assert (the_target(engine).leased_by, the_target(engine).attempts) == (None, 0)


def test_a_crawl_that_lost_its_lease_is_ended_and_blames_nobody(
    engine: Engine, crawls: Crawls, before: StoredTarget, job: Job, clock: Clock
) -> None:
    clock.ahead = LEASE
    with writing(engine) as connection:  # while we were away
        assert take_lease(connection, site_lease(HKMA), "another", clock() + LEASE, clock())
    crawls.watch()
    assert job.is_called_off
    assert crawls.follow(job) is None
    assert the_target(engine) == before
    assert holders(engine) == {site_lease(HKMA): "another"}


def test_a_site_is_asked_by_one_crawl_at_a_time_also_where_more_of_it_is_due(
    engine: Engine, crawls: Crawls, job: Job, clock: Clock
) -> None:
    lot = Planned(HKMA, TargetKind.LISTING, "a lot", None, job.begun_at, LookReason.RESULT)
    with writing(engine) as connection:
        put_targets(connection, [lot])
    other = Crawls(engine, base_url="http://127.0.0.1:1", clock=clock)
    assert other.begin(HKMA) is None
    assert holders(engine) == {site_lease(HKMA): crawls.holder}


def test_a_crawl_that_takes_too_long_is_ended_and_put_off(
    engine: Engine, crawls: Crawls, job: Job, clock: Clock
) -> None:
    clock.ahead = Limits().time - timedelta(minutes=1)
    crawls.watch()
    assert job.told_to_end_at is None
    clock.ahead += timedelta(minutes=2)
    crawls.watch()
    assert job.told_to_end_at is not None
    assert crawls.follow(job) is None
    after = the_target(engine)
    assert (after.looked_at, after.attempts, after.leased_by) == (None, 2, None)
    assert after.next_due is not None
    assert after.next_due > clock() + FIRST_RETRY


def test_what_is_begun_while_all_is_being_ended_is_given_back(
    engine: Engine, crawls: Crawls, before: StoredTarget
) -> None:
    crawls.stop()
    job = crawls.begin(HKMA)
    assert job is not None
    assert crawls.follow(job) is None
    assert (the_target(engine), holders(engine)) == (before, {})
