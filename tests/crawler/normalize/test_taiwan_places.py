"""Taiwan: county and town by field or at the beginning of an address, to ISO 3166-2 codes."""

import re

import pytest

from crawler.normalize.divisions import TAIWAN_COUNTIES, TAIWAN_FORMER_COUNTIES
from crawler.normalize.regions import find_region


@pytest.mark.parametrize(
    ("county", "town", "expected"),
    [
        ("臺北市", "大安區", ("TW-TPE", "臺北市", "大安區")),
        ("台北市", "大安區", ("TW-TPE", "臺北市", "大安區")),
        ("連江縣", "北竿鄉", ("TW-LIE", "連江縣", "北竿鄉")),
        ("连江县", None, ("TW-LIE", "連江縣", None)),
        ("苗栗縣", "苑裡", ("TW-MIA", "苗栗縣", "苑裡")),
        ("新竹市", None, ("TW-HSZ", "新竹市", None)),
        ("新竹縣", None, ("TW-HSQ", "新竹縣", None)),
        ("新竹", None, (None, "新竹", None)),  # a city and a county
        ("台中", None, ("TW-TXG", "臺中市", None)),
        ("臺北縣", "板橋市", ("TW-NWT", "新北市", "板橋市")),  # until 2010
        ("全國", None, (None, "全國", None)),
    ],
)
def test_the_field_names_the_county(county, town, expected):
    assert find_region("TW", None, county, town, None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("連江縣北竿鄉大坵段 小段 81-0001號", ("TW-LIE", "連江縣", "北竿鄉")),
        ("臺北市大安區通化段 五小段 449號", ("TW-TPE", "臺北市", "大安區")),
        ("臺南市新市區永新路1號", ("TW-TNN", "臺南市", "新市區")),
        ("台中市北区", ("TW-TXG", "臺中市", "北區")),
        ("高雄市那瑪夏區達卡努瓦里", ("TW-KHH", "高雄市", "那瑪夏區")),
        ("屏東縣三地門鄉三地村", ("TW-PIF", "屏東縣", "三地門鄉")),
        ("嘉義縣太保市祥和一路", ("TW-CYQ", "嘉義縣", "太保市")),
        ("苗栗縣苗栗市中正路", ("TW-MIA", "苗栗縣", "苗栗市")),
        ("臺灣省宜蘭縣頭城鎮青雲路", ("TW-ILA", "宜蘭縣", "頭城鎮")),
        ("福建省金門縣金城鎮", ("TW-KIN", "金門縣", "金城鎮")),
        ("桃園市中正路1號", ("TW-TAO", "桃園市", None)),
        ("仁愛路四段101號地下三樓", (None, None, None)),
        ("", (None, None, None)),
    ],
)
def test_an_address_begins_with_its_county_and_town(text, expected):
    assert find_region("TW", None, None, None, text) == expected


def test_the_address_adds_the_town_only_within_the_county_of_the_field():
    assert find_region("TW", None, "臺北市", None, "臺北市大安區通化段") == ("TW-TPE", "臺北市", "大安區")
    assert find_region("TW", None, "新北市", None, "臺北市大安區通化段") == ("TW-NWT", "新北市", None)


def test_there_are_22_counties_with_codes_of_their_own():
    assert len(set(TAIWAN_COUNTIES.values())) == len(TAIWAN_COUNTIES) == 22
    assert all(re.fullmatch(r"TW-[A-Z]{3}", code) for code in TAIWAN_COUNTIES.values())
    assert set(TAIWAN_FORMER_COUNTIES.values()) <= set(TAIWAN_COUNTIES)
    for name, code in TAIWAN_COUNTIES.items():
        assert find_region("TW", None, None, None, f"{name}某某路1號") == (code, name, None)
