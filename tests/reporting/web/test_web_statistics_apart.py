"""Statistics of a large database: from rollups at once, else by a process of its own while the page says so."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from reporting.choices import By
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
from store.engine import open_engine, reading
from store.errors import StoreError
from tests.reporting.web.conftest import NOW

Site = Callable[..., TestClient]
FUNNEL = Asked("funnel", Filters())


@pytest.fixture
def engine(recorded: Path, tmp_path: Path) -> Iterator[Engine]:
    """A copy that a test may write to."""
    for file in recorded.glob("homes.sqlite*"):
        shutil.copy(file, tmp_path / file.name)
    opened = open_engine(f"sqlite:///{tmp_path / 'homes.sqlite'}")
    yield opened
    opened.dispose()


@pytest.fixture
def keeper(engine: Engine) -> Iterator[StatisticKeeper]:
    """It takes the database for a large one."""
    made = StatisticKeeper(engine, lambda: NOW, small=0)
    yield made
    made.close()


def touch(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE source SET write_count = write_count + 1")


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
