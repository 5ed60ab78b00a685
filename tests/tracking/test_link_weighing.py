"""Points without words are the points with words, and the rules cannot drift apart unnoticed."""

from itertools import combinations

import pytest

from benchmarks.linking.generate import generate
from store.terms import Judgement
from tests.tracking.scale_cases import KINDS_OF_THINGS, POOLS, numbered
from tracking.alike import ALONE, Surroundings
from tracking.errors import RulesDiffer
from tracking.evidence import decide
from tracking.offers import make_offer
from tracking.traits import Traits, traits_of
from tracking.weighing import Weight, explain, weigh

OFFERS = [traits_of(make_offer(*row.state)) for row in generate(250, seed=21)]
SURROUNDINGS = [ALONE, Surroundings(1, is_one_place=True), Surroundings(3), Surroundings(3, room_unit_count=2)]


def assert_that_weights_agree(everything: list[Traits], beside: Surroundings) -> None:
    for one, other in combinations(everything, 2):
        weight, decision = weigh(one, other, beside), decide(one, other, beside)
        assert (weight.judgement, weight.is_vetoed) == (decision.judgement, decision.is_vetoed), decision.reasons
        assert weight.is_vetoed or weight.score == decision.score, decision.reasons


@pytest.mark.parametrize("beside", SURROUNDINGS)
def test_made_up_listings_weigh_what_they_are_decided_by(beside: Surroundings) -> None:
    assert_that_weights_agree(OFFERS, beside)


@pytest.mark.parametrize("beside", SURROUNDINGS)
@pytest.mark.parametrize("name", KINDS_OF_THINGS)
def test_pairs_that_differ_in_one_or_two_traits_weigh_what_they_are_decided_by(name: str, beside: Surroundings) -> None:
    thing = KINDS_OF_THINGS[name]
    changed = [thing._replace(**{trait: value}) for trait, values in POOLS.items() for value in dict.fromkeys(values)]
    assert_that_weights_agree(numbered(changed), beside)


def test_a_weight_that_is_not_that_of_the_reasons_stops_the_linking() -> None:
    one, other = next(
        (one, other) for one, other in combinations(OFFERS, 2) if decide(one, other).judgement is Judgement.SAME
    )
    assert explain(one, other, ALONE, weigh(one, other)) == decide(one, other)
    right = weigh(one, other)
    for wrong in (right._replace(score=right.score + 1), Weight(right.score, Judgement.UNSURE)):
        with pytest.raises(RulesDiffer, match=rf"listings {one.listing_id} and {other.listing_id}: "):
            explain(one, other, ALONE, wrong)
