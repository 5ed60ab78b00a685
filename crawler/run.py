"""One crawl in a process of its own: ``python -m crawler.run`` with its orders on standard input.

A leak, a crash in lxml or a stuck page takes no scheduler with it. The orders come by standard input, since a
database address may hold a password and arguments can be seen by everybody on the machine. Progress and the
result go to standard output as lines of JSON.
"""

import gc
import json
import logging
import sys
from contextlib import suppress
from dataclasses import asdict
from importlib import import_module
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler

from crawler.browser_orders import BrowserFailed, check_browser
from crawler.errors import ReadError, WrongOrder
from crawler.items import SourceSpec
from crawler.orders import BrowserOrders, CrawlOrders
from crawler.pace import Turns, paced_settings
from crawler.recording import RunRecorder, RunSummary
from crawler.settings import crawl_settings, is_loopback
from crawler.sources import source_specs
from crawler.spiders.base import BUDGET_SPENT, SourceSpider
from store.engine import archive_root, open_engine
from store.errors import StoreError

__all__ = ["CrawlOrders", "crawl", "main", "spider_class"]

STOPS_BY_US = {"finished", "blocked", "login_required", "broken_pages", "cannot_write", BUDGET_SPENT}


def main() -> int:
    """Crawl as ordered. Exit codes: 0 the crawl ended (well or not: see the result), 1 it could not be recorded."""
    text = sys.stdin.readline()  # a line: what the user answers may follow
    if not text:  # not needed any more
        return 0
    orders = json.loads(text)
    orders["cities"] = tuple(orders["cities"])
    orders["listings"] = tuple(map(tuple, orders["listings"]))
    orders["browser"] = orders["browser"] and BrowserOrders(**orders["browser"])
    result = crawl(CrawlOrders(**orders))
    sys.stdout.write(json.dumps(result) + "\n")
    return 1 if result.get("error") else 0


def crawl(orders: CrawlOrders, extra_settings: dict[str, Any] | None = None) -> dict[str, Any]:
    """Run one spider to its end; gives ``{"summary": …}`` or ``{"error": …}``. Once in a process only."""
    spec = source_specs()[orders.source]
    try:
        if orders.browser is not None:
            check_browser(orders.browser)
        settings = crawl_settings(spec, orders.base_url, orders.log_level) | (extra_settings or {})
        spider_class(orders.source)(scope=orders.scope()).check_orders()
        recorder = RunRecorder(
            open_engine(orders.database),
            archive_root(orders.database),
            orders.scope().words(),
            {orders.source: spec.title},
        )
        recorder.run_of(orders.source)  # a crawl that gets no page is a run too
    except (ReadError, StoreError) as failure:
        return {"error": str(failure), "is_wrong_order": isinstance(failure, WrongOrder)}
    if orders.browser is not None:
        from crawler.browser import browser_settings, close_window

        settings |= browser_settings(spec, orders, settings)
    if not is_loopback(orders.base_url):
        settings |= paced_settings(settings)
    process = AsyncCrawlerProcess(settings)
    # Scrapy's own notes on experimental parts say nothing about this crawl.
    logging.getLogger("scrapy.core.downloader.handlers").setLevel(logging.ERROR)
    # A robots.txt that does not come is no crash: the page asked for next tells what is wrong with the server.
    logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)
    crawler = process.create_crawler(spider_class(orders.source))
    process.crawl(crawler, scope=orders.scope(), recorder=recorder, turns=Turns(recorder.apart))
    _collect_rarely()
    process.start()
    result = _result(spec, orders, recorder, crawler)
    if orders.browser is not None:
        close_window(crawler)
    return result


def _collect_rarely() -> None:
    """Look for cycles in what is new only, and seldom: a page makes thousands of tuples and hardly a cycle.

    At Python's own pace it took a twelfth of a crawl.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def spider_class(source: str) -> type[SourceSpider]:
    """The spider of a source: the one class of its module that carries its name."""
    module = import_module(f"crawler.spiders.{source}")
    for found in vars(module).values():
        if isinstance(found, type) and issubclass(found, SourceSpider) and getattr(found, "name", None) == source:
            return found
    raise LookupError(f"no spider in crawler.spiders.{source}")


def _result(spec: SourceSpec, orders: CrawlOrders, recorder: RunRecorder, crawler: Crawler) -> dict[str, Any]:
    failure = getattr(crawler.spider, "failure", None)
    if failure is not None and not isinstance(failure, BrowserFailed):
        with suppress(StoreError):  # told now if it can be, and not in three minutes as an end without a word
            recorder.close(None, str(failure))
        return {"error": str(failure)}
    stats = crawler.stats.get_stats() if crawler.stats else {}
    reason = getattr(crawler.spider, "finish_reason", "not begun")
    errors = stats.get("log_count/ERROR", 0)
    crashed = None if reason in STOPS_BY_US and not errors else f"stopped: {reason}, {errors} errors in the log"
    crashed = crashed if failure is None else str(failure)
    is_whole = orders.scope().is_whole and not getattr(crawler.spider, "is_resumed", False)
    try:
        spider = crawler.spider
        if isinstance(spider, SourceSpider):
            _record_manners(spec, orders, recorder, spider, reason)
        summaries = recorder.close(spec.expects if is_whole else None, crashed)
    except StoreError as error:
        return {"error": str(error)}
    return {"summary": asdict(_only(summaries))} if failure is None else {"error": str(failure)}


def _record_manners(
    spec: SourceSpec, orders: CrawlOrders, recorder: RunRecorder, spider: SourceSpider, reason: str
) -> None:
    """How much was covered, and whether pages are left."""
    recorder.note_coverage(spec.name, spider.covered())
    recorder.note_lists_asked(spec.name, spider.lists_asked)
    recorder.note_left(spec.name, spider.left())
    if spider.is_resumed:
        recorder.note_resumed(spec.name)
    if orders.scope().is_whole:
        recorder.note_gap(spec.name, spider.gap())
    if reason == BUDGET_SPENT:
        spent = f"the budget of {orders.budget} requests is spent, pages are left"
        recorder.note_partial(spec.name, spider.stop_because or spent)


def _only(summaries: list[RunSummary]) -> RunSummary:
    (summary,) = summaries
    return summary


if __name__ == "__main__":
    sys.exit(main())
