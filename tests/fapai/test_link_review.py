"""Pairs in doubt, listed in a pipe and gone through by keys on a terminal: shops of a bank in Wuxi (JD, 2020)."""

import fcntl
import io
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console
from store_help import begin, look, record_all

from fapai.review_session import ReviewSession, run_session, show_pair
from reporting.review import DoubtfulPair, find_doubtful_pairs
from store.engine import open_engine, reading, writing
from store.links import persons_decisions
from store.statement import Statement
from store.terms import Currency, Judgement, PropertyKind
from tests.fapai.conftest import CommandLine
from tracking.linking import link_database
from tracking.words import add_word

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 9, 5, tzinfo=UTC)
BANK = {"city": "无锡市", "currency": Currency.CNY, "seller_name": "平安银行总行资产拍卖", "raw": "{}"}
BANK |= {"starts_at": NOW, "ends_at": NOW + timedelta(days=1)}  # together, so that they may be two
SHOPS = {
    "14": Statement(title="【二拍】-平安银行-江苏无锡汉江北路170号", asking_price=1_467_340_00, **BANK),  # type: ignore[arg-type]
    "116": Statement(title="【一拍】-平安银行-汉江北路170号房产", asking_price=2_096_200_00, **BANK),  # type: ignore[arg-type]
    "115": Statement(title="汉江北路119号、121号商铺", property_kind=PropertyKind.SHOP, **BANK),  # type: ignore[arg-type]
    "117": Statement(title="汉江北路119号121号房产", **BANK),  # type: ignore[arg-type]
}


@pytest.fixture
def shops(new_sqlite_url: Callable[[], str]) -> str:
    """The address of a database with two pairs in doubt."""
    url = new_sqlite_url()
    engine = open_engine(url)
    begin(engine)
    record_all(engine, [look(0, SHOPS)])
    with writing(engine) as connection:
        link_database(connection, NOW)
    engine.dispose()
    return url


def doubtful(url: str) -> list[DoubtfulPair]:
    engine = open_engine(url)
    with reading(engine) as connection:
        rows = list(find_doubtful_pairs(connection).rows)
    engine.dispose()
    return rows


def words_in(url: str) -> list[tuple[Judgement, str]]:
    engine = open_engine(url)
    with reading(engine) as connection:
        found = [(each.judgement, each.author) for each in persons_decisions(connection)]
    engine.dispose()
    return found


def names(pairs: list[DoubtfulPair]) -> list[set[str]]:
    return [{pair.one, pair.other} for pair in pairs]


# The keys ---------------------------------------------------------------------------------------------------------


class Answers:
    """A session over the pairs of a database, with what it wrote."""

    def __init__(self, pairs: list[DoubtfulPair]) -> None:
        self.written: list[tuple[str, Judgement]] = []
        self.session = ReviewSession(pairs, lambda pair, judgement: self.written.append((pair.one, judgement)))

    def press(self, keys: str) -> bool:
        return [self.session.press(key) for key in keys][-1]


@pytest.fixture
def answers(shops: str) -> Answers:
    return Answers(doubtful(shops))


def test_an_answer_is_written_at_once_and_the_next_pair_shown(answers: Answers) -> None:
    first, second = answers.session.pairs
    assert answers.press("s")
    assert (answers.written, answers.session.position) == ([(first.one, Judgement.SAME)], 1)
    assert not answers.press("d")  # the last pair is answered
    assert answers.written[1] == (second.one, Judgement.DIFFERENT)


def test_unsure_leaves_a_pair_as_it_was_found(answers: Answers) -> None:
    assert answers.press("u")
    assert (answers.written, answers.session.position, answers.session.answers) == ([], 1, {})


def test_unsure_takes_an_answer_back(answers: Answers) -> None:
    answers.press("sku")
    assert [judgement for _, judgement in answers.written] == [Judgement.SAME, Judgement.UNSURE]
    assert answers.session.answers == {}


def test_undo_takes_back_answer_after_answer_and_goes_where_it_was_given(answers: Answers) -> None:
    answers.press("skd")
    answers.press("z")
    assert (answers.session.position, answers.session.answers) == (0, {0: Judgement.SAME})
    answers.press("z")
    assert answers.session.answers == {}
    answers.press("z")
    judgements = [judgement for _, judgement in answers.written]
    assert judgements == [Judgement.SAME, Judgement.DIFFERENT, Judgement.SAME, Judgement.UNSURE]


def test_going_back_and_forth_stops_at_the_ends_and_writes_nothing(answers: Answers) -> None:
    assert answers.press("kkjjj")
    assert (answers.session.position, answers.written) == (1, [])


def test_an_arrow_key_is_no_answer(answers: Answers) -> None:
    assert answers.press("\x1b[D\x1b[A")
    assert (answers.session.position, answers.written) == (0, [])


@pytest.mark.parametrize("key", ["q", "\x03", "\x04", ""])
def test_leaving_keeps_what_was_answered(answers: Answers, key: str) -> None:
    keys = iter(["s", key])
    run_session(answers.session, Console(file=io.StringIO(), width=80), lambda: next(keys))
    assert answers.session.count(Judgement.SAME) == len(answers.written) == 1


def test_a_pair_stands_side_by_side_with_marks_at_what_agrees_and_what_differs(answers: Answers) -> None:
    stream = io.StringIO()
    show_pair(answers.session, Console(file=stream, width=120))
    lines = stream.getvalue().splitlines()
    assert lines[0].startswith("pair 1 of 2, 10 points")
    told = {line[:9].strip(): line for line in lines[1:]}
    assert [told[name].split()[1] for name in ("price", "seller")] == ["≠", "="]
    assert "209.62万" in told["price"]
    assert "road 汉江北路, number 170" in told["read as"]
    assert any(line.startswith("the room is not told; the whole house; 汉江北路 170; ") for line in lines)


# The command ------------------------------------------------------------------------------------------------------


def review_on_a_terminal(url: str, keys: str) -> str:
    """What a terminal of 120 columns shows while these keys are pressed, each when the keys are asked for."""
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    env = os.environ | {"FAPAI_DB": url, "USER": "me", "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    arguments = [sys.executable, "-m", "fapai", "link", "review"]
    child = subprocess.Popen(arguments, stdin=there, stdout=there, stderr=there, env=env)
    os.close(there)
    shown, waiting = b"", list(keys)
    while chunk := read_chunk(here):
        shown += chunk
        if shown.count(b"q quit") > len(keys) - len(waiting) and waiting:
            os.write(here, waiting.pop(0).encode())
    os.close(here)
    assert child.wait() == 0
    return shown.decode()


def read_chunk(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux tells so that the other side is gone
        return b""


def test_on_a_terminal_single_keys_decide_as_link_decide_does(shops: str) -> None:
    before = names(doubtful(shops))
    shown = review_on_a_terminal(shops, "dzsd")
    assert "noted: 1 same, 1 different; 0 left as they are" in shown
    assert sorted(words_in(shops)) == [(Judgement.DIFFERENT, "me"), (Judgement.SAME, "me")]
    assert len(before) == 2
    assert doubtful(shops) == []


def test_leaving_at_once_decides_nothing(shops: str) -> None:
    assert "noted: 0 same, 0 different; 2 left as they are" in review_on_a_terminal(shops, "q")
    assert (words_in(shops), len(doubtful(shops))) == ([], 2)


def test_in_a_pipe_the_pairs_are_listed(fapai: CommandLine, shops: str) -> None:
    lines = fapai("link", "review", db=shops).stdout.splitlines()
    assert lines[0].startswith("score,one,other,one_title,other_title,reasons")
    assert len(lines) == 3
    table = fapai("link", "review", "--format", "table", db=shops).stdout
    assert "n = 2 pairs" in table


def test_pairs_that_a_person_told_apart_wait_no_more(shops: str) -> None:
    pair, other = doubtful(shops)
    engine = open_engine(shops)
    with writing(engine) as connection:
        add_word(connection, (pair.one, pair.other), Judgement.DIFFERENT, "me", "", NOW)
        link_database(connection, NOW)
    assert names(doubtful(shops)) == names([other])
    with writing(engine) as connection:
        add_word(connection, (pair.one, pair.other), Judgement.UNSURE, "me", "", NOW)
        link_database(connection, NOW)
    engine.dispose()
    assert len(doubtful(shops)) == 2
