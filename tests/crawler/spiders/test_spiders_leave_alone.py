"""A site that refuses, or whose robots.txt cannot be read, is left alone; a day has its budget."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crawler.leave_alone import may_crawl
from crawler.manners import LONGEST_WAIT, pause_until
from crawler.orders import CrawlOrders
from store.engine import open_engine, reading, writing
from store.manners import add_requests, pause_of, requests_on
from store.runs import add_sources
from tests.crawler.spiders.crawl_help import LIST, Database, bank_list, crawl_with, play, player_of

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
BRASILIA_NOON = datetime(2026, 1, 9, 15, tzinfo=UTC)
MIDNIGHT = datetime(2026, 1, 10, 3, tzinfo=UTC)
ROBOTS = "https://site.example/robots.txt"


@pytest.mark.parametrize(
    ("retry_after", "until"),
    [
        (None, MIDNIGHT),
        ("120", MIDNIGHT),
        ("86400", BRASILIA_NOON + timedelta(days=1)),
        ("Sun, 11 Jan 2026 12:00:00 GMT", datetime(2026, 1, 11, 12, tzinfo=UTC)),
        ("99999999999", BRASILIA_NOON + LONGEST_WAIT),
        ("9" * 400, MIDNIGHT),
        ("Fri, 31 Dec 9999 23:59:59 -0100", MIDNIGHT),
        ("soon", MIDNIGHT),
        ("", MIDNIGHT),
    ],
)
def test_a_refusal_pauses_until_midnight_at_the_site_or_as_long_as_it_asks(
    retry_after: str | None, until: datetime
) -> None:
    assert pause_until(BRASILIA_NOON, SAO_PAULO, retry_after) == until


@pytest.mark.parametrize("status", [500, 502])
def test_a_robots_txt_that_fails_forbids_everything(database: Database, status: int) -> None:
    robots = play(ROBOTS, "User-agent: *\nAllow: /\n", status=status)
    with player_of(robots, play(LIST.format("MS"), bank_list(3))) as player:
        summary = database.crawl("br_caixa", player.base_url, "MS")
    assert {asked["target"] for asked in player.asked} == {"/robots.txt"}
    assert summary.verdict == "http_error"
    assert f"robots.txt cannot be read: HTTP {status}" in str(summary.reason)


@pytest.mark.parametrize("status", [429, 503])
def test_an_answer_to_the_question_for_robots_txt_that_says_stop_is_a_refusal(database: Database, status: int) -> None:
    robots = play(ROBOTS, "later", status=status, headers={"Retry-After": "172800"})
    with player_of(robots, play(LIST.format("MS"), bank_list(3))) as player:
        base_url = player.base_url.replace("127.0.0.1", "0.0.0.0")
        result = crawl_with({"DOWNLOAD_DELAY": 0.01}, CrawlOrders("br_caixa", database.url, ("MS",), base_url=base_url))
    assert {asked["target"] for asked in player.asked} == {"/robots.txt"}
    assert result["summary"]["verdict"] == "blocked"
    assert str(result["summary"]["reason"]).endswith(f"robots.txt: HTTP {status}")
    with reading(open_engine(database.url)) as connection:
        pause = pause_of(connection, "br_caixa", datetime.now(UTC) + timedelta(days=1, hours=20))
    assert pause is not None


def test_a_robots_txt_that_asks_for_an_absurd_delay_ends_the_crawl_after_its_first_page(database: Database) -> None:
    robots = play(ROBOTS, "User-agent: *\nCrawl-delay: 1000000000\n")
    with player_of(robots, *(play(LIST.format(state), bank_list(3)) for state in ("MS", "PI"))) as player:
        base_url = player.base_url.replace("127.0.0.1", "0.0.0.0")
        orders = CrawlOrders("br_caixa", database.url, ("MS", "PI"), base_url=base_url)
        result = crawl_with({"DOWNLOAD_DELAY": 0.01}, orders)
    assert [asked["target"][-6:] for asked in player.asked] == ["ts.txt", "MS.csv"]
    assert "1,000,000,000 s between two requests" in str(result["summary"]["reason"])


def test_a_robots_txt_that_is_not_there_allows_everything(database: Database) -> None:
    with player_of(play(ROBOTS, "Disallow: /", status=404), play(LIST.format("MS"), bank_list(3))) as player:
        assert database.crawl("br_caixa", player.base_url, "MS").verdict == "ok"


def test_a_robots_txt_that_lies_elsewhere_is_read_there(database: Database) -> None:
    moved = play(ROBOTS, "", status=301, headers={"Location": "/rules.txt"})
    rules = play("https://site.example/rules.txt", "User-agent: *\nDisallow: /listaweb/\n")
    with player_of(moved, rules, play(LIST.format("MS"), bank_list(3))) as player:
        summary = database.crawl("br_caixa", player.base_url, "MS")
    assert (summary.verdict, [asked["target"] for asked in player.asked]) == ("blocked", ["/robots.txt", "/rules.txt"])


def test_a_site_that_refused_is_not_asked_again_that_day(database: Database) -> None:
    """0.0.0.0 leads to this machine, but is no address that the crawler takes for it."""
    refusal = play(LIST.format("MS"), "Too many requests", status=429, headers={"Retry-After": "172800"})
    with player_of(refusal) as player:
        base_url = player.base_url.replace("127.0.0.1", "0.0.0.0")
        orders = CrawlOrders("br_caixa", database.url, ("MS",), base_url=base_url)
        began = datetime.now(UTC)
        crawl_with({"DOWNLOAD_DELAY": 0.01, "AUTOTHROTTLE_START_DELAY": 0.01}, orders)
    answer = may_crawl(database.engine, CrawlOrders("br_caixa", database.url))
    assert isinstance(answer, str)
    assert answer.startswith("br_caixa: not asked: it refused us (HTTP 429) and is left alone until 20")
    assert answer.endswith("America/Sao_Paulo")
    with reading(database.engine) as connection:
        assert requests_on(connection, "br_caixa", began.astimezone(SAO_PAULO).date()) == 2
    assert isinstance(
        may_crawl(database.engine, CrawlOrders("br_caixa", database.url, base_url="http://localhost:1")), CrawlOrders
    )


def test_what_is_left_of_the_day_s_budget_goes_with_the_orders(database: Database) -> None:
    orders = CrawlOrders("br_caixa", database.url)
    today = datetime.now(UTC).astimezone(SAO_PAULO).date()
    fresh = may_crawl(database.engine, orders)
    assert isinstance(fresh, CrawlOrders)
    assert fresh.budget is not None
    with writing(database.engine) as connection:
        add_sources(connection, {"br_caixa": "CAIXA"})
        add_requests(connection, "br_caixa", today, 5)
    later = may_crawl(database.engine, orders)
    assert isinstance(later, CrawlOrders)
    assert later.budget == fresh.budget - 5
    with writing(database.engine) as connection:
        add_requests(connection, "br_caixa", today, fresh.budget)
    assert may_crawl(database.engine, orders) == (
        f"br_caixa: not asked: its budget of {fresh.budget:,} requests a day is spent"
    )
