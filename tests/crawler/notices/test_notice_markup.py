"""Markup of notices as the plain text that its reader sees."""

import pytest

from crawler.notices import read_notice, text_of
from store.terms import Answer, FactKind

TABLE = """<div><style>td{}</style><table>
<tr><td rowspan="2">标的现状</td><td><p>房屋用途</p></td><td><p><span>成套</span>住宅</p></td></tr>
<tr><td>租赁情况</td><td>&nbsp;无租赁</td></tr>
<tr><td>土地性质</td><td></td></tr>
<tr><td>建筑总面积</td><td>89.50㎡</td></tr></table>
<p>起拍价：<b>87.5</b>万元<br>保证金：8万元</p><script>var 起拍价 = "1元";</script><!-- 评估价：1元 --></div>"""


def test_cells_are_apart_and_rows_are_lines() -> None:
    assert text_of(TABLE).split("\n") == [
        "标的现状\t房屋用途\t成套住宅",
        "租赁情况\t无租赁",
        "土地性质\t",
        "建筑总面积\t89.50㎡",
        "起拍价：87.5万元",
        "保证金：8万元",
    ]


def test_a_table_is_read_through_its_text() -> None:
    reading = read_notice(text_of(TABLE))
    assert reading.listing == {"starting_price_raw": "87.5万元", "floor_area_raw": "89.50㎡"}
    assert (reading.details.intended_use, reading.details.deposit_raw) == ("成套住宅", "8万元")
    assert [(fact.kind, fact.answer) for fact in reading.details.facts] == [(FactKind.LEASED, Answer.NO)]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        (" \n ", ""),
        (" 一、 拍卖标的\n\n二、起拍价 ", "一、 拍卖标的\n二、起拍价"),
        ("A &amp; B&lt;C", "A & B<C"),
        ("第一行<br/>第二行", "第一行\n第二行"),
        ("<script>alert(1)</script>", ""),
        ("<td>甲<br>乙</td>", "甲\n乙"),
        ("起拍\n价", "起拍\n价"),
        ("<p>起拍\n价</p>", "起拍 价"),
        ("<div>" * 3000 + "深<script>x</script>处", "深处"),
        ("<p>a\x00b</p>", "ab"),
    ],
)
def test_fragment(markup: str, text: str) -> None:
    assert text_of(markup) == text
