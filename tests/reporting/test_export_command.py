"""``fapai export``: its options, and ``fapai export diff``."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from store_help import begin, look, record_all, statement
from typer.testing import CliRunner, Result

from fapai.__main__ import app
from store.engine import open_engine

CommandLine = Callable[..., Result]


@pytest.fixture
def export(new_sqlite_url: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Runs the command in a new folder, on a database of three looks at two homes."""
    monkeypatch.chdir(tmp_path)
    url = new_sqlite_url()
    engine = open_engine(url)
    begin(engine)
    flat = statement(title="Casa, RUA A, N. 10", asking_price=100_00, latitude=-15_123_456)
    cut = flat._replace(asking_price=90_00)
    record_all(engine, [look(0, {"1": flat}), look(30, {"1": cut}), look(50, {"2": flat})])
    engine.dispose()
    return lambda *words: CliRunner().invoke(app, ["export", *words], env={"FAPAI_DB": url, "COLUMNS": "200"})


def test_a_snapshot_is_written_in_the_formats_asked_for(export: CommandLine, tmp_path: Path) -> None:
    result = export("out", "--also", "xlsx", "--also", "jsonl", "--runs", "--coarse-location")
    assert (result.exit_code, result.stderr) == (0, f"written to {tmp_path / 'out'}\n")
    assert "         2 rows  listing.csv\n" in result.stdout
    assert openpyxl.load_workbook("out/snapshot.xlsx")["listing"]["B2"].value == "1"
    first = json.loads((tmp_path / "out" / "listing.jsonl").read_bytes().splitlines()[0])
    assert (first["latitude"], first["title"]) == (-15.12, None)
    assert (tmp_path / "out" / "crawl_run.csv").read_bytes().count(b"\n") == 2


def test_the_difference_of_two_days_is_shown(export: CommandLine) -> None:
    for day in ("2021-07-19", "2021-07-20", "2021-07-21"):
        assert export(day, "--as-of", day).exit_code == 0

    shown = export("diff", "2021-07-19", "2021-07-20", "--format", "csv")

    assert shown.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(shown.stdout)))
    (cut,) = [row for row in rows if row["table"] == "listing"]
    assert (cut["change"], cut["key"]) == ("changed", "s:1:1")
    assert cut["columns"] == "last_seen_at last_changed_at asking_price"
    assert json.loads(cut["before"])["asking_price"] == "100.00"
    assert json.loads(cut["record"])["asking_price"] == "90.00"
    table = export("diff", "2021-07-20", "2021-07-21", "--format", "table").stdout
    assert "listing.csv: 1 rows + 1 added - 0 removed = 2; 0 changed, 0 re-identified" in table


def test_a_snapshot_does_not_differ_from_itself(export: CommandLine) -> None:
    export("a")
    assert json.loads(export("diff", "a", "a", "--format", "json").stdout) == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("diff", "a", "b"), 1, "a holds no snapshot"),
        (("a", "b"), 2, "give one folder to write into, or: diff A B"),
        (("diff", "a"), 2, "give one folder"),
        (("a", "--also", "pdf"), 2, "'pdf' is not one of"),
    ],
)
def test_wrong_usage_and_what_is_no_snapshot_are_told(
    export: CommandLine, words: tuple[str, ...], code: int, said: str
) -> None:
    result = export(*words)
    assert result.exit_code == code
    assert said in result.output


def test_a_folder_may_still_be_called_diff(export: CommandLine, tmp_path: Path) -> None:
    assert export("diff").exit_code == 0
    assert (tmp_path / "diff" / "manifest.json").exists()
