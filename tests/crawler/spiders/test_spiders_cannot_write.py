"""A crawl whose pages cannot be archived says so in its record, and bars nobody's way."""

import pytest

from crawler.launch import run_crawl
from crawler.orders import CrawlFailed, CrawlOrders
from tests.crawler.spiders.crawl_help import LIST, Database, bank_list, play, player_of


def test_a_crawl_that_cannot_archive_is_closed_with_the_reason_and_the_next_one_begins_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with player_of(play(LIST.format("MS"), bank_list(3))) as player:
        orders = CrawlOrders("br_caixa", database.url, ("MS",), base_url=player.base_url)
        with monkeypatch.context() as elsewhere:
            elsewhere.setenv("FAPAI_ARCHIVE", str(database.path / "in-a-file"))
            with pytest.raises(CrawlFailed, match="archive of pages cannot be written"):
                run_crawl(orders)
        assert database.crawl("br_caixa", player.base_url, "MS").verdict == "ok"
    failed, healthy = database.runs
    assert failed["verdict"] == "crashed"
    assert failed["reason"].startswith("the archive of pages cannot be written")
    assert failed["finished_at"] is not None
    assert [page["crawl_run_id"] for page in database.pages] == [healthy["id"]]
