"""The queue's tables stand beside ours: no migration, no backup and no other version of them gets in the way."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from procrastinate.schema import SchemaManager
from sqlalchemy import Engine, inspect, text

from crawler.sources import source_specs
from scheduler.leases import LEASE, worker_lease
from scheduler.outlook import standings
from scheduler.queue.schema import OtherQueue, connection_words, make_queue
from scheduler.queue.standing import living_workers, queue_standing
from store.backup import back_up, restore
from store.engine import open_engine, reading, writing
from store.models import Base
from store.schema import QUEUE_SCHEMA, SchemaState, schema_state, upgrade
from store.targets import take_lease
from tests.fapai.conftest import CommandLine
from tests.scheduler.queue.queue_help import CHUNGSEN, jobs, put_due

WAITING = f"INSERT INTO procrastinate_jobs (queue_name, task_name, lock) VALUES ('crawls', 'crawl', 'site:{CHUNGSEN}')"


def add_job(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text(f"SET LOCAL search_path TO {QUEUE_SCHEMA}"))
        connection.execute(text(WAITING))


def tables_of_the_queue(engine: Engine) -> set[str]:
    with reading(engine) as connection:
        return set(inspect(connection).get_table_names(QUEUE_SCHEMA))


def test_migrations_do_not_see_the_queue(engine: Engine) -> None:
    make_queue(engine, is_in_use=False)
    assert "procrastinate_jobs" in tables_of_the_queue(engine)
    assert schema_state(engine) is SchemaState.CURRENT
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    upgrade(engine)
    assert "procrastinate_jobs" in tables_of_the_queue(engine)


def test_a_queue_that_is_there_is_left_as_it_is(engine: Engine) -> None:
    make_queue(engine, is_in_use=False)
    add_job(engine)
    make_queue(engine, is_in_use=True)
    assert len(jobs(engine)) == 1


def test_a_queue_of_another_version_is_made_anew_but_not_under_the_feet_of_workers(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_queue(engine, is_in_use=False)
    add_job(engine)
    newer = SchemaManager.get_schema() + "\nCREATE TABLE procrastinate_new (id bigint);"
    monkeypatch.setattr(SchemaManager, "get_schema", lambda: newer)
    with pytest.raises(OtherQueue, match="another version of Procrastinate"):
        make_queue(engine, is_in_use=True)
    assert len(jobs(engine)) == 1
    make_queue(engine, is_in_use=False)
    assert "procrastinate_new" in tables_of_the_queue(engine)
    assert jobs(engine) == []


def test_a_backup_leaves_the_queue_out_and_comes_back_over_one(
    engine: Engine, tmp_path: Path, new_postgresql_url: Callable[[], str]
) -> None:
    put_due(engine, CHUNGSEN)
    make_queue(engine, is_in_use=False)
    add_job(engine)
    back_up(engine, tmp_path / "homes.backup")
    other = open_engine(new_postgresql_url())
    restore(other, tmp_path / "homes.backup", replace=True)
    assert tables_of_the_queue(other) == set()
    make_queue(other, is_in_use=False)
    restore(other, tmp_path / "homes.backup", replace=True)
    with reading(other) as connection:
        assert connection.execute(text("SELECT source FROM target")).scalars().all() == [CHUNGSEN]
    assert (schema_state(other), jobs(other)) == (SchemaState.CURRENT, [])
    other.dispose()


def test_the_library_looks_into_the_queue_s_schema_whatever_else_the_address_asks_for() -> None:
    engine = open_engine("postgresql://me:secret@db.example/homes?options=-c%20statement_timeout%3D0&sslmode=require")
    address, options = connection_words(engine)
    assert options == f"-c statement_timeout=0 -c search_path={QUEUE_SCHEMA}"
    assert address.startswith("postgresql://me:secret@db.example/homes?")


def test_a_database_without_a_queue_has_no_standing_of_one(engine: Engine, sqlite_template: Path) -> None:
    sqlite = open_engine(f"sqlite:///{sqlite_template}")
    for each in (engine, sqlite):
        with reading(each) as connection:
            assert queue_standing(connection, datetime.now(UTC)) is None
    sqlite.dispose()


def test_status_tells_who_works_and_what_waits(engine: Engine, url: str) -> None:
    put_due(engine, CHUNGSEN)
    make_queue(engine, is_in_use=False)
    add_job(engine)
    now = datetime.now(UTC)
    with writing(engine) as connection:
        take_lease(connection, worker_lease("a"), "node-1:7:abc", now + LEASE, now)
        assert living_workers(connection, now + LEASE) == ()
    with reading(engine) as connection:
        standing = queue_standing(connection, now)
        assert standing is not None
        (row,) = standings(connection, source_specs(), now, standing.by_source)
    assert row.queued == "todo"
    command = [sys.executable, "-m", "fapai", "schedule", "status", "--format", "table", "--db", url]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "queue: 1 todo; workers: node-1:7:abc" in told.stdout


@pytest.mark.parametrize("is_installed", [True, False])
def test_without_postgresql_or_the_library_a_worker_says_what_it_needs(
    fapai: CommandLine, is_installed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_installed:
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    address = "sqlite:///none.sqlite" if is_installed else "postgresql://nobody@127.0.0.1:1/none"
    told = fapai("schedule", "worker", db=address)
    assert (told.exit_code, told.stdout) == (1, "")
    assert "pip install 'fapai[queue]', and --db postgresql://HOST/NAME" in told.stderr
    assert not Path("none.sqlite").exists()
