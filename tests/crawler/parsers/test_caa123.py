"""中拍平台: the rules behind the fields, on answers built from the described fields."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.errors import Blocked, LayoutChanged, RowRefused, UnknownLabel
from crawler.items import PageContent, Reader
from crawler.page import Page
from crawler.parsers import caa123
from crawler.reading import statement_of
from store.statement import Statement
from store.terms import Answer, FactKind, PropertyKind, RoundKind, SellerKind

FIXTURES = Path(__file__).parents[3] / "fixtures" / "caa123"
NOW = datetime(2020, 3, 2, 2, tzinfo=UTC)
BASE = "https://sf.caa123.org.cn/caa-web-ws/ws/0.1"
LOT = json.loads((FIXTURES / "lot" / "first-auction-not-begun" / "input.json").read_text("utf-8"))
READERS: dict[str, Reader] = {reader.name: reader for reader in caa123.READERS}


def read(reader: str, answer: Any, url: str) -> PageContent:
    return READERS[reader].parse(Page(json.dumps(answer, ensure_ascii=False).encode(), url, NOW))


def stated(**changes: Any) -> Statement:
    (item,) = read(caa123.LOT, {**LOT, **changes}, f"{BASE}/lot/70001").items
    return statement_of(item, READERS[caa123.LOT], NOW).statement


def envelope(*items: Any, pages: int = 2, count: int = 102) -> dict[str, Any]:
    return {"items": list(items), "page": 0, "totalPages": pages, "totalCount": count}


def test_fields_of_a_lot_are_read_in_yuan_and_milliseconds() -> None:
    statement = stated()
    assert (statement.starting_price, statement.appraisal_price) == (875_000_00, 1_250_000_50)
    assert (statement.deposit, statement.increment) == (90_000_00, 5_000_00)
    assert statement.starts_at == datetime(2020, 3, 6, 2, tzinfo=UTC)
    assert (statement.extension_minutes, statement.applicant_count) == (5, 2)
    assert (statement.seller_kind, statement.region_code) == (SellerKind.COURT, "340104")
    assert statement.floor_area == 89_60  # of the remark


@pytest.mark.parametrize(
    ("times", "kind"), [(1, RoundKind.FIRST_AUCTION), (2, RoundKind.SECOND_AUCTION), ("3", RoundKind.SELL_OFF)]
)
def test_times_tell_the_round(times: object, kind: RoundKind) -> None:
    assert stated(times=times).round_kind is kind


@pytest.mark.parametrize("changes", [{"times": 4}, {"standardType": 99}])
def test_codes_that_nobody_explains_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UnknownLabel):
        stated(**changes)


def test_state_is_not_told_since_nobody_explains_its_codes() -> None:
    statement = stated(lotStatus=5)
    assert statement.status is None
    assert '"lotStatus":5' in str(statement.raw)


def test_no_bid_yet_is_no_price_of_nothing() -> None:
    assert stated(nowPrice=0).current_price is None
    assert stated(nowPrice="880000.00").current_price == 880_000_00


def test_class_tells_land_and_leaves_homes_to_the_title() -> None:
    assert stated(standardType=5).property_kind is PropertyKind.LAND
    assert stated(standardType=6).property_kind is PropertyKind.FLAT


@pytest.mark.parametrize("price", [-1, 10**15])
def test_absurd_prices_are_refused(price: int) -> None:
    with pytest.raises(RowRefused, match="starting_price_raw: absurd"):
        stated(startPrice=price)


@pytest.mark.parametrize("price", [[], {}, True, None, "面议"])
def test_what_is_no_number_is_no_price(price: object) -> None:
    assert stated(startPrice=price).starting_price is None


def test_start_is_the_number_of_a_page() -> None:
    url = caa123.list_page(0).url
    (following,) = [follow for follow in read(caa123.LIST, envelope(LOT), url).follows if follow.is_next_page]
    assert following.url == caa123.list_page(1).url
    last = read(caa123.LIST, envelope(LOT), following.url)
    assert [follow.reader for follow in last.follows] == [caa123.LOT]
    assert last.stated_count == 102


def test_an_empty_first_page_where_lots_are_counted_is_not_believed() -> None:
    with pytest.raises(LayoutChanged):
        read(caa123.LIST, envelope(), caa123.list_page(0).url)
    assert read(caa123.LIST, envelope(pages=0, count=0), caa123.list_page(0).url).items == []


def test_rows_without_an_id_do_not_hurt_the_others() -> None:
    deep: Any = []
    for _ in range(900):
        deep = [deep]
    content = read(caa123.LIST, envelope({"id": deep}, deep, {"id": 7}, {"id": "../8"}), caa123.list_page(0).url)
    assert [item.source_id for item in content.items] == ["7"]
    assert [row.position for row in content.refused] == [1, 2, 4]


def test_the_lot_leads_to_its_texts_and_not_to_its_bidders() -> None:
    follows = read(caa123.LOT, LOT, f"{BASE}/lot/70001").follows
    assert [follow.url.removeprefix(BASE) for follow in follows] == [
        "/goods/lot/70001",
        "/notice/lot/70001",
        "/instruction/lot/70001",
    ]


def test_description_does_not_speak_for_the_fields_of_the_lot() -> None:
    answer = {"remark": "<p>起拍价：1元，保证金：1元。建筑面积：89.6平方米。</p>", "pictures": [], "enclosures": []}
    (item,) = read(caa123.GOODS, answer, f"{BASE}/goods/lot/70001").items
    assert (item.source_id, item.starting_price_raw) == ("70001", None)
    assert item.details is not None
    assert item.details.deposit_raw is None
    assert item.floor_area_raw


def test_files_that_are_no_web_addresses_are_left_out() -> None:
    answer = {"remark": "x", "enclosures": [{"filePath": "javascript:alert(1)"}, {"filePath": "/a/b.pdf"}, None, {}]}
    (item,) = read(caa123.GOODS, answer, f"{BASE}/goods/lot/70001").items
    assert item.details is not None
    assert item.details.attachments == (("b.pdf", "https://sf.caa123.org.cn/a/b.pdf"),)


def test_a_notice_gives_facts_in_its_own_sentences() -> None:
    body = json.loads((FIXTURES / "notice" / "notice-of-a-court" / "input.json").read_text("utf-8"))
    (item,) = read(caa123.NOTICE, body, f"{BASE}/notice/lot/70001").items
    assert item.title is None
    assert item.details is not None
    assert item.details.case_number == "(2019)皖0104执1234号"
    taxes = [fact for fact in item.details.facts if fact.kind is FactKind.BUYER_BEARS_ALL_TAXES]
    assert [fact.answer for fact in taxes] == [Answer.YES]
    assert taxes[0].quote in body["content"]


@pytest.mark.parametrize("reader", READERS)
def test_a_document_in_place_of_json_stops_the_crawl(reader: str) -> None:
    addresses = {caa123.LIST: caa123.list_page(0).url, caa123.LOT: f"{BASE}/lot/1", caa123.GOODS: f"{BASE}/goods/lot/1"}
    url = addresses.get(reader, f"{BASE}/notice/lot/1")
    with pytest.raises(Blocked):
        READERS[reader].parse(Page(b"\xef\xbb\xbf <html>x</html>", url, NOW))
