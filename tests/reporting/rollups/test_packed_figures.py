"""Figures that are added up in one whole number come apart as if each had been added by itself."""

import random

from reporting.rollups.packed import pack_alone, pack_listing, pack_round
from reporting.rollups.phases import Phase
from store.rollup_sheets import COUNTS, MEASURES, UNITS, unpack
from store.rollups import NOT_CUT


def named(packed: int) -> dict[str, int]:
    """Those that are not zero."""
    return {name: figure for name, figure in zip(MEASURES, unpack(packed), strict=True) if figure}


def test_sums_of_figures_with_any_signs_come_apart_again() -> None:
    chance = random.Random(3)
    for _ in range(200):
        total, expected = 0, dict.fromkeys(MEASURES, 0)
        for _ in range(chance.randrange(1, 9)):
            for name in chance.sample(MEASURES, 6):
                figure = chance.randrange(-(2**27), 2**27) * (2**30 if name == "cut_sum" else 1)
                total += figure * UNITS[name]
                expected[name] += figure
        assert dict(zip(MEASURES, unpack(total), strict=True)) == expected


def test_the_least_and_the_greatest_numbers_stay_in_their_fields() -> None:
    for sign in (1, -1):
        total = sum(sign * (2**31 - 1) * UNITS[name] for name in COUNTS) + sign * (2**63 - 1) * UNITS["cut_sum"]
        assert unpack(total) == (*[sign * (2**31 - 1)] * len(COUNTS), sign * (2**63 - 1))


def test_what_is_added_and_taken_away_leaves_nothing() -> None:
    packed = pack_alone(3_333, Phase.SOLD, 1, True)

    assert packed - pack_alone(3_333, Phase.SOLD, 1, True) == 0
    assert set(named(-packed).values()) == {-1, -3_333}


def test_a_cut_counts_in_each_step_that_it_reaches() -> None:
    cut = {"listings": 1, "cut": 1}
    assert named(pack_listing(NOT_CUT, is_linked=True)) == {"listings": 1}
    assert named(pack_listing(999, is_linked=True)) == cut | {"cut_sum": 999}
    assert named(pack_listing(1_000, is_linked=True)) == cut | {"cut_10": 1, "cut_sum": 1_000}
    reached = {"cut_10": 1, "cut_20": 1, "cut_30": 1, "cut_50": 1}
    assert named(pack_listing(5_000, is_linked=True)) == cut | reached | {"cut_sum": 5_000}


def test_a_listing_that_stands_alone_is_its_round_and_where_it_is_linked_its_home() -> None:
    assert named(pack_round(Phase.FAILED, 1)) == {"rounds": 1, "failed": 1, "followed": 1}
    unlinked = {"listings": 1, "unlinked": 1, "rounds": 1, "open": 1}
    assert named(pack_alone(NOT_CUT, Phase.OPEN, 0, False)) == unlinked
    assert named(pack_alone(NOT_CUT, Phase.STALE, 0, True)) == {"listings": 1, "homes": 1, "rounds": 1, "stale": 1}
