"""What a pair scores, without a word of why: a quarter of the cost of ``evidence.decide``.

Nearly every pair that is weighed is one of many inside a home, of which a few are told. The points are those of the
comparators in ``tracking.evidence``, the questions those of ``tracking.alike``; a test holds both together, and so does
``explain``, which every decision that is kept goes through.
"""

from typing import NamedTuple

from store.terms import Judgement
from tracking.alike import (
    ALONE,
    Surroundings,
    are_open_together,
    are_rounds_of_one,
    area_agrees,
    compound_agrees,
    is_at_one_road,
    is_house,
    is_plainly_apart,
    is_stated,
    is_worded_alike,
    number_agrees,
)
from tracking.errors import RulesDiffer
from tracking.evidence import SOFT_KINDS, UNSURE_FROM, Decision, decide, judgement_of
from tracking.traits import Traits


class Weight(NamedTuple):
    """What is decided of a pair. The score of what is vetoed says nothing."""

    score: int
    judgement: Judgement
    is_vetoed: bool = False


VETOED = Weight(0, Judgement.DIFFERENT, is_vetoed=True)


def weigh(one: Traits, other: Traits, beside: Surroundings = ALONE) -> Weight:
    """Judge two offers."""
    return VETOED if is_plainly_apart(one, other) else weigh_near(one, other, beside)


def weigh_near(one: Traits, other: Traits, beside: Surroundings) -> Weight:
    """Judge two offers that are not plainly apart."""
    if _are_other_things(one, other) or _are_elsewhere(one, other):
        return VETOED
    is_one_source = one.key[0] == other.key[0]
    is_theirs = is_one_source and is_stated(one, other)
    if is_one_source and not is_theirs and one.asset_id is not None and other.asset_id is not None:
        return VETOED
    both_cases = one.case_number is not None and other.case_number is not None
    is_one_case = both_cases and one.case_number == other.case_number
    if both_cases and not is_one_case and are_open_together(one, other):
        return VETOED
    compound, number = compound_agrees(one, other), number_agrees(one, other)
    if (compound == 0 and number is not True) or (number is False and not compound):
        return VETOED
    score = (12 if is_theirs else 0) + _place_points(one, other, compound, number)
    if beside.is_one_place and compound is None and number is None:
        score += 4
    score += _building_points(one, other) + _document_points(one, other, is_one_case=is_one_case)
    if score < UNSURE_FROM:
        return Weight(score, Judgement.DIFFERENT)
    return Weight(score, judgement_of(one, other, score, beside))


def explain(one: Traits, other: Traits, beside: Surroundings, weight: Weight) -> Decision:
    """The decision behind a weight, with all reasons.

    Raises:
        RulesDiffer: the weight is not that of ``tracking.evidence``.
    """
    decision = decide(one, other, beside)
    told = weight.is_vetoed or decision.score == weight.score
    if not told or (decision.is_vetoed, decision.judgement) != (weight.is_vetoed, weight.judgement):
        raise RulesDiffer(
            f"listings {one.listing_id} and {other.listing_id}: {weight.judgement}, {weight.score} points by "
            f"tracking.weighing, {decision.judgement}, {decision.score} points by tracking.evidence"
        )
    return decision


def _are_other_things(one: Traits, other: Traits) -> bool:
    """Contradicting kinds, numbers of homes, shares, lots."""
    if one.kind != other.kind and not (one.kind is None or other.kind is None or {one.kind, other.kind} <= SOFT_KINDS):
        return True
    if one.unit_count != other.unit_count or (one.share or "1") != (other.share or "1"):
        return True
    if one.members and other.members and one.members != other.members:
        return True
    ours, theirs = one.parts.lot, other.parts.lot
    return ours is not None and theirs is not None and ours != theirs


def _are_elsewhere(one: Traits, other: Traits) -> bool:
    """Contradicting countries, prefectures."""
    if one.country != other.country:
        return True
    return one.area_code is not None and other.area_code is not None and one.area_code != other.area_code


def _place_points(one: Traits, other: Traits, compound: int | None, number: bool | None) -> int:
    """Kind, district, compound, road and number, of what no veto parts."""
    points = 0
    if one.kind != other.kind and one.kind is not None and other.kind is not None:
        points -= 2
    if one.district is not None and other.district is not None:
        points += 1 if one.district == other.district else -2
    if compound is None:
        points += 4 if is_at_one_road(one, other) else 0
    else:
        points += (-3, 3, 4)[compound]
    if number is None:
        return points
    return points + (4 if number else -1)


def _building_points(one: Traits, other: Traits) -> int:
    """What is known on both sides is the same, or a veto would have parted them."""
    points = 3 if one.building is not None and other.building is not None else 0
    if one.unit is not None and other.unit is not None:
        points += 2
    if one.parts.lot is not None and other.parts.lot is not None:
        points += 2
    is_parking = one.is_parking or other.is_parking
    is_one_room = one.room is not None and other.room is not None
    if is_one_room:
        points += 6 if is_parking else 3
    is_one_lot = one.unit_count > 1 and bool(one.members) and one.members == other.members
    whole = is_house(one, other)
    if not is_parking:
        if whole:
            points += 5
        elif is_one_lot or (one.building is None and other.building is None and is_one_room):
            points += 3
    return points + (9 if not whole and is_worded_alike(one, other) else 0)


def _document_points(one: Traits, other: Traits, *, is_one_case: bool) -> int:
    """Case, certificate, appraisal, seller, area."""
    points = 4 if is_one_case else 0
    if one.certificate is not None and one.certificate == other.certificate:
        points += 4
    if one.appraisal is not None and other.appraisal is not None:
        if one.appraisal == other.appraisal:
            points += 3
        elif is_one_case:
            points -= 5
    if one.seller is not None and one.seller == other.seller:
        points += 2 if are_rounds_of_one(one, other) else 1
    if one.floor_area is not None and other.floor_area is not None:
        points += AREA_POINTS[area_agrees(one, other)]
    return points


AREA_POINTS = {True: 2, False: -4, None: -1}
