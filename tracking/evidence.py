"""Why two offers are judged to be of one home, or not: the signs of a pair in words, and what is lacking."""

from collections.abc import Iterator
from typing import NamedTuple

from store.terms import Judgement
from tracking.agreement import compound_agrees, is_in_two_districts, number_agrees
from tracking.alike import ALONE, Surroundings, has_place, is_floor_clear, is_located, is_named, is_told_alike
from tracking.apart import is_valued_apart
from tracking.signs import Sign, find_signs, place_words
from tracking.traits import Traits

SAME_FROM = 10
BY_SIZE = "are one place by size and door"
"""How a reason ends that tells why a road and a compound are taken for one place."""

UNSURE_FROM = 6


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
    found = find_signs(one, other, beside)
    found.sort(key=_strength)
    score, is_vetoed = 0, False
    for points, _, is_veto in found:
        score += points
        is_vetoed |= is_veto
    reasons = tuple([words(one, other) for _, words, _ in found])
    if is_vetoed:
        return Decision(one.listing_id, other.listing_id, Judgement.DIFFERENT, score, reasons, is_vetoed=True)
    judgement = judgement_of(one, other, score, beside)
    if judgement is not Judgement.SAME and score >= SAME_FROM:
        reasons = (*_lacks(one, other, beside), *reasons)
    elif judgement is Judgement.SAME and _is_placed_by_size(one, other, beside):
        reasons = (*reasons, f"{place_words(one)} and {place_words(other)} {BY_SIZE}")
    return Decision(one.listing_id, other.listing_id, judgement, score, reasons)


def _strength(sign: Sign) -> tuple[bool, int]:
    """By which reasons are ordered: vetoes first, then those of many points."""
    points, _, is_veto = sign
    return not is_veto, -abs(points)


def _is_placed_by_size(one: Traits, other: Traits, beside: Surroundings) -> bool:
    """Whether neither names, numbers nor other listings make them one place, but size and door do."""
    if beside.is_one_place or compound_agrees(one, other) or number_agrees(one, other):
        return False
    return (one.compound is None) != (other.compound is None) and is_told_alike(one, other, beside)


def _lacks(one: Traits, other: Traits, beside: Surroundings) -> Iterator[str]:
    """Why an address that agrees is not enough."""
    if is_in_two_districts(one, other):
        yield "neither number nor a document agrees, and the districts differ"
    elif is_valued_apart(one, other):
        yield "size, value or owner are those of two homes"
    elif one.room is None and other.room is None:
        yield "the room is not told"
    elif one.room is None or other.room is None:
        yield "the room is told by one side only"
    elif (one.unit is None or other.unit is None) and beside.unit_count > 1:
        yield f"the building has {beside.unit_count} units, and one is not told"
    elif not is_floor_clear(one, other):
        yield "the floor is told by one side only"
    elif not is_located(one, other, beside):
        yield "neither compound nor number is told by both"
    elif has_place(one, other):
        yield "neither size nor a document agrees, and the names differ"
    else:
        yield "the city is told by one side only"


def judgement_of(one: Traits, other: Traits, score: int, beside: Surroundings) -> Judgement:
    """By the score, but never the same where neither a room nor a document names the thing."""
    if score >= SAME_FROM and is_named(one, other, beside) and not is_valued_apart(one, other):
        return Judgement.SAME
    return Judgement.UNSURE if score >= UNSURE_FROM else Judgement.DIFFERENT
