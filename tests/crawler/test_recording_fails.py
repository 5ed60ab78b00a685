"""What cannot be written is told in one sentence, and nothing half written stays."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from crawler.recording import RunRecorder
from store.engine import open_engine, reading
from store.errors import CannotWrite
from store.rows import CRAWL_RUN, DAILY_REQUESTS, SOURCE
from store.schema import upgrade

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("is_run_open", [False, True])
def test_a_database_that_refuses_is_told_of_in_one_sentence(tmp_path: Path, is_run_open: bool) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'homes.sqlite'}")
    upgrade(engine)
    recorder = RunRecorder(engine, tmp_path / "pages", {"kind": "crawl"}, {"s": "S"})
    if is_run_open:
        recorder.run_of("s")

    @event.listens_for(engine, "connect")
    def write_nothing(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA query_only=ON")

    engine.dispose()
    with pytest.raises(CannotWrite, match=r"^the database cannot be written: attempt to write a readonly database$"):
        recorder.note_requests("s", NOW.date(), 3) if is_run_open else recorder.run_of("s")
    with reading(engine) as connection:
        assert connection.execute(DAILY_REQUESTS.select()).all() == []
        assert len(connection.execute(CRAWL_RUN.select()).all()) == is_run_open
        assert len(connection.execute(SOURCE.select()).all()) == is_run_open
    engine.dispose()
