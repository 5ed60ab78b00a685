"""Mainland addresses with what only looks like a part: roads named after flags, garages at a road, rows of houses."""

import pytest

from tracking.address.read import read_parts


def told(title: str, city: str | None = None, district: str | None = None) -> dict[str, object]:
    """The parts that are told."""
    parts = read_parts(title, None, "CN", city, district)
    return {name: value for name, value in parts._asdict().items() if value}


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("红旗东路427号2栋1室", {"road": "红旗东路", "number": "427", "building": "2", "room": "1"}),
        ("敖汉旗新惠镇红旗路8号", {"town": "新惠镇", "road": "红旗路", "number": "8"}),
        ("赣县区和谐府43幢", {"compound": "和谐府", "building": "43"}),
        ("桂花路104号地下车库279号车位", {"road": "桂花路", "number": "104", "parking": "279"}),
        ("解放路12号地下车库", {"road": "解放路", "parking": "12"}),
        ("汉江北路119号121号商铺", {"road": "汉江北路", "number": "119,121"}),
        ("汉江北路119号、121号商铺", {"road": "汉江北路", "number": "119,121"}),
        ("玉兰庭院一号楼602室", {"compound": "玉兰庭院", "building": "1", "room": "602"}),
        ("16号楼甲梯1102室", {"building": "16", "unit": "甲", "room": "1102"}),
        ("环城街146号东区5号楼", {"road": "环城街", "number": "146", "block": "东", "building": "5"}),
        ("和谐家园东区5号楼402房", {"compound": "和谐家园东区", "building": "5", "room": "402"}),
        ("红旗路388号及室内家具家电", {"road": "红旗路", "number": "388"}),
        ("（抵债资产）-工商银行-明珠新苑1号楼1002室", {"compound": "明珠新苑", "building": "1", "room": "1002"}),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_part_is_none(title: str, parts: dict[str, str]):
    assert told(title) == parts


def test_a_court_house_counted_by_one_is_no_building():
    assert "building" not in told("江宁区东山街道房屋一幢")
