"""Roads and estates whose names differ by one character, and what says that one of the two is mistyped.

One in a hundred texts has such an error; but 新华路 and 兴华路 both have a 12号, and 碧桂园梅苑 stands beside
碧桂园兰苑. So a name alone is never believed: the door must be told alike, and more beside it.
"""

from functools import lru_cache

from tracking.agreement import (
    ROUND_START,
    SHORTEST_ROAD,
    are_values_near,
    area_agrees,
    has_one_paper,
    has_one_size,
    has_witness,
    is_behind_a_name,
    is_one_bank,
    is_one_district,
    is_one_seller,
    is_one_town,
    number_agrees,
)
from tracking.names import differ_by_marks_alone, is_one_sign_off, likeness
from tracking.traits import Traits, fold_compound

OF_ITS_OWN = 2
"""Characters at the end of a name in which siblings differ: 梅苑 and 兰苑, 金域 and 银域, 香榭里 and 香榭雅."""

SERIES = tuple(
    map(
        frozenset,
        (
            "春夏秋冬",
            "梅兰竹菊荷莲桂樱桃李杏棠枫松柏榕柳桐",
            "金银铜铁玉翠珠宝钻",
            "红绿蓝白紫青黄丹碧黑",
            "龙凤麟鹤鹏虎狮雁鹭",
            "福禄寿喜康宁安泰祥和瑞",
            "天地日月星云霞",
            "山水江河湖海泉溪池",
            "大小新老旧古今内外前后高低正副",
            "文武书画琴棋诗",
            "仁义礼智信",
        ),
    )
)
"""Characters that tell the estates of one builder apart: 金桂花园 and 银桂花园, 春江花园 and 秋江花园."""

FACTS_OF_A_PLACE = 2
"""Of town, number, phase and unit: so many must be told alike where a size is rounded and no bank sells both."""


def is_misspelt_road(one: Traits, other: Traits) -> bool:
    """Whether the numbers are the same, and the roads but for a place's name before one of them, or for a character.

    The latter beside size and document, or beside what tells a door as well (``_is_one_door``): 新华路 and 兴华路
    have a 12号 both, and many homes have one round appraisal.
    """
    if one.road is None or other.road is None or one.number is None or one.number != other.number:
        return False
    if min(len(one.road), len(other.road)) < SHORTEST_ROAD:
        return False
    if is_behind_a_name(one, other):
        return True
    if not likeness(one.road, other.road) and not is_one_sign_off(one.road, other.road):
        return False
    return (area_agrees(one, other) is True and has_witness(one, other)) or _is_one_door(one, other)


def _is_one_door(one: Traits, other: Traits) -> bool:
    """Whether one seller has both in one district behind one building, and neither size nor unit tell them apart.

    Of two homes with one number, building, unit and room one pair in thousands has the same size to the hundredth. A
    bank has few homes in a district: with the unit its rounded size is enough, or an appraisal that is no round one.
    """
    if not is_one_seller(one, other) or not is_one_district(one, other):
        return False
    if one.building is None or one.building != other.building:
        return False
    is_unit_told = one.unit is not None and one.unit == other.unit
    if has_one_size(one, other):
        return is_unit_told or (one.unit == other.unit and is_one_bank(one, other))
    if not is_unit_told or not is_one_bank(one, other):
        return False
    return is_one_rounded_size(one, other) or _is_one_odd_appraisal(one, other)


def _is_one_odd_appraisal(one: Traits, other: Traits) -> bool:
    return one.appraisal is not None and one.appraisal == other.appraisal and one.appraisal % ROUND_START != 0


def is_one_rounded_size(one: Traits, other: Traits) -> bool:
    """Whether the areas are one as far as the one that is told less exactly goes: 89.53, 89.5 and 90 square metres."""
    if one.floor_area is None or other.floor_area is None:
        return False
    step = max(_step_of(one.floor_area), _step_of(other.floor_area))
    return (one.floor_area + step // 2) // step == (other.floor_area + step // 2) // step


def _step_of(floor_area: int) -> int:
    """The places behind the point to which an area is told, in hundredths of a square metre: 100, 10 or 1."""
    return next(step for step in (100, 10, 1) if floor_area % step == 0)


def is_in_another_estate(one: Traits, other: Traits) -> bool:
    """Whether two names of compounds may be those of siblings at one number, and nothing says that they are one.

    碧桂园梅苑 and 碧桂园兰苑 need a document or the size to the hundredth, 东苑 and 西苑 one paper: flats of one plan.
    A character further in front may be mistyped where the place is told alike in all else.
    """
    if one.compound is None or other.compound is None or one.compound == other.compound:
        return False
    if differ_by_marks_alone(one.compound, other.compound):
        return not has_one_paper(one, other)
    if one.compound in other.compound or other.compound in one.compound:
        return False
    return not has_witness(one, other) and not has_one_size(one, other) and not is_one_but_for_a_sign(one, other)


def is_one_but_for_a_sign(one: Traits, other: Traits) -> bool:
    """Whether a name is mistyped that no sibling has, and both lie in one district and are told alike in all else.

    With a rounded size beside it, one bank, or two of town, number, phase and unit are enough; where a size is not
    told, a bank and number, phase or unit, or number and unit. Two homes of a bank in one district, behind one door
    of two estates with nearly one name, would be a wonder, unless it sells the stock of both: then at once, which
    parts them (``tracking.apart``).
    """
    if one.compound is None or other.compound is None or one.compound == other.compound:
        return False
    if are_names_of_siblings(one.compound, other.compound) or not is_one_district(one, other):
        return False
    is_number, is_unit = number_agrees(one, other) is True, one.unit is not None and one.unit == other.unit
    is_phase = one.phase is not None and one.phase == other.phase
    facts = is_number + is_unit + is_phase
    if is_one_rounded_size(one, other):
        return facts + is_one_town(one, other) >= FACTS_OF_A_PLACE or is_one_bank(one, other)
    if None not in (one.floor_area, other.floor_area) or not are_values_near(one, other):
        return False
    return (is_number and is_unit) or (facts > 0 and is_one_bank(one, other))


@lru_cache(maxsize=1 << 14)
def are_names_of_siblings(one: str, other: str) -> bool:
    """Whether two names differ where siblings do, in the last characters or by two of a series; or by more than one.

    The last one before an ending that says little counts too: 文昌花园 and 文宏花园, 紫荆花园 and 紫薇花园.
    """
    if len(one) != len(other):
        return True
    places = [at for at, (ours, theirs) in enumerate(zip(one, other, strict=True)) if ours != theirs]
    if len(places) != 1 or places[0] >= min(len(one) - OF_ITS_OWN, len(fold_compound(one)) - 1):
        return True
    signs = {one[places[0]], other[places[0]]}
    return any(signs <= series for series in SERIES)
