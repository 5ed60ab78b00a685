"""Korea, Ukraine and Greece: the first-order division by the name that the source writes, to ISO 3166-2."""

import json
from pathlib import Path

import pytest

from crawler.normalize.regions import find_region
from crawler.normalize.subdivisions import GREECE, KOREA, UKRAINE

FIXTURES = Path(__file__).parents[3] / "fixtures"


@pytest.mark.parametrize(
    ("country", "state", "code"),
    [
        ("KR", "경기도", "KR-41"),
        ("KR", "서울특별시", "KR-11"),
        ("KR", "서울", "KR-11"),
        ("KR", "광주", "KR-29"),
        ("KR", "강원도", "KR-42"),
        ("KR", "강원특별자치도", "KR-42"),
        ("KR", "전북특별자치도", "KR-45"),
        ("KR", "제주도", "KR-49"),
        ("UA", "Київська область", "UA-32"),
        ("UA", "Київська обл.", "UA-32"),
        ("UA", "Київ", "UA-30"),
        ("UA", "м. Київ", "UA-30"),
        ("UA", "місто Київ", "UA-30"),
        ("UA", "МИКОЛАЇВСЬКА ОБЛАСТЬ", "UA-48"),
        ("UA", "Автономна Республіка Крим", "UA-43"),
        ("GR", "Αττικής", "GR-I"),
        ("GR", "ΑΤΤΙΚΗΣ", "GR-I"),
        ("GR", "Περιφέρεια Κρήτης", "GR-M"),
        ("GR", "Ανατολική  Μακεδονία και Θράκη", "GR-A"),
        ("GR", "C", "GR-C"),
    ],
)
def test_the_division_is_known_by_its_name(country: str, state: str, code: str) -> None:
    assert find_region(country, state, " город ", "район", None) == (code, "город", "район")


@pytest.mark.parametrize(
    ("country", "state"),
    [("KR", "황해도"), ("KR", "99"), ("KR", ""), ("UA", "Київ область невідома"), ("GR", "Z"), ("GR", "Νομός Αττικής")],
)
def test_an_unknown_name_gives_no_code_and_leaves_the_rest_as_written(country: str, state: str) -> None:
    assert find_region(country, state, "평택시", "이충동", None) == (None, "평택시", "이충동")


def test_a_city_that_is_a_division_itself_is_known_where_no_other_is_told() -> None:
    assert find_region("KR", None, "서울특별시", "강남구", None) == ("KR-11", "서울특별시", "강남구")
    assert find_region("UA", None, "Київ", None, None) == ("UA-30", "Київ", None)
    assert find_region("KR", None, "광주시", None, None) == (None, "광주시", None)  # a city of 경기도
    assert find_region("UA", "Київська область", "Київ", None, None) == ("UA-32", "Київ", None)


@pytest.mark.parametrize(("table", "country", "count"), [(KOREA, "KR", 17), (UKRAINE, "UA", 27), (GREECE, "GR", 14)])
def test_each_country_is_whole_and_no_name_stands_for_two(table: dict[str, str], country: str, count: int) -> None:
    names = [
        name for written in table.values() for name in (written.split() if country == "KR" else written.split("|"))
    ]
    assert len(table) == count
    assert len(set(names)) == len(names)
    for code in table:
        assert code.startswith(f"{country}-")
        assert find_region(country, code.removeprefix(f"{country}-"), None, None, None).code == code


@pytest.mark.parametrize(("source", "country"), [("kr_courtauction", "KR"), ("ua_prozorro", "UA")])
def test_every_recorded_division_is_known(source: str, country: str) -> None:
    items = [
        item
        for path in (FIXTURES / source).glob("*/*/expected.json")
        for item in json.loads(path.read_text("utf-8"))["items"]
    ]
    states = {item["state_raw"] for item in items if "state_raw" in item}
    assert states
    assert {state for state in states if find_region(country, state, None, None, None).code is None} == set()
