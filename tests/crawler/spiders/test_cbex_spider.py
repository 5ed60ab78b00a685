"""北交互联: what is asked for, and a crawl of played pages."""

import pytest

from crawler.errors import UnknownPlace
from crawler.items import Follow
from crawler.orders import CrawlScope
from crawler.parsers import cbex
from crawler.spiders.cbex import CbexSpider
from tests.crawler.spiders.crawl_help import Database, case_body, play, player_of

XMIDS = ("1F0C2B7A9D3E4F5061728394A5B6C7D8", "1F0C2B7A9D3E4F5061728394A5B6C7D9")


def first_pages(*cities: str) -> list[Follow]:
    return list(CbexSpider(scope=CrawlScope(cities=cities)).first_pages())


def test_homes_are_asked_for_by_province() -> None:
    (guangdong, shanghai) = first_pages("Guangdong", "31")
    assert guangdong.form is not None
    assert shanghai.form is not None
    assert (guangdong.form["bdwlx"], guangdong.form["bdwszd"], shanghai.form["bdwszd"]) == ("6", "440000", "310000")
    assert first_pages()[0].form == cbex.list_page(1, "6").form


def test_a_city_is_refused_since_the_form_knows_provinces() -> None:
    with pytest.raises(UnknownPlace):
        first_pages("广州")


def test_a_crawl_reads_lots_their_pages_states_and_bids(database: Database) -> None:
    rows = case_body("cbex/list/two-lots-of-guangdong")
    lists = [cbex.list_page(number, "6", "440000") for number in (1, 2)]
    lot = case_body("cbex/lot/second-auction")
    sold = case_body("cbex/state/sold-after-75-extensions")
    failed = case_body("cbex/state/failed")
    bids, counts = case_body("cbex/bids/sold-after-89-bids"), case_body("cbex/counts/lot-a")
    service = "https://otc.cbex.com/service/sfpm/detail"
    pages = [
        play(lists[0].url, rows, form=lists[0].form),
        play(lists[1].url, "\n", form=lists[1].form),
        *(play(f"https://otc.cbex.com/sfpm/detail/SF90010{number}.html", lot) for number in (1, 2)),
        *(
            play(f"https://otc.cbex.com/page/sfpm/detail/prjBidInfo?cpdm={xmid}&jjcc=1", state, form={})
            for xmid, state in zip(XMIDS, (sold, failed), strict=True)
        ),
        play(
            f"{service}/bidInfo?tag={XMIDS[0]}_&puuid=0&isSubmitBzj=false&ws=true",
            bids,
            form={"cpdm": XMIDS[0], "jjcc": "1"},
        ),
        play(f"{service}/detailInfo?xmid={XMIDS[0]}&itemno=SF900101", counts),
    ]
    with player_of(*pages) as player:
        summary = database.crawl("cbex", player.base_url, "广东省")
    assert (summary.verdict, summary.reason) == ("ok", None)
    stored = {listing["source_id"]: listing for listing in database.listings}
    assert {xmid: stored[xmid]["status"] for xmid in XMIDS} == {XMIDS[0]: "sold", XMIDS[1]: "failed"}
    assert stored[XMIDS[0]]["hammer_price"] == 3_592_050_00
    assert len(stored) == 2


def test_a_document_in_place_of_the_rows_stops_the_crawl(database: Database) -> None:
    (first,) = first_pages("广东")
    body = case_body("cbex/list/a-document-in-place-of-the-rows")
    with player_of(play(first.url, body, form=first.form)) as player:
        summary = database.crawl("cbex", player.base_url, "广东")
    assert summary.verdict == "blocked"
    assert database.listings == []
