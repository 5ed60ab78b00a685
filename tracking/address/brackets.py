"""Brackets of a title: parts of the address are opened, hints are put aside."""

import re

PAIR = re.compile(r"\(([^()]{0,200})\)")
PART = re.compile(
    r"第?[0-9A-Z一二三四五六七八九十东西南北#-]{1,9}(?:期|区|组团|号?楼|[幢栋座]|单元|[层室房号#]){0,2}(?:[0-9]{1,4}室?)?"
)
"""A bracket that holds nothing but a part of the address: (二区), (B1幢), (7-2-3-2)."""

NAME = re.compile(
    r"(?![原现含破不无新老旧暂又即该注仅限毛精复跃拆变第一二三]|带|已|共|另|建筑|精装|商业|车位|住宅)[\u4e00-\u9fff]{2,12}"
)
"""A bracket that names the compound: (廊桥水岸)5-9-5."""

HOUSE = re.compile(r"(?![原现含破])[\u4e00-\u9fff]{2,12}#?[0-9A-Z]{1,4}(?:[幢栋座]|号?楼|#)")
"""A bracket that holds a building with its compound, before the room: (金益紫檀5栋)101号."""

BEFORE_NUMBER = tuple("-0123456789ABCDEFGH第")
ROOM = re.compile(r"[0-9A-Z](?:号?[楼房店铺]|[幢栋座室层#]|单元|号(?!$)|-[0-9])|(?<![第0-9])[0-9]{1,5}号")
"""A bracket that holds the whole address: (县物资公司宿舍楼2-402); a certificate is none."""

HAS_NUMBER = re.compile(r"[0-9]")


def open_brackets(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with its brackets opened or taken out, and what stood in each, in order."""
    asides = tuple(PAIR.findall(text))
    if not asides:
        return text.replace("(", "").replace(")", ""), ()
    kept = PAIR.sub(_open_part, text)
    if HAS_NUMBER.search(kept) is None and any(map(ROOM.search, asides)):
        kept = PAIR.sub(r"\1", text)
    return kept.replace("(", "").replace(")", ""), asides


def _open_part(found: re.Match[str]) -> str:
    inner = found[1]
    if found.start() == 0:
        return ""
    if PART.fullmatch(inner):  # a number beside a number is another way to write it: 824(2栋803)
        before = found.string[: found.start()][-1:]
        return "" if before.isascii() and before.isalnum() and inner[0].isascii() else inner
    is_before_number = found.string.startswith(BEFORE_NUMBER, found.end())
    return inner if is_before_number and (NAME.fullmatch(inner) or HOUSE.fullmatch(inner)) else ""
