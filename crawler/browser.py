"""Crawling in a real Chromium: the same spider, parsers and record; only the fetching is the browser's.

Archived is the answer as the site sent it, since that is what the parsers know. Only where a reader finds it to be an
empty shell, whose data a script loads, the rendered page is taken instead, if that is more than a shell. robots.txt is
asked for as ever, by a plain request under our own name; the pages under the browser's. A redirect goes to the spider,
which judges it as in any crawl. Pictures, films and fonts are not loaded.

scrapy-playwright is not used (0.0.48, seen 2026-11): it hands over the rendered page in place of the answer, follows
redirects to a login before the spider can judge them, and opens a private window in the browser that it connects to, in
which the user is not logged in.
"""

import asyncio
import time
from typing import Any

from playwright.async_api import Error as PlaywrightError
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError
from scrapy.http import Request, Response
from scrapy.utils.misc import build_from_crawler, load_object

from crawler.browser_orders import BrowserFailed
from crawler.browser_tab import Answer, NoAnswer, Question, Tab
from crawler.browser_window import Window
from crawler.items import SourceSpec
from crawler.orders import CrawlOrders
from crawler.reading import read
from crawler.spiders.base import SourceSpider
from store.terms import PageOutcome

PLAIN = "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"
DECODED = ("content-encoding", "content-length", "transfer-encoding")
REFUSED = {"blocked", "login_required"}
GONE = ("closed", "crashed")
LONGEST_LOGIN = 3600  # seconds; nothing comes while the user logs in


def browser_settings(spec: SourceSpec, orders: CrawlOrders, plain: dict[str, Any]) -> dict[str, Any]:
    """What differs from the settings of a plain crawl."""
    assert orders.browser is not None  # noqa: S101
    handlers = plain["DOWNLOAD_HANDLERS"]
    window = Window(orders.browser, spec.title, orders.base_url or spec.home_url, plain["DOWNLOAD_MAXSIZE"])
    ours = dict.fromkeys(("http", "https"), "crawler.browser.BrowserHandler")
    return {
        "DOWNLOAD_HANDLERS": {**handlers, **ours},
        "CLOSESPIDER_TIMEOUT_NO_ITEM": LONGEST_LOGIN,
        "FAPAI_PLAIN_HANDLER": handlers.get("https", PLAIN),
        "FAPAI_WINDOW": window,
    }


def close_window(crawler: Crawler) -> None:
    """Close the browser of a crawl that has ended and is recorded."""
    window: Window = crawler.settings["FAPAI_WINDOW"]
    reason = getattr(crawler.spider, "finish_reason", "")
    window.close(reason.replace("_", " ") if reason in REFUSED else None)


class BrowserHandler(BaseDownloadHandler):
    """Scrapy makes one for each scheme; they share the window."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._plain = build_from_crawler(load_object(crawler.settings["FAPAI_PLAIN_HANDLER"]), crawler)
        self._window: Window = crawler.settings["FAPAI_WINDOW"]
        self._closing: asyncio.Future[None] | None = None

    async def download_request(self, request: Request) -> Response:
        """A page by the browser, robots.txt by the plain handler.

        Raises:
            DownloadFailedError: no answer, or no browser; without one the crawl ends.
            DownloadTimeoutError: no answer in time.
        """
        if "follow" not in request.cb_kwargs:
            plain: Response = await self._plain.download_request(request)
            return plain
        try:
            tab = await self._window.tab()
            return await self._ask(tab, request)
        except NoAnswer as failure:
            raise DownloadFailedError(str(failure)) from None
        except PlaywrightError as failure:
            if any(mark in str(failure) for mark in GONE):
                self._end_crawl(BrowserFailed("the browser was closed"))
            raise DownloadFailedError(str(failure).partition("\n")[0]) from None
        except BrowserFailed as failure:
            self._end_crawl(failure)
            raise DownloadFailedError(str(failure)) from None

    async def close(self) -> None:
        """Close the plain handler. The window stays until the crawl is recorded."""
        await self._plain.close()

    async def _ask(self, tab: Tab, request: Request) -> Response:
        begun = time.monotonic()
        seconds = float(request.meta.get("download_timeout", 30))
        form = request.headers.get("Content-Type")
        headers = {} if form is None else {"Content-Type": form.decode("latin-1")}
        try:
            async with asyncio.timeout(seconds):
                answer = await tab.ask(Question(request.url, request.method, request.body, headers))
        except TimeoutError:
            raise DownloadTimeoutError(f"Getting {request.url} took longer than {seconds:g} seconds.") from None
        request.meta["download_latency"] = time.monotonic() - begun
        response = to_response(request, answer)
        return await self._without_shell(tab, request, response)

    async def _without_shell(self, tab: Tab, request: Request, response: Response) -> Response:
        """The page that scripts have made, where the answer is a shell and that page is not."""
        if not self._is_shell(request, response):
            return response
        url, markup = await tab.rendered()
        if url.partition("#")[0] != response.url.partition("#")[0]:  # a script has gone on: a redirect like others
            return Response(response.url, 302, {"Location": url}, request=request)
        kept = [(name, value) for name, value in headers_of(response) if name.lower() != "content-type"]
        answer = Answer(response.status, [*kept, ("Content-Type", "text/html; charset=utf-8")], markup.encode())
        rendered = to_response(request, answer)
        return response if self._is_shell(request, rendered) else rendered

    def _is_shell(self, request: Request, response: Response) -> bool:
        spider, follow = self.crawler.spider, request.cb_kwargs["follow"]
        assert isinstance(spider, SourceSpider)  # noqa: S101
        if response.status != 200 or b"html" not in (response.headers.get("Content-Type") or b"html"):
            return False
        page = spider._page(response, follow)
        return read(page, spider._reader_for(page, follow)).outcome is PageOutcome.EMPTY_SHELL

    def _end_crawl(self, failure: BrowserFailed) -> None:
        spider, engine = self.crawler.spider, self.crawler.engine
        if isinstance(spider, SourceSpider) and engine is not None and spider.failure is None:
            spider.failure = failure
            # Not awaited: closing waits for this very request to be done with.
            self._closing = asyncio.ensure_future(engine.close_spider_async(reason="no_browser"))


def to_response(request: Request, answer: Answer) -> Response:
    """What the spider gets. The body is decoded already, so the headers must not say otherwise."""
    headers: dict[str, list[str]] = {}
    for name, value in answer.headers:
        if name.lower() not in DECODED:
            headers.setdefault(name, []).append(value)
    return Response(request.url, answer.status, headers, answer.body, request=request)


def headers_of(response: Response) -> list[tuple[str, str]]:
    """The headers of a response, one for each value."""
    pairs = ((name, value) for name, values in response.headers.items() for value in values)
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs]
