"""What the command line says of health, and of paused sources on top of every report."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.engine import open_engine, writing
from store.manners import set_pause
from tests.fapai.conftest import CommandLine

LOTS = Path(__file__).parents[2] / "fixtures" / "rmfysszc" / "list" / "guangdong-page-1-upcoming-and-ended"
WHY = "2 runs in a row were unhealthy, the last one: blocked"


@pytest.fixture
def filled(fapai: CommandLine, tmp_path: Path) -> CommandLine:
    """A database of the court's lots."""
    assert fapai("capture", LOTS / "input.json", "--observed-at", "2022-11-15").exit_code == 0
    return fapai


def pause(tmp_path: Path, hours: int) -> None:
    (file,) = tmp_path.glob("*.sqlite")
    engine = open_engine(f"sqlite:///{file}")
    with writing(engine) as connection:
        set_pause(connection, "rmfysszc", datetime.now(UTC) + timedelta(hours=hours), WHY)
    engine.dispose()


@pytest.mark.parametrize("command", ["report price-cuts", "report counts", "report upcoming", "health"])
def test_a_paused_source_is_told_of_on_top_of_a_report_and_not_among_its_data(
    filled: CommandLine, tmp_path: Path, command: str
) -> None:
    plain = filled(*command.split(), "--format", "json")
    assert (plain.exit_code, plain.stderr) == (0, "")
    pause(tmp_path, 5)
    told = filled(*command.split(), "--format", "json")
    assert told.stderr.startswith("rmfysszc is left alone until ")
    assert told.stderr.endswith(f"its listings may be out of date: {WHY}\n")
    json.loads(told.stdout)


def test_a_pause_that_is_over_is_not_told(filled: CommandLine, tmp_path: Path) -> None:
    pause(tmp_path, -1)
    assert filled("report", "price-cuts").stderr == ""


def test_health_shows_every_source_and_its_week(filled: CommandLine) -> None:
    (row,) = json.loads(filled("health", "--format", "json").stdout)
    assert (row["source"], row["state"], row["listings"]) == ("rmfysszc", "ok", 20)
    (week,) = json.loads(filled("health", "--weekly", "--format", "json").stdout)
    assert (week["runs"], week["healthy_runs"], week["new"]) == (1, 1, 20)


def test_metrics_go_into_a_file_or_to_be_read(filled: CommandLine, tmp_path: Path) -> None:
    shown = filled("health", "--prometheus", "-")
    written = filled("health", "--prometheus", "fapai.prom")
    assert 'fapai_source_listings{source="rmfysszc"} 20.0\n' in shown.stdout
    assert (written.exit_code, written.stdout) == (0, "")
    assert (tmp_path / "fapai.prom").read_text("utf-8") == shown.stdout
    assert [path.name for path in tmp_path.glob("*.prom*")] == ["fapai.prom"]


def test_metrics_that_cannot_be_written_are_told_of_in_one_sentence(filled: CommandLine) -> None:
    failed = filled("health", "--prometheus", "no/such/folder/fapai.prom")
    assert failed.exit_code == 1
    assert (
        failed.stderr
        == "fapai: the metrics cannot be written to no/such/folder/fapai.prom: No such file or directory\n"
    )


def test_without_a_database_the_command_says_how_to_make_one(fapai: CommandLine) -> None:
    failed = fapai("health", db="sqlite:///none.sqlite")
    assert failed.exit_code == 1
    assert "there is no database yet" in failed.stderr
    assert not Path("none.sqlite").exists()
