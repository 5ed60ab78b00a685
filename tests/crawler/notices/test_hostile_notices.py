"""Texts that nobody sane would publish: read in time, without a failure, and never into something absurd."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.items import Dialect, ListingItem
from crawler.normalize.details import read_extras
from crawler.normalize.record import normalize
from crawler.notices import ROUND_LABELS, STATUS_LABELS, read_notice, text_of
from store.terms import Currency

DIALECT = Dialect(Currency.CNY, "Asia/Shanghai", "CN", round_labels=ROUND_LABELS, status_labels=STATUS_LABELS)
SEEN = datetime(2026, 8, 31, tzinfo=UTC)
HALF_A_MEGABYTE = 500_000
MOST_CPU_SECONDS = 1 / 4  # of a time that grows with the square of the length: a second for a megabyte
FRAGMENTS = (
    "租赁", "（2020）皖0111执", "号之二", "建筑面积", "面积12.5", "平方米", "起拍价：", "第一次拍卖",
    "2020年1月1日10时至", "人民法院", "二分之一产权", "份额", "50%", "99/7", "抵押给中国", "有抵押，抵押权人",
    "税由买受人承担", "如有租赁的，", "不动产权第", "室12.3㎡、", "建筑面积：1室12.3㎡、", "评估价",
    "评估基准日", "2020年2月30日", "成交价", "元", "万", "亿", "99999999999999", "0", "1,000,", "(", "）",
    "【拍卖主信息】\n成交价 1元\n", "\n\n\t\n\n", "是□否☑", "一二三四五六七八九十", "1/2/3/", "\n",
    "租赁情况 无 ", "房号\t面积\n1室\t2\n", "限购", "查封、", "　", "１２", "等12套", "层/", "所在层",
    "第三层", "自动延时5分钟", " ", "\t", "一", "号", "税", "银行", "100 000 ", "权证号：", "欠费", "\u200b",
    "室", "-", "坐落：", "由", "、", "“", "第二顺位", "债权数额0元", "建成于1234年", "竞价周期：999天",
    "结束时间：",
)  # fmt: skip


def item_of(text: str) -> ListingItem:
    reading = read_notice(text)
    return ListingItem(source_id="1", words={}, details=reading.details, **reading.listing)  # type: ignore[arg-type]


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_half_a_megabyte_of_one_fragment_is_read_in_time(fragment: str) -> None:
    text = fragment * (HALF_A_MEGABYTE // len(fragment))
    started = time.process_time()
    read_notice(text)
    text_of(text)
    assert time.process_time() - started < MOST_CPU_SECONDS


@pytest.mark.parametrize(
    "label", ["税", "租赁", "抵押", "面积", "法院", "起拍价：", "坐落：", "权证号：", "优先购买", "欠费", "成交价"]
)
@pytest.mark.parametrize("filling", [" ", "一", "1", "，", "由", "、", "\t", "(", "无", "银行"])
def test_half_a_megabyte_of_labels_and_filling_is_read_in_time(label: str, filling: str) -> None:
    text = (label + filling * 900) * (HALF_A_MEGABYTE // 900)
    started = time.process_time()
    read_notice(text)
    assert time.process_time() - started < MOST_CPU_SECONDS


@pytest.mark.parametrize(
    "tag", ["<", "<a ", "<div>", "<td>", "<script>", "<![CDATA[", "&amp;", "<p>税</p>", "<!--", "<br"]
)
def test_half_a_megabyte_of_markup_is_read_in_time(tag: str) -> None:
    started = time.process_time()
    text_of(tag * (HALF_A_MEGABYTE // len(tag)))
    assert time.process_time() - started < MOST_CPU_SECONDS


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join))
def test_what_is_read_of_any_mixture_is_accepted_by_the_normaliser(text: str) -> None:
    item = item_of(text)
    assert item.details is not None
    normalize(item, DIALECT, SEEN)
    read_extras(item.details, DIALECT, SEEN)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_without_a_failure(text: str) -> None:
    read_notice(text)
    read_notice(text_of(text))
