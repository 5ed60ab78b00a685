"""Listings that lie at another door are told apart by sixty-four bits; never two that the rules would compare."""

from itertools import combinations

import pytest

from benchmarks.linking.generate import generate
from tests.tracking.chain_cases import every_chain
from tracking.alike import is_plainly_apart
from tracking.doors import at_no_other_door, door_of
from tracking.offers import make_offer
from tracking.traits import Traits, traits_of

MADE = [traits_of(make_offer(*row.state)) for row in generate(300, seed=7)]
REAL = [traits_of(offer) for _, offers in every_chain() for offer in offers][:300]


@pytest.mark.parametrize("everything", [MADE, REAL], ids=["made up", "real"])
def test_what_a_door_tells_apart_is_plainly_apart_and_nearly_all_that_is(everything: list[Traits]) -> None:
    doors = dict(enumerate(map(door_of, everything)))
    told = seen = 0
    for one, other in combinations(doors, 2):
        is_told = not at_no_other_door(doors[one], [other], doors)
        is_seen = is_plainly_apart(everything[one], everything[other])
        assert is_seen or not is_told, (everything[one], everything[other])
        assert is_told is not bool(at_no_other_door(doors[other], [one], doors))
        told += is_told
        seen += is_seen
    assert seen > 20
    assert told > 0.999 * seen


def test_what_is_not_told_is_at_no_other_door() -> None:
    flat = MADE[0]._replace(room="1205", unit="1", building="3", floor="12")
    doors = {
        0: door_of(flat._replace(room=None, unit=None, building=None, floor=None)),
        1: door_of(flat._replace(unit=None)),
        2: door_of(flat._replace(floor="13")),
        3: door_of(flat._replace(room="1206", unit=None)),
        4: door_of(flat),
    }
    assert doors[0] == 0
    assert at_no_other_door(doors[4], [0, 1, 2, 3, 4, 5], doors) == [0, 1, 4, 5]  # of 5 nothing is known
    assert at_no_other_door(doors[0], [0, 1, 2, 3, 4, 5], doors) == [0, 1, 2, 3, 4, 5]


def test_a_door_is_the_same_in_every_process_and_fits_the_database() -> None:
    flat = MADE[0]._replace(room="1205", unit="1", building="3", floor=None)
    assert door_of(flat) == DOOR_OF_1205
    assert all(-(1 << 63) <= door_of(traits) < 1 << 63 for traits in (*MADE, *REAL))


DOOR_OF_1205 = -8937692838819594240
