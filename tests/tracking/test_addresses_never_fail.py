"""Whatever a site writes, the readers of addresses answer, in linear time and in canonical form."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracking.address.parts import Address, Parts
from tracking.address.read import read_address

# The signs that each reader looks for: random texts of them reach what random letters never do.
SIGNS = {
    "BR": "RUA |AVENIDA |N. |12|1-|A |E |APTO |BL|QD |LT |CS |, |COND |RES |ED |(|)|- |PAV |VAGA DE GARAGEM |0|ATUAL "
    "|S/N|1/2|%|º|M2|TERREO |CONJ |CH |LTS |T |FUNDOS ",
    "CN": "幢|1|十|室|号|-|单元|路|、|(|)|区|小区|A|至|弄|栋|第|一|层|车位|等|套|分之|镇|省|市|地下|#"
    "|\u3000|期|座|上海市",
    "GR": "οδός |Λεωφόρος |αρ. |1|Α|-|–|, |(|)|Ο.Τ.|και |Μ|. |θέση |«|»|Δήμος ",
    "HK": "九龍|旺角|道|1|0|號|-|室|A|+|、|樓|座|期|（|）|連|車位|FLAT |/F|PHASE |NO. |LOT |D.D.|KING |ROAD |屋|段| "
    "|翼|地下|約|高層|全幢|等|伙|分之|TOWER |WITH CAR PARK ",
    "KR": "동|호|층|로|길|1|0|-|가|리|산 |번지|(|)|,| |제|블럭|외 |주건축물|지하|비|개",
    "TW": "路|街|段|一|十|巷|1|0|弄|號|樓|之|、|及|地下|縣|區|里|鄰|小段|建號|地號|等|筆|分之"
    "|（|）|室|村| |中|未登記部分|百|首",
    "UA": "вул. |буд. |кв. |1|0|а|-|/|, |№|поверх |корп. |гараж |:|просп. |площа |провулок |частини "
    "|3210300000:05:012:0034",
    "US": "1|0|A| |#|UNIT |ST |AVE |HWY |-|/|TH |NO |BLDG |32507 |N |,|&|FL|FIRST |LOT |.",
}
COUNTRIES = [*SIGNS, "XX"]
LONGEST = 2_000


def texts_of(country):
    signs = st.sampled_from(SIGNS.get(country, "A|1").split("|"))
    return st.none() | st.lists(signs, max_size=40).map("".join) | st.text(max_size=60)


def is_canonical(value):
    return value == value.strip() and value != "" and "\n" not in value


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_text_has_an_answer_in_canonical_form(country):
    texts = texts_of(country)

    @settings(max_examples=300, deadline=None)
    @given(title=texts, address=texts, city=st.none() | st.text(max_size=8), district=st.none() | st.text(max_size=8))
    def answers(title, address, city, district):
        found = read_address(title, address, country, city, district)
        assert isinstance(found, Address)
        told = {name: value for name, value in found.parts._asdict().items() if value is not None and value != ()}
        count, members = told.pop("unit_count", None), told.pop("members", ())
        assert all(isinstance(value, str) and is_canonical(value) for value in told.values()), told
        assert count is None or count > 1
        assert all(map(is_canonical, members))
        assert len(set(members)) == len(members)
        assert found.words.keys() <= set(Parts._fields)
        assert found == read_address(title, address, country, city, district)

    answers()


@pytest.mark.parametrize("country", SIGNS)
def test_reading_is_linear_up_to_long_descriptions(country):
    signs = SIGNS[country].split("|")
    chance = random.Random(country)
    units = [*signs, *("".join(chance.choices(signs, k=size)) for size in (2, 2, 3, 3, 5, 8, 13) for _ in range(8))]
    short = sum(cost(country, unit, LONGEST // 4) for unit in units)
    long = sum(cost(country, unit, LONGEST) for unit in units)
    assert long < 4 * 2 * short + 0.05  # four times the text; a quadratic reader takes sixteen times as long
    assert long / len(units) < 0.05


def cost(country, unit, size):
    """CPU seconds for a text of one unit again and again, the better of two."""
    text = (unit * size)[:size]
    seconds = []
    for _ in range(2):
        start = time.process_time()
        read_address(text, text, country)
        seconds.append(time.process_time() - start)
    return min(seconds)
