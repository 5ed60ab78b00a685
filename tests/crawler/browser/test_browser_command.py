"""``fapai crawl --browser``: the user's own browser, and one sentence where there is none to crawl in."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner, Result

from crawler.orders import BrowserOrders
from crawler.play import Player
from fapai.__main__ import app
from tests.crawler.spiders.crawl_help import CHECKOUT, LIST, Database, bank_list, play

BLOCKS_PLAYWRIGHT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "playwright":
            raise ModuleNotFoundError(f"No module named {name!r}")
sys.meta_path.insert(0, Absent())
"""


def command(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def crawl_bank(database: Database, base_url: str, *more: str) -> Result:
    return command("crawl", "br_caixa", "--city", "MS", "--base-url", base_url, "--db", database.url, *more)


@pytest.fixture
def player() -> Iterator[Player]:
    """A server with the bank's list, which a browser has no cookie for yet."""
    page = play(LIST.format("MS"), bank_list(3), headers={"Set-Cookie": "login=done; Max-Age=86400"})
    with Player([page]) as served:
        yield served


def test_the_command_crawls_in_a_browser_with_a_profile_of_the_users_choice(
    chromium: str, database: Database, player: Player, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    done = crawl_bank(database, player.base_url, "--browser", "--headless", "--browser-profile", str(profile))
    assert (done.exit_code, done.output.partition(",")[0]) == (0, "br_caixa: ok: 3 listings on 1 page")
    assert profile.is_dir()


@pytest.fixture
def own_browser(chromium: str, tmp_path: Path) -> Iterator[str]:
    """The address at which a browser that the user has started himself listens."""
    profile = tmp_path / "own"
    arguments = ["--headless", "--no-sandbox", "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen([chromium, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as own:
        assert own.stderr is not None
        begun = monotonic()
        for line in own.stderr:
            if "DevTools listening on ws://" in line:
                yield "http://" + line.partition("ws://")[2].partition("/")[0]
                break
            assert monotonic() - begun < 60, "the browser does not listen"
        own.terminate()


def test_the_users_own_browser_crawls_with_his_logins_and_stays_open(
    own_browser: str, database: Database, player: Player
) -> None:
    for _ in range(2):
        done = crawl_bank(database, player.base_url, "--browser-cdp", own_browser)
        assert done.exit_code == 0, done.output
    cookies = [asked.get("Cookie") for asked in player.asked if asked["target"].endswith(".csv")]
    assert cookies == [None, "login=done"]  # its own cookies, not those of a private window
    with urlopen(f"{own_browser}/json/list") as answer:
        assert answer.read().count(b'"type": "page"') == 1  # the tab of the crawl is closed, the user's is not


def test_an_address_where_no_browser_listens_is_told_in_one_sentence(database: Database, player: Player) -> None:
    pytest.importorskip("playwright", reason="the extra browser is not installed")
    done = crawl_bank(database, player.base_url, "--browser-cdp", player.base_url)
    assert (done.exit_code, len(done.output.splitlines())) == (1, 1)
    assert done.output.startswith("fapai: the browser cannot be used: ")


def test_without_the_extra_the_command_says_what_to_install(database: Database, player: Player, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(BLOCKS_PLAYWRIGHT)
    done = subprocess.run(
        [sys.executable, "-m", "fapai", "crawl", "br_caixa", "--browser", "--db", database.url],
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{CHECKOUT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "fapai: --browser needs the extra of that name: pip install 'fapai[browser]'\n"
    assert database.runs == []


@pytest.mark.parametrize(
    ("environment", "arguments", "sentence"),
    [
        ({"FAPAI_CHROMIUM": "no-such-program"}, ["--headless"], "FAPAI_CHROMIUM names no program: no-such-program"),
        ({"PATH": "/nowhere"}, ["--headless"], "no Chromium or Chrome was found"),
        ({"DISPLAY": "", "WAYLAND_DISPLAY": ""}, [], "there is no screen"),
    ],
    ids=["another name", "no browser", "no screen"],
)
def test_without_a_browser_the_command_says_what_is_missing(
    chromium: str,
    database: Database,
    player: Player,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    arguments: list[str],
    sentence: str,
) -> None:
    if "PATH" in environment:
        monkeypatch.delenv("FAPAI_CHROMIUM", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    done = crawl_bank(database, player.base_url, "--browser", *arguments)
    assert (done.exit_code, len(done.output.splitlines())) == (1, 1)
    assert done.output.startswith(f"fapai: {sentence}")
    assert (database.runs, player.asked) == ([], [])


@pytest.mark.parametrize(
    "arguments",
    [["--headless"], ["--browser-profile", "x"], ["--browser-cdp", "9222"], ["--browser", "--browser-cdp", "file:x"]],
)
def test_options_that_cannot_be_meant_are_wrong_usage(database: Database, arguments: list[str]) -> None:
    assert crawl_bank(database, "http://127.0.0.1:9", *arguments).exit_code == 2
    assert database.runs == []


def test_the_default_profile_is_not_that_of_the_users_daily_browser(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from fapai.browse import browser_orders

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert browser_orders(False, None, None, False) is None
    assert browser_orders(True, None, None, False) == BrowserOrders(str(tmp_path / "fapai" / "browser"))


def test_a_plain_crawl_loads_nothing_of_the_browser() -> None:
    program = (
        "import sys, crawler.run, fapai.collect, fapai.browse; print([n for n in sys.modules if 'playwright' in n])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=CHECKOUT)
    assert done.stdout == "[]\n"
