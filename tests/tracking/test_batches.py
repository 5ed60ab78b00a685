"""Siblings that are offered together, and what is none."""

import random
from datetime import timedelta
from typing import Any

import pytest

from tests.tracking.chain_cases import at, chains_of, offer
from tracking.batches import Batch, find_batches
from tracking.offers import Offer

FLAT = {
    "seller_name": "合肥市蜀山区人民法院",
    "city": "合肥市",
    "property_kind": "flat",
    "starts_at": "2026-03-01T02:00:00",
    "starting_price": 50_000_00,
}


def flat(listing_id: int, room: str | None, building: str | None = "1", **told: Any) -> Offer:
    """A flat of one compound."""
    return offer(listing_id, **{"parts": {"compound": "金色家园", "building": building, "room": room}, **FLAT, **told})


def ids(batches: list[Batch]) -> list[tuple[int, ...]]:
    """The listings of each batch."""
    return [batch.listing_ids for batch in batches]


def test_a_hundred_flats_of_one_building_are_one_batch_of_a_hundred() -> None:
    rooms = [f"{floor}0{door}" for floor in range(1, 26) for door in range(1, 5)]
    flats = [flat(index, room, starting_price=50_000_00 + index) for index, room in enumerate(rooms, 1)]
    random.Random(4).shuffle(flats)
    (batch,) = find_batches(flats)
    assert (batch.home_count, batch.lowest_price, batch.highest_price) == (100, 50_000_01, 50_001_00)
    assert (batch.place, batch.building, batch.source) == ("金色家园", "1", "ali_judicial")
    assert sorted(batch.listing_ids) == list(range(1, 101))


def test_next_months_re_listing_is_a_batch_of_its_own() -> None:
    first = [flat(index, f"{index}01") for index in range(1, 4)]
    later = [each._replace(listing_id=each.listing_id + 10, starts_at=at("2026-04-01")) for each in first]
    assert ids(find_batches([*first, *later])) == [(1, 2, 3), (11, 12, 13)]


def test_seven_flats_of_one_house_in_quanzhou_are_one_batch() -> None:
    (batch,) = find_batches(chains_of("jd-fujian-2026.json")["清华公寓"])
    assert (batch.home_count, batch.lowest_price, batch.highest_price) == (7, 570_000_00, 630_000_00)
    assert (batch.place, batch.building) == ("清华公寓", None)


def test_two_buildings_of_a_compound_offered_together_are_one_batch() -> None:
    (batch,) = find_batches([flat(1, "101", "1"), flat(2, "101", "2"), flat(3, "102", "2")])
    assert (batch.home_count, batch.building) == (3, None)


@pytest.mark.parametrize(
    "changed",
    [
        {"source": "jd_judicial"},
        {"seller_name": "合肥市包河区人民法院"},
        {"seller_name": None},
        {"city": "芜湖市"},
        {"property_kind": "parking"},
        {"currency": "HKD"},
        {"starts_at": at("2026-03-02T02:00:01")},
        {"share": "1/2"},
        {"unit_count": 12},
    ],
)
def test_a_third_that_differs_makes_no_batch(changed: dict[str, Any]) -> None:
    flats = [flat(1, "101"), flat(2, "102"), flat(3, "103")]
    assert ids(find_batches(flats)) == [(1, 2, 3)]
    assert find_batches([*flats[:2], flat(3, "103", **changed)]) == []


def test_homes_of_an_unknown_place_are_no_siblings() -> None:
    assert find_batches([flat(index, f"{index}01", parts={"room": f"{index}01"}) for index in range(1, 6)]) == []


def test_homes_at_one_number_of_a_road_are_siblings_without_the_name_of_a_compound() -> None:
    at_number = [flat(i, None, parts={"road": "惠风六路", "number": "36", "room": f"{i}02"}) for i in range(1, 4)]
    assert [batch.place for batch in find_batches(at_number)] == ["惠风六路 36"]


def test_one_home_offered_five_times_is_no_batch() -> None:
    assert find_batches([flat(index, "101") for index in range(1, 6)]) == []
    assert find_batches([flat(index, None, None) for index in range(1, 6)]) == []


def test_homes_that_were_linked_are_counted_by_their_property() -> None:
    flats = [flat(index, f"{index}01") for index in range(1, 6)]
    home_of = {1: 1, 2: 2, 3: 3, 4: 3, 5: 3}
    (batch,) = find_batches(flats, home_of=home_of)
    assert (batch.home_count, len(batch.listing_ids)) == (3, 5)
    assert find_batches(flats, home_of=dict.fromkeys(range(1, 6), 1)) == []


def test_a_batch_without_any_price_has_no_range() -> None:
    (batch,) = find_batches([flat(index, f"{index}01", starting_price=None) for index in range(1, 4)])
    assert (batch.lowest_price, batch.highest_price) == (None, None)


def test_undated_sales_are_together_when_they_were_first_seen_together() -> None:
    undated = [flat(index, f"{index}01", starts_at=None) for index in range(1, 4)]
    assert ids(find_batches(undated)) == [(1, 2, 3)]
    late = undated[2]._replace(first_seen_at=undated[2].first_seen_at + timedelta(days=3))
    assert find_batches([*undated[:2], late]) == []


def test_the_order_of_the_offers_never_matters() -> None:
    flats = [flat(index, f"{index}01", starts_at=f"2026-03-{1 + index % 7:02}") for index in range(1, 60)]
    expected = find_batches(flats)
    assert len(expected) > 2
    for seed in range(5):
        random.Random(seed).shuffle(flats)
        assert find_batches(flats) == expected


def test_without_a_seller_homes_are_together_only_at_the_very_same_instants() -> None:
    """As the 32 shops of Hefei stand in Alibaba's list of 2020, which names no court."""
    times = {"seller_name": None, "starts_at": "2020-09-10T02:00:00", "ends_at": "2020-11-09T02:00:00"}
    shops = [flat(index, f"{index}01", **times) for index in range(1, 4)]
    (batch,) = find_batches(shops)
    assert (batch.home_count, batch.seller_name) == (3, None)
    for changed in ({"ends_at": at("2020-11-09T02:00:01")}, {"starts_at": at("2020-09-10T01:59:59")}):
        assert find_batches([*shops[:2], shops[2]._replace(**changed)]) == []
    assert find_batches([shop._replace(ends_at=None) for shop in shops]) == []
