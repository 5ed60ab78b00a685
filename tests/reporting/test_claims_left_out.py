"""What a bank asks for a debt is no bargain of a home: claims stand in no report on homes unless asked for."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from reporting.buyer.deals import DealQuestion, find_deals
from reporting.buyer.upcoming import UpcomingQuestion, find_upcoming
from reporting.choices import Group
from reporting.filters import Filters, parse_filters
from reporting.repeats import RepeatQuestion, repeats
from reporting.survival import SurvivalQuestion, TimeToSale, time_to_sale
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


@pytest.fixture
def joined(engine: Engine) -> Engine:
    """A person joined a claim with the flat that secures it, sold 41 days after the claim was seen first.

    Two claims are of one home that is none, and were seen before anything else; another flat always stood there.
    """
    claim = lot(
        5,
        RoundKind.DIRECT_SALE,
        RoundStatus.UPCOMING,
        property_kind=PropertyKind.LOAN,
        seller_kind=SellerKind.JOINT_STOCK_BANK,
        starting_price=2_147_890_00,
    )
    flat = lot(40, RoundKind.FIRST_AUCTION, RoundStatus.UPCOMING, starting_price=1_000_000_00)
    old = {("s", "old"): flat._replace(title="某小区1幢102室", ends_at=None)}
    claims = [("s", "debt"), ("t", "debt")]
    looks = [
        (-9, dict.fromkeys(claims, claim)),
        (-1, old),
        (0, {("s", "claim"): claim, **old}),
        (30, {("s", "flat"): flat, **old}),
        (42, {("s", "flat"): flat._replace(status=RoundStatus.SOLD), **old}),
    ]
    return make(engine, looks, [[("s", "claim"), ("s", "flat")], claims, [("s", "old")]])


def time_to_sale_of(engine: Engine, by: Group | None = None, **words: Any) -> TimeToSale:
    report: TimeToSale = ask(engine, time_to_sale, SurvivalQuestion(parse_filters(**words), by))
    return report


def test_a_claim_that_a_person_joined_with_a_home_begins_its_time_to_sale(joined: Engine) -> None:
    report = time_to_sale_of(joined)
    assert [(spell.days, spell.is_sold) for curve in report.curves for spell in curve.spells] == [(41, True)]
    assert report.left_out == 1, "the flat that stood there at the first look at any home; claims are none"
    assert report.claims == 2
    assert f"left out: 2 {LEFT_OUT}" in text_of(report)


@pytest.mark.parametrize(
    ("by", "group"), [(Group.KIND, PropertyKind.FLAT), (Group.SELLER_KIND, SellerKind.COURT), (Group.SOURCE, "s")]
)
def test_a_home_is_told_by_what_it_is_and_not_by_its_claim(joined: Engine, by: Group, group: str) -> None:
    assert [curve.group for curve in time_to_sale_of(joined, by).curves] == [group]


def test_a_home_is_asked_for_by_its_listings_that_are_no_claims(joined: Engine) -> None:
    of_bank = time_to_sale_of(joined, seller_kind=["joint_stock_bank"])
    of_court = time_to_sale_of(joined, seller_kind=["court"])
    of_source = time_to_sale_of(joined, source=["t"])
    claims = time_to_sale_of(joined, kind=["loan"])
    assert ([len(each.curves) for each in (of_bank, of_court, of_source, claims)]) == [0, 1, 0, 1]
    assert [each.claims for each in (of_bank, of_court, of_source, claims)] == [2, 0, 1, 0]


def test_a_home_is_no_bargain_because_a_claim_asked_for_more(joined: Engine) -> None:
    (home,) = ask(joined, *repeats_of(Filters())).rows
    assert (home.listings, home.price, home.highest_price, home.cut_percent) == (2, 1_000_000, 1_000_000, 0)
