"""Upcoming: starts and ends of the coming days, by the clock of the place."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import Engine
from store_help import begin

from reporting.buyer.upcoming import Deadline, Upcoming, UpcomingQuestion, find_upcoming
from reporting.buyer.zones import local_text, zone_of
from reporting.render import Format, render
from store.engine import reading
from store.terms import Currency, RoundStatus, SellerKind
from tests.reporting.buyer.buyer_help import court_flat, fill, filters, look_completely, record, table_text
from tracking.offers import NO_PARTS, Offer

HOME = "福州市闽侯县南屿镇乌龙江南大道58号南屿滨江城49号楼2809单元"
OTHER = "福州市闽侯县荆溪镇龙溪锦城23号楼803单元"
END_OF_DAY = datetime(2026, 9, 4, 16, tzinfo=UTC)  # the end of 2026-09-04 in Shanghai


def upcoming(engine: Engine, days: int = 30, **words: Any) -> Upcoming:
    with reading(engine) as connection:
        return find_upcoming(connection, UpcomingQuestion(filters(**words), days))


def told(rows: Any) -> list[tuple[str, str, str]]:
    return [(row.local_time, row.what.value, row.listing) for row in rows]


def test_a_start_and_its_end_are_two_rows_in_the_order_of_time(engine: Engine) -> None:
    later = court_flat(OTHER, 700_000, starts_at=datetime(2026, 9, 21, 6, tzinfo=UTC), ends_at=None)
    found = upcoming(fill(engine, {"1": court_flat(HOME, 800_000, deposit=80_000_00), "2": later}))
    assert told(found.rows) == [
        ("2026-09-21 10:00", "start", "s:1"),
        ("2026-09-21 14:00", "start", "s:2"),
        ("2026-09-22 10:00", "end", "s:1"),
    ]
    first: Deadline = found.rows[0]
    assert (first.price, first.deposit, first.hours_left) == (800_000, 80_000, 16 * 24 + 10)


@pytest.mark.parametrize(("days", "count"), [(16, 0), (17, 1), (18, 2)])
def test_only_what_falls_within_the_days_is_told(engine: Engine, days: int, count: int) -> None:
    """The start is 16 days and 10 hours after the end of the day that is asked for."""
    assert len(upcoming(fill(engine, {"1": court_flat(HOME, 800_000)}), days).rows) == count


def test_the_first_and_the_last_instant_belong_to_the_days(engine: Engine) -> None:
    edges = {"starts_at": END_OF_DAY + timedelta(microseconds=0), "ends_at": END_OF_DAY + timedelta(days=3)}
    outside = {"starts_at": END_OF_DAY - timedelta(seconds=1), "ends_at": END_OF_DAY + timedelta(days=3, seconds=1)}
    fill(engine, {"in": court_flat(HOME, 800_000, **edges), "out": court_flat(OTHER, 800_000, **outside)})
    assert [row.listing for row in upcoming(engine, 3).rows] == ["s:in", "s:in"]


@pytest.mark.parametrize(
    ("region", "currency", "zone", "shown"),
    [
        ("350121", Currency.CNY, "Asia/Shanghai", "2026-09-21 10:00"),
        ("650100", Currency.CNY, "Asia/Shanghai", "2026-09-21 10:00"),  # 乌鲁木齐 keeps Beijing's official time
        ("BR-AC", Currency.BRL, "America/Rio_Branco", "2026-09-20 21:00"),
        ("BR-SP", Currency.BRL, "America/Sao_Paulo", "2026-09-20 23:00"),
        (None, Currency.TWD, "Asia/Taipei", "2026-09-21 10:00"),
        (None, Currency.KRW, "Asia/Seoul", "2026-09-21 11:00"),
        (None, Currency.EUR, "Europe/Athens", "2026-09-21 05:00"),
        ("US-FL", Currency.USD, "America/New_York", "2026-09-20 22:00"),
        (None, Currency.UAH, "Europe/Kyiv", "2026-09-21 05:00"),
        (None, Currency.HKD, "Asia/Hong_Kong", "2026-09-21 10:00"),
    ],
)
def test_times_are_those_of_the_clocks_at_the_place(
    region: str | None, currency: Currency, zone: str, shown: str
) -> None:
    nothing: dict[str, Any] = dict.fromkeys(Offer._fields)
    offer = Offer(**nothing | {"source": "somebody", "region_code": region, "currency": currency, "parts": NO_PARTS})
    assert zone_of(offer) == zone
    assert local_text(datetime(2026, 9, 21, 2, tzinfo=UTC), zone) == shown


def test_a_day_without_an_hour_is_a_day_and_has_no_instant(engine: Engine) -> None:
    day = {"starts_at": None, "ends_at": None, "ended_on": date(2026, 9, 8)}
    greek = court_flat("Διαμέρισμα 56 τ.μ.", 33_000, currency=Currency.EUR, region_code=None, city="Αθήνα", **day)
    fill(engine, {"1": greek})
    (row,) = upcoming(engine, 7).rows
    assert (row.local_time, row.zone, row.at, row.hours_left, row.what) == (
        "2026-09-08",
        "Europe/Athens",
        None,
        None,
        "end",
    )
    assert upcoming(engine, 2).rows == []


def test_suspended_and_undated_offers_are_counted_and_not_told(engine: Engine) -> None:
    undated = court_flat("福州市闽侯县上街镇马保路56号国屿新村27号楼404单元", 700_000, starts_at=None, ends_at=None)
    paused = court_flat(HOME, 800_000, status=RoundStatus.SUSPENDED)
    sold = court_flat(OTHER, 800_000, status=RoundStatus.SOLD)
    found = upcoming(fill(engine, {"1": paused, "2": undated, "3": sold}))
    assert (found.rows, found.paused, found.undated) == ([], 1, 1)
    assert "left out: 1 suspended or postponed" in table_text(found)


def test_what_two_complete_looks_did_not_show_is_left_out_as_missing(engine: Engine) -> None:
    begin(engine)
    record(engine, {"1": court_flat(HOME, 800_000), "2": court_flat(OTHER, 700_000)}, days=-3)
    look_completely(engine, {"2": court_flat(OTHER, 700_000)}, days=-2)
    look_completely(engine, {"2": court_flat(OTHER, 700_000)}, days=-0.99)
    found = upcoming(engine)
    assert {row.listing for row in found.rows} == {"s:2"}
    assert found.gone == 1


def test_prices_filters_and_the_day_asked_for_narrow_it(engine: Engine) -> None:
    bank = court_flat(OTHER, 500_000, seller_kind=SellerKind.CITY_BANK)
    fill(engine, {"1": court_flat(HOME, 800_000), "2": bank})
    assert {row.listing for row in upcoming(engine, max_price="60万").rows} == {"s:2"}
    assert {row.listing for row in upcoming(engine, seller_kind=["court"]).rows} == {"s:1"}
    assert upcoming(engine, as_of="2026-09-03").rows == []


def test_files_hold_the_local_time_and_the_instant(engine: Engine) -> None:
    stream = StringIO(newline="")
    render(upcoming(fill(engine, {"1": court_flat(HOME, 800_000)})), Format.CSV, stream)
    row = next(csv.DictReader(StringIO(stream.getvalue())))
    assert (row["local_time"], row["zone"], row["at"]) == (
        "2026-09-21 10:00",
        "Asia/Shanghai",
        "2026-09-21T10:00:00+08:00",
    )


def test_an_empty_answer_is_a_table_too(engine: Engine) -> None:
    begin(engine)
    assert "n = 0 viewings, starts and ends" in table_text(upcoming(engine))
