"""Homes that are told alike: what is sold at two values, by two banks or in two units is not one home."""

import pytest

from tests.tracking.chain_cases import offer
from tracking.address.read import read_parts
from tracking.alike import is_worded_alike
from tracking.apart import are_sold_by_two_banks, has_another_value, is_valued_apart
from tracking.evidence import decide
from tracking.link import link_offers
from tracking.offers import Offer
from tracking.steps import are_of_one_procedure, has_one_value, is_next_price, step_is_lawful
from tracking.traits import Traits, traits_of

COURT = "泉州市丰泽区人民法院"
DAYS = {"first_auction": "2026-08-28T02:00:00Z", "second_auction": "2026-09-20T02:00:00Z"}


def made(listing_id: int, title: str, **told: object) -> Offer:
    """A listing with this title; prices and appraisals in yuan."""
    money = {name: value * 100 for name, value in told.items() if name.endswith("_price") and isinstance(value, int)}
    parts = read_parts(title, None, "CN", told.get("city"), told.get("district"))  # type: ignore[arg-type]
    return offer(listing_id, title=title, parts=parts, **{**told, **money})


def flat(listing_id: int, **told: object) -> Offer:
    """海城花苑4-3204 as on JD in 2026-08, with what is told otherwise."""
    values: dict[str, object] = {
        "source": "jd_judicial",
        "city": "泉州市",
        "district": "丰泽区",
        "seller_name": COURT,
        "round_kind": "first_auction",
        "starting_price": 1_062_000,
    }
    values |= told
    day = DAYS.get(str(values["round_kind"]), "2026-10-20T02:00:00Z")
    values.setdefault("starts_at", day)
    return made(listing_id, "城东街道庄任社区海城花苑4号楼4-3204的房产", **values)


def traits(listing_id: int, **told: object) -> Traits:
    return traits_of(flat(listing_id, **told))


FIRST = traits(1)
SECOND = traits(2, round_kind="second_auction", starting_price=849_600)


def homes(*offers: Offer) -> int:
    return len(set(link_offers(offers).property_of.values()))


# Steps of the price -----------------------------------------------------------------------------------------------


def test_a_second_auction_at_four_fifths_of_the_first_is_its_next_price():
    assert are_of_one_procedure(FIRST, SECOND)
    assert is_next_price(FIRST, SECOND)
    assert has_one_value(SECOND, FIRST)


@pytest.mark.parametrize(
    ("price", "is_lawful"), [(849_600, True), (1_062_000, True), (955_800, True), (800_000, False)]
)
def test_a_second_auction_falls_by_a_fifth_at_most(price: int, is_lawful: bool):
    later = traits(2, round_kind="second_auction", starting_price=price)

    assert step_is_lawful(FIRST, later) is is_lawful
    assert step_is_lawful(later, FIRST) is is_lawful


def test_a_second_auction_before_the_first_is_of_another_procedure():
    earlier = traits(2, round_kind="second_auction", starting_price=849_600, starts_at="2026-08-01T02:00:00Z")

    assert not are_of_one_procedure(FIRST, earlier)
    assert step_is_lawful(FIRST, earlier) is None


def test_two_rounds_at_one_instant_are_no_steps_from_either_side():
    same_day = traits(2, round_kind="second_auction", starting_price=849_600, starts_at=DAYS["first_auction"])

    assert not are_of_one_procedure(FIRST, same_day)
    assert not are_of_one_procedure(same_day, FIRST)


@pytest.mark.parametrize(
    "told",
    [
        {"source": "ali_judicial"},
        {"seller_name": "南安市人民法院"},
        {"starts_at": "2027-08-28T02:00:00Z"},
        {"round_kind": None},
        {"starts_at": None},
    ],
)
def test_rounds_of_two_platforms_courts_or_years_are_not_of_one_procedure(told: dict[str, object]):
    other = traits(2, **{"round_kind": "second_auction", "starting_price": 849_600, **told})

    assert not are_of_one_procedure(FIRST, other)


def test_two_case_numbers_are_two_procedures():
    one = traits(1, case_number="(2026)闽0503执1号")
    other = traits(2, case_number="(2026)闽0503执2号", round_kind="second_auction", starting_price=849_600)

    assert not are_of_one_procedure(one, other)


# Values and owners ------------------------------------------------------------------------------------------------


def test_two_appraisals_in_one_procedure_are_those_of_two_homes():
    one = traits(1, appraisal_price=1_327_500)
    other = traits(2, appraisal_price=1_404_000, round_kind="second_auction", starting_price=849_600)

    assert has_another_value(one, other)
    assert is_valued_apart(one, other)
    assert decide(one, other).judgement == "unsure"


def test_an_appraisal_that_is_typed_in_two_ways_is_one():
    """宜宾 翰林府邸3-1-104: 654,078 and 654,083."""
    one = traits(1, appraisal_price=654_078)
    other = traits(2, appraisal_price=654_083, round_kind="second_auction", starting_price=849_600)

    assert not has_another_value(one, other)


def test_the_same_size_outweighs_two_appraisals_but_not_where_one_leaves_out_the_unit():
    later = {"round_kind": "second_auction", "starting_price": 849_600, "floor_area": 12_803}
    one = traits(1, appraisal_price=1_327_500, floor_area=12_803)
    other = traits(2, appraisal_price=1_404_000, **later)

    assert not has_another_value(one, other)
    assert has_another_value(one, other._replace(unit=None))


def test_an_appraisal_a_year_later_may_be_any_and_within_the_year_not_twice_the_first():
    one = traits(1, appraisal_price=1_327_500)
    soon = traits(2, appraisal_price=2_655_000, seller_name="泉州市中级人民法院")
    late = traits(2, appraisal_price=2_655_000, starts_at="2027-10-28T02:00:00Z")

    assert has_another_value(one, soon)
    assert not has_another_value(one, late)


def test_areas_far_apart_are_two_homes_unless_the_appraisal_the_price_or_the_unit_is_the_same():
    """宿州 皖北新村B11栋0101: 71.22 and 142.44 m2, both valued 417,201; 西安 华远海蓝城: 143.2 and 120 m2 in unit 1."""
    one = traits(1, floor_area=7_122, appraisal_price=417_201)._replace(unit=None)
    other = traits(2, floor_area=14_244, appraisal_price=417_201, starts_at="2026-10-28T02:00:00Z")._replace(unit=None)

    assert is_valued_apart(one, other._replace(opens=one.opens, closes=one.closes))
    assert not is_valued_apart(one, other)
    assert not is_valued_apart(one._replace(appraisal=None), other)
    assert is_valued_apart(one._replace(appraisal=None, price=None), other)
    assert not is_valued_apart(one._replace(appraisal=None, price=None, unit="1"), other._replace(unit="1"))


@pytest.mark.parametrize(
    ("sellers", "days", "are_two"),
    [
        (("兰州银行股份有限公司金华分行", "平安银行总行资产拍卖"), 12, True),
        (("平安银行股份有限公司杭州分行", "平安银行总行资产拍卖"), 12, False),
        (("中国工商银行股份有限公司", "工商银行金华分行"), 12, False),
        (("兰州银行股份有限公司金华分行", "平安银行总行资产拍卖"), 40, False),
        (("兰州银行股份有限公司金华分行", COURT), 12, False),
    ],
)
def test_two_banks_do_not_offer_one_home_in_the_same_days(sellers: tuple[str, str], days: int, are_two: bool):
    day = 86_400.0
    one = FIRST._replace(seller=sellers[0], opens=0.0, closes=30 * day)
    other = FIRST._replace(seller=sellers[1], opens=days * day, closes=(days + 30) * day, listing_id=2)

    assert are_sold_by_two_banks(one, other) is are_two
    assert are_sold_by_two_banks(other, one) is are_two


def test_a_room_mistyped_as_its_neighbours_does_not_join_their_home():
    """Two first auctions of one court in one week, at two prices."""
    one = flat(1, appraisal_price=1_327_500)
    second = flat(2, round_kind="second_auction", starting_price=849_600, appraisal_price=1_327_500)
    mistyped = flat(3, starting_price=1_140_000, starts_at="2026-08-30T02:00:00Z")

    assert homes(one, second) == 1
    assert homes(one, second, mistyped) == 2


def test_a_listing_without_an_appraisal_does_not_join_two_homes_of_two_appraisals():
    """A second auction that is told twice, once with an appraisal that is not that of the first."""
    later = {"round_kind": "second_auction", "starting_price": 849_600, "floor_area": 12_803}
    first, second = flat(1, appraisal_price=1_327_500), flat(2, **later)
    again = flat(3, appraisal_price=1_404_000, **later)
    linked = link_offers([first, second, again])

    assert homes(first, second) == homes(second, again) == 1
    assert len(set(linked.property_of.values())) == 2
    doubt = next(decision for decision in linked.decisions if decision.judgement == "unsure")
    assert doubt.reasons[0] == "other listings of them are of two values, or of two owners"


# Units ------------------------------------------------------------------------------------------------------------

TOWN = {"city": "荆州市", "district": "江陵县", "source": "ali_judicial", "seller_name": "江陵县人民法院"}


def told(listing_id: int, building: str, **values: object) -> Offer:
    """A flat of 中央半岛, where units 1 and 2 have rooms of one size at one price (Ali, winter 2025/26)."""
    return made(listing_id, f"郝穴镇荆江路111号中央半岛小区{building}", **{**TOWN, "floor_area": 14_265, **values})


STOCK = [
    told(100 + place, f"19栋{unit}单元{floor}02室")
    for place, (floor, unit) in enumerate((floor, unit) for floor in (3, 5, 6) for unit in (1, 2))
]


def test_flats_of_one_size_and_number_in_two_units_stay_two_homes():
    assert homes(told(1, "19栋1单元402室"), told(2, "19栋2单元402室")) == 2


def test_a_unit_left_out_is_the_one_that_other_listings_show_for_the_room():
    seen = told(3, "19栋2单元501室", floor_area=9_000)  # the building has two units

    assert homes(told(1, "19栋1单元402室"), told(2, "19栋402室")) == 1
    assert homes(told(1, "19栋1单元402室"), told(2, "19栋402室"), seen) == 2


def test_a_unit_left_out_of_a_stock_may_be_either():
    assert homes(*STOCK, told(1, "19栋1单元402室"), told(2, "19栋402室")) == len(STOCK) + 2


def test_a_unit_left_out_may_be_either_where_both_show_the_room():
    assert homes(told(1, "19栋1单元402室"), told(2, "19栋2单元402室"), told(3, "19栋402室")) == 3


def test_rounds_of_a_stock_that_both_leave_out_the_unit_are_one_home_at_the_next_price():
    first = told(1, "19栋402室", starting_price=255_472, round_kind="first_auction", starts_at="2025-12-01T02:00:00Z")
    later = {"round_kind": "second_auction", "starts_at": "2026-01-03T02:00:00Z", "floor_area": None}

    assert homes(*STOCK, first, told(2, "19栋402室", starting_price=204_377, **later)) == len(STOCK) + 1
    assert homes(*STOCK, first, told(2, "19栋402室", starting_price=199_000, **later)) == len(STOCK) + 2


# Places -----------------------------------------------------------------------------------------------------------


def test_a_road_mistyped_by_one_character_is_the_same_at_the_same_number():
    """曲靖 雄业金都佳园: 寥廓南路218号, 廖廓南路218号 and 廓南路218号."""
    place = {"city": "曲靖市", "district": "麒麟区", "floor_area": 6_850}
    one, other, third = (
        made(number, f"{road}218号2栋2单元2309号", **place)
        for number, road in enumerate(("寥廓南路", "廖廓南路", "廓南路"), 1)
    )

    assert homes(one, other, third) == 1
    assert homes(one, made(4, "寥廓南路218号2栋1单元2309号", **place)) == 2


def test_a_road_alone_and_a_compound_alone_are_one_place_by_size_district_and_unit_only():
    place = {"city": "滁州市", "district": "来安县"}
    road = made(1, "光明西路136号B座1单元1601号的房产", floor_area=12_919, **place)
    compound = "景秀广场B座1单元1601号"

    assert homes(road, made(2, compound, floor_area=12_919, **place)) == 1
    assert homes(road, made(2, compound, floor_area=12_920, **place)) == 2
    assert homes(road, made(2, compound, floor_area=12_919, city="滁州市", district="全椒县")) == 2
    assert homes(road, made(2, "景秀广场B座1601号", floor_area=12_919, **place)) == 2


def test_a_house_by_its_number_is_one_at_one_bank_but_not_twice_in_the_same_days():
    """汉江北路119号121号 of 平安银行 in three rounds (JD Jiangsu 2020): 商铺, 房产 or nothing."""
    bank = {"source": "jd_assets", "city": "无锡市", "district": "新吴区", "seller_name": "平安银行总行资产拍卖"}
    first = made(1, "汉江北路119号121号房产", starts_at="2020-03-01", ends_at="2020-03-02", **bank)
    second = made(2, "汉江北路119号、121号商铺", starts_at="2020-05-01", ends_at="2020-05-02", **bank)
    third = made(3, "无锡市汉江北路119号121号商铺", starts_at="2020-07-01", ends_at="2020-07-02", **bank)
    beside = made(4, "汉江北路119号121号房产", starts_at="2020-03-01", ends_at="2020-03-02", **bank)

    assert homes(first, second, third) == 1
    assert homes(first, beside) == 2


def test_two_endings_of_one_name_are_two_places_and_a_name_without_its_ending_is_the_same():
    place = {"city": "重庆市", "district": "渝中区"}
    one = made(1, "书香公寓7栋502室", floor_area=7_033, **place)

    assert homes(one, made(2, "书香大厦7栋502室", floor_area=7_033, **place)) == 2
    assert homes(one, made(2, "书香7栋502室", floor_area=7_033, **place)) == 1
    assert homes(one, made(2, "书香7栋502室", **place)) == 2


def test_one_name_in_two_districts_needs_a_document_or_the_number_at_the_road():
    told_alike = {"city": "廊坊市", "floor_area": 11_365}
    one = made(1, "人民路8号恒大名都2栋1单元1405室", district="安次区", **told_alike)
    other = {"district": "广阳区", **told_alike}

    assert homes(one, made(2, "恒大名都2栋1单元1405室", **other)) == 2
    assert homes(one, made(2, "人民路8号恒大名都2栋1单元1405室", **other)) == 1


def test_a_shop_and_a_flat_of_one_number_are_two_unless_their_size_is_one():
    place = {"city": "日照市", "district": "五莲县"}
    shop = made(1, "人民路513号东方春天4号楼1层101号商铺", property_kind="shop", floor_area=7_176, **place)
    title = "人民路513号东方春天4号楼1层101室"

    assert homes(shop, made(2, title, property_kind="flat", **place)) == 2
    assert homes(shop, made(2, title, property_kind="flat", floor_area=7_176, **place)) == 1


# Equal words ------------------------------------------------------------------------------------------------------


def test_equal_words_of_a_unit_without_its_room_name_no_home_whichever_side_tells_the_unit():
    """2单元1楼 has a door to the left and one to the right, valued alike (和龙, 2021)."""
    words = {"wording": "和龙市文化街住宅楼2单元1楼房产", "room": None, "unit": None, "appraisal": 10_000_000}
    one, other = FIRST._replace(**words), SECOND._replace(**words)
    with_unit = one._replace(unit="2")

    assert is_worded_alike(one, other)
    assert not is_worded_alike(with_unit, other)
    assert not is_worded_alike(other, with_unit)
