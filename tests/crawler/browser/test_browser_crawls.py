"""A crawl in a real Chromium stores what a plain crawl stores, and stops where a plain crawl stops."""

import gzip
import json
import os
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from crawler.launch import run_crawl
from crawler.orders import BrowserOrders, CrawlFailed, CrawlOrders
from crawler.parsers import rmfysszc
from crawler.play import PlayedPage, Player
from crawler.settings import PROJECT
from crawler.spiders import ali_judicial
from store.archive import Place, read_page
from tests.crawler.browser.browser_help import headless, listings_told, targets
from tests.crawler.spiders.crawl_help import FIRST_DAY, LIST, Database, bank_list, case_body, instant, play

ALI, COURTS, BANK = "ali_judicial", "rmfysszc", "br_caixa"
AREA = "广东省"
ALI_LIST = f"{ali_judicial.LIST_URL}&sorder=0"
NewDatabase = Callable[[], Database]

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("chromium")]


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path / "profile"


def court_pages() -> list[PlayedPage]:
    """A list, the page past its end, and state and page of each lot that has not begun."""
    cases = ("guangdong-page-1-upcoming-and-ended", "one-page-past-the-end")
    lists = [
        play(rmfysszc.LIST_URL, case_body(f"rmfysszc/list/{case}"), form=rmfysszc.list_form(number, AREA))
        for number, case in enumerate(cases, 1)
    ]
    cards = json.loads(lists[0].body)["html"].split("<div id=")[1:]
    pending = [card.split(" ")[0] for card in cards if "即将开始" in card]
    later = instant(FIRST_DAY, 13)
    for number, lot in enumerate(pending, 1):
        state = f"({{state:'1',price:'{number}.5'}})"
        lists.append(play(f"https://www.rmfysszc.gov.cn/Object/Finish.shtml?oid={lot}", state, memento=later))
        lists.append(
            play(f"https://www1.rmfysszc.gov.cn/Handle/{lot}.shtml", case_body("rmfysszc/lot/without-price-and-court"))
        )
    return lists


def ali_pages() -> list[PlayedPage]:
    """Lists as JSON in GBK, with a next page, and as cards."""
    city = quote("合肥".encode("gb18030"))
    address = f"{ali_judicial.LIST_URL}&city={city}&sorder="
    running = case_body("ali_judicial/list_json/sell-offs-of-2020-with-next-page").decode().encode("gb18030")
    last = case_body("ali_judicial/list_json/last-list-page-without-next")
    upcoming, ended = (case_body(f"ali_judicial/list_cards/{each}-fuzhou-2026-08-31") for each in ("upcoming", "ended"))
    evening = datetime.fromisoformat("2026-08-31T20:00:00+08:00")
    return [
        play(f"{address}0", running, content_type="text/html; charset=GBK"),
        play(f"{ali_judicial.LIST_URL}&city={city}&page=2", last, memento=instant(FIRST_DAY, 13)),
        play(f"{address}1", upcoming, memento=evening),
        play(f"{address}2", ended, memento=evening),
    ]


def bank_pages() -> list[PlayedPage]:
    """A table that a browser saves and does not show, packed for its transport."""
    headers = {"Content-Encoding": "gzip", "Content-Disposition": "attachment; filename=lista.csv"}
    return [play(LIST.format("MS"), gzip.compress(bank_list()), content_type="text/csv", headers=headers)]


def bodies(database: Database) -> list[tuple[str, int, bytes]]:
    """Every archived page: address, status and bytes."""
    return [
        (
            page["url"],
            page["http_status"],
            read_page(database.archive, Place(page["archive_file"], page["archive_offset"])).body,
        )
        for page in database.pages
    ]


@pytest.mark.parametrize(
    ("source", "city", "pages"),
    [(COURTS, AREA, court_pages), (ALI, "合肥", ali_pages), (BANK, "MS", bank_pages)],
    ids=["lists by POST", "lists in GBK and cards", "a table"],
)
def test_a_crawl_in_a_browser_stores_what_a_plain_crawl_stores(
    new_database: NewDatabase, profile: Path, source: str, city: str, pages: Callable[[], list[PlayedPage]]
) -> None:
    plain, browsed = new_database(), new_database()
    with Player(pages()) as player:
        expected = plain.crawl(source, player.base_url, city)
        asked, player.asked = player.asked, []
        summary = browsed.crawl(source, player.base_url, city, browser=headless(profile))
    assert (summary.verdict, summary.reason) == (expected.verdict, expected.reason)
    assert summary.counters == expected.counters
    assert listings_told(browsed) == listings_told(plain) != []
    assert bodies(browsed) == bodies(plain)
    assert [target for target in targets(player.asked) if target != "/favicon.ico"] == targets(asked)


def test_robots_txt_is_asked_for_under_our_name_and_pages_under_the_browsers(database: Database, profile: Path) -> None:
    with Player(bank_pages()) as player:
        database.crawl(BANK, player.base_url, "MS", browser=headless(profile))
    agents = {asked["target"]: asked["User-Agent"] for asked in player.asked}
    assert agents["/robots.txt"].startswith(PROJECT)
    assert "Chrome/" in agents["/listaweb/Lista_imoveis_MS.csv"]


def test_what_robots_txt_forbids_is_not_asked_for(database: Database, profile: Path) -> None:
    forbids = play("https://site.example/robots.txt", "User-agent: fapai\nDisallow: /\n", content_type="text/plain")
    with Player([*bank_pages(), forbids]) as player:
        summary = database.crawl(BANK, player.base_url, "MS", browser=headless(profile))
    assert (summary.verdict, targets(player.asked)) == ("blocked", ["/robots.txt"])
    assert not profile.exists()  # no browser was opened


def test_a_captcha_stops_the_crawl_after_one_page(database: Database, profile: Path) -> None:
    wall = case_body("ali_judicial/list_json/captcha-page")
    later = [play(f"{ali_judicial.LIST_URL}&sorder={state}", ali_pages()[0].body) for state in "12"]
    with Player([play(ALI_LIST, wall), *later]) as player:
        summary = database.crawl(ALI, player.base_url, browser=headless(profile))
    assert summary.verdict == "blocked"
    assert {name for name, count in summary.counters.items() if count} == {"page/blocked", "request/list"}
    assert [target for target in targets(player.asked) if "item_list" in target] == targets(player.asked)[1:2]
    assert [body for _, _, body in bodies(database)] == [wall]
    assert database.listings == []


@pytest.mark.parametrize(
    ("page", "verdict"),
    [
        (play(ALI_LIST, "", status=302, headers={"Location": "/member/login.jhtml"}), "login_required"),
        (play(ALI_LIST, "", status=302, headers={"Location": "https://elsewhere.example/"}), "blocked"),
        (play(ALI_LIST, "slow down", status=429, headers={"Retry-After": "3600"}), "blocked"),
        (play(ALI_LIST, case_body("ali_judicial/list_json/page-that-sends-on-to-login")), "login_required"),
    ],
    ids=["redirect to the login", "redirect off the site", "status 429", "script that sends on to the login"],
)
def test_a_refusal_is_judged_before_the_browser_goes_on(
    database: Database, profile: Path, page: PlayedPage, verdict: str
) -> None:
    with Player([page]) as player:
        summary = database.crawl(ALI, player.base_url, browser=headless(profile))
    assert (summary.verdict, len(database.pages)) == (verdict, 1)
    assert bodies(database)[0][1:] == (page.status, page.body)
    assert "/member/login.jhtml" not in targets(player.asked)


def test_a_redirect_within_the_site_is_followed(new_database: NewDatabase, profile: Path) -> None:
    moved = play(LIST.format("MS"), "", status=301, headers={"Location": "/new/Lista_imoveis_MS.csv"})
    table = play("https://site.example/new/Lista_imoveis_MS.csv", bank_list(), content_type="text/csv")
    database = new_database()
    with Player([moved, table]) as player:
        summary = database.crawl(BANK, player.base_url, "MS", browser=headless(profile))
    assert (summary.verdict, summary.counters["page/read"]) == ("ok", 1)


def shell(script: str) -> bytes:
    """The list without its data, and a script that runs in it."""
    return case_body("ali_judicial/list_json/without-data-block") + f"<script>{script}</script>".encode()


LOADED = """fetch("/block").then(answer => answer.text()).then(block => {
    const data = document.createElement("script");
    [data.id, data.type, data.textContent] = ["sf-item-list-data", "text/json", block];
    document.body.append(data);
});"""


def test_a_shell_that_a_script_fills_is_read_as_rendered(new_database: NewDatabase, profile: Path) -> None:
    whole = case_body("ali_judicial/list_json/last-list-page-without-next").decode()
    block = whole.partition('id="sf-item-list-data"')[2].partition(">")[2].partition("</script>")[0]
    plain, browsed, direct = new_database(), new_database(), new_database()
    data = play("https://sf.taobao.com/block", block, content_type="application/json")
    with Player([play(ALI_LIST, shell(LOADED)), data]) as player:
        assert plain.crawl(ALI, player.base_url, max_pages=1, with_details=False).verdict == "empty_shell"
        summary = browsed.crawl(ALI, player.base_url, max_pages=1, with_details=False, browser=headless(profile))
    with Player([play(ALI_LIST, whole)]) as player:
        direct.crawl(ALI, player.base_url, max_pages=1, with_details=False)
    assert (summary.verdict, plain.listings) == ("ok", [])
    assert listings_told(browsed) == listings_told(direct) != []
    ((_, _, body),) = bodies(browsed)
    assert b'id="sf-item-list-data"' in body
    assert {page["content_type"] for page in browsed.pages} == {"text/html; charset=utf-8"}


@pytest.mark.parametrize(
    ("script", "verdict"),
    [("document.title = 'still nothing'", "empty_shell"), ("location.href = '/member/login.jhtml'", "login_required")],
    ids=["nothing comes", "sent on to the login"],
)
def test_a_shell_that_stays_one_is_kept_as_it_came(
    database: Database, profile: Path, script: str, verdict: str
) -> None:
    login = play("https://sf.taobao.com/member/login.jhtml", "<title>login</title>")
    with Player([play(ALI_LIST, shell(script)), login]) as player:
        summary = database.crawl(ALI, player.base_url, max_pages=1, with_details=False, browser=headless(profile))
    assert (summary.verdict, database.listings) == (verdict, [])
    assert len(database.pages) == 1
    if verdict == "empty_shell":
        assert [body for _, _, body in bodies(database)] == [shell(script)]


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (play(LIST.format("MS"), bank_list(), headers={"Content-Length": "999999"}), "cut short"),
        (play(LIST.format("MS"), b"0" * 20_000_000, content_type="text/csv"), "more than 16 MiB"),
    ],
    ids=["cut short", "20 MB"],
)
def test_an_answer_that_cannot_be_had_is_a_failed_request(
    database: Database, profile: Path, page: PlayedPage, reason: str
) -> None:
    with Player([page]) as player:
        summary = database.crawl(BANK, player.base_url, "MS", browser=headless(profile))
    assert (summary.verdict, database.pages) == ("http_error", [])
    assert reason in (summary.reason or "")


def test_a_page_from_the_browsers_own_store_is_asked_for_again(new_database: NewDatabase, profile: Path) -> None:
    page = play(LIST.format("MS"), bank_list(3), content_type="text/html", headers={"Cache-Control": "max-age=3600"})
    with Player([page]) as player:
        for _ in range(2):
            new_database().crawl(BANK, player.base_url, "MS", browser=headless(profile))
    assert targets(player.asked).count("/listaweb/Lista_imoveis_MS.csv") == 2


def test_a_login_is_kept_in_the_profile_which_only_the_user_may_read(new_database: NewDatabase, profile: Path) -> None:
    page = play(LIST.format("MS"), bank_list(3), headers={"Set-Cookie": "login=done; Max-Age=86400"})
    with Player([page]) as player:
        new_database().crawl(BANK, player.base_url, "MS", browser=headless(profile))
        new_database().crawl(BANK, player.base_url, "MS", browser=headless(profile))
    cookies = [asked.get("Cookie") for asked in player.asked if asked["target"].endswith(".csv")]
    assert cookies == [None, "login=done"]
    assert profile.stat().st_mode & 0o077 == 0


def crawl_with_user(database: Database, source: str, base_url: str, profile: Path, ask: Callable[[str], None]) -> str:
    browser = BrowserOrders(str(profile), is_headless=True, is_user_there=True)
    orders = CrawlOrders(source, database.url, max_pages=1, base_url=base_url, browser=browser)
    return str(run_crawl(orders, ask=ask).verdict)


def test_a_user_who_is_there_logs_in_first_and_sees_the_refusal(database: Database, profile: Path) -> None:
    home = play("https://sf.taobao.com/", "<title>home</title>")
    sentences: list[tuple[str, int, list[str | None]]] = []

    def look(sentence: str) -> None:
        """What the user reads, and how far the crawl is meanwhile."""
        sentences.append((sentence, len(player.asked), [run["verdict"] for run in database.runs]))

    with Player([home, play(ALI_LIST, case_body("ali_judicial/list_json/captcha-page"))]) as player:
        verdict = crawl_with_user(database, ALI, player.base_url, profile, look)
    (first, before, _), (second, _, verdicts) = sentences
    assert "log in" in first
    assert set(targets(player.asked[:before])) - {"/favicon.ico"} == {"/robots.txt", "/"}
    assert "stays open" in second
    assert (verdict, verdicts) == ("blocked", ["blocked"])  # recorded before the window is waited for


def test_a_profile_in_use_and_a_closed_window_are_told_in_one_sentence(
    new_database: NewDatabase, profile: Path
) -> None:
    first, second = new_database(), new_database()
    told: list[str] = []

    def start_another_and_close(_: str) -> None:
        with pytest.raises(CrawlFailed) as failure:
            second.crawl(BANK, player.base_url, "MS", browser=headless(profile))
        told.append(str(failure.value))
        end_browser_of(profile)

    with Player([play("https://site.example/", "home"), *bank_pages()]) as player:
        browser = BrowserOrders(str(profile), is_headless=True, is_user_there=True)
        with pytest.raises(CrawlFailed, match="the browser was closed"):
            run_crawl(
                CrawlOrders(BANK, first.url, ("MS",), base_url=player.base_url, browser=browser),
                ask=start_another_and_close,
            )
    assert "in use" in told[0]
    assert [run["verdict"] for run in (*first.runs, *second.runs)] == ["crashed", "crashed"]


def end_browser_of(profile: Path) -> None:
    """End the browser that has locked a profile: the link names host and process."""
    os.kill(int(os.readlink(profile / "SingletonLock").rpartition("-")[2]), signal.SIGKILL)
