"""Which round it is, how it stands, and when it runs."""

import re
from datetime import datetime
from typing import NamedTuple

from crawler.notices.prices import plain_amount
from crawler.notices.text import NUMBER, Notice, find_all, first_after, match_after
from store.terms import RoundKind, RoundStatus

ROUND_LABELS: dict[str, RoundKind | None] = {
    "一拍": RoundKind.FIRST_AUCTION,
    "二拍": RoundKind.SECOND_AUCTION,
    "三拍": RoundKind.THIRD_AUCTION,
    "四拍": RoundKind.LATER_AUCTION,
    "五拍": RoundKind.LATER_AUCTION,
    "变卖": RoundKind.SELL_OFF,
    "重新拍卖": RoundKind.RE_AUCTION,
    "再次拍卖": RoundKind.REPEAT_AUCTION,
}
"""Every word that ``read_notice`` gives as ``round_raw``."""

STATUS_LABELS: dict[str, RoundStatus | None] = {
    "即将开始": RoundStatus.UPCOMING,
    "正在进行": RoundStatus.ONGOING,
    "竞价中": RoundStatus.ONGOING,
    "已结束": RoundStatus.ENDED,
    "已成交": RoundStatus.SOLD,
    "已流拍": RoundStatus.FAILED,
    "已撤回": RoundStatus.WITHDRAWN,
    "已中止": RoundStatus.SUSPENDED,
    "已暂缓": RoundStatus.POSTPONED,
    "已终止": RoundStatus.TERMINATED,
}
"""Every word that ``read_notice`` gives as ``status_raw``."""

BADGE = re.compile(r"\s{0,4}[【(]?(一拍|二拍|三拍|四拍|五拍|变卖|重新拍卖|再次拍卖)[】)]?(?=[\s(【一-鿿\d])")
ORDINAL = re.compile(r"第([一二三四五])次(?:网络|公开|司法)?(?:拍卖)?[)】]")
THIS_ONE = re.compile(r"(?:拍卖)?(?:为|是|系)第([一二三四五])次(?:网络|公开|司法)?拍卖")
SALE_OFF_SIGNS = (
    "变卖公告",
    "变卖标的:",
    "变卖标的为",
    "变卖对象:",
    "变卖价:",
    "变卖预缴款:",
    "变卖周期",
    "公开变卖活动",
)
TITLE_SIGNS = ("重新拍卖", "再次拍卖", "一拍", "二拍", "三拍", "变卖")

PRICE = re.compile(
    rf"[:\s]{{0,6}}¥?\s?({NUMBER})\s?(万?)\s?"
    rf"(?:[零壹贰叁肆伍陆柒捌玖拾佰仟万亿角分元整]{{2,40}}\s?)?元"
)
PAID = re.compile(r"[1-9]")
SOLD_LABELS = ("成交价格", "成交价", "拍下价", "成交金额", "落槌价")
FAILED_SIGNS = ("本场拍卖已流拍", "本场变卖已流拍", "本场竞价失败", "标的物已流拍", "本标的物已流拍")
STOPPED = re.compile(r"(?:本)?标的物已(撤回|中止|暂缓|终止)|本场(?:拍卖|变卖)?已(撤回|中止|暂缓|终止)")
STATE_LINE = re.compile(r"(即将开始|正在进行|竞价中|已结束|已成交|已流拍|已撤回|已中止|已暂缓|已终止)(?=[\s。,]|$)")

MOMENT = (
    r"(20\d{2}) ?[年/.-] ?(\d{1,2}) ?[月/.-] ?(\d{1,2}) ?日? ?(上午|下午|中午|晚上?)? ?"
    r"(\d{1,2}) ?[时:点] ?(?:(\d{1,2}) ?分?(?::(\d{2}))?)?"
)
SPAN = re.compile(rf"{MOMENT}[整起]{{0,2}} ?(?:\(含\))?(?:至|到|~|-|—|－){{1,2}} ?{MOMENT}")
VIEWING = re.compile(r"咨询|看样|展示")
AFTER_LABEL = re.compile(rf"[\s:为是于]{{0,6}}{MOMENT}")
PERIOD = re.compile(r"[为是:\s]{0,6}(\d{1,3} ?(?:天|日|个?小时))(?![前内后])")
EXTENSION = re.compile(r"[为是:\s]{0,6}(\d{1,3} ?分钟)")
EXTENDS = re.compile(r"[^。;\n]{0,12}?(?:延迟|延时|顺延|延长) ?(\d{1,3} ?分钟)")


class Result(NamedTuple):
    """How the round stands, and the price if it was sold."""

    status: str | None
    hammer_price: str | None


def read_round(notice: Notice, title: str | None) -> str | None:
    """One of ``ROUND_LABELS``: the badge of the page, the title, the words of the notice."""
    if badge := BADGE.match(notice.box) or BADGE.match(notice.text):
        return badge[1]
    if title and (named := _round_in_title(title)):
        return named
    head = notice.body[:4000]
    if found := ORDINAL.search(head, 0, 600):
        return f"{found[1]}拍"
    if found := match_after(head, "本次", THIS_ONE):
        return f"{found[1]}拍"
    if any(sign in notice.text for sign in SALE_OFF_SIGNS):
        return "变卖"
    return _only_announced(head)


def _round_in_title(title: str) -> str | None:
    """【第一次拍卖】, (二拍) and the like, in brackets before or behind the name."""
    if found := ORDINAL.search(title, 0, 60):
        return f"{found[1]}拍"
    bracketed = re.findall(r"[【(]([^】)]{2,8})[】)]", title[:60])
    return next((word for word in bracketed if word in TITLE_SIGNS), None)


def _only_announced(text: str) -> str | None:
    """The round that the notice gives a time or a start for, if it is the only one."""
    named = []
    for word in "一二三四":
        label = f"第{word}次拍卖"
        if match_after(text, label, re.compile(r"(?:竞价时间|时间)[:为 ]{1,3}20\d\d")) or match_after(
            text, label if word != "一" else "第一次", re.compile(r"(?:的)?起拍价[:为 ]{0,3}\d")
        ):
            named.append(word)
    return f"{named[0]}拍" if len(named) == 1 else None


def read_result(notice: Notice) -> Result:
    """Sold with its price, failed, stopped, or a state that the page shows as a word of its own."""
    text = notice.box or notice.text
    for label in SOLD_LABELS:
        for position in find_all(text, label, 8):
            found = PRICE.match(text, position + len(label))
            is_apart = text[position - 1 : position] in ("", "\n", " ", "\t", "。", ";")
            if found and is_apart and (price := plain_amount(found[1], found[2])) and PAID.search(price):
                return Result("已成交", price)
    if any(sign in text for sign in FAILED_SIGNS):
        return Result("已流拍", None)
    if ("标的物已" in text or "本场" in text) and (found := STOPPED.search(text)):
        return Result(f"已{found[1] or found[2]}", None)
    if found := STATE_LINE.match(text.lstrip()[:12]):
        return Result(found[1], None)
    return Result("已结束", None) if "本场已结束" in text else Result(None, None)


def read_times(notice: Notice, round_raw: str | None) -> tuple[str | None, str | None]:
    """Start and end as 2018年6月23日10:00. The page's own 结束时间 is the real end, after all extensions."""
    start, end = _announced_times(notice.body, round_raw)
    if found := match_after(notice.box or notice.text, "结束时间", AFTER_LABEL):
        end = _moment(found.groups()) or end
    if found := match_after(notice.text, "开始时间", AFTER_LABEL):
        start = _moment(found.groups()) or start
    return start, end


def _announced_times(text: str, round_raw: str | None) -> tuple[str | None, str | None]:
    """The span of the notice; where it announces several rounds, that of the round in question."""
    spans: list[re.Match[str]] = []
    for position in find_all(text, "20", 200):
        found = SPAN.match(text, position)
        if found and (not spans or position >= spans[-1].end()):
            spans.append(found)
    spans = [each for each in spans if not _is_for_viewing(text, each)]
    if len(spans) > 1:
        label = f"第{round_raw[0]}次" if round_raw and round_raw.endswith("拍") else ""
        spans = [each for each in spans if label and label in text[max(0, each.start() - 16) : each.start()]]
    if not spans:
        return None, None
    parts = spans[0].groups()
    return _moment(parts[:7]), _moment(parts[7:])


def _is_for_viewing(text: str, span: re.Match[str]) -> bool:
    """Whether the span is that of questions and viewings."""
    around = text[max(0, span.start() - 12) : span.start()] + text[span.end() : span.end() + 10]
    return VIEWING.search(around) is not None


def _moment(parts: tuple[str | None, ...]) -> str | None:
    """The local time; ``None`` for one that no calendar has."""
    year, month, day, half, hour, minute, second = parts
    hours = int(hour or 0)
    if half in ("下午", "晚", "晚上") and hours < 12:
        hours += 12
    try:
        moment = datetime(  # noqa: DTZ001 - local to the court; the normaliser knows the zone
            int(year or 0), int(month or 0), int(day or 0), hours, int(minute or 0), int(second or 0)
        )
    except ValueError:
        return None
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def read_periods(notice: Notice) -> tuple[str | None, str | None]:
    """How long bids are taken, and by how much a late bid extends that."""
    text = notice.text
    period = first_after(text, ("竞价周期", "变卖周期", "变卖期", "竞价期"), PERIOD)
    extension = match_after(text, "延时周期", EXTENSION) or first_after(text, ("自动", "系统自动"), EXTENDS)
    return (
        period[1].replace(" ", "") if period and int(re.split(r"\D", period[1])[0]) <= 366 else None,
        extension[1].replace(" ", "") if extension else None,
    )
