"""Opening, reading and writing databases that are well, and those that are not: each failure is one sentence."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from store_help import START, begin, rows

from store.bulk import insert_rows
from store.engine import archive_root, default_url, open_engine, reading, writing
from store.errors import CannotWrite, SchemaMismatch, StoreError
from store.rows import CRAWL_RUN, SOURCE
from store.runs import add_sources, close_run, note_left, open_run, take_left
from store.schema import SchemaState, require_current, schema_state, upgrade
from store.terms import RunVerdict

SHANGHAI = timezone(timedelta(hours=8))
PASSWORD = "open-sesame"


def one_sentence(error: BaseException) -> str:
    """The message, which must be fit to be shown to a user."""
    message = str(error)
    assert message
    assert "\n" not in message
    assert "Traceback" not in message
    assert "sqlalche" not in message.lower()
    return message


def add_run(connection, started_at):
    values = {"source": "s", "scope": {}, "started_at": started_at, "verdict": RunVerdict.RUNNING, "counters": {}}
    connection.execute(insert(CRAWL_RUN).values(values))


def test_an_instant_comes_back_in_utc_whatever_zone_it_was_given_in(engine):
    begin(engine)
    with writing(engine) as connection:
        add_run(connection, datetime(2026, 3, 1, 7, 30, tzinfo=SHANGHAI))

    with reading(engine) as connection:
        started = list(connection.execute(select(CRAWL_RUN.c.started_at).order_by(CRAWL_RUN.c.id)).scalars())

    assert started == [START, datetime(2026, 2, 28, 23, 30, tzinfo=UTC)]
    assert started[1].utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(engine):
    begin(engine)

    with pytest.raises(StatementError, match="without a zone"), writing(engine) as connection:
        add_run(connection, datetime(2026, 3, 1, 7, 30))  # noqa: DTZ001

    assert rows(engine, "SELECT count(*) FROM crawl_run") == [(1,)]


def test_an_error_undoes_the_whole_transaction(engine):
    with suppress(InterruptedError), writing(engine) as connection:
        connection.execute(insert(SOURCE).values(name="s", title="S", write_count=0))
        raise InterruptedError

    assert rows(engine, "SELECT count(*) FROM source") == [(0,)]


def test_a_row_that_points_nowhere_is_refused_by_the_database(engine):
    with pytest.raises(IntegrityError), writing(engine) as connection:
        add_run(connection, START)


def test_an_unknown_member_of_a_vocabulary_is_refused_by_the_database(engine):
    begin(engine)

    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(text("UPDATE crawl_run SET verdict = 'splendid'"))


def test_a_reader_sees_the_committed_state_while_another_writes(engine):
    begin(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE source SET title = 'new'"))
        assert rows(engine, "SELECT DISTINCT title FROM source ORDER BY title") == [("S",), ("T",)]
    assert rows(engine, "SELECT DISTINCT title FROM source") == [("new",)]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://u@localhost/x", "mysql is not supported: give sqlite:///FILE or postgresql://HOST/NAME"),
        ("oracle://u@localhost/x", "oracle is not supported: give sqlite:///FILE or postgresql://HOST/NAME"),
        ("homes.sqlite", "no database address: give sqlite:///FILE or postgresql://HOST/NAME"),
        ("", "no database address: give sqlite:///FILE or postgresql://HOST/NAME"),
        ("sqlite+nonsense:///x", "no database address: give sqlite:///FILE or postgresql://HOST/NAME"),
        (
            f"postgresql://u:{PASSWORD}@localhost:x/y",
            "no database address: give sqlite:///FILE or postgresql://HOST/NAME",
        ),
    ],
)
def test_an_address_that_is_not_ours_is_told_in_one_sentence(url, sentence):
    with pytest.raises(StoreError) as caught:
        open_engine(url)

    assert str(caught.value) == sentence


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_way_to_write_a_postgresql_address_takes_the_same_driver(scheme):
    engine = open_engine(f"{scheme}://localhost/x")

    assert engine.driver == "psycopg"


def test_a_server_that_is_not_there_is_told_without_the_password(unused_port):
    engine = open_engine(f"postgresql://somebody:{PASSWORD}@127.0.0.1:{unused_port}/homes")

    with pytest.raises(CannotWrite, match="cannot be written") as caught, writing(engine):
        pass
    with pytest.raises(StoreError, match="cannot be read") as also, reading(engine):
        pass

    assert PASSWORD not in one_sentence(caught.value) + one_sentence(also.value)
    engine.dispose()


def test_a_refused_password_is_not_repeated(postgresql_server):
    url = postgresql_server.set(password=PASSWORD)
    engine = open_engine(url.render_as_string(hide_password=False))

    with pytest.raises(CannotWrite, match="password authentication failed") as caught, writing(engine):
        pass

    assert PASSWORD not in one_sentence(caught.value)
    engine.dispose()


@pytest.fixture
def unused_port() -> int:
    from socket import socket

    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_database_that_may_only_be_read_is_told_in_one_sentence(engine):
    begin(engine)
    readonly = read_only_engine(engine)

    with pytest.raises(CannotWrite) as caught, writing(readonly) as connection:
        connection.execute(text("UPDATE source SET title = 'x'"))

    assert one_sentence(caught.value).startswith("the database cannot be written: ")
    assert rows(readonly, "SELECT count(*) FROM source") == [(2,)]
    readonly.dispose()


def read_only_engine(engine):
    url = engine.url.render_as_string(hide_password=False)
    if engine.dialect.name == "sqlite":
        return open_engine(f"sqlite:///file:{engine.url.database}?mode=ro&uri=true")
    return open_engine(f"{url}?options=-c%20default_transaction_read_only%3Don")


def test_the_folder_of_a_sqlite_address_in_uri_form_is_not_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    open_engine("sqlite:///file:deep/homes.sqlite?mode=ro&uri=true")

    assert list(tmp_path.iterdir()) == []


@contextmanager
def only_readable_folder() -> Iterator[Path]:
    """A folder that nobody here may write to: root, whom nothing stops, takes another name for the while."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        yield folder
        folder.chmod(0o755)


@contextmanager
def as_ordinary_user(folder: Path) -> Iterator[None]:
    folder.chmod(0o555)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


def test_a_sqlite_file_without_permission_to_write_is_told_in_one_sentence():
    with only_readable_folder() as folder:
        url = f"sqlite:///{folder / 'homes.sqlite'}"
        made = open_engine(url)
        upgrade(made)
        made.dispose()
        (folder / "homes.sqlite").chmod(0o444)
        engine = open_engine(url)
        with as_ordinary_user(folder), pytest.raises(CannotWrite) as caught, writing(engine) as connection:
            connection.execute(insert(SOURCE).values(name="s", title="S", write_count=0))
        engine.dispose()

    assert one_sentence(caught.value) == "the database cannot be written: attempt to write a readonly database"


def test_a_database_cannot_be_made_in_a_folder_without_permission():
    with only_readable_folder() as folder:
        engine = open_engine(f"sqlite:///{folder / 'homes.sqlite'}")
        with as_ordinary_user(folder), pytest.raises(StoreError) as caught:
            require_current(engine, make_if_absent=True)
        with as_ordinary_user(folder), pytest.raises(CannotWrite) as also:
            open_engine(f"sqlite:///{folder / 'deeper' / 'homes.sqlite'}")
        engine.dispose()

    assert "unable to open database file" in one_sentence(caught.value)
    assert one_sentence(also.value) == "cannot make the folder of the database: Permission denied"


def test_an_old_database_without_permission_to_write_is_not_upgraded(tmp_path):
    path = tmp_path / "homes.sqlite"
    open_engine(f"sqlite:///{path}").connect().close()
    engine = open_engine(f"sqlite:///file:{path}?mode=ro&uri=true")

    with pytest.raises(CannotWrite) as caught:
        upgrade(engine)

    assert one_sentence(caught.value) == "the database cannot be written: attempt to write a readonly database"
    engine.dispose()


def test_a_file_that_is_no_database_is_told_in_one_sentence(tmp_path):
    path = tmp_path / "homes.sqlite"
    path.write_text("Lista de Imóveis da Caixa;;Data de geração:;19/07/2021;\n" * 100)
    engine = open_engine(f"sqlite:///{path}")

    with pytest.raises(StoreError) as caught:
        require_current(engine, make_if_absent=True)

    assert one_sentence(caught.value) == "the database cannot be read: file is not a database"
    engine.dispose()


FULL_DISK = """
import resource, sys
from sqlalchemy import text
from store.engine import open_engine, writing
from store.errors import CannotWrite
engine = open_engine(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
try:
    with writing(engine) as connection:
        connection.execute(text("UPDATE source SET title = :title"), {"title": "x" * 1_000_000})
except CannotWrite as error:
    print(error)
"""


def test_a_full_disk_is_told_in_one_sentence_and_leaves_the_database_sound(tmp_path):
    url = f"sqlite:///{tmp_path / 'homes.sqlite'}"
    engine = open_engine(url)
    upgrade(engine)
    begin(engine)

    child = subprocess.run([sys.executable, "-c", FULL_DISK, url], capture_output=True, text=True, check=True)

    assert child.stderr == ""
    assert child.stdout.startswith("the database cannot be written: ")
    assert child.stdout.count("\n") == 1
    assert rows(engine, "SELECT title FROM source ORDER BY name") == [("S",), ("T",)]
    assert rows(engine, "PRAGMA integrity_check") == [("ok",)]
    engine.dispose()


def test_a_database_in_use_by_another_writer_is_waited_for_and_then_told(tmp_path, monkeypatch):
    monkeypatch.setattr("store.engine.BUSY_TIMEOUT_MS", 20)
    engine = open_engine(f"sqlite:///{tmp_path / 'homes.sqlite'}")
    upgrade(engine)

    with writing(engine), pytest.raises(CannotWrite, match="database is locked"), writing(engine):
        pass

    engine.dispose()


def test_many_rows_that_the_database_will_not_take_are_told_in_one_sentence(engine):
    begin(engine)

    with pytest.raises(CannotWrite) as caught, writing(engine) as connection:
        add_many_sources(connection, let_nothing_in)

    assert one_sentence(caught.value).startswith("the database cannot be written: ")
    assert rows(engine, "SELECT count(*) FROM source") == [(2,)]
    engine.dispose()


def add_many_sources(connection, after):
    after(connection)
    insert_rows(connection, SOURCE, ("name", "title", "write_count"), [("u", "U", 0), ("v", "V", 0)])


def let_nothing_in(connection):
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only=ON")
    else:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def end_the_server_process(connection):
    process = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with connection.engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({process})")


def test_a_server_that_goes_away_under_a_transaction_is_told_in_one_sentence(new_postgresql_url):
    engine = open_engine(new_postgresql_url())
    begin(engine)

    with pytest.raises(CannotWrite) as caught, writing(engine) as connection:
        add_many_sources(connection, end_the_server_process)

    assert one_sentence(caught.value).startswith("the database cannot be written: ")
    assert rows(engine, "SELECT count(*) FROM source") == [(2,)]
    engine.dispose()


class TestAddresses:
    def test_the_database_is_the_one_named_in_the_environment(self, monkeypatch):
        monkeypatch.setenv("FAPAI_DB", "postgresql://localhost/homes")
        assert default_url() == "postgresql://localhost/homes"

    def test_without_a_name_the_database_lies_in_the_users_data_directory(self, monkeypatch, tmp_path):
        monkeypatch.delenv("FAPAI_DB", raising=False)
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
        assert default_url().startswith("sqlite:///")
        assert default_url().endswith("fapai.sqlite")

    @pytest.mark.parametrize(
        ("url", "root"),
        [("sqlite:////data/homes.sqlite", "/data/homes.pages"), ("sqlite:////data/homes", "/data/homes.pages")],
    )
    def test_pages_lie_beside_a_sqlite_file(self, monkeypatch, url, root):
        monkeypatch.delenv("FAPAI_ARCHIVE", raising=False)
        assert archive_root(url) == Path(root)

    @pytest.mark.parametrize("url", ["postgresql://localhost/homes", "sqlite://", "sqlite:///:memory:"])
    def test_pages_lie_in_the_data_directory_where_there_is_no_file(self, monkeypatch, url):
        monkeypatch.delenv("FAPAI_ARCHIVE", raising=False)
        assert archive_root(url).is_absolute()
        assert archive_root(url).name == "pages"

    def test_pages_lie_where_the_environment_says(self, monkeypatch, tmp_path):
        monkeypatch.setenv("FAPAI_ARCHIVE", str(tmp_path))
        assert archive_root("sqlite:////data/homes.sqlite") == tmp_path


class TestVersions:
    def test_an_empty_database_is_absent_and_made_on_request(self, empty_url):
        engine = open_engine(empty_url)
        assert schema_state(engine) is SchemaState.ABSENT
        with pytest.raises(SchemaMismatch, match="there is no database yet"):
            require_current(engine)

        require_current(engine, make_if_absent=True)

        assert schema_state(engine) is SchemaState.CURRENT
        require_current(engine)
        engine.dispose()

    def test_a_database_of_something_else_is_left_alone(self, empty_url):
        engine = open_engine(empty_url)
        with writing(engine) as connection:
            connection.execute(text("CREATE TABLE recipe (id INTEGER)"))

        assert schema_state(engine) is SchemaState.FOREIGN
        for attempt in (require_current, upgrade):
            with pytest.raises(SchemaMismatch, match="tables of something else"):
                attempt(engine)
        assert rows(engine, "SELECT count(*) FROM recipe") == [(0,)]
        engine.dispose()

    def test_a_database_of_a_newer_program_is_left_alone(self, engine):
        with writing(engine) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

        assert schema_state(engine) is SchemaState.NEWER
        for attempt in (require_current, upgrade):
            with pytest.raises(SchemaMismatch, match="made by a newer fapai"):
                attempt(engine)
        assert rows(engine, "SELECT version_num FROM alembic_version") == [("9999",)]

    def test_upgrading_twice_changes_nothing(self, engine):
        begin(engine)
        upgrade(engine)
        assert rows(engine, "SELECT count(*) FROM source") == [(2,)]

    def test_a_sqlite_file_is_left_in_the_mode_that_lets_reports_read_during_a_crawl(self, tmp_path):
        engine = open_engine(f"sqlite:///{tmp_path / 'homes.sqlite'}")
        upgrade(engine)
        assert rows(engine, "PRAGMA journal_mode") == [("wal",)]
        assert rows(engine, "PRAGMA foreign_keys") == [(1,)]
        engine.dispose()


def test_a_reading_sees_one_state_whatever_is_written_meanwhile(engine: Engine):
    begin(engine)
    with reading(engine) as connection:
        before = connection.execute(select(SOURCE.c.name)).all()
        with writing(engine) as other:
            add_sources(other, {"u": "U"})
        assert connection.execute(select(SOURCE.c.name)).all() == before
    assert len(rows(engine, "SELECT name FROM source")) == len(before) + 1


def test_what_a_crawl_left_is_found_behind_any_number_of_other_runs(engine: Engine):
    begin(engine)
    scope = {"kind": "crawl"}
    with writing(engine) as connection:
        first = open_run(connection, "s", scope, START)
        note_left(connection, first, "pages")
        close_run(connection, first, START, RunVerdict.OK, None, {})
        for _ in range(201):
            close_run(connection, open_run(connection, "s", {"kind": "capture"}, START), START, RunVerdict.OK, None, {})
        later = open_run(connection, "s", scope, START)
        assert take_left(connection, "s", scope, later) == "pages"
        assert take_left(connection, "s", scope, later + 1) == "pages"
        assert take_left(connection, "s", {"kind": "capture"}, later + 1) is None
