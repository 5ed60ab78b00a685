"""What the spider of Alibaba's court auctions asks for, how it splits, and when an answer is not what was asked for."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from crawler.errors import UnknownPlace
from crawler.items import Follow
from crawler.orders import CrawlScope
from crawler.page import Page
from crawler.parsers import ali_judicial as parser
from crawler.reading import Reading, read
from crawler.spiders.ali_judicial import LIST_URL, AliJudicialSpider, asked_place, slices, split_days, windows
from store.rows import BID
from tests.crawler.spiders.crawl_help import Database, case_body, case_note, play, player_of

NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
TODAY = date(2026, 9, 1)


def spider(*cities: str) -> AliJudicialSpider:
    return AliJudicialSpider(CrawlScope(cities=cities))


def asked(follow: Follow) -> dict[str, str]:
    query = parse_qs(urlsplit(follow.url).query, encoding="gb18030")
    return {name: values[0] for name, values in query.items()}


def reading_of(case: str) -> Reading:
    reader = next(each for each in parser.READERS if each.name == f"ali_judicial.{case.partition('/')[0]}")
    return read(Page(case_body(f"ali_judicial/{case}"), case_note(f"ali_judicial/{case}", "url"), NOW), reader)


def test_everywhere_is_one_list_for_each_status() -> None:
    pages = list(spider().first_pages())
    assert [page.url for page in pages] == [f"{LIST_URL}&sorder={status}" for status in "012"]
    assert all(page.is_next_page for page in pages)


PLACES = [
    ("合肥", {"city": "合肥"}),
    ("合肥市", {"city": "合肥"}),
    ("Suzhou", {"city": "苏州"}),
    ("3501", {"city": "福州"}),
    ("江苏", {"province": "江苏"}),
    ("内蒙古自治区", {"province": "内蒙古"}),
    ("上海", {"province": "上海"}),
    ("Heilongjiang", {"province": "黑龙江"}),
    ("330108", {"location_code": "330108"}),
    ("合肥市蜀山区", {"location_code": "340104"}),
]


@pytest.mark.parametrize(("name", "expected"), PLACES)
def test_a_place_is_asked_for_as_the_site_knows_it(name: str, expected: dict[str, str]) -> None:
    pages = list(spider(name).first_pages())
    assert [asked(page) for page in pages] == [
        {"category": "50025969", **expected, "sorder": status} for status in ("0", "1", "2")
    ]


def test_names_are_encoded_in_gbk_as_recorded_links_are() -> None:
    (page, *_) = spider("焦作").first_pages()
    assert "&city=%BD%B9%D7%F7&" in page.url


@pytest.mark.parametrize("name", ["Atlantis", "999999", "330621", ""])  # 330621: 绍兴县, dissolved in 2013
def test_an_unknown_place_is_refused_before_anything_is_asked(name: str) -> None:
    with pytest.raises(UnknownPlace):
        list(spider(name).first_pages())


def test_a_list_that_is_too_long_splits_down_to_the_price_and_no_further() -> None:
    crawl = spider()
    follow, seen = list(crawl.first_pages())[2], []
    while parts := crawl.narrower(follow):
        assert len({part.url for part in parts}) == len(parts) > 1
        assert all(part.is_next_page and part.reader == follow.reader for part in parts)
        assert all(asked(part).items() >= (asked(follow).items() - windows_of(follow)) for part in parts)
        follow = parts[len(parts) // 2]
        seen.append(sorted(set(asked(follow)) - {"category", "sorder", "auction_start_seg"}))
    day = ["auction_start_from", "auction_start_to", "city", "province"]
    assert seen == [["province"], ["city", "province"], day, day, day, sorted([*day, "startPrice", "endPrice"])]


def windows_of(follow: Follow) -> set[tuple[str, str]]:
    return {(name, value) for name, value in asked(follow).items() if name.startswith("auction_start_")}


def test_a_province_splits_into_its_cities_by_name_and_its_counties_by_code() -> None:
    parts = [
        asked(part) for part in spider().narrower(Follow(f"{LIST_URL}&province=%BA%D3%C4%CF", "ali_judicial.list_json"))
    ]
    assert {part["province"] for part in parts} == {"河南"}
    assert {"郑州", "洛阳", "焦作"} <= {part.get("city") for part in parts}
    assert [part["location_code"] for part in parts if "city" not in part] == ["419001"]


def test_a_municipality_goes_on_to_its_days() -> None:
    parts = spider().narrower(Follow(f"{LIST_URL}&province=%C9%CF%BA%A3&sorder=2", "ali_judicial.list_json"))
    assert all("auction_start_from" in asked(part) for part in parts)


def test_a_list_without_category_splits_by_category_after_the_city() -> None:
    further = list(slices({"city": "%BA%CF%B7%CA", "sorder": "2"}, TODAY))
    assert further[0] == {"category": "50025969"}
    assert len(further) == 7


@pytest.mark.parametrize("status", ["0", "1", "2"])
def test_windows_of_days_leave_no_day_out_and_none_twice(status: str) -> None:
    parts = split_days({"sorder": status}, TODAY)
    for (_, last), (first, _) in pairwise(parts):
        assert first == last + timedelta(days=1)
    assert parts[0][0] == date(2012, 1, 1)
    assert parts[-1][1] >= TODAY


def test_a_window_splits_within_itself_and_a_day_not_at_all() -> None:
    month = {"auction_start_from": "2026-01-15", "auction_start_to": "2026-02-13"}
    days = split_days(month, TODAY)
    assert len(days) == 30
    assert (days[0], days[-1]) == ((date(2026, 1, 15),) * 2, (date(2026, 2, 13),) * 2)
    assert split_days({"auction_start_from": "2026-01-15", "auction_start_to": "2026-01-15"}, TODAY) == []
    assert list(windows(TODAY, TODAY, timedelta(days=30))) == [(TODAY, TODAY)]


def test_a_further_page_splits_as_the_first_does() -> None:
    first, second = (Follow(f"{LIST_URL}&sorder=2{page}", "ali_judicial.list_json") for page in ("", "&page=2"))
    assert spider().narrower(first) == spider().narrower(second)


def test_pages_of_other_lists_are_not_split() -> None:
    search = Follow("https://zc-paimai.taobao.com/wow/pm/default/pc/zichansearch?page=1", "ali_judicial.list_cards")
    assert spider().narrower(search) == []


ASKED = [
    (f"{LIST_URL}&city=%BA%CF%B7%CA&sorder=0", "3401"),
    (f"{LIST_URL}&province=%BA%D3%C4%CF&city=%BD%B9%D7%F7", "4108"),
    (f"{LIST_URL}&province=%BD%AD%CB%D5", "32"),
    (f"{LIST_URL}&location_code=330108", "330108"),
    ("https://zc-paimai.taobao.com/wow/pm/default/pc/4b80fa?locationCodes=%5B%22350500%22%5D&page=1", "3505"),
    (f"{LIST_URL}&sorder=0", ""),
    (f"{LIST_URL}&city=%E5%90%88", ""),
]


@pytest.mark.parametrize(("url", "digits"), ASKED)
def test_the_place_asked_for_stands_in_the_address(url: str, digits: str) -> None:
    assert asked_place(url) == digits


HEFEI = "list_json/sell-offs-of-2020-with-next-page"  # 32 shops in 合肥
FRONT = "list_json/front-page-2018-with-six-blocks"  # 34 items of the whole country
QUANZHOU = "list_cards/upcoming-quanzhou-2026-08-31"


@pytest.mark.parametrize("place", ["&city=%BA%CF%B7%CA", "&province=%B0%B2%BB%D5", "&location_code=340102", ""])
def test_items_of_the_place_asked_for_are_what_was_asked_for(place: str) -> None:
    follow = Follow(f"{LIST_URL}{place}&sorder=0", "ali_judicial.list_json")
    assert spider().check_scope(follow, reading_of(HEFEI)) is None


@pytest.mark.parametrize("place", ["&location_code=330699", "&city=%BD%B9%D7%F7", "&province=%B8%A3%BD%A8"])
def test_a_code_answered_with_the_whole_country_is_told(place: str) -> None:
    follow = Follow(f"{LIST_URL}{place}&sorder=0", "ali_judicial.list_json")
    told = spider().check_scope(follow, reading_of(FRONT))
    assert told is not None
    assert "outside" in told


def test_cards_of_the_search_page_are_compared_with_its_code() -> None:
    url = case_note(f"ali_judicial/{QUANZHOU}", "url")
    reading = reading_of(QUANZHOU)
    assert json.loads(unquote(parse_qs(urlsplit(url).query)["locationCodes"][0])) == ["350500"]
    assert spider().check_scope(Follow(url, "ali_judicial.list_cards"), reading) is None
    elsewhere = Follow(url.replace("350500", "350100"), "ali_judicial.list_cards")
    assert spider().check_scope(elsewhere, reading) is not None


def test_a_detail_page_is_not_compared() -> None:
    follow = Follow("https://sf-item.taobao.com/sf_item/1.htm?city=%BD%B9%D7%F7", "ali_judicial.detail")
    assert spider().check_scope(follow, reading_of(FRONT)) is None


def test_the_cap_is_the_fewest_items_that_anybody_could_page_through() -> None:
    assert AliJudicialSpider.max_reachable == 83 * 40


SOLD, SELL_OFF = "1073199694629", "1078081130484"


def list_of(*rows: dict[str, object]) -> bytes:
    """A list page with rows as the site writes them, made of a recorded one."""
    page = case_body("ali_judicial/list_json/last-list-page-without-next").decode()
    head, _, rest = page.partition('type="text/json">')
    first = json.loads(rest.partition("</script")[0])["data"][0]
    data = json.dumps({"data": [first | {"sellOff": False} | row for row in rows]}, ensure_ascii=False)
    whole = f'{head}type="text/json">{data}</script{rest.partition("</script")[2]}'
    return re.sub(r'class="count">\d+<', f'class="count">{len(rows)}<', whole).encode()


def test_a_crawl_follows_lists_to_details_and_details_to_their_later_parts(database: Database) -> None:
    """And the listing is what all of them say together: the cut or followed price of a list gives way to the page's."""
    item_url = "https://sf-item.taobao.com/sf_item/{}.htm"
    rows = [
        {"id": int(SOLD), "title": "连江县敖江镇云坝路1号世茂云锦公馆7幢403单元", "status": "done", "bidCount": 36},
        {"id": int(SELL_OFF), "title": "惠安县黄塘镇聚龙养生园聚龙大道9号A-1#302号房产", "status": "todo"},
    ]
    details = {SOLD: "second-auction-sold-2026", SELL_OFF: "sell-off-upcoming-2026"}
    record = "https://sf.taobao.com/json/get_bid_records.htm?id={}&records_type=pageRecords"
    files = "https://detail-ext.taobao.com/json/get_item_attach.do?item_id={}"
    moments = (datetime(2026, 8, 28, 11, minute, tzinfo=UTC) for minute in range(60))
    bodies = {
        f"{LIST_URL}&sorder=0": list_of(
            *(row | {"itemUrl": item_url.format(row["id"]).removeprefix("https:"), "currentPrice": 1} for row in rows)
        ),
        f"{LIST_URL}&sorder=1": case_body("ali_judicial/list_json/nothing-found"),
        f"{LIST_URL}&sorder=2": case_body("ali_judicial/list_json/nothing-found"),
        **{item_url.format(each): case_body(f"ali_judicial/detail/{case}") for each, case in details.items()},
        **{files.format(each): b'null([{"id":7,"title":"x.pdf"}])' for each in details},
        record.format(SOLD): case_body("ali_judicial/bid_records/first-page-of-thirty-six-bids"),
        record.format(SOLD) + "&currentPage=2": case_body("ali_judicial/bid_records/last-page"),
    }
    pages = [play(url, body, memento=moment) for (url, body), moment in zip(bodies.items(), moments, strict=False)]
    with player_of(*pages) as player:
        summary = database.crawl("ali_judicial", player.base_url)
    assert summary.verdict == "below_expectation"  # two listings where thousands are
    assert len(player.asked) == 1 + len(bodies)
    stored = {listing["source_id"]: listing for listing in database.listings}
    assert stored.keys() == details.keys()
    sold = stored[SOLD]
    assert (sold["starting_price"], sold["hammer_price"], sold["deposit"]) == (325_279_00, 430_279_00, 40_000_00)
    assert (sold["status"], sold["round_kind"], sold["is_price_exact"]) == ("sold", "second_auction", True)
    assert (stored[SELL_OFF]["round_kind"], stored[SELL_OFF]["starting_price"]) == ("sell_off", 750_000_00)
    assert len(database.rows(BID)) == 20 + 20 + 16  # the page's own, and two pages of the record
