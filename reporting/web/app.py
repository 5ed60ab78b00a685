"""The application: all parts put together behind the guard."""

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI, Request
from starlette.middleware.gzip import GZipMiddleware

from reporting.web import operations, passwords, statics
from reporting.web.board.keeper import BoardKeeper
from reporting.web.kept_counts import health_count, unlinked_count, waiting_list
from reporting.web.navigation import api_modules, page_modules
from reporting.web.passwords import Tries, ask_for_password, is_let_in
from reporting.web.problems import add_problem_handlers, answer_problem
from reporting.web.security import App, Guard, Message, Receive, Scope, Send
from reporting.web.settings import Settings
from reporting.web.slow import SlowLog

log = logging.getLogger(__name__)

API = "/api/v1"
THREADS = 12
"""Requests that are worked on at once: fewer than the 15 connections that the engine's pool gives out."""

SWITCHES = 0.001
"""Seconds after which a busy thread lets another go on: the one that takes and sends all requests waits for its turn
several times a request, by default for five milliseconds behind each busy one.
"""

PACKED_FROM = 1_000  # bytes


def create_app(settings: Settings) -> FastAPI:
    """An application over one database. It asks nothing of any other server."""
    app = FastAPI(
        title="fapai",
        version="1",
        docs_url=None,  # these pages would load their scripts from elsewhere
        redoc_url=None,
        openapi_url=f"{API}/openapi.json",
        lifespan=_lifespan,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.tries = Tries()
    app.state.boards = BoardKeeper(settings.engine, settings.clock, kept=settings.archive.with_suffix(".board"))
    app.state.unlinked = unlinked_count(settings.engine)
    app.state.health = health_count(settings.engine)
    app.state.waiting = waiting_list(settings.engine)
    add_problem_handlers(app)
    for router in (operations.router, passwords.router, statics.router, *settings.routers):
        app.include_router(router)
    for module in page_modules():
        app.include_router(module.router, include_in_schema=False)
    programs = APIRouter(prefix=API)
    for module in api_modules():
        programs.include_router(module.router)
    app.include_router(programs)
    app.add_middleware(LetIn)
    app.add_middleware(GZipMiddleware, minimum_size=PACKED_FROM, compresslevel=4)
    app.add_middleware(Guard, settings=settings)
    app.add_middleware(SlowLog)  # the last one added is the outermost
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = THREADS
    sys.setswitchinterval(SWITCHES)
    app.state.boards.refresh_soon()
    counts = (app.state.health, app.state.unlinked, app.state.waiting)
    for each in counts:
        each.prepare(app.state.settings.clock())
    yield
    if hasattr(app.state, "statistics"):  # only once one was asked for
        app.state.statistics.close()
    for each in (app.state.boards, *counts):
        each.close()


class LetIn:
    """Lets in who may see anything, and asks the others for the password. Plain ASGI: a layer of Starlette's own kind
    passes every answer on through two more tasks.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, is_begun = Request(scope, receive), False

        async def note(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            await (self._app if is_let_in(request) else ask_for_password(request))(scope, receive, note)
        except Exception:  # the edge: what nobody expected is logged here, and told without its trace
            log.exception("%s %s failed", request.method, request.url.path)
            if is_begun:
                raise
            await answer_problem(request, 500, "")(scope, receive, send)
