"""What stands before every page: hosts, forged writes, bodies, headers, the password."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from starlette.datastructures import Headers

from reporting.web.passwords import BadPassword, Tries, read_password_file
from reporting.web.security import host_of, is_own_origin
from reporting.web.visit import is_own_address

Site = Callable[..., TestClient]
PASSWORD = "万科翡翠 hammer 42"
TOKEN = re.compile(r'name="_token" value="([0-9a-f]+)"')


def test_every_answer_has_the_policy_even_one_that_no_route_gives(site: TestClient):
    for path in ("/", "/healthz", "/nothing-here", "/static/app.css", "/?kind=flta"):
        headers = site.get(path).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-frame-options"] == "DENY"


def test_a_name_that_is_not_ours_is_refused_before_anything_is_read(site: TestClient):
    assert site.get("/", headers={"host": "evil.example"}).status_code == 400
    assert site.get("/", headers={"host": "127.0.0.1.evil.example"}).status_code == 400
    assert site.get("/healthz", headers={"host": "127.0.0.1:8765"}).status_code == 200


@pytest.mark.parametrize(
    ("value", "name"),
    [("127.0.0.1:8765", "127.0.0.1"), ("LocalHost", "localhost"), ("[::1]:80", "[::1]"), ("[::1]", "[::1]"), ("", "")],
)
def test_a_host_is_known_by_its_name_without_the_port(value: str, name: str):
    assert host_of(value) == name


def test_another_site_can_lead_here_and_take_nothing_into_its_own_page(site: TestClient):
    elsewhere = {"sec-fetch-site": "cross-site"}
    image = {**elsewhere, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}
    frame = {**elsewhere, "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}
    link = {**elsewhere, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    statuses = [site.get("/search", headers=each).status_code for each in (image, frame, link, {})]
    assert statuses == [403, 403, 200, 200]


def test_an_origin_that_is_no_address_is_refused_as_any_other(site: TestClient):
    assert site.post("/review", headers={"origin": "http://["}).status_code == 403


def test_the_links_of_a_page_that_is_not_there_stay_on_this_server(site: TestClient):
    assert "//evil.example" not in site.get("http://127.0.0.1//evil.example/").text.replace("http://", "")


def test_a_write_without_a_token_is_refused(site: TestClient):
    answer = site.post("/logout", data={"wanted": "/"})
    assert answer.status_code == 403


def test_a_token_of_another_session_is_refused(own_site: Site):
    one, other = own_site(password_hash=PasswordHasher().hash(PASSWORD)), own_site()
    token = _token(one.get("/login").text)
    other.get("/login")
    assert other.post("/login", data={"_token": token, "password": PASSWORD}).status_code == 403


@pytest.mark.parametrize(
    ("headers", "is_own"),
    [
        ({"host": "127.0.0.1:8765"}, True),
        ({"host": "127.0.0.1:8765", "origin": "http://127.0.0.1:8765"}, True),
        ({"host": "127.0.0.1:8765", "origin": "http://127.0.0.1:9999"}, False),
        ({"host": "127.0.0.1:8765", "origin": "null"}, False),
        ({"host": "127.0.0.1:8765", "sec-fetch-site": "cross-site"}, False),
    ],
)
def test_only_our_own_pages_may_write(headers: dict[str, str], is_own: bool):
    assert is_own_origin(Headers(headers)) is is_own


def test_a_large_body_and_a_foreign_kind_are_refused(site: TestClient):
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert site.post("/logout", content=b"a" * 70_000, headers=form).status_code == 413
    assert site.post("/logout", content=b"<a/>", headers={"content-type": "text/xml"}).status_code == 415


def test_nothing_is_shown_to_who_does_not_know_the_password(own_site: Site):
    client = own_site(password_hash=PasswordHasher().hash(PASSWORD))
    for path in ("/", "/search", "/metrics", "/api/v1/openapi.json", "/homes/1"):
        answer = client.get(path)
        assert answer.status_code == 401
        assert "泉州" not in answer.text
    assert client.get("/healthz").json() == {"status": "ok"}


def test_who_knows_the_password_comes_in_and_gets_another_session(own_site: Site):
    client = own_site(password_hash=PasswordHasher().hash(PASSWORD))
    page = client.get("/login")
    before = client.cookies["fapai_session"]
    form = {"_token": _token(page.text), "password": PASSWORD, "wanted": "/?lang=en"}
    answer = client.post("/login", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?lang=en")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=strict" in answer.headers["set-cookie"]
    assert client.cookies["fapai_session"] != before
    assert client.get("/").status_code == 200


def test_the_way_back_from_the_password_leads_to_no_other_site(own_site: Site):
    client = own_site(password_hash=PasswordHasher().hash(PASSWORD))
    form = {"_token": _token(client.get("/login").text), "password": PASSWORD, "wanted": "//evil.example/"}
    assert client.post("/login", data=form, follow_redirects=False).headers["location"] == "/"


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nb"])
def test_an_address_of_another_site_is_not_ours(path: str):
    assert not is_own_address(path)


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait():
    times = iter([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 61.0])
    tries, hashed = Tries(lambda: next(times)), PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
    assert [tries.check(hashed, "guess") for _ in range(5)] == [False] * 5
    assert tries.check(hashed, PASSWORD) is None
    assert tries.check(hashed, PASSWORD) is True


def test_a_password_file_that_others_may_read_is_refused(tmp_path: Path):
    path = tmp_path / "password"
    path.write_text(PASSWORD, "utf-8")
    path.chmod(0o644)
    with pytest.raises(BadPassword, match="chmod 600"):
        read_password_file(path)
    path.chmod(0o600)
    assert PasswordHasher().verify(read_password_file(path), PASSWORD)


def test_an_unexpected_failure_shows_no_trace(own_site: Site, monkeypatch: pytest.MonkeyPatch):
    client = own_site()

    def fail(*_: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("reporting.web.operations.metrics_text", fail)
    answer = client.get("/metrics")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "content-security-policy" in answer.headers


def _token(text: str) -> str:
    found = TOKEN.search(text)
    assert found
    return found[1]
