"""JD's spiders: what they ask for, how a query splits, and how an answer from elsewhere is known."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.errors import ReadError
from crawler.items import Follow
from crawler.orders import CrawlScope
from crawler.page import Page
from crawler.parsers.jd.calls import REALTIME, call_address, read_call, realtime_body, search_address
from crawler.reading import Reading, read
from crawler.spiders.jd_assets import JdAssetsSpider
from crawler.spiders.jd_judicial import JdJudicialSpider
from crawler.spiders.jd_search import JdSearchSpider
from tests.crawler.spiders.crawl_help import Database, case_body, instant, play, player_of

NOW = datetime(2026, 9, 1, 3, tzinfo=UTC)
DAY = date(2026, 9, 2)
BUNDLED = (REALTIME, "queryProductDescription", "queryAttachFilesForIntro")
CARDS = "jd_judicial/list/homes-of-fuzhou-and-quanzhou-2026-09-01"


def spider(*cities: str) -> JdSearchSpider:
    return JdJudicialSpider(CrawlScope(cities))


def bodies(follows: Any) -> list[dict[str, Any]]:
    return [dict(read_call(follow.url).body) for follow in follows]


def page_of(**query: Any) -> Follow:
    return Follow(search_address({"publishSource": "7", **query}), "jd_judicial.list", is_next_page=True)


def reading_of(follow: Follow, rows: list[dict[str, Any]], total: int | None = None) -> Reading:
    whole = [{"id": 319000001 + number, "title": "某房产", **row} for number, row in enumerate(rows)]
    answer = {"code": 0, "datas": whole, "totalItem": len(rows) if total is None else total}
    crawling = spider()
    return read(Page(json.dumps(answer).encode(), follow.url, NOW), crawling.readers["jd_judicial.list"])


@pytest.mark.parametrize(
    ("name", "province", "city"),
    [
        ("福州市", 16, 1303),
        ("泉州", 16, 1332),
        ("Quanzhou", 16, 1332),
        ("350500", 16, 1332),
        ("福建省", 16, ""),
        ("Fujian", 16, ""),
        ("35", 16, ""),
        ("北京市", 1, ""),
        ("北京市朝阳区", 1, 72),
        ("310115", 2, 2830),
    ],
)
def test_place_is_asked_by_the_ids_of_jd(name: str, province: int, city: int | str) -> None:
    asked = bodies(spider(name).first_pages())
    assert [(body["provinceId"], body["cityId"]) for body in asked] == [(province, city)] * 3
    assert [body["multiPaimaiStatus"] for body in asked] == ["1", "0", "2"]
    assert {(body["publishSource"], body["childrenCateId"], body["page"]) for body in asked} == {("7", "101", 1)}


@pytest.mark.parametrize("name", ["亚特兰蒂斯", "福州市鼓楼区", "999999", "双河市"])
def test_place_that_jd_does_not_know_is_refused_before_anything_is_asked(name: str) -> None:
    with pytest.raises(ReadError):
        list(spider(name).first_pages())


def test_assets_are_asked_by_their_nature_banks_first() -> None:
    asked = bodies(JdAssetsSpider(CrawlScope(("兰州市",))).first_pages())
    assert [body["labelSet"] for body in asked] == ["1033", "1029,1031,1032"] * 3
    assert asked[0]["publishSourceStr"] == ["0", "9"]
    assert {(body["provinceId"], body["cityId"]) for body in asked} == {(28, 2487)}


def test_address_of_a_call_is_one_that_the_gateway_reads() -> None:
    (first, *_) = spider("福州市").first_pages()
    parts = urlsplit(first.url)
    query = parse_qs(parts.query)
    assert (parts.netloc, parts.path, query["appid"]) == ("api.m.jd.com", "/api", ["paimai"])
    assert json.loads(query["body"][0])["cityId"] == 1303
    assert "h5st" not in first.url


def test_country_splits_into_provinces_and_a_province_into_cities() -> None:
    country = spider().narrower(page_of())
    assert len(country) == 33
    fujian = next(follow for follow in country if read_call(follow.url).body["provinceId"] == 16)
    cities = bodies(spider().narrower(fujian))
    assert len(cities) == 9
    assert {body["cityId"] for body in cities} >= {1303, 1332}
    assert {body["provinceId"] for body in cities} == {16}


def test_kinds_of_asset_are_split_before_the_time() -> None:
    query = page_of(provinceId=28, cityId=2487, labelSet="1029,1031,1032")
    assert [body["labelSet"] for body in bodies(spider().narrower(query))] == ["1029", "1031", "1032"]


def test_years_of_a_city_leave_no_gap_and_no_end_out() -> None:
    years = bodies(spider().narrower(page_of(provinceId=16, cityId=1303)))
    assert (years[0]["timeRangeStart"], years[-1]["timeRangeEnd"]) == ("", "")
    for before, after in pairwise(years):
        assert before["timeRangeEnd"] == after["timeRangeStart"] != ""


def test_time_is_halved_down_to_a_day_then_the_price_is_split() -> None:
    crawling, follow, depth = (
        spider(),
        page_of(provinceId=16, cityId=1303, timeRangeStart="2026-01-01", timeRangeEnd="2027-01-01"),
        0,
    )
    while True:
        body = read_call(follow.url).body
        parts = crawling.narrower(follow)
        if body["currentPriceRangeEnd"]:
            break
        spans = [read_call(part.url).body for part in parts]
        if not spans[0]["currentPriceRangeEnd"]:
            assert spans[0]["timeRangeStart"] == body["timeRangeStart"]
            assert spans[0]["timeRangeEnd"] == spans[1]["timeRangeStart"]
            assert spans[1]["timeRangeEnd"] == body["timeRangeEnd"]
        follow, depth = parts[-1] if depth % 2 else parts[0], depth + 1
        assert depth < 30
    assert datetime.fromisoformat(body["timeRangeEnd"]) - datetime.fromisoformat(body["timeRangeStart"]) == timedelta(1)


def test_price_splits_until_nothing_is_left_to_split() -> None:
    crawling = spider()
    day = {"provinceId": 16, "cityId": 1303, "timeRangeStart": "2026-01-01", "timeRangeEnd": "2026-01-02"}
    steps = bodies(crawling.narrower(page_of(**day)))
    bounds = [(body["currentPriceRangeStart"], body["currentPriceRangeEnd"]) for body in steps]
    assert (bounds[0][0], bounds[-1][1]) == ("", "")
    assert all(before[1] == after[0] for before, after in pairwise(bounds))
    for low, high in (bounds[0], bounds[-1]):
        follow, depth = page_of(**day, currentPriceRangeStart=low, currentPriceRangeEnd=high), 0
        while parts := crawling.narrower(follow):
            follow, depth = parts[-1], depth + 1
            assert depth < 40


def test_part_of_a_query_begins_at_its_first_page_and_keeps_the_rest() -> None:
    parts = bodies(spider().narrower(page_of(page=7, multiPaimaiStatus="2", provinceId=16)))
    assert {(body["page"], body["multiPaimaiStatus"], body["publishSource"]) for body in parts} == {(1, "2", "7")}


def test_details_are_not_split() -> None:
    follow = Follow(call_address(REALTIME, realtime_body("311109381")), "jd_judicial.realtime")
    assert (spider().narrower(follow), spider().check_scope(follow, reading_of(page_of(), []))) == ([], None)


def test_rows_of_another_province_show_that_the_area_was_not_understood() -> None:
    follow = page_of(provinceId=16, cityId=1303)
    mixed = [{"province": "福建", "city": "福州市"}, {"province": "广东", "city": "广州市"}]
    found = spider().check_scope(follow, reading_of(follow, mixed))
    assert found == (
        "asked for 福建福州市, 1 of 2 rows lie elsewhere, the first in 广东广州市: the area id was not understood"
    )


@pytest.mark.parametrize(
    ("query", "row"),
    [
        ({"provinceId": 16}, {"province": "福建", "city": "泉州市"}),
        ({"provinceId": 16, "cityId": 1303}, {"province": "福建", "city": "福州市"}),
        ({"provinceId": 16, "cityId": 1303}, {}),
        ({"provinceId": 1, "cityId": 72}, {"province": "北京", "city": "朝阳区"}),
        ({"provinceId": 1, "cityId": 72}, {"province": "北京", "city": "北京市"}),
        ({"provinceId": 28, "cityId": 2564}, {"province": "甘肃", "city": "甘南藏族自治州"}),
        ({}, {"province": "广东", "city": "广州市"}),
    ],
)
def test_rows_of_the_place_asked_for_are_no_objection(query: dict[str, Any], row: dict[str, Any]) -> None:
    follow = page_of(**query)
    assert spider().check_scope(follow, reading_of(follow, [row])) is None


@pytest.mark.parametrize("row", [{"province": "福建", "city": "泉州市"}, {"province": "上海", "city": "福州市"}])
def test_another_city_of_the_province_is_an_objection(row: dict[str, Any]) -> None:
    follow = page_of(provinceId=16, cityId=1303)
    assert spider().check_scope(follow, reading_of(follow, [row]))


def test_recorded_cards_of_fujian_lie_in_fujian() -> None:
    follow = page_of(provinceId=16)
    reading = read(Page(case_body(CARDS), follow.url, NOW), spider().readers["jd_judicial.list"])
    assert len(reading.listings) == 14
    assert spider().check_scope(follow, reading) is None
    assert spider().check_scope(page_of(provinceId=15), reading)


@pytest.mark.parametrize(("starts_in_hours", "is_wanted"), [(1, False), (-1, True)])
def test_state_of_an_auction_that_has_not_begun_is_not_asked(starts_in_hours: int, is_wanted: bool) -> None:
    basic = json.loads(case_body("jd_judicial/basic/second-auction-of-a-flat-with-parking-space"))
    basic["data"]["startTime"] = round((NOW + timedelta(hours=starts_in_hours)).timestamp() * 1000)
    page = Page(json.dumps(basic).encode(), "file:basic.json", NOW)
    crawling = spider()
    reading = read(page, crawling.readers["jd_judicial.basic"])
    wanted = [follow.reader for follow in reading.follows if crawling.wants(follow, page, reading)]
    assert ("jd_judicial.realtime" in wanted) is is_wanted
    assert len(wanted) == 4 + is_wanted


def test_crawl_of_a_city_stores_its_homes_with_what_their_details_add(database: Database) -> None:
    home = next(row for row in json.loads(case_body(CARDS))["datas"] if row["id"] == 311109381)
    running, upcoming, ended = (follow.url for follow in spider("泉州市").first_pages())
    nothing = json.dumps({"code": 0, "datas": [], "totalItem": 0})
    basic = case_body("jd_judicial/basic/second-auction-of-a-flat-with-parking-space")
    bundle = json.loads(case_body("jd_judicial/bundle/flat-sold-with-its-text"))
    reader = JdJudicialSpider(CrawlScope()).readers["jd_judicial.basic"]
    further = reader.parse(Page(basic, "file:b", NOW)).follows
    calls = {read_call(each.url).function: each.url for each in further}
    answers: dict[str, bytes | str] = {
        running: nothing,
        upcoming: nothing,
        ended: json.dumps({"code": 0, "datas": [home], "totalItem": 1}, ensure_ascii=False),
        call_address("getProductBasicInfo", {"paimaiId": 311109381}): basic,
        calls["queryAnnouncement"]: case_body("jd_judicial/announcement/second-auction"),
        calls["queryNotice"]: case_body("jd_judicial/notice/rules"),
        **{calls[name]: json.dumps(bundle[name]) for name in BUNDLED},
    }
    pages = [play(url, body, DAY, memento=instant(DAY)) for url, body in answers.items()]
    assert len(further) == 5
    with player_of(*pages) as player:
        player.today = DAY
        summary = database.crawl("jd_judicial", player.base_url, "泉州市")
    assert summary.verdict == "ok", summary.reason
    (listing,) = database.listings
    assert (listing["source"], listing["source_id"], listing["status"]) == ("jd_judicial", "311109381", "sold")
    assert (listing["starting_price"], listing["hammer_price"]) == (134_000_000, 143_000_000)
    assert (listing["deposit"], listing["applicant_count"], listing["floor_area"]) == (20_000_000, 3, 20_617)
    assert listing["case_number"] == "（2025）闽0503执1234号"
    assert len(player.asked) == 1 + 3 + 1 + 5  # robots.txt, lists, basic data, and what these lead to
