"""Each expected failure is one sentence on standard error and an exit code that says whose move it is."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from tests.fapai.conftest import CommandLine

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
BANK = FIXTURES / "br_caixa" / "list" / "whole-list-of-roraima-2026-01-08" / "input.csv"
SECRET = "hemlig-0815"

WRONG_USAGE = [
    ("crawl br_caxa", "no source is called br_caxa: did you mean br_caixa?"),
    ("crawl nowhere", "no source is called nowhere: there are ali_assets, ali_judicial"),
    ("reparse --source nowhere", "no page of nowhere is in the archive"),
    ("report price-cuts --min-cut lots", "--min-cut: cannot read 'lots'; give 10%"),
    ("report price-cuts --max-price 10%", "--max-price: cannot read '10%'"),
    ("report price-cuts --kind flet", "the nearest is 'flat'"),
    ("report price-cuts --round castle", "--round: there is no 'castle'"),
    ("report price-cuts --seller-kind me", "--seller-kind: there is no 'me'"),
    ("report price-cuts --as-of 2021-13-01", "--as-of: cannot read '2021-13-01'"),
    ("report price-cuts --since soon", "--since: cannot read 'soon'"),
    ("report price-cuts --source nowhere", "nothing is known of 'nowhere'"),
    ("report price-cuts --format xml", "'xml' is not one of"),
    ("export out --as-of never", "--as-of: cannot read 'never'"),
    ("export out --as-of 2199-12-31", "--as-of: 2199-12-31 is still to come; in Asia/Shanghai it is "),
    ("report counts --as-of 2199-12-31", "--as-of: 2199-12-31 is still to come; in Asia/Shanghai it is "),
    ("export out --profile word", "'word' is not one of"),
    ("capture", "give at least one file, folder or zip"),
    ("capture list.html --observed-at yesterday", "'yesterday' is no date or time"),
    ("crawl br_caixa --max-pages 0", "greater than or equal to 1"),
    ("report prices", "No such command 'prices'"),
]

FAILED = [
    ("capture missing.csv", "no such file or folder: missing.csv"),
    ("capture notes.txt", "none of these files is a page of a known source"),
    ("capture --mapping nowhere notes.txt", "shipped mappings: ali-"),
    ("capture --mapping broken.toml notes.txt", "broken.toml: not TOML"),
    ("capture --mapping keyless.toml notes.txt", "keyless.toml: about: is missing"),
    ("reparse --mapping broken.toml", "broken.toml: not TOML"),
    ("export .", "holds something that is not a snapshot"),
    ("export notes.txt", "is a file: name a folder"),
]


@pytest.fixture
def folder(fapai: CommandLine) -> Path:
    """The working folder with files that are of no use."""
    Path("notes.txt").write_text("buy milk")
    Path("broken.toml").write_text("x = [")
    Path("keyless.toml").write_text('name = "mine"')
    return Path.cwd()


def one_sentence(text: str) -> bool:
    return text.startswith("fapai: ") and text.count("\n") == 1


@pytest.mark.parametrize(("words", "told"), WRONG_USAGE)
def test_wrong_usage_exits_with_2(words: str, told: str, folder: Path, fapai: CommandLine) -> None:
    result = fapai(*words.split())
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.replace("│", " ").split())
    assert result.stdout == ""


@pytest.mark.parametrize(("words", "told"), FAILED)
def test_a_failure_exits_with_1_and_one_sentence(words: str, told: str, folder: Path, fapai: CommandLine) -> None:
    result = fapai(*words.split())
    assert result.exit_code == 1
    assert told in result.stderr
    assert one_sentence(result.stderr)


READING = ("report price-cuts", "export out", "reparse", "db check", "sources")
WRITING = ("crawl br_caixa", f"capture {BANK}", "db upgrade")


def make_foreign(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE song (title TEXT)")
    other.close()


def make_newer(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE alembic_version (version_num TEXT)")
        other.execute("INSERT INTO alembic_version VALUES ('9999_of_2031')")
    other.close()


def make_folder(path: Path) -> None:
    path.mkdir()


def make_garbage(path: Path) -> None:
    path.write_bytes(b"this is a letter to the bank, not a database" * 100)


BAD_DATABASES = [
    (make_foreign, "the database holds tables of something else: name another one with --db"),
    (make_newer, "the database was made by a newer fapai: install that version to use it"),
    (make_folder, "the database cannot be read: unable to open database file"),
    (make_garbage, "the database cannot be read: file is not a database"),
]


@pytest.mark.parametrize(("make", "told"), BAD_DATABASES, ids=["foreign", "newer", "folder", "garbage"])
@pytest.mark.parametrize("words", READING + WRITING, ids=lambda words: words.split("/")[0].strip())
def test_a_database_that_is_not_ours_is_left_alone(
    make: Callable[[Path], None], told: str, words: str, fapai: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "bad.sqlite"
    make(path)
    before = path.read_bytes() if path.is_file() else sorted(path.iterdir())
    result = fapai(*words.split(), db=f"sqlite:///{path}")
    assert (result.exit_code, result.stderr) == (1, f"fapai: {told}\n")
    assert (path.read_bytes() if path.is_file() else sorted(path.iterdir())) == before


@pytest.mark.parametrize("words", [words for words in READING if words != "sources"])
def test_without_a_database_a_reading_command_says_how_to_make_one(words: str, fapai: CommandLine) -> None:
    result = fapai(*words.split(), db="sqlite:///none.sqlite")
    assert result.exit_code == 1
    assert "there is no database yet: run a crawl or a capture first" in result.stderr


ADDRESSES = [
    f"postgresql://joe:{SECRET}@127.0.0.1:1/homes",
    f"postgresql://joe:{SECRET}@127.0.0.1:port/homes",
    f"mysql://joe:{SECRET}@127.0.0.1/homes",
    f"joe:{SECRET}",
]


@pytest.mark.parametrize("words", ["report price-cuts", "db upgrade", f"capture {BANK}", "crawl br_caixa", "doctor"])
@pytest.mark.parametrize("address", ADDRESSES, ids=["closed-port", "no-port", "other-kind", "no-address"])
def test_no_message_holds_the_password_of_the_database(address: str, words: str, fapai: CommandLine) -> None:
    for result in (fapai(*words.split(), db=address), fapai(*words.split(), "--db", address)):
        assert result.exit_code == (3 if words == "doctor" else 1)
        assert SECRET not in result.output
        assert words == "doctor" or one_sentence(result.stderr)


def test_a_state_that_the_bank_does_not_have_is_told_before_anything_is_asked(fapai: CommandLine) -> None:
    result = fapai("crawl", "br_caixa", "--city", "XX", "--base-url", "http://127.0.0.1:9")
    assert (result.exit_code, result.stderr) == (2, "fapai: no state is called XX: give two letters such as SP\n")


def test_a_reader_that_goes_away_ends_the_command_quietly(fapai: CommandLine) -> None:
    """``fapai report price-cuts --all | head -1``"""
    fapai("capture", FIXTURES / "demo" / "br_caixa", db="sqlite:///homes.sqlite")
    program = f"{sys.executable} -m fapai report price-cuts --all --db sqlite:///homes.sqlite"
    command = ["sh", "-c", f"{program} | head -1"]
    done = subprocess.run(command, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True)
    assert (done.stdout.count("\n"), done.stderr) == (1, "")


@pytest.mark.parametrize("words", ["--help", "report deals --db sqlite:///homes.sqlite"])
def test_a_reader_that_was_never_there_ends_the_command_quietly(words: str, fapai: CommandLine) -> None:
    """Little is printed, so that it is still ours when Python ends."""
    fapai("capture", FIXTURES / "demo" / "br_caixa", db="sqlite:///homes.sqlite")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "fapai", *words.split()]
    env = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.stderr == ""


def test_a_full_disk_is_told_in_one_sentence_and_what_was_recorded_stays(fapai: CommandLine) -> None:
    """SQLite's own limit stands for the disk's: the same error, at any page of the file."""

    def limit_pages(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 40")

    event.listen(Engine, "connect", limit_pages)
    try:
        result = fapai("capture", FIXTURES / "demo" / "br_caixa")
    finally:
        event.remove(Engine, "connect", limit_pages)
    assert (result.exit_code, result.stderr) == (
        1,
        "fapai: the database cannot be written: database or disk is full\n",
    )
    assert fapai("db", "check").stdout == "the database is sound\n"
    assert fapai("capture", FIXTURES / "demo" / "br_caixa").exit_code == 0
