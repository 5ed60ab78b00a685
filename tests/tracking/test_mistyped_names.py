"""Names with one wrong character: what joins them where no document does, and the twins that stay apart.

Roads and estates are those of the captures (Ali, JD) and of 嘉兴, the errors are made up.
"""

import pytest

from tests.tracking.chain_cases import offer
from tests.tracking.two_sales import AT_ONCE, BANK, COURT, FLAT, SPRING, Told, are_one_home, two_sales
from tracking.link import link_offers
from tracking.mistyped import are_names_of_siblings, is_one_rounded_size
from tracking.traits import traits_of

SIZE: Told = {"floor_area": 8_953}


def are_one(titles: tuple[str, str], told: Told, later: Told | None = None, days: tuple[str, str] = SPRING) -> bool:
    """Whether two sales of a flat become one home; the second tells the same unless it is given."""
    return are_one_home(titles, FLAT | told, FLAT | (told if later is None else later), days)


# Estates ----------------------------------------------------------------------------------------------------------

AT_A_NUMBER = "红旗街88号朗诗国际城3幢1单元501室", "红旗街88号朗雅国际城3幢1单元501室"
WITHOUT_NUMBER = "朗诗国际城3幢1单元501室", "朗雅国际城3幢1单元501室"
WITHOUT_UNIT = "朗诗国际城3幢501室", "朗雅国际城3幢501室"


def test_a_mistyped_name_at_one_number_is_joined_by_the_unit_and_no_flat_without_one() -> None:
    assert are_one(AT_A_NUMBER, COURT)
    assert not are_one(("红旗街88号朗诗国际城3幢501室", "红旗街88号朗雅国际城3幢501室"), COURT)
    assert not are_one(("红旗街88号朗诗国际城3幢1单元501室", "红旗街90号朗雅国际城3幢1单元501室"), COURT)


def test_a_mistyped_name_is_joined_by_the_bank_and_the_unit_and_by_a_court_it_is_not() -> None:
    assert are_one(WITHOUT_NUMBER, BANK)
    assert not are_one(WITHOUT_NUMBER, COURT)
    assert not are_one(WITHOUT_UNIT, BANK)
    other_bank = BANK | {"seller_name": "中国银行股份有限公司嘉兴分行"}
    assert not are_one(WITHOUT_NUMBER, BANK, other_bank)


def test_a_mistyped_name_is_joined_by_a_rounded_size_beside_the_bank_or_two_facts_of_the_place() -> None:
    rounded = {"floor_area": 9_000}
    assert are_one(WITHOUT_UNIT, BANK | SIZE, BANK | rounded)
    assert not are_one(WITHOUT_UNIT, COURT | SIZE, COURT | rounded)
    assert not are_one(WITHOUT_NUMBER, COURT | SIZE, COURT | rounded)
    in_a_town = "硖石街道朗诗国际城3幢1单元501室", "硖石街道朗雅国际城3幢1单元501室"
    assert are_one(in_a_town, COURT | SIZE, COURT | rounded)


@pytest.mark.parametrize(
    ("told", "later"),
    [
        (SIZE, {"floor_area": 9_300}),
        (SIZE, {"floor_area": 8_962}),
        ({"appraisal_price": 90_000_000}, {"appraisal_price": 40_000_000}),
    ],
)
def test_a_mistyped_name_is_not_joined_over_another_size_or_value(told: Told, later: Told) -> None:
    assert not are_one(WITHOUT_NUMBER, BANK | told, BANK | later)
    assert not are_one(AT_A_NUMBER, COURT | told, COURT | later)


def test_two_names_that_one_platform_sells_at_once_are_two_estates() -> None:
    assert not are_one(WITHOUT_NUMBER, BANK, days=AT_ONCE)
    assert not are_one(AT_A_NUMBER, COURT, days=AT_ONCE)


def test_the_stock_of_two_estates_does_not_run_together_through_its_later_rounds() -> None:
    offers = two_sales(WITHOUT_NUMBER, BANK | FLAT, BANK | FLAT, AT_ONCE)
    later = two_sales(WITHOUT_NUMBER, BANK | FLAT, BANK | FLAT, ("2026-05-10", "2026-05-10"))
    offers += [each._replace(listing_id=at, source_id=str(at)) for at, each in enumerate(later, 3)]
    property_of = link_offers(offers).property_of
    assert property_of[1] != property_of[2]
    assert property_of[3] != property_of[4]


@pytest.mark.parametrize(
    "names",
    [
        ("碧桂园梅苑", "碧桂园兰苑"),
        ("万科城金域", "万科城银域"),
        ("金桂花园", "银桂花园"),
        ("春江花园", "秋江花园"),
        ("东湖花园", "西湖花园"),
        ("龙湖国际城", "凤湖国际城"),
        ("云鹭湾", "云海湾"),
        ("山水人家", "山河人家"),
        ("新世纪花园", "老世纪花园"),
        ("丹桂花园", "翠桂花园大厦"),
        ("文昌花园", "文宏花园"),
        ("紫荆花园", "紫薇花园"),
    ],
)
@pytest.mark.parametrize("seller", [COURT, BANK])
def test_siblings_of_one_builder_stay_apart_at_one_number_and_with_one_bank(
    names: tuple[str, str], seller: Told
) -> None:
    one, other = (f"红旗街88号{name}3幢1单元501室" for name in names)
    assert not are_one((one, other), seller)
    assert not are_one((one, other), seller | SIZE, seller | {"floor_area": 9_000})


@pytest.mark.parametrize(
    ("one", "other", "are_siblings"),
    [
        ("朗诗国际城", "朗雅国际城", False),
        ("丽景人家", "丽金人家", False),
        ("碧桂园梅苑", "碧桂园兰苑", True),
        ("香榭里", "香榭雅", True),
        ("文昌花园", "文宏花园", True),
        ("怡馨广场", "绿馨广场", False),
        ("金桂花园", "银桂花园", True),
        ("朗诗国际城", "阳光国际城", True),
        ("万达广场", "万达广场西区", True),
    ],
)
def test_siblings_differ_at_the_end_of_their_names_or_by_signs_of_a_series(
    one: str, other: str, are_siblings: bool
) -> None:
    assert are_names_of_siblings(one, other) is are_siblings is are_names_of_siblings(other, one)


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        (8_953, 8_953, True),
        (8_953, 8_950, True),
        (8_953, 9_000, True),
        (8_950, 9_000, True),
        (8_949, 8_900, True),
        (8_949, 9_000, False),
        (8_953, 8_960, False),
        (8_953, 8_954, False),
        (8_953, None, False),
    ],
)
def test_a_size_is_one_as_far_as_it_is_told(one: int, other: int | None, is_one: bool) -> None:
    traits = [traits_of(offer(1, floor_area=area)) for area in (one, other)]
    assert is_one_rounded_size(*traits) is is_one_rounded_size(*reversed(traits)) is is_one


# Roads ------------------------------------------------------------------------------------------------------------

ROADS = "金沙路49号1幢2单元1301", "金永路49号1幢2单元1301"
ROADS_WITHOUT_UNIT = "金沙路49号1幢1301", "金永路49号1幢1301"


def test_a_road_with_another_character_is_one_by_unit_size_and_seller_and_by_no_two_of_them() -> None:
    assert are_one(ROADS, COURT | SIZE)
    assert are_one(ROADS, BANK | SIZE)
    assert not are_one(ROADS, COURT)
    assert not are_one(ROADS, BANK)
    assert not are_one(ROADS, SIZE)
    assert not are_one(ROADS_WITHOUT_UNIT, COURT | SIZE)


def test_a_bank_has_one_home_behind_a_door_of_one_size_or_one_odd_value_whatever_the_road_is_called() -> None:
    assert are_one(ROADS_WITHOUT_UNIT, BANK | SIZE)
    assert are_one(ROADS, BANK | SIZE, BANK | {"floor_area": 9_000})
    assert not are_one(ROADS_WITHOUT_UNIT, BANK | SIZE, BANK | {"floor_area": 9_000})
    assert are_one(ROADS, BANK | {"appraisal_price": 62_539_200})
    assert not are_one(ROADS, BANK | {"appraisal_price": 62_000_000})
    assert not are_one(ROADS_WITHOUT_UNIT, BANK | {"appraisal_price": 62_539_200})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("人民南路", "人民北路"),
        ("朝阳一路", "朝阳二路"),
        ("新华路", "新华东路"),
        ("金沙路", "石榴路"),
        ("东湖路", "西湖路"),
    ],
)
def test_neighbouring_roads_of_one_name_stay_two_whatever_size_and_bank_say(one: str, other: str) -> None:
    titles = f"{one}49号1幢2单元1301", f"{other}49号1幢2单元1301"
    assert not are_one(titles, BANK | SIZE)
    assert not are_one((titles[0], ROADS[0].replace("金沙路49号", f"{one}51号")), BANK | SIZE)


# A road and a compound, the unit told by one ----------------------------------------------------------------------


def test_a_road_and_a_compound_are_one_by_size_and_block_or_bank_though_one_leaves_out_the_unit() -> None:
    with_phase = "中山北路64号二期2栋204室", "和谐城二期2栋2单元204室"
    assert are_one(with_phase, COURT | SIZE)
    assert not are_one(with_phase, COURT)
    assert not are_one(with_phase, COURT | {"floor_area": 9_000})
    assert not are_one(("中山北路64号一期2栋204室", with_phase[1]), COURT | SIZE)
    bare = "中山北路64号2栋204室", "和谐城2栋2单元204室"
    assert not are_one(bare, COURT | SIZE)
    assert are_one(bare, BANK | SIZE)
