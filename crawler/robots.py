"""robots.txt after RFC 9309: what cannot be read forbids everything, what is not there allows it."""

from typing import Any
from urllib.parse import urljoin

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from twisted.internet.defer import Deferred

MOST_REDIRECTS = 5
REDIRECTS = {301, 302, 303, 307, 308}
REFUSING = {429, 503}


class Unreadable(IgnoreRequest):
    """A robots.txt that is there but cannot be read: nothing may be asked."""


class AskedToWait(IgnoreRequest):
    """The answer to the question for robots.txt says stop; ``retry_after`` is what it said of when to come again."""

    def __init__(self, reason: str, retry_after: str | None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class ForbidsAll:
    """Stands for a robots.txt that cannot be read (RFC 9309, 2.3.1.4)."""

    def __init__(self, why: IgnoreRequest) -> None:
        self.why = why

    def allowed(self, *_page_and_agent: Any) -> bool:
        """Nothing is.

        Raises:
            IgnoreRequest: always, with the reason.
        """
        raise self.why


class StrictRobotsTxtMiddleware(RobotsTxtMiddleware):
    """Scrapy's own, but for answers that are no robots.txt: it reads any body as one, and a failure as leave."""

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        """Follow redirects, judge the status, then read.

        A missing file (4xx) allows everything, a server that fails (5xx) forbids it; 429 and 503 say stop, here as
        on any page.
        """
        for _ in range(MOST_REDIRECTS):
            if response.status not in REDIRECTS:
                break
            response = await self._redirected(response)
        if response.status in REFUSING:
            retry_after = (response.headers.get("Retry-After") or b"").decode("latin-1") or None
            self._settle(netloc, ForbidsAll(AskedToWait(f"robots.txt: HTTP {response.status}", retry_after)))
            return
        if response.status >= 500:
            self._settle(netloc, ForbidsAll(Unreadable(f"robots.txt cannot be read: HTTP {response.status}")))
            return
        if response.status >= 300:
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)

    async def _redirected(self, response: Response) -> Response:
        location = (response.headers.get("Location") or b"").decode("latin-1")
        engine = self.crawler.engine
        assert engine is not None  # noqa: S101
        target = Request(urljoin(response.url, location), meta={"dont_obey_robotstxt": True}, callback=NO_CALLBACK)
        return await engine.download_async(target)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._settle(netloc, ForbidsAll(Unreadable(f"robots.txt cannot be read: {type(exc).__name__}: {exc}")))

    def _settle(self, netloc: str, forbids: ForbidsAll) -> None:
        waiting = self._parsers[netloc]
        self._parsers[netloc] = forbids  # type: ignore[assignment]
        if isinstance(waiting, Deferred):
            waiting.callback(forbids)  # type: ignore[arg-type]
