"""Hands each read page over to the run's record."""

import asyncio
import json
import os
import sys
import time
from typing import Any, Self

from scrapy.crawler import Crawler

from crawler.recording import RunRecorder
from crawler.spiders.base import FailedRequest, ReadPageItem, SourceSpider
from store.errors import StoreError

PROGRESS_EVERY = 0.5


class RecordPipeline:
    """Archives and records page by page. Closes the crawl when the database or the archive cannot be written."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._told_at = 0.0
        self._closing: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy, before there is a spider."""
        return cls(crawler)

    @property
    def _spider(self) -> SourceSpider:
        spider = self._crawler.spider
        assert isinstance(spider, SourceSpider)  # noqa: S101
        return spider

    @property
    def _recorder(self) -> RunRecorder:
        recorder: RunRecorder = self._spider.recorder
        return recorder

    async def process_item(self, item: Any) -> Any:
        """Record one page or one failed request."""
        spider = self._spider
        if spider.failure is not None:
            return None
        try:
            if isinstance(item, FailedRequest):
                self._recorder.note_failure(spider.spec.name, item.outcome, f"{item.url}: {item.reason}")
            elif isinstance(item, ReadPageItem):
                self._recorder.take(item.page, item.reader, item.reading)
                self._tell_progress()
        except StoreError as failure:
            spider.failure = failure
            engine = self._crawler.engine
            if engine is not None:
                # Not awaited: closing waits for this very item to be done with.
                self._closing = asyncio.ensure_future(engine.close_spider_async(reason="cannot_write"))
        return None

    def _tell_progress(self) -> None:
        """At most twice a second, a line of JSON for the process that started the crawl."""
        now = time.monotonic()
        if now - self._told_at >= PROGRESS_EVERY:
            self._told_at = now
            try:
                sys.stdout.write(json.dumps({"progress": self._recorder.totals()}) + "\n")
                sys.stdout.flush()
            except BrokenPipeError:  # whoever ordered the crawl is gone: nobody waits for the rest
                sys.stdout = open(os.devnull, "w")  # noqa: SIM115
                engine = self._crawler.engine
                if engine is not None:
                    self._closing = asyncio.ensure_future(engine.close_spider_async(reason="shutdown"))
