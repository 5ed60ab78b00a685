"""公拍网: the rules behind the fields, on pages built from the described elements."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.errors import Blocked, LayoutChanged, UnknownLabel
from crawler.items import PageContent, Reader
from crawler.page import Page
from crawler.parsers import gpai
from crawler.reading import statement_of
from store.statement import Statement
from store.terms import RoundKind, RoundStatus

FIXTURES = Path(__file__).parents[3] / "fixtures" / "gpai"
NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
LOT_URL = "https://www.gpai.net/sf/item2.do?Web_Item_ID=52886"
UPCOMING = (FIXTURES / "list" / "upcoming-of-shanghai" / "input.html").read_text("utf-8")
LOT = (FIXTURES / "lot" / "first-auction-not-begun" / "input.html").read_text("utf-8")
READERS: dict[str, Reader] = {reader.name: reader for reader in gpai.READERS}


def list_url(state: str = gpai.UPCOMING) -> str:
    return gpai.list_page("31", state).url


def read(reader: str, body: str, url: str) -> PageContent:
    return READERS[reader].parse(Page(body.encode(), url, NOW))


def stated(body: str = LOT) -> Statement:
    (item,) = read(gpai.LOT, body, LOT_URL).items
    return statement_of(item, READERS[gpai.LOT], NOW).statement


def test_units_outside_the_tag_count() -> None:
    items = read(gpai.LIST, UPCOMING, list_url()).items
    told = [statement_of(item, READERS[gpai.LIST], NOW).statement for item in items]
    assert [each.starting_price for each in told] == [2_875_000_00, 1_200_000_00]  # 万元, 元
    assert told[0].appraisal_price == 4_107_140_00  # 4107.14 千元
    assert told[1].market_price == 2_000_000_00  # 0.02 亿元


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("4107.14千元", "4107140.00元"),
        ("1,200 千元", "1200000元"),
        ("12万元", "12万元"),
        ("千元", "千元"),
        (None, None),
    ],
)
def test_thousands_are_written_out_and_other_units_left(shown: str | None, expected: str | None) -> None:
    assert gpai.yuan(shown) == expected


def test_only_the_first_list_of_the_page_holds_lots() -> None:
    content = read(gpai.LIST, UPCOMING, list_url())
    assert "Web_Item_ID=99999" in UPCOMING
    assert [item.source_id for item in content.items] == ["52886", "52887"]
    assert content.stated_count == 2


def test_no_second_page_is_ever_asked_for() -> None:
    follows = read(gpai.LIST, UPCOMING, list_url()).follows
    assert [(follow.reader, follow.is_next_page) for follow in follows] == [(gpai.LOT, False)] * 2


@pytest.mark.parametrize(
    ("state", "expected"),
    [("1", RoundStatus.UPCOMING), ("2", RoundStatus.ONGOING), ("3", RoundStatus.ENDED), ("4", None)],
)
def test_state_is_the_one_that_was_asked_for(state: str, expected: RoundStatus | None) -> None:
    item = read(gpai.LIST, UPCOMING, list_url(state)).items[0]
    assert statement_of(item, READERS[gpai.LIST], NOW).statement.status is expected


@pytest.mark.parametrize("total", ["<label>76</label>", "", "<label>很多</label>"])
def test_an_empty_page_is_a_refusal_unless_it_declares_nothing(total: str) -> None:
    page = f"<html><body><div class='filtbar-l'><span>{total}</span></div></body></html>"
    with pytest.raises(Blocked):
        read(gpai.LIST, page, list_url())
    nothing = page.replace(total, "<label>0</label>") if total else page.replace("<span>", "<span><label>0</label>")
    assert read(gpai.LIST, nothing, list_url()).items == []


STATES = {
    "尚未开始": RoundStatus.UPCOMING,
    "即将开始": RoundStatus.UPCOMING,
    "正在拍卖": RoundStatus.ONGOING,
    "已结束": RoundStatus.ENDED,
    "已成交": RoundStatus.SOLD,
    "已撤回": RoundStatus.WITHDRAWN,
    "中止": RoundStatus.SUSPENDED,
    "流拍": RoundStatus.FAILED,
}


@pytest.mark.parametrize("word", STATES)
def test_word_that_stands_alone_tells_the_state(word: str) -> None:
    assert stated(LOT.replace("尚未开始", word)).status is STATES[word]


def test_two_words_for_a_state_tell_none() -> None:
    assert stated(LOT.replace("尚未开始", "已成交</div><div>流拍")).status is None


def test_words_of_the_notice_tell_no_state() -> None:
    assert "<p>流拍</p>" in LOT
    assert stated(LOT.replace("尚未开始", "")).status is None


@pytest.mark.parametrize(
    ("word", "current", "hammer"),
    [("正在拍卖", 2_875_000_00, None), ("已成交", None, 2_875_000_00), ("流拍", None, None), ("尚未开始", None, None)],
)
def test_red_price_means_what_the_state_says(word: str, current: int | None, hammer: int | None) -> None:
    statement = stated(LOT.replace("尚未开始", word))
    assert (statement.current_price, statement.hammer_price) == (current, hammer)


def test_fields_of_the_table_win_over_the_notice() -> None:
    statement = stated()
    assert "保证金：1元" in LOT
    assert (statement.deposit, statement.increment) == (300_000_00, 10_000_00)
    assert (statement.bidding_minutes, statement.extension_minutes) == (1440, 5)
    assert statement.round_kind is RoundKind.FIRST_AUCTION
    assert (statement.applicant_count, statement.bid_count) == (3, 0)
    assert statement.floor_area == 87_23
    assert (statement.seller_name, statement.case_number) == ("上海市虹口区人民法院", "（2026）沪0109执1234号")


def test_a_turn_that_no_table_holds_is_refused() -> None:
    with pytest.raises(UnknownLabel):
        stated(LOT.replace("第一次拍卖", "第十次拍卖"))


@pytest.mark.parametrize("sign", gpai.WALL_SIGNS)
@pytest.mark.parametrize("reader", READERS)
def test_signs_of_a_wall_block(reader: str, sign: str) -> None:
    with pytest.raises(Blocked):
        read(reader, f"<html><body>{sign}</body></html>", LOT_URL)


@pytest.mark.parametrize("length", [0, 1, 300, 700, len(LOT) - 12])
def test_a_cut_page_is_refused(length: int) -> None:
    for reader in READERS:
        with pytest.raises(LayoutChanged):
            read(reader, LOT[:length], LOT_URL)
