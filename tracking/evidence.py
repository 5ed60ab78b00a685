"""Comparing two offers: one comparator a trait, each with its points and its reason; vetoes that no points outweigh.

The points are a hand-made scale (domain.md, section 4), measured by ``benchmarks/linking``: an address that agrees down
to the room in a known compound or at a known road number suffices alone; anything less needs a witness beside it.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from store.terms import Judgement
from tracking.alike import (
    ALONE,
    Surroundings,
    are_open_together,
    are_rounds_of_one,
    area_agrees,
    compound_agrees,
    has_place,
    is_at_one_road,
    is_floor_clear,
    is_house,
    is_in_two_districts,
    is_located,
    is_named,
    is_stated,
    is_worded_alike,
    number_agrees,
)
from tracking.apart import is_valued_apart
from tracking.traits import Traits

SAME_FROM = 10
UNSURE_FROM = 6


class Evidence(NamedTuple):
    """What speaks for or against two offers being of one home."""

    points: int
    words: str
    is_veto: bool = False


class Decision(NamedTuple):
    """What became of one pair: the reasons in words, the strongest first."""

    one: int
    other: int
    judgement: Judgement
    score: int
    reasons: tuple[str, ...]
    is_vetoed: bool = False


def decide(one: Traits, other: Traits, beside: Surroundings = ALONE) -> Decision:
    """Judge two offers, with all reasons."""
    found = [evidence for compare in COMPARATORS for evidence in compare(one, other)]
    if beside.is_one_place and compound_agrees(one, other) is None and number_agrees(one, other) is None:
        found.append(Evidence(4, f"{_place_words(one)} is {_place_words(other)} by other listings"))
    found.sort(key=lambda evidence: (not evidence.is_veto, -abs(evidence.points)))
    score = sum(evidence.points for evidence in found)
    reasons = tuple(evidence.words for evidence in found)
    if any(evidence.is_veto for evidence in found):
        return Decision(one.listing_id, other.listing_id, Judgement.DIFFERENT, score, reasons, is_vetoed=True)
    judgement = judgement_of(one, other, score, beside)
    if judgement is not Judgement.SAME and score >= SAME_FROM:
        reasons = (*_lacks(one, other, beside), *reasons)
    return Decision(one.listing_id, other.listing_id, judgement, score, reasons)


def _place_words(traits: Traits) -> str:
    return traits.compound or f"{traits.road} {_number_words(traits)}"


def _lacks(one: Traits, other: Traits, beside: Surroundings) -> Iterator[str]:
    """Why an address that agrees is not enough."""
    if is_valued_apart(one, other):
        yield "size, value or owner are those of two homes"
    elif one.room is None or other.room is None:
        yield "the room is not told"
    elif (one.unit is None or other.unit is None) and beside.unit_count > 1:
        yield f"the building has {beside.unit_count} units, and one is not told"
    elif not is_floor_clear(one, other):
        yield "the floor is told by one side only"
    elif not is_located(one, other, beside):
        yield "neither compound nor number is told by both"
    elif is_in_two_districts(one, other) and number_agrees(one, other) is not True:
        yield "neither size nor a document agrees, and the districts differ"
    elif has_place(one, other):
        yield "neither size nor a document agrees, and the names differ"
    else:
        yield "the city is told by one side only"


def judgement_of(one: Traits, other: Traits, score: int, beside: Surroundings) -> Judgement:
    """By the score, but never the same where neither a room nor a document names the thing."""
    if score >= SAME_FROM and is_named(one, other, beside) and not is_valued_apart(one, other):
        return Judgement.SAME
    return Judgement.UNSURE if score >= UNSURE_FROM else Judgement.DIFFERENT


# One comparator for each trait ------------------------------------------------------------------------------------


def compare_stated(one: Traits, other: Traits) -> Iterator[Evidence]:
    """The source's own word: taken as given."""
    if is_stated(one, other):
        yield Evidence(12, f"{one.key[0]} itself says that they are one")
    elif one.key[0] == other.key[0] and None not in (one.asset_id, other.asset_id):
        yield Evidence(0, f"{one.key[0]} has two numbers for them: {one.asset_id}, {other.asset_id}", is_veto=True)


def compare_kind(one: Traits, other: Traits) -> Iterator[Evidence]:
    """A flat is no parking space."""
    if one.kind is not None and other.kind is not None and one.kind != other.kind:
        is_soft = {one.kind, other.kind} <= SOFT_KINDS
        yield Evidence(-2 if is_soft else 0, f"{one.kind} against {other.kind}", is_veto=not is_soft)


SOFT_KINDS = {"home", "house", "business", "building", "industrial"}
"""Sources sort these differently; parking, storage, land, vehicles and loans never are what the others are."""


def compare_numbers(one: Traits, other: Traits) -> Iterator[Evidence]:
    """Several homes against one, a share against the whole."""
    if one.unit_count != other.unit_count:
        yield Evidence(0, f"{one.unit_count} homes together against {other.unit_count}", is_veto=True)
    elif one.members and other.members and one.members != other.members:
        yield Evidence(0, "other homes in the lot", is_veto=True)
    if (one.share or "1") != (other.share or "1"):
        yield Evidence(0, f"share {one.share or 'not told'} against {other.share or 'not told'}", is_veto=True)


def compare_place(one: Traits, other: Traits) -> Iterator[Evidence]:
    """Country, prefecture, district."""
    if one.country != other.country:
        yield Evidence(0, f"{one.country} against {other.country}", is_veto=True)
    if one.area_code is not None and other.area_code is not None and one.area_code != other.area_code:
        yield Evidence(0, f"in {one.area_code} against {other.area_code}", is_veto=True)
    if one.district is not None and other.district is not None:
        if one.district == other.district:
            yield Evidence(1, f"{one.district}")
        else:
            yield Evidence(-2, f"{one.district} against {other.district}")


def compare_locality(one: Traits, other: Traits) -> Iterator[Evidence]:
    """Compound and road number: one of them must agree, and contradict only where the other agrees."""
    compound, number = compound_agrees(one, other), number_agrees(one, other)
    if compound:
        yield Evidence(4 if compound > 1 else 3, _both("compound", one.compound, other.compound))
    elif compound == 0:
        yield Evidence(-3, f"compound {one.compound} against {other.compound}", is_veto=number is not True)
    if compound is None and is_at_one_road(one, other):
        yield Evidence(4, f"{one.road}")
    if number:
        yield Evidence(4, f"{one.road or one.compound} {_number_words(one)}")
    elif number is False:
        words = f"{one.road} {_number_words(one)} against {other.road} {_number_words(other)}"
        yield Evidence(-1 if compound else -3, words, is_veto=not compound)


def _number_words(traits: Traits) -> str:
    return (traits.number or "").strip("/").replace("/", "-")


def compare_building(one: Traits, other: Traits) -> Iterator[Evidence]:
    """Building, unit, floor, room: what is known on both sides must be the same."""
    yield from _compare_part("building", one.building, other.building, 3)
    yield from _compare_part("unit", one.unit, other.unit, 2)
    yield from _compare_part("floor", one.floor, other.floor, 0)
    yield from _compare_part("lot", one.parts.lot, other.parts.lot, 2)
    if one.is_parking or other.is_parking:
        yield from _compare_part("space", one.room, other.room, 6)  # parking has no buildings
        return
    yield from _compare_part("room", one.room, other.room, 3)
    if is_house(one, other):
        yield Evidence(5, "the whole house")
    elif one.unit_count > 1 and one.members and one.members == other.members:
        yield Evidence(3, f"the same {one.unit_count} homes")
    elif one.building is None and other.building is None and one.room is not None and one.room == other.room:
        yield Evidence(3, "no building told by either")


def _compare_part(name: str, ours: str | None, theirs: str | None, points: int) -> Iterator[Evidence]:
    if ours is None or theirs is None:
        return
    if ours == theirs:
        if points:
            yield Evidence(points, f"{name} {ours}")
    else:
        yield Evidence(0, f"{name} {ours} against {theirs}", is_veto=True)


def compare_wording(one: Traits, other: Traits) -> Iterator[Evidence]:
    """The title itself, where it names no room."""
    if is_worded_alike(one, other) and not is_house(one, other):
        yield Evidence(9, "the very same words")


def compare_documents(one: Traits, other: Traits) -> Iterator[Evidence]:
    """Case, certificate, appraisal, seller."""
    if one.case_number is not None and other.case_number is not None:
        if one.case_number == other.case_number:
            yield Evidence(4, f"case {one.case_number}")
        elif are_open_together(one, other):
            yield Evidence(0, "open at the same time on one platform in two cases", is_veto=True)
    if one.certificate is not None and one.certificate == other.certificate:
        yield Evidence(4, f"certificate {one.certificate}")
    if one.appraisal is not None and other.appraisal is not None:
        if one.appraisal == other.appraisal:
            yield Evidence(3, f"appraisal {one.appraisal / 100:,.0f}")
        elif one.case_number is not None and one.case_number == other.case_number:
            words = f"appraisal {one.appraisal / 100:,.0f} against {other.appraisal / 100:,.0f} in one case"
            yield Evidence(-5, words)  # what is sold twice in one case was valued once, siblings each
    if are_rounds_of_one(one, other):
        yield Evidence(2, f"two rounds of {one.seller}")
    elif one.seller is not None and one.seller == other.seller:
        yield Evidence(1, f"seller {one.seller}")


def compare_area(one: Traits, other: Traits) -> Iterator[Evidence]:
    """The building area, within rounding."""
    if one.floor_area is None or other.floor_area is None:
        return
    words = f"{one.floor_area / 100:g} m2"
    match area_agrees(one, other):
        case True:
            yield Evidence(2, words)
        case False:
            yield Evidence(-4, f"{words} against {other.floor_area / 100:g}")
        case None:
            yield Evidence(-1, f"{words} against {other.floor_area / 100:g}")


def _both(name: str, ours: str | None, theirs: str | None) -> str:
    return f"{name} {ours}" if ours == theirs else f"{name} {ours} and {theirs}"


Comparator = Callable[[Traits, Traits], Iterator[Evidence]]
COMPARATORS: tuple[Comparator, ...] = (
    compare_stated,
    compare_kind,
    compare_numbers,
    compare_place,
    compare_locality,
    compare_building,
    compare_wording,
    compare_documents,
    compare_area,
)
