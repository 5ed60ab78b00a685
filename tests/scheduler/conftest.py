"""A database, and a site that is played on this machine."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from store.engine import open_engine

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _children_find_the_checkout(forked_crawls: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Crawls run in processes of their own, also where the checkout is not installed."""
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    monkeypatch.delenv("FAPAI_ARCHIVE", raising=False)


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """A database with tables and no rows, in a file that other processes can open."""
    opened = open_engine(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'fapai.sqlite')}")
    yield opened
    opened.dispose()
