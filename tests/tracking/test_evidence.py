"""Two offers are judged alike from either side, and what nobody tells speaks for nothing."""

from itertools import combinations

import pytest

from benchmarks.linking.generate import generate
from store.terms import Judgement
from tracking.alike import ALONE, Surroundings
from tracking.evidence import Decision, decide
from tracking.offers import make_offer
from tracking.traits import Traits, traits_of

OFFERS = [traits_of(make_offer(*row.state)) for row in generate(250, seed=11)]
SURROUNDINGS = [ALONE, Surroundings(1, is_one_place=True), Surroundings(3), Surroundings(3, room_unit_count=2)]


def told(decision: Decision) -> tuple[object, ...]:
    return decision.judgement, decision.score, decision.is_vetoed


@pytest.mark.parametrize("beside", SURROUNDINGS)
def test_two_offers_are_judged_alike_from_either_side(beside: Surroundings) -> None:
    for one, other in combinations(OFFERS, 2):
        assert told(decide(one, other, beside)) == told(decide(other, one, beside))


def test_a_parking_space_against_a_thing_of_unknown_kind_is_judged_alike_from_either_side() -> None:
    space = next(traits for traits in OFFERS if traits.is_parking and traits.room is not None)
    other = space._replace(kind=None, listing_id=-1)
    assert told(decide(space, other)) == told(decide(other, space))


def without(traits: Traits, *names: str) -> Traits:
    return traits._replace(**dict.fromkeys(names))


def test_what_neither_tells_speaks_for_nothing() -> None:
    nothing = ("compound", "road", "number", "building", "unit", "floor", "room", "case_number", "appraisal", "price")
    more = (
        "floor_area",
        "seller",
        "certificate",
        "asset_id",
        "wording",
        "previous_source_id",
        "district",
        "round_rank",
    )
    bare = [without(traits, *nothing, *more)._replace(unit_count=1, members=()) for traits in OFFERS[:40]]
    for one, other in combinations(bare, 2):
        decision = decide(one, other)
        assert decision.judgement is Judgement.DIFFERENT
        assert decision.score <= 0
