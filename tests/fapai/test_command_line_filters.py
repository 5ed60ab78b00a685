"""What filters cannot mean is refused or told, by every report that takes them: the bank's lists of 2021."""

import json

import pytest

from tests.fapai.conftest import CommandLine

REPORTS = (
    *("price-cuts", "repeats", "questions", "changes", "deals", "upcoming", "counts", "clearance", "ratios"),
    *("competition", "funnel", "cohort", "cut-share", "time-to-sale", "coverage", "context"),
)
EARLY = "--as-of 2020-12-31: nothing was observed by then; the first observation is of 2021-07-19"


@pytest.mark.parametrize("name", REPORTS)
def test_a_source_that_is_not_there_is_wrong_usage_and_the_nearest_is_named(
    name: str, fapai: CommandLine, linked_url: str
) -> None:
    result = fapai("report", name, "--source", "br_caxia", db=linked_url)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--source: nothing is known of 'br_caxia', the nearest is 'br_caixa'" in result.stderr


@pytest.mark.parametrize("name", REPORTS)
def test_a_day_before_the_first_look_has_no_rows_and_says_so(name: str, fapai: CommandLine, linked_url: str) -> None:
    result = fapai("report", name, "--as-of", "2020-12-31", "--format", "table", db=linked_url)
    assert result.exit_code == 0
    assert "n = 0 " in result.stdout
    assert "(Asia/Shanghai)\n" not in result.stdout.split("n = 0 ")[1].partition("\n")[0]
    assert EARLY in " ".join(result.stdout.split())
    assert "2021-09" not in result.stdout


@pytest.mark.parametrize("name", [name for name in REPORTS if name not in {"context", "cut-share"}])
def test_a_misspelt_city_has_no_rows_and_the_nearest_is_named_beside_a_file(
    name: str, fapai: CommandLine, linked_url: str
) -> None:
    result = fapai("report", name, "--city", "MARCOLANDA", "--format", "json", db=linked_url)
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])
    assert result.stderr == "fapai: --city: no listing is in 'MARCOLANDA'; the nearest is 'MARCOLANDIA'\n"
