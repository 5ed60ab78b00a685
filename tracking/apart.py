"""What speaks against one home though the addresses agree: a room, or a unit, is mistyped or left out then."""

from tracking.agreement import (
    are_sold_at_once,
    area_agrees,
    has_one_size,
    has_witness,
    is_in_two_districts,
    is_stated,
    is_typed_size,
    number_agrees,
)
from tracking.steps import are_surely_of_one_procedure, has_one_value, step_is_lawful
from tracking.traits import Traits

AREA_OF_ANOTHER = 0.2
"""Share of the larger area: beyond rounding, and beyond the private area taken for the whole."""

VALUES_OF_ONE = (0.5, 1.4)
"""Shares of the earlier appraisal that another one within a year has: 0.59 to 1.17 in 26 of the 28 such pairs
of ``sold-repeat-addresses`` (Ali 2015 to 2026); the other two are 0.02 and 6.6, of the same day or month."""

YEAR = 365 * 86_400.0


def is_valued_apart(one: Traits, other: Traits) -> bool:
    """Whether value or size speak against one home, though the addresses agree: a room is mistyped then.

    Two appraisals or an unlawful step of the price within one procedure, or areas that are far from each other; the
    latter are excused by the same appraisal or the lawful next price: then the area is mistyped.
    """
    if is_stated(one, other):
        return False
    if has_another_value(one, other) or _is_shop_or_flat(one, other):
        return True
    ours, theirs = one.floor_area, other.floor_area
    if ours is None or theirs is None or abs(ours - theirs) <= AREA_OF_ANOTHER * max(ours, theirs):
        return False
    return not is_typed_size(one, other) and (not has_one_value(one, other) or are_sold_at_once(one, other))


def _is_shop_or_flat(one: Traits, other: Traits) -> bool:
    """Whether one is called a shop, the other a flat, and neither size nor document says that they are one.

    Both are counted from 101 in the houses of which the ground floor is let.
    """
    if one.kind == other.kind or {one.kind, other.kind} != {"home", "business"}:
        return False
    return area_agrees(one, other) is not True and not has_witness(one, other)


def has_another_value(one: Traits, other: Traits) -> bool:
    """Whether two sell them at once, one procedure has two values for them, or a year too different ones: siblings.

    The same size speaks for one home all the same, but not where the unit is told by one alone: flats above and beside
    each other have it.
    """
    if (
        (one.seller != other.seller and are_sold_by_two_banks(one, other))
        or (one.district != other.district and _are_in_two_districts(one, other))
        or (one.compound != other.compound and _are_two_names_at_once(one, other))
    ):
        return True
    if one.appraisal is not None and other.appraisal is not None:
        if one.appraisal == other.appraisal:
            return False
        if one.case_number is not None and one.case_number == other.case_number:
            return True
        return _values_contradict(one, other) and not _is_one_size(one, other)
    if step_is_lawful(one, other) is not False or _is_one_size(one, other):
        return False
    return are_surely_of_one_procedure(one, other)


def _are_in_two_districts(one: Traits, other: Traits) -> bool:
    """Whether they lie in two districts and neither a number nor a document is theirs both: chains build in many."""
    if not is_in_two_districts(one, other):
        return False
    return number_agrees(one, other) is not True and not has_witness(one, other) and not is_stated(one, other)


def _are_two_names_at_once(one: Traits, other: Traits) -> bool:
    """Whether one platform has both at once under two names, and neither size nor document says that they are one."""
    if one.compound == other.compound or one.compound is None or other.compound is None:
        return False
    if one.compound in other.compound or other.compound in one.compound or is_stated(one, other):
        return False
    return are_sold_at_once(one, other) and not has_witness(one, other) and not has_one_size(one, other)


def are_sold_by_two_banks(one: Traits, other: Traits) -> bool:
    """Whether two banks offer them in the same days: a home that was taken for a debt has one owner."""
    if one.seller is None or other.seller is None or one.seller == other.seller:
        return False
    ours, sign, _ = one.seller.partition("银行")
    theirs, their_sign, _ = other.seller.partition("银行")
    if not sign or not their_sign or ours.removeprefix("中国") == theirs.removeprefix("中国"):
        return False
    if one.opens is None or one.closes is None or other.opens is None or other.closes is None:
        return False
    return max(one.opens, other.opens) < min(one.closes, other.closes)


def _is_one_size(one: Traits, other: Traits) -> bool:
    return area_agrees(one, other) is True and (one.unit is None) == (other.unit is None)


def _values_contradict(one: Traits, other: Traits) -> bool:
    if one.appraisal is None or other.appraisal is None or one.opens is None or other.opens is None:
        return False
    (opens, value), (later_opens, later_value) = sorted(((one.opens, one.appraisal), (other.opens, other.appraisal)))
    if are_surely_of_one_procedure(one, other):
        return abs(value - later_value) > TYPED_APART * max(value, later_value)
    least, most = VALUES_OF_ONE
    return later_opens - opens <= YEAR and not least <= later_value / value <= most


TYPED_APART = 0.001
"""Share by which one appraisal is typed in two ways: 654,078 and 654,083 (宜宾, 2018 and 2019)."""
