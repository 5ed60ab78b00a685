"""The service at work on a site that is played on this machine: what it asks, when, and what survives its end."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from crawler.launch import run_crawl
from crawler.orders import CrawlOrders
from crawler.parsers import hk_chungsen, rmfysszc
from crawler.play import Player
from crawler.recording import RunRecorder
from crawler.sources import source_specs
from scheduler.crawling import Limits, orders_for
from scheduler.leases import TIMETABLE_LEASE
from scheduler.outlook import standings
from scheduler.policy import BIDDING
from scheduler.service import Service
from scheduler.timetable import TOLD_BY_LISTS, add_source
from store.engine import reading, writing
from store.health import SPENT, source_health, unhealthy_in_a_row
from store.manners import pause_of
from store.rows import CRAWL_RUN, LISTING, OBSERVATION
from store.runs import add_sources, close_run, open_run
from store.targets import (
    Planned,
    StoredTarget,
    claim_targets,
    count_listings_due,
    load_targets,
    put_targets,
    release_targets,
    standing_leases,
)
from store.terms import LookReason, RoundStatus, RunVerdict, TargetKind
from tests.crawler.spiders.crawl_help import case_body, instant, play, player_of

MORNING = datetime(2026, 9, 1, 2, tzinfo=UTC)  # ten o'clock in Hong Kong: not in the quiet hours
DAY = timedelta(days=1)
Serve = Callable[..., Service]
HONG_KONG = "hk_chungsen"


class Clock:
    """A clock that is put where the test wants it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def hong_kong_list(at: datetime = MORNING) -> Player:
    """The one page of a list without looks at single lots."""
    return player_of(
        play(hk_chungsen.LIST_URL, case_body("hk_chungsen/list/areas-in-feet-and-prices-in-wan"), at.date(), memento=at)
    )


def settle(service: Service) -> None:
    """Wait for the crawls that go on."""
    for job in service._running():
        assert job.thread is not None
        job.thread.join(60)


@pytest.fixture
def clock() -> Clock:
    return Clock(MORNING)


@pytest.fixture
def serve(engine: Engine, clock: Clock) -> Iterator[Serve]:
    """Makes services on the database, and ends them."""
    made: list[Service] = []

    def make(site: Player, limits: Limits | None = None) -> Service:
        made.append(Service(engine, limits, site.base_url, clock))
        return made[-1]

    yield make
    for service in made:
        service.stop()


@pytest.fixture
def site() -> Iterator[Player]:
    with hong_kong_list() as player:
        player.today = MORNING.date()
        yield player


def test_a_source_on_the_timetable_is_crawled_and_is_due_again_a_day_later(engine: Engine, serve: Serve, site: Player):
    service = serve(site)
    service.add([HONG_KONG])
    service.tick()
    settle(service)
    with reading(engine) as connection:
        (target,) = load_targets(connection)
        assert connection.execute(select(LISTING.c.id)).first() is not None
    assert (target.kind, target.reason) == (TargetKind.LISTS, LookReason.LISTS)
    assert (target.looked_at, target.next_due) == (MORNING, MORNING + DAY)
    assert (target.attempts, target.leased_by) == (0, None)
    asked = len(site.asked)
    service.tick()
    assert (service.running, len(site.asked)) == ([], asked)


def test_a_second_service_on_the_same_database_says_so_and_starves(
    serve: Serve, clock: Clock, site: Player, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO", "scheduler")
    first, second = serve(site), serve(site)
    first.add([HONG_KONG])
    first._keeps_the_timetable()
    second.tick()
    second.tick()
    assert caplog.messages == ["we keep the timetable", "another service, or workers, keep the timetable"]
    assert (second.is_keeper, second.running, site.asked) == (False, [], [])
    clock.now += TIMETABLE_LEASE  # the first gave no sign of life
    second.tick()
    settle(second)
    assert second.is_keeper
    assert site.asked


def test_what_a_killed_service_was_at_is_done_by_the_next_when_its_lease_has_ended(
    engine: Engine, serve: Serve, clock: Clock, site: Player
):
    limits = Limits(time=timedelta(hours=1))
    service = serve(site, limits)
    service.add([HONG_KONG])
    until = clock.now + limits.time
    with writing(engine) as connection:
        (target,) = load_targets(connection)
        assert claim_targets(connection, [target.id], "killed", until, clock.now) == {target.id}
        assert claim_targets(connection, [target.id], "another", until, clock.now) == set()
    service.tick()
    assert service.running == []
    clock.now = until
    service.tick()
    settle(service)
    with reading(engine) as connection:
        (target,) = load_targets(connection)
    assert (target.looked_at, target.leased_by) == (until, None)


def test_a_crawl_that_fails_is_tried_again_later_and_later_and_twice_pauses_the_source(
    engine: Engine, serve: Serve, clock: Clock
):
    with player_of() as nothing:  # every page is a 404
        service = serve(nothing)
        service.add([HONG_KONG])
        waits = []
        for _ in range(2):
            service.tick()
            settle(service)
            with reading(engine) as connection:
                (target,) = load_targets(connection)
                paused = pause_of(connection, HONG_KONG, clock.now)
            assert target.looked_at is None
            assert target.next_due is not None
            waits.append(target.next_due - clock.now)
            clock.now = target.next_due
    assert waits == [timedelta(minutes=10), timedelta(minutes=20)]
    assert paused is not None
    assert "2 runs in a row were unhealthy" in paused.why


def test_in_its_last_hour_a_lot_is_asked_for_by_itself_and_lists_that_are_not_due_are_not(
    engine: Engine, serve: Serve, clock: Clock
):
    listed_on, cases = date(2022, 11, 10), ("guangdong-page-1-upcoming-and-ended", "one-page-past-the-end")
    lists = [
        play(rmfysszc.LIST_URL, case_body(f"rmfysszc/list/{case}"), listed_on, form=rmfysszc.list_form(number))
        for number, case in enumerate(cases, 1)
    ]
    with player_of(*lists) as player:
        clock.now, player.today = instant(listed_on, 11), listed_on
        service = serve(player)
        service.add(["rmfysszc"])
        service.tick()
        settle(service)
        service.stop()
    lot, end = next_to_end(engine)
    clock.now = end - timedelta(minutes=30)
    note_look_at_lists(engine, clock.now)
    address = f"https://www.rmfysszc.gov.cn/Object/Finish.shtml?oid={lot}"
    state = play(address, "({state:'1',price:'88.5'})", clock.now.date(), memento=clock.now + timedelta(minutes=1))
    with player_of(state) as player:
        player.today = clock.now.date()
        service = serve(player)
        service.tick()
        settle(service)
        asked = [each["target"] for each in player.asked]
    assert f"/Object/Finish.shtml?oid={lot}" in asked
    assert not any("ProjectHandle" in each for each in asked)
    said = select(OBSERVATION.c.status).join(LISTING, LISTING.c.observation_id == OBSERVATION.c.id)
    with reading(engine) as connection:
        assert connection.execute(said.where(LISTING.c.source_id == lot)).scalar_one() is RoundStatus.ONGOING


def target(kind: TargetKind, reason: LookReason, source_id: str = "") -> StoredTarget:
    return StoredTarget(1, "rmfysszc", kind, source_id, None, MORNING, reason, None, 0, None, None)


def test_lists_leave_half_of_the_day_to_single_listings_that_want_it():
    lists = [target(TargetKind.LISTS, LookReason.LISTS)]
    orders = CrawlOrders("rmfysszc", "sqlite://", budget=1_900)
    assert orders_for(orders, lists, rmfysszc.SPEC, 5_000).budget == 1_000
    assert orders_for(orders, lists, rmfysszc.SPEC, 100).budget == 1_900 - 2 * 100  # two requests for each lot
    assert orders_for(CrawlOrders("rmfysszc", "sqlite://"), lists, rmfysszc.SPEC, 5_000).budget is None


def test_a_crawl_of_listings_names_them_and_has_the_budget_that_is_left():
    lots = [target(TargetKind.LISTING, LookReason.RESULT, lot) for lot in ("132030", "132004")]
    orders = orders_for(CrawlOrders("rmfysszc", "sqlite://", budget=700), lots, rmfysszc.SPEC, 5_000)
    assert (orders.listings, orders.budget) == ((("132030", None), ("132004", None)), 700)


def test_listings_that_want_a_look_within_the_day_are_counted(engine: Engine):
    planned = [
        Planned(HONG_KONG, kind, name, None, at, reason)
        for kind, name, at, reason in [
            (TargetKind.LISTS, "", MORNING, LookReason.LISTS),
            (TargetKind.LISTING, "due", MORNING, LookReason.RESULT),
            (TargetKind.LISTING, "tonight", MORNING + DAY / 2, LookReason.LAST_DAY),
            (TargetKind.LISTING, "told by the lists as well", MORNING, LookReason.DAYS_AWAY),
            (TargetKind.LISTING, "in two days", MORNING + 2 * DAY, LookReason.LAST_DAY),
            (TargetKind.LISTING, "never", None, LookReason.RESULT),
        ]
    ]
    with writing(engine) as connection:
        add_sources(connection, {HONG_KONG: "中誠"})
        put_targets(connection, planned)
        assert count_listings_due(connection, HONG_KONG, MORNING + DAY, TOLD_BY_LISTS) == 2


@pytest.mark.parametrize(
    ("runs", "is_paused"),
    [
        ((RunVerdict.HTTP_ERROR, RunVerdict.CRASHED), True),
        ((RunVerdict.OK, RunVerdict.CRASHED), False),
        ((RunVerdict.CRASHED, RunVerdict.OK), False),
        ((RunVerdict.FIELDS_FELL, RunVerdict.FIELDS_FELL), False),  # the site answers: nothing is wrong with asking
    ],
)
def test_only_two_runs_in_a_row_that_went_wrong_pause_a_source(engine: Engine, serve: Serve, runs, is_paused):
    with hong_kong_list() as player:
        service = serve(player)
        note_runs(engine, *((verdict, "s", {"kind": "crawl"}) for verdict in runs))
        with writing(engine) as connection:
            service._pause_if_unhealthy(connection, HONG_KONG, MORNING)
            assert (pause_of(connection, HONG_KONG, MORNING) is not None) == is_paused


def test_a_spent_budget_and_what_people_capture_do_not_pause_a_source(engine: Engine):
    spent = "the budget of 1,000 requests is spent, pages are left"
    crawled, captured = {"kind": "crawl"}, {"kind": "capture"}
    note_runs(engine, (RunVerdict.CRASHED, "s", crawled), (RunVerdict.BELOW_EXPECTATION, spent, crawled))
    with reading(engine) as connection:
        assert unhealthy_in_a_row(connection, HONG_KONG, 2) == []
    note_runs(engine, (RunVerdict.CRASHED, "s", crawled), (RunVerdict.ROWS_REFUSED, "s", captured))
    with reading(engine) as connection:
        assert unhealthy_in_a_row(connection, HONG_KONG, 2) == [RunVerdict.CRASHED]


def test_a_crawl_that_was_told_to_end_is_passed_over(engine: Engine):
    crawled, ended = {"kind": "crawl"}, "stopped: shutdown, 0 errors in the log"
    note_runs(engine, (RunVerdict.OK, "s", crawled), (RunVerdict.CRASHED, ended, crawled))
    with reading(engine) as connection:
        assert unhealthy_in_a_row(connection, HONG_KONG, 2) == []
    note_runs(engine, (RunVerdict.HTTP_ERROR, "s", crawled), (RunVerdict.CRASHED, ended, crawled))
    with reading(engine) as connection:
        assert unhealthy_in_a_row(connection, HONG_KONG, 2) == [RunVerdict.HTTP_ERROR]


def test_a_source_whose_crawl_was_told_to_end_stands_as_before(engine: Engine):
    crawled, ended = {"kind": "crawl"}, "stopped: shutdown, 0 errors in the log"
    note_runs(engine, (RunVerdict.OK, "s", crawled), (RunVerdict.CRASHED, ended, crawled))
    with writing(engine) as connection:
        add_source(connection, source_specs()[HONG_KONG], MORNING)
    with reading(engine) as connection:
        health = source_health(connection)[HONG_KONG]
        (standing,) = standings(connection, source_specs(), MORNING)
    assert (health.last_verdict, standing.health) == (RunVerdict.OK, RunVerdict.OK)
    note_runs(engine, (RunVerdict.CRASHED, "stopped: shutdown, 2 errors in the log", crawled))
    with reading(engine) as connection:
        assert source_health(connection)[HONG_KONG].last_verdict == RunVerdict.CRASHED


def test_a_crawl_that_ends_because_its_budget_is_spent_says_so_in_the_words_that_are_known(engine: Engine):
    page = case_body("rmfysszc/list/guangdong-page-1-upcoming-and-ended")
    first = play(rmfysszc.LIST_URL, page, date(2022, 11, 10), form=rmfysszc.list_form(1))
    url = engine.url.render_as_string(hide_password=False)
    with player_of(first) as player:
        player.today = date(2022, 11, 10)
        summary = run_crawl(CrawlOrders("rmfysszc", url, base_url=player.base_url, budget=1))
    assert summary.verdict is RunVerdict.BELOW_EXPECTATION
    assert SPENT.match(summary.reason or "")
    recorder = RunRecorder(engine, Path("pages"), {"kind": "crawl"}, {})
    recorder.note_requests("rmfysszc", MORNING.date(), 10)
    told = recorder.stop_because("rmfysszc", MORNING.date(), 10, MORNING)
    recorder.roll_back()
    assert SPENT.match(told or "")


def note_runs(engine: Engine, *runs: tuple[RunVerdict, str, dict[str, str]]) -> None:
    """Runs that have ended, the first one first."""
    with writing(engine) as connection:
        add_sources(connection, {HONG_KONG: "中誠"})
        for verdict, reason, scope in runs:
            close_run(connection, open_run(connection, HONG_KONG, scope, MORNING), MORNING, verdict, reason, {})


def note_look_at_lists(engine: Engine, at: datetime) -> None:
    """As a crawl of the lists leaves it: they are not due again for a day."""
    with writing(engine) as connection:
        (lists,) = (each.id for each in load_targets(connection) if each.kind is TargetKind.LISTS)
        claim_targets(connection, [lists], "a crawl", at + DAY, at)
        release_targets(connection, [lists], "a crawl", at)


def next_to_end(engine: Engine) -> tuple[str, datetime]:
    """Of the lots that have not begun the one that ends first, with its end."""
    said = select(LISTING.c.source_id, OBSERVATION.c.starts_at).join(
        OBSERVATION, LISTING.c.observation_id == OBSERVATION.c.id
    )
    with reading(engine) as connection:
        lots = connection.execute(said.where(OBSERVATION.c.status == RoundStatus.UPCOMING)).all()
    lot, start = min(lots, key=lambda each: each.starts_at)
    return lot, start + BIDDING  # its end is not told


def test_a_service_that_is_told_to_end_gives_back_its_lease(engine: Engine, tmp_path: Path):
    url = engine.url.render_as_string(hide_password=False)
    with hong_kong_list(datetime.now(UTC)) as player:
        command = [sys.executable, "-m", "fapai", "schedule", "run", HONG_KONG, "-v", "--db", url]
        with subprocess.Popen(
            [*command, "--base-url", player.base_url], stderr=subprocess.PIPE, text=True, env=os.environ
        ) as process:
            assert process.stderr is not None
            line = process.stderr.readline()
            process.send_signal(signal.SIGTERM)
            rest = process.stderr.read()
    assert "we keep the timetable" in line, line + rest
    assert process.returncode == 0, rest
    assert "Traceback" not in rest
    with reading(engine) as connection:
        assert standing_leases(connection, datetime.now(UTC)) == []
        verdicts = connection.execute(select(CRAWL_RUN.c.verdict)).scalars().all()
    assert "running" not in verdicts
