"""Several homes in one notice: how many there are, and what is told of each."""

import re
from collections.abc import Iterator

from crawler.items import MemberItem
from crawler.notices.listed_units import count_listed
from crawler.notices.numerals import whole_number
from crawler.notices.text import Notice, find_all

COUNT = r"(\d{1,4}|[一二两三四五六七八九十]{1,3})"
COUNTED = re.compile(rf"{COUNT} ?(?:套|处|间|户|个|宗|幢|栋)(?!型|内|用)")
BEFORE_COUNT = ("等", "共计", "共", "合计", "商铺", "住宅", "房产", "房屋", "公寓", "车位")
MOST_UNITS = 2_000

HEADER = re.compile(r"[^\n]{0,120}(?:房号|坐落|座落|名称|位置|室号|单元号)[^\n]{0,120}面积[^\n]{0,60}")
UNIT_CELL = re.compile(r"(?=.{0,60}\d).{1,60}(?:室|号|户|房|铺|位|间|单元|[A-Za-z]?\d)")
FIGURE = re.compile(r"\d{1,6}(?:\.\d{1,4})?")
LISTED = re.compile(
    r"([0-9A-Za-z一-鿿#-]{0,30}?(?:号楼|幢|栋|#楼|号|#))?([0-9A-Za-z-]{1,10}(?:室|单元|房|号)) ?(?:建筑面积)?[:为]?"
    r"(\d{1,5}(?:\.\d{1,4})?) ?(?:㎡|平方米|m²|m2)"
)
LIST_LABELS = ("建筑面积:", "建筑面积分别为", "建筑面积")
ROW_PRICE = re.compile(r"评估|参考价|市场价值")
ROW_CERTIFICATE = re.compile(r"权证|证号")
LONGEST_LIST = 4_000


def read_unit_count(notice: Notice, title: str | None) -> str | None:
    """How many homes the lot itself has, by its title or the sentence that names what is sold; one is not told.

    A number of them counts (等12套), and a list (301、302室).
    """
    sold = next((notice.body[place : place + 200] for place in find_all(notice.body, "拍卖标的", 3)), "")
    for text in (title or "", re.split(r"[。;\n]", sold)[0]):
        for word in BEFORE_COUNT:
            for position in find_all(text, word, 6):
                found = COUNTED.match(text, position + len(word))
                if found and 1 < (count := whole_number(found[1]) or 0) <= MOST_UNITS:
                    return str(count)
        if listed := count_listed(text):
            return str(listed)
    return None


def read_members(notice: Notice) -> tuple[MemberItem, ...]:
    """The homes that the notice lists with their areas, in a table or in one sentence; nothing for a single one."""
    members = list(_table_members(notice)) or list(_listed_members(notice))
    return tuple(members) if len(members) > 1 else ()


def _table_members(notice: Notice) -> Iterator[MemberItem]:
    """Rows under a heading with a column for the unit and one for its area."""
    lines = iter(notice.body.split("\n"))
    for line in lines:
        if "面积" in line and "\t" in line and HEADER.match(line):
            break
    heads = [head.strip() for head in line.split("\t")] if notice.body else []
    area = next((place for place, head in enumerate(heads) if "面积" in head), None)
    named = next(
        (place for place, head in enumerate(heads) if re.search("房号|坐落|座落|名称|位置|室号|单元号", head)), None
    )
    if area is None or named is None:
        return
    price = next((place for place, head in enumerate(heads) if ROW_PRICE.search(head) and "面积" not in head), None)
    proof = next((place for place, head in enumerate(heads) if ROW_CERTIFICATE.search(head)), None)
    for line in lines:
        cells = [each.strip() for each in line.split("\t")]
        if len(cells) < len(heads) or not UNIT_CELL.fullmatch(cells[named]) or not FIGURE.fullmatch(cells[area]):
            break
        amount = cells[price].replace(",", "") if price is not None else ""
        unit = "万元" if price is not None and "万" in heads[price] else "元"
        yield MemberItem(
            title=cells[named],
            floor_area_raw=cells[area],
            appraisal_price_raw=f"{amount}{unit}" if FIGURE.fullmatch(amount) else None,
            certificate=(cells[proof] or None) if proof is not None else None,
        )


def _listed_members(notice: Notice) -> Iterator[MemberItem]:
    """31号楼404室110.62㎡,29号楼404室109.83㎡,27号楼404室110.62㎡、402室109.93㎡: a room keeps the house before it."""
    for label in LIST_LABELS:
        for position in find_all(notice.body, label, 4):
            start = position + len(label)
            line = notice.body[start : start + LONGEST_LIST].partition("\n")[0].partition("。")[0]
            if len(found := LISTED.findall(line)) < 2:
                continue
            house = ""
            for named, room, area in found:
                house = named or house
                yield MemberItem(title=f"{house}{room}", floor_area_raw=f"{area}㎡")
            return


def member_on_sale(title: str | None, members: tuple[MemberItem, ...]) -> MemberItem | None:
    """The one member that the title names, where a notice describes all homes of an appraisal."""
    if title is None or count_listed(title):
        return None
    name = _comparable(title)
    for each in members:
        unit = _comparable(each.title)
        if name.endswith(unit) and not name[: -len(unit)][-1:].isdigit():
            return each
    return None


def _comparable(title: str) -> str:
    return re.sub(r"(?:的?(?:房产|房屋|不动产|房地产|住宅))$", "", re.sub(r"[\s楼]", "", title))
