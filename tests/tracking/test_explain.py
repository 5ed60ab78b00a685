"""What a sceptical buyer is told of two listings: homes of Fujian (2026), of Chongqing (2018) and of CAIXA (2021)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copy

import pytest
from sqlalchemy import Engine
from store_help import begin, look, record_all

from crawler.capture import Capture
from crawler.intake.mapping import load_mapping
from store.engine import open_engine, reading, writing
from store.statement import Statement
from store.terms import Currency, Judgement, PropertyKind, RoundKind, RoundStatus, SellerKind
from tracking.explain import explain_pair
from tracking.linking import link_database
from tracking.words import add_word

FIXTURES = Path(__file__).parents[2] / "fixtures"
FUJIAN = FIXTURES / "demo" / "jd-fujian-rounds-2026-09-04.csv"
BANK = FIXTURES / "demo" / "br_caixa" / "2021-07-28_PI.csv"
NOW = datetime(2026, 9, 5, tzinfo=UTC)


def office(title: str, **values: object) -> Statement:
    """An office of a court in Chongqing, as a project wrote it down without days."""
    return Statement(
        title=title,
        city="重庆市",
        currency=Currency.CNY,
        seller_name="重庆市渝北区人民法院",
        seller_kind=SellerKind.COURT,
        raw="{}",
        **values,  # type: ignore[arg-type]
    )


TWIN = "重庆市北部新区金开大道99号7幢1-{}办公用房"
OFFICES = {
    "572805787057": office(
        f"【第一次拍卖】{TWIN.format(3)}",
        round_kind=RoundKind.FIRST_AUCTION,
        status=RoundStatus.FAILED,
        appraisal_price=3_110_300_00,
    ),
    "577386427794": office(
        f"【第二次拍卖】{TWIN.format(3)}",
        round_kind=RoundKind.SECOND_AUCTION,
        status=RoundStatus.FAILED,
        appraisal_price=3_110_300_00,
    ),
    "572810363009": office(
        f"【第一次拍卖】{TWIN.format(4)}", round_kind=RoundKind.FIRST_AUCTION, status=RoundStatus.FAILED
    ),
}


@pytest.fixture(scope="module")
def homes(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("homes")
    engine = open_engine(f"sqlite:///{copy(sqlite_template, folder / 'homes.sqlite')}")
    list(Capture(engine, folder / "jd", [FUJIAN], load_mapping("jd-fujian-2026")))
    list(Capture(engine, folder / "bank", [BANK]))
    begin(engine)
    record_all(engine, [look(0, OFFICES)])
    link(engine)
    return engine


def link(engine: Engine) -> None:
    with writing(engine) as connection:
        link_database(connection, NOW)


def told(engine: Engine, one: str, other: str) -> list[str]:
    with reading(engine) as connection:
        return explain_pair(connection, one, other)


def test_two_rounds_are_told_with_the_gap_the_cut_and_what_the_law_allows(homes: Engine) -> None:
    lines = told(homes, "jd_judicial:311215642", "jd_judicial:311018607")
    assert lines[0].endswith(
        ", the second follows the first as next round, 22 days after it ended, at 80.0% of its price "
        "(the law allows no less than 80%)"
    )
    assert lines[1].startswith(
        "jd_judicial:311018607 城东街道庄任社区海城花苑4、5号楼4-3204的房产 [first_auction, failed"
    )
    assert "CNY 1,062,000, 128.03 m2]: " in lines[1]
    assert "building 4 (4-3204), room 3204 (4-3204)" in lines[2]
    assert lines[3].startswith(
        "they agree in: compound 海城花苑; building 4; room 3204; 128.03 m2; two rounds of 南安市人民法院; "
    )
    assert lines[3].endswith(" points, 10 are enough)")
    assert len(lines) == 4


def test_a_sell_off_is_told_to_follow_the_second_auction_at_its_price(homes: Engine) -> None:
    (verdict, *_) = told(homes, "jd_judicial:311098843", "jd_judicial:311218636")
    assert "follows the first as sell off after failure" in verdict
    assert "at the same price (the law allows no less than 100%)" in verdict


def test_neighbouring_shops_of_one_price_and_one_area_are_apart_by_their_rooms(homes: Engine) -> None:
    lines = told(homes, "jd_judicial:311009266", "jd_judicial:311009280")
    assert lines[0].startswith("two homes: numbers ")
    assert lines[3] == "never one: room 5 against 6"
    assert "; appraisal 287,346; 64.66 m2; " in lines[4]
    assert len(lines) == 5


def test_near_twins_are_apart_and_rounds_of_one_of_them_together(homes: Engine) -> None:
    twins = told(homes, "s:572805787057", "s:572810363009")
    assert twins[0].startswith("two homes: ")
    assert twins[3:] == [
        "never one: room 3 against 4",
        "they agree in: 金开大道 99; building 7; seller 重庆市渝北区人民法院",
    ]
    rounds = told(homes, "s:572805787057", "s:577386427794")
    assert rounds[0].endswith(", the second follows the first as next round")
    assert "room 3 on floor 1; appraisal 3,110,300; " in rounds[3]


def test_an_id_of_caixa_is_one_home_by_itself_and_two_ids_never_are(homes: Engine) -> None:
    one = told(homes, "br_caixa:8444404205810", "br_caixa:8444404205810:1")
    assert one[0].startswith("one listing, so one home: br_caixa keeps its number through all attempts to sell it; ")
    two = told(homes, "br_caixa:8444404205810", "br_caixa:8063800003219")
    assert two[3].startswith("never one: br_caixa has two numbers for them: ")


def test_homes_without_anything_in_common_are_told_so(homes: Engine) -> None:
    lines = told(homes, "s:572805787057", "jd_judicial:311018607")
    assert lines[3].startswith("never one: ")
    assert lines[4] == "they agree in: nothing that both tell"


def in_database_of_offices(new_engine: Callable[[], Engine], said: dict[str, Statement]) -> Engine:
    engine = new_engine()
    begin(engine)
    record_all(engine, [look(0, said)])
    link(engine)
    return engine


def decide(engine: Engine, one: str, other: str, judgement: Judgement) -> None:
    with writing(engine) as connection:
        add_word(connection, (one, other), judgement, "me", "seen there", NOW)
        link_database(connection, NOW)


def test_a_persons_word_stands_before_what_the_listings_tell(new_engine: Callable[[], Engine]) -> None:
    engine = in_database_of_offices(new_engine, OFFICES)
    decide(engine, "s:572805787057", "s:572810363009", Judgement.SAME)
    lines = told(engine, "s:572805787057", "s:572810363009")
    assert lines[0].startswith("one home: number ")
    assert lines[3:5] == ["me decided on 2026-09-05: same (seen there)", "against it: room 3 against 4"]


def test_the_way_over_a_third_listing_is_told_by_its_names(new_engine: Callable[[], Engine]) -> None:
    """A title that tells no room is joined to one by a person, and so to its other round."""
    said = OFFICES | {"9": office("重庆市北部新区金开大道某办公用房", round_kind=RoundKind.SELL_OFF)}
    engine = in_database_of_offices(new_engine, said)
    decide(engine, "s:9", "s:577386427794", Judgement.SAME)
    lines = told(engine, "s:9", "s:572805787057")
    assert lines[0].startswith("one home: ")
    assert lines[-2].startswith("joined through: ")
    assert {
        "s:9 and s:577386427794 are one, says me: seen there",
        "s:577386427794 and s:9 are one, says me: seen there",
    } & {line.removeprefix("joined through: ") for line in lines[-2:]}
    assert any("s:572805787057 and s:577386427794 are one: " in line for line in lines[-2:])


def test_a_pair_in_doubt_is_told_with_what_is_lacking(new_engine: Callable[[], Engine]) -> None:
    """Shops at a street number of Wuxi of a bank that names no room (JD, 2020): in the same days they may be two."""
    bank = {"city": "无锡市", "currency": Currency.CNY, "seller_name": "平安银行总行资产拍卖", "raw": "{}"}
    bank |= {"starts_at": NOW, "ends_at": NOW + timedelta(days=1)}
    said = {
        "14": Statement(title="江苏无锡汉江北路170号", property_kind=PropertyKind.SHOP, **bank),  # type: ignore[arg-type]
        "116": Statement(title="汉江北路170号房产", **bank),  # type: ignore[arg-type]
    }
    lines = told(in_database_of_offices(new_engine, said), "s:14", "s:116")
    assert lines[0].startswith("two homes: ")
    assert lines[3] == "in doubt, and so apart: the room is not told"
    assert lines[4].startswith("they agree in: the whole house; 汉江北路 170; ")


def sold(title: str, price: int, area: int, district: str | None = None, appraisal: int | None = None) -> Statement:
    """A home of a list of homes sold again, which tells no day (Ali, 2015 to 2026)."""
    return Statement(
        title=title,
        district=district,
        currency=Currency.CNY,
        status=RoundStatus.SOLD,
        starting_price=price * 100,
        floor_area=area,
        appraisal_price=appraisal,
        raw="{}",
    )


@pytest.mark.parametrize("asked", [("1", "2"), ("2", "1")])
def test_a_size_that_is_far_off_is_told_against_a_home_of_which_no_day_is_told(
    new_engine: Callable[[], Engine], asked: tuple[str, str]
) -> None:
    door = "江苏省南京市秦淮区龙蟠南路33号20幢2单元1203室"
    said = {"1": sold(door, 2_350_000, 8_426, "秦淮区"), "2": sold(door, 2_576_500, 16_569, "秦淮区")}
    lines = told(in_database_of_offices(new_engine, said), *(f"s:{each}" for each in asked))
    assert lines[0].endswith("attempts 1 and 2 of 2, the dearer one first: no day is told, at 91.2% of its price")
    assert lines[1].startswith("s:2 ")
    assert lines[3] == "against it: 84.26 m2 against 165.69, mistyped or measured in two ways"
    assert lines[4].startswith("they agree in: 龙蟠南路 33; building 20; room 1203; unit 2")


@pytest.mark.parametrize("asked", [("1", "2"), ("2", "1")])
def test_what_differs_is_told_against_a_pair_in_doubt_from_either_side(
    new_engine: Callable[[], Engine], asked: tuple[str, str]
) -> None:
    door = "唐城明珠南苑12幢261室房产"
    said = {
        "1": sold(door, 494_894, 17_712, appraisal=727_786_00),
        "2": sold(door, 504_702, 18_063, appraisal=742_209_00),
    }
    lines = told(in_database_of_offices(new_engine, said), *(f"s:{each}" for each in asked))
    assert lines[3] == "in doubt, and so apart: what differs leaves 9 of the 10 points that a home takes"
    assert lines[4] in {"against it: 177.12 m2 against 180.63", "against it: 180.63 m2 against 177.12"}


def test_a_road_and_a_compound_that_size_and_door_make_one_place_are_named_both(
    new_engine: Callable[[], Engine],
) -> None:
    place = {"city": "厦门市", "district": "思明区", "currency": Currency.CNY, "floor_area": 13_184, "raw": "{}"}
    said = {
        "1": Statement(title="厦门市思明区人民街249号10幢504室", **place),  # type: ignore[arg-type]
        "2": Statement(title="厦门市思明区清华广场10幢504室", **place),  # type: ignore[arg-type]
    }
    lines = told(in_database_of_offices(new_engine, said), "s:1", "s:2")
    assert lines[0].startswith("one home: ")
    assert "人民街 249 and 清华广场 are one place by size and door (10 points, 10 are enough)" in lines[3]


def test_before_linking_the_pair_is_told_to_be_not_linked(new_engine: Callable[[], Engine]) -> None:
    engine = new_engine()
    begin(engine)
    record_all(engine, [look(0, OFFICES)])
    assert told(engine, "s:572805787057", "s:577386427794")[0] == "not linked yet: run fapai link"


def test_a_lot_of_several_homes_is_told_by_their_rooms(new_engine: Callable[[], Engine]) -> None:
    lot = "江西省抚州市临川区青云峰路41号(金巢华城)3幢307，308，309室"
    said = {"1": sold(lot, 216_000, 17_337, "临川区"), "2": sold(lot, 216_000, 17_337, "临川区")}
    lines = told(in_database_of_offices(new_engine, said), "s:1", "s:2")
    assert "which was first is not told, at the same price" in lines[0]
    assert lines[1].endswith("building 3 (3幢), 3 homes: 307, 308, 309")


def test_rooms_that_are_counted_on_each_floor_agree_with_their_floor(new_engine: Callable[[], Engine]) -> None:
    door = "浙江省宁波市江北区北岸财富中心8幢5-2室"
    said = {"1": sold(door, 2_950_150, 46_212, "江北区"), "2": sold(door, 2_950_150, 42_804, "江北区")}
    lines = told(in_database_of_offices(new_engine, said), "s:1", "s:2")
    assert lines[0].startswith("one home")
    assert lines[4].startswith("they agree in: compound 北岸财富中心; building 8; room 2 on floor 5; start 2,950,150")
