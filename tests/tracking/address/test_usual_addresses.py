"""The short road for usual addresses comes to the same parts as the reader that goes from number to number."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracking.address.parts import Parts
from tracking.address.read import read_address, read_parts
from tracking.address.usual import read_usual

TITLES = Path(__file__).parents[3] / "fixtures/tracking/addresses/mainland-titles.jsonl"
CASES = [json.loads(line) for line in TITLES.read_text("utf-8").splitlines()]


def read_at_length(title, city, district):
    """What the reader says that also keeps the words of each part; it never takes the short road."""
    return read_address(title, None, "CN", city, district).parts


def test_real_titles_have_the_same_parts_on_both_roads():
    for case in CASES:
        place = case["city"], case["district"]
        assert read_parts(case["title"], None, "CN", *place) == read_at_length(case["title"], *place), case["title"]


def test_a_good_part_of_real_titles_takes_the_short_road():
    taken = [case for case in CASES if read_usual(case["title"], case["city"], case["district"]) is not None]
    assert len(taken) > len(CASES) / 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "兰州市西固区龙泉路647号御景时代3号楼2单元1201号房地产",
            Parts(road="龙泉路", number="647", compound="御景时代", building="3", unit="2", room="1201"),
        ),
        (
            "兰州市御景时代二期一区12幢11层1104室住宅用房",
            Parts(compound="御景时代", phase="2", block="1", building="12", room="1104"),
        ),
        (
            "兰州市御景时代B区A座2梯6-3号房屋一套",
            Parts(compound="御景时代", block="B", building="A", unit="2", floor="6", room="3"),
        ),
        ("兰州市龙泉路647号房屋", Parts(road="龙泉路", number="647")),
        ("兰州市御景时代12幢甲单元2层商铺201", Parts(compound="御景时代", building="12", unit="甲", room="201")),
        ("兰州市御景时代12幢三单元201号门面", Parts(compound="御景时代", building="12", unit="3", room="201")),
        ("兰州市西固区龙泉路647号", Parts(road="龙泉路", number="647")),
        ("甘肃省兰州市西固区", Parts()),
    ],
)
def test_the_short_road_tells_place_building_unit_floor_and_room(text, expected):
    assert read_usual(text, "兰州市", "西固区") == expected


@pytest.mark.parametrize(
    "text",
    [
        "兰州市御景时代3号楼101-105室",  # a range: a lot of several
        "兰州市御景时代3号楼101、102室",
        "兰州市御景时代3号楼1201卡",
        "兰州市御景时代3号楼1-3商铺",
        "兰州市御景时代三号楼1201室",
        "兰州市御景时代十二期3号楼1201室",
        "兰州市御景时代3号楼1201室等两套",
        "兰州市御景大厦1204号",  # the number is that of a room
        "兰州市车位第12号",
        "兰州市龙泉路647号住宅楼",
        "兰州市龙泉路109号#泰和花园1幢2单元1803号",
        "兰州市二区3幢1201室",  # no compound before it: 二区 may be its name
        "兰州市龙泉路333弄18号104室",
        "兰州市御景时代3号楼02单元1201室",
        "兰州市南门3幢1201室",
        "兰州市御景时代二期一区12幢B座",
        "兰州市龙泉路647号东区3幢1201室",
        "兰州市御景时代3幢甲梯1201室",
        "兰州市御景时代3幢1201室西梯",
    ],
)
def test_whatever_is_not_usual_is_left_to_the_reader_of_all(text):
    assert read_usual(text, "兰州市", "西固区") is None


FRONTS = [
    "",
    "兰州市",
    "西固区",
    "中国石化",
    "龙泉路",
    "东区",
    "红旗路",
    "龙泉路与人河路交叉口",
    "御景大厦",
    "车位第",
    "三号院",
    "南门",
    "小区",
    "一",
    "负",
]
NUMBERS = ["", "647号", "88号", "3号", "1号附2号", "109号#", "12-3号", "01号", "二号", "333弄18号"]
NAMES = [
    "",
    "御景时代",
    "金鼎小区",
    "华庭湾西区",
    "东区",
    "地下室",
    "住宅楼",
    "安居楼",
    "与",
    "、",
    "东门",
    "二期",
    "十二期",
    "A区",
    "3期",
    "一区",
    "商业",
]
BUILDINGS = [
    "",
    "3号楼",
    "12幢",
    "A座",
    "A楼",
    "3#",
    "3#楼",
    "0栋",
    "甲幢",
    "三幢",
    "B2幢",
    "10栋楼",
    "5号",
    "8号综合楼",
]
INNER = [
    "",
    "2单元",
    "12单元",
    "03单元",
    "乙单元",
    "2梯",
    "乙梯",
    "东梯",
    "东单元",
    "西门",
    "11层",
    "5楼",
    "-1层",
    "6-",
    "2门",
    "二层",
]
ROOMS = ["", "1104", "1", "12B", "6-3", "2-11-1104", "101-105", "101、102", "1104-1105", "04", "一一零四", "1104甲"]
WORDS = [
    "",
    "室",
    "号",
    "房",
    "户",
    "号房",
    "号室",
    "#",
    "商铺",
    "室内",
    "户型",
    "房产",
    "号住宅",
    "住宅楼",
    "及附房",
    "卡",
    "铺",
]
ENDS = [
    "",
    "房地产",
    "住宅用房",
    "一套",
    "房屋一套",
    "两一套",
    "等12套",
    "附属用房",
    "西梯",
    "及15号车位",
    "地块",
    "的一半",
    "B座",
    "、1105室",
]


@settings(max_examples=1500, deadline=None)
@given(
    st.tuples(
        *map(st.sampled_from, [FRONTS, FRONTS, NUMBERS, NAMES, NAMES, BUILDINGS, INNER, INNER, ROOMS, WORDS, ENDS])
    ),
    st.sampled_from([(None, None), ("兰州市", "西固区"), ("兰州市", None)]),
)
@example(("龙泉路", "", "109号#", "御景时代", "", "1幢", "", "", "1803", "号", ""), ("兰州市", None))
@example(("御景时代", "", "", "", "", "5号楼", "2单元", "", "903", "房", "两一套"), (None, None))
@example(("御景时代", "", "", "二期", "3期", "A座", "2单元", "", "6-3", "", ""), (None, None))
@example(("御景时代", "", "", "", "地下室", "3#", "", "", "", "商铺", "1104"), (None, None))
@example(("御景大厦", "", "647号", "", "", "", "", "", "", "", ""), (None, None))
def test_both_roads_come_to_the_same_parts_of_any_text(pieces, place):
    text = "".join(pieces)
    assert read_parts(text, None, "CN", *place) == read_at_length(text, *place)


@pytest.mark.parametrize("piece", ["龙泉路", "龙泉路6号", "御景3幢", "1", "1-", "一套", "二期", "3号楼2单元", "A"])
def test_the_short_road_is_left_in_linear_time(piece):
    def cost(size):
        text = ("御景时代6号" + piece * size)[:size]
        start = time.process_time()
        for _ in range(20):
            read_usual(text, None, None)
        return time.process_time() - start

    cost(100)
    assert cost(40_000) < 4 * 2 * cost(10_000) + 0.05
