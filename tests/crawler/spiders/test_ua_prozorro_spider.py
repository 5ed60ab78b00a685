"""The spider of Prozorro.Sale: where it begins, how it goes on, where it ends."""

import json

import pytest

from crawler.errors import UnknownPlace
from crawler.orders import CrawlScope
from crawler.parsers import ua_prozorro
from crawler.spiders.ua_prozorro import UaProzorroSpider
from tests.crawler.spiders.crawl_help import Database, case_body, play, player_of

FEED = "https://procedure.prozorro.sale/api/search/byDateModified/{}?limit=100"
PAGE = "ua_prozorro/feed/kinds-leases-and-a-third-attempt"


def test_full_read_begins_with_the_first_ids_on_both_sites() -> None:
    follows = list(UaProzorroSpider(CrawlScope()).first_pages())
    assert [follow.url for follow in follows] == [
        FEED.format("2021-01-01T00:00:00.000Z"),
        FEED.format("2021-01-01T00:00:00.000Z").replace("//procedure", "//dgf-procedure"),
    ]
    assert {follow.reader for follow in follows} == {ua_prozorro.READERS[0].name}


def test_feed_that_has_no_cap_is_never_split() -> None:
    spider = UaProzorroSpider(CrawlScope())
    assert spider.max_reachable is None
    assert [list(spider.narrower(follow)) for follow in spider.first_pages()] == [[], []]


def test_feed_cannot_be_asked_by_city() -> None:
    with pytest.raises(UnknownPlace, match="--city"):
        UaProzorroSpider(CrawlScope(cities=("Київ",))).check_orders()


def test_crawl_reads_the_feed_to_its_end(database: Database) -> None:
    last = FEED.format("2026-09-01T06:00:30.000Z")
    pages = [play(FEED.format("2021-01-01T00:00:00.000Z"), case_body(PAGE)), play(last, b"[]")]
    with player_of(*pages) as player:
        summary = database.crawl("ua_prozorro", player.base_url)
    asked = [each["target"] for each in player.asked if each["target"] != "/robots.txt"]
    assert sorted(asked) == sorted([page.address.removeprefix("https://procedure.prozorro.sale") for page in pages] * 2)
    rows = {row["auctionId"]: row for row in json.loads(case_body(PAGE))}
    stored = {listing["source_id"]: listing for listing in database.listings}
    assert stored.keys() == rows.keys()
    third = stored["BRE001-UA-20260401-10021"]
    assert (third["previous_source_id"], third["round_number"]) == ("BRE001-UA-20260301-10002", 3)
    assert summary.verdict == "below_expectation"  # nine procedures are not the whole country


def test_a_later_crawl_goes_on_where_the_last_one_ended(database: Database) -> None:
    first, last = FEED.format("2021-01-01T00:00:00.000Z"), FEED.format("2026-09-01T06:00:30.000Z")
    with player_of(play(first, case_body(PAGE)), play(last, b"[]")) as player:
        database.crawl("ua_prozorro", player.base_url)
        player.asked.clear()
        summary = database.crawl("ua_prozorro", player.base_url)
    asked = [each["target"] for each in player.asked if each["target"] != "/robots.txt"]
    assert asked == [last.removeprefix("https://procedure.prozorro.sale")] * 2
    assert summary.verdict != "below_expectation"  # a feed that is read on brings what is new, not everything
