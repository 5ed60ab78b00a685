"""``fapai report time-to-sale``, ``coverage`` and ``context`` on recorded pages."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fapai.__main__ import app
from tests.fapai.conftest import CommandLine

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture(scope="module")
def lists_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the demo's lists of CAIXA, July to September 2021, and five quarters of the HKMA."""
    folder = tmp_path_factory.mktemp("lists")
    url = f"sqlite:///{folder / 'homes.sqlite'}"
    (folder / "mortgages.json").write_bytes((FIXTURES / "hkma/negative_equity/five-quarters/input.json").read_bytes())
    runner = CliRunner()
    assert runner.invoke(app, ["capture", str(FIXTURES / "demo" / "br_caixa"), "--db", url]).exit_code == 0
    context = ["capture", str(folder / "mortgages.json"), "--observed-at", "2025-06-08T12:00", "--db", url]
    assert runner.invoke(app, context).exit_code == 0
    return url


@pytest.fixture
def rows(fapai: CommandLine, lists_url: str) -> Any:
    """Asks for a report as CSV."""

    def ask(*arguments: str) -> list[dict[str, str]]:
        result = fapai("report", *arguments, "--format", "csv", db=lists_url)
        assert (result.exit_code, result.stderr) == (0, "")
        return list(csv.DictReader(io.StringIO(result.stdout)))

    return ask


def test_coverage_counts_what_the_files_hold_and_names_the_gaps(rows: Any) -> None:
    told = rows("coverage", "--by", "source", "--source", "br_caixa", "--as-of", "2021-08-05")
    days = [(row["day"], row["until"], row["state"], row["collected"]) for row in told]
    assert days == [
        ("2021-07-19", "2021-07-19", "unstated", "347"),
        ("2021-07-20", "2021-07-27", "gap", ""),
        ("2021-07-28", "2021-07-28", "unstated", "345"),
        ("2021-07-29", "2021-07-30", "gap", ""),
        ("2021-07-31", "2021-07-31", "unstated", "354"),
        ("2021-08-01", "2021-08-02", "gap", ""),
        ("2021-08-03", "2021-08-03", "unstated", "356"),
        ("2021-08-04", "2021-08-04", "fallen", "17"),
        ("2021-08-05", "2021-08-05", "gap", ""),
    ]
    assert told[-2]["why"] == "356 on 2021-08-03"


def test_coverage_of_a_city_counts_its_own_listings(rows: Any) -> None:
    told = rows("coverage", "--city", "Campo Grande", "--as-of", "2021-07-19")
    (listed,) = (FIXTURES / "demo" / "br_caixa").glob("*2021-07-19*MS*.csv")
    lines = listed.read_text("latin-1").splitlines()[4:]
    assert [row["collected"] for row in told] == [str(sum(";CAMPO GRANDE" in line.upper() for line in lines))]


def test_time_to_sale_of_a_bank_that_tells_no_results_says_so(rows: Any) -> None:
    told = rows("time-to-sale", "--days", "30", "--days", "10", "--days", "30")
    assert [(row["days"], row["homes"], row["sold_percent"], row["remark"]) for row in told] == [
        ("10", "75", "", "no result is known"),
        ("30", "75", "", "no result is known"),
    ]


def test_a_group_is_one_curve_each(rows: Any) -> None:
    kinds = {row["group"]: int(row["homes"]) for row in rows("time-to-sale", "--by", "kind")}
    assert sum(kinds.values()) == 75
    assert {"house", "flat"} <= set(kinds)


@pytest.mark.parametrize("name", ["curve.svg", "curve.png"])
def test_a_report_is_drawn_beside_what_it_prints(fapai: CommandLine, lists_url: str, tmp_path: Path, name: str) -> None:
    result = fapai("report", "time-to-sale", "--plot", name, db=lists_url)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("group,homes,")
    assert (tmp_path / name).read_bytes()[:4] in {b"<svg", b"\x89PNG"}


def test_a_plot_of_another_kind_is_wrong_usage_before_any_work(fapai: CommandLine, tmp_path: Path) -> None:
    result = fapai("report", "time-to-sale", "--plot", "curve.pdf", db=f"sqlite:///{tmp_path / 'absent.sqlite'}")
    assert result.exit_code == 2
    assert result.stderr == "fapai: --plot: 'curve.pdf' must end in .svg or .png\n"


def test_context_shows_a_series_newest_first(fapai: CommandLine, lists_url: str) -> None:
    asked = ("report", "context", "--series", "hkma.negative_equity.loans", "--country", "br", "--format", "json")
    told = json.loads(fapai(*asked, db=lists_url).stdout)
    assert [(row["period"], row["value"]) for row in told] == [
        ("2025-Q1", 40741),
        ("2024-Q4", 38389),
        ("2024-Q3", 40713),
        ("2024-Q2", 30288),
        ("2024-Q1", 32073),
    ]
    assert {row["listings"] for row in told} == {None}  # nobody looked in those quarters


def test_a_series_that_is_not_there_is_wrong_usage(fapai: CommandLine, lists_url: str) -> None:
    result = fapai("report", "context", "--series", "hkma.negativ", db=lists_url)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the nearest is 'hkma.negative_equity" in result.stderr
