"""What two offers have in common, question by question: the same place, the same room, a document that agrees.

Unknown equals nothing: where a side does not tell, the answer is ``None``, or no.
"""

from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from tracking.steps import are_of_one_procedure, has_one_value, is_next_price, step_is_lawful
from tracking.traits import COURT, Traits, fold_compound

AREA_ROUNDING = 0.006
"""Sites round areas: 89.53, 89.5 and 90 are one."""

SHORT_ROOM = 2
"""Characters of a room's number that holds no floor: 3 of 2层3号, of which there is one on each floor."""

AREA_CONTRADICTS = 0.05
"""Share of the larger area: beyond rounding."""


class Surroundings(NamedTuple):
    """What other listings tell of the place of two offers.

    ``unit_count``: how many units the building shows; ``room_unit_count``: in how many of them it shows their room.
    ``is_one_place``: some listing tells the compound of the one together with the road and number of the other.
    """

    unit_count: int = 0
    is_one_place: bool = False
    room_unit_count: int = 0


ALONE = Surroundings()


def is_plainly_apart(one: Traits, other: Traits) -> bool:
    """Whether room, unit, building, floor or space differ: a veto, found at a twentieth of the cost of all reasons."""
    return (
        (one.room != other.room and one.room is not None and other.room is not None)
        or (one.unit != other.unit and one.unit is not None and other.unit is not None)
        or (one.building != other.building and one.building is not None and other.building is not None)
        or (one.floor != other.floor and one.floor is not None and other.floor is not None)
    )


def is_named(one: Traits, other: Traits, beside: Surroundings = ALONE) -> bool:
    """Whether both tell which one it is: the same room of the same unit, a house by its number, or a document.

    1204 of unit 1 and of unit 2 are alike in all else. So a unit that a side leaves out is harmless only where the
    building shows one; where it shows several, both must leave it out, and a document agree.
    """
    if is_stated(one, other):
        return True
    if one.unit_count > 1:
        return bool(one.members) and one.members == other.members and is_located(one, other, beside)
    if one.room is None and other.room is None:
        if is_left_open(one, other):
            return False
        return (is_house(one, other) and _is_house_clear(one, other)) or is_worded_alike(one, other)
    return one.room == other.room and _is_room_clear(one, other, beside)


def is_left_open(one: Traits, other: Traits) -> bool:
    """Whether neither says which one it is nor of what kind: unknown equals nothing, whatever else is told alike.

    Lists of homes sold leave out room and kind (Ali, winter 2025/26): five flats of one compound, sold on one day, had
    one address, one size and one appraisal. What a bank tells alike and one certificate are of one thing all the same;
    a court sells many flats of a compound, one after the other.
    """
    if one.kind is not None or other.kind is not None:
        return False
    if are_rounds_of_one(one, other) or _is_one_bank(one, other):
        return False
    return one.certificate is None or one.certificate != other.certificate


def _is_house_clear(one: Traits, other: Traits) -> bool:
    """Whether a house by its number is one thing: size, document or seller agree, or both sources call it a house."""
    if area_agrees(one, other) is False:  # 37号 and 39号 of one street behind one number were valued alike
        return are_rounds_of_one(one, other) and _is_one_offer(one, other) and is_next_price(one, other)
    if area_agrees(one, other) is True or has_witness(one, other) or are_rounds_of_one(one, other):
        return True
    if not has_place(one, other) or are_open_together(one, other):
        return False
    return _is_one_seller(one, other) or (one.kind == "house" and other.kind == "house")


def _is_room_clear(one: Traits, other: Traits, beside: Surroundings) -> bool:
    if not (is_located(one, other, beside) and is_floor_clear(one, other) and _is_unit_clear(one, other, beside)):
        return False
    is_one_name = _is_one_name(one, other)
    if has_witness(one, other) or has_one_size(one, other):
        return True
    if area_agrees(one, other) is True and (is_one_name or _is_near_name(one, other)):
        return True
    if (one.kind == "business") != (other.kind == "business"):
        is_one_name = False  # shops and flats of a house are both counted from 101
    return has_place(one, other) and (is_one_name or _is_one_bank(one, other))


def _is_one_name(one: Traits, other: Traits) -> bool:
    """Whether the place is told in the same words: 书香 may be 书香大厦 or another, and a road another's road."""
    if number_agrees(one, other) is True or is_at_one_road(one, other):
        return True
    if one.compound is None or other.compound is None:
        return False
    return one.compound == other.compound or _is_behind_its_district(one, other)


def _is_behind_its_district(one: Traits, other: Traits) -> bool:
    """Whether one name is the other behind that of the county without 县: 兴文水岸国际城 of 兴文县."""
    shorter, longer = sorted((one.compound or "", other.compound or ""), key=len)
    counties = {(each.district or "")[:-1] for each in (one, other)} - {""}
    return any(longer == county + shorter for county in counties)


def _is_near_name(one: Traits, other: Traits) -> bool:
    """Whether one name is part of the other, or not told; mistyped names are those of two estates as often as not."""
    if one.compound is None or other.compound is None:
        return True
    return one.unit == other.unit and (one.compound in other.compound or other.compound in one.compound)


def _is_one_bank(one: Traits, other: Traits) -> bool:
    """Whether one seller offers both that is no court: a court sells the homes of a whole district."""
    return _is_one_seller(one, other) and COURT not in (one.seller or "")


def is_in_two_districts(one: Traits, other: Traits) -> bool:
    """Whether both tell a district, and not the same: chains build one name in many of a city."""
    return one.district is not None and other.district is not None and one.district != other.district


def are_rounds_of_one(one: Traits, other: Traits) -> bool:
    """Whether one seller has them as different named rounds on one platform: there one follows the other."""
    if one.key[0] != other.key[0] or one.seller is None or one.seller != other.seller:
        return False
    return None not in (one.round_rank, other.round_rank) and one.round_rank != other.round_rank


def has_place(one: Traits, other: Traits) -> bool:
    """Whether both are in one town: 人民路88号 stands in every one. A court has one, and so have two addresses."""
    if one.area_code is not None and one.area_code == other.area_code:
        return True
    if one.district is not None and one.district == other.district:
        return True
    if one.seller is not None and one.seller == other.seller and any(word in one.seller for word in OF_ONE_TOWN):
        return True
    return bool(compound_agrees(one, other)) and number_agrees(one, other) is True


OF_ONE_TOWN = (COURT, "分行", "支行", "农商", "农村商业银行", "信用社")
"""Sellers that sell where they are."""


def is_located(one: Traits, other: Traits, beside: Surroundings = ALONE) -> bool:
    """Whether both are in one compound, at one number, or in one building of a road without numbers."""
    if compound_agrees(one, other) or number_agrees(one, other) or beside.is_one_place:
        return True
    if one.compound is not None or other.compound is not None:
        if is_misspelt_road(one, other) and compound_agrees(one, other) is None:
            return True
        if one.case_number is not None and one.case_number == other.case_number:
            return True
        if has_one_value(one, other) and area_agrees(one, other) is not False:
            return True
        return is_told_alike(one, other)
    return is_at_one_road(one, other) or is_misspelt_road(one, other)


def is_misspelt_road(one: Traits, other: Traits) -> bool:
    """Whether the numbers are the same, and the roads but for a character, or a place's name before one of them."""
    if one.road is None or other.road is None or one.number is None or one.number != other.number:
        return False
    if min(len(one.road), len(other.road)) < SHORTEST_ROAD:
        return False
    return is_behind_a_name(one, other) or likeness(one.road, other.road) > 0


def is_behind_a_name(one: Traits, other: Traits) -> bool:
    """Whether the numbers are the same, and one road is the other behind a place's name: 滁州南谯长江南路25号."""
    if one.number is None or one.number != other.number or one.road is None or other.road is None:
        return False
    shorter, longer = (one.road, other.road) if len(one.road) < len(other.road) else (other.road, one.road)
    return SHORTEST_ROAD <= len(shorter) < len(longer) and longer.endswith(shorter)


SHORTEST_ROAD = 3
"""Characters of a road's name: 东路 is what is left of many."""


def is_told_alike(one: Traits, other: Traits) -> bool:
    """Whether one tells the compound, the other the road, and both all else: district, building, unit or seller, size.

    The size to the hundredth of a square metre: of two flats of one number in a district one pair in thousands has it.
    """
    if one.district is None or one.district != other.district or one.area_code != other.area_code:
        return False
    if one.building is None or one.building != other.building:
        return False
    if one.unit is None and not _is_one_seller(one, other):
        return False
    if not has_one_size(one, other) or not _are_prices_near(one, other):
        return False
    if (one.compound or other.compound or "").endswith("区"):
        return False  # 丽景花园西区: at the number of its road the block would be told as well
    return one.unit == other.unit and one.phase == other.phase


def _are_prices_near(one: Traits, other: Traits) -> bool:
    """Whether no price of two courts' rounds is less than half of the other."""
    return not one.price or not other.price or 2 * min(one.price, other.price) >= max(one.price, other.price)


def is_at_one_road(one: Traits, other: Traits) -> bool:
    """Whether both lie at one road, and neither tells a number."""
    return one.road is not None and one.road == other.road and one.number is None and other.number is None


def is_worded_alike(one: Traits, other: Traits) -> bool:
    """Whether something without a room is told in the very same words, and a document or the seller agrees.

    Words without a figure (a number, an area, a plate) name one thing only beside the same appraisal, or behind the
    name of the bank that sells it; words about a flat whose room is not told, beside the appraisal alone. Nothing but
    the mainland's long titles counts.
    """
    if one.wording is None or one.wording != other.wording or one.country != "CN":
        return False
    if one.is_parking or other.is_parking or are_open_together(one, other) or area_agrees(one, other) is False:
        return False
    if one.appraisal is not None and other.appraisal is not None:
        return one.appraisal == other.appraisal
    if one.kind not in SINGLE_KINDS or one.kind != other.kind or one.seller != other.seller:
        return False
    is_told_by_bank = "银行-" in one.wording  # before the thing: it has one of this description
    return is_told_by_bank or (one.seller is not None and any(map(str.isdigit, one.wording)))


SINGLE_KINDS = frozenset({"house", "building", "industrial", "land", "vehicle"})
"""Of these a seller has one under one description; of flats and shops a whole house."""


def is_floor_clear(one: Traits, other: Traits) -> bool:
    """Whether the floor is no question: the room's number holds it, or both tell it, or neither does.

    A document is no help: flats above each other are sold in one case, and valued alike.
    """
    is_parking = one.is_parking or other.is_parking
    return is_parking or (one.floor is None) == (other.floor is None) or len(one.room or "") > SHORT_ROOM


def _is_unit_clear(one: Traits, other: Traits, beside: Surroundings) -> bool:
    """Whether the unit is no question: both tell it, or there is one; else siblings and documents decide.

    Where other listings show the room in two units, either may be meant. Where they show it in one, that one is meant
    if size, number, document or a bank agrees.
    """
    if one.unit is not None and other.unit is not None:
        return True
    is_told_by_none = one.unit is None and other.unit is None
    if beside.unit_count <= 1 and is_told_by_none:
        return True
    if step_is_lawful(one, other) is False:
        return False
    if beside.room_unit_count > 1:
        return is_told_by_none and _is_one_offer(one, other)
    if area_agrees(one, other) is True or has_witness(one, other) or _is_one_bank(one, other):
        return True
    return beside.unit_count <= 1 and number_agrees(one, other) is True


def _is_one_offer(one: Traits, other: Traits) -> bool:
    """Whether they are rounds of one sale: no case tells flats above each other apart, nor their value alone."""
    if one.appraisal is None or one.appraisal != other.appraisal:
        return is_next_price(one, other)
    is_one_case = one.case_number is not None and one.case_number == other.case_number
    return is_one_case or are_of_one_procedure(one, other) or _is_one_bank(one, other)


def _is_one_seller(one: Traits, other: Traits) -> bool:
    return one.seller is not None and one.seller == other.seller


def is_house(one: Traits, other: Traits) -> bool:
    """Whether something without rooms is told by its building or number: a villa, a plot, a whole building.

    On the mainland only: elsewhere lots at one number are the flats of a house more often than not (Greece, 2026-07).
    """
    if one.country != "CN" or other.country != "CN" or one.unit_count > 1:
        return False
    if one.kind == "parking" or other.kind == "parking" or one.room is not None or other.room is not None:
        return False
    if one.building is not None or other.building is not None:
        return one.building == other.building
    return number_agrees(one, other) is True


def is_stated(one: Traits, other: Traits) -> bool:
    """Whether the source itself says that they are one thing."""
    if one.key[0] != other.key[0]:
        return False
    follows = one.previous_source_id == other.key[1] or other.previous_source_id == one.key[1]
    return follows or (one.asset_id is not None and one.asset_id == other.asset_id)


def has_witness(one: Traits, other: Traits) -> bool:
    """Whether a document beside the address agrees: certificate, appraisal to the last yuan, case, next price."""
    if one.certificate is not None and one.certificate == other.certificate:
        return True
    if one.appraisal is not None and other.appraisal is not None:
        return one.appraisal == other.appraisal
    return (one.case_number is not None and one.case_number == other.case_number) or is_next_price(one, other)


def area_agrees(one: Traits, other: Traits) -> bool | None:
    """Whether both areas are one within rounding; ``None`` where one is unknown or the doubt is small."""
    if one.floor_area is None or other.floor_area is None:
        return None
    apart = abs(one.floor_area - other.floor_area) / max(one.floor_area, other.floor_area)
    if apart <= AREA_ROUNDING:
        return True
    return False if apart > AREA_CONTRADICTS else None


def compound_agrees(one: Traits, other: Traits) -> int | None:
    """2 equal, 1 nearly (one character, or the shorter name of it), 0 other; ``None`` unknown."""
    if one.compound is None or other.compound is None:
        return None
    if one.phase is not None and other.phase is not None and one.phase != other.phase:
        return 0
    found = likeness(one.compound, other.compound)
    if not found and _is_one_sign_apart(one.compound, other.compound) and _is_one_by_papers(one, other):
        return 1
    return found


def is_one_name_mistyped(one: Traits, other: Traits) -> bool:
    """Whether the names of the compounds differ by one character that may be mistyped; then only papers join them."""
    if one.compound is None or other.compound is None or (one.phase or "") != (other.phase or ""):
        return False
    return _is_one_sign_apart(one.compound, other.compound)


def _is_one_by_papers(one: Traits, other: Traits) -> bool:
    """Whether case, certificate or appraisal are the same; or the size to the hundredth, beside district and seller.

    So a name that may be another (文昌花园, 文宏花园) is one that is mistyped: beside it, unit and room agree as well.
    """
    if one.case_number is not None and one.case_number == other.case_number:
        return True
    if one.certificate is not None and one.certificate == other.certificate:
        return True
    if one.appraisal is not None and other.appraisal is not None:
        return one.appraisal == other.appraisal
    return has_one_size(one, other) and one.district == other.district is not None and _is_one_seller(one, other)


def has_one_size(one: Traits, other: Traits) -> bool:
    """Whether the areas are the same to the hundredth of a square metre: of two homes one pair in thousands has it."""
    return one.floor_area is not None and one.floor_area == other.floor_area and one.floor_area % 100 != 0


@lru_cache(maxsize=1 << 16)
def likeness(one: str, other: str) -> int:
    """Of two names: 2 equal but for an ending that one leaves out, 1 nearly, 0 other.

    Two endings are two places: 书香小区 and 书香大厦, 清华公寓 and 清华雅苑.
    """
    if one == other:
        return 2
    ours, theirs = fold_compound(one), fold_compound(other)
    is_inside = one in other or other in one
    if ours == theirs:
        return 2 if is_inside else 0
    if len(ours) > 1 and len(theirs) > 1 and (ours in theirs or theirs in ours):
        return 1 if is_inside or min(len(ours), len(theirs)) >= SHORTEST_NAME else 0
    if min(len(ours), len(theirs)) >= SHORTEST_NAME and not _differ_by_a_mark(ours, theirs):
        return 1 if OSA.distance(ours, theirs, score_cutoff=1) <= 1 else 0
    return 0


@lru_cache(maxsize=1 << 14)
def _is_one_sign_apart(one: str, other: str) -> bool:
    """Whether two whole names differ by one character that is mistyped, and tells no parts of an estate apart."""
    if min(len(one), len(other)) < SHORTEST_NAME or _differ_by_a_mark(one, other):
        return False
    return OSA.distance(one, other, score_cutoff=1) == 1


SHORTEST_NAME = 3
"""Characters of a name that is told from others though it is not written out."""


def _differ_by_a_mark(ours: str, theirs: str) -> bool:
    """Whether two names differ by what tells parts of an estate apart: 东区 and 西区, A座 and B座, 二村 and 三村."""
    if len(ours) != len(theirs):
        return True
    return any(a != b and (a in MARKS or b in MARKS) for a, b in zip(ours, theirs, strict=True))


MARKS = frozenset("0123456789一二三四五六七八九十东西南北中前后左右上下ABCDEFGHIJKLMNOPQRSTUVWXYZ甲乙丙丁")


def number_agrees(one: Traits, other: Traits) -> bool | None:
    """Whether the numbers at one road are the same, or those in one compound where no road is told.

    ``None`` where one is unknown or the roads differ: houses at a corner have two addresses.
    """
    if one.number is None or other.number is None:
        return None
    if one.road is not None and other.road is not None:
        return one.number == other.number if one.road == other.road else None
    if one.compound is not None and one.compound == other.compound:
        return one.number == other.number
    return None


def are_open_together(one: Traits, other: Traits) -> bool:
    """Whether one platform has both open at the same time."""
    if one.key[0] != other.key[0] or None in (one.opens, one.closes, other.opens, other.closes):
        return False
    return max(one.opens or 0, other.opens or 0) < min(one.closes or 0, other.closes or 0)
