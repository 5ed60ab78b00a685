"""Sessions: what logging out ends, on this server and not in the browser alone."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from reporting.web.sessions import LASTS, EndedSessions, new_session

Site = Callable[..., TestClient]
PASSWORD = "万科翡翠 hammer 42"
COOKIE = "fapai_session"
NOW = datetime(2026, 9, 5, 4, tzinfo=UTC)


def token_on(client: TestClient, path: str) -> str:
    found = re.search(r'name="_token" value="([0-9a-f]+)"', client.get(path).text)
    assert found
    return found[1]


def log_in(client: TestClient) -> str:
    """The session's cookie."""
    client.post("/login", data={"_token": token_on(client, "/login"), "password": PASSWORD})
    return client.cookies[COOKIE]


def guarded(own_site: Site) -> TestClient:
    return own_site(password_hash=PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD))


def test_a_copied_cookie_lets_nobody_in_after_its_owner_has_logged_out(own_site: Site):
    client = guarded(own_site)
    copied = log_in(client)
    assert client.get("/").status_code == 200

    client.post("/logout", data={"_token": token_on(client, "/watches/new")})

    client.cookies.clear()
    client.cookies.set(COOKIE, copied)
    assert client.get("/").status_code == 401


def test_a_form_of_an_ended_session_changes_nothing(own_site: Site):
    client = guarded(own_site)
    copied, token = log_in(client), token_on(client, "/watches/new")
    client.post("/logout", data={"_token": token})

    client.cookies.clear()
    client.cookies.set(COOKIE, copied)
    answer = client.post("/watches/pause", data={"_token": token, "name": "any"})

    assert answer.status_code == 403


def test_another_browser_stays_logged_in(own_site: Site):
    client = guarded(own_site)
    other = log_in(client)
    client.cookies.clear()
    log_in(client)
    client.post("/logout", data={"_token": token_on(client, "/watches/new")})

    client.cookies.clear()
    client.cookies.set(COOKIE, other)
    assert client.get("/").status_code == 200


def test_ended_sessions_are_forgotten_once_their_cookies_have_expired():
    ended = EndedSessions()
    old, later = new_session(NOW, is_known=True), new_session(NOW + LASTS, is_known=True)

    ended.end(old, NOW)
    assert old in ended
    ended.end(later, NOW + LASTS + timedelta(seconds=1))

    assert old not in ended
    assert later in ended


def test_whoever_gave_no_password_cannot_fill_the_list():
    ended, stranger = EndedSessions(), new_session(NOW)

    ended.end(stranger, NOW)

    assert stranger not in ended
