"""A hostile visitor, and hostile words in every place that a page shows: nothing gets in, nothing falls over."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from lxml import html
from sqlalchemy import Engine
from store_help import begin, look, record_all

from reporting.alerts.manage import Asked, create_watch
from reporting.web.app import create_app
from reporting.web.settings import Settings
from store.engine import open_engine, writing
from store.statement import Statement
from store.terms import ChannelKind, Currency, Pace, PropertyKind
from tracking.linking import link_database

Site = Callable[..., TestClient]
NOW = datetime(2026, 9, 5, tzinfo=UTC)
EVIL = (
    "</title></script><script>alert(1)</script><img src=x onerror=alert(1)>\"' onmouseover=alert(1) x='{{ 7 * 7777 }}"
)
SCHEMES = {"", "http", "https"}
LONG = "万科" * 25_000
"""A title of 150 kB."""

BANK = {"city": f"无锡市{EVIL}", "district": EVIL, "currency": Currency.CNY, "seller_name": EVIL, "raw": "{}"}
BANK |= {"starts_at": NOW, "ends_at": NOW + timedelta(days=1), "url": "javascript:alert(1)", "case_number": EVIL}
HOURS = {"pace": Pace.AT_ONCE, "speaks_at": "08:00", "speaks_on": 0, "quiet_from": None, "quiet_to": None}


def said() -> dict[str, Statement]:
    """Two shops in doubt, and a home whose words are all hostile."""
    shop = {"title": f"汉江北路119号、121号商铺{EVIL}", "property_kind": PropertyKind.SHOP}
    home = {"title": EVIL, "address": EVIL, "asking_price": 900_000_00, "property_kind": PropertyKind.FLAT}
    return {
        f"115{EVIL}"[:110]: Statement(**(BANK | shop)),  # type: ignore[arg-type]
        "117": Statement(**(BANK | {"title": f"汉江北路119号121号房产{EVIL}"})),  # type: ignore[arg-type]
        "118": Statement(**(BANK | home)),  # type: ignore[arg-type]
    }


@pytest.fixture
def engine(new_sqlite_url: Callable[[], str], tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(new_sqlite_url())
    begin(opened)
    record_all(opened, [look(0, said())])
    with writing(opened) as connection:
        link_database(connection, NOW)
        for sql in (
            "UPDATE source SET title = ?, paused_why = ?, paused_until = '2027-01-01 00:00:00.000000'",
            "UPDATE crawl_run SET reason = ?, scope = '{\"kind\": \"<b>x</b>\"}', verdict = 'blocked', finished_at = ?",
            "UPDATE page SET url = ?, reason = ?",
            "UPDATE link_decision SET reasons = ?",
        ):
            values = (EVIL, "2026-09-04 00:00:00.000000" if "finished_at" in sql else EVIL)
            connection.exec_driver_sql(sql, values[: sql.count("?")])
    (tmp_path / "f").mkdir()
    hours = HOURS | {"zone": "Asia/Shanghai", "language": "zh"}
    feed = Asked(ChannelKind.ATOM, str(tmp_path / "f" / "0123456789abcdef01234567.xml"))
    create_watch(opened, tmp_path / "s", EVIL[:60], {"cities": [EVIL]}, hours, [feed], NOW)
    yield opened
    opened.dispose()


@pytest.fixture
def hostile(engine: Engine, tmp_path: Path) -> Iterator[TestClient]:
    folders = (tmp_path / "p", tmp_path / "s", tmp_path / "f")
    settings = Settings(engine, *folders, hosts=("testserver",), clock=lambda: NOW)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def assert_harmless(path: str, text: str) -> None:
    """No element, attribute or address of a page is any that our own templates do not make."""
    tree = html.document_fromstring(text)
    for element in tree.iter("*"):
        assert element.tag not in {"iframe", "object", "embed", "base"} or element.get("sandbox") is not None, path
        assert not any(name.startswith("on") or name == "style" for name in element.attrib), (path, element.attrib)
        for name in ("href", "src", "action", "formaction", "hx-get", "data-points"):
            address = element.get(name)
            assert address is None or urlsplit(address).scheme.lower() in SCHEMES, (path, address)
    for script in tree.iter("script"):
        assert (script.get("src") or "").startswith("/static/") or script.get("type") == "application/json", path
    assert all((image.get("src") or "").startswith("/static/") for image in tree.iter("img")), path
    assert "54439" not in text, path  # no word is a template


def pages_from(client: TestClient, first: list[str]) -> dict[str, str]:
    """Every page that links lead to from some others, one of each kind of search."""
    found: dict[str, str] = {}
    waiting = list(first)
    while waiting and len(found) < 120:
        path = waiting.pop(0)
        kind = re.sub(r"\?.*", "?", path)
        if path in found or sum(each.startswith(kind) for each in found) > 6:
            continue
        answer = client.get(path)
        assert answer.status_code < 500 or answer.status_code == 503, (path, answer.status_code)
        found[path] = ""
        if answer.headers["content-type"].startswith("text/html"):
            found[path] = answer.text
            links = html.document_fromstring(answer.text).xpath("//a/@href")
            waiting += [link for link in links if link.startswith("/") and not link.startswith("/static/")]
    return found


FIRST = ["/", "/search", "/review", "/statistics", "/watches", "/watches/new", "/sources", "/export", "/login"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_words_become_no_markup_on_any_page_that_links_lead_to(hostile: TestClient, language: str):
    pages = pages_from(hostile, [f"{path}?lang={language}" for path in FIRST])

    assert len({path.partition("?")[0] for path in pages}) > 25
    assert sum("&lt;script&gt;alert(1)" in text for text in pages.values()) > 10  # they are shown, as words
    for path, text in pages.items():
        if text:
            assert_harmless(path, text)


def test_hostile_words_of_a_visitor_come_back_as_words(site: TestClient):
    evil = quote(EVIL)
    for path in (
        f"/search?q={evil}",
        f"/search?state={evil}",
        f"/search?saved={evil}",
        f"/search?{evil}={evil}",
        f"/watches?done={evil}",
        f"/watches/new?name={evil}&city={evil}&max-price={evil}&at={evil}",
        f"/statistics/counts?city={evil}",
        f"/statistics/counts?by={evil}",
        f"/{evil}",
        f"/homes/{evil.replace('/', '')}",
        f"/sources/{evil}",
        f"/export/{evil}",
        f"/review?page={evil}",
        f"/?lang={evil}",
    ):
        answer = site.get(path)
        assert answer.status_code < 500, path
        assert_harmless(path, answer.text)


@pytest.mark.parametrize(
    "path",
    [
        "/pages/..%2f..%2fetc%2fpasswd",
        "/pages/1%2f..%2f2/body",
        "/pages/-1/body",
        "/pages/0/body",
        "/pages/99999999999999999999999/body",
        "/pages/1e1/body",
        "/static/..%2fapp.py",
        "/static/..%5capp.py",
        "/static//etc/passwd",
        "/static/%2e%2e/%2e%2e/app.py",
        "/feeds/..%2fhomes.sqlite",
        "/feeds/%2e%2e%2f%2e%2e%2fhomes.secrets",
        "/export/..%2f..%2fhomes.zip",
        "/export/....//....//etc.zip",
        "/statistics/..%2f..%2fhomes.csv",
    ],
)
def test_no_path_leads_out_of_what_is_served(site: TestClient, path: str):
    assert site.get(path).status_code in {400, 404}


def test_an_archive_file_that_lies_outside_of_the_archive_is_not_read(own_site: Site, tmp_path: Path):
    """The name comes from the database, which somebody else may have made."""
    secret = tmp_path / "secret.warc"
    secret.write_bytes(b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 6\r\n\r\nsecret\r\n\r\n")
    client = own_site()
    engine = client.app.state.settings.engine  # type: ignore[attr-defined]
    archive = client.app.state.settings.archive  # type: ignore[attr-defined]
    for name in (str(secret), f"../{secret.name}", f"{'../' * 20}{str(secret)[1:]}"):
        with writing(engine) as connection:
            connection.exec_driver_sql("UPDATE page SET archive_file = ?, archive_offset = 0 WHERE id = 1", (name,))
        answer = client.get("/pages/1/body")
        assert answer.status_code >= 400, (name, archive)
        assert b"secret" not in answer.content.replace(b"secret.warc", b"")


@pytest.mark.parametrize("told", ["text/html; charset=中文", "text/html\r\nX-Evil: 1", "text/html; charset=utf-7", ""])
def test_whatever_type_a_site_told_the_page_is_shown_in_its_sandbox(own_site: Site, told: str):
    client = own_site()
    engine = client.app.state.settings.engine  # type: ignore[attr-defined]
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE page SET content_type = ? WHERE id = 1", (told,))

    answer = client.get("/pages/1/body")

    assert answer.status_code == 200
    assert "x-evil" not in answer.headers
    assert "utf-7" not in answer.headers["content-type"].lower()
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


def writes(client: TestClient) -> list[tuple[str, str]]:
    """Every method and path that may change something, with something in the place of names."""
    routes = [each for each in _routes(client.app) if each.methods - {"GET", "HEAD", "OPTIONS"}]
    return [(method, re.sub(r"\{[^}]*\}", "1", each.path)) for each in routes for method in sorted(each.methods)]


def _routes(app: Any) -> list[APIRoute]:
    found, waiting = [], list(app.routes)
    while waiting:
        each = waiting.pop()
        waiting += getattr(each, "routes", None) or getattr(getattr(each, "original_router", None), "routes", ())
        if isinstance(each, APIRoute):
            found.append(each)
    return found


def test_no_write_is_taken_that_another_site_could_send(own_site: Site):
    client = own_site()
    client.get("/search")  # the browser has a session
    found = writes(client)
    assert len(found) > 10
    for method, path in found:
        for headers in (
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"origin": "http://testserver", "content-type": "application/x-www-form-urlencoded"},
            {"origin": "http://testserver", "content-type": "application/json"},
            {"origin": "http://testserver", "content-type": "text/plain"},
        ):
            answer = client.request(method, path, headers=headers, content=b"{}")
            assert answer.status_code in {403, 415}, (method, path, headers, answer.status_code)


def test_a_redirect_after_a_write_leads_to_this_server_whatever_was_posted(own_site: Site):
    client = own_site()
    token = re.search(r'name="_token" value="([0-9a-f]+)"', client.get("/search").text)
    assert token
    elsewhere = "//evil.example/\r\nSet-Cookie: a=b"
    for path in ("/search/watch", "/review/author", "/review", "/login", "/logout", "/watches", "/homes/1/apart"):
        form = dict.fromkeys(("wanted", "page", "place", "name", "was", "author", "one", "other", "to"), elsewhere)
        answer = client.post(path, data=form | {"_token": token[1]}, follow_redirects=False)
        assert answer.status_code < 500, path
        assert "evil.example" not in urlsplit(answer.headers.get("location", "")).netloc
        assert "a" not in answer.cookies


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "testserver@evil.example",
        "testserver:80@evil.example",
        "testserver.evil.example",
        "a b",
        "[",
    ],
)
def test_another_host_is_refused_and_named_nowhere(site: TestClient, host: str):
    answer = site.get("/", headers={"host": host})

    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_an_address_that_is_much_too_long_is_refused_before_it_is_read(site: TestClient):
    for path in ("/search?q=", "/search?junk=", "/search?" + "kind=flat&" * 4_000, "/homes/a:", "/?lang="):
        answer = site.get(path + "a" * 15_000)
        assert answer.status_code == 414, path[:20]
        assert len(answer.content) < 1_000


def test_a_long_but_possible_address_makes_no_huge_page(site: TestClient):
    answer = site.get("/search?junk=" + "a" * 3_000)

    assert answer.status_code == 200
    assert len(answer.content) < 600_000


@pytest.mark.parametrize("path", ["/search", "/", "/statistics/counts", "/search/points.json", "/homes/1", "/export"])
@pytest.mark.parametrize(
    "query",
    [
        "since=0001-01-01",
        "since=9999-12-31",
        "as-of=0001-01-01",
        "as-of=9999-12-31",
        "max-price=1e999999",
        "max-price=NaN",
        "max-price=-1",
        "min-cut=1e400%25",
        "min-area=999999999",
        "page=10000000",
        "limit=0",
        "box=nan,nan,nan,nan",
        "box=-1e309,0,1e309,0&zoom=16",
        "q=%00",
        "q=%ff%fe",
        "q=\\",
        "city=%F0%9F%8F",
        "a&&&=&%=",
    ],
)
def test_odd_words_are_read_or_refused_and_break_nothing(site: TestClient, path: str, query: str):
    assert site.get(f"{path}?{query}").status_code < 500


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": 'fapai_session="\\'},
        {"cookie": "fapai_session=a.b.c.d.e"},
        {"cookie": "fapai_seen=99999999999-99999999999"},
        {"cookie": "fapai_seen=-"},
        {"cookie": "fapai_author=" + "%0a" * 2_000},
        {"cookie": "fapai_language=<b>"},
        {"hx-request-type": "partial"},
        {"accept-encoding": "gzip;q=x, *"},
        {"if-none-match": '"' * 3_000},
        {"range": "bytes=9-1"},
    ],
)
def test_odd_headers_break_nothing(site: TestClient, headers: dict[str, str]):
    for path in ("/", "/review", "/static/app.css"):
        assert site.get(path, headers=headers).status_code < 500


def test_a_told_length_that_is_no_number_is_refused(site: TestClient):
    for told in ("-5", "²", "0x10", "1e3", ""):
        answer = site.post("/review", headers={"content-length": told.encode("latin-1")}, content=b"")
        assert answer.status_code in {400, 403, 413, 415}, told


def test_a_title_of_fifty_thousand_letters_makes_no_huge_page(new_sqlite_url: Callable[[], str], tmp_path: Path):
    engine = open_engine(new_sqlite_url())
    begin(engine)
    told: dict[str, Any] = BANK | {"title": LONG, "address": LONG, "seller_name": LONG, "starting_price": 100_00}
    record_all(engine, [look(0, {str(number): Statement(**told) for number in range(12)})])
    with writing(engine) as connection:
        link_database(connection, NOW)
    settings = Settings(engine, tmp_path, tmp_path / "s", tmp_path / "f", hosts=("testserver",), clock=lambda: NOW)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        home = client.get("/api/v1/homes?limit=1").json()["rows"][0]["home"]
        for path in ("/", "/search", f"/homes/{home}", "/review"):
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert len(answer.content) < 300_000, path
            assert "…" in answer.text or path == "/review"
    engine.dispose()
