"""Hands each read page over to the run's record."""

import asyncio
import json
import os
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call

from crawler.manners import pause_until
from crawler.recording import RunRecorder
from crawler.settings import is_loopback
from crawler.spiders.base import STOPPING, FailedRequest, ReadPageItem, SourceSpider
from store.errors import StoreError
from store.terms import PageOutcome

PROGRESS_EVERY = 0.5
SIGN_OF_LIFE_EVERY = 60.0  # seconds
ROBOTS_TXT = 1  # request, before all others


class RecordPipeline:
    """Archives and records page by page. Closes the crawl when the database or the archive cannot be written."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._told_at = 0.0
        self._counted = 0  # requests, towards the day's budget
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

    def open_spider(self) -> None:
        """Begin to give signs of life."""
        self._signs_of_life = create_looping_call(self._give_sign_of_life)
        self._signs_of_life.start(SIGN_OF_LIFE_EVERY, now=False)

    def close_spider(self) -> None:
        """The crawl is over; its record is closed by whoever ordered it."""
        if self._signs_of_life.running:
            self._signs_of_life.stop()

    def _give_sign_of_life(self) -> None:
        with suppress(StoreError):  # somebody else is writing for long: the next page will tell
            if self._spider.failure is None:
                self._recorder.give_sign_of_life()

    async def process_item(self, item: Any) -> Any:
        """Record one page or one failed request."""
        spider = self._spider
        if spider.failure is not None:
            return None
        try:
            if isinstance(item, FailedRequest):
                self._keep_manners(item.outcome, item.reason)
                self._recorder.note_failure(spider.spec.name, item.outcome, f"{item.url}: {item.reason}")
                self._recorder.commit()
            elif isinstance(item, ReadPageItem):
                self._keep_manners(item.reading.outcome, item.reading.reason)
                self._recorder.take(item.page, item.reader, item.reading)
                self._tell_progress()
        except StoreError as failure:
            spider.failure = failure
            engine = self._crawler.engine
            if engine is not None:
                # Not awaited: closing waits for this very item to be done with.
                self._closing = asyncio.ensure_future(engine.close_spider_async(reason="cannot_write"))
        return None

    def _keep_manners(self, outcome: PageOutcome, reason: str | None) -> None:
        """Count requests and note a refusal, committed with the page: a crawl that is killed, or another one of the
        same source, must not ask for more than one would.
        """
        spider = self._spider
        if is_loopback(spider.scope.base_url):
            return
        spec, now = spider.spec, datetime.now(UTC)
        zone = ZoneInfo(spec.readers[0].dialect.time_zone)
        day = now.astimezone(zone).date()
        retries = self._crawler.stats.get_value("retry/count", 0) if self._crawler.stats else 0
        made = ROBOTS_TXT + spider.requests_made + int(retries)
        self._recorder.note_requests(spec.name, day, made - self._counted)
        self._counted = made
        if outcome in STOPPING:
            self._recorder.pause(spec.name, pause_until(now, zone, spider.retry_after), reason or "it refused")
        told = self._recorder.stop_because(spec.name, day, spec.requests_per_day, now)
        spider.stop_because = spider.stop_because or told

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
