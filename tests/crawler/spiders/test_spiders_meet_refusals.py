"""Whatever stands where a list should be gets its own name in the run's record and changes no listing."""

import gzip
import json
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict
from itertools import islice
from threading import Event
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from crawler.orders import CrawlOrders
from crawler.parsers import rmfysszc
from crawler.play import PlayedPage, Player
from crawler.spiders import ali_judicial
from fapai.__main__ import app
from store.archive import Place, read_page
from store.engine import writing
from tests.crawler.spiders.crawl_help import (
    FIRST_DAY,
    LIST,
    SECOND_DAY,
    Database,
    bank_list,
    case_body,
    crawl_with,
    instant,
    play,
    player_of,
)

BANK, ALI, COURTS = "br_caixa", "ali_judicial", "rmfysszc"
ROBOTS = "https://site.example/robots.txt"
TOO_MUCH = b"0" * 20_000_000


class Refusal(NamedTuple):
    """What the server does, and what the run must say of it."""

    source: str
    verdict: str
    reason: str
    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = {}
    robots: str | None = None
    is_archived: bool = True

    def pages(self) -> list[PlayedPage]:
        """The page that comes in place of the list, and robots.txt where it matters."""
        address = {BANK: LIST.format("MS"), ALI: f"{ali_judicial.LIST_URL}&sorder=0", COURTS: rmfysszc.LIST_URL}
        form = rmfysszc.list_form(1) if self.source == COURTS else None
        page = play(address[self.source], self.body, status=self.status, headers=self.headers, form=form)
        return [page] if self.robots is None else [page, play(ROBOTS, self.robots)]


REFUSALS = {
    "captcha in place of a table": Refusal(BANK, "blocked", "bot wall", case_body("br_caixa/list/captcha-page")),
    "captcha in place of a list": Refusal(ALI, "blocked", "wall", case_body("ali_judicial/list_json/captcha-page")),
    "firewall": Refusal(COURTS, "blocked", "firewall", case_body("rmfysszc/list/firewall")),
    "status 403": Refusal(BANK, "blocked", "HTTP 403", "forbidden", 403),
    "status 429": Refusal(ALI, "blocked", "HTTP 429", "slow down", 429, {"Retry-After": "3600"}),
    "redirect to the login": Refusal(
        ALI, "login_required", "login.taobao.com", "", 302, {"Location": "https://login.taobao.com/member/login.jhtml"}
    ),
    "page that sends on to the login": Refusal(
        ALI, "login_required", "login", case_body("ali_judicial/list_json/page-that-sends-on-to-login")
    ),
    "redirect off the site": Refusal(
        BANK, "blocked", "off the site to https://validate.perfdrive.com", "", 302,
        {"Location": "https://validate.perfdrive.com/captcha"},
    ),
    "redirect without end": Refusal(
        BANK, "blocked", "more than 3 times", "", 301, {"Location": "/listaweb/Lista_imoveis_MS.csv"}
    ),
    "frame without its data": Refusal(
        ALI, "empty_shell", "no data, yet 72 items", case_body("ali_judicial/list_json/without-data-block")
    ),
    "empty answer": Refusal(BANK, "empty_shell", "empty answer"),
    "column missing": Refusal(BANK, "layout_changed", "columns missing", case_body("br_caixa/list/a-column-missing")),
    "HTML where JSON was due": Refusal(
        COURTS, "layout_changed", "not JSON", case_body("rmfysszc/list/html-in-place-of-json")
    ),
    "brackets without end": Refusal(COURTS, "layout_changed", "not JSON", b"[" * 10_000_000),
    "list without rows": Refusal(BANK, "empty", "not one listing", case_body("br_caixa/list/header-without-rows")),
    "failing server": Refusal(BANK, "http_error", "HTTP 500", "out of order", 500),
    "robots.txt that forbids": Refusal(
        BANK, "blocked", "robots.txt forbids", bank_list(), robots="User-agent: *\nDisallow: /\n", is_archived=False
    ),
    "answer cut short": Refusal(
        BANK, "http_error", "no answer: ", bank_list(), headers={"Content-Length": "999999"}, is_archived=False
    ),
    "20 MB": Refusal(BANK, "http_error", "no answer: DownloadCancelled", TOO_MUCH, is_archived=False),
    "20 MB packed into 20 kB": Refusal(
        BANK, "http_error", "DOWNLOAD_MAXSIZE", gzip.compress(TOO_MUCH), headers={"Content-Encoding": "gzip"},
        is_archived=False,
    ),
}  # fmt: skip


def command(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def crawl_command(database: Database, source: str, base_url: str, *more: str) -> Result:
    return command("crawl", source, "--base-url", base_url, "--db", database.url, *more)


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_is_named_kept_and_harms_nothing(filled: Database, refusal: Refusal) -> None:
    listings, observations, pages = filled.listings, filled.observations, len(filled.pages)
    with player_of(*refusal.pages()) as player:
        cities = ["MS"] if refusal.source == BANK else []
        summary = filled.crawl(refusal.source, player.base_url, *cities, max_pages=1)
    run = filled.runs[-1]
    assert summary.verdict == run["verdict"] == refusal.verdict
    assert refusal.reason in run["reason"]
    assert (filled.listings, filled.observations) == (listings, observations)
    new = filled.pages[pages:]
    assert len(new) == (1 if refusal.is_archived else 0)
    for page in new:
        kept = read_page(filled.archive, Place(page["archive_file"], page["archive_offset"]))
        body = refusal.body.encode() if isinstance(refusal.body, str) else refusal.body
        assert (kept.body, kept.http_status, kept.observed_at) == (body, refusal.status, instant(FIRST_DAY))


def test_the_command_tells_the_refusal_and_ends_with_code_3(filled: Database) -> None:
    with player_of(*REFUSALS["captcha in place of a table"].pages()) as player:
        result = crawl_command(filled, BANK, player.base_url, "--city", "MS")
    assert result.exit_code == 3
    assert result.stdout == "br_caixa: blocked: 0 listings on 1 page (bot wall: HTML in place of the list)\n"


def test_a_source_that_refuses_is_not_asked_again(filled: Database) -> None:
    with player_of(play(LIST.format("AC"), "", status=403), play(LIST.format("AL"), bank_list())) as player:
        filled.crawl(BANK, player.base_url)
    assert [asked["target"] for asked in player.asked] == ["/robots.txt", "/listaweb/Lista_imoveis_AC.csv"]


def test_a_forbidden_address_is_not_asked_for(filled: Database) -> None:
    with player_of(*REFUSALS["robots.txt that forbids"].pages()) as player:
        filled.crawl(BANK, player.base_url, "MS")
    assert [asked["target"] for asked in player.asked] == ["/robots.txt"]


def test_a_redirect_within_the_site_is_followed_and_one_to_another_host_is_not(filled: Database) -> None:
    with player_of(play(LIST.format("MS"), bank_list(3))) as elsewhere:
        other = elsewhere.base_url.replace("127.0.0.1", "localhost")
        within, off = {"Location": "/new/MS.csv"}, {"Location": f"{other}/listaweb/Lista_imoveis_MS.csv"}
        moved = play("https://venda-imoveis.caixa.gov.br/new/MS.csv", bank_list(), SECOND_DAY)
        pages = [play(LIST.format("MS"), "", SECOND_DAY, status=301, headers=within), moved]
        with player_of(*pages, play(LIST.format("MS"), "", status=302, headers=off)) as player:
            summary = filled.crawl(BANK, player.base_url, "MS")
            assert (summary.verdict, summary.reason) == ("blocked", f"redirected off the site to {off['Location']}")
            player.today = SECOND_DAY
            assert filled.crawl(BANK, player.base_url, "MS").verdict == "ok"
    assert elsewhere.asked == []
    assert filled.pages[-1]["url"] == "https://venda-imoveis.caixa.gov.br/new/MS.csv"


def test_a_fall_from_many_rows_to_few_leaves_the_old_ones_and_is_unhealthy(database: Database) -> None:
    address = LIST.format("MS")
    with player_of(play(address, bank_list(80)), play(address, bank_list(9), SECOND_DAY)) as player:
        assert crawl_command(database, BANK, player.base_url, "--city", "MS").exit_code == 0
        before = database.listings
        player.today = SECOND_DAY
        result = crawl_command(database, BANK, player.base_url, "--city", "MS")
    assert result.exit_code == 3
    assert "br_caixa: below_expectation: 9 listings on 1 page" in result.stdout
    after = database.listings
    assert len(after) == 80
    assert sum(row["last_seen_at"] == instant(SECOND_DAY) for row in after) == 9
    assert [row | {"last_seen_at": None} for row in after] == [row | {"last_seen_at": None} for row in before]
    shown = json.loads(command("sources", "--db", database.url, "--format", "json").stdout)
    assert [source["last_verdict"] for source in shown if source["source"] == BANK] == ["below_expectation"]


def test_a_server_that_is_not_there_or_never_answers_is_an_error_of_the_server(filled: Database) -> None:
    before = filled.listings
    with closing(socket.socket()) as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
        refused = crawl_command(filled, BANK, nobody, "--city", "MS")
    assert (refused.exit_code, filled.runs[-1]["verdict"]) == (3, "http_error")
    assert "DownloadConnectionRefused" in filled.runs[-1]["reason"]
    with Held(2, play(LIST.format("MS"), bank_list())) as silent:
        orders = CrawlOrders(BANK, filled.url, ("MS",), base_url=silent.base_url)
        summary = crawl_with({"DOWNLOAD_TIMEOUT": 0.3, "RETRY_TIMES": 0}, orders)["summary"]
        silent.released.set()
    assert (summary["verdict"], filled.listings) == ("http_error", before)
    assert "took longer than 0.3 seconds" in summary["reason"]


class Held(Player):
    """A player that keeps back its answers from the n-th on until it is released."""

    def __init__(self, held_from: int, *pages: PlayedPage) -> None:
        super().__init__(pages)
        self._held_from = held_from
        self.reached, self.released = Event(), Event()

    def answer(self, target: str, form: bytes | None = None) -> PlayedPage | None:
        if len(self.asked) >= self._held_from:
            self.reached.set()
            self.released.wait(30)
        return super().answer(target, form)


def test_an_interrupted_crawl_ends_its_page_and_is_not_called_healthy(filled: Database) -> None:
    states = ("MS", "PI", "SC")
    with Held(3, *(play(LIST.format(state), bank_list(5), SECOND_DAY) for state in states)) as player:
        player.today = SECOND_DAY
        orders = CrawlOrders(BANK, filled.url, states, base_url=player.base_url, log_level="INFO")
        pipe = subprocess.PIPE
        command_line = [sys.executable, "-m", "crawler.run"]
        with subprocess.Popen(command_line, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as child:
            assert child.stdin is not None
            assert child.stderr is not None
            child.stdin.write(json.dumps(asdict(orders)))
            child.stdin.close()
            assert player.reached.wait(30)
            child.terminate()
            assert any("Received SIGTERM" in line for line in islice(child.stderr, 1000))
            player.released.set()
            assert child.stdout is not None
            child.stderr.read()
            result: dict[str, Any] = json.loads(child.stdout.read().splitlines()[-1])
    assert result["summary"]["verdict"] == filled.runs[-1]["verdict"] == "crashed"
    assert "shutdown" in filled.runs[-1]["reason"]
    assert len(player.asked) == 3  # robots.txt and two lists, the third was never asked for


def test_a_database_of_a_newer_program_is_left_alone(filled: Database) -> None:
    with writing(filled.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with player_of(play(LIST.format("MS"), bank_list(), SECOND_DAY)) as player:
        result = crawl_command(filled, BANK, player.base_url, "--city", "MS")
    assert (result.exit_code, player.asked) == (1, [])
    assert result.stderr == "fapai: the database was made by a newer fapai: install that version to use it\n"


def test_a_folder_is_no_database(database: Database) -> None:
    with player_of(play(LIST.format("MS"), bank_list())) as player:
        result = command(
            "crawl", BANK, "--base-url", player.base_url, "--db", f"sqlite:///{database.path.parent}", "--city", "MS"
        )
    assert (result.exit_code, player.asked) == (1, [])
    assert result.stderr.startswith("fapai: the database cannot be ")
    assert result.stderr.count("\n") == 1


def test_a_database_that_cannot_grow_during_the_crawl_ends_it_in_one_sentence(filled: Database) -> None:
    """As on a full disk: no file may grow beyond 40 kB, the page would need more."""
    listings, pages = filled.listings, filled.pages
    filled.engine.dispose()
    command_line = [sys.executable, "-m", "fapai", "crawl", BANK, "--city", "MS", "--db", filled.url, "--base-url"]

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    body = bank_list().replace(b"Venda Direta Online", b"Venda Online")
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    with player_of(play(LIST.format("MS"), body, SECOND_DAY)) as player:
        done = subprocess.run(
            [*command_line, player.base_url],
            preexec_fn=limit,
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("fapai: the database cannot be written: ")
    assert done.stderr.count("\n") == 1
    assert (filled.listings, filled.pages) == (listings, pages)
    assert command("db", "check", "--db", filled.url).exit_code == 0
