"""Ratios and competition of real sales, computed again by SQL."""

from decimal import Decimal
from statistics import median

import pytest
from sqlalchemy import Engine
from store_help import CURRENT, begin, rows

from reporting.choices import By
from reporting.filters import parse_filters
from reporting.statistics.competition import CompetitionQuestion, Number, competition
from reporting.statistics.ratios import Ratio, RatioQuestion, RatioRow, ratios
from store.terms import AppraisalScope, Currency, RoundKind, RoundStatus
from tests.reporting.statistics.statistics_help import FIRST, SELL_OFF, ask, lot, see, text_of

SOLD = "status = 'sold' AND hammer_price >= coalesce(starting_price, 0)"
SQL = {
    Ratio.START: ("starting_price", "appraisal_price", "(hammer_price IS NULL OR hammer_price >= starting_price)"),
    Ratio.REALISATION: ("hammer_price", "appraisal_price", SOLD),
    Ratio.PREMIUM: ("hammer_price - starting_price", "starting_price", SOLD),
}


def rows_of(engine: Engine, **question: object) -> dict[Ratio, RatioRow]:
    return {row.ratio: row for row in ask(engine, ratios, RatioQuestion(by=By.ALL, **question)).rows}


@pytest.mark.parametrize("ratio", SQL)
def test_each_ratio_of_real_sales_is_that_of_sql(ali_sales: Engine, ratio: Ratio) -> None:
    part, whole, condition = SQL[ratio]
    pairs = rows(
        ali_sales,
        f"SELECT {part}, {whole} FROM {CURRENT} WHERE {part} IS NOT NULL AND {whole} > 0 AND {condition}",
    )
    found = rows_of(ali_sales)[ratio]
    assert found.n == len(pairs) > 200
    assert (found.part_sum, found.whole_sum) == tuple(Decimal(sum(side)) / 100 for side in zip(*pairs, strict=True))
    assert float(found.sum_percent) == pytest.approx(
        100 * sum(p for p, _ in pairs) / sum(w for _, w in pairs), abs=0.006
    )
    assert float(found.median_percent) == pytest.approx(100 * median(p / w for p, w in pairs), abs=0.006)
    assert found.sum_low_percent < found.sum_percent < found.sum_high_percent
    assert found.median_low_percent <= found.median_percent <= found.median_high_percent


def test_a_sale_under_its_start_is_a_question_and_in_no_ratio(ali_sales: Engine) -> None:
    under = "SELECT count(*) FROM observation WHERE status = 'sold' AND hammer_price < starting_price"
    found = ask(ali_sales, ratios, RatioQuestion(by=By.ALL))
    assert found.left_out == rows(ali_sales, under)[0][0]


def test_the_same_question_has_the_same_answer_twice(ali_sales: Engine) -> None:
    assert rows_of(ali_sales) == rows_of(ali_sales)


def test_amounts_of_two_currencies_are_never_added(engine: Engine) -> None:
    begin(engine)
    brazil = {"currency": Currency.BRL, "region_code": "BR-AP", "starting_price": 300, "appraisal_price": 400}
    china = {"starting_price": 700, "appraisal_price": 1_000}
    said = {("s", f"c{number}"): lot(number, FIRST, None, **china) for number in range(10)}
    see(engine, 0, said | {("s", f"b{number}"): lot(number, FIRST, None, **brazil) for number in range(12)})
    found = ask(engine, ratios, RatioQuestion(by=By.ALL)).rows
    assert [(row.currency, row.n, row.eligible, row.part_sum, row.sum_percent) for row in found] == [
        (Currency.BRL, 12, 22, Decimal("36.00"), 75),
        (Currency.CNY, 10, 22, Decimal("70.00"), 70),
    ]


def test_few_sales_give_sums_and_no_ratio(eight_homes: Engine) -> None:
    found = rows_of(eight_homes, filters=parse_filters(as_of="2026-06-21"))
    assert (found[Ratio.REALISATION].n, found[Ratio.REALISATION].part_sum) == (1, 90_000)
    premium = found[Ratio.PREMIUM]
    assert (premium.n, premium.eligible, premium.coverage_percent) == (2, 2, 100)
    assert (premium.part_sum, premium.whole_sum) == (16_000, 140_000)
    assert (premium.sum_percent, premium.median_percent, premium.remark) == (None, None, "insufficient data")


def test_an_appraisal_of_a_lot_is_not_compared_with_the_price_of_one_unit(engine: Engine) -> None:
    begin(engine)
    unit = {"starting_price": 700, "appraisal_price": 100_000, "appraisal_scope": AppraisalScope.LOT}
    see(engine, 0, {("s", f"{number}"): lot(number, FIRST, None, **unit) for number in range(10)})
    assert rows_of(engine) == {}


def test_a_price_that_a_page_cuts_is_in_no_ratio(engine: Engine) -> None:
    begin(engine)
    card = {"starting_price": 12_200_00, "appraisal_price": 20_000_00, "is_price_exact": False}
    see(engine, 0, {("s", f"{number}"): lot(number, FIRST, None, **card) for number in range(10)})
    found = ask(engine, ratios, RatioQuestion(by=By.ALL))
    assert (found.rows, found.left_out) == ([], 10)
    assert "10 rounds are left out" in text_of(found)


def test_direct_sales_ask_and_a_market_price_is_discounted(engine: Engine) -> None:
    begin(engine)
    offer = {"asking_price": 60_00, "appraisal_price": 100_00, "market_price": 80_00}
    see(engine, 0, {("s", f"{number}"): lot(0, RoundKind.DIRECT_SALE, None, **offer) for number in range(10)})
    found = rows_of(engine)
    assert (found[Ratio.ASKING].sum_percent, found[Ratio.DISCOUNT].median_percent) == (60, 25)
    assert Ratio.START not in found


def test_rounds_are_not_mixed_unless_asked(engine: Engine) -> None:
    begin(engine)
    said = {("s", f"1{each}"): lot(0, FIRST, None, starting_price=70, appraisal_price=100) for each in range(10)}
    said |= {("s", f"3{each}"): lot(0, SELL_OFF, None, starting_price=56, appraisal_price=100) for each in range(10)}
    see(engine, 0, said)
    found = ask(engine, ratios, RatioQuestion()).rows
    assert {row.group: row.sum_percent for row in found} == {"first_auction": 70, "sell_off": 56}


# Competition ------------------------------------------------------------------------------------------------------


def test_registrations_of_real_sales_are_those_of_sql(ali_sales: Engine) -> None:
    told = [
        number
        for (number,) in rows(
            ali_sales, f"SELECT applicant_count FROM {CURRENT} WHERE status = 'sold' AND applicant_count > 0"
        )
    ]
    found = {row.number: row for row in ask(ali_sales, competition, CompetitionQuestion(by=By.ALL)).rows}
    row = found[Number.REGISTRATIONS]
    assert (row.n, row.total, row.single) == (len(told), sum(told), told.count(1))
    assert row.n > 100
    assert float(row.mean) == pytest.approx(sum(told) / len(told), abs=0.006)
    assert row.median == Decimal(str(median(told)))
    assert float(row.rate_percent) == pytest.approx(100 * told.count(1) / len(told), abs=0.006)
    assert row.mean_low < row.mean < row.mean_high
    assert (found[Number.BIDDERS].n, found[Number.BIDDERS].coverage_percent, found[Number.BIDDERS].mean) == (0, 0, None)


def test_a_sale_with_nobody_tells_nothing_and_views_are_no_bidders(engine: Engine) -> None:
    begin(engine)
    said = {
        ("s", f"{number}"): lot(0, FIRST, RoundStatus.SOLD, bidder_count=number, bid_count=0, hammer_price=1)
        for number in range(11)
    }
    see(engine, 10, said | {("s", "x"): lot(0, FIRST, RoundStatus.FAILED, bidder_count=1)})
    found = {row.number: row for row in ask(engine, competition, CompetitionQuestion(by=By.ALL)).rows}
    bidders = found[Number.BIDDERS]
    assert (bidders.sold, bidders.n, bidders.total, bidders.single) == (11, 10, 55, 1)
    assert (bidders.median, bidders.mean, bidders.rate_percent) == (Decimal("5.5"), Decimal("5.50"), 10)
    assert (found[Number.BIDS].n, found[Number.BIDS].remark) == (0, "insufficient data")
