"""Each command that writes listings, or a word on them, tells the linking: it looks at nothing else afterwards."""

import csv
from pathlib import Path

import pytest

from store.engine import open_engine, reading
from store.link_news import read_link_news
from store.links import touched_among, touched_listings
from tests.fapai.conftest import CommandLine

FIXTURES = Path(__file__).parents[2] / "fixtures"
BANK = sorted((FIXTURES / "demo" / "br_caixa").glob("*_MS.csv"))
COURT = FIXTURES / "rmfysszc" / "list" / "guangdong-page-1-upcoming-and-ended" / "input.json"


@pytest.fixture
def waiting(fapai: CommandLine, tmp_path: Path) -> "Waiting":
    return Waiting(fapai, tmp_path)


class Waiting:
    """Runs commands, and tells how many listings are to be linked afterwards."""

    def __init__(self, fapai: CommandLine, folder: Path) -> None:
        self._fapai = fapai
        self._folder = folder

    def after(self, *words: str | Path) -> int:
        """By what was told; a look at all listings finds the same."""
        done = self._fapai(*words)
        assert done.exit_code == 0, done.stderr
        (file,) = self._folder.glob("*.sqlite")
        engine = open_engine(f"sqlite:///{file}")
        with reading(engine) as connection:
            told, all_ = touched_listings(connection), touched_among(connection, None)
            news = read_link_news(connection)
        engine.dispose()
        assert told == all_
        assert told or words[0] != "link" or not news.row_ids
        return len(told)


def test_captures_reparses_and_words_of_persons_tell_what_they_wrote(waiting: Waiting) -> None:
    first = waiting.after("capture", BANK[0])
    assert first > 10
    both = waiting.after("capture", COURT, "--observed-at", "2022-11-15")
    assert both > first
    assert waiting.after("link") == 0
    assert waiting.after("capture", BANK[0]) == 0
    assert 0 < waiting.after("capture", BANK[1]) < first
    assert waiting.after("link") == 0
    assert waiting.after("reparse", "--source", "rmfysszc") == both - first
    assert waiting.after("link") == 0
    assert waiting.after("link", "--rebuild") == 0


def test_words_are_taken_up_by_the_commands_that_take_them(waiting: Waiting, tmp_path: Path) -> None:
    waiting.after("capture", BANK[0])
    waiting.after("link")
    assert waiting.after("link", "decide", "1", "2", "same", "--author", "li") == 0
    file = tmp_path / "words.csv"
    with file.open("w", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(("one", "other", "judgement", "author", "because"))
        rows.writerow(("3", "4", "different", "li", "seen"))
    assert waiting.after("link", "words", "--import", file) == 0


@pytest.mark.parametrize("words", [("--db", "sqlite:///other.sqlite", "review"), ("--rebuild", "words")])
def test_what_stands_before_a_command_under_link_is_refused(fapai: CommandLine, words: tuple[str, ...]) -> None:
    """A person's word would go to another database than the one that is named."""
    done = fapai("link", *words)
    assert done.exit_code == 2
    assert words[0] in done.stderr
    assert f"options of link {words[-1]} stand behind it" in done.stderr
