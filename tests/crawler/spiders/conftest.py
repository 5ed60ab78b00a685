"""Crawls over real HTTP on this machine."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.spiders.crawl_help import CHECKOUT, LIST, Database, Standby, bank_list, play, player_of


@pytest.fixture(autouse=True, scope="session")
def _children_find_the_checkout(forked_crawls: None) -> Iterator[None]:
    """Crawls run in processes of their own, also where the checkout is not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(CHECKOUT))
        patch.delenv("FAPAI_ARCHIVE", raising=False)
        patch.delenv("FAPAI_CONTACT", raising=False)
        yield


@pytest.fixture(scope="session")
def standby(_children_find_the_checkout: None) -> Iterator[Standby]:
    """Crawling processes for all tests."""
    processes = Standby()
    yield processes
    processes.close()


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path, standby: Standby) -> Iterator[Database]:
    """A database with tables and no rows."""
    yield from _opened(Path(shutil.copy(sqlite_template, tmp_path / "fapai.sqlite")), standby)


@pytest.fixture(scope="session")
def _filled_folder(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, standby: Standby) -> Path:
    """A folder with the database and archive of one healthy crawl of the bank's list of MS."""
    folder = tmp_path_factory.mktemp("filled")
    database = Database(Path(shutil.copy(sqlite_template, folder / "fapai.sqlite")), standby)
    with player_of(play(LIST.format("MS"), bank_list())) as player:
        assert database.crawl("br_caixa", player.base_url, "MS").verdict == "ok"
    database.engine.dispose()
    return folder


@pytest.fixture
def filled(_filled_folder: Path, tmp_path: Path, standby: Standby) -> Iterator[Database]:
    """A database that a healthy crawl has filled."""
    yield from _opened(Path(shutil.copytree(_filled_folder, tmp_path / "filled")) / "fapai.sqlite", standby)


def _opened(path: Path, standby: Standby) -> Iterator[Database]:
    database = Database(path, standby)
    yield database
    database.engine.dispose()
