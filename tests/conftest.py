"""Databases for every test that asks for one: a SQLite file, and a database of its own on a PostgreSQL server.

The server is named by ``FAPAI_TEST_POSTGRESQL`` (an address of a role that may create databases); without it the
tests that need one are skipped and say so. Both kinds are made by the migrations once and copied for the tests.
"""

import gc
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import URL, Engine, make_url

from store.engine import open_engine
from store.schema import upgrade
from tests.forked.processes import Processes, fork_server
from tests.postgresql_pool import Pool, database

SERVER = os.environ.get("FAPAI_TEST_POSTGRESQL")
NO_TABLES = "template0"

# The first example of a run makes tables and compiles statements: its time says nothing.
settings.register_profile("fapai", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("fapai")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Nothing is looked through for garbage that is there until the end: libraries and tests, a million objects.

    Looking through them again and again, as Python does by default, took a sixth of the time of the tests.
    """
    gc.disable()
    collected = yield
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)
    gc.enable()
    return collected


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long begin first, in whatever order: begun last, one would be waited for by an idle core."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True, scope="session")
def archive_key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A key for the archives of the tests; the user's own stays where it is."""
    path = tmp_path_factory.mktemp("key") / "archive.key"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAPAI_ARCHIVE_KEY", str(path))
        yield path


@pytest.fixture(scope="session")
def processes() -> Iterator[Processes | None]:
    """Begins commands in forks, where the system can; what a test of loading or of being killed begins is real."""
    if sys.platform != "linux":
        yield None
        return
    with fork_server() as begun:
        yield begun


@pytest.fixture(scope="session")
def forked_crawls(processes: Processes | None) -> Iterator[None]:
    """Crawls that are begun in this process run in forks."""
    with pytest.MonkeyPatch.context() as patch:
        if processes is not None:
            patch.setattr("crawler.launch.subprocess", processes)
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with today's tables and no rows."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> URL:
    """The server for tests, or a skipped test."""
    if SERVER is None:
        pytest.skip("no PostgreSQL server: FAPAI_TEST_POSTGRESQL is not set")
    return make_url(SERVER)


@pytest.fixture(scope="session")
def postgresql_pool(postgresql_server: URL) -> Iterator[Pool]:
    """Databases with today's tables and no rows."""
    with database(postgresql_server, NO_TABLES) as template, ExitStack() as opened:
        engine = open_engine(template.render_as_string(hide_password=False))
        upgrade(engine)
        engine.dispose()
        yield Pool(postgresql_server, template, opened)


@pytest.fixture
def new_sqlite_url(sqlite_template: Path, tmp_path: Path) -> Callable[[], str]:
    """Gives the address of another SQLite file with today's tables at each call."""
    return lambda: f"sqlite:///{shutil.copy(sqlite_template, tmp_path / f'{uuid4().hex}.sqlite')}"


@pytest.fixture
def new_postgresql_url(postgresql_pool: Pool) -> Iterator[Callable[[], str]]:
    """Gives the address of another PostgreSQL database with today's tables at each call."""
    taken: list[URL] = []

    def take() -> str:
        taken.append(postgresql_pool.take())
        return taken[-1].render_as_string(hide_password=False)

    yield take
    for url in taken:
        postgresql_pool.give_back(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Gives the address of another database with today's tables at each call, on SQLite and on PostgreSQL."""
    make: Callable[[], str] = request.getfixturevalue(f"new_{request.param}_url")
    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    with database(request.getfixturevalue("postgresql_server"), NO_TABLES) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture
def new_engine(new_url: Callable[[], str]) -> Iterator[Callable[[], Engine]]:
    """Opens another database with today's tables at each call."""
    opened: list[Engine] = []

    def make() -> Engine:
        opened.append(open_engine(new_url()))
        return opened[-1]

    yield make
    for engine in opened:
        engine.dispose()


@pytest.fixture
def engine(new_engine: Callable[[], Engine]) -> Engine:
    """A database with today's tables and no rows, on SQLite and on PostgreSQL."""
    return new_engine()
