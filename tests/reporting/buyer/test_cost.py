"""Cost: every line by the notice, by a dated rate with its source, or by the user; what is not known stays empty."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine
from store_help import begin

from reporting.buyer.amounts import parse_given
from reporting.buyer.cost import Cost, NothingToSum, cost_of
from reporting.buyer.cost_lines import CostLine
from reporting.buyer.cost_question import CostQuestion, parse_cost_question
from reporting.buyer.loan import Loan
from reporting.buyer.rates import Case, Held, HomeOrder, all_rates, find_rates
from reporting.errors import WrongFilter
from reporting.filters import parse_filters
from store.engine import reading
from store.terms import Answer, Currency, FactKind, PropertyKind, RoundStatus, SellerKind
from tests.reporting.buyer.buyer_help import TODAY, court_flat, fact, fill, record, table_text
from tracking.words import UnknownListing

HOME = "福州市闽侯县南屿镇乌龙江南大道58号南屿滨江城49号楼2809单元"
BUYER_BEARS = "办理过程中所涉及的买卖双方过户所需承担的一切税、费和所需补交的相关税、费由买受人承担"
OWN_TAXES = "由买卖双方按照税收征收法律法规的规定各自承担应有的税费"


def bill(engine: Engine, name: str = "s:1", **words: Any) -> Cost:
    with reading(engine) as connection:
        return cost_of(connection, parse_cost_question(name, TODAY, 20, words))


def lines(engine: Engine, name: str = "s:1", **words: Any) -> dict[str, CostLine]:
    return {line.item: line for line in bill(engine, name, **words).rows}


def amounts(engine: Engine, **words: Any) -> dict[str, Decimal | None]:
    return {item: line.amount for item, line in lines(engine, **words).items()}


def case(day: str, order: HomeOrder = HomeOrder.FIRST, area: int | None = 100_00, **values: Any) -> Case:
    return Case(**{"country": "CN", "region_code": "350121", "kind": PropertyKind.FLAT} | values | {
        "day": date.fromisoformat(day), "order": order, "area": area,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("day", "order", "area", "region", "percent"),
    [
        ("2020-11-06", HomeOrder.FIRST, 90_00, "350121", "1"),
        ("2020-11-06", HomeOrder.FIRST, 90_01, "350121", "1.5"),
        ("2020-11-06", HomeOrder.SECOND, 144_83, "350121", "2"),
        ("2020-11-06", HomeOrder.SECOND, 144_83, "310112", "3"),  # no lower rate for a second home in 上海
        ("2020-11-06", HomeOrder.SECOND, 80_00, "440106", "3"),  # nor in 广州
        ("2020-11-06", HomeOrder.SECOND, 80_00, "440512", "1"),  # 汕头 is of the same province
        ("2024-11-30", HomeOrder.FIRST, 140_00, "350121", "1.5"),
        ("2024-12-01", HomeOrder.FIRST, 140_00, "350121", "1"),
        ("2024-12-01", HomeOrder.FIRST, 140_01, "350121", "1.5"),
        ("2024-12-01", HomeOrder.SECOND, 140_01, "310112", "2"),
        ("2026-09-04", HomeOrder.FURTHER, 60_00, "350121", "3"),
        ("2019-05-15", HomeOrder.FURTHER, 60_00, "350121", "3"),
    ],
)
def test_deed_tax_is_that_of_the_day_the_area_and_the_home(
    day: str, order: HomeOrder, area: int, region: str, percent: str
) -> None:
    (rate,) = find_rates("deed_tax", case(day, order, area, region_code=region))
    assert rate.percent == Decimal(percent)


def test_every_rate_has_a_source_and_one_case_never_has_two() -> None:
    assert {rate.standing for rate in all_rates()} == {"law", "published", "prior"}
    assert all(rate.source and (rate.percent is None) != (rate.amount is None) for rate in all_rates())
    days = sorted({rate.since for rate in all_rates()} | {rate.until for rate in all_rates() if rate.until})
    for name in {rate.name for rate in all_rates()}:
        for day in days:
            for kind in (PropertyKind.FLAT, PropertyKind.SHOP):
                for order in HomeOrder:
                    told = case(day.isoformat(), order, 100_00, kind=kind, held=Held.TWO_YEARS)
                    assert len(find_rates(name, told)) <= 1, (name, day, kind, order)


def test_what_of_a_rate_is_not_confirmed_is_told_with_every_amount_that_rests_on_it(engine: Engine) -> None:
    """The VAT of 2026, the tax on income and a rate of interest that may have changed since; not the deed tax."""
    facts = (fact(FactKind.BUYER_BEARS_ALL_TAXES, Answer.YES, BUYER_BEARS),)
    fill(engine, {"1": (court_flat(HOME, 1_000_000), facts)})
    found = bill(engine, held="under_two_years", loan="70%")
    doubtful = {line.item for line in found.rows if line.doubt}
    assert doubtful == {"seller_vat", "vat_surcharge", "seller_income_tax", "loan_interest"}
    text = table_text(found)
    assert "not confirmed: seller_vat by 财政部 税务总局公告2025年第17号: neither the number nor the text" in text
    assert "not confirmed: loan_interest by LPR over five years of 2025-05-20" in text
    before = bill(engine, held="under_two_years", loan="70%", on="2025-01-02")
    assert {line.item for line in before.rows if line.doubt} == {"vat_surcharge", "seller_income_tax"}
    assert not any(line.doubt for line in bill(engine, seller_tax="0", loan="70%", loan_rate="3%").rows)


def test_rates_of_interest_follow_one_another_from_the_twentieth_of_a_month() -> None:
    """The central bank publishes them on the 20th, or on the next working day, and the one before ends with it."""
    rates = [rate for rate in all_rates() if rate.name == "loan_rate"]
    assert len(rates) == 12
    for rate in rates:
        assert rate.since.day == 20 or (rate.since.weekday() == 0 and rate.since.day in {21, 22})
        assert rate.source.startswith(f"LPR over five years of {rate.since} ")
    for earlier, later in pairwise(rates):
        assert earlier.until == later.since - timedelta(days=1)
        assert earlier.percent > later.percent  # type: ignore[operator]


def test_the_day_of_a_report_is_the_day_asked_for_and_not_the_next(engine: Engine) -> None:
    """The deed tax fell on 2024-12-01: at the end of November the old one holds."""
    begin(engine)
    record(engine, {"1": court_flat(HOME, 1_000_000, starts_at=None, ends_at=None, floor_area=120_00)}, days=-700)
    words = parse_filters(as_of="2024-11-30")
    with reading(engine) as connection:
        found = cost_of(connection, parse_cost_question("s:1", words, 20, {}))
    assert found.case.day == date(2024, 11, 30)
    assert next(line.amount for line in found.rows if line.item == "deed_tax") == 15_000


def test_without_the_area_both_rates_may_hold_and_none_is_taken(engine: Engine) -> None:
    fill(engine, {"1": court_flat(HOME, 1_000_000, floor_area=None)})
    line = lines(engine)["deed_tax"]
    assert line.amount is None
    assert line.why == "1 % or 1.5 %: give --area"
    assert lines(engine, area="89.5")["deed_tax"].amount == 10_000


def test_the_bill_of_a_flat_whose_sides_each_bear_their_taxes(engine: Engine) -> None:
    facts = (
        fact(FactKind.BUYER_BEARS_ALL_TAXES, Answer.NO, OWN_TAXES),
        fact(FactKind.ARREARS, Answer.NO, "欠费情况 无"),
        fact(FactKind.OCCUPIED, Answer.NO, "是否已腾空 是"),
    )
    fill(engine, {"1": (court_flat(HOME, 1_000_000.40), facts)})
    found = bill(engine)
    assert {line.item: line.amount for line in found.rows} == {
        "price": Decimal("1000000.40"),
        "deed_tax": Decimal("10000.00"),
        "stamp_duty": 0,
        "registration": 80,
        "seller_taxes": 0,
        "arrears": 0,
        "agent": 0,
        "eviction": 0,
        "total": Decimal("1010080.40"),
    }
    text = table_text(found)
    assert "this is a sum, no advice" in text
    assert OWN_TAXES in text
    assert "inputs: rates of 2026-09-22; kind flat; area 100 sqm; the buyer's first home" in text


def test_taxes_of_the_seller_fall_to_the_buyer_where_the_notice_says_so(engine: Engine) -> None:
    facts = (fact(FactKind.BUYER_BEARS_ALL_TAXES, Answer.YES, BUYER_BEARS),)
    fill(engine, {"1": (court_flat(HOME, 1_000_000), facts)})
    unknown, early, late = lines(engine), lines(engine, held="under_two_years"), lines(engine, held="two_years")
    assert (unknown["seller_vat"].amount, unknown["vat_surcharge"].amount) == (None, None)
    assert unknown["seller_vat"].quote == BUYER_BEARS
    assert (early["seller_vat"].amount, early["vat_surcharge"].amount) == (30_000, 1_800)
    assert (late["seller_vat"].amount, late["vat_surcharge"].amount) == (0, 0)
    assert late["seller_income_tax"].amount == 30_000
    before = lines(engine, held="under_two_years", on="2020-11-06")
    assert (before["seller_vat"].amount, before["vat_surcharge"].amount) == (50_000, 3_000)


@pytest.mark.parametrize(
    ("words", "vat", "surcharge", "income"),
    [
        ("成交价为含税价，", 50_000, 3_000, 30_000),
        ("成交价（价税合计）由买受人支付，", 50_000, 3_000, 30_000),
        ("成交价不含税价，", 52_500, 3_150, 31_500),
        ("成交价未含税，", 52_500, 3_150, 31_500),
        ("拍卖价款不含税费，", 52_500, 3_150, 31_500),
        ("", 52_500, 3_150, 31_500),
    ],
)
def test_vat_is_reckoned_out_of_a_price_that_holds_it(
    engine: Engine, words: str, vat: int, surcharge: int, income: int
) -> None:
    """Of 1,050,000 that hold a VAT of 5 %, 50,000; where the notice says nothing, or the opposite, it comes on top."""
    facts = (fact(FactKind.BUYER_BEARS_ALL_TAXES, Answer.YES, f"本次拍卖标的的{words}{BUYER_BEARS}"),)
    fill(engine, {"1": (court_flat(HOME, 1_050_000), facts)})
    told = lines(engine, held="under_two_years", on="2020-11-06")
    assert [told[each].amount for each in ("seller_vat", "vat_surcharge", "seller_income_tax")] == [
        vat,
        surcharge,
        income,
    ]
    assert ("out of a price that holds it" in told["seller_vat"].why) is (vat == 50_000)
    assert lines(engine, held="two_years")["seller_vat"].amount == 0
    assert lines(engine)["seller_vat"].amount is None, "without --held nobody knows"


@pytest.mark.parametrize("who_pays", [(Answer.YES, BUYER_BEARS), (Answer.NO, OWN_TAXES)])
def test_deed_tax_is_of_the_price_without_the_vat_in_it(engine: Engine, who_pays: tuple[Answer, str]) -> None:
    """Of 1,050,000 that hold a VAT of 5 %, 1,000,000 are taxed, whoever pays the tax of the seller."""
    answer, words = who_pays
    facts = (fact(FactKind.BUYER_BEARS_ALL_TAXES, answer, f"成交价为含税价，{words}"),)
    fill(engine, {"1": (court_flat(HOME, 1_050_000), facts)})
    then = {"on": "2020-11-06", "area": "89.5"}

    early, late, unknown = (lines(engine, **then, **held)["deed_tax"] for held in (
        {"held": "under_two_years"}, {"held": "two_years"}, {},
    ))  # fmt: skip

    assert (early.amount, early.why) == (10_000, "of the price without the VAT in it")
    assert (late.amount, late.why) == (10_500, "of the price: there is no VAT in it")
    assert (unknown.amount, unknown.why) == (10_500, "at most: of the whole price, the VAT in it is not known")
    assert lines(engine, **then, held="under_two_years", deed_tax="3%")["deed_tax"].amount == 30_000
    assert lines(engine, **then, held="under_two_years", deed_tax="12345")["deed_tax"].amount == 12_345


def test_the_rates_of_persons_say_nothing_of_a_bank_that_sells_what_is_its_own(engine: Engine) -> None:
    facts = (fact(FactKind.BUYER_BEARS_ALL_TAXES, Answer.YES, f"成交价为含税价，{BUYER_BEARS}"),)
    fill(engine, {"1": (court_flat(HOME, 1_050_000, seller_kind=SellerKind.CITY_BANK), facts)})

    told = lines(engine, on="2020-11-06", area="89.5", held="two_years")

    assert (told["deed_tax"].amount, told["deed_tax"].why) == (
        10_500,
        "at most: of the whole price, the VAT in it is not known",
    )
    assert (told["seller_taxes"].amount, told["seller_taxes"].why) == (
        None,
        "the buyer bears all; no person sells: give --seller-tax",
    )


def test_deed_tax_rests_on_what_is_not_confirmed_of_the_vat_in_the_price(engine: Engine) -> None:
    """From 2026 on the rate of VAT itself was not confirmed."""
    facts = (fact(FactKind.BUYER_BEARS_ALL_TAXES, Answer.NO, f"成交价为含税价，{OWN_TAXES}"),)
    fill(engine, {"1": (court_flat(HOME, 1_030_000), facts)})
    (vat,) = find_rates("seller_vat", case("2026-09-04", held=Held.UNDER_TWO_YEARS))

    told = lines(engine, area="89.5", held="under_two_years")["deed_tax"]

    assert (told.amount, told.doubt) == (10_000, vat.doubt)
    assert vat.doubt
    assert lines(engine, area="89.5")["deed_tax"].doubt == ""


def test_deed_tax_is_of_the_whole_price_where_no_vat_is_in_it(engine: Engine) -> None:
    facts = (fact(FactKind.BUYER_BEARS_ALL_TAXES, Answer.YES, f"成交价不含税价，{BUYER_BEARS}"),)
    fill(engine, {"1": (court_flat(HOME, 1_050_000), facts)})
    told = lines(engine, area="89.5", held="under_two_years", on="2020-11-06")["deed_tax"]
    assert (told.amount, told.why) == (10_500, "of the price")


def test_what_a_shop_owes_for_its_seller_nobody_can_tell_from_here(engine: Engine) -> None:
    facts = (fact(FactKind.BUYER_BEARS_ALL_TAXES, Answer.YES, BUYER_BEARS),)
    fill(engine, {"1": (court_flat(HOME, 1_000_000, property_kind=PropertyKind.SHOP), facts)})
    told = lines(engine)
    assert (told["deed_tax"].amount, told["stamp_duty"].amount, told["registration"].amount) == (30_000, 500, 550)
    assert told["seller_taxes"].amount is None
    assert lines(engine, seller_tax="10%")["seller_taxes"].amount == 100_000


def test_where_nobody_says_who_bears_taxes_a_court_sale_follows_the_law_and_a_bank_sale_is_unknown(
    engine: Engine,
) -> None:
    bank = court_flat("福州市闽侯县荆溪镇龙溪锦城23号楼803单元", 1_000_000, seller_kind=SellerKind.STATE_BANK)
    fill(engine, {"1": court_flat(HOME, 1_000_000), "2": bank})
    assert lines(engine)["seller_taxes"].source == "法释〔2016〕18号 art. 30"
    assert lines(engine, "s:2")["seller_taxes"].amount is None
    assert lines(engine, on="2016-12-31")["seller_taxes"].amount is None


@pytest.mark.parametrize(
    ("facts", "amount"),
    [
        ((), None),
        ((fact(FactKind.OCCUPIED, Answer.YES, "是否已腾空 未腾空"),), 30_000),
        ((fact(FactKind.LEASED, Answer.YES, "租赁情况 有租赁"),), 30_000),
        ((fact(FactKind.OCCUPIED, Answer.NOT_KNOWN, "占用情况 不明"),), None),
        ((fact(FactKind.OCCUPIED, Answer.NO, "空置"), fact(FactKind.LEASED, Answer.YES, "有租赁")), 30_000),
        ((fact(FactKind.OCCUPIED, Answer.YES, "有人"), fact(FactKind.VACANT_HANDOVER, Answer.YES, "法院负责清场")), 0),
    ],
)
def test_the_allowance_for_eviction_follows_the_notice(engine: Engine, facts: Any, amount: int | None) -> None:
    fill(engine, {"1": (court_flat(HOME, 1_000_000), facts)})
    assert lines(engine)["eviction"].amount == amount
    assert lines(engine, eviction="2万")["eviction"].amount == 20_000


def test_arrears_without_a_sum_are_not_nothing(engine: Engine) -> None:
    owed = (fact(FactKind.ARREARS, Answer.YES, "可能存在的物业费、水、电等欠费均由买受人承担"),)
    fill(engine, {"1": (court_flat(HOME, 1_000_000), owed)})
    told = lines(engine)
    assert told["arrears"].amount is None
    assert "arrears" in told["total"].why
    assert lines(engine, arrears="8000")["total"].amount == told["total"].amount + 8_000  # type: ignore[operator]


def test_arrears_in_the_notice_are_added(engine: Engine) -> None:
    owed = fact(FactKind.ARREARS, Answer.YES, "欠物业费12345.67元", amount=12_345_67, currency=Currency.CNY)
    assert lines(fill(engine, {"1": (court_flat(HOME, 1_000_000), (owed,))}))["arrears"].amount == Decimal("12345.67")


def test_every_rate_gives_way_to_the_users_own(engine: Engine) -> None:
    fill(engine, {"1": court_flat(HOME, 1_000_000)})
    told = amounts(
        engine, price="900000", deed_tax="4%", seller_tax="1万", arrears="1", agent="1%", eviction="2%", other="5000"
    )
    assert told == {
        "price": 900_000,
        "deed_tax": 36_000,
        "stamp_duty": 0,
        "registration": 80,
        "seller_taxes": 10_000,
        "arrears": 1,
        "agent": 9_000,
        "eviction": 18_000,
        "other": 5_000,
        "total": 978_081,
    }


def test_a_loan_adds_its_interest_and_leaves_the_own_money(engine: Engine) -> None:
    fill(engine, {"1": court_flat(HOME, 1_000_000)})
    told = lines(engine, loan="70%")
    total = told["total"].amount
    assert total is not None
    assert told["loan_interest"].percent == Decimal("3.50")
    assert "LPR" in told["loan_interest"].source
    assert told["own_money"].amount == total - 700_000
    assert told["total_with_interest"].amount == total + told["loan_interest"].amount  # type: ignore[operator]
    assert lines(engine, loan="700000", loan_rate="0%")["loan_interest"].amount == 0


@pytest.mark.parametrize(
    ("principal", "percent", "years", "monthly"),
    [
        (1_000_000_00, "3.5", 30, 4_490_45),  # as the calculators of Chinese banks print it
        (1_000_000_00, "4.9", 30, 5_307_27),
        (1_200_00, "0", 1, 100_00),
    ],
)
def test_monthly_parts_are_those_of_the_banks(principal: int, percent: str, years: int, monthly: int) -> None:
    assert Loan(principal, Decimal(percent), years).monthly == monthly


def test_a_loan_is_paid_back_by_its_parts() -> None:
    loan, rest = Loan(700_000_00, Decimal("3.5"), 20), Decimal(700_000_00)
    for _ in range(240):
        rest += rest * Decimal("0.035") / 12 - loan.monthly
    assert abs(rest) < 240  # less than a minor unit each month
    assert abs(loan.interest - (240 * loan.monthly - 700_000_00)) <= 120


def test_abroad_no_rate_is_invented(engine: Engine) -> None:
    abroad = court_flat("Apartamento, RUA 1", 100_000, currency=Currency.BRL, region_code="BR-SP", city="SAO PAULO")
    told = lines(fill(engine, {"1": abroad}), eviction="0", arrears="0")
    assert [told[item].amount for item in ("deed_tax", "stamp_duty", "registration", "seller_taxes")] == [None] * 4
    assert told["total"].amount == 100_000
    assert "R$ 100,000.00" in table_text(bill(engine))


def test_rates_are_of_the_day_of_the_end_or_of_the_day_given(engine: Engine) -> None:
    ended = {"status": RoundStatus.SOLD, "hammer_price": 1_200_000_00, "ends_at": datetime(2023, 3, 1, 2, tzinfo=UTC)}
    fill(engine, {"1": court_flat(HOME, 1_000_000, starts_at=None, **ended)})
    told = lines(engine)
    assert (told["price"].amount, told["price"].why) == (1_200_000, "hammer price")
    assert told["deed_tax"].amount == 18_000  # over 90 sqm, before 2024-12-01
    assert lines(engine, on="2025-01-01")["deed_tax"].amount == 12_000


def test_a_home_is_named_by_its_number_and_gives_its_last_attempt(engine: Engine) -> None:
    first = court_flat(HOME, 1_000_000, case_number="(2025)闽0121执1号", appraisal_price=1_200_000_00)
    failed = first._replace(status=RoundStatus.FAILED, starts_at=None, ends_at=datetime(2026, 8, 1, 2, tzinfo=UTC))
    fill(engine, {"1": failed, "2": first._replace(starting_price=800_000_00)})
    assert lines(engine, "1")["price"].amount == 800_000
    assert lines(engine, "s:1")["price"].amount == 1_000_000


def test_what_cannot_be_summed_is_refused_in_words(engine: Engine) -> None:
    fill(engine, {"1": court_flat(HOME, 0)})
    with pytest.raises(NothingToSum, match="give --price"):
        bill(engine)
    with pytest.raises(UnknownListing):
        bill(engine, "s:99")
    assert lines(engine, price="100万")["price"].amount == 1_000_000


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"deed_tax": "much"}, "--deed-tax: cannot read 'much'; give 3%, 50000 or 5万"),
        ({"loan_rate": "3.5"}, "--loan-rate: cannot read '3.5'; give 3.5%"),
        ({"price": "3%"}, "--price: cannot read '3%'; give 50000 or 5万"),
        ({"order": "thrid"}, "--home: there is no 'thrid', the nearest is"),
        ({"on": "yesterday"}, "--on: cannot read 'yesterday'"),
        ({"area": "large"}, "--area: cannot read 'large'"),
    ],
)
def test_words_that_cannot_be_read_are_refused(words: dict[str, str], told: str) -> None:
    with pytest.raises(WrongFilter) as refused:
        parse_cost_question("1", TODAY, 20, words)
    assert told in str(refused.value)


def test_percentages_are_rounded_to_the_nearest_minor_unit() -> None:
    assert parse_given("x", "1.5%").of(333, 2) == 5
    assert parse_given("x", "1.5%").of(300, 2) == 5  # 4.5, halves up
    assert parse_given("x", "1,234.56").of(0, 2) == 123_456
    assert parse_given("x", "5万").of(0, 0) == 50_000
    assert CostQuestion("1").order is HomeOrder.FIRST


@pytest.mark.parametrize("words", ["50000 BRL", "5万元", "300000hkd"])
def test_an_amount_of_a_cost_is_in_the_currency_of_the_home_and_names_none(words: str) -> None:
    with pytest.raises(WrongFilter, match="give 3%, 50000 or 5万"):
        parse_given("eviction", words)
