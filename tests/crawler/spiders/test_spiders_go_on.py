"""A crawl that was stopped is gone on with where it stopped, and a list that moved meanwhile loses nobody."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from sqlalchemy import select, update

from benchmarks.hostile.world import PER_PAGE, Lot, list_answer, make_lots
from crawler.frontier import Frontier
from crawler.orders import CrawlOrders
from crawler.play import PlayedPage, Player
from store.engine import reading, writing
from store.rows import CRAWL_RUN
from tests.crawler.spiders.crawl_help import Database

COURTS = "rmfysszc"
NOW = datetime(2026, 9, 1, 1, tzinfo=UTC)
LOTS = [lot for lot in make_lots(NOW, seed=3) if lot.status_at(NOW)]
"""The newest stand first: four pages, the last one not full."""


class Lists(Player):
    """The list of a court site as it stands now; ``pages`` tells which of them were asked for."""

    def __init__(self, lots: Sequence[Lot]) -> None:
        super().__init__([])
        self.lots = list(lots)
        self.pages: list[int] = []
        self.on_page: Callable[[int], None] = lambda page: None
        self.broken_page: int | None = None

    def answer(self, target: str, form: bytes | None = None) -> PlayedPage | None:
        if form is None:
            return super().answer(target)
        page = int(parse_qs(form.decode())["page"][0])
        self.on_page(page)
        self.pages.append(page)
        if page == self.broken_page:
            return PlayedPage(date.min, target, b"", status=500)
        return PlayedPage(date.min, target, list_answer(self.lots, page, NOW).encode())


def crawl(database: Database, site: Lists, budget: int | None = None) -> tuple[str, list[int]]:
    """Verdict of a crawl of the lists, and the pages that it asked for."""
    site.pages.clear()
    summary = database.crawl(COURTS, site.base_url, with_details=False, budget=budget)
    return str(summary.verdict), list(site.pages)


def seen(database: Database) -> set[int]:
    return {int(listing["source_id"]) for listing in database.listings}


def numbers(lots: Sequence[Lot]) -> set[int]:
    return {lot.number for lot in lots}


def put_back(database: Database, hours: float) -> None:
    """Let a stopped crawl have begun so long ago."""
    with writing(database.engine) as connection:
        for run_id, left in connection.execute(select(CRAWL_RUN.c.id, CRAWL_RUN.c.left_to_ask)).all():
            if left is not None:
                words = json.loads(left)
                begun_at = datetime.fromisoformat(words["begun_at"]) - timedelta(hours=hours)
                words["begun_at"] = begun_at.isoformat()
                kept = json.dumps(words)
                connection.execute(update(CRAWL_RUN).where(CRAWL_RUN.c.id == run_id).values(left_to_ask=kept))


def covered(database: Database) -> int:
    """How many the last crawl says to have collected, over all its queries."""
    with reading(database.engine) as connection:
        sql = "SELECT sum(collected_count) FROM coverage WHERE crawl_run_id = (SELECT max(id) FROM crawl_run)"
        return int(connection.exec_driver_sql(sql).scalar_one())


@pytest.fixture
def pages_there() -> int:
    count = -(-len(LOTS) // PER_PAGE)
    assert count == 4
    assert len(LOTS) % PER_PAGE
    return count


def test_lists_go_on_one_page_before_where_a_budget_ended_and_count_nobody_twice(
    database: Database, pages_there: int
) -> None:
    with Lists(LOTS) as site:
        assert crawl(database, site, budget=3) == ("below_expectation", [1, 2, 3])
        assert seen(database) == numbers(sorted(LOTS, key=lambda lot: -lot.number)[: 3 * PER_PAGE])
        assert crawl(database, site) == ("ok", [3, 4, 5])
        assert seen(database) == numbers(LOTS)
        assert covered(database) == len(LOTS)
        assert crawl(database, site)[1] == [1, 2, 3, 4, 5]  # that one came to its end: the next begins anew


def test_a_crawl_that_is_stopped_again_and_again_comes_to_the_end(database: Database, pages_there: int) -> None:
    with Lists(LOTS) as site:
        asked = [crawl(database, site, budget=2)[1] for _ in range(4)]
    assert asked == [[1, 2], [2, 3], [3, 4], [4, 5]]
    assert seen(database) == numbers(LOTS)
    assert covered(database) == len(LOTS)


def test_a_list_that_lost_lots_meanwhile_loses_no_other_lot(database: Database) -> None:
    newest_first = sorted(LOTS, key=lambda lot: -lot.number)
    gone = newest_first[5 : 5 + PER_PAGE - 2]
    with Lists(LOTS) as site:
        crawl(database, site, budget=2)
        site.lots = [lot for lot in LOTS if lot not in gone]
        assert crawl(database, site)[1][0] == 2
    assert seen(database) == numbers(LOTS)


def test_a_list_that_moved_by_more_than_a_page_is_read_from_its_beginning(database: Database) -> None:
    with Lists(LOTS) as site:
        crawl(database, site, budget=2)
        site.lots = sorted(LOTS, key=lambda lot: lot.number)[: -(2 * PER_PAGE - 5)]
        assert crawl(database, site)[1] == [2, 1, 2, 3, 4]
    assert seen(database) == numbers(LOTS)


def test_a_page_that_breaks_leaves_its_list_to_the_next_crawl(database: Database) -> None:
    with Lists(LOTS) as site:
        site.broken_page = 3
        assert crawl(database, site)[0] == "http_error"
        site.broken_page = None
        assert crawl(database, site) == ("ok", [2, 3, 4, 5])
    assert seen(database) == numbers(LOTS)


def test_lots_that_another_run_saw_do_not_pass_for_those_of_the_page(database: Database) -> None:
    """Else a list that moved by two pages would seem to go on, and the lots between would be missed."""
    newest_first = sorted(LOTS, key=lambda lot: -lot.number)
    with Lists(LOTS) as site:
        crawl(database, site, budget=2)
        with Lists(newest_first[3 * PER_PAGE :]) as other:  # another scope: what it saw is no page of ours
            database.crawl(COURTS, other.base_url, with_details=False, max_pages=1)
        site.lots = newest_first[2 * PER_PAGE :]
        assert crawl(database, site)[1][:2] == [2, 1]
    assert seen(database) == numbers(LOTS)


def test_what_another_day_left_is_asked_for_in_turn_with_the_lists_from_their_beginning(database: Database) -> None:
    with Lists(LOTS) as site:
        crawl(database, site, budget=3)
        put_back(database, hours=20)
        verdict, asked = crawl(database, site)
        assert (verdict, asked) == ("ok", [1, 3, 2, 4, 3, 5])  # 3 again: the lists meet, and may have moved
        assert covered(database) == len(LOTS)


def test_what_another_day_left_is_not_lost_when_the_budget_ends_again(database: Database) -> None:
    with Lists(LOTS) as site:
        crawl(database, site, budget=2)
        put_back(database, hours=20)
        assert crawl(database, site, budget=3)[1] == [1, 2, 3]
        put_back(database, hours=20)
        assert crawl(database, site, budget=4)[1] == [1, 3, 2, 4]
    assert seen(database) == numbers(LOTS)


def test_a_killed_crawl_is_gone_on_with(database: Database) -> None:
    """It notes what is left from time to time, here with every page."""
    program = "import crawler.spiders.base as base; base.LEFT_NOTED_EVERY = 0; from crawler.run import main; main()"
    with Lists(LOTS) as site:
        orders = CrawlOrders(COURTS, database.url, with_details=False, base_url=site.base_url)
        with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            site.on_page = lambda page: os.kill(child.pid, signal.SIGKILL) if page == 3 else None
            child.communicate(json.dumps(asdict(orders)).encode() + b"\n")
        assert child.returncode == -signal.SIGKILL
        site.on_page = lambda page: None
        with writing(database.engine) as connection:
            connection.execute(update(CRAWL_RUN).values(alive_at=NOW - timedelta(days=1)))
        verdict, asked = crawl(database, site)
    assert verdict == "ok"
    assert asked[-3:] == [3, 4, 5]
    assert asked[0] in {1, 2}  # as far as it was committed: pages that come fast share a commit
    assert seen(database) == numbers(LOTS)


def test_another_scope_goes_on_with_nothing(database: Database) -> None:
    with Lists(LOTS) as site:
        crawl(database, site, budget=3)
        database.crawl(COURTS, site.base_url, with_details=False, max_pages=1)
        assert site.pages[-1:] == [1]
        assert crawl(database, site)[1][0] == 3


def test_what_another_version_kept_in_another_form_is_not_gone_on_with() -> None:
    assert Frontier.from_text('{"form": 0}') is None
