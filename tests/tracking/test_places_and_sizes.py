"""One place under two names, and one home of two sizes: what joins such listings, and what does not."""

import pytest

from store.terms import Judgement
from tests.tracking.chain_cases import offer
from tracking.address.read import read_parts
from tracking.alike import Surroundings
from tracking.evidence import decide
from tracking.link import link_offers
from tracking.names import is_in_two_phases
from tracking.offers import Offer
from tracking.signs import OTHER_COMPOUND, OTHER_COMPOUND_PERHAPS, find_signs
from tracking.traits import Traits, traits_of
from tracking.weighing import weigh

COURT = "石家庄市长安区人民法院"


def listed(listing_id: int, title: str, **told: object) -> Offer:
    """A listing of 石家庄 with this title; prices and appraisals in yuan, areas in hundredths of a square metre."""
    values: dict[str, object] = {"source": "ali_judicial", "city": "石家庄市", "district": "长安区"}
    values |= {"region_code": "130102", "seller_name": COURT, "starts_at": "2026-08-28T02:00:00Z", **told}
    money = {name: value * 100 for name, value in values.items() if name.endswith("_price") and isinstance(value, int)}
    parts = read_parts(title, None, "CN", "石家庄市", values["district"])  # type: ignore[arg-type]
    return offer(listing_id, title=title, parts=parts, **values | money)


def made(listing_id: int, title: str, **told: object) -> Traits:
    return traits_of(listed(listing_id, title, **told))


def homes(*offers: Offer) -> int:
    return len(set(link_offers(offers).property_of.values()))


def is_same(one: Traits, other: Traits, beside: Surroundings | None = None) -> bool:
    beside = beside or Surroundings()
    found = decide(one, other, beside)
    assert weigh(one, other, beside).judgement is found.judgement
    return found.judgement is Judgement.SAME


# One place under two names ----------------------------------------------------------------------------------------


def test_a_compound_and_a_road_number_that_a_third_listing_tells_together_are_one_place_without_any_size() -> None:
    told = {"appraisal_price": 590_000}
    road = listed(1, "建华大街373号5号楼1204室", **told | {"appraisal_price": 560_000, "seller_name": "甲法院"})
    compound = listed(2, "建华家园5号楼1204室", **told)
    both = listed(3, "建华大街373号建华家园9号楼301室")

    assert homes(road, compound, both) == 2
    assert homes(road, compound) == 2
    assert homes(road, compound, listed(3, "建华大街375号建华家园9号楼301室")) == 3


def test_two_names_of_one_place_do_not_join_homes_of_two_values_or_districts() -> None:
    """A name that one listing mistypes may be that of another estate: 新城公寓 beside a road number of 新雅公寓."""
    road, compound = "建华大街373号5号楼1单元302号", "建华家园5号楼1单元302号"
    both = listed(3, "建华大街373号建华家园9号楼1单元301室")

    assert homes(listed(1, road, appraisal_price=410_186), listed(2, compound, appraisal_price=512_856), both) == 2
    assert homes(listed(1, road, appraisal_price=410_186), listed(2, compound, appraisal_price=1_012_856), both) == 3
    assert homes(listed(1, road), listed(2, compound, district="桥西区", region_code="130104"), both) == 3


def test_other_names_at_one_number_part_no_home_but_elsewhere_they_do() -> None:
    one, other = made(1, "天悦花园1幢1单元202室"), made(2, "同心华城1幢1单元202室")

    assert OTHER_COMPOUND_PERHAPS in find_signs(one, other, Surroundings(1, is_one_place=True))
    assert OTHER_COMPOUND in find_signs(one, other)
    assert not is_same(one, other, Surroundings(1, is_one_place=True))


@pytest.mark.parametrize(
    ("ours", "theirs", "are_two"),
    [("2/1", "/1", False), ("2", "2/1", False), ("2/1", "2/3", True), ("2", "3", True), ("2", "/2", False)],
)
def test_a_phase_or_block_that_is_not_told_parts_nothing(ours: str, theirs: str, are_two: bool) -> None:
    assert is_in_two_phases(ours, theirs) is is_in_two_phases(theirs, ours) is are_two


def test_flats_of_two_blocks_stay_apart_and_a_phase_that_one_leaves_out_does_not_matter() -> None:
    told = {"floor_area": 5_257}
    one = made(1, "紫荆山庄二期一区7栋121室", **told)

    assert is_same(one, made(2, "紫荆山庄一区7栋121室", **told))
    assert not is_same(one, made(2, "紫荆山庄二区7栋121室", **told))


# A road alone, a compound alone --------------------------------------------------------------------------------------


def test_without_a_unit_the_very_size_joins_a_road_and_a_compound_where_the_building_shows_no_units() -> None:
    told = {"floor_area": 13_184}
    road, compound = made(1, "人民街249号10幢504室", **told), made(2, "清华广场10幢504室", **told)

    assert is_same(road, compound)
    assert not is_same(road, compound, Surroundings(2, room_unit_count=2))
    assert not is_same(road, made(2, "清华广场10幢504室", floor_area=13_183))
    dear, cheap = {"appraisal_price": 990_000}, {"appraisal_price": 400_000}
    assert not is_same(made(1, "人民街249号10幢504室", **told | dear), made(2, "清华广场10幢504室", **told | cheap))


def test_one_bank_that_rounds_the_size_joins_a_road_and_a_compound_and_a_court_does_not() -> None:
    bank = {"seller_name": "中国工商银行股份有限公司江门分行", "source": "ali_assets"}
    titles = "北京路747号9栋1单元201房", "瑞景名苑9栋1单元201房"

    assert is_same(made(1, titles[0], floor_area=13_845, **bank), made(2, titles[1], floor_area=13_800, **bank))
    assert not is_same(made(1, titles[0], floor_area=13_845), made(2, titles[1], floor_area=13_800))


def test_a_district_that_is_not_told_is_that_of_the_court_that_sells_both() -> None:
    told = {"floor_area": 12_971}
    compound = made(1, "香榭名苑二期2号楼3层305室", **told)
    road = "兴华街146号二期2幢3层305室"

    assert is_same(compound, made(2, road, district=None, **told))
    assert not is_same(compound, made(2, road, district=None, seller_name="石家庄市中级人民法院", **told))


# Houses -------------------------------------------------------------------------------------------------------------


def test_a_villa_by_its_road_and_by_its_estate_is_one_home_where_some_listing_tells_both() -> None:
    told = {"floor_area": 30_804, "property_kind": "house"}
    road, both = listed(1, "龙泉路20号49幢", **told), listed(2, "龙泉路20号金辉家园49幢", **told)

    assert homes(road, both, listed(3, "金辉家园49幢", **told)) == 1


def test_house_49_of_two_estates_is_two_homes_though_the_sizes_agree() -> None:
    told = {"floor_area": 15_900, "property_kind": "house"}

    assert homes(listed(1, "滨江佳苑46幢", **told), listed(2, "银杏路1431号46幢", **told)) == 2
    assert not is_same(made(1, "滨江佳苑46幢", **told), made(2, "银杏路1431号46幢", **told))


@pytest.mark.parametrize("title", ["海德名园35号别墅", "海德名园35幢", "海德名园35号"])
def test_a_number_in_an_estate_without_a_road_is_that_of_the_house(title: str) -> None:
    """宜兴海德名园35号 and its 35号别墅 (JD Jiangsu 2020)."""
    told = {"floor_area": 26_408, "property_kind": "house"}

    assert homes(listed(1, "海德名园35号别墅", **told), listed(2, title, **told)) == 1
    assert homes(listed(1, "海德名园36号别墅", **told), listed(2, title, **told)) == 2


def test_a_floor_of_a_unit_is_no_whole_house() -> None:
    """龙鼎秀园B4号楼2单元1楼 twice: one size, one appraisal, sold on one day (Ali, 2021): the door left and right."""
    told = {"floor_area": 8_837, "appraisal_price": 76_794, "property_kind": "flat"}
    floor = "龙鼎秀园B4号楼2单元1楼"

    assert not is_same(made(1, floor, **told), made(2, floor, **told))
    house = told | {"property_kind": "house"}
    assert is_same(made(1, "龙鼎秀园B4号楼", **house), made(2, "龙鼎秀园B4号楼", **house))


def test_lots_of_several_are_compared_by_their_road_where_one_attempt_leaves_the_compound_out() -> None:
    case = {"case_number": "（2026）冀0102执4040号", "appraisal_price": 19_140_040}
    first = listed(1, "桂花东路486号12幢105等17处房产", round_kind="second_auction", **case)
    later = {"round_kind": "sell_off", "starts_at": "2026-10-01T02:00:00Z"}

    assert homes(first, listed(2, "桂花东路486号枫林名苑12幢105等17处房产", **case | later)) == 1
    assert homes(first, listed(2, "桂花东路486号枫林名苑12幢105等16处房产", **case | later)) == 2


# Sizes --------------------------------------------------------------------------------------------------------------


def test_a_size_that_is_far_off_parts_no_home_whose_door_is_told_whole() -> None:
    """南京 龙蟠南路33号20幢2单元1203室, 84.26 and 165.69 square metres in two sales (Ali 2017 and 2020)."""
    door = "龙蟠南路33号20幢2单元1203室"

    again = {"floor_area": 16_569, "starts_at": "2029-09-01T02:00:00Z"}

    assert is_same(made(1, door, floor_area=8_426), made(2, door, **again))
    assert not is_same(made(1, door, floor_area=8_426), made(2, door, floor_area=16_569))  # opened in one day
    bare = "龙蟠南路33号20幢1203室"
    assert not is_same(made(1, bare, floor_area=8_426), made(2, bare, **again))


def test_a_size_that_is_far_off_is_mistyped_where_one_court_asks_one_price() -> None:
    def space(number: int, area: int, price: int) -> Traits:
        return made(number, "桃源时代1栋504室", floor_area=area, starting_price=price, round_kind="first_auction")

    assert is_same(space(1, 7_747, 684_001), space(2, 10_303, 684_001)._replace(key=("jd_judicial", "2", 1)))
    assert not is_same(space(1, 7_747, 684_001), space(2, 10_303, 684_002)._replace(key=("jd_judicial", "2", 1)))


def test_a_court_that_tells_no_round_asks_one_price_for_one_home_unless_it_is_a_round_one() -> None:
    """祥和雅苑4号楼202号: the sell-off asks what the second auction did; its round stands in the title alone."""
    one, other = "建华家园4号楼202号", "【变卖】建华家园4号楼202号"
    first = listed(1, one, floor_area=8_295, starting_price=1_392_649, round_kind="second_auction")

    def later(**told: object) -> Offer:
        return listed(2, other, **{"floor_area": 11_032, "starts_at": "2026-10-28T02:00:00Z"} | told)

    assert homes(first, later(starting_price=1_392_649)) == 1
    assert homes(first, later(starting_price=1_114_119)) == 1
    assert homes(first, later(starting_price=1_392_650)) == 2
    assert homes(first, later(starting_price=1_392_649, seller_name="石家庄市中级人民法院")) == 2
    assert homes(first, later(starting_price=1_392_649, starts_at="2026-08-28T02:00:00Z")) == 2
    round_start = listed(1, one, floor_area=8_295, starting_price=1_400_000, round_kind="second_auction")
    assert homes(round_start, later(starting_price=1_400_000)) == 2
    assert homes(round_start, later(starting_price=1_400_000, round_kind="sell_off")) == 1


# Reading ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "city", "district", "name"),
    [
        ("天津南开丽景国际城1幢1单元302室", "天津市", "南开区", "丽景国际城"),
        ("哈尔滨道里瑞景湾6号楼1单元301室", "哈尔滨市", "道里区", "瑞景湾"),
        ("日照东港鑫源公馆3幢603室", "日照市", "东港区", "鑫源公馆"),
        ("长沙芙蓉南京巷215号2栋408号", "长沙市", "芙蓉区", "南京巷"),
        ("长沙芙蓉南路215号2栋408号", "长沙市", "芙蓉区", "芙蓉南路"),
        ("武汉江汉二路8号3栋402室", "武汉市", "江汉区", "江汉二路"),
        ("天津河西花园5号楼402室", "天津市", "河西区", "河西花园"),
    ],
)
def test_city_and_district_in_short_go_and_a_road_named_after_the_district_stays(
    title: str, city: str, district: str, name: str
) -> None:
    parts = read_parts(title, None, "CN", city, district)
    assert (parts.road or parts.compound) == name


@pytest.mark.parametrize(
    ("title", "city", "district", "name"),
    [
        ("黑龙江省哈尔滨市南岗区红旗示范新区33栋2单元4层3号", "哈尔滨市", "南岗区", "红旗示范新区"),
        (
            "甘肃省甘南藏族自治州卓尼县唐尕川保障性住房新区11幢3单元1002室",
            "甘南藏族自治州",
            "卓尼县",
            "唐尕川保障性住房新区",
        ),
        ("天津市滨海新区洞庭路88号5幢402室", "天津市", None, None),
        ("成都市天府新区12幢3单元402室", "成都市", None, None),
    ],
)
def test_a_new_area_before_a_building_is_an_estate_and_elsewhere_a_part_of_the_city(
    title: str, city: str, district: str | None, name: str | None
) -> None:
    assert read_parts(title, None, "CN", city, district).compound == name


def test_a_road_behind_its_district_is_that_road_and_no_size_is_asked() -> None:
    one = made(1, "石家庄长安中山巷215号2栋2单元408号", district=None, region_code="130100")

    assert is_same(one, made(2, "长安区中山巷215号2栋2单元408号"))
    assert not is_same(one, made(2, "桥西区中山巷215号2栋2单元408号", district="桥西区", region_code="130104"))
