"""Areas: the building's, the private part's and the land's, kept apart by the words before the number."""

import re
from decimal import Decimal
from typing import NamedTuple

from crawler.notices.text import Notice, border_before, find_all

UNIT = r"(平方米|平方公尺|平米|㎡|m²|m2|M²|M2|亩|公顷)"
FIGURE = r"(\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,4})?|\d{1,9}(?:\.\d{1,4})?)"
LARGEST = {"亩": 10**4, "公顷": 10**3}
"""By unit; ten square kilometres are no home."""

LEAD = r"(?:\((?:㎡|平方米|m²|m2)\)|合计|共计|[:约共为是有计\s|(\[]|即|均){0,8}"
SUMMED = re.compile(rf"{LEAD}\d+(?:\.\d+)?(?:[/+、]\d+(?:\.\d+)?){{1,9}} ?(?:共计|合计|共|=) ?{FIGURE} ?{UNIT}")
VALUE = re.compile(
    rf"{LEAD}(?:建筑面积[:为约]{{0,2}})?(?:(?:住宅|房屋|主房|[\dA-Za-z#-]{{1,10}}(?:室|单元|房)):?)?{FIGURE} ?{UNIT}?"
)
BARE_END = re.compile(r"\s|$|[,。;)]|、(?!\d)")
LIMITS = re.compile(r"(?:\)|\s)?(?:以[上下内]|及以[上下]|左右?的)")

LAND = re.compile(r"土地|使用权|宗地|用地|占地|地块|出让面积")
PRIVATE = re.compile(r"(?:套内|专有|室内|套内使用)(?:建筑|使用)?$")
SHARED = re.compile(r"公摊|分摊|共有|公用")
BUILDING = re.compile(r"(?:建筑|建筑总|建筑物总|产权|房屋|房产|证载|登记|总|现有|测绘|标的|商铺|住宅)$")
TOTAL = re.compile(r"(?:总建筑|建筑总|建筑物总|房屋总|总)$")
EXTRA = re.compile(r"车库|车位|地下室|储藏|储物|附属|阁楼|杂物|煤间|柴间|自建|加建|自行车|露台|配套|花园面积|院落")
UP_TO_CLAUSE = re.compile(r"(?s).*[。;\n\t)】, ]")
UP_TO_PART = re.compile(r"(?s).*[。;\n\t)】、㎡米]")
STARTS_TOTAL = re.compile(r"[:为]{0,2}(?:共计|合计|共)")


class Areas(NamedTuple):
    """Areas with their units, as the notice writes them."""

    floor_area: str | None
    private_area: str | None
    land_area: str | None


class _Found(NamedTuple):
    raw: str
    is_total: bool
    is_extra: bool
    is_bare: bool


def read_areas(notice: Notice) -> Areas:
    """Areas that the notice gives for the thing on sale.

    Several buildings of unlike areas are summed only where the notice itself sums them; otherwise there is none:
    one part's area would make the whole look dear.
    """
    text = notice.body
    buildings: list[_Found] = []
    private = land = None
    for position in find_all(text, "面积", 120):
        read = _value_after(text, position + 2)
        if read is None:
            continue
        raw, is_sum = read
        qualifier = text[border_before(text, position, UP_TO_CLAUSE, 12) : position]
        if SHARED.search(qualifier) and not LAND.search(qualifier):
            continue
        if LAND.search(qualifier) and not qualifier.endswith(("建筑", "建筑总")):
            land = land or raw
        elif PRIVATE.search(qualifier):
            private = private or raw
        elif not raw.endswith(("亩", "公顷")):
            buildings.append(_classify(text, position, qualifier, raw, is_sum))
    return Areas(_settle(buildings), private, land)


def _classify(text: str, position: int, qualifier: str, raw: str, is_sum: bool) -> _Found:
    return _Found(
        raw=raw,
        is_total=is_sum or TOTAL.search(qualifier) is not None or STARTS_TOTAL.match(text, position + 2) is not None,
        is_extra=EXTRA.search(text, border_before(text, position, UP_TO_PART, 40), position) is not None,
        is_bare=BUILDING.search(qualifier) is None,
    )


def _value_after(text: str, position: int) -> tuple[str, bool] | None:
    """The area that follows, and whether it is a sum of several that the notice gives."""
    if summed := SUMMED.match(text, position):
        return (f"{summed[1]}{summed[2]}", True) if Decimal(summed[1].replace(",", "")) < 10**7 else None
    found = VALUE.match(text, position)
    if found is None:
        return None
    number, unit = found[1], found[2]
    if unit is None and not ("." in number and BARE_END.match(text, found.end())):
        return None
    if LIMITS.match(text, found.end()) or not 0 < Decimal(number.replace(",", "")) < LARGEST.get(unit or "", 10**7):
        return None
    return f"{number}{unit or ''}", False


def _number(raw: str) -> Decimal:
    return Decimal(re.sub(r"[^\d.]", "", re.sub(r"m[²2]|M[²2]", "", raw)))


def _settle(found: list[_Found]) -> str | None:
    """The one building area of the lot: a stated total, else the only value that is not a garage's or a cellar's."""
    for choice in (
        [each for each in found if each.is_total and not each.is_bare],
        [each for each in found if not each.is_bare],
        found,
    ):
        if not choice:
            continue
        extras = {_number(each.raw) for each in found if each.is_extra}
        mains = [each for each in choice if _number(each.raw) not in extras] or choice
        distinct = list(dict.fromkeys(_number(each.raw) for each in mains))
        if len(distinct) == 1 or choice[0].is_total:
            return mains[0].raw
        if distinct[0] == sum(distinct[1:]):
            return mains[0].raw
        return None
    return None
