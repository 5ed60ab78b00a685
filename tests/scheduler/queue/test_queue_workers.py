"""Workers as processes of their own, each in a network of its own where root may make one, on one real PostgreSQL."""

import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from scheduler.crawling import Limits
from scheduler.queue.worker import Worker
from scheduler.service import REFRESH_EVERY, Service
from store.engine import reading
from store.rows import LEASE
from store.targets import StoredTarget, load_targets, standing_leases
from tests.scheduler.queue.queue_help import (
    AAPROPERTY,
    HKMA,
    Machine,
    Site,
    die,
    jobs,
    let_pass,
    put_due,
    two_machines,
    verdicts,
)

pytestmark = pytest.mark.long


@pytest.fixture
def machines(url: str, site: Site) -> Iterator[list[Machine]]:
    with two_machines(url, site) as both:
        yield both


def targets_of(engine: Engine) -> dict[str, StoredTarget]:
    with reading(engine) as connection:
        return {each.source: each for each in load_targets(connection)}


def leases_of(engine: Engine) -> dict[str, str]:
    with reading(engine) as connection:
        return {name: holder for name, holder, _ in standing_leases(connection, datetime.now(UTC))}


def test_two_workers_crawl_each_target_once_and_no_site_is_asked_by_both(
    engine: Engine, site: Site, machines: list[Machine]
) -> None:
    put_due(engine, HKMA, AAPROPERTY)
    site.hold(HKMA)
    first, second = machines
    with first.start("--until-empty", "--concurrency", "1") as busy:
        site.wait_for(HKMA)
        second.work_until_empty()
        assert busy.poll() is None
        assert verdicts(engine, HKMA) == ["running"]
        assert dict(site.asked_for) == {HKMA: 1, AAPROPERTY: 1}
        site.let_go(HKMA)
        said = busy.communicate()[1]
    assert busy.returncode in {0, 3}, said
    assert dict(site.asked_for) == {HKMA: 1, AAPROPERTY: 1}
    assert set(site.most_at_once.values()) == {1}
    targets = targets_of(engine)
    assert len(targets) == 2
    assert all(each.looked_at is not None and each.attempts == 0 for each in targets.values())
    assert leases_of(engine).keys() == {"planning"}
    assert jobs(engine) == []


def test_what_a_killed_worker_was_at_is_taken_over_when_its_lease_has_ended(
    engine: Engine, site: Site, machines: list[Machine]
) -> None:
    put_due(engine, HKMA)
    site.hold(HKMA)
    first, second = machines
    with first.start() as killed:
        site.wait_for(HKMA)
        die(killed)
    let_pass(engine, timedelta(minutes=1))  # its heart does not beat any more, but its lease still stands
    Worker(engine, Limits(), site.base_url).run(until_empty=True)
    assert site.asked_for[HKMA] == 1
    assert jobs(engine) == [("crawl", f"site:{HKMA}", "doing", 0)]
    assert any(name.startswith("worker:") for name in leases_of(engine))
    let_pass(engine, REFRESH_EVERY)
    site.let_go(HKMA)
    second.work_until_empty()
    assert (site.asked_for[HKMA], verdicts(engine, HKMA)[0]) == (2, "crashed")
    target = targets_of(engine)[HKMA]
    assert target.looked_at is not None
    assert (target.attempts, target.leased_by) == (0, None)
    assert jobs(engine) == []
    with reading(engine) as connection:
        assert connection.execute(select(LEASE.c.name)).scalars().all() == ["planning"]


def test_a_worker_that_is_told_to_end_gives_back_what_it_was_at(
    engine: Engine, site: Site, machines: list[Machine]
) -> None:
    put_due(engine, HKMA)
    before = targets_of(engine)[HKMA]
    site.hold(HKMA)
    first, second = machines
    with first.start() as told:
        assert told.stderr is not None
        site.wait_for(HKMA)
        assert {name.partition(":")[0] for name in leases_of(engine)} == {"planning", "site", "timetable", "worker"}
        service = Service(engine, base_url=site.base_url)
        service.tick()
        assert (service.is_keeper, service.running) == (False, [])
        service.stop()
        told.send_signal(signal.SIGTERM)
        said = [told.stderr.readline()]
        while said[-1] and "told to end" not in said[-1]:
            said.append(told.stderr.readline())
        site.let_go(HKMA)
        said += told.stderr.readlines()
    assert told.returncode == 0, said
    assert "Traceback" not in "".join(said)
    after = targets_of(engine)[HKMA]
    assert leases_of(engine).keys() == {"planning"}
    assert after.looked_at is not None or after == before
    second.work_until_empty()
    assert targets_of(engine)[HKMA].looked_at is not None
    assert site.most_at_once[HKMA] == 1
