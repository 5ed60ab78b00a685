"""What cannot be written is told in one sentence, and nothing half written stays."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.recording import RunRecorder
from store.engine import open_engine, reading, writing
from store.errors import CannotWrite
from store.rows import CRAWL_RUN, DAILY_REQUESTS
from store.schema import upgrade

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def open_run(recorder: RunRecorder) -> None:
    recorder.run_of("s")


def count_requests(recorder: RunRecorder) -> None:
    recorder.run_of("s")
    recorder.note_requests("s", NOW.date(), 3)


def pause(recorder: RunRecorder) -> None:
    recorder.run_of("s")
    recorder.pause("s", NOW, "captcha")


@pytest.mark.parametrize(
    ("table", "event", "act"),
    [
        ("source", "INSERT", open_run),
        ("crawl_run", "INSERT", open_run),
        ("daily_requests", "INSERT", count_requests),
        ("source", "UPDATE OF paused_until", pause),
    ],
)
def test_a_database_that_refuses_is_told_of_in_one_sentence(
    tmp_path: Path, table: str, event: str, act: Callable[[RunRecorder], None]
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'full.sqlite'}")
    upgrade(engine)
    with writing(engine) as connection:
        full = f"CREATE TRIGGER full BEFORE {event} ON {table} BEGIN SELECT RAISE(FAIL, 'the disk is full'); END"
        connection.exec_driver_sql(full)
    recorder = RunRecorder(engine, tmp_path / "pages", {"kind": "crawl"}, {"s": "S"})
    with pytest.raises(CannotWrite, match="^the database cannot be written: the disk is full$"):
        act(recorder)
    with reading(engine) as connection:
        assert connection.execute(DAILY_REQUESTS.select()).all() == []
        assert len(connection.execute(CRAWL_RUN.select()).all()) == (act is not open_run)
    engine.dispose()
