"""A PostgreSQL that workers share, with an archive beside it, and the site that they ask."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from store.engine import open_engine
from tests.fapai.conftest import fapai
from tests.scheduler.queue.queue_help import Site

__all__ = ["fapai"]


@pytest.fixture
def url(new_postgresql_url: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a database of its own with today's tables and no rows."""
    monkeypatch.setenv("FAPAI_ARCHIVE", str(tmp_path / "pages"))
    return new_postgresql_url()


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    opened = open_engine(url)
    yield opened
    opened.dispose()


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as player:
        yield player
