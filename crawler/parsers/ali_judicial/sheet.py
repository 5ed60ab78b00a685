"""What a detail page says to the eye, in all eras: prices behind labels, the result, the court, the place, the bids.

The labels outlived every markup: 起 拍 价 stands on the page of 2018 (with blanks inside), 起拍价 on that of 2026, and
a 变卖 says 变卖价, 变卖周期 and 应买记录 instead. So the text is read, in the lines that ``crawler.notices.text_of``
gives. The head of a page ends where its tabs begin; behind it stand notices and other items with their own prices.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from crawler.items import BidItem, FactItem
from crawler.parsers.ali_judicial.dialect import DIALECT
from store.terms import Answer, FactKind

ROUND_BADGE = re.compile(
    r"([一二三四五六七八九十]拍|第[一二三四五六七八九十]{1,3}次拍卖|变卖|重新拍卖|再次拍卖)\s+(?=\S)"
)
END_BADGE = re.compile(r"\s+(可贷款|支持贷款|精选资产)$")
PAGE_TITLE = re.compile(r"^(.*?)\s*-\s*司法拍卖\s*-\s*阿里(?:拍卖|资产)?\s*$", re.DOTALL)

LONGEST_NAME = 2_000  # characters; the longest title seen has 90

TABS = re.compile(r"\n(?:竞买公告|变卖公告|标的物介绍|你可能喜欢|为您推荐|相关推荐)(?=\n)")
AMOUNTS = ("变卖预缴款", "起拍价", "变卖价", "评估价", "市场价", "参考价", "保证金", "加价幅度", "增价幅度")
FINAL_AMOUNTS = ("成交价", "拍下价")
SHOWN_AMOUNTS = (*FINAL_AMOUNTS, "当前价")
SPANS = ("竞价周期", "变卖周期", "延时周期")
PHRASES = ("优先购买权人", "竞价规则", "保留价", "类型")


def spaced(labels: tuple[str, ...]) -> str:
    """A pattern of the labels with or without blanks between their characters."""
    return "|".join(r"\s?".join(label) for label in labels)


AMOUNT = re.compile(
    rf"({spaced(AMOUNTS + SHOWN_AMOUNTS)})\s?[:：]?\s?[¥￥]?\s?([0-9][0-9,]{{0,19}}(?:\.[0-9]{{1,4}})?)\s?([万亿]?)"
)
SPAN = re.compile(rf"({spaced(SPANS)})\s?[:：]?\s?([0-9]{{1,4}}\s?(?:天|小时|分钟))")
PHRASE = re.compile(rf"({spaced(PHRASES)})\s?[:：]\s?([^\s:：]{{1,60}})")
RESULT = re.compile(r"本\s?场([^！!。\n]{1,20})")
ENDED_AT = re.compile(r"结束时间\s?[:：]?\s?([0-9]{4}[/-][0-9]{1,2}[/-][0-9]{1,2} [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)")
STARTS_AT = re.compile(r"([0-9]{4}[/-][0-9]{1,2}[/-][0-9]{1,2} [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)\s?开拍")
COUNTDOWN = re.compile(r"(距开始|距结束|结束时间)")
APPLICANTS = re.compile(r"([0-9]{1,7})\s?人报名")
NOBODY_LOOKED = re.compile(r"(?<![0-9,])0\s?次围观")
DELAYS = re.compile(r"([0-9]{1,5})\s?次延时")
RECORDS = re.compile(r"(?:竞买|应买)记录\s?[(（]\s?([0-9]{1,7})\s?[)）]")

UNIT = re.compile(r"处置单位\s?[:：]\s?([^\s:：]{4,40})")
UNIT_BEFORE_CONTACT = re.compile(r"(?<!\S)([^\s:：¥，。0-9]{4,40})\s联系(?:咨询)?方式\s?[:：]")
PLACE = re.compile(r"标的物(?:所在地\s?[:：]\s?|位置\s)(.{4,200}?)\s?(?=\s(?:地图标注|竞买公告|变卖公告)|$)", re.DOTALL)
DIVISION = re.compile(r"[一-鿿]{2,12}")
DISTRICT_END = ("区", "县", "市", "旗")
DESCRIPTION = re.compile(
    r"\n标的物介绍\n(?!竞买|变卖|应买|【)(.*?)"
    r"(?=\n(?:标的物位置|所在地|竞买公告|变卖公告|竞买须知|相关推荐)\n|$)",
    re.DOTALL,
)
NOT_TOLD = re.compile(r"(?m)^(?:[^\n]*加载中\.{2,}[^\n]*|具体描述|相关附件下载：)$")
BID = re.compile(
    r"(成交|出局|领先)\s([A-Z]?[0-9A-Za-z]{1,11})\s([0-9][0-9,]{0,19}(?:\.[0-9]{1,2})?)\s"
    r"([0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日 ?[0-9]{1,2}:[0-9]{2}:[0-9]{2})"
)


PRE_EMPTION_ANSWERS = {"无": Answer.NO, "有": Answer.YES, "不明": Answer.NOT_KNOWN, "不详": Answer.NOT_KNOWN}


class Name(NamedTuple):
    """The heading of a page, and in it the name of the thing, the round badge and the badge of a loan."""

    heading: str
    title: str
    round_raw: str | None = None
    loan: str | None = None


class Place(NamedTuple):
    """Where the thing is: the divisions as far as blanks set them apart, and the whole line."""

    address: str | None
    state: str | None = None
    city: str | None = None
    district: str | None = None


class Sheet(NamedTuple):
    """The head of a detail page. ``words`` holds each label once, without blanks, with the first value behind it."""

    words: dict[str, str]
    result: str | None = None
    countdown: str | None = None
    starts_at: str | None = None
    ended_at: str | None = None
    applicants: str | None = None
    unit: str | None = None


def read_name(heading: str, page_title: str = "", badge: str = "") -> Name:
    """The heading of a page without its badges; a title of the document that ends as known is the name alone.

    ``badge`` is the round where the markup sets it apart; else it is known by the blank behind it.
    """
    heading = " ".join(heading.split())[:LONGEST_NAME]
    found = None if badge else ROUND_BADGE.match(heading)
    badge = found[1] if found else badge
    title = heading.removeprefix(badge).lstrip()
    loan = None
    while ending := END_BADGE.search(title):
        loan = ending[1] if ending[1] in DIALECT.loan_labels else loan
        title = title[: ending.start()]
    if (alone := PAGE_TITLE.match(page_title[:LONGEST_NAME])) and alone[1]:
        title = " ".join(alone[1].split())
    return Name(heading, title, badge or None, loan)


def read_sheet(text: str) -> Sheet:
    """Read the head of a page: its text from the heading to the tabs."""
    words: dict[str, str] = {}
    for found in AMOUNT.finditer(text):
        words.setdefault("".join(found[1].split()), found[2] + found[3])
    for found in (*SPAN.finditer(text), *PHRASE.finditer(text)):
        words.setdefault("".join(found[1].split()), "".join(found[2].split()))
    if delays := DELAYS.search(text):
        words["延时次数"] = delays[1]
    result = RESULT.search(text)
    unit = UNIT.search(text) or UNIT_BEFORE_CONTACT.search(text)
    return Sheet(
        words,
        "本场" + "".join(result[1].split()) if result else None,
        first(COUNTDOWN, text),
        first(STARTS_AT, text),
        first(ENDED_AT, text),
        None if NOBODY_LOOKED.search(text) else first(APPLICANTS, text),  # else the counts are not loaded yet
        unit[1].strip() if unit else None,
    )


def first(pattern: re.Pattern[str], text: str) -> str | None:
    """The first group of the first match."""
    found = pattern.search(text)
    return found[1] if found else None


def record_count(text: str) -> str | None:
    """The number of bids, as the tab of the bid record tells it."""
    return first(RECORDS, text)


def head_of(text: str, heading: str) -> str:
    """The text from the heading to the tabs."""
    start = max(text.find(heading), 0)
    end = TABS.search(text, start)
    return text[start : end.start() if end else len(text)]


def status_label(sheet: Sheet) -> str | None:
    """The result, with the label of the final price where one is shown; without a result, what the clock counts to."""
    if sheet.result is None:
        return sheet.countdown
    final = next((label for label in FINAL_AMOUNTS if label in sheet.words), None)
    return f"{sheet.result}, {final}" if final and sheet.result == "本场已结束" else sheet.result


def read_place(text: str) -> Place:
    """The place of the thing as its page shows it, over one line or several."""
    found = PLACE.search(text)
    return split_place(found[1] if found else "")


def split_place(text: str) -> Place:
    """Divisions and street: 福建省 福州市 连江县 敖江镇云坝路1号.

    The district is told only where a blank sets it apart from the street.
    """
    parts = text.split()
    address = " ".join(parts) or None
    if len(parts) < 2 or not (DIVISION.fullmatch(parts[0]) and DIVISION.fullmatch(parts[1])):
        return Place(address)
    is_apart = len(parts) > 3 or (len(parts) == 3 and parts[2].endswith(DISTRICT_END))
    district = parts[2] if is_apart and DIVISION.fullmatch(parts[2]) else None
    return Place(address, parts[0], parts[1], district)


def read_description(text: str) -> str:
    """The description of the thing where it stands in the page; empty where it is loaded later."""
    found = DESCRIPTION.search(text)
    return NOT_TOLD.sub("", found[1]).strip() if found else ""


def read_bids(text: str) -> tuple[BidItem, ...]:
    """The lines of the bid record that the page shows, newest first (twenty of them, seen 2026-08)."""
    return tuple(BidItem(amount, at, bidder, outcome) for outcome, bidder, amount, at in BID.findall(text))


def pre_emption(words: Mapping[str, str]) -> tuple[FactItem, ...]:
    """What the head says of holders of a right of pre-emption. A name that stands there is not repeated."""
    said = words.get("优先购买权人")
    if said is None:
        return ()
    answer = PRE_EMPTION_ANSWERS.get(said, Answer.YES)
    quote = said if said in PRE_EMPTION_ANSWERS else "××"
    return (FactItem(FactKind.PRE_EMPTION, answer, f"优先购买权人：{quote}"),)
