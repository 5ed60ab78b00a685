"""What is asked about a chain, and what is not."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.tracking.chain_cases import at, every_chain, offer
from tracking.offers import Offer
from tracking.questions import Question, QuestionKind, is_doubtful, questions_of
from tracking.rounds import chain_rounds

FIRST = {
    "round_kind": "first_auction",
    "status": "failed",
    "starting_price": 100_00,
    "appraisal_price": 100_00,
    "starts_at": "2026-01-10",
    "ends_at": "2026-01-11",
}
SECOND = {
    "round_kind": "second_auction",
    "status": "upcoming",
    "starting_price": 80_00,
    "appraisal_price": 100_00,
    "starts_at": "2026-02-20",
    "ends_at": "2026-02-21",
}
EVERY_CHAIN = every_chain()


def ask(*offers: Offer, **told: Any) -> list[Question]:
    """The questions about a chain."""
    return questions_of(chain_rounds(offers), offers, **told)


def kinds(*offers: Offer, **told: Any) -> list[QuestionKind]:
    """Their kinds."""
    return [question.kind for question in ask(*offers, **told)]


def test_a_lawful_chain_asks_nothing() -> None:
    assert ask(offer(1, **FIRST), offer(2, **SECOND)) == []


def test_a_second_start_30_percent_under_the_first_is_a_question_and_not_a_bargain() -> None:
    questions = ask(offer(1, **FIRST), offer(2, **{**SECOND, "starting_price": 70_00}))
    assert [question.kind for question in questions] == [QuestionKind.OVER_CUT]
    assert questions[0].listing_ids == (1, 2)
    assert dict(questions[0].figures) == {"start": 70_00, "floor": 80_00, "percent": Decimal("30.00")}
    assert questions[0].words == "starts 30.00 % under round 1; the least is 80 % of round 1: 法释〔2016〕18号 art. 26"
    assert is_doubtful(questions)
    assert is_doubtful(questions, 2)
    assert not is_doubtful(questions, 3)
    assert not is_doubtful([])


def test_a_first_start_at_65_percent_of_the_appraisal_is_a_question() -> None:
    (question,) = ask(offer(1, **{**FIRST, "starting_price": 65_00}))
    assert question.kind is QuestionKind.UNDER_FLOOR
    assert dict(question.figures) == {"start": 65_00, "floor": 70_00, "percent": Decimal("65.00")}


@pytest.mark.parametrize(("start", "is_asked"), [(55_90, True), (55_99, False), (56_00, False)])
def test_a_second_start_may_be_56_percent_of_the_appraisal_but_for_rounding(start: int, is_asked: bool) -> None:
    second = offer(1, **{**SECOND, "starting_price": start})
    assert (kinds(second) == [QuestionKind.UNDER_FLOOR]) == is_asked


def test_a_start_under_70_percent_of_which_nobody_tells_the_round_may_be_a_second_one() -> None:
    untold = {**FIRST, "round_kind": None}
    assert kinds(offer(1, **{**untold, "starting_price": 60_00})) == []
    assert kinds(offer(1, **{**untold, "starting_price": 50_00})) == [QuestionKind.UNDER_FLOOR]


def test_a_sell_off_under_the_second_start_is_a_question() -> None:
    second = offer(1, **{**SECOND, "status": "failed"})
    sell_off = {**SECOND, "round_kind": "sell_off", "starts_at": "2026-03-20", "ends_at": "2026-05-20"}
    assert kinds(second, offer(2, **sell_off)) == []
    assert kinds(second, offer(2, **{**sell_off, "starting_price": 72_00})) == [QuestionKind.OVER_CUT]


@pytest.mark.parametrize("seller", ["state_bank", "bankruptcy_administrator", "agent", None])
def test_no_band_holds_for_sellers_outside_the_courts(seller: str | None) -> None:
    first = offer(1, **{**FIRST, "seller_kind": seller, "starting_price": 50_00})
    second = offer(2, **{**SECOND, "seller_kind": seller, "starting_price": 10_00})
    assert kinds(first, second) == []


def test_inexact_prices_are_held_against_no_band() -> None:
    low = offer(1, **{**FIRST, "starting_price": 65_00})
    assert kinds(low, inexact={1}) == []
    assert kinds(offer(1, **FIRST), offer(2, **{**SECOND, "starting_price": 70_00}), inexact={1}) == []


@pytest.mark.parametrize(
    ("appraised_on", "is_asked"), [(date(2024, 7, 10), False), (date(2024, 7, 9), True), (date(2026, 1, 1), False)]
)
def test_an_appraisal_holds_a_year_and_a_half_at_most(appraised_on: date, is_asked: bool) -> None:
    found = kinds(offer(1, **FIRST), appraised_on={1: appraised_on})
    assert (found == [QuestionKind.STALE_APPRAISAL]) == is_asked


def test_an_appraisal_that_an_old_attempt_showed_is_as_old_as_that() -> None:
    old = {**FIRST, "starts_at": "2024-01-10", "ends_at": "2024-01-11", "appraisal_price": 151_587_52}
    new = {**SECOND, "starting_price": 90_000_00, "appraisal_price": 151_587_50}
    old["starting_price"] = 110_000_00
    (question,) = ask(offer(1, **old), offer(2, **new))
    assert question.kind is QuestionKind.STALE_APPRAISAL
    assert question.listing_ids == (2,)
    assert dict(question.figures) == {"days": 772}
    assert kinds(offer(1, **old), offer(2, **{**new, "appraisal_price": 150_000_00})) == []


def test_the_appraisal_of_a_lot_beside_the_price_of_a_unit_is_a_question_of_its_own() -> None:
    unit = {**FIRST, "appraisal_price": 1_200_00, "appraisal_scope": "lot", "unit_count": 1}
    assert kinds(offer(1, **unit)) == [QuestionKind.LOT_APPRAISAL]
    assert kinds(offer(1, **{**unit, "unit_count": None, "parts": {"room": "1204"}})) == [QuestionKind.LOT_APPRAISAL]
    assert kinds(offer(1, **{**unit, "unit_count": 12, "starting_price": 900_00})) == []
    assert kinds(offer(1, **{**unit, "appraisal_price": 120_00})) == []  # it fits the price: a lot of one


def test_a_published_round_against_its_derived_place_is_a_question() -> None:
    again = {**FIRST, "starting_price": 80_00, "starts_at": "2026-02-20", "ends_at": "2026-02-21"}
    (question,) = ask(offer(1, **FIRST), offer(2, **again))
    assert question.kind is QuestionKind.ROUND_CONTRADICTION
    assert question.listing_ids == (1, 2)


def test_a_hammer_under_the_reserve_is_a_question_but_not_where_the_price_falls_by_design() -> None:
    sold = {**FIRST, "status": "sold", "hammer_price": 99_00}
    assert kinds(offer(1, **sold)) == [QuestionKind.SOLD_UNDER_RESERVE]
    assert kinds(offer(1, **{**sold, "hammer_price": 100_00})) == []
    assert kinds(offer(1, **{**sold, "round_kind": "dutch_auction"})) == []
    assert kinds(offer(1, **{**sold, "status": "ended"})) == []


def test_a_chain_that_goes_on_after_a_sale_without_any_reason_is_a_question() -> None:
    sold = offer(1, **{**FIRST, "status": "sold", "case_number": "(2025)皖0111执1号"})
    again = {**FIRST, "starts_at": "2026-04-10", "ends_at": "2026-04-11"}
    assert kinds(sold, offer(2, **again)) == [QuestionKind.ON_AFTER_SALE]
    assert kinds(sold, offer(2, **again, case_number="(2026)皖0111执恢2号")) == []
    assert kinds(sold, offer(2, **{**again, "round_kind": "re_auction"})) == []
    assert kinds(sold, offer(2, **again, seller_kind="state_bank")) == []
    assert kinds(sold, offer(2, **{**again, "starts_at": "2028-04-10", "ends_at": "2028-04-11"})) == [
        QuestionKind.STALE_APPRAISAL
    ]


def test_two_open_listings_at_two_prices_are_a_question() -> None:
    bank = {"seller_kind": "city_bank", "status": "ongoing", "round_kind": "direct_sale"}
    span = {"first_seen_at": "2026-01-01", "last_seen_at": "2026-03-01"}
    one = offer(1, **bank, **span, asking_price=100_00)
    two = offer(2, source="jd_assets", **bank, **span, asking_price=90_00)
    (question,) = ask(one, two)
    assert question.kind is QuestionKind.TWO_PRICES_AT_ONCE
    assert dict(question.figures) == {"low": 90_00, "high": 100_00}
    assert kinds(one, two._replace(asking_price=100_00)) == []
    assert kinds(one, two._replace(first_seen_at=at("2026-03-02"), last_seen_at=at("2026-03-09"))) == []
    assert kinds(one, two._replace(share="1/2")) == []
    assert kinds(one, two._replace(status=None)) == []
    assert kinds(one, two, inexact={2}) == []


def test_the_questions_are_the_same_whatever_the_order_of_the_offers() -> None:
    chain = [offer(1, **FIRST), offer(2, **{**SECOND, "starting_price": 70_00}), offer(3, **FIRST)]
    steps = chain_rounds(chain)
    assert questions_of(steps, chain) == questions_of(steps, chain[::-1]) != []


@pytest.mark.parametrize(("name", "chain"), EVERY_CHAIN, ids=[name for name, _ in EVERY_CHAIN])
def test_real_chains_ask_only_what_is_odd_in_them(name: str, chain: list[Offer]) -> None:
    odd = {
        "ali-court-2017_2019: 桂P": {QuestionKind.ROUND_CONTRADICTION},
        "jd-fujian-2026: 清华公寓": {QuestionKind.ROUND_CONTRADICTION},  # seven homes, not one: see below
    }
    assert set(kinds(*chain)) == odd.get(name, set())


def test_seven_flats_that_were_taken_for_one_home_contradict_their_rounds() -> None:
    (flats,) = [chain for name, chain in EVERY_CHAIN if name.endswith("清华公寓")]
    assert kinds(*flats) == [QuestionKind.ROUND_CONTRADICTION] * 6
    assert len({each.ends_at for each in flats}) == 1
