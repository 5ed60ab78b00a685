"""Badges and rounds at the front of a title, and texts that are read again."""

import pytest

from tracking.address.mainland import read_mainland, read_mainland_parts
from tracking.address.parts import Parts

FLAT = "丽景花园6栋203室房产"
READ = Parts(compound="丽景花园", building="6", room="203")


@pytest.mark.parametrize(
    "front",
    ["", "【一拍】", "（一拍）", "（第二次拍卖）", "（破）", "【变卖】（抵债资产）", "（一拍）第一次拍卖：", "(二拍)"],
)
def test_a_title_is_read_alike_behind_every_round(front: str) -> None:
    assert read_mainland_parts(front + FLAT, None, None) == READ
    assert read_mainland(front + FLAT, None, None).parts == READ


def test_the_same_words_in_another_city_are_read_by_their_own_city() -> None:
    title = "南宁市兴宁区民主路8号3栋201室"
    assert read_mainland_parts(title, "南宁市", "兴宁区").road == "民主路"
    assert read_mainland_parts(title, "柳州市", "兴宁区") == read_mainland(title, "柳州市", "兴宁区").parts


def test_a_share_told_in_a_badge_is_no_share_of_the_title_without_it() -> None:
    assert read_mainland_parts("【50%产权】" + FLAT, None, None).share == "1/2"
    assert read_mainland_parts(FLAT, None, None).share is None
    assert read_mainland_parts("（二分之一份额拍卖）" + FLAT, None, None).share == "1/2"


def test_a_name_in_a_badge_names_the_compound_of_its_own_title_alone() -> None:
    title = "新华路88号3幢201室"
    assert read_mainland_parts("【清华花园】" + title, None, None).compound == "清华花园"
    assert read_mainland_parts("【一拍】" + title, None, None).compound is None
    assert read_mainland_parts("【清华花园】" + title + "(丽景花园)", None, None).compound is None  # one of the two


def test_a_bracket_at_the_front_that_is_no_round_stays_part_of_the_text() -> None:
    assert read_mainland("（廊桥水岸）5幢201室", None, None).asides == ("廊桥水岸",)
    assert read_mainland("（一拍）5幢201室", None, None).asides == ()
