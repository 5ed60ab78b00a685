"""The companion's side of the server: pages that a user's browser has shown come in, what is known of a home goes out.

Who may ask: a browser extension that shows a token of ``fapai pair``. A page on the web can send neither its origin nor
the token, and the answers carry no permission to read them from elsewhere. What reads pages lives in the crawler, which
``reporting`` does not know: it is handed in.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from sqlalchemy import Engine

from reporting.alerts.errors import BadSecrets
from reporting.web.known_home import KnownHome, cut_listings, find_known_home
from reporting.web.pairing import is_paired
from reporting.web.sent_pages import CaptureAnswer, PageAnswer, ReadListing, SentPage, SentPages, TakenPage
from store.engine import reading
from store.errors import StoreError

CAPTURE_PATH = "/api/v1/capture"
LISTING_PATH = "/api/v1/companion/listing"
MOST_BYTES = 24 * 2**20
REQUESTS_AT_ONCE = 60
REQUESTS_PER_SECOND = 2.0
EXTENSIONS = ("chrome-extension", "moz-extension")
BUSY_SECONDS = "30"
SAFE = frozenset(("GET", "HEAD"))
REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"description": "no token, or one that is not (or no more) paired"},
    403: {"description": "not asked by a browser extension, or a server for reading only"},
    413: {"description": "the body is too large"},
    429: {"description": "too many requests: wait for Retry-After seconds"},
    503: {"description": "the database is busy or cannot be written: send it all again"},
}

TakePages = Callable[[Sequence[SentPage]], Sequence[TakenPage]]
NamesOf = Callable[[str], Sequence[str]]
Call = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Companion:
    """What the program hands in.

    Attributes:
        engine: the database.
        pairings: the file of ``reporting.web.pairing``.
        take: reads pages and records them, each whole or not at all; may be given the same ones again. ``None`` on a
            server for reading only.
        names_of: the listings (``SOURCE:ID``) that a page's address can be of, the likeliest first.
        clock: seconds, for the rate limit.
    """

    engine: Engine
    pairings: Path
    take: TakePages | None
    names_of: NamesOf
    clock: Callable[[], float] = monotonic


class RateLimit:
    """A bucket of so many requests that fills again at a steady rate. Pairings share it: they are of one user."""

    def __init__(self, clock: Callable[[], float], most: float = REQUESTS_AT_ONCE, rate: float = REQUESTS_PER_SECOND):
        self._clock, self._most, self._rate = clock, most, rate
        self._left, self._at = most, clock()

    def seconds_to_wait(self) -> float:
        """0 where a request may pass, which is then counted; else how long until one may."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return (1 - self._left) / self._rate
        self._left -= 1
        return 0.0


def companion_router(companion: Companion) -> APIRouter:
    """The routes under ``/api/v1``; they look after themselves (origin, token, size, rate)."""
    router = APIRouter(tags=["companion"], route_class=guarded(companion, RateLimit(companion.clock)))

    @router.post(CAPTURE_PATH, responses=REFUSALS)
    async def capture(sent: SentPages) -> CaptureAnswer:
        """Archive and read pages that a browser has shown, as ``fapai capture`` does with saved ones."""
        if companion.take is None:
            raise HTTPException(403, "this server is for reading only")
        try:
            return await run_in_threadpool(_take, companion, companion.take, sent.pages)
        except StoreError as failure:
            raise HTTPException(503, str(failure), {"Retry-After": BUSY_SECONDS}) from None

    @router.get(LISTING_PATH, responses={**REFUSALS, 404: {"description": "the page is of no home that is known"}})
    async def listing(
        url: str = Query(max_length=8_000, description="The address of the page."),
        name: str | None = Query(None, max_length=200, description="SOURCE:ID, where reading the page has told it."),
    ) -> KnownHome:
        """The earlier rounds of the home that a page shows, and how far its price has come down."""
        names = [*([name] if name else []), *companion.names_of(url)]
        try:
            home = await run_in_threadpool(_find, companion.engine, names)
        except StoreError as failure:
            raise HTTPException(503, str(failure), {"Retry-After": BUSY_SECONDS}) from None
        if home is None:
            raise HTTPException(404, "no home is known by this page")
        return home

    return router


def guarded(companion: Companion, limit: RateLimit) -> type[APIRoute]:
    """Routes that let nobody in before origin, token and rate were looked at, and read no more than ``MOST_BYTES``."""

    class GuardedRoute(APIRoute):
        def get_route_handler(self) -> Any:
            call: Call = super().get_route_handler()

            async def guard(request: Request) -> Response:
                _check_origin(request)
                await run_in_threadpool(_check_token, request, companion.pairings)
                wait = limit.seconds_to_wait()
                if wait:
                    raise HTTPException(429, "too many requests", {"Retry-After": str(int(wait) + 1)})
                return await call(_bounded(request))

            return guard

    return GuardedRoute


def _check_origin(request: Request) -> None:
    """Browsers name the origin of every POST; of a GET that needs no permission they need not."""
    origin = request.headers.get("origin")
    if origin is None and request.method in SAFE:
        return
    if origin is None or origin.partition("://")[0] not in EXTENSIONS:
        raise HTTPException(403, "only a browser extension may ask for this")


def _check_token(request: Request, pairings: Path) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        is_known = scheme.lower() == "bearer" and is_paired(pairings, token.strip())
    except BadSecrets as failure:
        raise HTTPException(503, str(failure)) from None
    if not is_known:
        raise HTTPException(401, "not paired: run fapai pair", {"WWW-Authenticate": "Bearer"})


def _bounded(request: Request) -> Request:
    """The same request, of which no more than ``MOST_BYTES`` are read, whatever its headers say."""
    told = request.headers.get("content-length", "0")
    if not told.isdigit() or int(told) > MOST_BYTES:
        raise HTTPException(413, "the body is too large")
    size = 0

    async def receive() -> Any:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        if size > MOST_BYTES:
            raise HTTPException(413, "the body is too large")
        return message

    return Request(request.scope, receive)


def _take(companion: Companion, take: TakePages, pages: Sequence[SentPage]) -> CaptureAnswer:
    taken = take(pages)
    names = {name for page in taken for name in page.listings}
    with reading(companion.engine) as connection:
        cut = cut_listings(connection, names) if names else set()
    answers = [
        PageAnswer(
            outcome=page.outcome,
            reason=page.reason,
            listings=[ReadListing(name=name, is_cut=name in cut) for name in page.listings],
            refused_count=page.refused_count,
        )
        for page in taken
    ]
    return CaptureAnswer(pages=answers, listing_count=len(names), cut_count=len(cut))


def _find(engine: Engine, names: Sequence[str]) -> KnownHome | None:
    with reading(engine) as connection:
        return find_known_home(connection, names)
