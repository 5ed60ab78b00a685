"""One tab of a real Chromium: asks for one document at a time and gives the very bytes of the answer.

The answer is taken where the browser has received it and not yet shown it (Fetch.requestPaused of the DevTools
protocol). So a redirect is told and not followed, a body is that of the wire and not what scripts have made of it, and
a table is no download. Nothing is hidden from the site: Chromium says itself that it is under control.
"""

import asyncio
import base64
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

REDIRECTS = {301, 302, 303, 307, 308}
SHOWN = ("text/html", "application/xhtml", "application/json", "text/plain")
UNREAD = ("Image", "Media", "Font")  # nobody reads them, and a page costs the site less without
WATCHED = [{"resourceType": "Document", "requestStage": stage} for stage in ("Request", "Response")]
QUIET_WITHIN = 15.0  # seconds in which a page must have loaded its data


class NoAnswer(Exception):
    """The server did not answer, or with more than may be read."""


class Question(NamedTuple):
    """A document to ask for. ``body`` and ``headers`` only where it is asked for by POST."""

    url: str
    method: str = "GET"
    body: bytes = b""
    headers: Mapping[str, str] = {}


class Answer(NamedTuple):
    """What came: the body without the encoding of its transport."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Tab:
    """Wraps a tab of Playwright; nobody else may navigate it. Images, films and fonts are not loaded in it."""

    def __init__(self, tab: Page, session: CDPSession, frame_id: str, max_bytes: int) -> None:
        self._tab = tab
        self._session = session
        self._frame_id = frame_id
        self._max_bytes = max_bytes
        self._question: Question | None = None  # that the browser has not been handed yet
        self._answer: asyncio.Future[Answer] | None = None
        self._resuming: set[asyncio.Task[None]] = set()

    @classmethod
    async def watch(cls, tab: Page, max_bytes: int) -> "Tab":
        """Take over a tab."""
        session = await tab.context.new_cdp_session(tab)
        frames = await session.send("Page.getFrameTree")
        watched = cls(tab, session, frames["frameTree"]["frame"]["id"], max_bytes)
        session.on("Fetch.requestPaused", watched._on_paused)
        await session.send("Network.enable")
        await session.send("Network.setBypassServiceWorker", {"bypass": True})
        unread = [{"resourceType": kind, "requestStage": "Request"} for kind in UNREAD]
        await session.send("Fetch.enable", {"patterns": WATCHED + unread})
        return watched

    async def ask(self, question: Question) -> Answer:
        """Navigate to a document.

        Raises:
            NoAnswer: none came, or a larger one than may be read.
            PlaywrightError: the tab is gone.
        """
        await self._tab.goto("about:blank")  # ends what the page before was still doing
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answer = answer
        self._question = question
        await self._session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        going: asyncio.Future[Any] = asyncio.ensure_future(self._tab.goto(question.url, wait_until="commit"))
        try:
            await asyncio.wait([going, answer], return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise NoAnswer(_first_line(going.exception()))
            with suppress(PlaywrightError):  # a redirect is not followed, a table not shown
                await going
            await self._session.send("Network.setCacheDisabled", {"cacheDisabled": False})
            return answer.result()
        finally:
            going.cancel()
            self._answer = self._question = None

    async def rendered(self) -> tuple[str, str]:
        """Address and markup of the page once its scripts have loaded what they want, or after a while."""
        with suppress(PlaywrightTimeout):
            await self._tab.wait_for_load_state("networkidle", timeout=QUIET_WITHIN * 1000)
        return self._tab.url, await self._tab.content()

    async def leave(self) -> None:
        """Give the tab back to the user, with its images."""
        with suppress(PlaywrightError):
            await self._session.send("Fetch.disable")

    def _on_paused(self, event: dict[str, Any]) -> None:
        task = asyncio.ensure_future(self._resume(event))
        self._resuming.add(task)
        task.add_done_callback(self._resuming.discard)

    async def _resume(self, event: dict[str, Any]) -> None:
        """Let the browser go on with a request or an answer; take the answer to our question."""
        paused = {"requestId": event["requestId"]}
        is_awaited = event["frameId"] == self._frame_id and self._answer is not None and not self._answer.done()
        with suppress(PlaywrightError):  # the page or the tab is gone
            if event["resourceType"] in UNREAD:
                await self._session.send("Fetch.failRequest", paused | {"errorReason": "BlockedByClient"})
            elif is_awaited and "responseStatusCode" in event:
                goes_on = await self._take(event)
                if goes_on:
                    await self._session.send("Fetch.continueRequest", paused)
                else:
                    await self._session.send("Fetch.failRequest", paused | {"errorReason": "Aborted"})
            else:
                question, self._question = (self._question, None) if is_awaited else (None, self._question)
                await self._session.send("Fetch.continueRequest", paused | _by_post(event, question))

    async def _take(self, event: dict[str, Any]) -> bool:
        """Keep an answer; gives whether the browser shall show it."""
        assert self._answer is not None  # noqa: S101
        status = int(event["responseStatusCode"])
        headers = [(each["name"], each["value"]) for each in event.get("responseHeaders", ())]
        by_name = {name.lower(): value for name, value in headers}
        if status in REDIRECTS and "location" in by_name:
            self._answer.set_result(Answer(status, headers, b""))
            return False
        stated = by_name.get("content-length", "")
        length = int(stated) if stated.isdigit() else 0
        body = b"" if length > self._max_bytes else await self._read_body(event["requestId"])
        wrong = None
        if max(length, len(body)) > self._max_bytes:
            wrong = f"more than {self._max_bytes // 2**20} MiB"
        elif len(body) < length and "content-encoding" not in by_name:
            wrong = f"cut short: {len(body)} of {length} bytes"
        if wrong is not None and not self._answer.done():
            self._answer.set_exception(NoAnswer(wrong))
            return False
        if not self._answer.done():  # given up while it was read
            self._answer.set_result(Answer(status, headers, body))
        is_download = by_name.get("content-disposition", "").lower().startswith("attachment")
        return by_name.get("content-type", "text/html").lower().startswith(SHOWN) and not is_download

    async def _read_body(self, request_id: str) -> bytes:
        """The body.

        Raises:
            PlaywrightError: it broke off; the navigation fails and tells.
        """
        told = await self._session.send("Fetch.getResponseBody", {"requestId": request_id})
        return base64.b64decode(told["body"]) if told["base64Encoded"] else str(told["body"]).encode()


def _by_post(event: dict[str, Any], question: Question | None) -> dict[str, Any]:
    """What must be changed in the browser's own request, which is always a GET."""
    if question is None or question.method == "GET":
        return {}
    headers = {**event["request"]["headers"], **question.headers}
    return {
        "method": question.method,
        "postData": base64.b64encode(question.body).decode(),
        "headers": [{"name": name, "value": value} for name, value in headers.items()],
    }


def _first_line(error: BaseException | None) -> str:
    return str(error).partition("\n")[0] if error else "no answer"
