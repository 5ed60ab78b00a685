"""Places as people name them, and the codes by which the mainland platforms ask."""

import pytest

from crawler.errors import UnknownPlace
from crawler.spiders.places import (
    elsewhere,
    parts_of,
    province_name,
    province_of,
    region_code,
    short_code,
)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("广东省", "440000"),
        ("广东", "440000"),
        ("Guangdong", "440000"),
        ("44", "440000"),
        ("广州", "440100"),
        ("广州市", "440100"),
        ("GUANGZHOU", "440100"),
        ("4401", "440100"),
        ("上海", "310000"),
        ("310109", "310109"),
        ("广州市天河区", "440106"),
        ("吉林", "220000"),
        ("吉林市", "220200"),
        ("内蒙古", "150000"),
        ("仙桃市", "429004"),
    ],
)
def test_a_place_goes_by_its_names_and_codes(name: str, code: str) -> None:
    assert region_code(name) == code


@pytest.mark.parametrize("name", ["", "1", "99", "4499", "44010", "4401060", "XX", "Gotham", "广州塔", "朝阳区", "广"])
def test_what_is_no_place_or_several_is_refused(name: str) -> None:
    with pytest.raises(UnknownPlace, match="no place is called"):
        region_code(name)


def test_a_city_is_no_province() -> None:
    assert (province_of("广东"), province_name("44")) == ("44", "广东省")
    with pytest.raises(UnknownPlace, match="no province"):
        province_of("广州")


def test_parts_lie_one_level_below_and_make_up_the_whole() -> None:
    assert len(parts_of("")) == 31
    cities = parts_of("440000")
    assert len(cities) == 21
    assert all(code.startswith("44") and code.endswith("00") for code in cities)
    assert "310109" in parts_of("310000")
    assert set(parts_of("330100")) >= {"330106", "330110"}
    assert parts_of("440106") == []


@pytest.mark.parametrize(("code", "short"), [("440000", "44"), ("440100", "4401"), ("440106", "440106"), ("", "")])
def test_codes_are_shortened_by_level(code: str, short: str) -> None:
    assert short_code(code) == short


def test_lots_that_mostly_lie_elsewhere_are_told() -> None:
    homes = ["广州市天河区天河路93号", "深圳市福田区福华路2号", "惠州市惠阳区大埔村", "广东省佛山市南海区桂城1号"]
    assert elsewhere([*homes, "上海市虹口区四川北路1号"], "44") is None
    assert elsewhere([*homes, "上海市虹口区四川北路1号"], "31") == "4 of 5 lots lie outside 31"
    assert elsewhere(homes, "31") is None  # too few to prove anything
    assert elsewhere(["房地产", None, "车辆", *homes], "31") is None
    assert elsewhere([*homes, "广州市越秀区1号"], "") is None
    assert elsewhere([*homes[:3], *["上海市虹口区四川北路1号"] * 3], "31") is None  # half
