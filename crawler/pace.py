"""The pace of a site, kept by all crawls together, in whatever process and on whatever machine they are.

Scrapy keeps a delay within one crawl. It counts from one sending to the next, so that a request that was late on its
way is followed too soon, and it knows nothing of the crawl that ended a second ago, of one of another source on the
same domain, nor of one that was killed. Here each request waits for its turn, which stands in the database before the
site is asked; the delay is counted from the end of the answer.

No clock needs to be right. Who asks again himself counts by the clock that only runs on. Who comes after another waits
until that one's turn is over by the calendar, and in any case has seen it stand unchanged for a whole delay: a calendar
that is put forward makes nobody faster, one that is put back (the turn was noted in the future) stops nobody for long.
"""

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.utils.misc import build_from_crawler, load_object
from sqlalchemy import Connection

from crawler.manners import site_of
from store.errors import StoreError
from store.pace import Turn, last_turn, note_turn

PLAIN = "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"
LOOK_EVERY = 1.0
"""Seconds between two looks at a turn that is another's."""

SHORTEST = 0.01
"""Seconds: a clock that waits for less may find that it has not run on."""

CLOCKS_DIFFER = timedelta(minutes=1)
"""What the calendars of two machines may differ by; a turn noted further in the future tells of one put back."""

PATIENCE = 120.0
"""Seconds for which a database that cannot be written is waited for: without a turn nothing is asked."""

Result = TypeVar("Result")


class Store(Protocol):
    """Does some work in a transaction of its own (``RunRecorder.apart``)."""

    def __call__(self, work: Callable[[Connection], Result]) -> Result:
        """What the work gives."""


class Turns:
    """The turns of one process.

    Args:
        store: where they are noted.
        calendar: tells the time, aware; it may jump.
        clock: seconds, only ever running on.
        sleep: waits for some seconds.
    """

    def __init__(
        self,
        store: Store,
        calendar: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._calendar = calendar
        self._clock = clock
        self._sleep = sleep
        self._mark = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid4().hex[:8]}"
        self._own: dict[str, tuple[Turn, float]] = {}  # by site the last one, and when it ended
        self.one_at_a_time = asyncio.Lock()

    async def begin(self, site: str, delay: float, longest: float) -> None:
        """Wait until a site may be asked, and note that it is.

        Args:
            site: its domain.
            delay: seconds from the end of one answer to the next request.
            longest: seconds that an answer may take; who dies meanwhile holds the turn for so long.

        Raises:
            StoreError: the database cannot be written, for long.
        """
        if site in self._own:
            await self._sleep(max(self._own[site][1] + delay - self._clock(), 0.0))
        stands: Turn | None = None
        stood_since = told_at = self._clock()
        while True:
            try:
                last, is_ours = self._try(site, stands, stood_since, delay, longest)
            except StoreError:
                if self._clock() - told_at >= PATIENCE:
                    raise
                await self._sleep(LOOK_EVERY)
                continue
            if is_ours:
                return
            told_at = self._clock()
            if last != stands:
                stands, stood_since = last, told_at
            await self._sleep(min(max(self._wait(site, last, stood_since, delay), SHORTEST), LOOK_EVERY))

    def end(self, site: str, delay: float) -> None:
        """Note that the answer has come, or will not: from now on the delay is counted."""
        turn, _ = self._own[site]
        now = self._calendar()
        ended = Turn(self._mark, now, now + timedelta(seconds=delay))
        with suppress(StoreError):  # the turn stands for longer then
            if self._store(lambda connection: note_turn(connection, site, ended, turn)):
                turn = ended
        self._own[site] = turn, self._clock()

    def _try(
        self, site: str, stands: Turn | None, stood_since: float, delay: float, longest: float
    ) -> tuple[Turn | None, bool]:
        """The last turn, and whether the next one is ours now."""

        def work(connection: Connection) -> tuple[Turn | None, bool]:
            last = last_turn(connection, site)
            is_new = last != stands and not self._is_own(site, last)
            if is_new or self._wait(site, last, stood_since, delay) > 0:
                return last, False
            return last, self._note(connection, site, last, delay + longest)

        return self._store(work)

    def _note(self, connection: Connection, site: str, after: Turn | None, seconds: float) -> bool:
        now = self._calendar()
        turn = Turn(self._mark, now, now + timedelta(seconds=seconds))
        if not note_turn(connection, site, turn, after):
            return False
        self._own[site] = turn, self._clock()
        return True

    def _is_own(self, site: str, last: Turn | None) -> bool:
        return site in self._own and self._own[site][0] == last

    def _wait(self, site: str, last: Turn | None, stood_since: float, delay: float) -> float:
        """Seconds until the turn after ``last`` can be ours."""
        if last is None:
            return 0.0
        if self._is_own(site, last):
            return self._own[site][1] + delay - self._clock()
        stood = stood_since + delay - self._clock()
        now = self._calendar()
        is_put_back = last.noted_at > now + CLOCKS_DIFFER
        return stood if is_put_back else max(stood, (last.free_at - now).total_seconds())


class PacedHandler(BaseDownloadHandler):
    """Asks by another handler, one request at a time, each when it is its turn. Scrapy makes one for each scheme."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._behind = build_from_crawler(load_object(crawler.settings["FAPAI_HANDLER_BEHIND"]), crawler)
        session = getattr(self._behind, "_session", None)
        if session is not None:  # aiohttp (3.14) asks again at once where a connection that it kept was reset
            session._retry_connection = False
        self._turns: Turns = crawler.spider.turns  # type: ignore[union-attr]  # given by ``crawler.run``
        self._closing: asyncio.Future[None] | None = None

    async def download_request(self, request: Request) -> Response:
        """The answer to a request that has waited for its turn.

        Raises:
            IgnoreRequest: the turn could not be noted: nothing is asked any more, and the crawl ends.
        """
        site = site_name(request.url)
        longest = float(request.meta.get("download_timeout", self.crawler.settings.getfloat("DOWNLOAD_TIMEOUT")))
        async with self._turns.one_at_a_time:
            try:
                await self._turns.begin(site, self._delay(request), longest)
            except StoreError as failure:
                self._end_crawl(failure)
                raise IgnoreRequest(str(failure)) from None
            try:
                answer: Response = await self._behind.download_request(request)
                return answer
            finally:
                self._turns.end(site, self._delay(request))

    async def close(self) -> None:
        """Close the handler behind."""
        await self._behind.close()

    def _delay(self, request: Request) -> float:
        """Seconds: our own, or what robots.txt and slow answers have made of it."""
        own = self.crawler.settings.getfloat("DOWNLOAD_DELAY")
        engine = self.crawler.engine
        slot = engine.downloader.slots.get(request.meta.get("download_slot", "")) if engine is not None else None
        return own if slot is None else max(own, slot.delay)

    def _end_crawl(self, failure: StoreError) -> None:
        spider, engine = self.crawler.spider, self.crawler.engine
        if engine is not None and getattr(spider, "failure", None) is None:
            spider.failure = failure  # type: ignore[union-attr]
            # Not awaited: closing waits for this very request to be done with.
            self._closing = asyncio.ensure_future(engine.close_spider_async(reason="cannot_write"))


def paced_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """What differs from the settings of a crawl whose requests wait for no turn."""
    handlers = settings["DOWNLOAD_HANDLERS"]
    ours = dict.fromkeys(("http", "https"), "crawler.pace.PacedHandler")
    return {
        "DOWNLOAD_HANDLERS": {**handlers, **ours},
        "FAPAI_HANDLER_BEHIND": handlers.get("https", PLAIN),
    }


def site_name(url: str) -> str:
    """The domain that is asked, of which all sources and hosts share one pace; an address of numbers is its own."""
    host = urlsplit(url).hostname or ""
    return host if ":" in host or host.replace(".", "").isdigit() else site_of(host)
