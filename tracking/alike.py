"""What two offers have in common, question by question: the same place, the same room, a document that agrees.

Unknown equals nothing: where a side does not tell, the answer is ``None``, or no.
"""

import re
from typing import NamedTuple

from tracking.agreement import (
    are_open_together,
    are_rounds_of_one,
    are_values_near,
    area_agrees,
    compound_agrees,
    has_one_paper,
    has_one_size,
    has_witness,
    is_at_one_road,
    is_behind_its_district,
    is_one_bank,
    is_one_block,
    is_one_district,
    is_one_seller,
    is_one_town,
    is_stated,
    may_be_one_block,
    number_agrees,
)
from tracking.mistyped import is_in_another_estate, is_misspelt_road, is_one_but_for_a_sign
from tracking.steps import are_of_one_procedure, has_one_value, is_next_price, step_is_lawful
from tracking.traits import COURT, Traits

SHORT_ROOM = 2
"""Characters of a room's number that holds no floor: 3 of 2层3号, of which there is one on each floor."""


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
    if _is_at_another_number(one, other) or is_in_another_estate(one, other):
        return False
    if one.unit_count > 1:
        return bool(one.members) and one.members == other.members and is_located(one, other, beside)
    if one.room is None and other.room is None:
        return not is_left_open(one, other) and _is_thing_clear(one, other, beside)
    return one.room == other.room and _is_room_clear(one, other, beside)


def _is_thing_clear(one: Traits, other: Traits, beside: Surroundings) -> bool:
    """Whether something without a room is a house by its number, or told in the very same words."""
    if not is_house(one, other):
        return is_worded_alike(one, other)
    return _is_house_clear(one, other, beside) or (is_worded_alike(one, other) and not _is_at_a_gate(one, other))


def _is_at_another_number(one: Traits, other: Traits) -> bool:
    """Whether neither a document nor the size to the hundredth says that two numbers of one road are one place."""
    if one.number == other.number or number_agrees(one, other) is not False:
        return False
    return not has_witness(one, other) and not has_one_size(one, other)


def are_gates(one: Traits, other: Traits) -> bool:
    """Whether two numbers in one compound may be two gates of it: a road has them, and both tell the building behind.

    17号 and 19号 of 芳茗园 (大连), 92号 and 94号 of 28幢 (宁波) are two houses, or two doors of one.
    """
    if one.building is None or other.building is None:
        return False
    return one.road is not None or other.road is not None


def is_left_open(one: Traits, other: Traits) -> bool:
    """Whether neither says which one it is nor of what kind: unknown equals nothing, whatever else is told alike.

    Lists of homes sold leave out room and kind (Ali, winter 2025/26): five flats of one compound, sold on one day, had
    one address, one size and one appraisal. What a bank tells alike and one certificate are of one thing all the same;
    a court sells many flats of a compound, one after the other.
    """
    if one.kind is not None or other.kind is not None or _is_a_named_villa(one, other):
        return False
    if are_rounds_of_one(one, other) or is_one_bank(one, other):
        return False
    return one.certificate is None or one.certificate != other.certificate


def _is_a_named_villa(one: Traits, other: Traits) -> bool:
    """Whether both tell the number of a house that stands alone, and size or document agree: 44栋独栋别墅.

    A road's number is the gate of the whole estate: 新华路88号金辉苑独栋别墅 may be any of it.
    """
    if one.building is None or one.building != other.building:
        return False
    if not has_witness(one, other) and not has_one_size(one, other):
        return False
    return all(each.wording is not None and ALONE_STANDING.search(each.wording) is not None for each in (one, other))


ALONE_STANDING = re.compile("(?:独栋|独幢|独立|独院)式?别墅")


def _is_house_clear(one: Traits, other: Traits, beside: Surroundings) -> bool:
    """Whether a house by its number is one thing: size, document or seller agree, or both sources call it a house.

    Every estate has its 46幢: without a place that both tell a document must agree.
    """
    if not has_witness(one, other) and not is_located(one, other, beside):
        return False
    if area_agrees(one, other) is False:  # 37号 and 39号 of one street behind one number were valued alike
        return are_rounds_of_one(one, other) and _is_one_offer(one, other) and is_next_price(one, other)
    if _is_at_a_gate(one, other):
        return has_one_size(one, other) or has_witness(one, other)
    if area_agrees(one, other) is True or has_witness(one, other) or are_rounds_of_one(one, other):
        return True
    if not has_place(one, other) or are_open_together(one, other):
        return False
    return is_one_seller(one, other) or (one.kind == "house" and other.kind == "house")


def _is_at_a_gate(one: Traits, other: Traits) -> bool:
    """Whether the number may be the gate of an estate: 新华路88号金辉苑别墅, of which one bank may have two."""
    return one.building is None and (one.compound is not None or other.compound is not None)


def _is_room_clear(one: Traits, other: Traits, beside: Surroundings) -> bool:
    if not (is_located(one, other, beside) and is_floor_clear(one, other) and _is_unit_clear(one, other, beside)):
        return False
    if has_one_size(one, other) or has_witness(one, other):
        return True
    is_one_name = _is_one_name(one, other) or _is_one_place(one, other, beside)
    if area_agrees(one, other) is True and (is_one_name or _is_near_name(one, other)):
        return True
    if (one.kind == "business") != (other.kind == "business"):
        is_one_name = False  # shops and flats of a house are both counted from 101
    return has_place(one, other) and (is_one_name or is_one_bank(one, other))


def _is_one_name(one: Traits, other: Traits) -> bool:
    """Whether the place is told in the same words: 书香 may be 书香大厦 or another, and a road another's road.

    Or where one tells the road and the other the compound, whether both tell the block.
    """
    if number_agrees(one, other) is True or is_at_one_road(one, other):
        return True
    if one.compound is None or other.compound is None:
        return one.compound != other.compound and is_in_one_block(one, other)
    return one.compound == other.compound or is_behind_its_district(one, other)


def _is_one_place(one: Traits, other: Traits, beside: Surroundings) -> bool:
    """Whether other listings tell both names of the place together, and both lie in one district at one level of value.

    Chains build under one name in many districts: 万达广场 of one has another road and number than that of the next.
    And a name that one listing mistypes may be that of another estate.
    """
    if not beside.is_one_place or not (is_one_district(one, other) or is_one_town(one, other)):
        return False
    return are_values_near(one, other)


def _is_near_name(one: Traits, other: Traits) -> bool:
    """Whether one name is part of the other, or not told; mistyped names are those of two estates as often as not."""
    if one.compound is None or other.compound is None or is_one_but_for_a_sign(one, other):
        return True
    return one.unit == other.unit and (one.compound in other.compound or other.compound in one.compound)


def has_place(one: Traits, other: Traits) -> bool:
    """Whether both are in one town: 人民路88号 stands in every one. A court has one, and so have two addresses."""
    if one.area_code is not None and one.area_code == other.area_code:
        return True
    if (one.district is not None and one.district == other.district) or is_one_town(one, other):
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
        if has_one_paper(one, other):
            return True
        if has_one_value(one, other) and area_agrees(one, other) is not False:
            return True
        return is_told_alike(one, other, beside)
    return is_at_one_road(one, other) or is_misspelt_road(one, other)


def is_told_alike(one: Traits, other: Traits, beside: Surroundings = ALONE) -> bool:
    """Whether one tells the compound, the other the road, and both all else: district, building, unit or seller, size.

    The size to the hundredth of a square metre: of two flats of one number in a district one pair in thousands has it.
    One bank, which rounds it, has few homes in a district; a court sells all of them.
    """
    if not _may_be_one_building(one, other) or not are_values_near(one, other):
        return False
    is_door_known = one.floor is not None or len(one.room or "") > SHORT_ROOM
    is_unit_known = one.unit is not None or (beside.unit_count <= 1 and is_door_known)
    if one.unit != other.unit:  # which of the units is meant is asked elsewhere
        return has_one_size(one, other) and (is_one_block(one, other) or is_one_bank(one, other))
    if has_one_size(one, other):
        return is_unit_known or is_one_seller(one, other)
    if is_unit_known and is_in_one_block(one, other):
        return area_agrees(one, other) is not False and _is_block_borne_out(one, other)
    return is_unit_known and area_agrees(one, other) is True and is_one_bank(one, other)


def _may_be_one_building(one: Traits, other: Traits) -> bool:
    """Whether both tell one building and one district, or one town, and no two blocks."""
    if one.area_code != other.area_code or not (is_one_district(one, other) or is_one_town(one, other)):
        return False
    return one.building is not None and one.building == other.building and may_be_one_block(one, other)


def _is_block_borne_out(one: Traits, other: Traits) -> bool:
    """Whether size or document say so, or a court's next round in one town: each estate has its first phase."""
    if area_agrees(one, other) is True or has_witness(one, other):
        return True
    return is_one_town(one, other) and are_rounds_of_one(one, other) and are_of_one_procedure(one, other)


def is_in_one_block(one: Traits, other: Traits) -> bool:
    """Whether both tell the same block or phase, and the town, the unit or the seller beside it.

    Of 10,510 flats (Ali and JD, 2017 to 2026), 729 with a block or a phase, no two of different estates agree in
    district, block, building, unit and room; without the block 17 pairs do.
    """
    if not is_one_block(one, other):
        return False
    return is_one_town(one, other) or one.unit is not None or is_one_seller(one, other)


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
    if any(each.unit is not None and each.room is None for each in (one, other)):
        return False  # 2单元1楼 has a door to the left and one to the right, valued alike (和龙, 2021)
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

    Where the number would hold another floor than is told (101 of 2层), the other side's 101 may be that of 1层. A
    document is no help: flats above each other are sold in one case, and valued alike.
    """
    if (one.floor is None) == (other.floor is None) or one.is_parking or other.is_parking:
        return True
    room, floor = one.room or "", one.floor or other.floor or ""
    if len(room) == UNIT_LED_ROOM and room.isdigit() and room[1:3] == floor.zfill(2):
        return True
    return len(room) > SHORT_ROOM and room.lstrip(LETTERS).startswith(floor)


UNIT_LED_ROOM = 5
"""Digits of a room with its unit in front, of which the floor has two: 10501 of 5层 (陕西)."""

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


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
    if area_agrees(one, other) is True or has_witness(one, other) or is_one_bank(one, other):
        return True
    return beside.unit_count <= 1 and number_agrees(one, other) is True


def _is_one_offer(one: Traits, other: Traits) -> bool:
    """Whether they are rounds of one sale: no case tells flats above each other apart, nor their value alone."""
    if one.appraisal is None or one.appraisal != other.appraisal:
        return is_next_price(one, other)
    is_one_case = one.case_number is not None and one.case_number == other.case_number
    return is_one_case or are_of_one_procedure(one, other) or is_one_bank(one, other)


def is_house(one: Traits, other: Traits) -> bool:
    """Whether something without rooms is told by its building or number: a villa, a plot, a whole building.

    On the mainland only: elsewhere lots at one number are the flats of a house more often than not (Greece, 2026-07).
    """
    if one.country != "CN" or other.country != "CN" or one.unit_count > 1:
        return False
    if one.kind == "parking" or other.kind == "parking" or one.room is not None or other.room is not None:
        return False
    if one.unit is not None or other.unit is not None or one.floor is not None or other.floor is not None:
        return False  # but a part of one
    if one.building is not None or other.building is not None:
        return one.building == other.building
    return number_agrees(one, other) is True
