"""Flats whose room a list leaves out: told alike, and not one home (Ali, sold in the winter of 2025/26)."""

from itertools import combinations

import pytest

from store.terms import Judgement
from tests.tracking.chain_cases import offer
from tracking.address.read import read_parts
from tracking.evidence import decide
from tracking.traits import Traits, traits_of


def sold(listing_id: int, title: str, area: int, appraisal: int | None = None, **told: object) -> Traits:
    parts = read_parts(title, None, "CN", told.get("city"), told.get("district"))  # type: ignore[arg-type]
    return traits_of(
        offer(listing_id, title=title, floor_area=area, appraisal_price=appraisal, status="sold", parts=parts, **told)
    )


PLACE = {"city": "南通市", "district": "如东县", "region_code": "320623"}
COMPOUND = "江苏省南通市如东县如东经济开发区嘉陵江路50号鼎尚花园"


def test_five_flats_of_one_compound_sold_on_one_day_are_not_one_home() -> None:
    areas = (12132, 12119, 12050, 12132, 12132)
    flats = [
        sold(at, COMPOUND, area, starts_at="2026-02-19", ends_at="2026-02-20", **PLACE)
        for at, area in enumerate(areas, 1)
    ]
    assert all(decide(one, other).judgement is not Judgement.SAME for one, other in combinations(flats, 2))


@pytest.mark.parametrize(("seller", "judgement"), [("如东县人民法院", Judgement.UNSURE), ("平安银行", Judgement.SAME)])
def test_what_a_bank_tells_alike_is_one_thing_what_a_court_tells_need_not_be(seller: str, judgement: Judgement) -> None:
    one, other = (
        sold(at, COMPOUND, 12132, seller_name=seller, starts_at=day, ends_at=f"{day}T12:00", **PLACE)
        for at, day in ((1, "2026-01-19"), (2, "2026-04-20"))
    )
    assert decide(one, other).judgement is judgement


def test_two_houses_behind_one_number_valued_alike_are_two() -> None:
    place = {"city": "济宁市", "district": "曲阜市", "region_code": "370881"}
    one, other = (
        sold(at, f"曲阜市孔子国际商品交易城134号福源西八街{number}号房地产", area, 546_892_00, **place)
        for at, number, area in ((1, 37, 19359), (2, 39, 6453))
    )
    assert decide(one, other).judgement is not Judgement.SAME


def test_two_shops_told_in_a_bracket_are_two() -> None:
    place = {"city": "百色市", "district": "隆林各族自治县", "region_code": "451031"}
    one, other = (
        sold(at, f"隆林各族自治县新州镇迎宾大道717号（步行街5号楼8栋1层{room}号）", 4867, 316_355_00, **place)
        for at, room in ((1, 105), (2, 103))
    )
    assert decide(one, other).judgement is not Judgement.SAME


@pytest.mark.parametrize("kind", ["house", "building"])
def test_a_house_that_is_called_one_is_still_found_by_its_number(kind: str) -> None:
    one, other = (
        sold(at, "南通市如东县嘉陵江路50号", 31_000, property_kind=kind, starts_at=day, **PLACE)
        for at, day in ((1, "2026-01-02"), (2, "2026-02-20"))
    )
    assert decide(one, other).judgement is Judgement.SAME
