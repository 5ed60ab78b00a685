"""The service tells what is new after each linking, and in between for what time brings."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from reporting.alerts.manage import Asked, create_watch
from scheduler.alerts import EVERY, AlertRuns
from store.engine import reading
from store.outbox import list_deliveries
from store.terms import ChannelKind, DeliveryState
from tests.reporting.alerts.alert_help import AT_ONCE

NOW = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def runs(engine: Engine) -> Iterator[AlertRuns]:
    made = AlertRuns(engine)
    yield made
    made.stop()


@pytest.fixture
def feed(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The feed of a watch on everything; the secrets lie beside the database."""
    monkeypatch.delenv("FAPAI_SECRETS", raising=False)
    feed = tmp_path / "feed.xml"
    asked = [Asked(ChannelKind.ATOM, str(feed))]
    create_watch(engine, tmp_path / "fapai.secrets", "all", {}, AT_ONCE, asked, NOW)
    return feed


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that end at once: where only the moment counts at which they are begun, nothing need be told."""
    begin = subprocess.Popen

    def begin_nothing(_command: list[str], **how: int) -> "subprocess.Popen[bytes]":
        return begin([sys.executable, "-S", "-c", ""], **how)

    monkeypatch.setattr("scheduler.alerts.subprocess.Popen", begin_nothing)


def ended(runs: AlertRuns) -> int:
    """Waits for the run that goes on; gives its exit code."""
    assert runs._process is not None
    return runs._process.wait(60)


def test_a_run_is_begun_in_a_process_of_its_own_and_tells(engine: Engine, runs: AlertRuns, feed: Path):
    runs.begin_if_due(NOW, None)
    assert ended(runs) == 0
    assert "watching 0 homes" in feed.read_text("utf-8")
    with reading(engine) as connection:
        assert [each.state for each in list_deliveries(connection)] == [DeliveryState.SENT]


@pytest.mark.usefixtures("at_once", "feed")
def test_the_next_run_is_begun_after_a_linking_or_a_quarter_of_an_hour(runs: AlertRuns):
    runs.begin_if_due(NOW, None)
    first = runs._process
    runs.begin_if_due(NOW, None)
    assert runs._process is first  # one at a time
    ended(runs)
    runs.begin_if_due(NOW, None)
    assert runs._process is None
    linking = subprocess.Popen([sys.executable, "-c", ""])
    linking.wait()
    runs.begin_if_due(NOW, linking)
    assert runs._process is None  # it may still be writing
    runs.begin_if_due(NOW, None)
    assert ended(runs) == 0
    runs.begin_if_due(NOW + EVERY / 2, None)
    assert runs._process is None
    runs.begin_if_due(NOW + EVERY, None)
    assert ended(runs) == 0


def test_without_a_watch_no_process_is_begun(runs: AlertRuns):
    runs.begin_if_due(NOW, None)
    assert runs._process is None
