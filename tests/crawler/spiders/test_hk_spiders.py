"""Hong Kong's lists are one page each, and say so to whoever asks for a district."""

import pytest

from crawler.errors import UnknownPlace
from crawler.orders import CrawlScope
from crawler.parsers import hk_aaproperty, hk_chungsen
from crawler.run import spider_class
from crawler.spiders.base import SourceSpider
from store.rows import LISTING
from tests.crawler.spiders.crawl_help import Database, case_body, play, player_of

LISTS = {
    "hk_chungsen": (hk_chungsen.LIST_URL, "hk_chungsen/list/areas-in-feet-and-prices-in-wan", 6),
    "hk_aaproperty": (hk_aaproperty.LIST_URL, "hk_aaproperty/list/lots-of-two-auctions", 5),
}
each_source = pytest.mark.parametrize("source", LISTS)


def spider(source: str, *cities: str) -> SourceSpider:
    return spider_class(source)(scope=CrawlScope(cities))


@each_source
def test_one_page_is_asked(source: str) -> None:
    (first,) = spider(source).first_pages()
    assert (first.url, first.method, first.is_next_page) == (LISTS[source][0], "GET", True)


@each_source
@pytest.mark.parametrize("city", ["沙田區", "HK-ST", "Sha Tin"])
def test_a_district_is_refused_before_anything_is_asked(source: str, city: str) -> None:
    with pytest.raises(UnknownPlace, match="leave out --city"):
        spider(source, city).check_orders()


@each_source
def test_a_crawl_reads_the_list_and_asks_for_nothing_more(source: str, database: Database) -> None:
    address, case, count = LISTS[source]
    with player_of(play(address, case_body(case))) as player:
        summary = database.crawl(source, player.base_url)
    assert summary.counters["listing/seen"] == count
    assert len(database.rows(LISTING)) == count
    assert len(player.asked) == 2  # robots.txt and the list
