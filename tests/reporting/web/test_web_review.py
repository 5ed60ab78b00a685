"""Pairs in doubt on a page: decided by forms, taken back, refused where nothing may be changed; shops in Wuxi."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from store_help import begin, look, record_all

from reporting.review import DoubtfulPair, Side
from reporting.web.app import create_app
from reporting.web.doubts import shown_pair
from reporting.web.settings import Settings
from store.engine import open_engine, reading, writing
from store.rows import LINK_DECISION
from store.statement import Statement
from store.terms import Currency, PropertyKind
from tracking.linking import link_database

NOW = datetime(2026, 9, 5, tzinfo=UTC)
BANK = {"city": "无锡市", "currency": Currency.CNY, "seller_name": "平安银行总行<i>资产拍卖", "raw": "{}"}
BANK |= {"starts_at": NOW, "ends_at": NOW + timedelta(days=1)}  # together, so that they may be two
SHOPS = {
    "14": Statement(title="【二拍】-平安银行-江苏无锡汉江北路170号", asking_price=1_467_340_00, **BANK),  # type: ignore[arg-type]
    "116": Statement(title="【一拍】-平安银行-汉江北路170号房产", asking_price=2_096_200_00, **BANK),  # type: ignore[arg-type]
    "115": Statement(title="汉江北路119号、121号商铺", property_kind=PropertyKind.SHOP, **BANK),  # type: ignore[arg-type]
    "117": Statement(title="汉江北路119号121号房产", **BANK),  # type: ignore[arg-type]
}
TOKEN = re.compile(r'name="_token" value="([0-9a-f]+)"')
Face = Callable[..., TestClient]


@pytest.fixture
def shops(new_sqlite_url: Callable[[], str]) -> Iterator[Engine]:
    """Two pairs in doubt."""
    engine = open_engine(new_sqlite_url())
    begin(engine)
    record_all(engine, [look(0, SHOPS)])
    with writing(engine) as connection:
        link_database(connection, NOW)
    yield engine
    engine.dispose()


@pytest.fixture
def face(shops: Engine, tmp_path: Path) -> Iterator[Face]:
    """Makes a web face over them."""
    opened: list[TestClient] = []

    def make(**changes: object) -> TestClient:
        places = (tmp_path / "pages", tmp_path / "secrets", tmp_path / "feeds")
        settings = Settings(shops, *places, hosts=("testserver",), clock=lambda: NOW, **changes)  # type: ignore[arg-type]
        opened.append(TestClient(create_app(settings), raise_server_exceptions=False))
        return opened[-1].__enter__()

    yield make
    for client in opened:
        client.__exit__(None, None, None)


def token_of(client: TestClient) -> str:
    found = TOKEN.search(client.get("/review").text)
    assert found
    return found[1]


def name_author(client: TestClient, name: str) -> None:
    client.post("/review/author", data={"_token": token_of(client), "author": name})


def pair_of(client: TestClient) -> dict[str, str]:
    first = client.get("/api/v1/doubtful-pairs").json()["pairs"][0]
    return {"one": first["one"], "other": first["other"]}


def decide(client: TestClient, judgement: str, pair: dict[str, str], **more: str) -> int:
    data = {"_token": token_of(client), "judgement": judgement, **pair, **more}
    return client.post("/review", data=data, follow_redirects=False).status_code


def test_a_pair_stands_side_by_side_with_its_differences_in_words(face: Face):
    page = face().get("/review").text
    assert "2 对" in page
    assert "平安银行-江苏无锡汉江北路170号" in page
    assert "≠ 不同" in page
    assert "只有一方写明" in page
    assert "商铺" in page
    assert "总行&lt;i&gt;资产" in page
    assert "<i>" not in page
    assert page.count("<img") == 1


def test_nobody_decides_without_a_name(face: Face, shops: Engine):
    client = face()
    assert "disabled" in client.get("/review").text
    assert decide(client, "same", pair_of(client)) == 503
    with reading(shops) as connection:
        assert not connection.execute(select(LINK_DECISION).where(LINK_DECISION.c.author != "linker")).all()


def test_a_word_settles_a_pair_and_is_superseded_when_it_is_taken_back(face: Face, shops: Engine):
    client = face()
    name_author(client, "  王 芳 ")
    pair = pair_of(client)
    assert "判断署名：王 芳" in client.get("/review").text
    assert decide(client, "different", pair, place="1") == 303
    page = client.get("/review").text
    assert "1 对" in page
    assert 'value="unsure" data-key="u"' in page
    word = client.get("/api/v1/decisions").json()[0]
    assert (word["judgement"], word["author"], word["because"]) == ("different", "王 芳", "in review")
    assert {word["one"], word["other"]} == set(pair.values())
    assert decide(client, "unsure", pair) == 303
    assert client.get("/api/v1/doubtful-pairs").json()["count"] == 2
    assert client.get("/api/v1/decisions").json() == []
    with reading(shops) as connection:
        rows = connection.execute(select(LINK_DECISION).where(LINK_DECISION.c.author == "王 芳")).all()
    assert [(row.judgement, row.superseded_at) for row in rows] == [("different", NOW)]


def test_two_listings_that_a_person_calls_one_home_become_one(face: Face):
    client = face()
    name_author(client, "li")
    pair = pair_of(client)
    assert decide(client, "same", pair) == 303
    assert client.get("/api/v1/doubtful-pairs").json()["count"] == 1


def test_after_a_word_the_same_place_of_the_same_page_is_shown(face: Face):
    client = face()
    name_author(client, "li")
    data = {"_token": token_of(client), "judgement": "different", "page": "3", "place": "7", **pair_of(client)}
    assert client.post("/review", data=data, follow_redirects=False).headers["location"] == "/review?page=3#pair-7"


@pytest.mark.parametrize("words", [{"judgement": "perhaps"}, {"judgement": ""}, {"judgement": "same", "page": "x"}])
def test_a_word_that_is_none_is_refused(face: Face, words: dict[str, str]):
    client = face()
    name_author(client, "li")
    data = {"_token": token_of(client), **pair_of(client), **words}
    assert client.post("/review", data=data).status_code == 400
    assert client.get("/api/v1/decisions").json() == []


def test_a_listing_that_is_unknown_is_not_found(face: Face):
    client = face()
    name_author(client, "li")
    assert decide(client, "same", {"one": "s:404", "other": "s:14"}) == 404


def test_the_linker_is_no_author(face: Face):
    client = face()
    name_author(client, "linker")
    assert decide(client, "same", pair_of(client)) == 503


def test_a_server_for_reading_shows_the_pairs_and_takes_no_word(face: Face):
    client = face(is_read_only=True)
    page = client.get("/review").text
    assert "汉江北路170号" in page
    assert "<form" not in page
    assert client.post("/review", data={"judgement": "same"}).status_code == 403


def test_a_forged_form_is_refused(face: Face):
    client = face()
    name_author(client, "li")
    answer = client.post("/review", data={"_token": "0" * 96, "judgement": "same", **pair_of(client)})
    assert answer.status_code == 403
    assert client.get("/api/v1/decisions").json() == []


def test_the_parts_of_an_address_are_told_one_by_one_with_the_rooms_of_a_lot():
    parts = "building 4,5, road 汉江北路, unit_count 2, members ('101', '102')"
    none = (None,) * 2
    pair = DoubtfulPair(50, "s:1", "s:2", *none, "", NOW, (Side("read as", parts, "members ('7',)"),))
    (line,) = shown_pair(pair).lines
    assert line.one == "building 4,5; road 汉江北路; unit_count 2; members 101, 102"
    assert line.other == "members 7"
