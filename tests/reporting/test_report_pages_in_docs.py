"""Report pages as they lie in the folder: commands of the program, the titles of 2020, links, size."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from benchmarks.report_pages.from_snapshot import QUESTIONS
from benchmarks.report_pages.reproduce import KEYS, SCRIPT, script_of
from benchmarks.report_pages.sets import SETS
from fapai.__main__ import app

REPORTS = Path(__file__).parents[2] / "docs" / "reports"
OFFERS = Path(__file__).parents[2] / "benchmarks" / "report_pages" / "offers_from_snapshot.py"
PAGES = sorted(set(REPORTS.glob("*.md")) - {REPORTS / "README.md"})


def test_the_page_of_the_titles_of_2020_shows_5999_listings_by_their_rounds() -> None:
    page = (REPORTS / "ali-titles-2020.md").read_text("utf-8")
    rows = {name: row[0] for name, row in table_under("How many, by round", page).items()}
    assert rows == {
        "first_auction": "3,453",
        "second_auction": "1,879",
        "sell_off": "554",
        "repeat_auction": "112",
        "re_auction": "1",
    }
    assert table_under("How many", page)["all"][0] == "5,999"


def test_every_set_has_its_page_and_every_page_its_set() -> None:
    assert {page.stem for page in PAGES} == set(SETS)
    index = (REPORTS / "README.md").read_text("utf-8")
    assert sorted(re.findall(r"^\| \[([\w-]+)\]\(\1\.md\) \|", index, re.MULTILINE)) == sorted(SETS)


def test_the_questions_that_the_page_on_reports_shows_are_all_that_the_scripts_answer() -> None:
    index = (REPORTS / "README.md").read_text("utf-8")
    shown = re.findall(r"^python (\w*from_snapshot\.py) snapshot ([\w-]+)", index, re.MULTILINE)
    told = re.search(r"^QUESTIONS = \{(.*)\}$", OFFERS.read_text("utf-8"), re.MULTILINE)
    assert told
    offers = {(OFFERS.name, question) for question in re.findall(r'"([\w-]+)":', told[1])}
    assert offers
    assert sorted(set(shown) - offers) == sorted((script_of(question), question) for question in KEYS)
    assert sorted(question for script, question in shown if script == SCRIPT.name) == sorted(QUESTIONS)
    assert offers <= set(shown)
    assert len(shown) == len(KEYS) + len(offers)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_small_and_its_commands_are_those_of_its_set(path: Path) -> None:
    page, data_set = path.read_text("utf-8"), SETS[path.stem]
    assert len(page.encode()) < 200_000
    assert _commands_in(page) == [f"fapai {command}" for command in data_set.commands]
    assert page.count("\n- ") >= 2
    for title in ("What is striking", "What it cannot tell", "How it was made", "From the snapshot alone"):
        assert f"\n## {title}\n" in page


@pytest.mark.parametrize("path", [*PAGES, REPORTS / "README.md"], ids=lambda path: path.stem)
def test_a_page_leads_to_files_that_exist(path: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", re.sub(r"(?s)```.*?```", "", path.read_text("utf-8")))
    assert len(links) >= 3
    assert [link for link in links if not (path.parent / link).exists()] == []


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


def table_under(title: str, page: str) -> dict[str, list[str]]:
    """The cells of each line of a section's table, by their first; its heading is left out."""
    (block,) = re.findall(
        rf"^## {re.escape(title)}\n\n`fapai [^\n]*`\n\n```text\n(.*?)\n\n", page, re.MULTILINE | re.DOTALL
    )
    return {cells[0]: cells[1:] for line in block.splitlines()[1:] if (cells := line.split())}


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
