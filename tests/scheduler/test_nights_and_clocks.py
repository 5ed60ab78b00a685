"""What a service does at night, when the clock is put back, and when what it finds cannot be: no more than it may."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from sqlalchemy import Engine

from crawler.leave_alone import may_crawl
from crawler.orders import CrawlOrders
from crawler.recording import RunSummary
from scheduler import alerts, crawling
from scheduler.alerts import AlertRuns
from scheduler.outlook import plan, standings
from scheduler.service import REFRESH_EVERY, TICK, Service
from scheduler.ticking import Ticks, call_back
from store.engine import reading, writing
from store.errors import CannotWrite
from store.rows import TARGET
from store.runs import add_sources
from store.targets import Planned, load_targets, put_targets, standing_leases
from store.terms import LookReason, RunVerdict, TargetKind

EVENING = datetime(2026, 9, 1, 16, 30, tzinfo=UTC)  # half past midnight in Hong Kong
NIGHT = datetime(2026, 9, 1, 17, 0, tzinfo=UTC)  # one o'clock: its quiet hours begin
DAWN = datetime(2026, 9, 1, 22, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
HONG_KONG = "hk_chungsen"
NOBODY = "http://203.0.113.1:9"  # for documentation (RFC 5737); it stands for a real site
HERE = "http://127.0.0.1:9"


class StillCrawl:
    """In place of a crawling process: it goes on until it is told to end, and reaches nothing."""

    def __init__(self, memory_bytes: int | None = None) -> None:
        self.is_ended = False
        self.is_killed = False

    def terminate(self) -> None:
        self.is_ended = True

    def kill(self) -> None:
        self.is_killed = True


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(EVENING)


@pytest.fixture
def service(engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Service:
    """A service that asks real sites, so to say, by processes that only wait."""
    monkeypatch.setattr(crawling, "Waiting", StillCrawl)
    monkeypatch.setattr(crawling, "may_crawl", lambda engine, orders: orders)
    made = Service(engine, base_url=NOBODY, clock=clock)
    made.add([HONG_KONG])
    return made


def due(engine: Engine) -> tuple[datetime | None, int, str | None]:
    with reading(engine) as connection:
        (lists,) = load_targets(connection, HONG_KONG)
    return lists.next_due, lists.attempts, lists.leased_by


def test_what_was_due_before_the_quiet_hours_is_not_begun_in_them(service: Service, engine: Engine, clock: Clock):
    clock.now = NIGHT
    assert service.begin(HONG_KONG) is None
    assert due(engine) == (EVENING, 0, None)
    clock.now = DAWN
    assert service.begin(HONG_KONG) is not None


def test_a_server_on_this_machine_has_no_quiet_hours(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(crawling, "Waiting", StillCrawl)
    service = Service(engine, base_url=HERE, clock=Clock(NIGHT))
    service.add([HONG_KONG])
    with writing(engine) as connection:
        connection.execute(TARGET.update().values(next_due=EVENING))
    assert service.begin(HONG_KONG) is not None


def test_a_crawl_that_is_not_done_when_the_quiet_hours_begin_ends_and_is_due_after_them(
    service: Service, engine: Engine, clock: Clock
):
    job = service.begin(HONG_KONG)
    assert job is not None
    clock.now = NIGHT - timedelta(minutes=1)
    service.watch()
    assert not job.is_called_off
    clock.now = NIGHT
    service.watch()
    assert job.is_called_off
    service._put_down(job, None)
    next_due, attempts, leased_by = due(engine)
    assert (next_due, attempts, leased_by) == (DAWN, 0, None)


def test_a_look_that_failed_before_the_quiet_hours_is_tried_again_after_them(
    service: Service, engine: Engine, clock: Clock
):
    job = service.begin(HONG_KONG)
    assert job is not None
    clock.now = NIGHT - timedelta(minutes=2)
    service._put_down(job, None)
    assert due(engine) == (DAWN, 1, None)


def test_a_crawl_that_was_called_off_and_does_not_end_is_killed(service: Service, engine: Engine, clock: Clock):
    job = service.begin(HONG_KONG)
    assert job is not None
    clock.now = NIGHT
    service.watch()
    assert not job.child.is_killed  # type: ignore[attr-defined]
    clock.now += crawling.GRACE + timedelta(seconds=1)
    service.watch()
    assert job.child.is_killed  # type: ignore[attr-defined]


def test_a_job_that_cannot_be_put_down_does_not_bar_its_source(
    service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    job = service.begin(HONG_KONG)
    assert job is not None

    def fail(*_: object) -> None:
        raise KeyError("a fault of ours")

    monkeypatch.setattr(crawling, "run_crawl", fail)
    monkeypatch.setattr(service, "_put_down", fail)
    with pytest.raises(KeyError):
        service.follow(job)
    assert service.running == []
    assert job.ended.is_set()


def test_how_a_crawl_ended_is_put_down_though_the_database_is_locked_for_a_minute(
    service: Service, engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    job = service.begin(HONG_KONG)
    assert job is not None
    put_down, waited = service._put_down, []

    def refuse_at_first(*arguments: Any) -> None:
        if sum(waited) < 20:
            raise CannotWrite("the database is locked")
        put_down(*arguments)

    monkeypatch.setattr(crawling.time, "sleep", waited.append)
    monkeypatch.setattr(crawling, "run_crawl", lambda *_, **__: RunSummary(1, HONG_KONG, RunVerdict.OK, None, {}))
    monkeypatch.setattr(service, "_put_down", refuse_at_first)
    service.follow(job)
    assert waited == [5, 15]
    assert due(engine) == (DAWN + 18.5 * HOUR, 0, None)


def test_of_services_that_begin_at_once_one_gets_the_source(
    new_engine: Callable[[], Engine], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(crawling, "Waiting", StillCrawl)
    engine, gate = new_engine(), Barrier(4)
    services = [Service(engine, base_url=HERE, clock=Clock(EVENING)) for _ in range(4)]
    services[0].add([HONG_KONG])

    def begin(service: Service) -> bool:
        gate.wait()
        return service.begin(HONG_KONG) is not None

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(begin, services)) == [False, False, False, True]
    assert due(engine)[1] == 1


def test_a_source_that_this_version_does_not_know_stops_nobody(
    service: Service, engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    with writing(engine) as connection:
        add_sources(connection, {"of_another_version": "Another"})
        lists = Planned("of_another_version", TargetKind.LISTS, "", None, EVENING - HOUR, LookReason.LISTS)
        put_targets(connection, [lists])
    monkeypatch.setattr(service, "follow", lambda job: None)
    service.tick()
    assert service.running == [HONG_KONG]
    assert "of_another_version is on the timetable, but this version does not know it" in caplog.text
    with reading(engine) as connection:
        assert [each.source for each in standings(connection, service.specs, EVENING)] == [HONG_KONG]
        assert {each.source for each in plan(connection, service.specs, EVENING, 1)} == {HONG_KONG}


def test_a_clock_that_is_put_back_lets_the_timetable_be_made_anew(service: Service, engine: Engine, clock: Clock):
    service._refresh_if_due()
    clock.now -= HOUR
    service._refresh_if_due()
    assert service._refreshed_at == EVENING - HOUR
    clock.now += REFRESH_EVERY / 2
    service._refresh_if_due()
    assert service._refreshed_at == EVENING - HOUR


def test_a_clock_that_is_put_back_does_not_keep_news_for_an_hour(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(alerts, "has_watches", lambda engine: False)
    runs = AlertRuns(engine)
    for now in (EVENING, EVENING - HOUR, EVENING - HOUR + timedelta(minutes=5)):
        runs.begin_if_due(now, None)
    assert runs._begun_at == EVENING - HOUR


def test_a_clock_that_is_put_back_while_a_crawl_goes_on_takes_nothing_from_it(
    service: Service, engine: Engine, clock: Clock
):
    """Its lease stands further in the future than before, and is renewed when the clock has come there again."""
    job = service.begin(HONG_KONG)
    assert job is not None
    for minutes in range(-60, 30, 2):
        clock.now = EVENING + timedelta(minutes=minutes)
        service.watch()
        with reading(engine) as connection:
            (lease,) = standing_leases(connection, clock.now)
        assert lease[1] == service.holder
    assert not job.is_called_off


@pytest.fixture
def ticks() -> Iterator[Ticks]:
    has_ticked = Event()
    made = Ticks(has_ticked.set, HOUR)
    thread = Thread(target=made.start)
    thread.start()
    has_ticked.wait()
    yield made
    made.shutdown()
    thread.join()


def test_who_is_told_to_end_before_the_first_tick_ends():
    made = Ticks(lambda: None, HOUR)
    made.shutdown()
    made.start()


def test_a_service_goes_on_ticking_when_the_clock_is_put_back(ticks: Ticks):
    """What APScheduler is left with: a next run that is an hour further away than it was."""
    job = ticks._job
    now = datetime.now(UTC)
    assert not call_back(job, TICK, job.next_run_time - TICK)
    assert call_back(job, TICK, job.next_run_time - HOUR)
    assert job.next_run_time <= now + HOUR


def test_orders_of_a_site_at_night_say_why_there_are_none(engine: Engine):
    service = Service(engine, base_url=NOBODY, clock=Clock(NIGHT))
    assert service.orders_now(HONG_KONG) == "hk_chungsen: not asked: these are its quiet hours"
    assert isinstance(may_crawl(engine, CrawlOrders(HONG_KONG, "", base_url=HERE)), CrawlOrders)
