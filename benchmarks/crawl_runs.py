"""One measured crawl in this process: ``python -m benchmarks.crawl_runs KIND BASE_URL PAGES DATABASE``.

Prints CPU seconds from spider_opened to spider_closed and the peak of memory as JSON.
"""

import json
import os
import resource
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Response


class CpuMeter:
    """Takes the process's CPU time between the two signals, and its memory early and late."""

    started = ended = 0.0
    early_kb = 0
    responses = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "CpuMeter":
        meter = cls()
        crawler.signals.connect(meter.open, signal=signals.spider_opened)
        crawler.signals.connect(meter.close, signal=signals.spider_closed)
        crawler.signals.connect(meter.count, signal=signals.response_received)
        return meter

    def open(self) -> None:
        type(self).started = _cpu()

    def close(self) -> None:
        type(self).ended = _cpu()

    def count(self) -> None:
        type(self).responses += 1
        if type(self).responses == 50:
            type(self).early_kb = _resident_kb()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _resident_kb() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


class BareSpider(scrapy.Spider):
    """Scrapy as it comes: downloads the same pages and drops them."""

    name = "bare"

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for number in range(1, self.pages + 1):  # type: ignore[attr-defined]
            yield scrapy.Request(f"{self.base_url}/item_list.htm?page={number}", callback=self.parse)  # type: ignore[attr-defined]

    def parse(self, response: Response) -> None:
        """Nothing."""


def run_scrapy(spider: type[scrapy.Spider], settings: dict[str, Any], **arguments: Any) -> None:
    """Scrapy's defaults, and what is given."""
    base = {"EXTENSIONS": {"benchmarks.crawl_runs.CpuMeter": 0}, **settings}
    process = AsyncCrawlerProcess(base)
    process.crawl(process.create_crawler(spider), **arguments)
    process.start()


def run_ours(base_url: str, database: str) -> None:
    """Our spider with everything it does."""
    from crawler.run import CrawlOrders, crawl

    orders = CrawlOrders("ali_judicial", database, base_url=base_url, with_details=False)
    result = crawl(orders, {"EXTENSIONS": {"benchmarks.crawl_runs.CpuMeter": 0}})
    sys.stderr.write(json.dumps(result)[:400] + "\n")


BARE: dict[str, dict[str, Any]] = {"bare": {}, "silent": {"LOG_LEVEL": "ERROR"}}
"""Scrapy with its default settings, and the same without the line that it logs for each page."""


def main(arguments: list[str]) -> Iterator[str]:
    kind, base_url, pages, database = arguments
    if kind == "ours":
        run_ours(base_url, database)
    elif kind in BARE:
        run_scrapy(BareSpider, BARE[kind], base_url=base_url, pages=int(pages))
    else:
        from benchmarks.idiomatic import SETTINGS, IdiomaticSpider

        few = {"LOG_LEVEL": "ERROR", "DATABASE": database, "CLOSESPIDER_PAGECOUNT": int(pages)}
        run_scrapy(IdiomaticSpider, {**SETTINGS, **few}, base_url=base_url, pages=int(pages))
    meter = sys.modules["benchmarks.crawl_runs"].CpuMeter
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield json.dumps(
        {"cpu": meter.ended - meter.started, "early_kb": meter.early_kb, "peak_kb": peak, "pages": meter.responses}
    )


if __name__ == "__main__":
    sys.stdout.writelines(main(sys.argv[1:]))
