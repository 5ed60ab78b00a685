"""A real Chromium, driven by Playwright, and databases; tests are skipped where one of the two is missing."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from crawler.browser_orders import BrowserFailed, find_chromium
from tests.crawler.spiders.crawl_help import CHECKOUT, Database, Standby


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program, or a skipped test."""
    pytest.importorskip("playwright", reason="the extra browser is not installed")
    try:
        return find_chromium()
    except BrowserFailed as missing:
        pytest.skip(missing.reason)


@pytest.fixture(autouse=True, scope="session")
def _children_find_the_checkout(forked_crawls: None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(CHECKOUT))
        patch.delenv("FAPAI_ARCHIVE", raising=False)
        yield


@pytest.fixture(scope="session")
def standby(_children_find_the_checkout: None) -> Iterator[Standby]:
    """Crawling processes for all tests."""
    processes = Standby()
    yield processes
    processes.close()


@pytest.fixture
def new_database(sqlite_template: Path, tmp_path: Path, standby: Standby) -> Iterator[Callable[[], Database]]:
    """Gives another database with tables and no rows at each call."""
    made: list[Database] = []

    def make() -> Database:
        folder = tmp_path / uuid4().hex
        folder.mkdir()
        made.append(Database(Path(shutil.copy(sqlite_template, folder / "fapai.sqlite")), standby))
        return made[-1]

    yield make
    for database in made:
        database.engine.dispose()


@pytest.fixture
def database(new_database: Callable[[], Database]) -> Database:
    """One database."""
    return new_database()
