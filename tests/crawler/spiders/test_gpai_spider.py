"""公拍网: what is asked for, how a search is split, and a crawl of played pages."""

from crawler.orders import CrawlScope
from crawler.parsers import gpai
from crawler.parsers.court_lots import address_value
from crawler.spiders.gpai import GpaiSpider
from tests.crawler.spiders.crawl_help import Database, case_body, play, player_of


def places(follows: object) -> list[str | None]:
    assert isinstance(follows, list)
    return [address_value(follow.url, "cityNum") for follow in follows]


def test_each_state_of_each_place_is_one_search() -> None:
    spider = GpaiSpider(scope=CrawlScope(cities=("上海", "Hangzhou", "310109")))
    asked = [(address_value(page.url, "cityNum"), address_value(page.url, "restate")) for page in spider.first_pages()]
    assert asked == [(place, state) for place in ("31", "3301", "310109") for state in ("1", "2", "3")]


def test_only_the_first_page_of_a_search_is_asked_for() -> None:
    assert {address_value(page.url, "Page") for page in GpaiSpider().first_pages()} == {"1"}
    assert GpaiSpider.max_reachable == 20


def test_a_search_is_split_by_province_city_and_district() -> None:
    spider = GpaiSpider()
    everywhere, *_ = spider.first_pages()
    provinces = list(spider.narrower(everywhere))
    assert len(provinces) == 31
    zhejiang = next(page for page in provinces if address_value(page.url, "cityNum") == "33")
    cities = list(spider.narrower(zhejiang))
    assert "3301" in places(cities)
    assert len(cities) == 11
    districts = list(spider.narrower(cities[0]))
    assert "330106" in places(districts)
    assert list(spider.narrower(districts[0])) == []
    assert {address_value(page.url, "restate") for page in districts} == {"1"}


def test_ended_lots_are_not_searched_place_by_place() -> None:
    ended = next(page for page in GpaiSpider().first_pages() if address_value(page.url, "restate") == gpai.ENDED)
    assert list(GpaiSpider().narrower(ended)) == []


def test_a_crawl_reads_the_searches_and_the_lots_they_link_to(database: Database) -> None:
    lot = case_body("gpai/lot/first-auction-not-begun").decode()
    nothing = case_body("gpai/list/nothing-declared-and-nothing-there")
    pages = [
        play(gpai.list_page("31", gpai.UPCOMING).url, case_body("gpai/list/upcoming-of-shanghai")),
        play(gpai.list_page("31", gpai.RUNNING).url, nothing),
        play(gpai.list_page("31", gpai.ENDED).url, nothing),
        *(
            play(f"https://www.gpai.net/sf/item2.do?Web_Item_ID={number}", lot.replace("52886", number))
            for number in ("52886", "52887")
        ),
    ]
    with player_of(*pages) as player:
        summary = database.crawl("gpai", player.base_url, "上海")
    assert (summary.verdict, summary.reason) == ("ok", None)
    assert {(row["source_id"], row["status"]) for row in database.listings} == {
        ("52886", "upcoming"),
        ("52887", "upcoming"),
    }


def test_an_empty_page_where_lots_are_declared_stops_the_crawl(database: Database) -> None:
    body = case_body("gpai/list/empty-though-lots-are-declared")
    with player_of(play(gpai.list_page("31", gpai.UPCOMING).url, body)) as player:
        summary = database.crawl("gpai", player.base_url, "上海")
    assert summary.verdict == "blocked"
    assert len(player.asked) == 2  # robots.txt and the one search
