"""The searches of the asset side: by city, business and state, split by city where one is too long."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from crawler.errors import ReadError, UnknownPlace
from crawler.items import Follow
from crawler.orders import CrawlScope
from crawler.page import Page
from crawler.parsers.ali_assets_side import is_asset_page
from crawler.reading import read
from crawler.spiders.ali_assets import AliAssetsSpider
from tests.crawler.spiders.crawl_help import Database, case_body, case_note, play, player_of

SOME_CARDS = "ali_assets/list_cards/bank-homes-leases-and-advertisements"
CARD = b'<div class="pc-card--item">'
BANK_FLAT = "https://zc-item.taobao.com/auction/900000002001.htm"
BANK_PAGE = "ali_assets/detail/let-flat-of-a-rural-bank-2026"
FULL_PAGE = "ali_assets/list_cards/full-page-of-bankruptcies"


def spider(*cities: str) -> AliAssetsSpider:
    return AliAssetsSpider(CrawlScope(cities=cities))


def asked(follow: Follow) -> dict[str, str]:
    """What a search asks for, each filter by its only value."""
    query = {name: json.loads(values[0]) for name, values in parse_qs(urlsplit(follow.url).query).items()}
    return {name: value[0] if isinstance(value, list) else str(value) for name, value in query.items()}


def test_the_whole_country_is_asked_for_by_business_and_state() -> None:
    searches = [asked(follow) for follow in spider().first_pages()]
    assert {(each["zcBizTypes"], each["statusOrders"]) for each in searches} == {
        (business, state) for business in ("7", "8", "10") for state in "012"
    }
    assert all(
        each["fcatV4Ids"] == "206060601" and each["h_t_mode"] == "1" and each["page"] == "1" for each in searches
    )
    assert not any("locationCodes" in each for each in searches)


@pytest.mark.parametrize("name", ["泉州", "泉州市", "Quanzhou", "350500", "3505"])
def test_a_city_is_asked_for_by_its_code_and_told_to_the_parser(name: str) -> None:
    for follow in spider(name).first_pages():
        assert asked(follow)["locationCodes"] == "350500"
        assert unquote(urlsplit(follow.url).fragment) == "city=泉州市"


def test_a_province_is_asked_for_city_by_city() -> None:
    codes = {asked(follow)["locationCodes"] for follow in spider("福建省").first_pages()}
    assert {"350100", "350200", "350500"} <= codes
    assert "350000" not in codes


@pytest.mark.parametrize("name", ["北京", "上海市", "Chongqing"])
def test_a_municipality_is_a_city(name: str) -> None:
    (code,) = {asked(follow)["locationCodes"] for follow in spider(name).first_pages()}
    assert code in {"110000", "310000", "500000"}


@pytest.mark.parametrize("name", ["Atlantis", "999999", "鼓楼区", "福州市鼓楼区"])
def test_what_is_no_city_is_refused_before_anything_is_asked(name: str) -> None:
    with pytest.raises(UnknownPlace) as refused:
        list(spider(name).first_pages())
    assert isinstance(refused.value, ReadError)


def test_a_search_of_the_country_splits_into_its_cities_and_that_of_a_city_no_further() -> None:
    first = next(iter(spider().first_pages()))
    slices = spider().narrower(first)
    assert len({follow.url for follow in slices}) == len(slices) > 300
    for follow in slices:
        assert {name: value for name, value in asked(follow).items() if name != "locationCodes"} == asked(first)
        assert follow.is_next_page
    assert spider().narrower(slices[0]) == []


def test_the_cap_is_the_lowest_that_anybody_saw() -> None:
    assert AliAssetsSpider.max_reachable == 3320


def test_every_search_is_of_the_asset_side() -> None:
    for follow in (*spider().first_pages(), *spider("上海").first_pages()):
        assert is_asset_page(Page(b"", follow.url, datetime.now(UTC)))


def test_pages_of_items_are_wanted_but_not_of_withdrawn_ones() -> None:
    crawler = spider()
    body = case_body(FULL_PAGE).replace("正在进行".encode(), "已撤回".encode(), 1)
    page = Page(body, case_note(FULL_PAGE, "url"), datetime.fromisoformat(case_note(FULL_PAGE, "now")))
    reading = read(page, crawler.readers["ali_assets.list_cards"])
    wanted = [crawler.wants(follow, page, reading) for follow in reading.follows]
    assert len(wanted) == 41
    assert wanted[0] is False
    assert all(wanted[1:])


def test_a_crawl_finds_the_seller_of_a_home_on_its_own_page(database: Database) -> None:
    first, *others = (follow.url for follow in spider("贵阳").first_pages())
    head, card, *_ = case_body(SOME_CARDS).split(CARD)
    pages = [play(first, head + CARD + card + b"</div></div></body></html>"), play(BANK_FLAT, case_body(BANK_PAGE))]
    pages += [play(other, case_body("ali_assets/list_cards/nothing-found")) for other in others]
    with player_of(*pages) as player:
        summary = database.crawl("ali_assets", player.base_url, "贵阳")
    assert len(player.asked) == 1 + len(others) + 2  # robots.txt, the lists, the page of the one item
    (listing,) = database.listings
    assert (listing["source"], listing["source_id"]) == ("ali_assets", "900000002001")
    last = database.observations[-1]
    assert (last["seller_kind"], last["round_kind"], last["round_number"]) == ("rural_bank", "direct_sale", 3)
    assert summary.verdict == "ok"
