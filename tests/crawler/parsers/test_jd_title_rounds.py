"""Rounds in the titles of JD: badges as sellers write them, and beside the code that JD itself gives."""

import pytest

from crawler.parsers.jd.dialect import TitleRound, round_in_title, round_number, round_word
from tests.tracking.chain_cases import offer
from tracking.rounds import chain_rounds

COURT, BANK = "jd_judicial", "jd_assets"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("【一拍】-平安银行-汉江北路170号房产", TitleRound("一拍", 1)),
        ("【二拍】-平安银行-江苏宜兴海德名园35号房产", TitleRound("二拍", 2)),
        ("【三拍】-平安银行-无锡市汉江北路119号121号商铺", TitleRound("三拍", 3)),
        ("【变卖】泉州市丰泽区泉秀街181号恒祥大厦1405室", TitleRound("变卖")),
        ("（第二次拍卖）福州市晋安区某路3号1座301室", TitleRound("二拍", 2)),
        ("[第2次]福州市晋安区某路3号1座301室", TitleRound("二拍", 2)),
        ("【第12次拍卖】某公司名下福州市仓山区某路2号1座201室", TitleRound("第四次及以后", 12)),
        ("兰州银行-江苏省兴化市合陈镇昌自建房", TitleRound()),
        ("二拍路3号1座301室", TitleRound()),
    ],
)
def test_a_badge_tells_the_round_and_a_name_of_a_road_does_not(title: str, expected: TitleRound) -> None:
    assert round_in_title(title) == expected


def test_a_banks_badge_is_its_number_and_never_a_round_of_the_law() -> None:
    badge = round_in_title("【二拍】-平安银行-溪南新村376-1-101")
    assert (round_word(BANK, None, badge), round_number(BANK, None, badge)) == ("竞价", 2)


def test_a_courts_badge_that_says_what_the_code_says_is_not_told_twice() -> None:
    for code, title in (
        (1, "【一拍】福州市某路3号"),
        ("2", "【第二次拍卖】福州市某路3号"),
        (4, "【变卖】福州市某路3号"),
    ):
        badge = round_in_title(title)
        assert (round_word(COURT, code, badge), round_number(COURT, code, badge)) == (f"paimaiTimes {code}", None)


@pytest.mark.parametrize(
    ("code", "title", "kind", "words"),
    [
        (1, "【二拍】福州市某路3号", "first_auction", "the source calls it round 1 and counts it as round 2"),
        ("2", "【一拍】福州市某路3号", "second_auction", "the source calls it round 2 and counts it as round 1"),
        (4, "【二拍】福州市某路3号", "sell_off", "the source calls it a sell-off and counts it as round 2"),
    ],
)
def test_a_courts_badge_that_contradicts_the_code_is_a_question(
    code: int | str, title: str, kind: str, words: str
) -> None:
    badge = round_in_title(title)
    number = round_number(COURT, code, badge)
    assert round_word(COURT, code, badge) == f"paimaiTimes {code}"
    (step,) = chain_rounds([offer(1, source=COURT, round_kind=kind, round_number=number)])
    assert step.contradiction == words
