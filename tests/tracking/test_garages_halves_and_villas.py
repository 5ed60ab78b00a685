"""What is sold beside a home, a part of it, or a house without a number of its own: none of them is the home."""

import pytest

from store.terms import Judgement
from tests.tracking.chain_cases import offer
from tests.tracking.two_sales import BANK, COURT, HAINING, Told, are_one_home, parts_of
from tracking.address.shares import read_share
from tracking.evidence import decide
from tracking.traits import traits_of


def are_one(one: str, other: str, told: Told | None = None, later: Told | None = None) -> bool:
    """Whether two sales of a court become one home."""
    return are_one_home((one, other), COURT | (told or {}), COURT | (later or {}))


# Garages ----------------------------------------------------------------------------------------------------------

HOME = "荷景园3幢501室"


@pytest.mark.parametrize("garage", ["车库", "的车库", "地下车位", "自行车库", "储藏室", "储藏间", "杂物间"])
@pytest.mark.parametrize("kind", [None, "parking"])
@pytest.mark.parametrize("told", [{}, {"floor_area": 8_953}, {"property_kind": "flat"}])
def test_the_garage_of_a_room_is_not_the_room_whatever_size_and_kind_are_told(
    garage: str, kind: str | None, told: Told
) -> None:
    assert not are_one(HOME, HOME + garage, told, {"property_kind": kind})


@pytest.mark.parametrize("added", ["及车库", "含车库", "、车库", "（含车位）", "及储藏室", "带车位一个"])
def test_a_home_that_is_sold_with_its_garage_is_the_home_though_it_is_sorted_under_parking(added: str) -> None:
    assert are_one(HOME, HOME + added, {"property_kind": "flat"}, {"property_kind": "parking"})


def test_the_garage_of_a_room_is_found_again_and_is_no_space_of_that_number() -> None:
    garage = f"{HOME}车库"
    assert are_one(garage, garage, {"property_kind": "parking"}, {})
    assert not are_one(garage, "荷景园501号车位", {"property_kind": "parking"}, {"property_kind": "parking"})
    assert not are_one(garage, "荷景园3幢502室车库", {"property_kind": "parking"}, {"property_kind": "parking"})


# Parts of a home --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("8幢1单元2-41/2产权份额", ("1/2", "1/2")),
        ("12栋1单元18021/3产权份额", ("1/3", "1/3")),
        ("3幢5012/3份额", ("2/3", "2/3")),
        ("3幢50110/12产权份额", ("5/6", "10/12")),
        ("3幢501室1/2产权份额", ("1/2", "1/2")),
        ("人民路12号西半部分", ("1/2西", "西半部分")),
        ("人民路12号东半幢房屋", ("1/2东", "东半幢")),
        ("人民路12号南侧一半", ("1/2南", "南侧一半")),
        ("东半岛花园3幢501室", None),
        ("西半山别墅12幢", None),
        ("城西半边街12号", None),
        ("3幢5011/1产权份额", None),
    ],
)
def test_a_share_is_read_behind_the_figures_of_a_room_and_by_the_side_of_a_house(
    text: str, share: tuple[str, str] | None
) -> None:
    assert read_share(text) == share


def test_a_share_that_runs_into_the_room_leaves_the_room() -> None:
    parts = parts_of("荷景园8幢1单元2-41/2产权份额")
    assert (parts.building, parts.unit, parts.floor, parts.room, parts.share) == ("8", "1", "2", "4", "1/2")
    assert (parts.members, parts.unit_count) == ((), None)


def test_half_a_house_is_neither_the_house_nor_its_other_half() -> None:
    west, east = f"{HOME}西半部分", f"{HOME}东半部分"
    assert are_one(west, west)
    assert not are_one(west, east)
    assert not are_one(west, HOME)
    assert not are_one(west, f"{HOME}1/2产权份额")


# Villas -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["独栋别墅", "独幢别墅", "联排别墅", "双拼别墅", "叠拼别墅", "别墅", "独栋"])
def test_the_sort_of_a_villa_is_no_part_of_the_name_of_its_estate(words: str) -> None:
    assert parts_of(f"新华路88号金辉苑{words}").compound == "金辉苑"


@pytest.mark.parametrize("title", ["新华路88号金辉苑独栋别墅", "新华路88号金辉苑别墅"])
@pytest.mark.parametrize("kind", [None, "house"])
@pytest.mark.parametrize(
    ("told", "later"),
    [
        ({}, {}),
        ({"floor_area": 31_047}, {}),
        ({"floor_area": 31_047}, {"floor_area": 31_100}),
        ({"round_kind": "first_auction"}, {"round_kind": "second_auction"}),
        ({"appraisal_price": 500_000_000}, {"appraisal_price": 510_000_000}),
    ],
)
def test_villas_of_one_bank_at_the_gate_of_an_estate_are_as_many_as_their_sales(
    title: str, kind: str | None, told: Told, later: Told
) -> None:
    bank = BANK | {"property_kind": kind}
    assert not are_one(title, title, bank | told, bank | later)


def test_a_villa_at_a_gate_is_one_by_its_size_or_value_and_a_house_at_its_own_number_by_its_bank() -> None:
    villa, house = BANK | {"property_kind": "house"}, "新华路88号房屋"
    title = "新华路88号金辉苑独栋别墅"
    assert are_one(title, title, villa | {"floor_area": 31_047}, villa | {"floor_area": 31_047})
    assert are_one(title, title, villa | {"appraisal_price": 512_340_000}, villa | {"appraisal_price": 512_340_000})
    assert are_one(house, house, villa, villa)


# Floors ----------------------------------------------------------------------------------------------------------


def test_a_room_with_its_unit_in_front_holds_its_floor_and_no_other() -> None:
    flat = {"property_kind": "flat"}
    assert are_one("荷景园6幢5层10501室", "荷景园6幢10501室", flat, flat)
    assert are_one("荷景园6幢12层11201室", "荷景园6幢11201室", flat, flat)
    assert not are_one("荷景园6幢4层10501室", "荷景园6幢10501室", flat, flat)


def test_a_shop_that_only_its_address_tells_is_not_the_flat_of_its_number() -> None:
    """Tables of homes sold have no titles; shops and flats of a house are both counted from 101."""
    told = HAINING | COURT | {"property_kind": None, "title": None}
    shop, flat = (f"新华路6号3栋1层105{word}" for word in ("商业", "室"))
    traits = [
        traits_of(offer(at, address=text, parts=parts_of(text), **told | {"starts_at": f"2026-0{at}-10", **kind}))
        for at, (text, kind) in enumerate(((shop, {}), (flat, {"property_kind": "flat"}), (shop, {})), 1)
    ]
    assert decide(traits[0], traits[1]).judgement is not Judgement.SAME
    assert decide(traits[0], traits[2]).judgement is Judgement.SAME
