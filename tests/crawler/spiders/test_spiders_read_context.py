"""The open data of Hong Kong is crawled over real HTTP and stored as series."""

from crawler.parsers import hk_rvd, hkma
from store.rows import SERIES_POINT
from tests.crawler.spiders.crawl_help import Database, case_body, play, player_of


def test_hkma_is_one_call_and_stores_its_points(database: Database) -> None:
    body = case_body("hkma/negative_equity/five-quarters")
    with player_of(play(hkma.list_page().url, body, content_type="application/json")) as player:
        summary = database.crawl("hkma", player.base_url)
    assert [asked["target"] for asked in player.asked][1:] == [hkma.list_page().url.partition("hkma.gov.hk")[2]]
    assert summary.counters["page/read"] == 1
    points = database.rows(SERIES_POINT)
    assert len(points) == 30
    assert database.listings == []


def test_hk_rvd_asks_for_four_files_and_stores_what_they_hold(database: Database) -> None:
    month, quarter = case_body("hk_rvd/index/price-index-by-month"), case_body("hk_rvd/index/rent-index-by-quarter")
    bodies = {"1.4M.csv": month, "1.3M.csv": month, "1.4Q.csv": quarter, "1.3Q.csv": quarter}
    pages = [play(hk_rvd.DATA_URL + name, body, content_type="text/csv") for name, body in bodies.items()]
    with player_of(*pages) as player:
        summary = database.crawl("hk_rvd", player.base_url)
    assert summary.counters["page/read"] == 4
    series = {point["series"] for point in database.rows(SERIES_POINT)}
    assert {"hk_rvd.price_index.monthly.class_a", "hk_rvd.rent_index.quarterly.classes_a_b_c"} <= series
