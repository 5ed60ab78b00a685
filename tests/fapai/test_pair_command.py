"""Pairing a browser from the command line."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from fapai.pairing import PORT, app, first_pairing
from reporting.web.pairing import is_paired, pairings, pairings_path
from store.engine import open_engine

Pair = Callable[..., Result]


@pytest.fixture
def url(new_sqlite_url: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.delenv("FAPAI_SECRETS", raising=False)
    return new_sqlite_url()


@pytest.fixture
def pair(url: str) -> Pair:
    return lambda *words: CliRunner().invoke(app, [*words, "--db", url])


def told_token(result: Result) -> str:
    found = re.fullmatch(r"http://127\.0\.0\.1:\d+/#(\S+)\n", result.stdout)
    assert found, result.output
    return found[1]


def test_a_pairing_is_shown_once_and_only_its_hash_is_kept(pair: Pair, url: str):
    result = pair()

    token, path = told_token(result), pairings_path(url)
    assert result.exit_code == 0
    assert f":{PORT}/" in result.stdout
    assert is_paired(path, token)
    assert token not in path.read_text()
    assert "not shown again" in result.stderr


def test_each_pairing_is_another_one_and_all_are_good(pair: Pair, url: str):
    tokens = [told_token(pair("--port", "9000")) for _ in range(3)]

    assert len(set(tokens)) == 3
    assert all(is_paired(pairings_path(url), token) for token in tokens)


def test_pairings_are_listed_without_their_tokens_and_can_be_ended(pair: Pair, url: str):
    token = told_token(pair())

    listed = pair("--list")
    ended = pair("--forget")

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [0-9a-f]{8}\n", listed.stdout)
    assert ended.stdout == "1 pairing ended\n"
    assert pair("--list").stdout == "no browser is paired\n"
    assert not is_paired(pairings_path(url), token)


def test_the_server_shows_a_first_pairing_only(url: str):
    engine = open_engine(url)

    line = first_pairing(engine, 8000)

    assert line is not None
    assert line.startswith("http://127.0.0.1:8000/#")
    assert first_pairing(engine, 8000) is None
    assert len(pairings(pairings_path(url))) == 1
    engine.dispose()


def test_pairings_that_others_can_read_are_told_in_one_sentence(pair: Pair, url: str):
    path = Path(pairings_path(url))
    path.write_text("{}")
    path.chmod(0o644)

    result = pair()

    assert result.exit_code == 1
    assert result.stderr.startswith("fapai: others can read the secrets in")
    assert result.stderr.count("\n") == 1
