"""The counts that the linker is judged by, against pairs that are really enumerated."""

from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.linking.real_sets import apart, chains, hang_together, hold_two_parcels
from benchmarks.linking.score import measure
from benchmarks.linking.taken import Taken
from tracking.address.parts import NO_PARTS
from tracking.offers import Offer

NOW = datetime(2026, 9, 4, tzinfo=UTC)


def offer(number: int, **told: object) -> Offer:
    names = [name for name in Offer._fields if name != "parts"]
    empty = dict.fromkeys(names) | {"listing_id": number, "source": "jd_judicial", "source_id": str(number)}
    return Offer(**empty | {"generation": 1, "first_seen_at": NOW, "last_seen_at": NOW} | told, parts=NO_PARTS)


def taken(property_of: dict[int, int]) -> Taken:
    return Taken([offer(number) for number in property_of], property_of, {}, {})


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=40))
def test_pairs_are_counted_as_if_each_was_looked_at(labels: list[tuple[int, int]]):
    homes = [home for home, _ in labels]
    found = dict(enumerate(number for _, number in labels))

    score = measure(enumerate(homes), found)

    pairs = list(combinations(range(len(labels)), 2))
    true = {pair for pair in pairs if homes[pair[0]] == homes[pair[1]]}
    linked = {pair for pair in pairs if found[pair[0]] == found[pair[1]]}
    assert (score.right_pairs, score.found_pairs, score.true_pairs) == (len(true & linked), len(linked), len(true))
    assert sum(each.wrong_pairs for each in score.false_merges) == len(linked - true)
    assert sum(each.wrong_pairs for each in score.missed) == len(true - linked)


def test_a_hundred_thousand_listings_of_one_home_are_counted_without_making_their_pairs():
    score = measure(((number, 1) for number in range(100_000)), dict.fromkeys(range(100_000), 7))

    assert score.right_pairs == 100_000 * 99_999 // 2
    assert score.f1 == 1.0


def test_the_truth_itself_is_without_fault():
    score = measure([(1, 10), (2, 10), (3, 11)], {1: 5, 2: 5, 3: 6})

    assert (score.precision, score.recall, score.f1, score.siblings_joined) == (1.0, 1.0, 1.0, 0)
    assert score.false_merges == score.missed == ()


def test_a_neighbour_in_a_property_costs_precision_and_is_named():
    score = measure([(1, 10), (2, 10), (3, 10), (4, 11)], {1: 5, 2: 5, 3: 5, 4: 5})

    assert score.precision == 0.5
    assert score.recall == 1.0
    assert score.siblings_joined == 1
    assert [(each.number, each.listings, each.wrong_pairs) for each in score.false_merges] == [(5, (1, 4), 3)]


def test_a_home_in_two_properties_costs_recall_and_is_named():
    score = measure([(1, 10), (2, 10), (3, 10)], {1: 5, 2: 6, 3: 6})

    assert score.precision == 1.0
    assert score.recall == pytest.approx(1 / 3)
    assert [(each.number, each.listings, each.wrong_pairs) for each in score.missed] == [(10, (2, 1), 2)]


def test_listings_that_the_linker_left_out_stand_alone_and_not_together():
    score = measure([(1, 10), (2, 10), (3, 11)], {3: -1})

    assert (score.properties, score.found_pairs, score.siblings_joined) == (3, 0, 0)


def test_the_worst_comes_first_and_the_largest_property_is_told():
    homes = [(1, 10), (2, 11), (3, 12), (4, 12), (5, 13), (6, 14)]

    score = measure(homes, {1: 1, 2: 1, 3: 2, 4: 2, 5: 2, 6: 2})

    assert [each.number for each in score.false_merges] == [2, 1]
    assert score.largest[0] == (2, 4)


def test_nothing_found_is_no_false_pair_and_nothing_to_find_no_missed_one():
    assert measure([(1, 10), (2, 11)], {1: 1, 2: 2}).f1 == 1.0
    assert measure([], {}).precision == 1.0


def test_a_chain_with_a_stranger_in_it_is_neither_whole_nor_allowed():
    whole, others = chains(taken({1: 1, 2: 1, 3: 1, 4: 4}), [("1", "2")])

    assert not whole.is_right
    assert not others.is_right
    assert "3" in others.notes[0]


def test_look_alikes_that_nothing_tells_apart_may_be_linked_or_not():
    for property_of in ({1: 1, 2: 1, 3: 3, 4: 3}, {1: 1, 2: 1, 3: 3, 4: 4}):
        assert all(check.is_right for check in chains(taken(property_of), [("1", "2")], [("3", "4")]))


def test_a_chain_that_is_torn_is_wrong_even_where_its_parts_are_allowed():
    whole, _ = chains(taken({1: 1, 2: 1, 3: 3}), [("1", "2", "3")])

    assert not whole.is_right


def test_siblings_in_one_property_are_told_by_name():
    found = taken({1: 1, 2: 1, 3: 3})

    check = apart(found, "shops", found.named("1", "2", "3"))

    assert (check.found, check.expected, check.is_right) == ("2", "3", False)
    assert check.notes == ("1 = 2",)


def test_an_id_that_was_not_read_is_an_error_and_no_success():
    with pytest.raises(KeyError):
        taken({1: 1}).named("2")


def test_a_property_hangs_together_by_equal_cases_parcels_and_addresses_only():
    first = offer(1, case_number="2024 CA 001089 F", asset_id="22-1S")
    same_parcel = offer(2, case_number="2024 CA 001158 F", asset_id="221S", address="120 S CHURCH AVE UNIT 212")
    same_address = offer(3, case_number="2025-514", address="120 S CHURCH AVE 212")
    stranger = offer(4, case_number="2024CA001089F")

    assert hang_together([same_address, first, same_parcel])
    assert not hang_together([first, same_parcel, stranger])
    assert not hang_together([offer(5), offer(6)])


def test_two_parcels_of_one_numbering_are_two_homes_whatever_the_address():
    lots = [offer(1, asset_id="1534740000"), offer(2, asset_id="1534730000")]
    other_numbering = [offer(1, asset_id="1289777126"), offer(2, asset_id="1830033WM000000011050A")]
    other_writing = [offer(1, asset_id="00-42-44-10-03-015-2030"), offer(2, asset_id="00424410030152030")]

    assert hold_two_parcels(lots)
    assert not hold_two_parcels(other_numbering)
    assert not hold_two_parcels(other_writing)
    assert not hold_two_parcels([offer(1, asset_id="28-30-16-71064"), offer(2, asset_id="16302871064")])
