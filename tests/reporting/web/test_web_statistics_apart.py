"""Statistics of a large database: from rollups at once, else by a process of its own while the page says so."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing.connection import Connection as Pipe
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from reporting.choices import By
from reporting.errors import ReportError
from reporting.filters import Filters
from reporting.rollups.upkeep import keep
from reporting.statistics.clearance import ClearanceQuestion, clearance
from reporting.statistics.counts import CountQuestion
from reporting.statistics.counts import count as counts_of
from reporting.web.errors import NotReady
from reporting.web.statistics import counting
from reporting.web.statistics import keeper as keeping
from reporting.web.statistics.counting import Answer, count_apart
from reporting.web.statistics.keeper import StatisticKeeper
from reporting.web.statistics.questions import Asked
from store.engine import reading
from store.errors import StoreError
from tests.reporting.web.conftest import NOW

Site = Callable[..., TestClient]
FUNNEL = Asked("funnel", Filters())
SERVER = """
import sys
from datetime import UTC, datetime
from reporting.filters import Filters
from reporting.web.statistics.counting import count_apart
from reporting.web.statistics.questions import Asked

count_apart(sys.argv[1], Asked("funnel", Filters()), datetime(2026, 9, 5, tzinfo=UTC))
"""


@pytest.fixture
def keeper(engine: Engine) -> Iterator[StatisticKeeper]:
    """It takes the database for a large one."""
    made = StatisticKeeper(engine, lambda: NOW, small=0)
    yield made
    made.close()


def touch(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE source SET write_count = write_count + 1")


def count_for_ever(pipe: Pipe) -> None:
    """Stands for the child of a count that takes its time; it runs in a process of its own."""
    pipe.recv()
    pipe.recv()


def wait(keeper: StatisticKeeper) -> None:
    thread = keeper._thread
    if thread is not None:
        thread.join()


@pytest.mark.parametrize("by", [By.SOURCE, By.CITY, By.KIND, By.MONTH])
def test_what_rollups_know_is_told_at_once_with_the_figures_of_the_report(
    engine: Engine, keeper: StatisticKeeper, by: By
):
    keep(engine, NOW)
    with reading(engine) as connection:
        counts = counts_of(connection, CountQuestion(Filters(), by)).table()
        rates = clearance(connection, ClearanceQuestion(Filters(), by, False)).table()

    assert list(keeper.answer(Asked("counts", Filters(), by.value)).told.rows) == list(counts.rows)
    assert list(keeper.answer(Asked("clearance", Filters(), by.value)).told.rows) == list(rates.rows)
    assert keeper._thread is None


def test_without_rollups_it_has_to_be_counted(keeper: StatisticKeeper):
    with pytest.raises(NotReady):
        keeper.answer(Asked("counts", Filters(), "city"))


def test_another_process_counts_what_the_server_would(engine: Engine):
    url = engine.url.render_as_string(hide_password=False)

    apart, here = count_apart(url, FUNNEL, NOW), counting.count(engine, FUNNEL, NOW)

    assert replace(apart, took=0.0) == replace(here, took=0.0)


def test_the_server_itself_does_not_count(keeper: StatisticKeeper, monkeypatch: pytest.MonkeyPatch):
    by: list[int] = []

    def note(*given: Any) -> Answer:
        by.append(os.getpid())
        return count_here(*given)

    count_here = counting.count
    for module in (counting, keeping):
        monkeypatch.setattr(module, "count", note)
    with pytest.raises(NotReady):
        keeper.answer(FUNNEL)
    wait(keeper)

    assert keeper.answer(FUNNEL).told.rows
    assert by == []


def test_a_process_that_was_ended_is_told(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(counting, "_work", os._exit)

    with pytest.raises(StoreError, match="ended before"):
        count_apart("sqlite://", FUNNEL, NOW)


def test_while_a_crawl_writes_the_last_answer_is_shown_and_not_counted_with_each_write(
    engine: Engine, keeper: StatisticKeeper, monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(NotReady):
        keeper.answer(FUNNEL)
    wait(keeper)
    first = keeper.answer(FUNNEL)
    monkeypatch.setattr(keeping, "RESTS", 10_000)
    touch(engine)

    assert keeper.answer(FUNNEL) is first
    assert keeper._thread is None
    monkeypatch.setattr(keeping, "RESTS", 0)
    assert keeper.answer(FUNNEL) is first  # it is counted anew beside this
    wait(keeper)
    assert keeper.answer(FUNNEL).told.rows == first.told.rows
    assert keeper.answer(FUNNEL) is not first


def test_the_waiting_page_comes_again_in_a_browser_without_scripts(own_site: Site, monkeypatch: pytest.MonkeyPatch):
    client = own_site()
    state = client.app.state  # type: ignore[attr-defined]
    state.statistics = StatisticKeeper(state.settings.engine, lambda: NOW, small=0)
    monkeypatch.setattr(state.statistics, "_work", lambda: None)

    waiting = client.get("/statistics/funnel")
    part = client.get("/statistics/funnel", headers={"hx-request": "true", "hx-request-type": "partial"})

    assert (waiting.status_code, waiting.headers["refresh"]) == (202, "5")
    assert (part.status_code, part.headers.get("refresh")) == (202, None)
    assert "refresh" not in client.get("/statistics").headers


def test_a_server_that_is_stopped_ends_the_count_that_is_under_way(
    keeper: StatisticKeeper, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(counting, "_work", count_for_ever)
    begun = threading.Event()
    note = keeper._note_child
    monkeypatch.setattr(keeper, "_note_child", lambda child: (note(child), begun.set()))
    for asked in (FUNNEL, Asked("clearance", Filters(), "city")):
        with pytest.raises(NotReady):
            keeper.answer(asked)
    assert begun.wait(60)
    child = keeper._child
    assert child is not None

    closing = threading.Thread(target=keeper.close, daemon=True)
    closing.start()
    closing.join(30)
    try:
        assert not closing.is_alive()
        assert not child.is_alive()
        assert not keeper._waiting
    finally:
        child.kill()
    with pytest.raises(NotReady):
        keeper.answer(Asked("counts", Filters(), "city"))
    assert keeper._thread is None  # nothing begins any more


def test_the_pages_close_their_statistics_when_they_stop(own_site: Site, monkeypatch: pytest.MonkeyPatch):
    client = own_site()
    assert client.get("/statistics/funnel").status_code == 200
    closed: list[bool] = []
    monkeypatch.setattr(client.app.state.statistics, "close", lambda: closed.append(True))  # type: ignore[attr-defined]

    client.__exit__(None, None, None)

    assert closed == [True]


def test_a_count_ends_with_a_server_that_was_killed():
    """The database is one that takes a connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as database:
        url = f"postgresql+psycopg://someone@127.0.0.1:{database.getsockname()[1]}/homes"
        server = subprocess.Popen([sys.executable, "-c", SERVER, url], stderr=subprocess.DEVNULL)
        database.settimeout(60)
        asked, _ = database.accept()  # the child is counting
        server.kill()
        server.wait(60)
        with asked:
            asked.settimeout(20)
            while asked.recv(4_096):  # what the child asked for, then the end of the child
                pass


def test_a_failure_is_told_to_each_who_asked(engine: Engine, keeper: StatisticKeeper, monkeypatch: pytest.MonkeyPatch):
    def fail(url: str, asked: Asked, *given: object) -> Answer:
        raise ReportError(f"{asked.name} has no answer")

    monkeypatch.setattr(keeping, "count_apart", fail)
    questions = (FUNNEL, Asked("clearance", Filters(), "city"))
    for asked in questions:
        with pytest.raises(NotReady):
            keeper.answer(asked)
        wait(keeper)

    for asked in questions:
        with pytest.raises(ReportError, match=f"{asked.name} has no answer"):
            keeper.answer(asked)
