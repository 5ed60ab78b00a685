"""Report pages of recorded data: made from small recorded sets, with every total against SQL."""

import os
import re
import shlex
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import typer.main

from benchmarks.report_pages.checks import TotalsDiffer, ask, compare
from benchmarks.report_pages.pages import DataSet, make_page
from benchmarks.report_pages.program import CommandFailed
from benchmarks.report_pages.sets import ALI_SOLD, ALI_TITLES, CAIXA_2021, SETS
from fapai.__main__ import app

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
PAGES = sorted((ROOT / "docs" / "reports").glob("*.md"))
SMALL = {
    "caixa": replace(CAIXA_2021, files="demo/br_caixa/*.csv", mapping=None),
    "titles": replace(ALI_TITLES, files="mappings/ali-sf-taobao-2020/*.xlsx"),
    "sold": replace(ALI_SOLD, files="mappings/ali-sold-daily/*.json", as_of=date(2026, 1, 10)),
}


def plain(data_set: DataSet) -> DataSet:
    """Without words of the large set, whose groups are not all in the small one."""
    return replace(data_set, striking=("n: {counts_all[all][listings]}",), silent=("results",))


@pytest.fixture(scope="module", params=SMALL)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[DataSet, str, Path]:
    """A small set, its page, and its database."""
    data_set = plain(SMALL[request.param])
    folder = tmp_path_factory.mktemp("report_pages")
    return data_set, make_page(data_set, FIXTURES, folder), folder / f"{data_set.name}.sqlite"


def test_a_page_has_every_report_of_its_set_with_its_definition(made: tuple[DataSet, str, Path]) -> None:
    data_set, page, database = made
    printed = re.findall(r"^`fapai (report .*)`$", page, re.MULTILINE)
    assert printed == [data_set.report(section) for section in data_set.sections]
    with sqlite3.connect(database) as connection:
        (listings,) = connection.execute("SELECT count(*) FROM listing").fetchone()
    assert f"- n: {listings}\n" in page
    assert page.count("\nn = ") == len(data_set.sections)
    assert str(database.parent) not in page


def test_a_figure_that_the_report_has_otherwise_than_sql_stops_the_page(made: tuple[DataSet, str, Path]) -> None:
    data_set, _, database = made
    for section in data_set.sections:
        counted = ask(database, section.check.sql, data_set.as_of)
        same = replace(section.check, fold=lambda _, told=counted: told)
        assert compare(database, same, [], data_set.as_of, section.name) == counted
        for group, column in [(group, column) for group, row in counted.items() for column in row][:40]:
            wrong = {each: dict(row) for each, row in counted.items()}
            wrong[group][column] = (wrong[group][column] or 0) + 1
            check = replace(section.check, fold=lambda _, told=wrong: told)
            with pytest.raises(TotalsDiffer, match=column):
                compare(database, check, [], data_set.as_of, section.name)


def test_a_group_that_only_the_report_has_stops_the_page(made: tuple[DataSet, str, Path]) -> None:
    data_set, _, database = made
    section = data_set.sections[0]
    rows = [{"group": group} for group in (*ask(database, section.check.sql, data_set.as_of), "elsewhere")]
    with pytest.raises(TotalsDiffer, match="elsewhere"):
        compare(database, section.check, rows, data_set.as_of, section.name)


def test_a_command_that_fails_stops_the_page_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="nothing like that here"):
        make_page(replace(SMALL["titles"], mapping="nothing like that here"), FIXTURES, tmp_path)


def test_without_the_recorded_files_one_sentence_tells_so(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "benchmarks.report_pages", "korea-2026", "--captures", str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert "no recorded files of korea-2026 here" in done.stderr
    assert not (tmp_path / "docs").exists()


def test_every_page_is_of_a_set() -> None:
    assert PAGES
    assert {page.stem for page in PAGES} <= set(SETS)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_small_and_its_commands_are_those_of_its_set(path: Path) -> None:
    page, data_set = path.read_text("utf-8"), SETS[path.stem]
    assert len(page.encode()) < 40_000
    commands = [data_set.capture, "link", *map(data_set.report, data_set.sections)]
    assert _commands_in(page) == [f"fapai {command}" for command in commands]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_command_of_a_page_is_one_of_the_program_with_its_options(path: Path) -> None:
    for command in _commands_in(path.read_text("utf-8")):
        _parse(shlex.split(command)[1:])


def test_a_command_that_the_program_does_not_have_would_be_found() -> None:
    for wrong in (
        ["report", "countings"],
        ["report", "counts", "--per", "round"],
        ["report", "counts", "--by", "moon"],
    ):
        with pytest.raises(Exception, match=r"(?i)no such|not one of|unexpected"):
            _parse(wrong)


def _commands_in(page: str) -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("fapai ")]


def _parse(words: list[str]) -> None:
    """As the program itself reads them, without doing anything.

    It raises a usage error where there is no such command, option or choice.
    """
    command = typer.main.get_command(app)
    context = command.make_context("fapai", [], resilient_parsing=True)
    while words and hasattr(command, "list_commands"):
        if words[0].startswith("-"):
            break
        _, command, words = command.resolve_command(context, words)
        context = command.context_class(command, info_name=command.name, parent=context)
    command.parse_args(context, words)
