"""What speaks for or against two offers being of one home: each sign with its points and its words, told once.

The points are a hand-made scale (domain.md, section 4), measured by ``benchmarks/linking``: an address that agrees down
to the room in a known compound or at a known road number suffices alone; anything less needs a witness beside it. No
points outweigh a veto. What a pair scores (``tracking.weighing``), why (``tracking.evidence``) and the rules for other
engines (``tracking.at_scale.rules``) come from these signs.
"""

from collections.abc import Callable
from typing import NamedTuple

from tracking.agreement import (
    are_open_together,
    are_rounds_of_one,
    area_agrees,
    compound_agrees,
    has_one_size,
    is_at_one_road,
    is_behind_a_name,
    is_one_name_mistyped,
    is_one_start,
    is_one_town,
    is_stated,
    is_typed_size,
    number_agrees,
)
from tracking.alike import ALONE, Surroundings, are_gates, is_house, is_worded_alike
from tracking.traits import Traits

SOFT_KINDS = {"home", "house", "business", "building", "industrial"}
"""Sources sort these differently; parking, storage, land, vehicles and loans never are what the others are."""

Words = Callable[[Traits, Traits], str]


class Sign(NamedTuple):
    """Points, and what they are given for, in words about two offers of which it holds."""

    points: int
    words: Words
    is_veto: bool = False


def _veto(words: Words, points: int = 0) -> Sign:
    return Sign(points, words, is_veto=True)


def _same(label: str, name: str, points: int) -> Sign:
    return Sign(points, lambda one, _: f"{label}{getattr(one, name)}")


def _differs(label: str, name: str) -> Sign:
    return _veto(lambda one, other: f"{label}{getattr(one, name)} against {getattr(other, name)}")


def _area(traits: Traits) -> str:
    return f"{(traits.floor_area or 0) / 100:g}"


def _appraisal(traits: Traits) -> str:
    return f"{(traits.appraisal or 0) / 100:,.0f}"


def _start(traits: Traits) -> str:
    return f"{(traits.price or 0) / 100:,.0f}"


def _number(traits: Traits) -> str:
    return (traits.number or "").strip("/").replace("/", "-")


def place_words(traits: Traits) -> str:
    """The compound, or the road and number."""
    return traits.compound or f"{traits.road} {_number(traits)}"


def _both_compounds(one: Traits, other: Traits) -> str:
    return f"compound {one.compound}" if one.compound == other.compound else _compounds(one, other)


def _compounds(one: Traits, other: Traits) -> str:
    return f"compound {one.compound} and {other.compound}"


def _same_room(one: Traits, other: Traits) -> str:
    floor = f" on floor {one.floor}" if one.floor is not None and one.floor == other.floor else ""
    return f"room {one.room}{floor}"


def _numbers_differ(one: Traits, other: Traits) -> str:
    return f"{one.road or one.compound} {_number(one)} against {other.road or other.compound} {_number(other)}"


def _areas_differ(one: Traits, other: Traits) -> str:
    return f"{_area(one)} m2 against {_area(other)}"


STATED = Sign(12, lambda one, _: f"{one.key[0]} itself says that they are one")
TWO_NUMBERS = _veto(lambda one, other: f"{one.key[0]} has two numbers for them: {one.asset_id}, {other.asset_id}")
OTHER_KIND = _differs("", "kind")
SOFT_KIND = Sign(-2, OTHER_KIND.words)
OTHER_COUNT = _veto(lambda one, other: f"{one.unit_count} homes together against {other.unit_count}")
OTHER_MEMBERS = _veto(lambda _one, _other: "other homes in the lot")
OTHER_SHARE = _veto(lambda one, other: f"share {one.share or 'not told'} against {other.share or 'not told'}")
OTHER_COUNTRY = _differs("", "country")
OTHER_AREA_CODE = _differs("in ", "area_code")
SAME_DISTRICT = _same("", "district", 1)
OTHER_DISTRICT = Sign(-2, _differs("", "district").words)
SAME_TOWN = _same("", "town", 1)
SAME_COMPOUND = Sign(4, _both_compounds)
NEAR_COMPOUND = Sign(3, _both_compounds)
OTHER_COMPOUND = _veto(_differs("compound ", "compound").words, -3)
OTHER_COMPOUND_PERHAPS = OTHER_COMPOUND._replace(is_veto=False)
SAME_ROAD = _same("", "road", 4)
SAME_NUMBER = Sign(4, lambda one, _: f"{one.road or one.compound} {_number(one)}")
NEAR_ROAD = Sign(3, lambda one, other: f"{place_words(one)} and {place_words(other)}")
OTHER_NUMBER = _veto(_numbers_differ, -3)
OTHER_NUMBER_IN_ONE_COMPOUND = Sign(-1, _numbers_differ)
ONE_PLACE = Sign(4, lambda one, other: f"{place_words(one)} is {place_words(other)} by other listings")
SAME_BUILDING, OTHER_BUILDING = _same("building ", "building", 3), _differs("building ", "building")
SAME_UNIT, OTHER_UNIT = _same("unit ", "unit", 2), _differs("unit ", "unit")
OTHER_FLOOR = _differs("floor ", "floor")
SAME_ROOM, OTHER_ROOM = Sign(3, _same_room), _differs("room ", "room")
SAME_SPACE, OTHER_SPACE = _same("space ", "room", 6), _differs("space ", "room")  # parking has no buildings
SAME_LOT = Sign(2, lambda one, _: f"lot {one.parts.lot}")
OTHER_LOT = _veto(lambda one, other: f"lot {one.parts.lot} against {other.parts.lot}")
WHOLE_HOUSE = Sign(5, lambda _one, _other: "the whole house")
SAME_MEMBERS = Sign(3, lambda one, _: f"the same {one.unit_count} homes")
NO_BUILDING = Sign(3, lambda _one, _other: "no building told by either")
SAME_WORDS = Sign(9, lambda _one, _other: "the very same words")
SAME_CASE = _same("case ", "case_number", 4)
TWO_CASES = _veto(lambda _one, _other: "open at the same time on one platform in two cases")
SAME_CERTIFICATE = _same("certificate ", "certificate", 4)
SAME_APPRAISAL = Sign(3, lambda one, _: f"appraisal {_appraisal(one)}")
OTHER_APPRAISAL = Sign(-5, lambda one, other: f"appraisal {_appraisal(one)} against {_appraisal(other)} in one case")
SAME_START = Sign(2, lambda one, _: f"start {_start(one)}")
ROUNDS = _same("two rounds of ", "seller", 2)
SAME_SELLER = _same("seller ", "seller", 1)
SAME_AREA = Sign(2, lambda one, _: f"{_area(one)} m2")
SAME_SIZE = SAME_AREA._replace(points=3)  # to the hundredth: of two homes one pair in thousands has it
OTHER_AREA = Sign(-4, _areas_differ)
TYPED_AREA = Sign(-2, lambda one, other: f"{_areas_differ(one, other)}, mistyped or measured in two ways")
NEAR_AREA = Sign(-1, _areas_differ)
AREAS = {True: SAME_AREA, False: OTHER_AREA, None: NEAR_AREA}


Found = list[Sign]


def find_signs(one: Traits, other: Traits, beside: Surroundings = ALONE) -> Found:
    """All signs of a pair."""
    found: Found = []
    for look in LOOKS:
        look(one, other, beside, found)
    return found


# One look for each group of traits: adds what it finds, and tells whether that is a veto -----------------------------


def _look_at_kinds(one: Traits, other: Traits, _beside: Surroundings, found: Found) -> bool:
    """A flat is no parking space; several homes are not one of them, nor a share the whole."""
    is_apart = False
    if one.kind != other.kind and one.kind is not None and other.kind is not None:
        is_apart = one.kind not in SOFT_KINDS or other.kind not in SOFT_KINDS
        found.append(OTHER_KIND if is_apart else SOFT_KIND)
    if one.unit_count != other.unit_count:
        found.append(OTHER_COUNT)
        is_apart = True
    elif one.members != other.members and one.members and other.members:
        found.append(OTHER_MEMBERS)
        is_apart = True
    if one.share != other.share and (one.share or "1") != (other.share or "1"):
        found.append(OTHER_SHARE)
        is_apart = True
    return is_apart


def _look_at_region(one: Traits, other: Traits, _beside: Surroundings, found: Found) -> bool:
    """Country, prefecture, district, town."""
    is_apart = False
    if one.country != other.country:
        found.append(OTHER_COUNTRY)
        is_apart = True
    if one.area_code != other.area_code and one.area_code is not None and other.area_code is not None:
        found.append(OTHER_AREA_CODE)
        is_apart = True
    if one.district is not None and other.district is not None:
        found.append(SAME_DISTRICT if one.district == other.district else OTHER_DISTRICT)
    if one.town == other.town and is_one_town(one, other):
        found.append(SAME_TOWN)
    return is_apart


def _look_at_source(one: Traits, other: Traits, _beside: Surroundings, found: Found) -> bool:
    """The source's own word is taken as given."""
    if one.key[0] != other.key[0]:
        return False
    if is_stated(one, other):
        found.append(STATED)
    elif one.asset_id is not None and other.asset_id is not None:
        found.append(TWO_NUMBERS)
        return True
    return False


def _look_at_case(one: Traits, other: Traits, _beside: Surroundings, found: Found) -> bool:
    """One case, and what is valued twice in it; two cases at once are of two homes."""
    if one.case_number is None or other.case_number is None:
        return False
    if one.case_number != other.case_number:
        if are_open_together(one, other):
            found.append(TWO_CASES)
            return True
        return False
    found.append(SAME_CASE)
    if one.appraisal != other.appraisal and one.appraisal is not None and other.appraisal is not None:
        found.append(OTHER_APPRAISAL)  # what is sold twice in one case was valued once, siblings each
    return False


def _look_at_place(one: Traits, other: Traits, beside: Surroundings, found: Found) -> bool:
    """Compound and road number: one of them must agree, and contradict only where the other agrees."""
    compound, number = compound_agrees(one, other), number_agrees(one, other)
    is_apart = number is False and not compound
    if compound:
        found.append(SAME_COMPOUND if compound > 1 else NEAR_COMPOUND)
    elif compound == 0:
        is_typed = number or beside.is_one_place or is_one_name_mistyped(one, other)
        found.append(OTHER_COMPOUND_PERHAPS if is_typed else OTHER_COMPOUND)
        is_apart = is_apart or not is_typed
    elif is_at_one_road(one, other):
        found.append(SAME_ROAD)
    if number:
        found.append(SAME_NUMBER)
    elif number is False:
        is_apart = is_apart or not are_gates(one, other)
        found.append(OTHER_NUMBER if is_apart else OTHER_NUMBER_IN_ONE_COMPOUND)
    elif is_behind_a_name(one, other):
        found.append(NEAR_ROAD)
    elif compound is None and beside.is_one_place:
        found.append(ONE_PLACE)
    return is_apart


def _look_at_parts(one: Traits, other: Traits, _beside: Surroundings, found: Found) -> bool:
    """Building, unit, floor, room: what is known on both sides must be the same."""
    is_parking = one.kind == "parking" or other.kind == "parking"
    ours, theirs = one.building, other.building
    is_apart = _compare(found, ours, theirs, SAME_BUILDING, OTHER_BUILDING)
    is_apart |= _compare(found, one.unit, other.unit, SAME_UNIT, OTHER_UNIT)
    is_apart |= _compare(found, one.parts.lot, other.parts.lot, SAME_LOT, OTHER_LOT)
    if one.floor != other.floor and one.floor is not None and other.floor is not None:
        found.append(OTHER_FLOOR)
        is_apart = True
    if is_parking:
        return _compare(found, one.room, other.room, SAME_SPACE, OTHER_SPACE) or is_apart
    is_apart |= _compare(found, one.room, other.room, SAME_ROOM, OTHER_ROOM)
    if one.room is None and is_house(one, other):
        found.append(WHOLE_HOUSE)
    elif one.unit_count > 1 and one.members and one.members == other.members:
        found.append(SAME_MEMBERS)
    elif ours is None and theirs is None and one.room is not None and one.room == other.room:
        found.append(NO_BUILDING)
    return is_apart


def _compare(found: Found, ours: str | None, theirs: str | None, same: Sign, differs: Sign) -> bool:
    if ours is None or theirs is None:
        return False
    if ours == theirs:
        found.append(same)
        return False
    found.append(differs)
    return True


def _look_at_papers(one: Traits, other: Traits, _beside: Surroundings, found: Found) -> bool:
    """The title itself where it names no room; certificate, appraisal, seller, area within rounding."""
    if one.wording is not None and is_worded_alike(one, other) and not is_house(one, other):
        found.append(SAME_WORDS)
    if one.certificate is not None and one.certificate == other.certificate:
        found.append(SAME_CERTIFICATE)
    if one.appraisal is not None and one.appraisal == other.appraisal:
        found.append(SAME_APPRAISAL)
    if one.seller is None and is_one_start(one, other):
        found.append(SAME_START)
    if one.seller is not None and one.seller == other.seller:
        found.append(ROUNDS if are_rounds_of_one(one, other) else SAME_SELLER)
    if one.floor_area is not None and other.floor_area is not None:
        found.append(_sign_of_areas(one, other))
    return False


def _sign_of_areas(one: Traits, other: Traits) -> Sign:
    if has_one_size(one, other):
        return SAME_SIZE
    agrees = area_agrees(one, other)
    return TYPED_AREA if agrees is False and is_typed_size(one, other) else AREAS[agrees]


LOOKS = (
    _look_at_source,
    _look_at_kinds,
    _look_at_region,
    _look_at_case,
    _look_at_place,
    _look_at_parts,
    _look_at_papers,
)
"""What is looked at: vetoes that are cheap stand first, and of two reasons of one weight the first is told first."""
