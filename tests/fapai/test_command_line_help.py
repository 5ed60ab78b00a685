"""The command line explains itself, and does so at once."""

import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from fapai.__main__ import app
from tests.fapai.conftest import CommandLine

ROOT = Path(__file__).parents[2]
HEAVY = "alembic lxml orjson parsel scrapy sqlalchemy twisted warcio crawler store tracking"
LIGHT = {"reporting", "reporting.choices"}  # words alone, which import nothing


def groups_of(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield " ".join((*path, name)), command
            yield from groups_of(command, (*path, name))


def commands_of(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(commands_of(typer.main.get_command(app)))
GROUPS = dict(groups_of(typer.main.get_command(app)))


def example_of(command: Any) -> str:
    """The line of the help that shows how the command is used."""
    return str(command.help).partition("Example: ")[2].strip()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_shows_an_example_that_is_right_usage(name: str) -> None:
    program, *words = shlex.split(example_of(COMMANDS[name]))
    own = name.split()
    assert (program, words[: len(own)]) == ("fapai", own)
    COMMANDS[name].make_context(name, words[len(own) :])  # raises a usage error


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_shows_an_example_that_is_right_usage(name: str) -> None:
    program, *words = shlex.split(example_of(GROUPS[name]))
    own = name.split()
    assert (program, words[: len(own)]) == ("fapai", own)
    following = " ".join(words[: len(own) + 1])
    if following in COMMANDS:
        COMMANDS[following].make_context(following, words[len(own) + 1 :])
    else:  # the group does something by itself
        assert words[len(own)].startswith("--")
        GROUPS[name].make_context(name, words[len(own) :])


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_what_each_option_does(name: str, fapai: CommandLine) -> None:
    result = fapai(*name.split(), "--help")
    assert result.exit_code == 0
    assert all(parameter.help for parameter in COMMANDS[name].params if parameter.name != "help")


def test_without_a_command_the_help_is_shown_as_wrong_usage(fapai: CommandLine) -> None:
    result = fapai()
    assert result.exit_code == 2
    assert all(name.split()[0] in result.output for name in COMMANDS)
    assert "Start with: fapai demo" in result.output


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys\nfrom fapai.__main__ import app\n"
        f"for words in {[name.split() for name in COMMANDS]} + [[]]:\n"
        "    app([*words, '--help'], standalone_mode=False)\n"
        f"rooms = [name for name in sys.modules if name.startswith('reporting') and name not in {LIGHT}]\n"
        f"sys.stderr.write(' '.join([*rooms, *(name for name in {HEAVY.split()} if name in sys.modules)]))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
    assert done.stdout.count("Usage") == len(COMMANDS) + 1


def test_a_report_imports_neither_crawls_nor_migrations_nor_workbooks(new_sqlite_url: Callable[[], str]) -> None:
    db = new_sqlite_url()
    program = (
        "import sys\nfrom fapai.__main__ import app\n"
        f"app(['report', 'price-cuts', '--db', {db!r}], standalone_mode=False)\n"
        "heavy = {'alembic', 'openpyxl', 'scrapy', 'twisted', 'numpy', 'crawler.parsers', 'crawler.launch'}\n"
        "sys.stderr.write(' '.join(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_version_is_shown(fapai: CommandLine) -> None:
    result = fapai("--version", db=None)
    assert result.exit_code == 0
    assert result.stdout.startswith("fapai")
