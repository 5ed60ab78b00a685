"""Prices of a notice and how the reference price was found."""

import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from crawler.notices.numerals import whole_number
from crawler.notices.tables import cell
from crawler.notices.text import NUMBER, Notice, find_all, match_after
from store.terms import AppraisalScope

AMOUNT = re.compile(
    r"(?:\((?:元|万元|人民币)\)|人民币|RMB|[:：为是约计\s¥(]|标的物在评估基准日的价格){0,10}"
    rf"(?:({NUMBER}) ?(万|亿)? ?(元|圆)?"
    r"|([零壹贰叁肆伍陆柒捌玖拾佰仟万亿]{2,30}) ?[元圆]整?(?: ?\(¥?(\d{3,13}(?:\.\d{1,2})?) ?(万)?元)?)(/| ?每)?"
)
MONEY = re.compile(r"[¥元圆万亿]|\d,\d{3}|[\s:]\d+\.\d")
LARGEST = 10**12
"""Yuan; the normaliser refuses more."""

SCALES = {"": 1, "万": 10**4, "亿": 10**8}

STARTS = ("变卖价", "起拍价格", "起拍价", "起拍", "拍卖保留价", "挂牌价", "转让底价")
DEPOSITS = ("保证金",)
INCREMENTS = ("加价幅度", "增价幅度", "増价幅度", "增加幅度", "加价幅", "每次增幅")
APPRAISALS = (
    "评估价值", "评估价格", "评估价", "标的评估总价", "评估总价", "评估总值", "评估值", "网络询价参考价",
    "网络询价平均价格", "网络询价价格", "网络询价价", "询价参考价", "处置参考价", "拍卖参考价", "参考价",
    "议价结果", "议价价格", "平均值", "询价结果", "询价,价值",
)  # fmt: skip
MARKET = ("市场价",)
TOGETHER = re.compile(rf"[^。;\n]{{0,30}}?(?:共计|合计|总计) ?({NUMBER}) ?(万)? ?元")

DATE_LABELS = ("评估鉴定基准日", "评估基准日", "价值时点", "估价时点", "询价时点", "评估时点")
DATE = re.compile(r"[:\s为是]{0,6}(20\d{2}) ?[年.\-/] ?(\d{1,2}) ?[月.\-/] ?(\d{1,2})")
CHINESE_DATE = re.compile(
    r"[:\s为是]{0,6}([二2][零〇0○Ο][一二三四五六七八九零〇0-9]{2})年"
    r"([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日?"
)

KINDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("定向询价", "询", ("定向询价",)),
    ("议价", "议价", ("当事人议价", "双方议价", "议价结果", "议价确定", "协商议价", "议价方式")),
    ("网络询价", "询", ("网络询价", "网询", "询价时点", "询价结果", "询价报告", "大数据询价", "询价平台", "询价,价值")),
    ("评估", "估", ("评估报告", "评估鉴定基准日", "评估基准日", "评估机构", "评估价", "估价报告")),
    ("评估", "价值时点", ("价值时点",)),
)
"""Kind, the part that all its words share, and the words that tell it; the most specific first."""

OF_LOT = re.compile(r"[^。;\n]{0,12}?(?:评估价|评估总价|参考价)")
TOTAL_OF_UNITS = re.compile(r"[^。;\n]{0,24}?[套间处户](?:房产|房屋)?(?:共计|合计)")


class Appraisal(NamedTuple):
    """The reference price and what is told of it, in the notice's own words."""

    price: str | None
    kind: str | None
    day: str | None
    scope: AppraisalScope | None


def read_price(notice: Notice, labels: tuple[str, ...], round_raw: str | None = None) -> str | None:
    """The first amount behind one of ``labels``: of the price box, else of the text.

    Where a notice gives one for each round, that of ``round_raw``.
    """
    for text in (notice.box, notice.body):
        for label in labels:
            found = _amounts(text, label) if label in text else []
            if not found:
                continue
            ordinal = f"第{round_raw[0]}次" if round_raw and round_raw.endswith("拍") else None
            own = [raw for place, raw in found if ordinal and ordinal in text[max(0, place - 6) : place]]
            return (own or [raw for _, raw in found])[0]
    return None


def _amounts(text: str, label: str) -> list[tuple[int, str]]:
    """Where ``label`` stands with an amount behind it, and the amount."""
    amounts = []
    for position in find_all(text, label, 12):
        end = position + len(label)
        found = AMOUNT.match(text, end)
        if found is None or not _is_amount(found) or (not found[7] and _follows_other(text, found.end())):
            continue
        total = TOGETHER.match(text, found.end()) if found[7] else None
        raw = plain_amount(total[1], total[2]) if total else None if found[7] else _raw(found)
        if raw is not None:
            amounts.append((position, raw))
    return amounts


def _is_amount(found: re.Match[str]) -> bool:
    """Whether the number is money: with its unit or sign, or as long as prices are; cut texts end in 起拍价: 1."""
    return MONEY.search(found[0]) is not None or (":" in found[0] and len(found[1] or "") > 3)


def _follows_other(text: str, end: int) -> bool:
    """Whether the number goes on as something else: 保证金的1%, 评估价: 80%, 起拍价2022年."""
    return text[end : end + 1] in ("%", "年", "月", "倍", "套", "天", ".", "号", "日")


def _raw(found: re.Match[str]) -> str | None:
    """The amount in Arabic digits: of 叁万肆仟元整(34000元) these, of numerals alone what they count."""
    if found[4] and found[5] is None:
        counted = whole_number(found[4])
        return f"{counted}元" if counted and counted < LARGEST else None
    return plain_amount(found[5] or found[1], found[6] if found[5] else found[2])


def plain_amount(number: str, unit: str | None) -> str | None:
    """The amount with its unit and without blanks; ``None`` for an absurd one."""
    digits = number.replace(" ", "")
    value = Decimal(digits.replace(",", "")) * SCALES[unit or ""]
    return f"{digits}{unit or ''}元" if value < LARGEST else None


def read_appraisal(notice: Notice) -> Appraisal:
    """Price, kind, day and scope of the reference price."""
    price = read_price(notice, APPRAISALS)
    return Appraisal(price, _kind(notice), read_day(notice), _scope(notice) if price else None)


def _kind(notice: Notice) -> str | None:
    """By the cell that names it, else by the most specific word of the text. The box says 评估价 for all kinds."""
    named = cell(notice, "定价依据", "评估方式", "询价方式")
    for text in (named.value, notice.body) if named else (notice.body,):
        for kind, shared, words in KINDS:
            if shared in text and any(word in text for word in words) and "未经评估" not in text:
                return kind
    return None


def _scope(notice: Notice) -> AppraisalScope | None:
    for word in ("共计", "合计", "整体", "全部标的"):
        if match_after(notice.body, word, OF_LOT):
            return AppraisalScope.LOT
    total = match_after(notice.body, "评估价", TOTAL_OF_UNITS)
    return AppraisalScope.LOT if total else None


def read_day(notice: Notice) -> str | None:
    """The day that the reference price is for, as 2018-03-15."""
    for label in DATE_LABELS:
        for position in find_all(notice.text, label, 6):
            end = position + len(label)
            found = DATE.match(notice.text, end) or CHINESE_DATE.match(notice.text, end)
            if found and (day := _day(found[1], found[2], found[3])):
                return day
    return None


def _day(year: str, month: str, day: str) -> str | None:
    """The day as 2018-03-15; ``None`` for one that no calendar has."""
    try:
        return date(whole_number(year) or 0, whole_number(month) or 0, whole_number(day) or 0).isoformat()
    except ValueError:
        return None
