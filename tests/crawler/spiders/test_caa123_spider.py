"""中拍平台: what is asked for, and a crawl of played answers."""

import json

import pytest

from crawler.errors import UnknownPlace
from crawler.orders import CrawlScope
from crawler.parsers import caa123
from crawler.spiders.caa123 import Caa123Spider
from tests.crawler.spiders.crawl_help import Database, case_body, play, player_of

BASE = "https://sf.caa123.org.cn/caa-web-ws/ws/0.1"


def test_the_current_list_of_real_estate_is_asked_for_from_page_0() -> None:
    (first,) = Caa123Spider().first_pages()
    assert "start=0&count=100&lotStatus=2&standardType=6" in first.url


def test_a_city_is_refused_since_the_numbers_of_its_places_are_not_known() -> None:
    with pytest.raises(UnknownPlace, match="caa123 cannot be asked by place"):
        Caa123Spider(scope=CrawlScope(cities=("合肥",))).check_orders()


def test_at_least_ten_seconds_lie_between_two_requests() -> None:
    assert caa123.SPEC.min_delay_seconds >= 10


def test_a_crawl_reads_both_pages_lots_descriptions_and_notices(database: Database) -> None:
    lot = case_body("caa123/lot/first-auction-not-begun").decode()
    numbers = (70001, 70002, 70101)
    lists = ([{"id": 70001}, {"id": "70002"}], [{"id": 70101}])
    pages = [
        play(
            caa123.list_page(number).url,
            json.dumps({"items": items, "page": number, "totalPages": 2, "totalCount": 3}),
            content_type="application/json",
        )
        for number, items in enumerate(lists)
    ]
    for number in numbers:
        pages += [
            play(f"{BASE}/lot/{number}", lot.replace("70001", str(number))),
            play(f"{BASE}/goods/lot/{number}", case_body("caa123/goods/description-and-files")),
            play(f"{BASE}/notice/lot/{number}", case_body("caa123/notice/notice-of-a-court")),
            play(f"{BASE}/instruction/lot/{number}", case_body("caa123/notice/instruction-within-an-object")),
        ]
    with player_of(*pages) as player:
        summary = database.crawl("caa123", player.base_url)
    assert (summary.verdict, summary.reason) == ("ok", None)
    assert {listing["source_id"] for listing in database.listings} == {str(number) for number in numbers}
    assert {listing["starting_price"] for listing in database.listings} == {875_000_00}
    assert {page["reader"] for page in database.pages} == {reader.name for reader in caa123.READERS}
