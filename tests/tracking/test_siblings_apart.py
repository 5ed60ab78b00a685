"""Near twins that one county court sells one after the other: siblings of a road, an estate, a number or a floor.

They agree in all that a short address tells, and no document of theirs does. Each table stands beside the pair that
must stay one home.
"""

import pytest

from tests.tracking.two_sales import AT_ONCE, COURT, SPRING, Told, are_one_home
from tests.tracking.two_sales import FLAT as A_FLAT

FLAT = COURT | A_FLAT
ONE_CASE: Told = {"case_number": "（2026）浙0481执1号"}
OTHER_CASE: Told = {"case_number": "（2026）浙0481执2号"}
FIRST: Told = {"round_kind": "first_auction"}
SECOND: Told = {"round_kind": "second_auction"}


# A road and a compound --------------------------------------------------------------------------------------------

PHASES = "滨江路605号一期1幢1单元603房", "学府府一期1幢1单元603房"
BLOCKS = "滨江路605号东区1幢1单元603房", "学府府东区1幢1单元603房"


@pytest.mark.parametrize("titles", [PHASES, BLOCKS])
@pytest.mark.parametrize(
    ("told", "later"),
    [
        ({}, {}),
        ({"floor_area": 8953} | ONE_CASE, OTHER_CASE),
        ({"floor_area": 8953}, {"floor_area": 9300}),
        ({"appraisal_price": 90_000_000} | ONE_CASE | FIRST, {"appraisal_price": 60_000_000} | OTHER_CASE | FIRST),
        (FIRST, SECOND),
    ],
)
def test_a_block_and_a_door_of_one_court_are_no_place_without_size_or_document(
    titles: tuple[str, str], told: Told, later: Told
) -> None:
    assert not are_one_home(titles, FLAT | told, FLAT | later)


@pytest.mark.parametrize("titles", [PHASES, BLOCKS])
@pytest.mark.parametrize("told", [{"floor_area": 8953}, {"appraisal_price": 90_000_000}])
def test_a_block_and_a_door_are_one_place_beside_the_size_or_the_appraisal(titles: tuple[str, str], told: Told) -> None:
    assert are_one_home(titles, FLAT | told, FLAT | told)


def test_the_next_round_of_a_court_joins_road_and_compound_in_one_town_and_not_one_of_another_case() -> None:
    titles = "硖石街道滨江路605号东区1幢603房", "硖石街道学府府东区1幢603房"
    assert are_one_home(titles, FLAT | FIRST, FLAT | SECOND)
    assert not are_one_home(titles, FLAT | FIRST | ONE_CASE, FLAT | SECOND | OTHER_CASE)
    assert not are_one_home(titles, FLAT | FIRST, FLAT | FIRST)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("中山路", "申山路"),
        ("新华路", "兴华路"),
        ("海宁大道", "海盐大道"),
        ("内环东路", "外环东路"),
        ("经十路", "纬十路"),
        ("长江西路", "长虹西路"),
        ("新港大道", "老港大道"),
        ("朝阳大道", "向阳大道"),
    ],
)
@pytest.mark.parametrize("told", [{}, {"appraisal_price": 80_000_000}, {"floor_area": 8_953}, ONE_CASE])
def test_roads_that_differ_by_a_character_are_two_roads_unless_size_and_document_agree(
    one: str, other: str, told: Told
) -> None:
    titles = f"{one}12号3幢501室", f"{other}12号3幢501室"
    assert not are_one_home(titles, FLAT | told, FLAT | told)


# Villas without a number ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["新华路88号金辉苑独栋别墅", "海宁市新华路88号独栋别墅", "金辉苑A区独栋别墅"])
@pytest.mark.parametrize(
    ("told", "later"),
    [
        ({}, {}),
        ({"appraisal_price": 500_000_000} | ONE_CASE, {"appraisal_price": 600_000_000} | OTHER_CASE),
        ({"floor_area": 30_000} | ONE_CASE, {"floor_area": 31_000} | OTHER_CASE),
    ],
)
def test_villas_at_the_gate_of_an_estate_are_as_many_as_their_sales(title: str, told: Told, later: Told) -> None:
    assert not are_one_home((title, title), COURT | told, COURT | later)


def test_a_villa_by_its_number_is_one_where_size_or_appraisal_agree() -> None:
    titles = "新华路88号金辉苑44幢独栋别墅", "新华路88号金辉苑44幢独栋别墅"
    assert are_one_home(titles, COURT | {"floor_area": 31_647}, COURT | {"floor_area": 31_647})
    assert are_one_home(titles, COURT | {"appraisal_price": 500_000_000}, COURT | {"appraisal_price": 500_000_000})
    assert not are_one_home(titles, COURT, COURT)


# One door and two sizes -------------------------------------------------------------------------------------------

WITH_UNIT, BARE = "和谐府1幢1单元501室", "和谐府1幢501室"
SMALL, LARGE = {"floor_area": 8_000}, {"floor_area": 14_000}
NOBODY = {"property_kind": "flat", "seller_name": None}


@pytest.mark.parametrize("days", [SPRING, AT_ONCE])
@pytest.mark.parametrize("titles", [(WITH_UNIT, BARE), (BARE, BARE)])
def test_one_case_has_flats_of_two_sizes(titles: tuple[str, str], days: tuple[str, str]) -> None:
    assert not are_one_home(titles, FLAT | ONE_CASE | SMALL, FLAT | ONE_CASE | LARGE, days)


@pytest.mark.parametrize("told", [{"appraisal_price": 80_000_000}, {"starting_price": 51_230_000}])
def test_two_sizes_that_are_sold_in_one_day_are_two_homes_whatever_they_cost(told: Told) -> None:
    assert not are_one_home((BARE, BARE), NOBODY | SMALL | told, NOBODY | LARGE | told, AT_ONCE)
    assert are_one_home((BARE, BARE), NOBODY | SMALL | told, NOBODY | LARGE | told)


def test_a_round_start_is_that_of_many_homes() -> None:
    told = {"starting_price": 50_000_000}
    assert not are_one_home((BARE, BARE), NOBODY | SMALL | told, NOBODY | LARGE | told)
    assert not are_one_home((BARE, BARE), NOBODY | SMALL | told, NOBODY | LARGE | {"starting_price": 40_000_000})


# Floors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("金辉广场3幢1层101号商铺", "金辉广场3幢2层101号商铺"),
        ("金辉广场3幢负1层101号商铺", "金辉广场3幢1层101号商铺"),
        ("金辉苑一层商铺101", "金辉苑二层商铺101"),
        ("金辉苑3幢五楼501", "金辉苑3幢六楼501"),
    ],
)
@pytest.mark.parametrize(
    ("told", "later"),
    [
        ({}, {}),
        (ONE_CASE, OTHER_CASE),
        ({"floor_area": 5_000}, {"floor_area": 5_010}),
        (ONE_CASE | {"appraisal_price": 80_000_000}, ONE_CASE | {"appraisal_price": 80_000_000}),
    ],
)
def test_a_floor_that_the_number_of_the_room_denies_is_another_floor(
    one: str, other: str, told: Told, later: Told
) -> None:
    shop = COURT | {"property_kind": "shop"}
    assert not are_one_home((one, other), shop | told, shop | later)


@pytest.mark.parametrize("title", ["金辉苑3幢五楼501", "金辉苑3幢5层501室", "金辉苑3幢501"])
def test_a_floor_that_the_number_of_the_room_holds_may_be_left_out(title: str) -> None:
    assert are_one_home((title, "金辉苑3幢501室"), FLAT, FLAT)


# Siblings at one number -------------------------------------------------------------------------------------------

OF_ONE_KIND = ["碧桂园梅苑", "碧桂园兰苑"], ["万科城金域", "万科城银域"], ["梅苑", "兰苑"]
OF_ONE_ROW = ["东苑", "西苑"], ["一苑", "二苑"], ["碧桂园东苑", "碧桂园西苑"]


@pytest.mark.parametrize("names", [*OF_ONE_KIND, *OF_ONE_ROW])
@pytest.mark.parametrize(
    ("told", "later"),
    [
        ({}, {}),
        (
            {"floor_area": 8_953, "appraisal_price": 80_000_000} | ONE_CASE,
            {"floor_area": 9_000, "appraisal_price": 80_500_000} | OTHER_CASE,
        ),
    ],
)
def test_estates_of_two_names_at_one_number_are_two_without_size_or_document(
    names: list[str], told: Told, later: Told
) -> None:
    one, other = (f"红旗街88号{name}3幢501室" for name in names)
    assert not are_one_home((one, other), FLAT | told, FLAT | later)


def test_a_name_at_one_number_is_mistyped_where_the_size_is_the_same_but_not_its_mark() -> None:
    titles = "红旗街88号香榭里3幢501室", "红旗街88号香榭雅3幢501室"
    told = FLAT | {"floor_area": 8_953}
    assert are_one_home(titles, told, told)
    assert not are_one_home(titles, FLAT, FLAT)
    assert not are_one_home(("红旗街88号东苑3幢501室", "红旗街88号西苑3幢501室"), told, told)
