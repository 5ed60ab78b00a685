"""工行融e购: the rules behind the fields, on recorded answers and described pages."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.errors import Blocked, LayoutChanged, UnknownLabel
from crawler.items import PageContent, Reader
from crawler.page import Page
from crawler.parsers import icbc
from crawler.reading import statement_of
from store.statement import Statement
from store.terms import RoundKind, RoundStatus, SellerKind

FIXTURES = Path(__file__).parents[3] / "fixtures" / "icbc"
NOW = datetime(2023, 1, 11, 9, tzinfo=UTC)
LIVE_URL = "https://gf.trade.icbc.com.cn/subjectMatterTrade/getNewDateNew.jhtml?subjectMatterTradeId=201907240000609101"
LOT_URL = "https://gf.trade.icbc.com.cn/wholeSaleProd/prodDetail.jhtml?prodId=B000445087"
LIST_URL = "https://gf.trade.icbc.com.cn/searchproducts/pv.jhtml#category=SM310000000000000006&place=4401&currentPage="
LIVE = json.loads((FIXTURES / "live" / "ended-2019-with-10-of-13-bids" / "input.json").read_text("utf-8"))
LOT = (FIXTURES / "lot" / "first-auction-of-a-court" / "input.html").read_text("utf-8")
BANK_LOT = (FIXTURES / "lot" / "sold-by-the-bank-itself" / "input.html").read_text("utf-8")
ROWS = (FIXTURES / "list" / "two-lots-page-1-of-2" / "input.html").read_text("utf-8")
READERS: dict[str, Reader] = {reader.name: reader for reader in icbc.READERS}


def read(reader: str, body: str, url: str) -> PageContent:
    return READERS[reader].parse(Page(body.encode(), url, NOW))


def stated(reader: str, body: str, url: str) -> Statement:
    (item,) = read(reader, body, url).items
    return statement_of(item, READERS[reader], NOW).statement


def live(status: str, **basic: Any) -> str:
    return json.dumps({**LIVE, "basicMap": {**LIVE["basicMap"], "tradeStatus": status, **basic}})


STATUSES = {
    "2": RoundStatus.UPCOMING,
    "3": RoundStatus.WITHDRAWN,
    "4": RoundStatus.ONGOING,
    "9": RoundStatus.FAILED,
    "11": RoundStatus.ENDED,
    "18": RoundStatus.ONGOING,
    "22": RoundStatus.ENDED,
    "25": RoundStatus.WITHDRAWN,
}


@pytest.mark.parametrize("code", STATUSES)
def test_each_explained_status_is_read(code: str) -> None:
    statement = stated(icbc.LIVE, live(code), LIVE_URL)
    assert statement.status is STATUSES[code]
    assert statement.round_kind is (RoundKind.SELL_OFF if code == "18" else None)


def test_a_status_that_nobody_explains_is_refused() -> None:
    with pytest.raises(UnknownLabel, match="tradeStatus 23"):
        stated(icbc.LIVE, live("23"), LIVE_URL)


def test_status_22_is_no_sale_as_nobody_says_whether_the_winner_paid() -> None:
    statement = stated(icbc.LIVE, json.dumps(LIVE), LIVE_URL)
    assert (statement.hammer_price, statement.current_price) == (None, 164_140_00)
    assert statement.bid_count == 13
    assert statement.ends_at == datetime(2019, 8, 31, 2, 18, 16, tzinfo=UTC)


def test_ten_bids_are_read_with_their_years_and_without_the_bidders() -> None:
    (item,) = read(icbc.LIVE, json.dumps(LIVE), LIVE_URL).items
    extras = statement_of(item, READERS[icbc.LIVE], NOW).extras
    assert extras is not None
    rows = LIVE["historyMap"]["recordBidHistoryList"]
    assert [bid.amount for bid in extras.bids] == [row["price"] * 100 for row in rows]
    assert {bid.placed_at.year for bid in extras.bids if bid.placed_at} == {2019}
    assert not any(row["id"] in repr(item) for row in rows)


@pytest.mark.parametrize("code", ["2", "3", "9"])
def test_end_price_of_a_lot_without_bidding_is_no_current_price(code: str) -> None:
    assert stated(icbc.LIVE, live(code), LIVE_URL).current_price is None


def test_a_bid_that_cannot_be_read_does_not_hurt_the_others() -> None:
    rows: list[Any] = [dict(row) for row in LIVE["historyMap"]["recordBidHistoryList"]]
    rows[4] = {"price": [[[]]], "time": 7}
    body = json.dumps({**LIVE, "historyMap": {"recordBidHistoryList": rows}})
    content = read(icbc.LIVE, body, LIVE_URL)
    assert content.items[0].details is not None
    assert len(content.items[0].details.bids) == 9
    assert [row.position for row in content.refused] == [5]


def test_a_court_sells_by_its_rounds() -> None:
    statement = stated(icbc.LOT, LOT, LOT_URL)
    assert (statement.round_kind, statement.seller_kind) == (RoundKind.FIRST_AUCTION, SellerKind.COURT)
    assert (statement.starting_price, statement.increment) == (106_140_00, 2_000_00)
    assert (statement.deposit, statement.appraisal_price) == (20_000_00, 151_628_00)
    assert statement.case_number == "(2019)粤0606执1234号"


def test_a_bank_that_sells_itself_is_a_direct_sale() -> None:
    statement = stated(icbc.LOT, BANK_LOT, LOT_URL)
    assert (statement.round_kind, statement.seller_kind) == (RoundKind.DIRECT_SALE, SellerKind.STATE_BANK)


def test_a_bankrupt_banks_administrator_is_no_bank() -> None:
    statement = stated(icbc.LOT, BANK_LOT.replace("中国工商银行股份有限公司佛山分行", "包商银行破产管理人"), LOT_URL)
    assert (statement.round_kind, statement.seller_kind) == (None, SellerKind.BANKRUPTCY_ADMINISTRATOR)


def test_terms_without_labels_are_not_read_by_their_places_when_the_first_is_no_stage() -> None:
    """Else the appraisal would stand as the deposit where one list of terms is missing."""
    shifted = LOT.replace("<dl><dt>拍卖阶段：</dt><dd>一拍</dd></dl>", "")
    statement = stated(icbc.LOT, shifted, LOT_URL)
    assert statement.appraisal_price is None
    assert statement.deposit == 30_000_00  # of the rules


def test_the_lot_leads_to_its_live_data_but_not_to_the_visitor_count() -> None:
    assert [follow.url for follow in read(icbc.LOT, LOT, LOT_URL).follows] == [LIVE_URL]


def test_pages_are_counted_by_the_script() -> None:
    (following,) = [follow for follow in read(icbc.LIST, ROWS, f"{LIST_URL}1").follows if follow.is_next_page]
    assert following.form is not None
    assert following.form["currentPage"] == "2"
    assert following.form["SMProvinceFilter"] == '["44"]'
    assert following.form["SMSecondRegionFilter"] == '["4401"]'
    assert following.form["subjectChildType"] == "1"
    assert [follow for follow in read(icbc.LIST, ROWS, f"{LIST_URL}2").follows if follow.is_next_page] == []


def test_visitor_count_without_its_lot_is_refused() -> None:
    body = (FIXTURES / "visitors" / "nobody-signed-up" / "input.json").read_text("utf-8")
    with pytest.raises(LayoutChanged):
        read(icbc.VISITORS, body, "https://gf.trade.icbc.com.cn/wholeSaleProd/visitorCount.jhtml")


@pytest.mark.parametrize("reader", [icbc.LIVE, icbc.VISITORS])
def test_a_document_in_place_of_json_stops_the_crawl(reader: str) -> None:
    with pytest.raises(Blocked):
        read(reader, "<html></html>", LIVE_URL)


@pytest.mark.parametrize("length", [0, 1, 300, 700, len(LOT) - 12])
def test_a_cut_lot_page_is_refused(length: int) -> None:
    with pytest.raises(LayoutChanged):
        read(icbc.LOT, LOT[:length], LOT_URL)
