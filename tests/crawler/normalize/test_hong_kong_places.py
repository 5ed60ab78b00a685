"""Hong Kong: the district is told by its field or by the locality with which an address begins."""

import pytest

from crawler.normalize.divisions import HONG_KONG_DISTRICTS, HONG_KONG_SIMPLIFIED, load_hong_kong
from crawler.normalize.regions import find_region


def district_of(text):
    return find_region("HK", None, None, None, text).district


@pytest.mark.parametrize(
    ("text", "code", "district"),
    [
        ("沙田九肚山峰单号屋", "HK-ST", "沙田區"),  # the three lots of a newspaper, simplified and traditional mixed
        ("西贡孟公屋红屋村双号全幢", "HK-SK", "西貢區"),
        ("北角文澜楼低层A室", "HK-EA", "東區"),
        ("九龍旺角彌敦道610號荷李活商業中心", "HK-YT", "油尖旺區"),
        ("新界 荃灣 沙咀道 8 號", "HK-TW", "荃灣區"),
        ("香港香港仔大道223號", None, None),  # a street; it happens to lie there
        ("香港仔香港仔中心A座", "HK-SO", "南區"),
        ("香港島灣仔莊士敦道1號", "HK-WC", "灣仔區"),
        ("九龍城衙前圍道15號", "HK-KC", "九龍城區"),
        ("九龍灣麗晶花園3座", "HK-KU", "觀塘區"),
        ("【銀主盤】將軍澳都會駅2座", "HK-SK", "西貢區"),
        ("佐敦谷彩盈邨1座", "HK-KU", "觀塘區"),
        ("佐敦白加士街1號", "HK-YT", "油尖旺區"),
        ("东区柴湾道100号", "HK-EA", "東區"),
        ("離島區東涌映灣園", "HK-IS", "離島區"),
        ("離島長洲山頂道1號", "HK-IS", "離島區"),
    ],
)
def test_an_address_begins_with_its_locality(text, code, district):
    assert find_region("HK", None, None, None, text) == (code, "香港", district)


@pytest.mark.parametrize(
    "text",
    [
        "荔枝角道888號",  # in 旺角 and 深水埗
        "佐敦谷北道1號",
        "大埔道100號",
        "旺角道10號",
        "清水灣道8號",
        "彌敦道610號西貢大廈",
        "九龍塘根德道1號",  # in two districts
        "半山干德道9號",
        "太子道西193號",
        "香港",
        "",
    ],
)
def test_streets_and_places_of_two_districts_prove_none(text):
    assert find_region("HK", None, None, None, text) == (None, "香港", None)


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("荃灣區", "HK-TW"),
        ("荃灣", "HK-TW"),
        ("元朗区", "HK-YL"),
        ("Central and Western District", "HK-CW"),
        ("sai kung", "HK-SK"),
        ("將軍澳", "HK-SK"),
        ("東區", "HK-EA"),
        ("東", None),  # no district is called so without its last character
    ],
)
def test_a_field_may_hold_the_district_in_any_spelling(field, code):
    assert find_region("HK", None, None, field, None).code == code


def test_the_field_goes_before_the_address_and_stays_as_written_where_it_is_unknown():
    assert find_region("HK", None, None, "荃灣區", "沙田第一城") == ("HK-TW", "香港", "荃灣區")
    assert find_region("HK", None, None, "山頂", None) == (None, "香港", "山頂")
    assert find_region("HK", None, None, "山頂", "沙田第一城") == ("HK-ST", "香港", "沙田區")


def test_there_are_eighteen_districts_and_every_name_belongs_to_one():
    assert len(HONG_KONG_DISTRICTS) == len({code for code, _, _ in HONG_KONG_DISTRICTS.values()}) == 18
    names = [name for _, _, localities in HONG_KONG_DISTRICTS.values() for name in localities.split()]
    assert len(names) == len(set(names))
    for district, (code, _, localities) in HONG_KONG_DISTRICTS.items():
        for name in (district, *localities.split()):
            assert find_region("HK", None, None, None, f"{name}某某大廈1樓") == (code, "香港", district)
            assert find_region("HK", None, None, name, None) == (code, "香港", district)


def test_the_simplified_characters_are_those_of_the_names():
    signs = set("".join((*HONG_KONG_DISTRICTS, *(row[2] for row in HONG_KONG_DISTRICTS.values()))))
    assert {chr(sign) for sign in HONG_KONG_SIMPLIFIED.values()} <= signs
    assert not {chr(sign) for sign in HONG_KONG_SIMPLIFIED} & signs
    assert district_of("将军澳") == "西貢區"


def test_longer_names_are_tried_before_the_shorter_ones_in_them():
    _, starts = load_hong_kong()
    for places in starts.values():
        lengths = [len(place.name) for place in places]
        assert lengths == sorted(lengths, reverse=True)
