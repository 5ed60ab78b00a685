"""How far a price has come down: by four measures, against the floor of the law, and in the next round."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.terms import Currency, PropertyKind, RoundKind
from tests.tracking.chain_cases import at, chains_of, every_chain, offer
from tracking.cuts import ChainCuts, chain_cuts
from tracking.offers import Offer
from tracking.price_changes import PriceChange
from tracking.rounds import chain_rounds

EVERY_CHAIN = every_chain()


def cuts(*offers: Offer, **told: Any) -> ChainCuts:
    """The cuts of a chain."""
    return chain_cuts(chain_rounds(offers), offers, **told)


def change(listing_id: int, before: int, after: int, seen: str, currency: Currency = Currency.CNY) -> PriceChange:
    """A change of price seen on a day, of a price first seen on the first of January."""
    first = at("2026-01-01")
    return PriceChange(listing_id, 1, "x", "x", 1, currency, at(seen), after, first, before, first, before)


def test_a_second_auction_in_fujian_is_cut_by_a_fifth() -> None:
    found = cuts(*chains_of("jd-fujian-2026.json")["海城花苑"])
    present = found.present
    assert present is not None
    assert present.since_last_round is not None
    assert present.since_last_round[1:] == (1_062_000_00, 212_400_00, Decimal("20.00"), 22)
    assert present.since_last_round == present.since_first_round == present.since_highest_ever
    assert present.since_last_observation is None
    assert present.is_lowest_ever
    assert found.highest is not None
    assert found.lowest is not None
    assert (found.highest.amount, found.lowest.amount) == (1_062_000_00, 849_600_00)


def test_a_second_auction_at_80_percent_stands_on_its_floor_and_leads_to_a_sell_off_at_its_price() -> None:
    present = cuts(*chains_of("jd-fujian-2026.json")["海城花苑"]).present
    assert present is not None
    assert present.floor is not None
    assert (present.floor.price, present.floor.distance) == (849_600_00, 0)
    assert present.next_round is not None
    assert present.next_round[:4] == (RoundKind.SELL_OFF, 849_600_00, 849_600_00, date(2026, 10, 5))


def test_a_sell_off_at_the_price_of_the_second_auction_is_no_cut_and_has_no_round_after_it() -> None:
    present = cuts(*chains_of("jd-fujian-2026.json")["铭湖花苑"]).present
    assert present is not None
    assert present.since_last_round is not None
    assert (present.since_last_round.amount, present.since_last_round.percent) == (0, Decimal(0))
    assert not present.is_lowest_ever
    assert present.floor is not None
    assert present.floor.distance == 0
    assert present.next_round is None


def test_a_failed_second_auction_still_has_its_sell_off_to_come() -> None:
    second = chains_of("jd-fujian-2026.json")["铭湖花苑"][0]
    (step,) = cuts(second).steps
    assert step.next_round is not None
    assert step.next_round.kind is RoundKind.SELL_OFF
    assert step.next_round.earliest_on == date(2026, 9, 14)  # ended on 08-30, 15 days of notice


def test_the_first_start_is_measured_against_70_percent_of_the_appraisal() -> None:
    (step,) = cuts(chains_of("jd-fujian-2026.json")["海城花苑"][0]).steps
    assert step.floor is not None
    assert (step.floor.price, step.floor.distance) == (1_061_112_64, 887_36)
    assert step.floor.base_listing_id is None
    assert step.floor.rule == "70 % of the appraisal: 法释〔2016〕18号 art. 10"


def test_the_villa_fell_by_64_percent_from_its_highest_to_its_lowest_price_without_any_floor() -> None:
    found = cuts(*chains_of("jd-jiangsu-bank-2020.json")["御湖熙岸"])
    present = found.present
    assert present is not None
    assert present.since_highest_ever is not None
    assert present.since_last_round is not None
    assert (present.since_highest_ever.percent, present.since_last_round.percent) == (
        Decimal("63.86"),
        Decimal("25.00"),
    )
    assert present.since_highest_ever.days is None
    assert present.is_lowest_ever
    assert (present.floor, present.next_round) == (None, None)


def test_a_round_sold_has_no_next_round_nor_has_its_twin_elsewhere() -> None:
    days = {"starts_at": "2026-03-01", "ends_at": "2026-03-02", "starting_price": 100, "round_kind": "first_auction"}
    sold, twin = offer(1, status="sold", **days), offer(2, source="jd_judicial", status="ended", **days)
    assert cuts(sold).steps[-1].next_round is None
    assert cuts(sold, twin).steps[-1].next_round is None


def test_fifteen_rounds_of_taiwan_keep_above_the_floors_that_unseen_prices_leave() -> None:
    told = [each for each in chains_of("tw-judicial-2026.json")["苑裡"] if each.starting_price]
    found = cuts(*told)
    assert [step.since_last_round and step.since_last_round.percent for step in found.steps] == [
        None,
        Decimal("36.95"),
        Decimal("18.38"),
        Decimal("4.98"),
    ]
    assert all(step.floor is None or step.floor.distance > 0 for step in found.steps)
    assert found.present is not None
    assert found.present.next_round is not None
    assert found.present.next_round[:4] == (RoundKind.LATER_AUCTION, 3_208_000_00, 4_010_000_00, None)


def test_a_price_that_no_source_tells_is_not_reached_past() -> None:
    """Rounds 2 to 9 were not reported: the last round of the tenth is unknown, its first and highest are not."""
    steps = cuts(*chains_of("tw-judicial-2026.json")["苑裡"]).steps
    tenth = steps[9]
    assert tenth.since_last_round is None
    assert tenth.since_first_round is not None
    assert tenth.since_first_round.amount == 3_030_000_00


def test_a_taiwanese_cut_of_20_percent_rounded_up_is_over_its_floor() -> None:
    present = cuts(*chains_of("tw-judicial-2026.json")["東引"]).present
    assert present is not None
    assert present.floor is not None
    assert (present.floor.price, present.floor.distance) == (73_920_00, 80_00)


def test_the_next_floor_of_a_korean_lot_is_exactly_what_the_table_shows_one_round_late() -> None:
    chain = chains_of("kr-courtauction-2026.json")
    known = next(row for name, row in chain.items() if "1층101호" in name)
    (fourth,) = cuts(known[0]).steps
    assert (fourth.price, fourth.currency) == (682_570_000, Currency.KRW)
    assert fourth.next_round is not None
    assert (fourth.next_round.lowest_price, fourth.next_round.highest_price) == (477_799_000, 682_570_000)


def test_own_changes_of_a_listing_are_its_cut_since_the_last_observation_and_raise_its_highest_ever() -> None:
    bank = {"seller_kind": "city_bank", "round_kind": "direct_sale", "published_at": "2026-01-01"}
    sale = offer(1, **bank, asking_price=63_000_00)
    history = {1: [change(1, 100_000_00, 70_000_00, "2026-02-01"), change(1, 70_000_00, 63_000_00, "2026-03-01")]}
    present = cuts(sale, changes=history).present
    assert present is not None
    assert present.since_last_observation is not None
    assert present.since_highest_ever is not None
    assert present.since_last_observation[1:] == (70_000_00, 7_000_00, Decimal("10.00"), 28)
    assert present.since_highest_ever[1:] == (100_000_00, 37_000_00, Decimal("37.00"), 59)
    assert present.since_last_round is None
    assert present.is_lowest_ever


def test_a_price_above_an_earlier_one_is_not_the_lowest_ever() -> None:
    sale = offer(1, seller_kind="city_bank", asking_price=90)
    found = cuts(sale, changes={1: [change(1, 100, 80, "2026-02-01"), change(1, 80, 90, "2026-03-01")]})
    assert found.present is not None
    assert not found.present.is_lowest_ever
    assert found.present.since_last_observation is not None
    assert found.present.since_last_observation.amount == -10
    assert found.lowest is not None
    assert found.lowest.amount == 80


def test_changes_in_another_currency_are_no_history_of_the_price() -> None:
    sale = offer(1, seller_kind="city_bank", asking_price=90)
    present = cuts(sale, changes={1: [change(1, 700, 80, "2026-02-01", Currency.HKD)]}).present
    assert present is not None
    assert (present.since_last_observation, present.since_highest_ever) == (None, None)


@pytest.mark.parametrize(
    "changed",
    [
        {"currency": "HKD"},
        {"currency": None},
        {"share": "1/2"},
        {"parts": {"share": "1/2"}},
        {"unit_count": 12},
        {"parts": {"unit_count": 12}},
        {"parts": {"members": ("101", "102")}},
        {"starting_price": 0},
        {"property_kind": PropertyKind.LOAN},
        {"property_kind": PropertyKind.VEHICLE},
    ],
)
def test_only_wholes_of_one_unit_in_one_currency_are_compared(changed: dict[str, Any]) -> None:
    first = {"round_kind": "first_auction", "status": "failed", "starts_at": "2026-01-10", "starting_price": 100_00}
    second = offer(2, round_kind="second_auction", starts_at="2026-03-10", starting_price=80_00)
    step = cuts(offer(1, **{**first, **changed}), second).steps[1]
    assert (step.since_last_round, step.since_first_round, step.since_highest_ever) == (None, None, None)
    assert not step.is_lowest_ever
    assert cuts(offer(1, **first), second).steps[1].since_last_round is not None


def test_half_shares_are_compared_with_half_shares() -> None:
    present = cuts(*chains_of("rmfysszc-guangdong-2022.json")["广州市天河区员村四横路美林街64号902"]).present
    assert present is not None
    assert present.since_last_round is not None
    assert present.since_last_round.percent == Decimal("10.00")


def test_inexact_prices_are_compared_with_nothing() -> None:
    chain = chains_of("jd-fujian-2026.json")["海城花苑"]
    steps = chain_rounds(chain)
    present = chain_cuts(steps, chain, inexact={chain[0].listing_id}).steps[1]
    assert (present.since_last_round, present.since_highest_ever) == (None, None)


def test_an_attempt_that_goes_on_is_compared_with_the_round_before_it() -> None:
    rows = [
        ("first_auction", "failed", 100_00, "2026-01-10"),
        ("second_auction", "suspended", 80_00, "2026-02-20"),
        ("second_auction", "ongoing", 80_00, "2026-03-10"),
    ]
    chain = [
        offer(index, round_kind=kind, status=status, starting_price=price, starts_at=day)
        for index, (kind, status, price, day) in enumerate(rows, 1)
    ]
    resumed = cuts(*chain).steps[2]
    assert resumed.since_last_round is not None
    assert (resumed.since_last_round.since_listing_id, resumed.since_last_round.percent) == (1, Decimal("20.00"))
    assert resumed.floor is not None
    assert (resumed.floor.base_listing_id, resumed.floor.distance) == (1, 0)


def test_where_nobody_tells_the_round_the_floor_is_that_of_the_last_there_can_be() -> None:
    untold = offer(1, starting_price=60_00, appraisal_price=100_00)
    (step,) = cuts(untold).steps
    assert step.floor is not None
    assert step.floor.price == 56_00


def test_the_appraisal_of_a_lot_sets_no_floor_for_a_unit() -> None:
    unit = offer(1, round_kind="first_auction", starting_price=60_00, appraisal_price=900_00, appraisal_scope="lot")
    assert cuts(unit).steps[0].floor is None
    assert cuts(unit._replace(unit_count=12)).steps[0].floor is not None


def test_caixa_may_ask_anything_in_its_second_auction() -> None:
    caixa = {"source": "br_caixa", "currency": "BRL", "seller_kind": "state_bank"}
    first = offer(1, **caixa, round_kind="first_auction", starting_price=100_00, ends_at="2026-03-02")
    (step,) = cuts(first).steps
    assert step.next_round is not None
    assert step.next_round[:4] == (RoundKind.SECOND_AUCTION, None, 100_00, date(2026, 3, 2))


PRICES = st.lists(st.none() | st.integers(1, 10**12), min_size=1, max_size=6)


@given(PRICES)
def test_cuts_add_up_to_the_exact_difference_and_the_present_price_is_between_the_extremes(
    prices: list[int | None],
) -> None:
    start = at("2020-01-01")
    chain = [
        offer(index, seller_kind="city_bank", asking_price=price, published_at=(start + timedelta(index)).isoformat())
        for index, price in enumerate(prices, 1)
    ]
    found = cuts(*chain)
    told = [price for price in prices if price]
    assert (found.highest and found.highest.amount) == max(told, default=None)
    assert (found.lowest and found.lowest.amount) == min(told, default=None)
    for index, step in enumerate(found.steps):
        before = [price for price in prices[:index] if price]
        price = prices[index]
        assert step.is_lowest_ever == (price is not None and bool(before) and max(before) > price <= min(before))
        if step.since_highest_ever and price is not None:
            assert step.since_highest_ever.amount == max(before) - price >= 0
        if step.since_last_round and price is not None:
            assert step.since_last_round.amount == (prices[index - 1] or 0) - price


@pytest.mark.parametrize(("name", "chain"), EVERY_CHAIN, ids=[name for name, _ in EVERY_CHAIN])
def test_no_real_chain_of_a_court_is_under_its_floor_by_more_than_rounding(name: str, chain: list[Offer]) -> None:
    for step in cuts(*chain).steps:
        if step.floor is not None:
            assert step.floor.distance * 1_000 >= -step.floor.price
