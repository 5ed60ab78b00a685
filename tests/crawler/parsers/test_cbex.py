"""北交互联: the rules behind the fields, on recorded answers and described pages."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.errors import Blocked, LayoutChanged, PageRefused, UnknownLabel
from crawler.items import PageContent, Reader
from crawler.page import Page
from crawler.parsers import cbex
from crawler.reading import statement_of
from store.terms import RoundKind, RoundStatus

FIXTURES = Path(__file__).parents[3] / "fixtures" / "cbex"
NOW = datetime(2023, 1, 13, 3, tzinfo=UTC)
XMID = "8DBE7D3C3ADEA96F62BD4F0895BC9993"
BIDS_URL = f"https://otc.cbex.com/service/sfpm/detail/bidInfo?tag={XMID}_&puuid=0&isSubmitBzj=false&ws=true"
STATE_URL = f"https://otc.cbex.com/page/sfpm/detail/prjBidInfo?cpdm={XMID}&jjcc=1#itemno=SF900101"
LIST_URL = "https://otc.cbex.com/page/sfpm/list/list_li#bdwlx=6&bdwszd=440000&pageNo="
BIDS = (FIXTURES / "bids" / "sold-after-89-bids" / "input.json").read_text("utf-8")
ROWS = (FIXTURES / "list" / "two-lots-of-guangdong" / "input.html").read_text("utf-8")
LOT = (FIXTURES / "lot" / "second-auction" / "input.html").read_text("utf-8")
READERS: dict[str, Reader] = {reader.name: reader for reader in cbex.READERS}

STATES = {
    "not-begun": RoundStatus.UPCOMING,
    "running": RoundStatus.ONGOING,
    "sold-after-75-extensions": RoundStatus.SOLD,
    "withdrawn-with-reason": RoundStatus.WITHDRAWN,
    "paused-without-reason": RoundStatus.SUSPENDED,
    "failed": RoundStatus.FAILED,
    "suspended-with-reason": RoundStatus.SUSPENDED,
}


def read(reader: str, body: str, url: str) -> PageContent:
    return READERS[reader].parse(Page(body.encode(), url, NOW))


@pytest.mark.parametrize("case", STATES)
def test_each_recorded_text_tells_its_state(case: str) -> None:
    body = (FIXTURES / "state" / case / "input.html").read_text("utf-8")
    (item,) = read(cbex.STATE, body, STATE_URL).items
    assert statement_of(item, READERS[cbex.STATE], NOW).statement.status is STATES[case]


def test_texts_without_their_lots_are_refused_one_by_one() -> None:
    body = (FIXTURES / "state" / "seven-texts-without-their-lots" / "input.json").read_text("utf-8")
    content = read(cbex.STATE, body, "file:prjBidInfo-texts-2023-01.json")
    assert content.items == []
    assert [row.reason for row in content.refused] == ["state without its lot"] * 7


def test_an_ended_lot_without_a_highest_offer_is_no_sale() -> None:
    (item,) = read(cbex.STATE, "<p>已结束 结束时间： 2019年 09月 29日 10:00:00 竞价结束。</p>", STATE_URL).items
    statement = statement_of(item, READERS[cbex.STATE], NOW).statement
    assert (statement.status, statement.hammer_price) == (RoundStatus.ENDED, None)


def test_state_and_bids_of_the_sold_lot_tell_the_same_price() -> None:
    body = (FIXTURES / "state" / "sold-after-75-extensions" / "input.html").read_text("utf-8")
    (state,), (bids,) = read(cbex.STATE, body, STATE_URL).items, read(cbex.BIDS, BIDS, BIDS_URL).items
    told = [
        statement_of(item, READERS[reader], NOW).statement for item, reader in ((state, cbex.STATE), (bids, cbex.BIDS))
    ]
    assert [each.hammer_price for each in told] == [3_592_050_00] * 2
    assert state.words["延时"] == bids.words["FID_CKCS"] == "75"
    assert (told[1].starting_price, told[1].bid_count) == (2_542_050_00, 89)
    assert told[0].ends_at == datetime(2019, 9, 29, 3, 1, 8, tzinfo=UTC)


def test_bidders_customer_number_is_not_kept() -> None:
    (item,) = read(cbex.BIDS, BIDS.replace("××××××××××××", "000123456789"), BIDS_URL).items
    assert "000123456789" not in repr(item)


def test_a_code_that_nobody_explains_is_refused_and_no_sale() -> None:
    (item,) = read(cbex.BIDS, BIDS.replace('"400"', '"300"'), BIDS_URL).items
    assert item.hammer_price_raw is None
    with pytest.raises(UnknownLabel, match="JYZT 300"):
        statement_of(item, READERS[cbex.BIDS], NOW)


def test_an_ended_lot_is_asked_for_its_bids_and_a_running_one_is_not() -> None:
    ended = read(cbex.STATE, "<p>已结束 最高报价金额： ￥3,592,050.00</p>", STATE_URL)
    running = read(cbex.STATE, "<p>竞价中 当前价： ￥1.00 起拍价： ￥1.00</p>", STATE_URL)
    assert [follow.reader for follow in ended.follows] == [cbex.BIDS, cbex.COUNTS]
    assert "isSubmitBzj=false" in ended.follows[0].url
    assert "itemno=SF900101" in ended.follows[1].url
    assert running.follows == []


def test_every_page_of_a_lot_bears_the_same_id() -> None:
    content = read(cbex.LIST, ROWS, f"{LIST_URL}1")
    lot, state = (follow for follow in content.follows if follow.url.endswith(("D8", "SF900101")))
    assert read(cbex.LOT, LOT, lot.url).items[0].source_id == content.items[0].source_id
    assert read(cbex.STATE, "<p>已流拍</p>", state.url).items[0].source_id == content.items[0].source_id


def test_next_page_asks_for_the_same_class_and_province() -> None:
    (following,) = [follow for follow in read(cbex.LIST, ROWS, f"{LIST_URL}4").follows if follow.is_next_page]
    assert following.method == "POST"
    assert following.form is not None
    asked = {name: following.form[name] for name in ("bdwlx", "bdwszd", "pageNo", "pageSize")}
    assert asked == {"bdwlx": "6", "bdwszd": "440000", "pageNo": "5", "pageSize": "16"}
    assert following.url == f"{LIST_URL}5"


def test_thousands_of_rows_where_sixteen_were_asked_for_are_no_list() -> None:
    with pytest.raises(LayoutChanged, match="rows where 16 were asked for"):
        read(cbex.LIST, "<li>" * 5_000, f"{LIST_URL}1")


def test_an_answer_without_a_lot_ends_the_list_but_not_on_its_first_page() -> None:
    assert read(cbex.LIST, "", f"{LIST_URL}2") == PageContent()
    for url in (f"{LIST_URL}1", LIST_URL.partition("#")[0]):
        with pytest.raises(LayoutChanged):
            read(cbex.LIST, "", url)


@pytest.mark.parametrize("reader", [cbex.LIST, cbex.STATE, cbex.BIDS, cbex.COUNTS])
def test_a_document_in_place_of_an_answer_stops_the_crawl(reader: str) -> None:
    with pytest.raises(Blocked):
        read(reader, "\n<!DOCTYPE html><html><body>已流拍</body></html>", f"{LIST_URL}2")


def test_prices_of_the_lot_page_win_over_those_of_its_rules() -> None:
    (item,) = read(cbex.LOT, LOT, f"https://otc.cbex.com/sfpm/detail/SF900101.html#xmid={XMID}").items
    statement = statement_of(item, READERS[cbex.LOT], NOW).statement
    assert "起拍价：2500000元" in LOT
    assert (statement.starting_price, statement.deposit, statement.increment) == (2_542_050_00, 250_000_00, 10_000_00)
    assert (statement.round_kind, statement.is_loan_offered) == (RoundKind.SECOND_AUCTION, False)
    assert (statement.seller_name, statement.region_code) == ("北京市朝阳区人民法院", "110105")
    assert statement.floor_area == 76_31


def test_contacts_beside_the_court_are_not_read() -> None:
    page = LOT.replace("王××", "王小明").replace("010-××××××××", "010-12345678")
    (item,) = read(cbex.LOT, page, f"https://otc.cbex.com/sfpm/detail/SF900101.html#xmid={XMID}").items
    assert "王小明" not in repr(item)
    assert "12345678" not in repr(item)


@pytest.mark.parametrize("value", [None, [], {}, "", {"JYZT": []}, {"JYZT": None}, {"JYZT": {"a": 1}}])
def test_an_envelope_without_its_code_is_refused(value: object) -> None:
    with pytest.raises(PageRefused):
        read(cbex.BIDS, json.dumps({"success": True, "object": value}), BIDS_URL)


@pytest.mark.parametrize("length", [0, 1, 200, 600, len(LOT) - 12])
def test_a_cut_lot_page_is_refused(length: int) -> None:
    with pytest.raises(LayoutChanged):
        read(cbex.LOT, LOT[:length], f"https://otc.cbex.com/sfpm/detail/SF900101.html#xmid={XMID}")
