"""Compare: homes side by side, the same facts for each, what is not known left empty."""

import csv
import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from sqlalchemy import Engine

from reporting.buyer.compare import Comparison, compare
from reporting.buyer.ground import NotKnownThen
from reporting.errors import WrongFilter
from reporting.filters import parse_filters
from reporting.render import Format, render
from store.engine import reading
from store.terms import Answer, AppraisalKind, Currency, FactKind, RoundKind, RoundStatus
from tests.reporting.buyer.buyer_help import TODAY, court_flat, fact, fill, record, sold_flat, table_text
from tracking.words import UnknownListing

HOME = "福州市闽侯县南屿镇乌龙江南大道58号南屿滨江城49号楼2809单元"
OTHER = "福州市闽侯县荆溪镇龙溪锦城23号楼803单元"
QUOTE = "租赁情况 有租赁，租期至2030年"


@pytest.fixture
def two(engine: Engine) -> Engine:
    valued = {"appraisal_price": 1_250_000_00, "appraisal_kind": AppraisalKind.APPRAISAL}
    one = court_flat(HOME, 1_000_000, appraisal_on=date(2026, 5, 1), built_year=2011, **valued)
    facts = (fact(FactKind.LEASED, Answer.YES, QUOTE),)
    return fill(engine, {"1": (one, facts), "2": sold_flat(OTHER, 640_000, floor_area=80_00)})


def compared(engine: Engine, *names: str) -> Comparison:
    with reading(engine) as connection:
        return compare(connection, names, TODAY)


def rows_of(report: Comparison, output: Format = Format.JSON) -> dict[str, dict[str, object]]:
    stream = StringIO(newline="")
    render(report, output, stream)
    found = json.loads(stream.getvalue()) if output is Format.JSON else csv.DictReader(StringIO(stream.getvalue()))
    return {row["fact"]: row for row in found}


def test_each_home_is_a_column_and_each_fact_a_row(two: Engine) -> None:
    told = rows_of(compared(two, "s:1", "s:2"))
    assert list(told["price"]) == ["fact", "s:1", "s:2"]
    assert (told["price"]["s:1"], told["price"]["s:2"]) == (1_000_000.0, 640_000.0)
    assert (told["price of a sqm"]["s:1"], told["price of a sqm"]["s:2"]) == (10_000.0, 8_000.0)
    assert (told["discount to appraisal"]["s:1"], told["discount to appraisal"]["s:2"]) == (20.0, None)
    assert (told["least lawful start"]["s:1"], told["built"]["s:1"]) == (875_000.0, 2011)
    assert (told["leased"]["s:1"], told["leased"]["s:2"]) == ("yes", None)
    assert (told["hammer price"]["s:1"], told["hammer price"]["s:2"]) == (None, 640_000.0)


def test_the_table_says_what_a_discount_is_against_and_quotes_the_notice(two: Engine) -> None:
    text = table_text(compared(two, "s:1", "s:2"), width=160)
    assert "20.0% (appraisal 2026-05-01, n = 1)" in text
    assert f"s:1, leased: “{QUOTE}”" in text
    assert "insufficient data, n = 1" in text
    assert "2026-09-21 10:00 Asia/Shanghai" in text


def test_columns_share_a_terminal_evenly(two: Engine) -> None:
    line = next(each for each in table_text(compared(two, "s:1", "s:2"), 100).splitlines() if each.startswith("title"))
    assert "福州市闽侯县南屿镇" in line
    assert "福州市闽侯县荆溪镇" in line


def test_a_home_by_its_number_is_its_last_attempt(engine: Engine) -> None:
    case = {"case_number": "(2025)闽0121执1号", "appraisal_price": 1_250_000_00}
    failed = court_flat(HOME, 1_000_000, **case, status=RoundStatus.FAILED, starts_at=None, ends_at=TODAY.before)
    second = court_flat(HOME, 800_000, **case, round_kind=RoundKind.SECOND_AUCTION)
    fill(engine, {"1": failed, "2": second, "3": court_flat(OTHER, 700_000)})
    told = rows_of(compared(engine, "1", "s:3"))
    assert list(told["price"]) == ["fact", "s:2", "s:3"]
    assert (told["highest price"]["s:2"], told["discount to highest price"]["s:2"]) == (1_000_000.0, 20.0)
    assert told["listings of the home"]["s:2"] == 2


def test_amounts_of_two_currencies_keep_their_own(engine: Engine) -> None:
    abroad = court_flat("Apartamento, RUA 1", 233_615.48, currency=Currency.BRL, region_code="BR-SP", city="SAO PAULO")
    report = compared(fill(engine, {"1": court_flat(HOME, 1_000_000), "2": abroad}), "s:1", "s:2")
    told = rows_of(report, Format.CSV)
    assert (told["currency"]["s:1"], told["currency"]["s:2"]) == ("CNY", "BRL")
    assert Decimal(str(told["price"]["s:2"])) == Decimal("233615.48")
    text = table_text(report)
    assert "100.00万" in text
    assert "R$ 233,615.48" in text


def test_two_things_under_one_id_keep_columns_of_their_own(engine: Engine) -> None:
    fill(engine, {"1": court_flat(HOME, 1_000_000)})
    record(engine, {"1": court_flat("南通市崇川区人民东路18号工业厂房", 9_000_000, city="南通市")}, days=0.1)
    told = rows_of(compared(engine, "s:1:1", "s:1:2"))
    assert (told["price"]["s:1"], told["price"]["s:1:2"]) == (1_000_000.0, 9_000_000.0)


def test_words_that_would_steer_a_terminal_are_shown_as_harmless_signs(engine: Engine) -> None:
    hostile = "\u202e=cmd|' /C calc'!A0<script>\x1b[2J"
    facts = (fact(FactKind.LEASED, Answer.YES, f"租赁{hostile}"),)
    text = table_text(
        compared(fill(engine, {"1": (court_flat(hostile, 1), facts), "2": court_flat(OTHER, 2)}), "1", "2")
    )
    assert "\u202e" not in text
    assert "\x1b[2J" not in text
    assert "<script>" in text


def test_wrong_numbers_of_homes_are_refused(two: Engine) -> None:
    with pytest.raises(WrongFilter, match="two to 6"):
        compared(two, "s:1")
    with pytest.raises(WrongFilter, match="named twice"):
        compared(two, "s:1", "1")
    with pytest.raises(UnknownListing):
        compared(two, "s:1", "s:99")


def test_a_home_that_was_not_known_then_is_refused_by_name(two: Engine) -> None:
    record(two, {"9": court_flat("福州市闽侯县上街镇马保路56号国屿新村27号楼404单元", 1)}, days=5)
    with reading(two) as connection, pytest.raises(NotKnownThen, match="'s:9'"):
        compare(connection, ["s:1", "s:9"], parse_filters(as_of="2026-09-04"))
