"""What the smaller platforms share: labelled lines, rounds, shares, courts, and notices beside own fields."""

import pytest

from crawler.items import Details, ListingItem
from crawler.parsers.court_lots import (
    address_value,
    court_in,
    fill_from_notice,
    read_labelled,
    round_badge,
    share_in,
    with_unsent,
)

LABELS = ("起拍价", "评估价", "法院", "保证金")
NOTICE = "起拍价：1元，保证金：2元。案号：(2020)皖0111执1234号。本标的物已流拍。建筑面积：88.5平方米。"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["起拍价：", "120", "万元", "评估价：200万元"], {"起拍价": "120万元", "评估价": "200万元"}),
        (["起拍价", "¥ 120.00"], {"起拍价": "¥ 120.00"}),
        (["起拍价120万"], {"起拍价": "120万"}),
        (["法院：", "广州市天河区人民法院", "联系我们"], {"法院": "广州市天河区人民法院"}),
        (["某某法院", "起拍价格说明", "保证金须知：见公告"], {}),
        (["起拍价：1元", "起拍价：2元"], {"起拍价": "1元"}),
        (["起拍价：", "评估价：", "5元"], {"评估价": "5元"}),
        ([], {}),
    ],
)
def test_values_stand_behind_their_labels(lines: list[str], expected: dict[str, str]) -> None:
    assert read_labelled(lines, LABELS) == expected


@pytest.mark.parametrize(
    ("title", "badge"),
    [
        ("【一拍】广州市", "一拍"),
        (" 【第二次拍卖】广州市", "第二次拍卖"),
        ("【变卖】房", "变卖"),
        ("【可贷款】广州市", None),
        ("广州市【一拍】", None),
        ("", None),
    ],
)
def test_round_is_the_badge_at_the_beginning(title: str, badge: str | None) -> None:
    assert round_badge(title) == badge


@pytest.mark.parametrize(
    ("title", "share"),
    [
        ("天河路93号601房三分之一的产权份额", "三分之一"),
        ("大石街2号301房50%产权份额", "50%"),
        ("1/2产权份额", "1/2"),
        ("某公司10%股权", None),
        ("建筑面积占比50%的房屋", None),
        ("天河路1/2号房", None),
    ],
)
def test_share_is_told_only_of_an_ownership(title: str, share: str | None) -> None:
    assert share_in(title) == share


def test_court_is_found_behind_its_label() -> None:
    assert court_in(["联系人：王××", "处置法院：北京市朝阳区人民法院执行局"]) == "北京市朝阳区人民法院"
    assert court_in(["某某银行"]) is None


def test_own_fields_win_and_a_notice_tells_neither_state_nor_result() -> None:
    own = ListingItem("1", {}, starting_price_raw="100万", details=Details(deposit_raw="10万", floor="3"))
    filled = fill_from_notice(own, NOTICE)
    assert (filled.starting_price_raw, filled.status_raw, filled.title) == ("100万", None, None)
    assert filled.floor_area_raw == "88.5平方米"
    assert filled.details is not None
    assert (filled.details.deposit_raw, filled.details.floor) == ("10万", "3")
    assert filled.details.case_number == "(2020)皖0111执1234号"


def test_fields_that_another_page_tells_are_not_asked_of_the_notice() -> None:
    filled = fill_from_notice(ListingItem("1", {}), NOTICE, ("starting_price_raw", "deposit_raw"))
    assert filled.starting_price_raw is None
    assert filled.details is not None
    assert (filled.details.deposit_raw, filled.details.case_number) == (None, "(2020)皖0111执1234号")


def test_an_empty_notice_changes_nothing() -> None:
    item = ListingItem("1", {})
    assert fill_from_notice(item, " \n") is item


def test_what_an_address_carries_unsent_is_read_back() -> None:
    url = with_unsent("https://x.example/call?a=1", itemno="SF 1", empty="")
    assert url == "https://x.example/call?a=1#itemno=SF+1"
    assert (address_value(url, "itemno"), address_value(url, "a"), address_value(url, "empty")) == ("SF 1", "1", None)
    assert address_value("https://x.example/?a=1&a=2", "a") is None
    assert address_value("http://[broken", "a") is None
