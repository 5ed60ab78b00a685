"""Which homes are compared: the nearest first, alike in kind and size, whole, sold of late or on offer now."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from sqlalchemy import Engine
from store_help import begin
from typer.testing import CliRunner

from fapai.__main__ import app
from reporting.buyer.comparables import Comparables, Comparison, fold_district
from reporting.buyer.deals import Deal, DealQuestion, find_deals
from reporting.buyer.ground import load_ground
from reporting.filters import parse_filters
from store.engine import open_engine, reading
from store.statement import Context, MarketPrice, Statement
from store.terms import Currency, PropertyKind, RoundStatus
from tests.reporting.buyer.buyer_help import TODAY, court_flat, fill, link, record, sold_flat

FIXTURES = Path(__file__).parents[3] / "fixtures" / "mappings"
COMPOUND = "福州市闽侯县南屿镇乌龙江南大道58号南屿滨江城{}号楼2809单元"

SOLD_IN_JINAN = (  # 晋安区, as published on 2026-09-04: title, hundredths of a sqm, fen, end
    ("鼓山镇洋里路23号六一佳园（绕城高速6#安置地）3#楼2204单元", 12139, 75982800, "2026-09-04T02:22"),
    ("鼓山镇秀坂路169号世茂璀璨天成小区（南院）2#楼2306复式单元", 9337, 183000000, "2026-08-28T02:27"),
    ("新店镇桂山路100号正荣璟园（正荣府）A8#楼3007复式单元", 8872, 128000000, "2026-08-28T02:00"),
    ("新店镇南平东路58号浮村新城（二区）（一期）6#楼904单元", 13752, 118016800, "2026-08-28T02:00"),
    ("新店镇秀峰路219号冠茂芳洲苑3#楼503单元", 11245, 107052400, "2026-08-28T02:00"),
)
JINAN = {"district": "晋安区", "region_code": "350111"}


def sold(number: int, yuan: float, **values: Any) -> Statement:
    return sold_flat(f"福州市闽侯县上街镇国宾大道{number}号{number}幢101室", yuan, **values)


def in_compound(number: int, yuan: float, **values: Any) -> Statement:
    return sold_flat(COMPOUND.format(number), yuan, **values)


def compare(engine: Engine, said: dict[str, Statement]) -> Comparison | None:
    fill(engine, said)
    with reading(engine) as connection:
        ground = load_ground(connection, TODAY)
    (asked,) = (each for each in ground.attempts if each.offer.source_id == "asked")
    return Comparables(ground).compare(asked)


ASKED = court_flat(COMPOUND.format(49), 700_000)


def test_sold_homes_of_one_district_give_the_median_of_their_unit_prices(engine: Engine) -> None:
    homes = {
        str(number): court_flat(
            title,
            1,
            **JINAN,
            floor_area=area,
            hammer_price=hammer,
            status=RoundStatus.SOLD,
            starts_at=None,
            ends_at=datetime.fromisoformat(end).replace(tzinfo=UTC),
        )
        for number, (title, area, hammer, end) in enumerate(SOLD_IN_JINAN)
    }
    asked = court_flat("新店镇山北路381号奥林匹克花园二期D2-4#楼501单元", 1_108_155, **JINAN, floor_area=112_00)
    found = compare(engine, {"asked": asked, **homes})
    expected = median(Fraction(hammer, area) * 100 for _, area, hammer, _ in SOLD_IN_JINAN)
    assert found == Comparison(round(expected), 5, "sold, district")


def test_the_same_compound_goes_before_the_district(engine: Engine) -> None:
    near = {f"n{number}": in_compound(number, 1_500_000) for number in range(1, 6)}
    far = {f"f{number}": sold(number, 800_000) for number in range(1, 20)}
    assert compare(engine, {"asked": ASKED, **near, **far}) == Comparison(15_000_00, 5, "sold, compound")


def test_too_few_of_the_compound_leave_it_to_the_district(engine: Engine) -> None:
    near = {f"n{number}": in_compound(number, 1_500_000) for number in range(1, 3)}
    far = {f"f{number}": sold(number, 800_000) for number in range(1, 8)}
    assert compare(engine, {"asked": ASKED, **near, **far}) == Comparison(8_000_00, 9, "sold, district")


def test_prices_on_offer_stand_in_where_too_few_were_sold(engine: Engine) -> None:
    offers = {
        f"o{number}": court_flat(f"福州市闽侯县上街镇国宾大道{number}号{number}幢101室", 900_000)
        for number in range(1, 7)
    }
    assert compare(engine, {"asked": ASKED, **offers}) == Comparison(9_000_00, 6, "offered, district")


@pytest.mark.parametrize(
    "values",
    [
        {"floor_area": 125_01},
        {"floor_area": 74_99},
        {"floor_area": None},
        {"property_kind": PropertyKind.HOUSE},
        {"property_kind": None},
        {"district": "晋安区"},
        {"district": None},
        {"city": "泉州市"},
        {"share": "1/2"},
        {"unit_count": 3},
        {"status": RoundStatus.DEFAULTED},
        {"status": RoundStatus.FAILED},
        {"hammer_price": None},
        {"starts_at": None, "ends_at": None},
        {"starts_at": None, "ends_at": datetime(2024, 9, 3, tzinfo=UTC)},
    ],
)
def test_a_home_that_is_not_alike_is_not_compared(engine: Engine, values: dict[str, Any]) -> None:
    alike = {f"a{number}": sold(number, 1_000_000) for number in range(1, 5)}
    found = compare(engine, {"asked": ASKED, **alike, "odd": sold(9, 1_000_000, **values)})
    assert found is not None
    assert (found.unit_price, found.home_count) == (None, 4)


@pytest.mark.parametrize("area", [125_00, 75_00])
def test_the_edges_of_the_band_of_areas_belong_to_it(engine: Engine, area: int) -> None:
    homes = {f"a{number}": sold(number, 1_000_000, floor_area=area) for number in range(1, 6)}
    found = compare(engine, {"asked": ASKED, **homes})
    assert found is not None
    assert found.home_count == 5


def test_a_home_is_never_compared_with_its_own_earlier_sale_and_counts_once(engine: Engine) -> None:
    begin(engine)
    case = {"case_number": "(2025)闽0121执1号", "appraisal_price": 1_000_000_00}
    before = {"starts_at": None, "ends_at": datetime(2026, 1, 8, 2, tzinfo=UTC)}
    own = in_compound(49, 1_000_000, **case, **before)
    twice = {"x": in_compound(7, 900_000, **before), "y": in_compound(7, 1_100_000)}
    others = {f"a{number}": in_compound(number, 1_000_000) for number in range(1, 5)}
    record(engine, {"own": own, **twice, **others, "asked": ASKED._replace(**case)})
    link(engine)
    with reading(engine) as connection:
        ground = load_ground(connection, TODAY)
    (asked,) = (each for each in ground.attempts if each.offer.source_id == "asked")
    found = Comparables(ground).compare(asked)
    assert found is not None
    assert found.home_count == 5
    assert found.unit_price == 10_000_00


def test_names_of_districts_are_one_with_and_without_their_kind() -> None:
    assert fold_district("闵行区") == fold_district("闵行")
    assert fold_district("沙田區") == fold_district("沙田")
    assert fold_district("城区") == "城区"  # two signs are a name


def priced(engine: Engine, home: Statement, *prices: MarketPrice, as_of: str = "2026-09-04") -> Deal:
    begin(engine)
    record(engine, {"1": home})
    record(engine, {}, source="t", days=-10, context=Context((), prices))
    link(engine)
    with reading(engine) as connection:
        (deal,) = find_deals(connection, DealQuestion(parse_filters(as_of=as_of))).rows
    return deal


def quote(period: str, yuan: int, **values: Any) -> MarketPrice:
    told: dict[str, Any] = {"city": "福州市", "district": "闽侯"}
    return MarketPrice("南屿滨江城", period, yuan * 100, Currency.CNY, "asking", **told | values)


def test_a_market_price_is_the_latest_of_the_day_with_its_source_and_its_number(engine: Engine) -> None:
    prices = quote("2026-07-01", 9_000), quote("2026-08-01", 10_000), quote("2026-10-01", 11_000)
    deal = priced(engine, ASKED, *prices)
    assert (deal.market_discount_percent, deal.market_count) == (30, 1)
    assert deal.market_against == "t, asking, 2026-08-01"


@pytest.mark.parametrize(
    "values",
    [{"district": "晋安"}, {"city": "泉州"}, {"city": None}, {"currency": Currency.HKD}, {"place": "滨江花园"}],
)
def test_a_market_price_of_another_place_or_currency_is_none(engine: Engine, values: dict[str, Any]) -> None:
    assert priced(engine, ASKED, quote("2026-08-01", 10_000)._replace(**values)).market_discount_percent is None


def test_the_market_price_of_a_flat_is_not_held_against_a_share_of_it(engine: Engine) -> None:
    half = ASKED._replace(share="1/2", appraisal_price=1_000_000_00)
    assert priced(engine, half, quote("2026-08-01", 10_000)).market_discount_percent is None


def test_agents_of_hong_kong_mean_the_saleable_area(engine: Engine) -> None:
    told = {"city": "香港", "district": "中西區"}
    home = court_flat(
        "薄扶林道89號寶翠園3座30樓A室", 7_000_000, **told, currency=Currency.HKD, region_code="HK", private_area=50_00
    )
    price = MarketPrice("寶翠園 1期", "2026-08", 283_973_48, Currency.HKD, "deals", **told)
    deal = priced(engine, home, price)
    assert deal.market_price == 14_198_674


def test_a_published_price_of_a_compound_in_shanghai_meets_a_flat_in_it(new_sqlite_url: Any) -> None:
    url = new_sqlite_url()
    words = [
        "capture",
        "--quiet",
        "--db",
        url,
        "--mapping",
        "lianjia-communities",
        str(FIXTURES / "lianjia-communities"),
    ]
    assert CliRunner().invoke(app, words).exit_code == 0
    told = {"city": "上海市", "district": "黄浦区", "region_code": "310101", "floor_area": 50_00}
    home = court_flat("上海市黄浦区打浦路88弄永业公寓3号501室", 4_921_200, **told)
    engine = open_engine(url)
    begin(engine)
    record(engine, {"1": home})
    link(engine)
    with reading(engine) as connection:
        (deal,) = find_deals(connection, DealQuestion(TODAY)).rows
    engine.dispose()
    assert (deal.market_price, deal.market_discount_percent) == (50 * 123_050, Decimal("20.01"))
    assert deal.market_against == "lianjia, asking, 2018-10-07"
