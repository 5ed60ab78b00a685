"""Who may ask the companion's side of the server, and for how much."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from fapai.companion import companion_of
from reporting.web.companion import (
    CAPTURE_PATH,
    LISTING_PATH,
    MOST_BYTES,
    REQUESTS_AT_ONCE,
    Companion,
    RateLimit,
    companion_router,
)
from reporting.web.pairing import forget_pairings, is_paired, make_token, pairing_line, pairings, pairings_path
from reporting.web.sent_pages import MOST_PAGES, SentPage, TakenPage
from store.engine import open_engine
from store.errors import CannotWrite
from tests.reporting.web.companion_help import EXTENSION, NOON, Client, as_extension

PAGE = {"url": "https://sf.taobao.com/", "body": "<html></html>", "observed_at": "2026-09-01T11:00:00+08:00"}


class Reader:
    """In place of the crawler: notes what it is given."""

    def __init__(self) -> None:
        self.given: list[SentPage] = []
        self.failure: Exception | None = None

    def __call__(self, pages: list[SentPage]) -> list[TakenPage]:
        if self.failure:
            raise self.failure
        self.given += pages
        return [TakenPage("skipped", "no reader knows this page") for _ in pages]


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def engine(new_sqlite_url: Callable[[], str]) -> Iterator[Engine]:
    opened = open_engine(new_sqlite_url())
    yield opened
    opened.dispose()


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    return tmp_path / "fapai.secrets.companion"


@pytest.fixture
def token(secrets: Path) -> str:
    return make_token(secrets, NOON)


@pytest.fixture
def clock() -> list[float]:
    """The seconds that the server believes it to be."""
    return [0.0]


@pytest.fixture
def client(engine: Engine, secrets: Path, reader: Reader, clock: list[float]) -> Client:
    app = FastAPI()
    app.include_router(companion_router(Companion(engine, secrets, reader, lambda _: [], lambda: clock[0])))
    return Client(app)


def test_a_paired_extension_is_heard(client: Client, reader: Reader, token: str):
    answer = client.post(CAPTURE_PATH, json={"pages": [PAGE]}, headers=as_extension(token))

    assert answer.status_code == 200
    assert answer.json() == {
        "pages": [{"outcome": "skipped", "reason": "no reader knows this page", "listings": [], "refused_count": 0}],
        "listing_count": 0,
        "cut_count": 0,
    }
    assert [page.url for page in reader.given] == [PAGE["url"]]


@pytest.mark.parametrize(
    "origin", ["https://sf.taobao.com", "http://127.0.0.1:8765", "null", "", "https://chrome-extension", None]
)
def test_nobody_but_an_extension_is_heard_whatever_token_it_has(
    client: Client, reader: Reader, token: str, origin: str | None
):
    headers = {"Authorization": f"Bearer {token}"} | ({} if origin is None else {"Origin": origin})

    answer = client.post(CAPTURE_PATH, json={"pages": [PAGE]}, headers=headers)

    assert answer.status_code == 403
    assert reader.given == []


def test_firefox_is_heard_too(client: Client, token: str):
    headers = as_extension(token) | {"Origin": "moz-extension://2c127fa4-62c7-4e4f-90e5-472b45eecfdc"}

    assert client.post(CAPTURE_PATH, json={"pages": [PAGE]}, headers=headers).status_code == 200


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", "Basic {token}", "Bearer {token}x", "Bearer 密码"])
def test_without_the_token_nothing_is_taken_nor_told(client: Client, reader: Reader, token: str, given: str):
    headers = {"Origin": EXTENSION, "Authorization": given.format(token=token).encode()}

    capture = client.post(CAPTURE_PATH, json={"pages": [PAGE]}, headers=headers)
    listing = client.get(LISTING_PATH, params={"url": PAGE["url"]}, headers=headers)

    assert (capture.status_code, listing.status_code) == (401, 401)
    assert capture.headers["WWW-Authenticate"] == "Bearer"
    assert reader.given == []


def test_a_page_on_the_web_is_not_told_what_is_known(client: Client, token: str):
    headers = {"Authorization": f"Bearer {token}", "Origin": "https://sf.taobao.com"}

    assert client.get(LISTING_PATH, params={"url": PAGE["url"]}, headers=headers).status_code == 403


def test_no_answer_may_be_read_by_other_origins(client: Client, token: str):
    """A browser asks before it sends the token for a page on the web; it is not answered that it may."""
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}

    before = client.request(
        "OPTIONS", CAPTURE_PATH, headers=asked | {"Access-Control-Request-Headers": "authorization"}
    )
    after = client.post(CAPTURE_PATH, json={"pages": [PAGE]}, headers=as_extension(token))

    assert not any(name.startswith("access-control") for answer in (before, after) for name in answer.headers)


def test_an_ended_pairing_is_not_heard_any_more(client: Client, secrets: Path, token: str):
    forget_pairings(secrets)

    assert client.post(CAPTURE_PATH, json={"pages": [PAGE]}, headers=as_extension(token)).status_code == 401


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: Client, reader: Reader, token: str):
    async def much() -> AsyncIterator[bytes]:
        for _ in range(25):
            yield b" " * 2**20

    headers = as_extension(token) | {"Content-Type": "application/json"}

    told = client.post(CAPTURE_PATH, content=b"{}", headers=headers | {"Content-Length": str(MOST_BYTES + 1)})
    untold = client.post(CAPTURE_PATH, content=much(), headers=headers)

    assert (told.status_code, untold.status_code) == (413, 413)
    assert reader.given == []


@pytest.mark.parametrize(
    "page",
    [
        PAGE | {"url": "file:///etc/passwd"},
        PAGE | {"url": "https://"},
        PAGE | {"body": ""},
        PAGE | {"observed_at": "2026-09-01T11:00:00"},
        PAGE | {"status": 99},
        PAGE | {"content_type": "text/html\r\nX: y"},
        PAGE | {"unknown": 1},
        {"url": PAGE["url"]},
    ],
    ids=["no web address", "no host", "no body", "no zone", "no status", "two headers", "unknown field", "incomplete"],
)
def test_what_is_no_page_is_refused_as_a_whole(client: Client, reader: Reader, token: str, page: dict[str, object]):
    answer = client.post(CAPTURE_PATH, json={"pages": [PAGE, page]}, headers=as_extension(token))

    assert answer.status_code == 422
    assert reader.given == []


def test_a_batch_has_a_limit(client: Client, token: str):
    pages = [PAGE] * (MOST_PAGES + 1)

    assert client.post(CAPTURE_PATH, json={"pages": pages}, headers=as_extension(token)).status_code == 422


def test_too_many_requests_wait(client: Client, clock: list[float], token: str):
    headers = as_extension(token)

    def ask() -> int:
        return client.get(LISTING_PATH, params={"url": PAGE["url"]}, headers=headers).status_code

    assert {ask() for _ in range(REQUESTS_AT_ONCE)} == {404}
    refused = client.get(LISTING_PATH, params={"url": PAGE["url"]}, headers=headers)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    clock[0] += 0.5
    assert (ask(), ask()) == (404, 429)


def test_strangers_do_not_use_up_the_requests_of_the_user(client: Client, token: str):
    for _ in range(REQUESTS_AT_ONCE + 1):
        client.get(LISTING_PATH, params={"url": PAGE["url"]})

    assert client.post(CAPTURE_PATH, json={"pages": [PAGE]}, headers=as_extension(token)).status_code == 200


def test_a_bucket_never_holds_more_than_it_can():
    now = [0.0]
    limit = RateLimit(lambda: now[0], most=2, rate=1)
    now[0] = 1_000.0

    assert [limit.seconds_to_wait() for _ in range(3)] == [0, 0, 1]


def test_a_database_that_cannot_be_written_is_told_as_busy(client: Client, reader: Reader, token: str):
    reader.failure = CannotWrite("the database cannot be written: database is locked")

    answer = client.post(CAPTURE_PATH, json={"pages": [PAGE]}, headers=as_extension(token))

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "locked" in answer.json()["detail"]


def test_a_server_for_reading_only_takes_nothing(engine: Engine, secrets: Path, token: str):
    app = FastAPI()
    app.include_router(companion_router(replace(companion_of(engine, is_read_only=True), pairings=secrets)))

    answer = Client(app).post(CAPTURE_PATH, json={"pages": [PAGE]}, headers=as_extension(token))

    assert answer.status_code == 403
    assert answer.json()["detail"] == "this server is for reading only"


def test_secrets_that_others_can_read_are_told(client: Client, secrets: Path, token: str):
    secrets.chmod(0o644)

    answer = client.post(CAPTURE_PATH, json={"pages": [PAGE]}, headers=as_extension(token))

    assert answer.status_code == 503
    assert "chmod 600" in answer.json()["detail"]


def test_a_token_is_kept_as_its_hash_only_readable_by_its_owner(secrets: Path):
    one, other = make_token(secrets, NOON), make_token(secrets, NOON)

    written = secrets.read_text()
    assert one not in written
    assert other not in written
    assert secrets.stat().st_mode & 0o777 == 0o600
    assert is_paired(secrets, one)
    assert is_paired(secrets, other)
    assert not is_paired(secrets, one[:-1])
    assert len(pairings(secrets)) == 2
    assert all(each.startswith("2026-09-01T04:00:00Z ") for each in pairings(secrets))


def test_the_hash_is_no_token(secrets: Path):
    make_token(secrets, NOON)
    (kept,) = (line.split('"')[3] for line in secrets.read_text().splitlines() if "sha256" in line)

    assert not is_paired(secrets, kept)
    assert not is_paired(secrets, kept.removeprefix("sha256:"))


def test_pairings_lie_apart_from_the_secrets_of_channels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv("FAPAI_SECRETS", raising=False)
    assert pairings_path("sqlite:////home/me/fapai.sqlite") == Path("/home/me/fapai.secrets.companion")

    monkeypatch.setenv("FAPAI_SECRETS", str(tmp_path / "mine"))
    assert pairings_path("postgresql://host/fapai") == tmp_path / "mine.companion"


def test_the_pairing_line_names_this_machine():
    assert pairing_line(8765, "abc") == "http://127.0.0.1:8765/#abc"
