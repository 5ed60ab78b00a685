"""Whose law an offer is made under, and what that law says."""

from datetime import date
from fractions import Fraction

import pytest

from store.terms import RoundKind, SellerKind
from tests.tracking.chain_cases import offer
from tracking.law import (
    CAIXA,
    COURT_WITHOUT_ROUNDS,
    DIRECT_SALE,
    HONG_KONG,
    JURISDICTIONS,
    KOREA_COURT,
    MAINLAND_COURT,
    MAINLAND_COURT_OF_2005,
    TAIWAN_COURT,
    Jurisdiction,
    jurisdiction_of,
    months_after,
)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"seller_kind": "court"}, MAINLAND_COURT),
        ({"seller_kind": "court", "starts_at": "2017-01-01"}, MAINLAND_COURT),
        ({"seller_kind": "court", "starts_at": "2016-12-31"}, MAINLAND_COURT_OF_2005),
        ({"seller_kind": "court", "ends_at": "2001-05-01"}, MAINLAND_COURT_OF_2005),
        ({"seller_kind": "state_bank"}, DIRECT_SALE),
        ({"seller_kind": "bankruptcy_administrator"}, DIRECT_SALE),
        ({"seller_kind": None}, DIRECT_SALE),
        ({"source": "tw_judicial", "currency": "TWD"}, TAIWAN_COURT),
        ({"source": "kr_courtauction", "currency": "KRW"}, KOREA_COURT),
        ({"source": "br_caixa", "currency": "BRL", "seller_kind": "state_bank"}, CAIXA),
        ({"source": "br_caixa", "currency": "BRL", "seller_kind": "court"}, COURT_WITHOUT_ROUNDS),
        ({"source": "hk_chungsen", "currency": "HKD", "seller_kind": None}, HONG_KONG),
        ({"source": "hk_chungsen", "currency": "HKD", "seller_kind": "bank"}, HONG_KONG),
        ({"source": "us_realauction", "currency": "USD"}, COURT_WITHOUT_ROUNDS),
        ({"source": "us_realauction", "currency": "USD", "seller_kind": "government"}, DIRECT_SALE),
        ({"source": "notes", "region_code": "TW-TPE", "currency": "TWD"}, TAIWAN_COURT),
    ],
)
def test_an_offer_is_made_under_the_law_of_its_country_seller_and_day(
    told: dict[str, str | None], expected: Jurisdiction
) -> None:
    assert jurisdiction_of(offer(1, **told)) is expected


def test_the_mainland_starts_at_70_56_and_56_percent_of_the_appraisal() -> None:
    assert [MAINLAND_COURT.least_share(place) for place in (1, 2, 3, 4)] == [
        Fraction(70, 100),
        Fraction(56, 100),
        Fraction(56, 100),
        None,
    ]


def test_until_2016_there_were_three_auctions_of_80_percent_each() -> None:
    assert [MAINLAND_COURT_OF_2005.least_share(place) for place in (1, 2, 3, 4)] == [
        Fraction(80, 100),
        Fraction(64, 100),
        Fraction(512, 1000),
        Fraction(512, 1000),
    ]


def test_a_cut_may_be_used_in_every_round_that_nobody_saw() -> None:
    assert MAINLAND_COURT.least_ratio(1, 3) == Fraction(4, 5)
    assert TAIWAN_COURT.least_ratio(1, 10) == Fraction(4, 5) ** 9
    assert KOREA_COURT.least_ratio(3, 4) == Fraction(7, 10)
    assert MAINLAND_COURT.least_ratio(3, 3) == 1


def test_taiwan_and_korea_have_rounds_without_end_and_no_floor_by_appraisal() -> None:
    for law in (TAIWAN_COURT, KOREA_COURT):
        stage = law.stage(15)
        assert stage is not None
        assert stage.kind is RoundKind.LATER_AUCTION
        assert law.least_share(1) is None


@pytest.mark.parametrize("law", [HONG_KONG, DIRECT_SALE, COURT_WITHOUT_ROUNDS])
def test_where_no_law_counts_rounds_there_are_no_bands(law: Jurisdiction) -> None:
    assert not law.has_rounds
    assert (law.stage(1), law.stage(2), law.least_share(1), law.least_ratio(1, 2)) == (None, None, None, None)
    assert (law.deposit_band, law.appraisal_validity, law.lapse_days) == (None, None, None)


def test_caixa_has_two_auctions_and_no_bound_on_the_second() -> None:
    assert CAIXA.has_rounds
    assert CAIXA.least_ratio(1, 2) is None
    assert CAIXA.stage(3) is None


def test_the_mainland_court_asks_30_and_15_days_of_notice_and_a_deposit_of_5_to_20_percent() -> None:
    notices = [stage.notice_days.value for stage in MAINLAND_COURT.stages if stage.notice_days]
    assert notices == [30, 15, 15]
    assert MAINLAND_COURT.deposit_band is not None
    assert MAINLAND_COURT.deposit_band.value == (Fraction(1, 20), Fraction(1, 5))
    assert MAINLAND_COURT.place_of(RoundKind.SELL_OFF) == 3


def test_every_rule_names_its_source() -> None:
    for law in JURISDICTIONS:
        own = (law.least_first_share, law.gap_days, law.deposit_band, law.appraisal_validity, law.lapse_days)
        stages = (*law.stages, *((law.further,) if law.further else ()))
        of_stages = [rule for stage in stages for rule in (stage.largest_cut, stage.notice_days)]
        assert all(rule.source for rule in (*own, *of_stages) if rule is not None)


def test_every_kind_of_seller_has_a_law_in_every_country() -> None:
    for seller in SellerKind:
        assert jurisdiction_of(offer(1, source="gr_eauction24", currency="EUR", seller_kind=seller)) in JURISDICTIONS


def test_months_later_is_the_last_day_of_a_month_that_is_shorter() -> None:
    assert months_after(date(2024, 8, 31), 18) == date(2026, 2, 28)
    assert months_after(date(2024, 12, 15), 12) == date(2025, 12, 15)
    assert months_after(date(2024, 1, 15), 11) == date(2024, 12, 15)
