"""Forms that two hundred titles drawn at random were read wrongly in (Ali, JD, rmfysszc, banks; 2017 to 2026)."""

import pytest

from tracking.address.read import read_address, read_parts


def told(title: str, city: str | None = None, district: str | None = None) -> dict[str, object]:
    """The parts that are told; both roads through the reader must tell the same."""
    parts = read_parts(title, None, "CN", city, district)
    assert read_address(title, None, "CN", city, district).parts == parts
    return {name: value for name, value in parts._asdict().items() if value}


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("古城新境小区28幢92号502", {"compound": "古城新境", "number": "92", "building": "28", "room": "502"}),
        ("亲亲家园59幢210号503", {"compound": "亲亲家园", "number": "210", "building": "59", "room": "503"}),
        ("花屿湖郡27幢91号706室", {"compound": "花屿湖郡", "number": "91", "building": "27", "room": "706"}),
        (
            "山东路51号雨花石文化园37幢2号304",
            {
                "road": "山东路", "number": "51", "compound": "雨花石文化园", "building": "37", "unit": "2",
                "room": "304",
            },
        ),
        ("东苑5幢101、102号", {"compound": "东苑", "building": "5", "unit_count": 2, "members": ("101", "102")}),
    ],
)  # fmt: skip
def test_a_short_number_behind_the_building_is_a_door_of_it_and_no_second_home(title, parts):
    assert told(title, "宁波市", "江北区") == parts


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("南亚国际大厦商品房B-2-1304号房产", {"building": "B", "unit": "2", "room": "1304"}),
        ("南亚国际大厦B号楼B-3-2504号", {"building": "B", "unit": "3", "room": "2504"}),
        ("南亚国际大厦A-12-301号", {"building": "A-12", "room": "301"}),
    ],
)
def test_a_letter_before_two_dashes_is_the_building_of_few_units_or_the_block_of_many_houses(title, parts):
    assert told(title) == {"compound": "南亚国际大厦"} | parts


@pytest.mark.parametrize(
    ("title", "compound"),
    [
        ("白龙村四组352号的房屋建筑物及土地使用权", "白龙村4组"),
        ("高峰社区1组320号2栋14层1436号", "高峰社区1组"),
        ("芬塘村的土地使用权及该地上建筑物", "芬塘村"),
        ("康乐村46号房屋及土地", "康乐村"),
        ("香榭新村西区4幢102", "香榭新村西区"),
        ("官扎营新区南区8号楼2-1702号", "官扎营新区南区"),
        ("梅园新村（金辉豪庭）8栋二单元403房屋", "梅园新村金辉豪庭"),
        ("工人新村北2幢乙单元402室", "工人新村"),
        ("振兴大街655号（华庭印象）二号楼602室", "华庭印象"),
        ("西大街336号（中强·城市广场）T2#公寓楼4层3A28", "中强城市广场"),
        ("黄河南大街28-2号1-4-2（海韵花园）", "海韵花园"),
        ("城西路181号（翰墨名苑）", "翰墨名苑"),
    ],
)
def test_the_compound_is_found_in_villages_new_villages_and_brackets(title, compound):
    assert told(title)["compound"] == compound


@pytest.mark.parametrize(
    "title",
    [
        "夏邑县府路中段88号（县政府）",
        "惠民路9号（原文化花园）",
        "章源大道89号杂间",
        "羊头峪旅游路东首3号楼3-402室及地下室",
        "新颜路商品住宅楼A栋202号房产及项下国有土地使用权",
        "金贸街67号67",
        "北大街40",
        "百福大道国有土地使用权",
    ],
)
def test_what_is_no_name_of_a_compound_is_none(title):
    assert "compound" not in told(title, "海州市")


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        (
            "水仓弄333号金泰中心409室",
            {"road": "水仓弄", "number": "333", "compound": "金泰中心", "room": "409"},
        ),
        ("老医院弄72-201号商业用房", {"road": "老医院弄", "building": "72", "room": "201"}),
        ("东大街芷泉段88号11栋503号", {"road": "东大街芷泉段", "number": "88", "building": "11", "room": "503"}),
        ("瑞祥大道周湖村22幢302室", {"road": "瑞祥大道", "compound": "周湖村", "building": "22", "room": "302"}),
        ("仙村大道213号6幢2302房", {"road": "仙村大道", "number": "213", "building": "6", "room": "2302"}),
        ("北新区路43号2幢302", {"road": "北新区路", "number": "43", "building": "2", "room": "302"}),
        ("云南路天海阁A0708号", {"road": "云南路", "compound": "天海阁", "room": "A708"}),
        ("和谐家园A2号楼8单元861号楼房壹套", {"compound": "和谐家园", "building": "A2", "unit": "8", "room": "861"}),
        ("和谐家园3号楼房产", {"compound": "和谐家园", "building": "3"}),
    ],
)
def test_roads_and_rooms_that_have_the_word_of_something_else(title, parts):
    assert told(title) == parts


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("胡家沱路1130号9栋2单元8楼803号；地下室-1楼280号", {"building": "9", "unit": "2", "room": "803"}),
        ("胡家沱路1130号9栋2单元204室及地下1层122室", {"building": "9", "unit": "2", "room": "204"}),
    ],
)
def test_a_room_below_ground_beside_the_home_is_its_store(title, parts):
    assert told(title) == {"road": "胡家沱路", "number": "1130"} | parts


def test_a_space_of_a_numbered_garage_is_one_space():
    assert told("香颂花园2号车库97号车位") == {"compound": "香颂花园", "building": "库2", "parking": "97"}


@pytest.mark.parametrize(
    "title", ["酉阳县桃花源街道桃花源大道10号", "酉阳土家族苗族自治县酉阳县桃花源街道桃花源大道10号"]
)
def test_the_short_name_of_an_autonomous_county_goes_with_it(title):
    parts = told(title, "重庆市", "酉阳土家族苗族自治县")
    assert parts == {"town": "桃花源街道", "road": "桃花源大道", "number": "10"}
    assert told("酉阳县城桃花源大道10号", "重庆市", "酉阳土家族苗族自治县")["road"] != "城桃花源大道"
