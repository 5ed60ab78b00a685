"""The number of the case and the name of the seller."""

import re

from crawler.notices.tables import cell
from crawler.notices.text import Notice, border_before, find_all

CASE = re.compile(
    r"[(\[【] ?(?:19|20)\d{2} ?[)\]】] ?(?:[一-鿿]{1,3}(?:\d{2,4}|[一-鿿])?|\d{2,4})"
    r"(执(?:恢|异|监|他|协|督|保|字)?|财保|保|破(?:申)?|强清|清算?|民初|刑初|商初"
    r"|委执)[字第 ]{0,3}\d{1,6}(?:-\d{1,3})?"
    r"(?:号(?:之[一二三四五六七八九十\d]{1,3})?|(?=[^\d.年月]|$))"
)
PLACES = ("执", "破", "清", "初", "保")
OF_EXECUTION = re.compile(r"执(?!异|监|督)")

COURT = re.compile(r"[一-鿿]{2,24}?(?:人民法院|海事法院|铁路运输(?:中级|基层)?法院|知识产权法院|金融法院|互联网法院)")
SELLER = re.compile(r"[一-鿿()（）]{4,40}(?:管理人|清算组|银行|支行|分行|营业部|公司|合作社|联社|交易所|中心)")
ACTS = re.compile(r"[ ]{0,4}(?:将于|将?定于|于20\d\d年|依照|依据|依法|现?对)")
SELLER_LABELS = ("处置法院", "处置单位", "处置机构", "委托法院", "处置方", "出让方", "转让方", "委托方")
UP_TO_NAME = re.compile(r"(?s).*[\n,。:;()、 \t]")
UP_TO_BRACKET = re.compile(r"(?s).*[(\[【]")


def read_case_number(notice: Notice) -> str | None:
    """The number of the execution as the notice writes it: the first 执 number, else the first of another kind.

    A number of 财保 or 保 is the seizure's, not the sale's.
    """
    others = None
    numbers = []
    for word in PLACES:
        for position in find_all(notice.text, word):
            bracket = border_before(notice.text, position, UP_TO_BRACKET, 18) - 1
            found = CASE.match(notice.text, bracket) if bracket >= 0 else None
            if found and OF_EXECUTION.match(found[1]):
                numbers.append(found)
            elif found and others is None and found[1] not in ("保", "财保", "执保"):
                others = found
        if numbers:
            break
    first = min(numbers, key=lambda each: each.start(), default=others)
    return None if first is None else "".join(notice.shown[first.start() : first.end()].split())


def read_seller(notice: Notice) -> str | None:
    """The court or seller: in the price box, in a cell, as who announces the sale, or in the signature."""
    if name := _before_contact(notice.box):
        return name
    if found := cell(notice, *SELLER_LABELS):
        named = COURT.match(found.value) or SELLER.match(found.value)
        return named[0] if named else None
    return _announcing_court(notice.body)


def _before_contact(box: str) -> str | None:
    """The line over 联系方式 in the price box."""
    line = box.partition("\n联系方式")[0].rpartition("\n")[2].strip() if "\n联系方式" in box else ""
    named = COURT.fullmatch(line) or SELLER.fullmatch(line)
    return named[0] if named else None


def _announcing_court(text: str) -> str | None:
    """The court that 将于 sells, else the one that stands alone on a line."""
    alone = None
    for position in find_all(text, "法院", 40):
        end = position + 2
        start = border_before(text, position, UP_TO_NAME, 26)
        named = COURT.fullmatch(text, start, end)
        if named is None or text[named.start() : named.start() + 1] in "由经据向到在":
            continue
        if ACTS.match(text, end):
            return named[0]
        is_line = (start == 0 or text[start - 1] in "\n ") and text[end : end + 1] in ("", "\n")
        alone = alone or (named[0] if is_line else None)
    return alone
