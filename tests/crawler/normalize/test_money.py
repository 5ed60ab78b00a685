"""Money comes out right to the fen, or is refused with its text."""

import pytest
from cn2an import an2cn
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import NumberForm
from crawler.normalize.money import parse_money
from store.terms import Currency

PLAIN, BRAZILIAN = NumberForm.PLAIN, NumberForm.BRAZILIAN
CNY, BRL, KRW = Currency.CNY, Currency.BRL, Currency.KRW


@pytest.mark.parametrize(
    ("raw", "fen"),
    [
        (236732, 23673200),  # Ali list JSON 2020
        (0, 0),
        (24990.0, 2499000),
        (589375.76, 58937576),  # zc list 2020
        (0.1, 10),
        (1.005, 101),
        ("50.712946万", 50712946),  # rmfysszc card 2022-11
        ("150.090248万", 150090248),
        ("211.1万", 211100000),
        ("¥ 211.1万", 211100000),
        ("￥120万元", 120000000),
        ("94.45万", 94450000),  # list card 2026-09-01
        ("-5.50", -550),
        ("1.2亿", 12000000000),
        ("3,613,817.56", 361381756),  # Ali bid log 2026
        ("65,454,900 ", 6545490000),  # Ali detail 2018, with its trailing blank
        ("22.988万元", 22988000),
        ("960000元", 96000000),
        ("１２３，４５６．７８元", 12345678),
        ("５０万", 50000000),
        ("人民币1,234.5元", 123450),
        ("5 0 . 5 万", 50500000),
        ("壹佰贰拾叁万肆仟伍佰元整", 123450000),
        ("一百二十三万", 123000000),
        ("0.005", 1),
        ("0.004", 0),
        ("-5", -500),
        ("－５．５元", -550),
        ("1.23456789万", 1234568),
    ],
)
def test_amounts_in_yuan_become_fen(raw, fen):
    assert parse_money(raw, CNY, PLAIN) == fen


@pytest.mark.parametrize(
    ("raw", "centavos"),
    [
        ("501.000,00", 50100000),  # CAIXA SP 2026-07-21
        ("50.735,46", 5073546),
        ("1.150.000,00", 115000000),
        ("92600,0", 9260000),  # auction houses in the RS series of 2026
        ("4966112,79", 496611279),
        ("R$ 83.135,75", 8313575),
        ("1.234", 123400),
    ],
)
def test_brazilian_amounts_become_centavos(raw, centavos):
    assert parse_money(raw, BRL, BRAZILIAN) == centavos


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        ("1.234,56", PLAIN),
        ("1,23", PLAIN),
        ("1,2345", PLAIN),
        ("233615.48", BRAZILIAN),
        ("1234.5", BRAZILIAN),
        ("1.23,45", BRAZILIAN),
        ("1,234.56", BRAZILIAN),
        ("10万起", PLAIN),
        ("约10万", PLAIN),
        ("面议", PLAIN),
        ("", PLAIN),
        ("万", PLAIN),
        ("1万2亿", PLAIN),
        ("$100", PLAIN),
        ("R$ 100", PLAIN),
        ("一百点五", PLAIN),
        ("一二三", PLAIN),
        ("1e6", PLAIN),
        ("--5", PLAIN),
        ("1" * 41, PLAIN),
        (float("nan"), PLAIN),
        (float("inf"), PLAIN),
        (True, PLAIN),
        (None, PLAIN),
    ],
)
def test_anything_else_is_refused_with_its_text(raw, form):
    with pytest.raises(ValueError, match=r"not an amount|too long") as refused:
        parse_money(raw, CNY if form is PLAIN else BRL, form)
    assert repr(raw)[:20].strip("'") in str(refused.value)


def test_won_have_no_minor_unit():
    assert parse_money("1,234,000", KRW, PLAIN) == 1234000
    assert parse_money(70.5, KRW, PLAIN) == 71


@given(st.integers(0, 10**14), st.sampled_from(["{:,}.{:02}", "{}.{:02}", "￥{:,}.{:02}元", "{} . {:02} 元"]))
def test_plain_amounts_survive_formatting_and_parsing(fen, form):
    assert parse_money(form.format(*divmod(fen, 100)), CNY, PLAIN) == fen


@given(st.integers(0, 10**14))
def test_amounts_in_wan_survive_formatting_and_parsing(fen):
    whole, rest = divmod(fen, 10**6)
    assert parse_money(f"{whole}.{rest:06}万", CNY, PLAIN) == fen


@given(st.integers(0, 10**14))
def test_brazilian_amounts_survive_formatting_and_parsing(centavos):
    whole, rest = divmod(centavos, 100)
    assert parse_money(f"{whole:,}".replace(",", ".") + f",{rest:02}", BRL, BRAZILIAN) == centavos


@given(st.integers(0, 10**9))
def test_json_numbers_with_two_decimals_are_exact(fen):
    assert parse_money(fen / 100, CNY, PLAIN) == fen


@given(st.integers(0, 10**11), st.sampled_from(["low", "up"]))
def test_chinese_numerals_are_read_exactly_or_refused(yuan, mode):
    try:
        amount = parse_money(an2cn(yuan, mode) + "元整", CNY, PLAIN)
    except ValueError:
        return  # cn2an in strict mode refuses some of its own spellings (十万零一千)
    assert amount == yuan * 100
