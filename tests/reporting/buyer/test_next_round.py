"""What comes next: the band and the days of the law, and how often rounds alike failed."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import Engine
from store_help import begin

from reporting.buyer.failures import LEAST_ROUNDS, NORMAL_95, wilson
from reporting.buyer.next_round import Outlook, OutlookLine, next_round
from reporting.filters import parse_filters
from store.engine import reading
from store.statement import Statement
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind
from tests.reporting.buyer.buyer_help import court_flat, fill, link, record, table_text

HOME = "福州市闽侯县南屿镇乌龙江南大道58号南屿滨江城49号楼2809单元"
ENDED = datetime(2026, 8, 28, 2, tzinfo=UTC)


def ended_rounds(failed: int, sold: int, start: int = 0, **values: Any) -> dict[str, Statement]:
    """First auctions of other flats in the same district that ended a week ago."""
    statuses = [RoundStatus.FAILED] * failed + [RoundStatus.SOLD] * sold
    return {
        f"{start + number}-{status}": court_flat(
            f"福州市闽侯县上街镇国宾大道{start + number}号{start + number}幢101室",
            500_000 + number,
            **{"status": status, "starts_at": None, "ends_at": ENDED, **values},
        )
        for number, status in enumerate(statuses, 1)
    }


def outlook(engine: Engine, name: str = "s:home", as_of: str = "2026-09-04") -> Outlook:
    with reading(engine) as connection:
        return next_round(connection, name, parse_filters(as_of=as_of))


def told(engine: Engine, name: str = "s:home") -> Mapping[str, OutlookLine]:
    return {line.fact: line for line in outlook(engine, name).rows}


def test_after_a_first_auction_the_second_may_start_a_fifth_lower(engine: Engine) -> None:
    lines = told(fill(engine, {"home": court_flat(HOME, 1_062_000)}))
    assert lines["next_round"].value is RoundKind.SECOND_AUCTION
    assert (lines["lowest_price"].value, lines["highest_price"].value) == (849_600, 1_062_000)
    assert lines["lowest_price"].why == "法释〔2016〕18号 art. 26"
    assert lines["earliest_on"].value == date(2026, 10, 7)  # 15 days of notice after 2026-09-22
    assert "15 days of notice" in lines["earliest_on"].why


def test_a_round_without_a_name_has_its_place_from_the_chain(engine: Engine) -> None:
    case = {"case_number": "(2025)闽0121执1号", "appraisal_price": 1_250_000_00}
    first = court_flat(HOME, 1_062_000, **case, status=RoundStatus.FAILED, starts_at=None, ends_at=ENDED)
    lines = told(fill(engine, {"home": first, "second": court_flat(HOME, 849_600, **case, round_kind=None)}))
    assert lines["next_round"].value is RoundKind.SELL_OFF


def test_a_sell_off_is_at_the_start_of_the_last_auction(engine: Engine) -> None:
    case = {"case_number": "(2025)闽0121执1号", "appraisal_price": 1_250_000_00}
    first = court_flat(HOME, 1_062_000, **case, status=RoundStatus.FAILED, starts_at=None, ends_at=ENDED)
    second = court_flat(HOME, 849_600, **case, round_kind=RoundKind.SECOND_AUCTION)
    lines = told(fill(engine, {"home": first, "second": second}))
    assert lines["round"].value is RoundKind.SECOND_AUCTION
    assert lines["next_round"].value is RoundKind.SELL_OFF
    assert lines["lowest_price"].value == lines["highest_price"].value == 849_600


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"round_kind": RoundKind.SELL_OFF}, "this is the last round"),
        ({"status": RoundStatus.SOLD, "hammer_price": 1}, "this one is sold"),
        ({"status": RoundStatus.WITHDRAWN}, "this one is withdrawn"),
        ({"seller_kind": SellerKind.STATE_BANK, "round_kind": RoundKind.DIRECT_SALE}, "the seller alone says"),
        (
            {
                "seller_kind": SellerKind.STATE_BANK,
                "currency": Currency.BRL,
                "region_code": "BR-SP",
                "round_kind": RoundKind.OPEN_TENDER,
            },
            "the seller alone says",
        ),
        ({"starting_price": None}, "the price is not known"),
        ({"round_kind": None, "appraisal_price": 1_785_714_00}, "nobody tells which round this is"),  # 56 %: no first
        ({"round_kind": RoundKind.REPEAT_AUCTION}, "nobody tells which round this is"),
    ],
)
def test_where_nothing_follows_by_law_the_reason_is_told(engine: Engine, values: dict[str, Any], why: str) -> None:
    lines = told(fill(engine, {"home": court_flat(HOME, 1_000_000, **values)}))
    assert lines["next_round"].value is None
    assert ("not told" in lines["round"].why) == (why == "nobody tells which round this is")
    assert why in lines["next_round"].why
    assert "lowest_price" not in lines


def test_the_chance_to_fail_is_that_of_rounds_alike_in_the_district(engine: Engine) -> None:
    alike = ended_rounds(24, 16)
    elsewhere = ended_rounds(0, 40, 100, district="晋安区", region_code="350111")
    lines = told(fill(engine, {"home": court_flat(HOME, 1_000_000), **alike, **elsewhere}))
    assert lines["chance_to_fail_percent"].value == Decimal("60.00")
    assert lines["chance_to_fail_percent"].why == "24 of 40 failed: first_auction, flat, 福州市 闽侯县"
    assert (lines["chance_lowest_percent"].value, lines["chance_highest_percent"].value) == (
        Decimal("44.60"),  # statsmodels 0.14: proportion_confint(24, 40, method="wilson")
        Decimal("73.65"),
    )
    assert (lines["rounds_counted"].value, lines["rounds_ended"].value) == (40, 40)


def test_the_place_widens_to_the_city_where_the_district_has_too_few(engine: Engine) -> None:
    few = ended_rounds(10, LEAST_ROUNDS - 11)
    more = ended_rounds(1, 0, 100, district="晋安区", region_code="350111")
    lines = told(fill(engine, {"home": court_flat(HOME, 1_000_000), **few, **more}))
    assert lines["chance_to_fail_percent"].why.endswith("first_auction, flat, 福州市")
    assert lines["rounds_counted"].value == LEAST_ROUNDS


def test_under_the_threshold_there_is_no_chance_but_insufficient_data(engine: Engine) -> None:
    found = fill(engine, {"home": court_flat(HOME, 1_000_000), **ended_rounds(20, LEAST_ROUNDS - 21)})
    lines = told(found)
    assert lines["chance_to_fail_percent"].value is None
    assert lines["chance_lowest_percent"].value is None
    assert lines["chance_to_fail_percent"].shown == "insufficient data"
    assert lines["rounds_counted"].value == LEAST_ROUNDS - 1
    assert "insufficient data" in table_text(outlook(found))


@pytest.mark.parametrize(
    "values",
    [
        {"property_kind": PropertyKind.SHOP},
        {"property_kind": None},
        {"round_kind": RoundKind.SECOND_AUCTION},
        {"ends_at": ENDED - timedelta(days=731)},
        {"ends_at": datetime(2026, 9, 20, tzinfo=UTC)},
    ],
)
def test_rounds_that_are_not_alike_are_not_counted(engine: Engine, values: dict[str, Any]) -> None:
    lines = told(fill(engine, {"home": court_flat(HOME, 1_000_000), **ended_rounds(20, 20, **values)}))
    assert lines["rounds_counted"].value == 0


def test_withdrawn_rounds_and_unknown_results_are_counted_apart(engine: Engine) -> None:
    known = ended_rounds(15, 15)
    withdrawn = ended_rounds(3, 0, 100, status=RoundStatus.WITHDRAWN)
    unknown = ended_rounds(2, 0, 200, status=RoundStatus.ENDED)
    lines = told(fill(engine, {"home": court_flat(HOME, 1_000_000), **known, **withdrawn, **unknown}))
    assert lines["chance_to_fail_percent"].value == 50
    assert lines["rounds_ended"].value == 35
    assert lines["rounds_ended"].why == "30 sold or failed, 3 withdrawn, 2 of unknown result"


def test_withdrawn_rounds_do_not_help_over_the_threshold(engine: Engine) -> None:
    known = ended_rounds(15, LEAST_ROUNDS - 16)
    withdrawn = ended_rounds(9, 0, 100, status=RoundStatus.WITHDRAWN)
    lines = told(fill(engine, {"home": court_flat(HOME, 1_000_000), **known, **withdrawn}))
    assert lines["chance_to_fail_percent"].value is None
    assert lines["rounds_ended"].value == LEAST_ROUNDS + 8


def test_its_own_earlier_rounds_tell_nothing_of_a_home(engine: Engine) -> None:
    before = {"status": RoundStatus.FAILED, "starts_at": None, "ends_at": datetime(2025, 3, 1, 2, tzinfo=UTC)}
    own = court_flat(HOME, 1_000_000, case_number="(2024)闽0121执9号", appraisal_price=1_250_000_00, **before)
    again = court_flat(HOME, 1_000_000, case_number="(2026)闽0121执1号", appraisal_price=1_250_000_00)
    found = fill(engine, {"old": own, "home": again, **ended_rounds(20, 20)})
    lines = told(found)
    assert lines["round"].why.startswith("procedure 2, round 1")
    assert lines["rounds_counted"].value == 40


def test_a_round_shown_on_two_platforms_counts_once(engine: Engine) -> None:
    case = {"case_number": "(2025)闽0121执7号", "appraisal_price": 700_000_00}
    rounds = ended_rounds(20, 20)
    shown = court_flat("福州市闽侯县上街镇国宾大道900号9幢101室", 500_000, status=RoundStatus.FAILED, **case)
    shown = shown._replace(starts_at=ENDED - timedelta(days=1), ends_at=ENDED)
    begin(engine)
    record(engine, {"home": court_flat(HOME, 1_000_000), "shown": shown, **rounds})
    record(engine, {"shown": shown}, source="t")
    link(engine)
    assert told(engine)["rounds_counted"].value == 41


def test_the_last_named_round_of_taiwan_is_followed_by_later_ones(engine: Engine) -> None:
    taiwan = {"currency": Currency.TWD, "region_code": "TW-MIA", "city": "苗栗縣", "district": "苑裡"}
    home = court_flat("苗栗縣苑裡鎮中正路12號", 5_170_000, **taiwan, round_kind=RoundKind.THIRD_AUCTION, round_number=3)
    lines = told(fill(engine, {"home": home}))
    assert lines["next_round"].value is RoundKind.LATER_AUCTION
    assert (lines["lowest_price"].value, lines["highest_price"].value) == (4_136_000, 5_170_000)


def test_without_its_kind_a_home_is_like_no_other(engine: Engine) -> None:
    home = court_flat(HOME, 1_000_000, property_kind=None)
    lines = told(fill(engine, {"home": home, **ended_rounds(20, 20, property_kind=None)}))
    assert lines["chance_to_fail_percent"].value is None
    assert "not known" in lines["chance_to_fail_percent"].why


def test_questions_about_the_home_stand_beneath(engine: Engine) -> None:
    home = court_flat(HOME, 650_000, appraisal_price=1_000_000_00)
    assert "question, under_floor: starts at 65.00 % of the appraisal" in table_text(
        outlook(fill(engine, {"home": home}))
    )


@given(known=some.integers(1, 5_000), share=some.floats(0, 1))
def test_the_ends_of_the_interval_are_the_shares_from_which_the_sample_is_just_not_odd(
    known: int, share: float
) -> None:
    """Wilson's interval by its definition: at its ends the sample lies 1.96 standard errors away."""
    failed = round(known * share)
    low, high = wilson(failed, known)
    assert 0 <= low <= failed / known + 1e-9
    assert failed / known - 1e-9 <= high <= 1
    for end in (low, high):
        distance, error = (failed / known - end) ** 2, end * (1 - end) / known
        assert abs(distance - NORMAL_95**2 * error) < 1e-9
