"""The player of recorded pages answers what was recorded on its date, and nothing else."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawler.play import BadIndex, PlayedPage, Player, load_pages

EARLY, LATE = date(2021, 8, 4), date(2021, 8, 5)
SEEN_AT = datetime(2021, 8, 4, 0, 16, 24, tzinfo=UTC)
LIST = "https://site.example/list?state=MS&page=1"
CITY_IN_GBK = "https://site.example/list?city=%BA%CF%B7%CA"


@pytest.fixture
def player() -> Iterator[Player]:
    pages = [
        PlayedPage(EARLY, LIST, b"early", "text/csv", SEEN_AT),
        PlayedPage(LATE, LIST, b"late", status=503),
        PlayedPage(EARLY, CITY_IN_GBK, b"city"),
        PlayedPage(EARLY, "https://site.example/lots", b"first lots", form={"area": "广东省", "page": "1"}),
        PlayedPage(EARLY, "https://site.example/lots", b"second lots", form={"area": "广东省", "page": "2"}),
    ]
    with Player(pages) as playing:
        yield playing


def ask(player: Player, target: str, method: str = "GET", body: str | None = None, **headers: str) -> HTTPResponse:
    with closing(HTTPConnection(str(urlsplit(player.base_url).netloc), timeout=10)) as connection:
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        response.body = response.read()  # type: ignore[attr-defined]
        return response


def body_of(player: Player, target: str, **more: Any) -> bytes:
    body: bytes = ask(player, target, **more).body  # type: ignore[attr-defined]
    return body


def test_a_page_is_told_by_path_and_query_whatever_the_host_and_order(player: Player) -> None:
    assert body_of(player, "/list?page=1&state=MS", Host="site.example") == b"early"
    assert ask(player, "/list?state=PI&page=1").status == 404
    assert ask(player, "/list?state=MS").status == 404
    assert ask(player, "/other?state=MS&page=1").status == 404


def test_the_date_chooses_the_page(player: Player) -> None:
    assert player.dates == [EARLY, LATE]
    assert player.today == EARLY
    player.today = LATE
    answer = ask(player, "/list?state=MS&page=1")
    assert (answer.status, answer.body) == (503, b"late")  # type: ignore[attr-defined]
    assert ask(player, "/list?city=%BA%CF%B7%CA").status == 404


def test_the_time_of_the_recording_is_stated_as_rfc_7089_has_it(player: Player) -> None:
    answer = ask(player, "/list?state=MS&page=1")
    assert answer.headers["Memento-Datetime"] == "Wed, 04 Aug 2021 00:16:24 GMT"
    assert answer.headers["Content-Type"] == "text/csv"
    assert "Memento-Datetime" not in ask(player, "/list?city=%BA%CF%B7%CA").headers


def test_a_query_in_gbk_matches_byte_by_byte(player: Player) -> None:
    assert body_of(player, "/list?city=%ba%cf%b7%ca") == b"city"
    assert ask(player, "/list?city=%E5%90%88%E8%82%A5").status == 404


def test_a_form_is_part_of_the_question(player: Player) -> None:
    form = "area=%E5%B9%BF%E4%B8%9C%E7%9C%81&page="
    assert body_of(player, "/lots", method="POST", body=f"{form}1") == b"first lots"
    assert body_of(player, "/lots", method="POST", body=f"{form}2") == b"second lots"
    assert ask(player, "/lots", "POST", f"{form}3").status == 404
    assert ask(player, "/lots").status == 404


def test_robots_txt_allows_everything_unless_one_is_played(player: Player) -> None:
    assert body_of(player, "/robots.txt") == b"User-agent: *\nAllow: /\n"
    with Player([PlayedPage(EARLY, "https://site.example/robots.txt", b"Disallow: /")]) as strict:
        assert body_of(strict, "/robots.txt") == b"Disallow: /"


@pytest.mark.parametrize(
    "target", ["/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/demo/index.json", "/"]
)
def test_nothing_but_the_pages_is_served(player: Player, target: str) -> None:
    assert ask(player, target).status in {400, 404}


def test_a_target_that_is_no_address_is_answered_too(player: Player) -> None:
    place = urlsplit(player.base_url)
    with closing(socket.create_connection((str(place.hostname), place.port or 0), timeout=10)) as connection:
        connection.sendall(b"GET http://[ HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n\r\n")
        assert connection.recv(64).startswith(b"HTTP/1.1 404 ")


def test_an_unreadable_form_is_refused_and_the_player_goes_on(player: Player) -> None:
    assert ask(player, "/lots", "POST", None, **{"Content-Length": "many"}).status == 411
    assert ask(player, "/lots", "POST", None, **{"Content-Length": "200000"}).status == 411
    assert body_of(player, "/list?state=MS&page=1") == b"early"


def test_the_player_listens_on_this_machine_only_and_is_silent(
    player: Player, capfd: pytest.CaptureFixture[str]
) -> None:
    assert urlsplit(player.base_url).hostname == "127.0.0.1"
    ask(player, "/missing")
    with closing(HTTPConnection(str(urlsplit(player.base_url).netloc), timeout=10)) as hasty:
        hasty.request("GET", "/list?state=MS&page=1")  # leaves before the answer
    ask(player, "/list?state=MS&page=1")
    assert capfd.readouterr() == ("", "")


def test_requests_are_kept_with_their_headers(player: Player) -> None:
    ask(player, "/missing", **{"User-Agent": "fapai"})
    assert [(asked["target"], asked["User-Agent"]) for asked in player.asked] == [("/missing", "fapai")]


def entry(**fields: Any) -> dict[str, Any]:
    return {
        "recorded_on": "2021-08-04",
        "memento": "2021-08-04T00:16:24+00:00",
        "address": LIST,
        "file": "list.csv",
        "content_type": "text/csv",
        "status": 200,
        **fields,
    }


def write_index(folder: Path, *entries: dict[str, Any]) -> Path:
    root = folder / "recorded"
    root.mkdir()
    (folder / "secret.csv").write_bytes(b"secret")
    (root / "list.csv").write_bytes(b"rows")
    (root / "index.json").write_text(json.dumps({"pages": entries}))
    return root


def test_pages_are_loaded_from_their_index(tmp_path: Path) -> None:
    root = write_index(tmp_path, entry(), entry(form={"page": "1"}, status=503))
    first, second = load_pages(root, root / "index.json")
    assert first == PlayedPage(EARLY, LIST, b"rows", "text/csv", SEEN_AT)
    assert (second.form, second.status) == ({"page": "1"}, 503)


@pytest.mark.parametrize(
    "wrong",
    [
        {"file": "../secret.csv"},
        {"file": "/etc/hostname"},
        {"file": "missing.csv"},
        {"recorded_on": "yesterday"},
        {"memento": "noon"},
    ],
)
def test_an_index_that_cannot_be_played_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    root = write_index(tmp_path, entry(**wrong))
    with pytest.raises(BadIndex):
        load_pages(root, root / "index.json")


def test_an_index_without_a_field_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    root = write_index(tmp_path, {"file": "list.csv"})
    with pytest.raises(BadIndex, match="recorded_on"):
        load_pages(root, root / "index.json")
    with pytest.raises(BadIndex):
        load_pages(root, root / "list.csv")
