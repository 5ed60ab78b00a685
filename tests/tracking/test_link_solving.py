"""What the solver takes for granted of the rules, and the order in which offers come."""

from itertools import combinations
from random import Random

import pytest

from benchmarks.linking.generate import generate
from store.terms import Judgement
from tests.tracking.scale_cases import KINDS_OF_THINGS, POOLS, numbered
from tracking import link
from tracking.apart import has_another_value
from tracking.link import link_offers
from tracking.offers import make_offer
from tracking.traits import traits_of
from tracking.weighing import weigh

OFFERS = [make_offer(*row.state) for row in generate(400, seed=12)]


def test_what_is_judged_the_same_on_two_platforms_is_of_one_value() -> None:
    """The solver does not ask again before it merges."""
    pools = [[traits_of(offer) for offer in OFFERS]]
    for thing in KINDS_OF_THINGS.values():
        told = [thing._replace(**{trait: value}) for trait, values in POOLS.items() for value in dict.fromkeys(values)]
        pools.append(numbered(told))
    same = [
        (one, other)
        for pool in pools
        for one, other in combinations(pool, 2)
        if one.key[0] != other.key[0] and weigh(one, other).judgement is Judgement.SAME
    ]
    assert len(same) > 100
    assert not any(has_another_value(one, other) for one, other in same)


def test_homes_and_decisions_are_the_same_in_any_order_and_however_an_estate_is_divided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = link_offers(OFFERS)
    shuffled = OFFERS.copy()
    Random(3).shuffle(shuffled)
    monkeypatch.setattr(link, "UNDIVIDED", 1)
    divided = link_offers(shuffled)
    assert divided.property_of == whole.property_of
    assert sorted(divided.decisions, key=str) == sorted(whole.decisions, key=str)
    assert len(set(whole.property_of.values())) < len(OFFERS)
    assert link_offers(OFFERS, with_reasons=False).property_of == whole.property_of
