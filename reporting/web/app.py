"""The application: all parts put together behind the guard."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI, Request, Response
from starlette.middleware.gzip import GZipMiddleware

from reporting.health import health_report
from reporting.web import operations, passwords, statics
from reporting.web.board.keeper import BoardKeeper
from reporting.web.kept_health import HealthKeeper
from reporting.web.navigation import api_modules, page_modules
from reporting.web.passwords import Tries, ask_for_password, is_let_in
from reporting.web.problems import add_problem_handlers, answer_problem
from reporting.web.security import Guard
from reporting.web.settings import Settings
from reporting.web.unlinked import UnlinkedCount

log = logging.getLogger(__name__)

API = "/api/v1"
THREADS = 12
"""Requests that are worked on at once: fewer than the 15 connections that the engine's pool gives out."""

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
    app.state.boards = BoardKeeper(settings.engine, settings.clock)
    app.state.unlinked = UnlinkedCount()
    app.state.health = HealthKeeper(health_report)
    add_problem_handlers(app)
    for router in (operations.router, passwords.router, statics.router, *settings.routers):
        app.include_router(router)
    for module in page_modules():
        app.include_router(module.router, include_in_schema=False)
    programs = APIRouter(prefix=API)
    for module in api_modules():
        programs.include_router(module.router)
    app.include_router(programs)
    app.middleware("http")(_let_in)
    app.add_middleware(GZipMiddleware, minimum_size=PACKED_FROM, compresslevel=4)
    app.add_middleware(Guard, settings=settings)  # the last one added is the outermost
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = THREADS
    app.state.boards.refresh_soon()
    yield
    if hasattr(app.state, "statistics"):  # only once one was asked for
        app.state.statistics.close()
    app.state.boards.close()


async def _let_in(request: Request, follow: Callable[[Request], Awaitable[Response]]) -> Response:
    try:
        return await follow(request) if is_let_in(request) else ask_for_password(request)
    except Exception:  # the edge: what nobody expected is logged here, and told without its trace
        log.exception("%s %s failed", request.method, request.url.path)
        return answer_problem(request, 500, "")
