"""The companion's side behind the guard of all pages: a body that will be refused is not read at all."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from reporting.web.app import create_app
from reporting.web.companion import CAPTURE_PATH, MOST_BYTES, REQUESTS_AT_ONCE, Companion, companion_router
from reporting.web.pairing import make_token
from reporting.web.settings import OwnGuard, Settings
from store.engine import open_engine
from store.schema import upgrade
from tests.reporting.web.companion_help import NOON, as_extension

MEBIBYTE = 2**20


@pytest.fixture
def token(tmp_path: Path) -> str:
    return make_token(tmp_path / "secrets.companion", NOON)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    """The whole application, as ``fapai serve`` makes it but for the crawler; its clock stands still."""
    engine = open_engine(f"sqlite:///{tmp_path / 'fapai.sqlite'}")
    upgrade(engine)
    yield app_over(engine, tmp_path)
    engine.dispose()


def app_over(engine: Engine, folder: Path) -> FastAPI:
    companion = Companion(engine, folder / "secrets.companion", lambda pages: [], lambda _: [], lambda: 0.0)
    places = (folder / "pages", folder / "secrets", folder / "feeds")
    guards = [OwnGuard(CAPTURE_PATH)]
    return create_app(Settings(engine, *places, routers=[companion_router(companion)], own_guards=guards))


def send(app: FastAPI, headers: dict[str, str], body: Callable[[], bytes | None]) -> tuple[int, int]:
    """The status of the answer, and how often the application asked for a part of the body."""
    asked = 0
    answers: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        part = body()
        return {"type": "http.request", "body": part or b"", "more_body": part is not None}

    async def tell(message: dict[str, Any]) -> None:
        answers.append(message)

    told = {"host": "127.0.0.1", "content-type": "application/json", **headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": CAPTURE_PATH,
        "raw_path": CAPTURE_PATH.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in told.items()],
        "server": ("127.0.0.1", 8765),
        "client": ("127.0.0.1", 50_000),
    }
    asyncio.run(app(scope, receive, tell))
    return answers[0]["status"], asked


def endless() -> bytes:
    return b" " * MEBIBYTE


def test_of_a_stranger_not_a_byte_is_read(app: FastAPI, token: str):
    headers = as_extension(token) | {"Authorization": "Bearer of a stranger"}

    assert send(app, headers, endless) == (401, 0)


def test_of_a_page_on_the_web_not_a_byte_is_read(app: FastAPI, token: str):
    headers = as_extension(token) | {"Origin": "https://sf.taobao.com"}

    assert send(app, headers, endless) == (403, 0)


def test_a_body_that_says_that_it_is_too_large_is_not_read(app: FastAPI, token: str):
    headers = as_extension(token) | {"Content-Length": str(MOST_BYTES + 1)}

    assert send(app, headers, endless) == (413, 0)


def test_a_body_that_never_ends_is_read_no_further_than_it_may_be(app: FastAPI, token: str):
    status, asked = send(app, as_extension(token), endless)

    assert status == 413
    assert asked == MOST_BYTES // MEBIBYTE + 1


def test_of_too_many_requests_not_a_byte_is_read(app: FastAPI, token: str):
    def empty() -> None:
        return None

    before = {send(app, as_extension(token), empty)[0] for _ in range(REQUESTS_AT_ONCE)}
    assert before == {400}  # heard, and found to be no pages

    assert send(app, as_extension(token), endless) == (429, 0)
