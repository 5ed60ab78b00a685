"""Crawls over real HTTP on this machine."""

import shutil
from pathlib import Path

import pytest

from tests.crawler.spiders.crawl_help import CHECKOUT, Database


@pytest.fixture(autouse=True)
def _children_find_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Crawls run in processes of their own, also where the checkout is not installed."""
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    monkeypatch.delenv("FAPAI_ARCHIVE", raising=False)
    monkeypatch.delenv("FAPAI_CONTACT", raising=False)


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> Database:
    """A database with tables and no rows."""
    return Database(Path(shutil.copy(sqlite_template, tmp_path / "fapai.sqlite")))
