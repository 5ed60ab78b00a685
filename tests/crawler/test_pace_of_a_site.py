"""The pace of a site, kept between processes: by clocks that are played, and by processes that are killed."""

import heapq
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine, Generator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, Engine

from crawler.pace import PATIENCE, Turns, site_name
from store.engine import writing
from store.errors import CannotWrite
from store.pace import Turn, last_turn, note_turn
from store.targets import standing_leases

NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
SITE, DELAY, LONGEST = "site.example", 5.0, 30.0
CHECKOUT = Path(__file__).parents[2]
Result = TypeVar("Result")


class _Sleep:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __await__(self) -> Generator["_Sleep", None, None]:
        yield self


class World:
    """A clock that runs on when everybody sleeps, a calendar that may jump, and one database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.seconds = 0.0
        self.calendar_is_off = timedelta()
        self.asked: list[tuple[float, float, str]] = []  # from, to, by whom
        self._due: list[tuple[float, int, Coroutine[Any, Any, None]]] = []
        self._count = 0

    def store(self, work: Callable[[Connection], Result]) -> Result:
        with writing(self.engine) as connection:
            return work(connection)

    def calendar(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds) + self.calendar_is_off

    async def sleep(self, seconds: float) -> None:
        await _Sleep(seconds)

    def turns(self) -> Turns:
        """Those of another process."""
        return Turns(self.store, self.calendar, lambda: self.seconds, self.sleep)

    async def ask(self, turns: Turns, who: str, takes: float) -> None:
        await turns.begin(SITE, DELAY, LONGEST)
        begun = self.seconds
        await self.sleep(takes)
        self.asked.append((begun, self.seconds, who))
        turns.end(SITE, DELAY)

    def play(self, *parts: Coroutine[Any, Any, None], until: float = 10_000.0) -> None:
        for part in parts:
            self._add(0.0, part)
        while self._due and self._due[0][0] <= until:
            at, _, part = heapq.heappop(self._due)
            self.seconds = max(self.seconds, at)
            try:
                slept: _Sleep = part.send(None)
            except StopIteration:
                continue
            self._add(self.seconds + slept.seconds, part)
        for _, _, part in self._due:  # killed
            part.close()
        self._due.clear()

    def _add(self, at: float, part: Coroutine[Any, Any, None]) -> None:
        self._count += 1
        heapq.heappush(self._due, (at, self._count, part))

    def pauses(self) -> list[float]:
        """From the end of each answer to the next request; below 0 where two were asked at once."""
        ordered = sorted(self.asked)
        return [later[0] - earlier[1] for earlier, later in pairwise(ordered)]


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


def test_a_site_that_was_never_asked_is_asked_at_once(world: World) -> None:
    world.play(world.ask(world.turns(), "first", 1))
    assert world.asked == [(0, 1, "first")]


def test_the_delay_is_counted_from_the_end_of_an_answer(world: World) -> None:
    async def crawl() -> None:
        turns = world.turns()
        for takes in (1, 20, 0):
            await world.ask(turns, "one", takes)

    world.play(crawl())
    assert world.asked == [(0, 1, "one"), (6, 26, "one"), (31, 31, "one")]


def test_a_crawl_that_follows_another_one_waits_for_a_whole_delay(world: World) -> None:
    world.play(world.ask(world.turns(), "first", 1))
    world.play(world.ask(world.turns(), "second", 1))
    assert world.pauses() == [pytest.approx(DELAY, abs=0.02)]


def test_three_crawls_at_once_ask_one_after_the_other_with_the_delay_between(world: World) -> None:
    random = Random(1)

    async def crawl(who: str) -> None:
        turns = world.turns()
        for _ in range(12):
            await world.ask(turns, who, random.choice((0.1, 2.0, 29.0)))

    world.play(crawl("one"), crawl("two"), crawl("three"))
    assert len(world.asked) == 36
    assert min(world.pauses()) >= DELAY
    assert max(world.pauses()) <= DELAY + 1.02  # nobody looks less often than once a second


def test_who_is_killed_while_asking_holds_the_site_as_long_as_an_answer_may_take(world: World) -> None:
    world.play(world.ask(world.turns(), "killed", 1_000), until=3)
    world.play(world.ask(world.turns(), "next", 1))
    assert world.asked[0][0] == pytest.approx(LONGEST + DELAY, abs=0.02)


def test_a_calendar_that_is_put_forward_makes_nobody_faster(world: World) -> None:
    world.play(world.ask(world.turns(), "first", 1))
    world.calendar_is_off = HOUR
    world.play(world.ask(world.turns(), "second", 1))
    assert world.pauses()[0] >= DELAY


def test_a_calendar_that_is_put_forward_while_two_crawl_makes_nobody_faster(world: World) -> None:
    async def crawl(who: str) -> None:
        turns = world.turns()
        for number in range(8):
            await world.ask(turns, who, 1)
            world.calendar_is_off = HOUR * (number % 2)

    world.play(crawl("one"), crawl("two"))
    assert min(world.pauses()) >= DELAY


def test_a_calendar_that_is_put_back_an_hour_stops_nobody_for_an_hour(world: World) -> None:
    world.play(world.ask(world.turns(), "killed", 1_000), until=3)
    world.calendar_is_off = -HOUR
    begun = world.seconds
    world.play(world.ask(world.turns(), "next", 1))
    assert world.asked[0][0] - begun == pytest.approx(DELAY, abs=0.02)


def test_calendars_of_two_machines_that_differ_by_seconds_let_a_long_answer_end(world: World) -> None:
    world.calendar_is_off = timedelta(seconds=20)
    world.play(world.ask(world.turns(), "killed", 1_000), until=1)
    world.calendar_is_off = timedelta()
    world.play(world.ask(world.turns(), "next", 1))
    assert world.asked[0][0] >= LONGEST + DELAY


def test_nothing_is_asked_while_the_turn_cannot_be_noted(world: World) -> None:
    def refuse(_work: Callable[[Connection], Result]) -> Result:
        if world.seconds < PATIENCE / 2:
            raise CannotWrite("the database is locked")
        return world.store(_work)

    turns = Turns(refuse, world.calendar, lambda: world.seconds, world.sleep)
    world.play(world.ask(turns, "patient", 1))
    assert world.asked == [(PATIENCE / 2, PATIENCE / 2 + 1, "patient")]


def test_a_database_that_cannot_be_written_for_long_ends_the_waiting(world: World) -> None:
    def refuse(_work: Callable[[Connection], Result]) -> Result:
        raise CannotWrite("the database is locked")

    turns = Turns(refuse, world.calendar, lambda: world.seconds, world.sleep)
    with pytest.raises(CannotWrite):
        world.play(world.ask(turns, "patient", 1))
    assert (world.seconds, world.asked) == (PATIENCE, [])


def test_of_two_that_come_after_the_same_turn_one_gets_the_next(engine: Engine) -> None:
    def turn(holder: str, seconds: int) -> Turn:
        return Turn(holder, NOON, NOON + timedelta(seconds=seconds))

    with writing(engine) as connection:
        assert note_turn(connection, SITE, turn("first", 1), None)
        assert not note_turn(connection, SITE, turn("late", 1), None)
        assert note_turn(connection, SITE, turn("second", 2), turn("first", 1))
        assert not note_turn(connection, SITE, turn("late", 2), turn("first", 1))
        assert last_turn(connection, SITE) == turn("second", 2)
        assert last_turn(connection, "other.example") is None
        assert standing_leases(connection, NOON) == []  # a turn is no lease that anybody works under


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://sf-item.taobao.com/sf_item/1.htm", "taobao.com"),
        ("https://zc-paimai.taobao.com/", "taobao.com"),
        ("https://www.rmfysszc.gov.cn/robots.txt", "rmfysszc.gov.cn"),
        ("http://127.0.0.2:8080/x", "127.0.0.2"),
        ("http://[::1]:80/x", "::1"),
        ("http://localhost/x", "localhost"),
    ],
)
def test_all_hosts_of_a_domain_share_a_pace(url: str, site: str) -> None:
    assert site_name(url) == site


ASKER = """
import asyncio, json, sys, time
from crawler.pace import Turns
from store.engine import open_engine, writing

url, times, delay, takes, longest = sys.argv[1], int(sys.argv[2]), *map(float, sys.argv[3:])
engine = open_engine(url)

def store(work):
    with writing(engine) as connection:
        return work(connection)

def say(word):
    print(json.dumps([word, time.monotonic()]), flush=True)

async def crawl():
    turns = Turns(store)
    for _ in range(times):
        say("comes")
        await turns.begin("site.example", delay, longest)
        say("asked")
        await asyncio.sleep(takes)
        say("ended")
        turns.end("site.example", delay)

asyncio.run(crawl())
"""


def asker(url: str, times: int, delay: float, takes: float, longest: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", ASKER, url, *map(str, (times, delay, takes, longest))]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT)


def told(process: subprocess.Popen[str]) -> list[tuple[str, float]]:
    assert process.stdout is not None
    with process:
        return [tuple(json.loads(line)) for line in process.stdout]


def test_two_processes_at_one_site_keep_its_delay(new_url: Callable[[], str]) -> None:
    url = new_url()
    processes = [asker(url, 4, 0.25, 0.05, 2.0) for _ in range(2)]
    moments = sorted((at, word) for process in processes for word, at in told(process) if word != "comes")
    assert [word for _, word in moments] == ["asked", "ended"] * 8
    pairs = pairwise(moments)
    pauses = [later - earlier for (earlier, _), (later, word) in pairs if word == "asked"]
    assert min(pauses) >= 0.25


def test_the_successor_of_a_killed_process_waits_until_its_answer_must_have_come(new_url: Callable[[], str]) -> None:
    url = new_url()
    first = asker(url, 1, 0.25, 60.0, 1.0)
    assert first.stdout is not None
    _, came_at = json.loads(first.stdout.readline())
    assert json.loads(first.stdout.readline())[0] == "asked"
    second = asker(url, 1, 0.25, 0.0, 1.0)
    first.kill()
    assert told(first) == []
    assert first.returncode == -signal.SIGKILL
    _, (_, next_at), _ = told(second)
    assert next_at - came_at >= 1.0 + 0.25
