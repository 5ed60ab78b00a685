"""Titles of the captures (Ali, JD, rmfysszc, banks; 2017 to 2026), other forms of the same homes, and near twins.

A platform that copies a title writes it otherwise: without the city, with dashes, in full width. A twin differs in one
sign, and in nothing else that is told.
"""

from typing import Any

import pytest

from store.terms import Judgement
from tests.tracking.chain_cases import offer
from tracking.address.read import read_parts
from tracking.evidence import decide
from tracking.link import link_offers
from tracking.traits import traits_of
from tracking.weighing import weigh

PLACES: dict[str, tuple[str, str | None, str]] = {
    "台江": ("福州市", "台江区", "350103"),
    "平潭": ("福州市", "平潭县", "350128"),
    "南安": ("泉州市", "南安市", "350583"),
    "丰泽": ("泉州市", "丰泽区", "350503"),
    "锦江": ("成都市", "锦江区", "510104"),
    "两江": ("重庆市", "渝北区", "500112"),
    "江北": ("宁波市", "江北区", "330205"),
    "海宁": ("嘉兴市", "海宁市", "330481"),
    "静安": ("上海市", "静安区", "310106"),
    "柳州": ("柳州市", None, "450200"),
    "甘井子": ("大连市", "甘井子区", "210211"),
    "新罗": ("龙岩市", "新罗区", "350802"),
    "荆州": ("荆州市", "荆州区", "421003"),
    "浦北": ("钦州市", "浦北县", "450722"),
    "六合": ("南京市", "六合区", "320116"),
    "瑶海": ("合肥市", "瑶海区", "340102"),
    "仓山": ("福州市", "仓山区", "350104"),
    "江阴": ("无锡市", "江阴市", "320281"),
}


def judged(place: str, one: str, other: str, **told: Any) -> Judgement:
    """What is decided of two titles in one place; both ways of weighing, and both orders, say the same."""
    city, district, code = PLACES[place]
    region = {"city": city, "district": district, "region_code": code}
    offers = [
        offer(
            number,
            source=source,
            title=title,
            parts=read_parts(title, None, "CN", city, district),
            starts_at=day,
            ends_at=day,
            **region | told,
        )
        for number, (source, title, day) in enumerate(
            (("ali_judicial", one, "2026-01-10"), ("jd_judicial", other, "2026-03-20")), 1
        )
    ]
    found = [decide(*pair).judgement for pair in _both(offers)]
    assert found[0] is found[1] is weigh(*_both(offers)[0]).judgement
    return found[0]


def _both(offers: list[Any]) -> list[tuple[Any, Any]]:
    one, other = map(traits_of, offers)
    return [(one, other), (other, one)]


@pytest.mark.parametrize(
    ("place", "one", "other"),
    [
        ("台江", "台江区瀛洲街道江滨中大道116号君临闽江公寓4#楼303单元", "江滨中大道116号君临闽江4号楼303室"),
        ("南安", "荷楼片区奎峰北路88号东星荷景园3号楼401室住宅", "（变卖）奎峰北路88号东星荷景园3#楼401房产"),
        ("南安", "址于南安市柳城街道柳东社区景观路288号龙润湾美7号楼4-502室", "景观路288号龙润湾美7幢4单元502"),
        ("锦江", "成都市锦江区东大街芷泉段88号11栋1单元5层503号", "東大街芷泉段88號11棟1單元503號房屋"),
        ("锦江", "大田坎街162号7栋1单元15层2号", "成都市锦江区大田坎街１６２号７幢一单元１５楼２号住宅用房"),
        ("两江", "重庆市北部新区金开大道99号7幢1-3办公用房", "【变卖】金开大道99号7栋1层3号"),
        ("两江", "天瑞路17号1幢20-5房屋", "重庆市渝北区天瑞路17号1号楼20层5号"),
        ("江北", "浙江省 宁波市 江北区 古城新境小区28幢92号502", "宁波市江北区古城新境28幢92号502室房产"),
        ("海宁", "海宁市硖石街道东苑56幢1单元501室", "硖石街道东苑56-1-501"),
        ("静安", "汉口路123弄45号1204室", "上海市静安区漢口路123弄45-1204"),
        ("南安", "城东街道庄任社区海城花苑4、5号楼4-3204的房产", "海城花苑4号楼3204室"),
        ("浦北", "浦北县南亚国际大厦商品房B-2-1304号房产", "南亚国际大厦B栋2单元1304室"),
        ("六合", "（破）南京市六合区横梁镇山东路51号雨花石文化园37幢二单元304", "山东路51号雨花石文化园37-2-304室"),
        ("仓山", "南社一路11号金辉澜林轩（二区）B-1#楼6层03商业", "南社一路11号金辉澜林轩二区B-1号楼6层3号商铺"),
        ("江阴", "江阴市文富花苑二区44幢505室住宅房地产（含装潢、阁楼及自行车库）", "文富花苑二区44-505"),
    ],
)  # fmt: skip
def test_other_written_forms_of_a_home_are_that_home(place: str, one: str, other: str) -> None:
    assert judged(place, one, other, floor_area=8953) is Judgement.SAME


TWIN_SALES = {"floor_area": 8953, "appraisal_price": 80_000_000, "seller_name": "人民法院", "property_kind": "flat"}
"""What twins have in common at most: size, value, court and kind."""


@pytest.mark.parametrize(
    ("place", "one", "other"),
    [
        ("两江", "金开大道99号7幢1-3办公用房", "金开大道99号7幢1-4办公用房"),
        ("南安", "城东街道庄任社区海城花苑4、5号楼4-3204", "城东街道庄任社区海城花苑4、5号楼5-3204"),
        ("江北", "古城新境小区28幢92号502", "古城新境小区28幢94号502"),
        ("江北", "古城新境小区28幢92号502", "古城新境小区28幢92号503"),
        ("甘井子", "西南路芳茗园17号1单元8层2号", "西南路芳茗园19号1单元8层2号"),
        ("甘井子", "芳茗园17号1单元8层2号", "芳茗园19号1单元8层2号"),
        ("荆州", "白龙村四组352号", "白龙村五组352号"),
        ("浦北", "南亚国际大厦商品房B-1-1404号", "南亚国际大厦商品房B-2-1404号"),
        ("浦北", "南亚国际大厦商品房A-1-1401号", "南亚国际大厦商品房B-1-1401号"),
        ("仓山", "南社一路11号金辉澜林轩（二区）B-1#楼6层03商业", "南社一路11号金辉澜林轩（二区）B-1#楼6层04商业"),
        ("江阴", "文富花苑二区44幢505室", "文富花苑三区44幢505室"),
        ("瑶海", "武里山路与扶疏路交口天街商业中心1号楼商315室", "武里山路与扶疏路交口天街商业中心2号楼商315室"),
        ("静安", "汉口路123弄45号1204室", "汉口路125弄45号1204室"),
        ("六合", "山东路51号雨花石文化园37幢二单元304", "山东路51号雨花石文化园37幢一单元304"),
        ("锦江", "大田坎街162号7栋1单元15层2号", "大田坎街162号7栋1单元16层2号"),
    ],
)  # fmt: skip
def test_a_near_twin_of_one_size_and_value_is_another_home(place: str, one: str, other: str) -> None:
    assert judged(place, one, other, **TWIN_SALES) is Judgement.DIFFERENT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("柳州市海关路58号文博帅府地下车库第245号车位", "柳州市海关路58号文博帅府地下车库第015号车位"),
        ("香颂花园1号车库97号车位", "香颂花园2号车库97号车位"),
        ("海关路58号文博帅府1栋-1层414号车位", "海关路58号文博帅府1栋-2层414号车位"),
    ],
)
def test_spaces_of_one_price_and_size_are_as_many_as_their_numbers(one: str, other: str) -> None:
    told = {"floor_area": 1272, "appraisal_price": 8_000_000, "property_kind": "parking"}
    assert judged("柳州", one, other, **told) is Judgement.DIFFERENT


# Numbers of one road ----------------------------------------------------------------------------------------------

GATES = "望江西路100号天街花园1幢1单元101室", "望江西路310号天街花园1幢1单元101室"


def test_two_house_numbers_of_one_road_are_two_places_though_the_names_agree() -> None:
    assert judged("瑶海", *GATES, floor_area=9000, property_kind="flat") is Judgement.UNSURE


@pytest.mark.parametrize(
    "told", [{"floor_area": 8953}, {"appraisal_price": 80_000_000}, {"case_number": "（2026）皖0102执1号"}]
)
def test_an_estate_with_two_gates_is_one_place_where_a_document_or_the_very_size_says_so(told: dict[str, Any]) -> None:
    assert judged("瑶海", *GATES, **told) is Judgement.SAME


# Sizes that are far from each other -------------------------------------------------------------------------------


def sold_again(one: dict[str, Any], other: dict[str, Any], title: str = "香港花园3幢503室") -> bool:
    """Whether two sales of one address of 锦江 are one home."""
    city, district, code = PLACES["锦江"]
    parts = read_parts(title, None, "CN", city, district)
    offers = [
        offer(at, title=title, parts=parts, city=city, district=district, region_code=code, **told)
        for at, told in enumerate((one, other), 1)
    ]
    return len(set(link_offers(offers).property_of.values())) == 1


def test_a_home_that_starts_again_at_the_same_price_is_one_whatever_its_size_is_told_as() -> None:
    first, again = {"floor_area": 10237, "starting_price": 75_120_000}, {"floor_area": 16630}
    assert sold_again(first, again | {"starting_price": 75_120_000})
    assert not sold_again(first, again | {"starting_price": 75_220_000})
    assert not sold_again(first, again)
    a_round_start = {"starting_price": 75_000_000}
    assert not sold_again(first | a_round_start, again | a_round_start)


def test_a_size_is_mistyped_where_the_value_stays_and_that_of_another_flat_where_the_value_moves_with_it() -> None:
    bank, court = {"seller_name": "江苏银行南京分行"}, {"seller_name": "玄武区人民法院"}
    title = "梧桐路572号和谐府1幢501号"
    one = bank | {"floor_area": 8168, "appraisal_price": 85_617_200}
    assert sold_again(one, court | {"floor_area": 13150, "appraisal_price": 91_468_700}, title)
    assert not sold_again(one, court | {"floor_area": 13150, "appraisal_price": 130_000_000}, title)
    assert not sold_again(one, court | {"floor_area": 24504, "appraisal_price": 91_468_700}, title)


def test_the_next_price_of_a_court_joins_two_sizes_and_another_fall_does_not() -> None:
    first = {"seller_name": "锦江区人民法院", "round_kind": "first_auction", "starts_at": "2026-01-10"}
    second = {"seller_name": "锦江区人民法院", "round_kind": "second_auction", "starts_at": "2026-02-10"}
    first |= {"floor_area": 7458, "starting_price": 62_647_200}
    assert sold_again(first, second | {"floor_area": 6115, "starting_price": 50_117_760})
    assert not sold_again(first, second | {"floor_area": 6115, "starting_price": 55_000_000})


# Road against compound --------------------------------------------------------------------------------------------


def placed_alike(one: str, other: str, **told: Any) -> bool:
    return judged("六合", one, other, property_kind="flat", **told) is Judgement.SAME


ROUNDS = {"seller_name": "南京市六合区人民法院"}, {"round_kind": "first_auction"}, {"round_kind": "second_auction"}


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("横梁镇滨江路605号东区1幢603房", "横梁镇学府府东区1幢603房", True),
        ("横梁镇滨江路605号东区1幢603房", "横梁镇学府府西区1幢603房", False),
        ("横梁镇滨江路605号1幢603房", "横梁镇学府府1幢603房", False),
        ("横梁镇滨江路605号东区1幢3号", "横梁镇学府府东区1幢3号", False),
    ],
)
def test_town_block_and_door_make_a_road_and_a_compound_one_place_and_less_does_not(
    one: str, other: str, is_one: bool
) -> None:
    city, district, code = PLACES["六合"]
    court, *rounds = ROUNDS
    offers = [
        offer(
            at,
            title=title,
            parts=read_parts(title, None, "CN", city, district),
            city=city,
            district=district,
            region_code=code,
            starts_at=f"2026-0{at}-10",
            **court | told,
        )
        for at, (title, told) in enumerate(zip((one, other), rounds, strict=True), 1)
    ]
    assert (len(set(link_offers(offers).property_of.values())) == 1) is is_one
    assert (decide(*map(traits_of, offers)).judgement is Judgement.SAME) is is_one


def test_a_house_of_a_village_is_found_by_its_group_and_number() -> None:
    told = {"floor_area": 21_035, "property_kind": "house"}
    one = "荆州区白龙村四组352号房屋及土地使用权"
    assert judged("荆州", one, "白龙村4组352号房产", **told) is Judgement.SAME
    assert judged("荆州", one, "白龙村5组352号房产", **told) is Judgement.DIFFERENT


def test_a_road_with_one_wrong_character_is_that_road_where_value_and_size_are_the_same() -> None:
    one, other = "中山大道899号4幢2梯2层202室", "瑞山大道899号4幢2梯2层202室房产"
    told = {"appraisal_price": 62_539_200, "floor_area": 11_853}
    assert placed_alike(one, other, **told)
    assert not placed_alike(one, other, appraisal_price=62_539_200)
    assert not placed_alike(one, other, floor_area=11_853)
    assert not placed_alike("东山大道899号4幢2梯202室", "西山大道899号4幢2梯202室", **told)


def test_a_mistyped_name_at_one_number_of_a_road_is_that_of_one_place() -> None:
    one, other = "红旗街1315号怡馨广场A区348号车位", "红旗街1315号绿馨广场A区348号车位"
    assert judged("柳州", one, other, property_kind="parking", floor_area=1_272) is Judgement.SAME
    assert judged("柳州", one, other, property_kind="parking") is Judgement.UNSURE


def test_a_house_that_stands_alone_is_one_thing_though_neither_kind_nor_room_is_told() -> None:
    told = {"appraisal_price": 406_910_000, "floor_area": 31647}
    house = "柳州市建设南路1027号朗诗公寓一区44栋"
    assert judged("柳州", f"{house}独栋别墅", f"{house}独栋别墅", **told) is Judgement.SAME
    assert judged("柳州", f"{house}联排别墅", f"{house}联排别墅", **told) is not Judgement.SAME


# Where pairs are looked for ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "district"),
    [
        ("巴南区华庭新苑5幢1单元401室", "重庆巴南华庭新苑5幢1单元401室", "巴南区"),
        ("新城尚城3号楼3-301室", "新城区新城尚城3号楼3-301室", "新城区"),
    ],
)
def test_a_name_behind_that_of_its_district_is_found_beside_the_name_alone(one: str, other: str, district: str) -> None:
    region = {"city": "重庆市", "region_code": "500113"}
    offers = [
        offer(1, title=one, district=district, **region),
        offer(2, title=other, district=None if "重庆" in other else district, **region),
    ]
    offers = [each._replace(parts=read_parts(each.title, None, "CN", each.city, each.district)) for each in offers]
    assert len(set(link_offers(offers).property_of.values())) == 1
