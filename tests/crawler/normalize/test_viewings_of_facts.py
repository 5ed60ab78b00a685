"""Times of viewings: days stay days, hours are told by the clock of the court."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from crawler.errors import RowRefused
from crawler.items import Details, Dialect, FactItem
from crawler.normalize.details import read_extras
from store.statement import Fact
from store.terms import Answer, Currency, FactKind

NOW = datetime(2020, 9, 1, tzinfo=UTC)
QUOTE = "自2020年9月12日起至2020年9月26日17时止接受咨询，有意者请联系统一安排看样"


def read(dialect: Dialect, **raw: Any) -> Fact:
    extras = read_extras(Details(facts=(FactItem(FactKind.VIEWING, Answer.YES, QUOTE, **raw),)), dialect, NOW)
    assert extras is not None
    return extras.facts[0]


@pytest.fixture
def dialect() -> Dialect:
    from crawler.parsers.ali_judicial.dialect import DIALECT

    return DIALECT


def test_a_day_stays_a_day_and_an_hour_is_that_of_the_place(dialect: Dialect) -> None:
    fact = read(dialect, starts_raw="2020-09-12", ends_raw="2020-09-26 17:00:00")
    assert (fact.starts_on, fact.starts_at) == (date(2020, 9, 12), None)
    assert (fact.ends_on, fact.ends_at) == (None, datetime(2020, 9, 26, 9, tzinfo=UTC))
    assert (fact.quote, fact.amount, fact.currency) == (QUOTE, None, None)


def test_what_is_not_told_is_not_known(dialect: Dialect) -> None:
    fact = read(dialect, ends_raw="2020-09-26")
    assert (fact.starts_on, fact.starts_at, fact.ends_on, fact.ends_at) == (None, None, date(2020, 9, 26), None)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("2020-09-12", "2020-09-11"),
        ("2020-09-12 14:00:00", "2020-09-12 04:00:00"),
        ("2020-09-12", "2020-09-11 17:00:00"),
        ("2020-09-12 09:00:00", "2020-09-11"),
        ("2020-09-12", "2020-09-11 23:30:00"),  # the 12th where the court is not
    ],
)
def test_an_end_before_the_beginning_is_dropped(dialect: Dialect, begins: str, ends: str) -> None:
    fact = read(dialect, starts_raw=begins, ends_raw=ends)
    assert (fact.ends_on, fact.ends_at) == (None, None)
    assert fact == read(dialect, starts_raw=begins)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("2020-09-12", "2020-09-12"),
        ("2020-09-12 14:00:00", "2020-09-12"),
        ("2020-09-12", "2020-09-12 00:30:00"),  # at the court; still the 11th in UTC
        ("2020-09-12 00:30:00", "2020-09-12"),
    ],
)
def test_an_end_on_the_day_of_the_beginning_stands(dialect: Dialect, begins: str, ends: str) -> None:
    fact = read(dialect, starts_raw=begins, ends_raw=ends)
    assert (fact.ends_on, fact.ends_at) != (None, None)


def test_a_time_that_no_clock_shows_is_refused_by_its_name(dialect: Dialect) -> None:
    with pytest.raises(RowRefused, match=r"viewing\.starts_raw"):
        read(dialect, starts_raw="2020-13-41")


def test_other_facts_have_no_times_and_keep_their_money(dialect: Dialect) -> None:
    item = FactItem(FactKind.MORTGAGE, Answer.YES, "抵押给某某银行，债权数额100万元", "某某银行", "1000000", 1)
    extras = read_extras(Details(facts=(item,)), dialect, NOW)
    assert extras is not None
    assert extras.facts[0][3:] == ("某某银行", 100_000_000, 1, Currency.CNY, None, None, None, None)
