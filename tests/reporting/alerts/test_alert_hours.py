"""When a watch may speak, by the clock of its zone, also when that clock is put forward or back."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.alerts.hours import (
    Hours,
    is_quiet,
    last_occasion,
    may_speak,
    parse_clock,
    parse_quiet,
    parse_weekday,
    parse_zone,
    quiet_until,
)
from reporting.errors import WrongFilter
from store.terms import Pace

SHANGHAI, ATHENS = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Athens")
NIGHT = time(22), time(7, 30)
INSTANTS = st.datetimes(
    datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-12-31"), timezones=st.just(UTC)
)
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
ZONES = st.sampled_from([SHANGHAI, ATHENS, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu")])


def hours(pace=Pace.AT_ONCE, at=time(8), on=0, quiet=None, zone=SHANGHAI):
    return Hours(pace, at, on, quiet, zone)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "expected"),
    [("21:59", False), ("22:00", True), ("23:59", True), ("00:00", True), ("07:29", True), ("07:30", False)],
)
def test_quiet_hours_may_pass_midnight(local, expected):
    at = datetime.combine(date(2026, 9, 1), time.fromisoformat(local), SHANGHAI)
    assert is_quiet(hours(quiet=NIGHT), at.astimezone(UTC)) is expected


def test_quiet_hours_end_on_the_same_day_or_the_next():
    quiet = hours(quiet=NIGHT)
    assert quiet_until(quiet, utc("2026-09-01T15:00")) == utc("2026-09-01T23:30")  # 23:00 in Shanghai
    assert quiet_until(quiet, utc("2026-09-01T17:00")) == utc("2026-09-01T23:30")  # 01:00
    assert quiet_until(quiet, utc("2026-09-01T04:00")) == utc("2026-09-01T04:00")  # noon


def test_a_daily_digest_is_due_once_a_day():
    daily = hours(Pace.DAILY)
    eight = utc("2026-09-02T00:00")  # 08:00 in Shanghai
    assert not may_speak(daily, eight - timedelta(minutes=1), utc("2026-09-01T00:05"))
    assert may_speak(daily, eight, utc("2026-09-01T00:05"))
    assert not may_speak(daily, eight + timedelta(hours=9), eight)


def test_a_weekly_digest_is_due_on_its_day():
    weekly = hours(Pace.WEEKLY, on=parse_weekday("Friday"))
    assert last_occasion(weekly, utc("2026-09-03T12:00")) == utc("2026-08-28T00:00")
    assert last_occasion(weekly, utc("2026-09-04T00:00")) == utc("2026-09-04T00:00")


def test_a_digest_whose_hour_is_quiet_waits_for_the_end_of_that():
    early = hours(Pace.DAILY, at=time(6), quiet=NIGHT)
    spoke = utc("2026-09-01T01:00")
    assert not may_speak(early, utc("2026-09-01T22:30"), spoke)  # 06:30
    assert may_speak(early, utc("2026-09-01T23:30"), spoke)  # 07:30


def test_an_hour_that_the_clock_leaves_out_or_shows_twice_is_one_occasion():
    """Athens goes from 03:00 to 04:00 on 2026-03-29, and from 04:00 back to 03:00 on 2026-10-25."""
    daily = hours(Pace.DAILY, at=time(3, 30), zone=ATHENS)
    for first in (utc("2026-03-28T00:00"), utc("2026-10-24T00:00")):
        moments = [first + timedelta(minutes=10 * step) for step in range(3 * 24 * 6)]
        assert len({last_occasion(daily, now) for now in moments if last_occasion(daily, now) > first}) == 3


def test_quiet_hours_that_end_in_an_hour_shown_twice_end_in_the_second_for_who_asks_then():
    """Athens shows 03:00 to 04:00 twice on 2026-10-25: at 00 and at 01 o'clock in UTC."""
    quiet = hours(quiet=(time(22), time(3, 30)), zone=ATHENS)
    assert quiet_until(quiet, utc("2026-10-25T00:10")) == utc("2026-10-25T00:30")
    assert quiet_until(quiet, utc("2026-10-25T01:10")) == utc("2026-10-25T01:30")


def test_a_digest_that_was_sent_by_a_clock_far_ahead_silences_nobody():
    daily = hours(Pace.DAILY)
    now = utc("2026-09-02T04:00")
    assert may_speak(daily, now, utc("2031-01-01T00:00"))
    assert not may_speak(daily, now, now + timedelta(hours=1))  # put back an hour after the digest of today


@given(INSTANTS, TIMES, st.integers(0, 6), ZONES, st.sampled_from([Pace.DAILY, Pace.WEEKLY]))
def test_the_last_occasion_is_past_and_no_longer_ago_than_a_period(now, at, on, zone, pace):
    found = last_occasion(hours(pace, at, on, None, zone), now)
    period = timedelta(days=1 if pace is Pace.DAILY else 7)
    assert found <= now < found + period + timedelta(hours=2)


@given(INSTANTS, TIMES, TIMES, ZONES)
def test_the_end_of_the_quiet_hours_is_not_quiet_and_soon(now, begins, ends, zone):
    quiet = hours(quiet=(begins, ends), zone=zone)
    until = quiet_until(quiet, now)
    assert now <= until <= now + timedelta(hours=25)
    assert is_quiet(quiet, now) == (until > now)


@pytest.mark.parametrize("text", ["25:00", "8", "8:60", "noon", "０８:00x", ""])
def test_what_is_no_time_of_day_is_refused(text):
    with pytest.raises(WrongFilter, match="--at"):
        parse_clock("at", text)


def test_times_zones_and_days_are_read_as_people_write_them():
    assert parse_clock("at", "8:05") == "08:05"
    assert parse_quiet("22:00-7:30") == ("22:00", "07:30")
    assert parse_quiet("none") is None
    assert parse_zone("Asia/Shanghai") == "Asia/Shanghai"
    for wrong in ("Mars/Olympus", "../etc/passwd", ""):
        with pytest.raises(WrongFilter, match="--zone"):
            parse_zone(wrong)
    with pytest.raises(WrongFilter, match="monday"):
        parse_weekday("mo")
    with pytest.raises(WrongFilter, match="--quiet"):
        parse_quiet("22:00")
