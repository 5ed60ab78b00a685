"""A crawl of a real site waits for its turn at it; one of a server on this machine asks for none."""

from datetime import UTC, datetime, timedelta

from crawler.orders import CrawlOrders
from store.engine import reading, writing
from store.pace import Turn, last_turn, note_turn
from tests.crawler.spiders.crawl_help import LIST, Database, bank_list, crawl_with, play, player_of

QUICKLY = {"DOWNLOAD_DELAY": 0.05, "AUTOTHROTTLE_START_DELAY": 0.05, "AUTOTHROTTLE_MAX_DELAY": 0.05}


def test_each_request_of_a_crawl_is_a_turn_at_its_site(database: Database) -> None:
    """0.0.0.0 leads to this machine, but is no address that the crawler takes for it."""
    with player_of(*(play(LIST.format(state), bank_list(3)) for state in ("MS", "PI"))) as player:
        base_url = player.base_url.replace("127.0.0.1", "0.0.0.0")
        began = datetime.now(UTC)
        with writing(database.engine) as connection:
            other = Turn("of another crawl", began, began + timedelta(seconds=1))
            assert note_turn(connection, "0.0.0.0", other, None)
        result = crawl_with(QUICKLY, CrawlOrders("br_caixa", database.url, ("MS", "PI"), base_url=base_url))
    assert result["summary"]["counters"]["page/read"] == 2
    assert len(player.asked) == 3
    with reading(database.engine) as connection:
        last = last_turn(connection, "0.0.0.0")
    assert last is not None
    assert last.holder != other.holder
    assert last.free_at - last.noted_at == timedelta(seconds=0.05)
    assert min(page["observed_at"] for page in database.pages) >= other.free_at


def test_a_server_on_this_machine_is_asked_without_turns(database: Database) -> None:
    with player_of(play(LIST.format("MS"), bank_list(3))) as player:
        assert database.crawl("br_caixa", player.base_url, "MS").verdict == "ok"
    with reading(database.engine) as connection:
        assert last_turn(connection, "127.0.0.1") is None
