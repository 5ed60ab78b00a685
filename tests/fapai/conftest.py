"""The command line on a database of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fapai.__main__ import app

ROOT = Path(__file__).parents[2]
CommandLine = Callable[..., Result]


@pytest.fixture
def fapai(new_sqlite_url: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Runs a command in a new folder, on a database with tables and no rows. ``db`` names another one."""
    monkeypatch.chdir(tmp_path)
    runner, own_url = CliRunner(), new_sqlite_url()

    def run(*arguments: str | Path, db: str | None = None) -> Result:
        env = {"FAPAI_DB": db or own_url, "FAPAI_ARCHIVE": None, "FAPAI_CONTACT": None, "PYTHONPATH": str(ROOT)}
        return runner.invoke(app, [*map(str, arguments)], env=env)

    return run


@pytest.fixture(scope="session")
def linked_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the demo's lists of CAIXA, July to September 2021, linked; for reading only."""
    url = f"sqlite:///{tmp_path_factory.mktemp('linked') / 'homes.sqlite'}"
    lists = ROOT / "fixtures" / "demo" / "br_caixa"
    assert CliRunner().invoke(app, ["capture", str(lists), "--db", url]).exit_code == 0
    assert CliRunner().invoke(app, ["link", "--db", url]).exit_code == 0
    return url
