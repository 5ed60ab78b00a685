"""工行融e购: what is asked for, and a crawl of played pages."""

import pytest

from crawler.errors import UnknownPlace
from crawler.items import Follow
from crawler.orders import CrawlScope
from crawler.parsers import icbc
from crawler.spiders.icbc import IcbcSpider
from tests.crawler.spiders.crawl_help import Database, case_body, play, player_of

SITE = "https://gf.trade.icbc.com.cn"


def first_pages(*cities: str) -> list[Follow]:
    return list(IcbcSpider(scope=CrawlScope(cities=cities)).first_pages())


def test_homes_are_asked_for_by_province_and_city() -> None:
    everywhere, province, city = *first_pages(), *first_pages("广东", "Guangzhou")
    filters = [
        tuple((page.form or {})[name] for name in ("categoryFilter", "SMProvinceFilter", "SMSecondRegionFilter"))
        for page in (everywhere, province, city)
    ]
    homes = '["SM310000000000000006"]'
    assert filters == [(homes, "", ""), (homes, '["44"]', ""), (homes, '["44"]', '["4401"]')]


def test_only_court_sales_are_asked_for() -> None:
    assert {(page.form or {})["subjectChildType"] for page in first_pages("广东", "上海")} == {"1"}


def test_a_district_is_refused() -> None:
    with pytest.raises(UnknownPlace):
        first_pages("广州市天河区")


def test_a_crawl_reads_every_page_its_lots_and_their_live_data(database: Database) -> None:
    lists = [icbc.list_page(number, "SM310000000000000006", "4401") for number in (1, 2)]
    cases = ("two-lots-page-1-of-2", "last-page")
    lot = case_body("icbc/lot/first-auction-of-a-court").decode()
    live = case_body("icbc/live/sell-off-running").decode()
    pages = [
        play(page.url, case_body(f"icbc/list/{case}"), form=page.form) for page, case in zip(lists, cases, strict=True)
    ]
    for number in (1, 2, 3):
        address = f"{SITE}/wholeSaleProd/prodDetail.jhtml?prodId=B00090010{number}"
        pages.append(play(address, lot.replace("201907240000609101", f"20190724000060910{number}")))
        trade = f"{SITE}/subjectMatterTrade/getNewDateNew.jhtml?subjectMatterTradeId=20190724000060910{number}"
        pages.append(play(trade, live.replace("B000445087", f"B00090010{number}")))
    with player_of(*pages) as player:
        summary = database.crawl("icbc", player.base_url, "广州市")
    assert (summary.verdict, summary.reason) == ("ok", None)
    stored = {listing["source_id"]: listing for listing in database.listings}
    assert set(stored) == {"B000900101", "B000900102", "B000900103"}
    assert {row["status"] for row in stored.values()} == {"ongoing"}
    assert {row["current_price"] for row in stored.values()} == {164_140_00}
    assert not any("visitorCount" in asked["target"] for asked in player.asked)


def test_an_answer_from_all_over_the_country_is_refused(database: Database) -> None:
    (first,) = first_pages("海口")
    rows = "".join(
        f'<ul><li></li><li><a href="{SITE}/x.jhtml?prodId=B00090020{number}"'
        f' title="广州市越秀区环市东路{number}号402房"></a></li></ul>'
        for number in range(1, 7)
    )
    page = f"<html><body><div class='tabContent5'><div>{rows}</div></div><script>total = 1;</script></body></html>"
    with player_of(play(first.url, page, form=first.form)) as player:
        summary = database.crawl("icbc", player.base_url, "海口")
    assert summary.verdict == "layout_changed"
    assert database.listings == []
