"""Viewings in the calendar of a watch: their days, their alarms, their ids, and what becomes of them."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event
from sqlalchemy import Engine

from reporting.alerts.manage import Asked, create_watch
from store.statement import Fact
from store.terms import Answer, ChannelKind, FactKind, RoundStatus
from tests.reporting.alerts.alert_help import AT_ONCE, run
from tests.reporting.buyer.buyer_help import court_flat, fact, fill, link, record

HOME = "福州市闽侯县南屿镇乌龙江南大道58号南屿滨江城49号楼2809单元"
NOW = datetime(2026, 9, 5, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def viewing(quote: str, **times: Any) -> Fact:
    return fact(FactKind.VIEWING, Answer.YES, quote, **times)


RANGE = viewing(
    "自2026年9月7日起至2026年9月18日17时止接受咨询，有意者请联系统一安排看样",
    starts_on=date(2026, 9, 7),
    ends_at=datetime(2026, 9, 18, 9, tzinfo=UTC),
)
BACKWARDS = viewing(
    "看样时间：2026年9月12日至9月10日", starts_on=date(2026, 9, 12), ends_on=date(2026, 9, 10)
)  # as it may lie in a database of before 2026-11
HOUR = viewing("集中看样时间：2026年9月15日下午14:30点", starts_at=datetime(2026, 9, 15, 6, 30, tzinfo=UTC))
DAYS = viewing("看样时间：2026年9月10日至9月12日", starts_on=date(2026, 9, 10), ends_on=date(2026, 9, 12))
LAST = viewing("看样请于2026年9月10日前预约", ends_on=date(2026, 9, 10))
WITHOUT = viewing("有意者请与本院联系统一安排看样")


@pytest.fixture
def calendar(new_engine: Callable[[], Engine], secrets: Path, tmp_path: Path) -> "CalendarOfAHome":
    return CalendarOfAHome(new_engine(), secrets, tmp_path / "homes.ics")


class CalendarOfAHome:
    """The calendar of a watch on one flat whose notice is told anew each day."""

    def __init__(self, engine: Engine, secrets: Path, file: Path) -> None:
        self.engine, self.secrets, self.file, self.days = engine, secrets, file, 0

    def tell(self, *facts: Fact, **words: Any) -> Sequence[Event]:
        """The viewings in the file after the notice has said this."""
        flat = court_flat(HOME, 800_000 + self.days, **words)
        if self.days == 0:
            fill(self.engine, {"1": (flat, facts)})
            asked = [Asked(ChannelKind.ICALENDAR, str(self.file))]
            create_watch(self.engine, self.secrets, "w", {"home": "s:1"}, AT_ONCE, asked, NOW)
        else:
            record(self.engine, {"1": (flat, facts)}, days=self.days)
            link(self.engine)
        run(self.engine, self.secrets, NOW + timedelta(days=self.days))
        self.days += 1
        events = Calendar.from_ical(self.file.read_bytes()).walk("VEVENT")
        return [each for each in events if str(each["SUMMARY"]).startswith("Viewing")]


def test_a_range_lasts_from_its_first_midnight_to_its_last_hour_by_the_clock_of_the_place(
    calendar: CalendarOfAHome,
) -> None:
    (event,) = calendar.tell(RANGE)
    assert event["DTSTART"].dt == datetime(2026, 9, 7, tzinfo=SHANGHAI)
    assert event["DTEND"].dt == datetime(2026, 9, 18, 17, tzinfo=SHANGHAI)
    assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert b"BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\n" in calendar.file.read_bytes()
    alarms = [(each["TRIGGER"].dt, each["TRIGGER"].params.get("RELATED")) for each in event.walk("VALARM")]
    assert alarms == [(timedelta(days=-3), None), (timedelta(days=-1), None), (timedelta(days=-1), "END")]


def test_an_hour_without_an_end_is_told_as_it_is(calendar: CalendarOfAHome) -> None:
    (event,) = calendar.tell(HOUR)
    assert event["DTSTART"].dt == datetime(2026, 9, 15, 14, 30, tzinfo=SHANGHAI)
    assert "DTEND" not in event
    assert all("RELATED" not in alarm["TRIGGER"].params for alarm in event.walk("VALARM"))
    assert str(event["DESCRIPTION"]).startswith(
        "The notice says: 集中看样时间：2026年9月15日下午14:30点 (s:1, seen 2026-09-04 12:00)"
    )


def test_days_without_hours_are_whole_days_and_the_last_one_is_among_them(calendar: CalendarOfAHome) -> None:
    (event,) = calendar.tell(DAYS)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 9, 10), date(2026, 9, 13))


def test_where_only_the_last_day_is_known_that_is_told(calendar: CalendarOfAHome) -> None:
    (event,) = calendar.tell(LAST)
    assert str(event["SUMMARY"]).startswith("Viewing until: ")
    assert (event["DTSTART"].dt, "DTEND" in event) == (date(2026, 9, 10), False)


def test_a_viewing_without_a_day_is_none(calendar: CalendarOfAHome) -> None:
    assert calendar.tell(WITHOUT) == []


def test_each_of_several_days_has_an_id_of_its_own(calendar: CalendarOfAHome) -> None:
    one, other = calendar.tell(DAYS, HOUR)
    assert str(one["UID"]) != str(other["UID"])


def test_a_viewing_that_is_moved_keeps_its_id_and_gets_the_next_sequence(calendar: CalendarOfAHome) -> None:
    (before,) = calendar.tell(DAYS)
    (after,) = calendar.tell(HOUR)
    assert str(after["UID"]) == str(before["UID"])
    assert (int(before["SEQUENCE"]), int(after["SEQUENCE"])) == (0, 1)
    assert after["DTSTART"].dt == datetime(2026, 9, 15, 14, 30, tzinfo=SHANGHAI)


def test_viewings_of_a_sale_that_is_withdrawn_are_cancelled_even_while_they_last(calendar: CalendarOfAHome) -> None:
    begun = viewing("看样时间：2026年9月1日至9月12日", starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 12))
    (before,) = calendar.tell(begun)
    (after,) = calendar.tell(begun, status=RoundStatus.WITHDRAWN)
    assert (str(before["STATUS"]), str(after["STATUS"])) == ("CONFIRMED", "CANCELLED")
    assert list(after.walk("VALARM")) == []


def test_an_end_before_the_beginning_is_left_out(calendar: CalendarOfAHome) -> None:
    (event,) = calendar.tell(BACKWARDS)
    assert event["DTSTART"].dt == date(2026, 9, 12)
    assert "DTEND" not in event
    assert all("RELATED" not in alarm["TRIGGER"].params for alarm in event.walk("VALARM"))
