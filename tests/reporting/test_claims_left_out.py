"""What a bank asks for a debt is no bargain of a home: claims stand in no report on homes unless asked for."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from reporting.buyer.deals import DealQuestion, find_deals
from reporting.buyer.upcoming import UpcomingQuestion, find_upcoming
from reporting.filters import Filters, parse_filters
from reporting.repeats import RepeatQuestion, repeats
from reporting.survival import SurvivalQuestion, time_to_sale
from reporting.tables import Tabular
from store.terms import PropertyKind, RoundKind, RoundStatus, SellerKind
from tests.reporting.statistics.statistics_help import ask, lot, make, text_of

DAY = "2026-03-03"
LEFT_OUT = "listings of claims and vehicles; --kind loan or vehicle asks for them"


@pytest.fixture
def bank(engine: Engine) -> Engine:
    """A flat, and a claim of 民生银行 on Alibaba in 2019: its third offer is real (masked), the second is made up."""
    claim = {
        "property_kind": PropertyKind.LOAN,
        "seller_name": "中国民生银行武汉分行",
        "seller_kind": SellerKind.JOINT_STOCK_BANK,
        "appraisal_price": 2_147_890_00,
    }
    second, third = (
        lot(
            5,
            RoundKind.DIRECT_SALE,
            RoundStatus.UPCOMING,
            title=f"【第{place}次】中国民生银行武汉分行关于邱××零售债权转让的公告",
            starting_price=price,
            **claim,
        )
        for place, price in (("二", 1_722_500_00), ("三", 1_378_000_00))
    )
    flat = lot(5, RoundKind.FIRST_AUCTION, RoundStatus.UPCOMING, starting_price=1_000_000_00)
    said = {("s", "flat"): flat, ("s", "flat-again"): flat, ("s", "claim"): second, ("s", "claim-again"): third}
    homes = [[("s", "flat"), ("s", "flat-again")], [("s", "claim"), ("s", "claim-again")]]
    old = flat._replace(title="某小区1幢102室")
    return make(engine, [(-1, {("s", "old"): old}), (0, {**said, ("s", "old"): old})], [*homes, [("s", "old")]])


def deals_of(filters: Filters) -> tuple[Any, DealQuestion]:
    return find_deals, DealQuestion(filters)


def upcoming_of(filters: Filters) -> tuple[Any, UpcomingQuestion]:
    return find_upcoming, UpcomingQuestion(filters, 30)


def repeats_of(filters: Filters) -> tuple[Any, RepeatQuestion]:
    return repeats, RepeatQuestion(filters)


def survival_of(filters: Filters) -> tuple[Any, SurvivalQuestion]:
    return time_to_sale, SurvivalQuestion(filters)


@pytest.mark.parametrize("make_question", [deals_of, upcoming_of, repeats_of, survival_of])
def test_claims_are_left_out_and_a_note_says_so(bank: Engine, make_question: Callable[[Filters], Any]) -> None:
    report: Tabular = ask(bank, *make_question(parse_filters(as_of=DAY)))
    text = text_of(report)
    assert report.table().rows
    assert "债权" not in text
    assert LEFT_OUT in text


@pytest.mark.parametrize("make_question", [deals_of, upcoming_of, repeats_of])
def test_claims_are_shown_where_they_are_asked_for(bank: Engine, make_question: Callable[[Filters], Any]) -> None:
    text = text_of(ask(bank, *make_question(parse_filters(as_of=DAY, kind=["loan"]))))
    assert "民生银行武汉分行" in text
    assert LEFT_OUT not in text
