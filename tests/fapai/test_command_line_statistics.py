"""The reports for researchers on the command line."""

import csv
import io
import json
from pathlib import Path

import pytest

from fapai.statistics import By
from reporting.statistics import groups
from tests.fapai.conftest import ROOT, CommandLine

LISTS = ROOT / "fixtures" / "demo" / "br_caixa"
COMMANDS = ("counts", "clearance", "ratios", "competition", "funnel", "cohort", "cut-share")


@pytest.mark.parametrize("command", COMMANDS)
def test_each_report_is_a_table_a_csv_and_a_json_of_as_many_rows(
    command: str, fapai: CommandLine, linked_url: str
) -> None:
    told = {form: fapai("report", command, "--format", form, db=linked_url) for form in ("table", "csv", "json")}
    assert [(each.exit_code, each.stderr) for each in told.values()] == [(0, "")] * 3
    rows = json.loads(told["json"].stdout)
    assert len(rows) == len(list(csv.DictReader(io.StringIO(told["csv"].stdout, newline=""))))
    assert f"n = {len(rows):,} " in told["table"].stdout


def test_counts_by_round_are_those_of_the_last_lists(fapai: CommandLine, linked_url: str) -> None:
    rows = json.loads(fapai("report", "counts", "--by", "all", "--format", "json", db=linked_url).stdout)
    ids = {
        line.split(";")[0].strip()
        for path in LISTS.glob("*.csv")
        for line in path.read_text("latin-1").splitlines()[4:]
    }
    assert [(row["listings"], row["rounds"]) for row in rows] == [(len(ids), len(ids))]


def test_a_word_to_group_by_that_is_none_is_wrong_usage(fapai: CommandLine, linked_url: str) -> None:
    assert fapai("report", "counts", "--by", "colour", db=linked_url).exit_code == 2
    refused = fapai("report", "clearance", "--source", "br_caixe", db=linked_url)
    assert refused.exit_code == 2
    assert "the nearest is 'br_caixa'" in refused.stderr


def test_the_words_to_group_by_are_those_of_the_reports() -> None:
    assert [each.value for each in By] == [each.value for each in groups.By]


def test_the_published_numbers_are_in_the_package() -> None:
    assert (Path(groups.__file__).parent / "published_counts.toml").is_file()
