"""Brackets of a title: parts of the address are opened, hints are put aside."""

import re

from tracking.address.places import clean_compound

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

CALLED = re.compile(
    r"(?![原现含破不无新老旧暂又即该注仅限])[\u4e00-\u9fff]{2,10}(?:花园|小区|公寓|家园|大厦|广场|[苑园城湾庄墅邸郡]|(?<!政)府)"
)
"""A bracket that holds the name of an estate and nothing else."""

BEFORE_NUMBER = re.compile(r"[-0-9A-Z第]|[一二三四五六七八九十]{1,3}(?:号楼|[幢栋座])")
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


def name_in(asides: tuple[str, ...]) -> str | None:
    """The name of the compound where only a bracket tells it: 新华路88号3幢201室(清华花园)."""
    names = [aside for aside in asides if CALLED.fullmatch(aside) is not None]
    return clean_compound(names[0]) if len(names) == 1 else None


def _open_part(found: re.Match[str]) -> str:
    inner = found[1]
    if found.start() == 0:
        return ""
    if PART.fullmatch(inner):  # a number beside a number is another way to write it: 824(2栋803)
        before = found.string[: found.start()][-1:]
        return "" if before.isascii() and before.isalnum() and inner[0].isascii() else inner
    is_before_number = BEFORE_NUMBER.match(found.string, found.end()) is not None
    return inner if is_before_number and (NAME.fullmatch(inner) or HOUSE.fullmatch(inner)) else ""
