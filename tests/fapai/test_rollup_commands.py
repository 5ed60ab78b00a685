"""Rollups on the command line: kept without anybody's doing, compared by the check of the database."""

import sqlite3
from pathlib import Path

import pytest

from tests.fapai.conftest import ROOT, CommandLine

BANK = ROOT / "fixtures" / "demo" / "br_caixa"
BY_CITY = ("report", "clearance", "--by", "city", "--format", "csv")


@pytest.fixture
def database(fapai: CommandLine, tmp_path: Path) -> Path:
    """Three lists of one state, read by fapai capture."""
    path = tmp_path / "caixa.sqlite"
    assert fapai("capture", *sorted(BANK.glob("*_MS.csv")), db=f"sqlite:///{path}").exit_code == 0
    return path


def change(database: Path, sql: str) -> None:
    with sqlite3.connect(database) as connection:
        assert connection.execute(sql).rowcount > 0


def test_a_capture_leaves_rollups_that_reports_answer_from(fapai: CommandLine, database: Path) -> None:
    url = f"sqlite:///{database}"
    counted = fapai(*BY_CITY, "--as-of", "2026-01-01", db=url)
    kept = fapai(*BY_CITY, db=url)
    assert (kept.exit_code, kept.stdout) == (0, counted.stdout)

    change(database, "UPDATE rollup_sheet SET labels = '[]', figures = x'' WHERE family = 'city'")
    assert len(fapai(*BY_CITY, db=url).stdout.splitlines()) == 1


def test_the_check_of_the_database_tells_rollups_that_are_wrong(fapai: CommandLine, database: Path) -> None:
    url = f"sqlite:///{database}"
    assert fapai("db", "check", db=url).stdout == "the database is sound\n"

    change(database, "UPDATE rollup_listing SET cut = coalesce(cut, 0) + 1 WHERE listing_id = 1")
    check = fapai("db", "check", db=url)
    assert check.exit_code == 3
    assert check.stdout == "1 listings of rollups are not as counted anew: run fapai db rollups --rebuild\n"
    assert fapai("db", "rollups", "--check", db=url).stdout == check.stdout

    assert fapai("db", "rollups", "--rebuild", db=url).exit_code == 0
    assert fapai("db", "check", db=url).exit_code == 0


def test_an_upgrade_counts_rollups_that_are_not_there(fapai: CommandLine, database: Path) -> None:
    change(database, "DELETE FROM rollup_mark")
    assert fapai("db", "upgrade", db=f"sqlite:///{database}").exit_code == 0

    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM rollup_mark").fetchall() == [(1,)]
