"""What a crawl keeps to whatever a site sends: safe settings, robots.txt, its delay, whose clock it believes."""

import tomllib
from datetime import UTC, datetime
from itertools import pairwise
from time import monotonic

import pytest

from crawler.orders import CrawlOrders
from crawler.play import PlayedPage, Player
from crawler.settings import PROJECT, crawl_settings, is_loopback, user_agent
from crawler.sources import source_specs
from tests.crawler.spiders.crawl_help import CHECKOUT, LIST, Database, bank_list, crawl_with, play

SAFE = {
    "REMOTE_CONTROL_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "ROBOTSTXT_OBEY": True,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "CONCURRENT_REQUESTS": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_MAXSIZE": 16 * 1024 * 1024,
    "DOWNLOAD_TIMEOUT": 30,
    "COOKIES_ENABLED": False,
    "REDIRECT_ENABLED": False,
    "METAREFRESH_ENABLED": False,
}


@pytest.mark.parametrize("base_url", [None, "http://127.0.0.1:8000"])
@pytest.mark.parametrize(("name", "value"), SAFE.items())
def test_settings_are_safe_everywhere(name: str, value: object, base_url: str | None) -> None:
    for spec in source_specs().values():
        assert crawl_settings(spec, base_url, "INFO")[name] == value


def test_sites_are_asked_slowly_and_crawls_that_go_wrong_end() -> None:
    for spec in source_specs().values():
        settings = crawl_settings(spec, None, "INFO")
        assert settings["DOWNLOAD_DELAY"] >= max(3, spec.min_delay_seconds)
        assert settings["DOWNLOAD_DELAY_JITTER"] == 0
        assert settings["AUTOTHROTTLE_ENABLED"]
        assert settings["CLOSESPIDER_ERRORCOUNT"] > 0
        assert settings["CLOSESPIDER_TIMEOUT_NO_ITEM"] > 0
        assert settings["LOG_LEVEL"] == "INFO"
        assert settings["DEFAULT_REQUEST_HEADERS"]["Accept-Language"].startswith("zh-CN")
        assert not {429, 503} & set(settings["RETRY_HTTP_CODES"])  # they say stop


def test_nothing_but_http_is_fetched_and_no_proxy_stands_before_this_machine() -> None:
    spec = source_specs()["br_caixa"]
    here, there = (crawl_settings(spec, base_url, "INFO") for base_url in ("http://localhost:8000", None))
    assert {scheme for scheme, handler in there["DOWNLOAD_HANDLERS"].items() if handler} <= {"http", "https"}
    assert {scheme for scheme, handler in there["DOWNLOAD_HANDLERS"].items() if not handler} >= {"file", "ftp", "s3"}
    proxies = [any("httpproxy" in name for name in chain["DOWNLOADER_MIDDLEWARES_BASE"]) for chain in (here, there)]
    assert proxies == [False, True]


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        (None, False),
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:8000", True),
        ("https://site.example", False),
        ("http://127.0.0.1.site.example", False),
        ("http://user@site.example/127.0.0.1", False),
    ],
)
def test_only_servers_on_this_machine_may_be_asked_without_a_delay(base_url: str | None, expected: bool) -> None:
    assert is_loopback(base_url) is expected


def test_the_user_agent_names_the_program_its_version_and_the_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    name, version = PROJECT.split("/")
    assert (name, version) == (project["name"], ".".join(project["version"].split(".")[:2]))
    monkeypatch.delenv("FAPAI_CONTACT", raising=False)
    assert user_agent().startswith(f"{PROJECT} (")
    monkeypatch.setenv("FAPAI_CONTACT", " mail@tracker.example ")
    assert user_agent() == f"{PROJECT} (+mail@tracker.example)"


class Clocked(Player):
    """A player that notes when it is asked."""

    def __init__(self, *pages: PlayedPage) -> None:
        super().__init__(pages)
        self.asked_at: list[float] = []

    def answer(self, target: str, form: bytes | None = None) -> PlayedPage | None:
        self.asked_at.append(monotonic())
        return super().answer(target, form)


def test_the_delay_of_robots_txt_is_kept_and_only_this_machine_is_believed_its_time(database: Database) -> None:
    """0.0.0.0 leads to this machine too, but is no address that the crawler takes for it."""
    states = ("MS", "PI", "SC")  # AutoThrottle would shorten the wait before the third
    pages = [play(LIST.format(state), bank_list(3)) for state in states]
    with Clocked(play("https://site.example/robots.txt", "User-agent: fapai\nCrawl-delay: 1\n"), *pages) as player:
        base_url = player.base_url.replace("127.0.0.1", "0.0.0.0")
        began = datetime.now(UTC)
        orders = CrawlOrders("br_caixa", database.url, states, base_url=base_url)
        result = crawl_with({"DOWNLOAD_DELAY": 0.01, "AUTOTHROTTLE_START_DELAY": 0.01}, orders)
    assert result["summary"]["verdict"] == "ok"
    assert [asked["target"][-6:] for asked in player.asked] == ["ts.txt", "MS.csv", "PI.csv", "SC.csv"]
    assert min(after - before for before, after in pairwise(player.asked_at)) >= 0.95
    assert all(began <= page["observed_at"] <= datetime.now(UTC) for page in database.pages)
