"""Mainland titles and address fields, as the platforms write them, into parts."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracking.address.parts import NO_PARTS
from tracking.address.read import read_address, read_parts

TITLES = Path(__file__).parents[2] / "fixtures/tracking/addresses/mainland-titles.jsonl"
SIGNS = "一二十百两首幢栋座号楼室房单元层弄巷期区路街镇村第-#、至及()【】证车位储套等12A0B.%/分之面积 位于东西"
CASES = [json.loads(line) for line in TITLES.read_text("utf-8").splitlines()]


def read(title, city=None, district=None):
    """The known parts of a title alone."""
    parts = read_parts(title, None, "CN", city, district)
    return {name: value for name, value in parts._asdict().items() if value is not None and value != ()}


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_titles_of_many_cities_give_the_parts_that_a_reader_finds(case):
    """Drawn at random from sales of 2017 to 2026 and read by hand (2026-11)."""
    expected = {name: tuple(value) if name == "members" else value for name, value in case["parts"].items()}
    assert read(case["title"], case["city"], case["district"]) == expected


@pytest.mark.parametrize(
    "title",
    [
        "海州市新华路88号清华花园12幢3单元1204室",
        "【第一次拍卖】江苏省海州市城中区新华路88号清华花园12栋3单元1204号房产",
        "（变卖）海州市城中区新华路88号清华花园12号楼3单元1204户",
        "被执行人张××名下位于海州市新华路88号清华花园12幢3单元1204室不动产一套",
        "海州市新华路88号清华花园12#楼3单元1204房及附属设施",
        "海州市新华路88号清华花园十二幢三单元一二零四室",
        "海州市新华路８８号清华花园１２幢３单元１２０４室",
        "海州市新華路88號清華花園12幢3單元1204室",
        "标的一：海州市新华路88号清华花园12-3-1204",
        "海州市新华路88号（清华花园）12幢3-1204室房地产（含室内装修）",
        "海州市新华路88号清华花园12座3梯1204室住宅",
        "海州市 城中区 新华路88号 清华花园小区 012幢 03单元 12层1204室",
        "海州市新华路88号清华花园12幢3单元1204室（不动产权证号：苏（2019）海州市不动产权第0012345号）",
        "关于拍卖海州市新华路88号清华花园12幢3单元1204室，建筑面积：111.95平方米",
    ],
)
def test_one_home_in_many_styles_has_the_same_parts(title):
    assert read(title, "海州市", "城中区") == {
        "road": "新华路",
        "number": "88",
        "compound": "清华花园",
        "building": "12",
        "unit": "3",
        "room": "1204",
    }


@pytest.mark.parametrize(
    "title", ["汉口路123弄45号1204室", "汉口路123弄45-1204", "漢口路１２３弄４５號1204室", "汉口路123弄45号12层1204室"]
)
def test_the_number_behind_a_lane_is_the_building(title):
    assert read(title, "上海市") == {"road": "汉口路", "lane": "123", "building": "45", "room": "1204"}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("金开大道99号7幢1-3", {"building": "7", "floor": "1", "room": "3"}),
        ("金开大道99号12幢12-7房屋", {"building": "12", "floor": "12", "room": "7"}),
        ("金开大道99号43幢43-3室", {"building": "43", "room": "3"}),
        ("金开大道99号7幢2单元6-1号", {"building": "7", "unit": "2", "floor": "6", "room": "1"}),
        ("金开大道99号7幢25-1", {"building": "7", "floor": "25", "room": "1"}),
        ("金开大道99号3-6-2", {"unit": "3", "floor": "6", "room": "2"}),
        ("金开大道99号2-4-601号", {"building": "2", "unit": "4", "room": "601"}),
        ("金开大道99号9幢1-12-3号房", {"building": "9", "unit": "1", "floor": "12", "room": "3"}),
        ("金开大道99号9幢第6层1-603号", {"building": "9", "unit": "1", "room": "603"}),
        ("金开大道99号9幢1单元28层1-28-1号", {"building": "9", "unit": "1", "floor": "28", "room": "1"}),
        ("金开大道99号27号楼27-2803室", {"building": "27", "room": "2803"}),
        ("金开大道99号4、5号楼4-3204", {"building": "4", "room": "3204"}),
        ("金开大道99号8-1-6-2", {"building": "8", "unit": "1", "floor": "6", "room": "2"}),
        ("金开大道99号3号楼321-3室", {"building": "3", "room": "321-3"}),
        ("金开大道99号B1-205", {"building": "B1", "room": "205"}),
        ("金开大道99号7栋-二单元-9层02号房", {"building": "7", "unit": "2", "floor": "9", "room": "2"}),
    ],
)
def test_dash_forms_are_told_apart_by_count_and_length(title, expected):
    assert read(title, "重庆市") == {"road": "金开大道", "number": "99"} | expected


def test_a_block_stands_before_a_dash_form_of_four():
    assert read("大庆市怡园4-4-2-602", "大庆市") == {
        "compound": "怡园",
        "block": "4",
        "building": "4",
        "unit": "2",
        "room": "602",
    }


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("花园小区A座1204", {"building": "A", "room": "1204"}),
        ("花园小区12#楼502复式单元", {"building": "12", "room": "502"}),
        ("花园小区9#楼603单元", {"building": "9", "room": "603"}),
        ("花园小区1栋B座1703号", {"building": "1-B", "room": "1703"}),
        ("花园小区3号楼西2单元4层西户", {"building": "3", "unit": "西2", "floor": "4", "room": "西"}),
        ("花园小区12-1-3楼东户", {"building": "12", "unit": "1", "floor": "3", "room": "东"}),
        ("花园小区二期A区3组团5幢201室", {"phase": "2", "block": "A", "building": "5", "room": "201"}),
        ("花园小区1号楼商305室", {"building": "1", "room": "商305"}),
        ("花园小区1号楼一层12号商铺", {"building": "1", "floor": "1", "room": "12"}),
        ("花园小区3幢1-3层", {"building": "3", "floor": "1-3"}),
        ("花园小区3幢地下一层12号储藏室", {"building": "3", "floor": "-1", "room": "储12"}),
        ("花园小区3幢储12", {"building": "3", "room": "储12"}),
        ("花园小区4幢之三602室", {"building": "4-3", "room": "602"}),
        ("花园小区房屋一幢", {}),
        ("花园小区九栋402的住宅", {"building": "9", "room": "402"}),
        ("花园小区101室一套", {"room": "101"}),
    ],
)
def test_marks_of_buildings_units_floors_and_rooms(title, expected):
    assert read(title) == {"compound": "花园"} | expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("海关路58号文博帅府地下车库第015号车位", {"parking": "15"}),
        ("海关路58号文博帅府车位245号", {"parking": "245"}),
        ("海关路58号文博帅府B2-015车位", {"parking": "B2-15"}),
        ("海关路58号文博帅府地下1层人防车位B185", {"floor": "-1", "parking": "B185"}),
        ("海关路58号文博帅府1栋-2层1127号机械车位", {"building": "1", "floor": "-2", "parking": "1127"}),
        ("海关路58号文博帅府-1-476号车位", {"floor": "-1", "parking": "476"}),
        ("海关路58号文博帅府3幢602室及地下车库34号", {"building": "3", "room": "602", "parking": "34"}),
        ("海关路58号文博帅府3幢602室及6幢22号储藏室", {"building": "3", "room": "602"}),
        ("海关路58号文博帅府地下一层38、39车位", {"floor": "-1", "unit_count": 2, "members": ("38", "39")}),
    ],
)
def test_the_number_of_a_parking_space_is_never_a_room(title, expected):
    assert read(title, "柳州市") == {"road": "海关路", "number": "58", "compound": "文博帅府"} | expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("花园小区3幢101、102、103室", {"building": "3", "unit_count": 3, "members": ("101", "102", "103")}),
        ("花园小区3幢101室、102室", {"building": "3", "unit_count": 2, "members": ("101", "102")}),
        ("花园小区3幢101-105室", {"building": "3", "unit_count": 5, "members": ("101", "102", "103", "104", "105")}),
        (
            "花园小区3幢1层1号至4号商铺",
            {"building": "3", "floor": "1", "unit_count": 4, "members": ("1", "2", "3", "4")},
        ),
        ("花园小区3幢101室等12套房产", {"building": "3", "unit_count": 12, "members": ("101",)}),
        ("花园小区3幢1单元503/603房屋", {"building": "3", "unit": "1", "unit_count": 2, "members": ("503", "603")}),
        ("花园小区3幢101室及5幢202室", {"building": "3", "unit_count": 2, "members": ("101", "5-202")}),
        (
            "花园小区3幢1-1-01号、1-1-02号",
            {"building": "3", "unit": "1", "floor": "1", "unit_count": 2, "members": ("1", "2")},
        ),
    ],
)
def test_lots_of_several_homes_name_them_and_have_no_single_room(title, expected):
    assert read(title) == {"compound": "花园"} | expected


@pytest.mark.parametrize(
    ("title", "share"),
    [
        ("天河路93号601房三分之一的产权份额", "1/3"),
        ("天河路93号601房50%产权", "1/2"),
        ("天河路93号601房1/2份额", "1/2"),
        ("天河路93号601房百分之五十的份额", "1/2"),
        ("天河路93号601房", None),
        ("天河路93号601房100%产权", None),
    ],
)
def test_shares_are_fractions_in_lowest_terms(title, share):
    parts = read_parts(title, None, "CN", "广州市")
    assert (parts.road, parts.number, parts.room, parts.share) == ("天河路", "93", "601", share)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("重庆金开大道99号7幢1-3", "重庆金开大道99号7幢1-4"),
        ("文博帅府地下车库第245号车位", "文博帅府地下车库第015号车位"),
        ("闽江世纪城B区B-21#楼704单元", "闽江世纪城B区B-2#楼501单元"),
        ("金辉澜林轩（二区）B-1#楼6层05商业", "金辉澜林轩（二区）B-1#楼6层03商业"),
        ("天街商业中心1号楼商305室", "天街商业中心2号楼商305室"),
        ("平潭海峡如意城G005地块一期10#06商铺", "平潭海峡如意城G005地块一期10#05商铺"),
        ("镜湖大道64号之三1706房", "镜湖大道64号之二1706房"),
        ("花园小区3幢2单元301室", "花园小区3幢1单元301室"),
        ("花园小区4-储21", "花园小区4-21"),
    ],
)
def test_near_twins_of_real_lots_stay_apart(first, second):
    assert read(first) != read(second)


def test_each_part_keeps_the_words_that_it_came_from():
    found = read_address("新北市路８８号金山碧水（二期）十二幢西单元1204室（现状：空置）", None, "CN")
    assert found.words["building"] == "十二幢"
    assert found.words["unit"] == "西单元"
    assert found.words["room"] == "1204室"
    assert found.words["phase"] == "二期"
    assert found.asides == ("二期", "现状:空置")


def test_a_hint_in_brackets_is_kept_and_is_no_part():
    found = read_address("金鸡路28号(老151号)世纪彩城E区3层2室【可按揭】", None, "CN")
    assert found.asides == ("可按揭", "老151号")
    assert (found.parts.number, found.parts.block, found.parts.floor, found.parts.room) == ("28", "E", "3", "2")


def test_an_address_in_brackets_alone_is_read():
    assert read("址在永春县桃城镇桃东北街（县物资公司宿舍楼2-402）的房产", "泉州市", "永春县")["room"] == "402"


def test_a_certificate_is_no_number_of_a_house():
    title = "东海县温泉镇东连湾村牛辰路东侧（2018第0004324号）房产"
    assert read(title, None, "东海县") == {"town": "温泉镇", "road": "牛辰路"}
    assert read("公很社区干烘组双房权证2008字第2008151号房屋") == {}


def test_a_known_city_goes_from_the_front_however_it_is_written_but_not_from_a_street():
    assert read("上海上海市宝山区淞兴路76弄12号401室", "上海市", "宝山区")["road"] == "淞兴路"
    assert read("无锡永定巷15-2304", "无锡市") == {"road": "永定巷", "building": "15", "room": "2304"}
    assert read("重庆路12号301室", "重庆市")["road"] == "重庆路"
    assert read("南浔镇朝阳路111号", "湖州市", "南浔区") == {"town": "南浔镇", "road": "朝阳路", "number": "111"}


def test_a_village_is_the_compound_where_homes_stand_in_it():
    assert read("宁乡市青山镇排山村9组201号房屋", "长沙市", "宁乡市")["number"] == "201"
    assert read("邵东市黑田铺乡石鼓寨村的房地产") == {"town": "黑田铺乡", "compound": "石鼓寨村"}


def test_kinds_of_homes_are_no_names_of_compounds():
    assert read("昆区丽日花园27号别墅", "包头市", "昆区") == {"compound": "丽日花园", "number": "27"}
    assert read("新河县御道街113号附7号301室") == {"road": "御道街", "number": "113附7", "room": "301"}


def test_land_has_its_lot():
    assert read("海州市新港镇宗地编号2014G-32土地使用权", "海州市")["lot"] == "2014G-32"


@pytest.mark.parametrize(
    "text", [None, "", "房屋", "住宅用房", "一种推车实用新型专利（已下证）", "车牌号为苏A1××××的轿车一辆"]
)
def test_what_tells_nothing_has_no_parts(text):
    assert read_parts(text, None, "CN") == NO_PARTS
    assert read_parts(None, text, "CN") == NO_PARTS


def test_title_and_address_complete_each_other():
    parts = read_parts("清华花园12幢1204室", "海州市新华路88号清华花园", "CN", "海州市")
    assert (parts.road, parts.number, parts.building, parts.room) == ("新华路", "88", "12", "1204")
    parts = read_parts("清华花园住宅一套", "海州市新华路88号清华花园12幢1204室", "CN", "海州市")
    assert (parts.road, parts.number, parts.building, parts.room) == ("新华路", "88", "12", "1204")


def test_an_address_that_contradicts_the_title_adds_nothing():
    parts = read_parts("新华路88号12幢1204室", "海州市人民路1号", "CN", "海州市")
    assert (parts.road, parts.number, parts.building, parts.room) == ("新华路", "88", "12", "1204")
    assert read_parts("12幢1204室", "3幢2单元1204室", "CN").unit is None


def test_the_fast_answer_is_that_of_the_full_one():
    for case in CASES:
        asked = (case["title"], None, "CN", case["city"], case["district"])
        assert read_parts(*asked) == read_address(*asked).parts
        assert set(read_address(*asked).words) == {
            name for name, value in read_parts(*asked)._asdict().items() if value is not None and value != ()
        }


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet=SIGNS, max_size=200))
def test_any_text_has_an_answer(text):
    for part in (text, text * 3):
        assert (
            read_parts(part, None, "CN", "海州市", "城中区") == read_address(part, None, "CN", "海州市", "城中区").parts
        )


@pytest.mark.parametrize(
    "piece",
    [
        "一",
        "1",
        "1-",
        "1、",
        "十二幢",
        "1号",
        "A",
        "（",
        "（1）",
        "【",
        "证",
        "证1",
        "第一次",
        "位",
        "路",
        "路东",
        "1.",
        "至1",
        "1至",
        "附1号",
        "小区",
    ],
)
def test_long_texts_take_time_in_proportion(piece):
    text = (piece * 2_000)[:2_000]
    started = time.process_time()
    read_parts(text, None, "CN")
    assert time.process_time() - started < 0.25


@pytest.mark.parametrize(
    "title", ["无锡市汉江北路119号121号", "无锡市汉江北路119号、121号商铺", "无锡市汉江北路119号121号商铺"]
)
def test_a_second_number_of_the_same_row_of_houses_is_no_room(title):
    """One shop of a bank, told in three ways (JD, Jiangsu 2020)."""
    assert read(title, "无锡市") == {"road": "汉江北路", "number": "119,121"}


def test_a_number_far_from_that_of_the_house_is_the_room():
    assert read("人民路88号301号商铺") == {"road": "人民路", "number": "88", "room": "301"}


@pytest.mark.parametrize(
    "title", ["富锦嘉园3幢1单1002号住宅", "富锦嘉园3幢1单-1002室", "富锦嘉园3-1单-1002", "富锦嘉园3幢1单元1002室"]
)
def test_a_unit_may_lose_its_second_half(title):
    """Six flats of 石嘴山 were one, since each ended at its unit (Ali, 2020-05)."""
    assert read(title) == {"compound": "富锦嘉园", "building": "3", "unit": "1", "room": "1002"}


def test_two_parts_of_a_shop_are_two_shops():
    one, other = (read(f"信安二路16号天誉花园3幢首层01号商铺之{part}") for part in "一二")
    assert (one["room"], other["room"]) == ("1之1", "1之2")
    assert read("天誉花园3幢1单元101室之二")["room"] == "101之2"


@pytest.mark.parametrize(
    ("title", "city", "expected"),
    [
        (
            "商丘市民权县北京中路1196号4号楼101室",
            None,
            {"road": "北京中路", "number": "1196", "building": "4", "room": "101"},
        ),
        (
            "廊坊市广阳区北京中路8号4号楼101室",
            None,
            {"road": "北京中路", "number": "8", "building": "4", "room": "101"},
        ),
        ("市民大道8号4号楼101室", None, {"road": "市民大道", "number": "8", "building": "4", "room": "101"}),
        ("丹桂庭院九栋402的住宅", None, {"compound": "丹桂庭院", "building": "9", "room": "402"}),
        ("【二拍】-平安银行-江苏宜兴海德名园35号房产", "无锡市", {"compound": "宜兴海德名园", "number": "35"}),
        ("【一拍】-平安银行-宜兴海德名园35号别墅", "无锡市", {"compound": "宜兴海德名园", "number": "35"}),
        ("云南映象小区3栋101室", "佛山市", {"compound": "云南映象", "building": "3", "room": "101"}),
        ("上海花园小区二期3栋101室", "佛山市", {"compound": "上海花园", "phase": "2", "building": "3", "room": "101"}),
    ],
)
def test_names_of_provinces_cities_and_counties_go_and_names_with_them_stay(title, city, expected):
    assert read(title, city) == expected
