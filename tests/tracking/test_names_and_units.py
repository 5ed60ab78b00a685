"""Names that are mistyped or stand behind a place's, units that are left out: what joins such listings."""

import pytest

from store.terms import Judgement
from tests.tracking.chain_cases import offer
from tracking.address.read import read_parts
from tracking.alike import Surroundings
from tracking.evidence import decide
from tracking.link import link_offers
from tracking.signs import OTHER_COMPOUND_PERHAPS, find_signs
from tracking.steps import are_of_one_procedure, are_surely_of_one_procedure
from tracking.traits import Traits, traits_of
from tracking.weighing import weigh

COURT = "淮安市淮安区人民法院"


def made(listing_id: int, title: str, **told: object) -> Traits:
    """A listing of 淮安 with this title; prices and appraisals in yuan, areas in hundredths of a square metre."""
    values: dict[str, object] = {
        "source": "ali_judicial",
        "city": "淮安市",
        "district": "淮安区",
        "region_code": "320803",
    }
    values |= {"seller_name": COURT, "starts_at": "2026-08-28T02:00:00Z", **told}
    money = {name: value * 100 for name, value in values.items() if name.endswith("_price") and isinstance(value, int)}
    parts = read_parts(title, None, "CN", "淮安市", values["district"])  # type: ignore[arg-type]
    return traits_of(offer(listing_id, title=title, parts=parts, **values | money))


def judged(one: Traits, other: Traits, beside: Surroundings | None = None) -> Judgement:
    found = decide(one, other, beside) if beside else decide(one, other)
    weight = weigh(one, other, beside) if beside else weigh(one, other)
    assert weight.judgement is found.judgement
    return found.judgement


# Names ------------------------------------------------------------------------------------------------------------


def test_a_name_with_one_wrong_character_is_joined_by_a_document_and_by_nothing_less() -> None:
    right, wrong = "文昌花园8幢2单元402室", "文宏花园8幢2单元402室"

    assert judged(made(1, right), made(2, wrong)) is not Judgement.SAME
    assert judged(made(1, right, floor_area=13_986), made(2, wrong, floor_area=13_990)) is not Judgement.SAME
    for told in ({"case_number": "（2026）苏0803执1号"}, {"appraisal_price": 784_166}, {"floor_area": 13_986}):
        assert judged(made(1, right, **told), made(2, wrong, **told)) is Judgement.SAME, told


def test_a_mistyped_name_is_no_veto_and_so_parts_no_home_that_papers_join() -> None:
    right, wrong = made(1, "文昌花园8幢2单元402室"), made(2, "文宏花园8幢2单元402室")

    assert OTHER_COMPOUND_PERHAPS in find_signs(right, wrong)
    assert not decide(right, wrong).is_vetoed


@pytest.mark.parametrize(("ours", "theirs"), [("金辉东城", "金辉西城"), ("世纪花园", "长江花园")])
def test_parts_of_an_estate_and_other_names_are_never_mistyped_ones(ours: str, theirs: str) -> None:
    case = {"case_number": "（2026）苏0803执1号"}

    assert decide(made(1, f"{ours}8幢402室", **case), made(2, f"{theirs}8幢402室", **case)).is_vetoed


def test_two_rounds_of_one_court_do_not_join_two_estates_with_one_beginning() -> None:
    """书香小区 and 书香大厦 of one district: their court sells in both."""
    bare, tower = made(1, "书香小区7幢3单元502室"), made(2, "书香大厦7幢3单元502室", round_kind="second_auction")

    assert judged(bare, tower) is not Judgement.SAME
    bank = {"seller_name": "平安银行总行资产拍卖"}
    assert judged(made(1, "书香小区7幢3单元502室", **bank), made(2, "书香大厦7幢3单元502室", **bank)) is Judgement.SAME


def test_a_road_behind_the_name_of_its_county_is_the_road() -> None:
    """Titles of banks leave out 市 and 区: 滁州南谯长江南路25号."""
    told = {"floor_area": 8_953}
    one = made(1, "修文工农路602号1幢1单元1102室", district=None, region_code="320800", **told)

    assert judged(one, made(2, "淮安市淮安区工农路602号1幢1单元1102室", **told)) is Judgement.SAME
    assert judged(one, made(2, "淮安市淮安区工农路604号1幢1单元1102室", **told)) is not Judgement.SAME
    assert judged(one, made(2, "淮安市淮安区北工农东路602号1幢1单元1102室", **told)) is not Judgement.SAME


def test_homes_of_two_districts_are_not_joined_through_a_listing_that_tells_none() -> None:
    values = {"city": "韶关市", "region_code": "440200", "source": "jd_judicial"}

    def listing(number: int, district: str | None) -> object:
        title = "建业森林半岛4栋1单元503室"
        parts = read_parts(title, None, "CN", "韶关市", district)
        return offer(number, title=title, parts=parts, district=district, **values)

    property_of = link_offers([listing(1, "浈江区"), listing(2, None), listing(3, "始兴县")]).property_of  # type: ignore[list-item]
    assert property_of[1] != property_of[3]


# Units and shops --------------------------------------------------------------------------------------------------


def test_one_size_does_not_tell_in_which_of_two_units_a_room_is() -> None:
    with_unit, without = (
        made(n, f"枫林一品21号楼{unit}402室", floor_area=9_540) for n, unit in ((1, "3单元"), (2, ""))
    )

    assert judged(with_unit, without, Surroundings(2, room_unit_count=2)) is not Judgement.SAME
    assert judged(with_unit, without, Surroundings(2, room_unit_count=1)) is Judgement.SAME


def test_one_case_does_not_tell_two_flats_of_two_units_apart_but_their_next_price_does() -> None:
    """A debtor's flats are sold in one case; 201 of two units, whose titles leave the unit out (泉州, made up)."""
    told = {"case_number": "（2026）苏0803执1号", "round_kind": "first_auction", "floor_area": 13_165}
    first = made(1, "同心华城4幢201室", starting_price=3_958_101, **told)
    beside = Surroundings(4, room_unit_count=2)

    sibling = made(2, "同心华城4幢201室", **told | {"starting_price": 4_368_845, "round_kind": None})
    assert judged(first, sibling, beside) is not Judgement.SAME
    later = {"starting_price": 3_166_480, "round_kind": "second_auction", "starts_at": "2026-09-25T02:00:00Z"}
    assert judged(first, made(3, "同心华城4幢201室", **told | later), beside) is Judgement.SAME


def test_a_shop_and_what_is_of_unknown_kind_are_not_joined_by_their_number_alone() -> None:
    shop = made(1, "望江雅苑5幢101号", property_kind="shop")

    assert judged(shop, made(2, "望江雅苑5幢101号")) is not Judgement.SAME
    assert judged(made(3, "望江雅苑5幢101号"), made(2, "望江雅苑5幢101号")) is Judgement.SAME
    sized = made(4, "望江雅苑5幢101号", floor_area=7_252)
    assert judged(shop._replace(floor_area=7_252), sized) is Judgement.SAME


# Procedures and houses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "is_surely"), [("2026-10-30", True), ("2026-12-10", True), ("2027-01-20", False), ("2027-03-20", False)]
)
def test_a_second_auction_months_later_may_be_that_of_the_next_procedure(day: str, is_surely: bool) -> None:
    first = made(1, "海城花苑4幢204室", round_kind="first_auction")
    second = made(2, "海城花苑4幢204室", round_kind="second_auction", starts_at=f"{day}T02:00:00Z")

    assert are_of_one_procedure(first, second)
    assert are_surely_of_one_procedure(first, second) is is_surely
    case = "2026苏0803执1"
    assert are_surely_of_one_procedure(first._replace(case_number=case), second._replace(case_number=case))


def test_a_house_whose_size_is_mistyped_is_one_by_the_price_that_the_law_lets_it_fall_to() -> None:
    told = {"appraisal_price": 2_673_999, "case_number": "（2026）苏0803执773号", "property_kind": "house"}
    first = made(1, "解放路22号", floor_area=9_950, round_kind="first_auction", starting_price=2_416_984, **told)
    later = {"round_kind": "second_auction", "starts_at": "2026-10-01T02:00:00Z"}

    assert (
        judged(first, made(2, "解放路22号", floor_area=14_215, starting_price=1_933_587, **told | later))
        is Judgement.SAME
    )
    other = made(3, "解放路22号", floor_area=14_215, starting_price=2_100_000, **told | later)
    assert judged(first, other) is not Judgement.SAME


def test_the_two_words_of_a_bank_for_one_house_are_one_and_those_of_a_court_are_not() -> None:
    """兰州银行 offered it twice, at 6,278,900 and 6,240,734.15 yuan (JD Jiangsu, 2020)."""
    told = {"city": "泰州市", "district": "兴化市", "region_code": "321281", "source": "jd_assets", "seller_name": None}
    title = "兰州银行-江苏省兴化市合陈镇昌自建房"
    one, other = (made(n, title, property_kind="house", starts_at=None, **told) for n in (1, 2))

    assert judged(one, other) is Judgement.SAME
    unsaid = [each._replace(wording="江苏省兴化市合陈镇昌自建房一处") for each in (one, other)]
    assert judged(unsaid[0], unsaid[1]) is not Judgement.SAME
    assert judged(one._replace(kind=None), other._replace(kind=None)) is not Judgement.SAME
