"""When a listing is looked at again: the rules one by one, and what must hold for all of them."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.policy import (
    DAY,
    HOUR,
    JITTER,
    RESULT_AWAITED,
    TEN_MINUTES,
    WEEK,
    Due,
    Known,
    QuietHours,
    Wanted,
    choose,
    lists_budget,
    next_look,
    stairs_of,
    with_jitter,
)
from store.terms import LookReason, RoundStatus

END = datetime(2026, 9, 11, 2, tzinfo=UTC)  # ten o'clock in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")

moments = st.datetimes(datetime(2026, 7, 1), datetime(2026, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis wants them bare
listings = st.builds(
    Known,
    status=st.sampled_from([None, *RoundStatus]),
    starts_at=st.none() | moments,
    ends_at=st.none() | moments,
    ended_at=st.none() | moments,
    is_missing=st.booleans(),
)


def ongoing(**values: object) -> Known:
    return Known(**{"status": RoundStatus.ONGOING, "ends_at": END, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before_end", "since_look", "wait", "reason"),
    [
        (timedelta(days=9), timedelta(0), DAY, LookReason.DAYS_AWAY),
        (timedelta(hours=20), timedelta(0), HOUR, LookReason.LAST_DAY),
        (timedelta(minutes=40), timedelta(0), TEN_MINUTES, LookReason.LAST_HOUR),
        (timedelta(minutes=-20), timedelta(0), HOUR, LookReason.RESULT),
        (timedelta(days=-5), timedelta(0), DAY, LookReason.RESULT),
    ],
)
def test_the_nearer_the_end_the_sooner_the_next_look(before_end, since_look, wait, reason):
    now = END - before_end
    assert next_look(ongoing(), now - since_look, now) == Due(now + wait, reason)


def test_a_look_is_due_when_the_last_day_begins_though_a_day_has_not_passed():
    looked_at = END - timedelta(hours=30)
    assert next_look(ongoing(), looked_at, looked_at) == Due(END - DAY, LookReason.LAST_DAY)


def test_a_look_in_the_last_minutes_is_followed_by_one_behind_the_end():
    looked_at = END - timedelta(minutes=5)
    assert next_look(ongoing(), looked_at, looked_at) == Due(END + timedelta(minutes=5), LookReason.LAST_HOUR)
    later = END + timedelta(minutes=5)
    assert next_look(ongoing(), later, later) == Due(later + HOUR, LookReason.RESULT)


def test_a_result_is_asked_for_thirty_days_and_no_longer():
    last = END + RESULT_AWAITED - timedelta(hours=25)
    assert next_look(ongoing(), last, last) == Due(last + DAY, LookReason.RESULT)
    last = END + RESULT_AWAITED - timedelta(hours=23)
    assert next_look(ongoing(), last, last) is None


def test_an_end_without_a_date_is_asked_for_from_when_it_was_told():
    ended = Known(status=RoundStatus.ENDED, ended_at=END)
    assert next_look(ended, END + 2 * DAY, END + 2 * DAY) == Due(END + 3 * DAY, LookReason.RESULT)


@pytest.mark.parametrize("status", [RoundStatus.SUSPENDED, RoundStatus.POSTPONED, RoundStatus.HALTED])
def test_what_is_suspended_is_looked_at_weekly_though_its_end_has_passed(status):
    assert next_look(ongoing(status=status), END + DAY, END + DAY) == Due(END + DAY + WEEK, LookReason.PAUSED)


def test_what_has_vanished_is_looked_at_weekly():
    assert next_look(ongoing(is_missing=True), END, END) == Due(END + WEEK, LookReason.VANISHED)


@pytest.mark.parametrize("status", [RoundStatus.SOLD, RoundStatus.WITHDRAWN, RoundStatus.TAKEN_BY_CREDITOR])
def test_what_is_over_is_left_alone(status):
    assert next_look(ongoing(status=status), END, END) is None


def test_after_a_failed_round_the_next_one_is_looked_for_sixty_days():
    failed = ongoing(status=RoundStatus.FAILED, ended_at=END)
    assert next_look(failed, END, END) == Due(END + DAY, LookReason.NEXT_ROUND)
    assert next_look(failed, END + 60 * DAY, END + 60 * DAY) is None


def test_where_only_the_start_is_known_the_end_is_a_day_later():
    announced = Known(status=RoundStatus.UPCOMING, starts_at=END - DAY)
    assert stairs_of(announced) == stairs_of(ongoing())


def test_a_look_that_is_long_overdue_is_as_urgent_as_the_listing_is_now():
    looked_at = END - 9 * DAY
    assert next_look(ongoing(), looked_at, END - timedelta(minutes=30)) == Due(looked_at + DAY, LookReason.LAST_HOUR)
    assert next_look(ongoing(), looked_at, END + RESULT_AWAITED) is None


def test_a_clock_that_was_put_back_does_not_silence_a_listing():
    now = END - 9 * DAY
    assert next_look(ongoing(), now + timedelta(days=400), now) == Due(now + DAY, LookReason.DAYS_AWAY)


@given(listings, moments, moments)
def test_a_look_is_due_at_the_first_instant_that_is_an_interval_after_the_last(known, looked_at, now):
    due = next_look(known, looked_at, now)
    last = min(looked_at, now)
    stairs = stairs_of(known)

    def interval_at(at: datetime) -> timedelta | None:
        return next(each.interval for each in reversed(stairs) if each.since <= at)

    if due is None:
        assert stairs[-1].interval is None
        return
    interval = interval_at(due.at)
    assert interval is not None
    assert due.at - last >= interval
    assert due.reason is next(each.reason for each in reversed(stairs) if each.since <= max(due.at, now))
    for earlier in {each.since for each in stairs} | {due.at - timedelta(seconds=1)}:
        if last < earlier < due.at:
            before = interval_at(earlier)
            assert before is None or earlier - last < before


@given(listings, moments, moments, moments)
def test_a_later_look_never_makes_the_next_one_earlier(known, one, other, now):
    earlier, later = sorted([one, other])
    first, second = next_look(known, earlier, now), next_look(known, later, now)
    assert second is None or (first is not None and first.at <= second.at)


@given(listings, moments, st.text(max_size=20))
def test_jitter_adds_at_most_a_tenth_and_is_always_the_same(known, now, key):
    due = next_look(known, now, now)
    if due is not None:
        moved = with_jitter(due, known, key)
        assert due.at <= moved.at <= due.at + WEEK * JITTER
        assert moved == with_jitter(due, known, key)


@pytest.mark.parametrize(
    ("begins", "ends", "asked", "allowed"),
    [
        (time(1), time(6), "2026-09-11T02:30", "2026-09-11T06:00"),
        (time(1), time(6), "2026-09-11T06:00", "2026-09-11T06:00"),
        (time(23), time(6), "2026-09-11T23:30", "2026-09-12T06:00"),
        (time(23), time(6), "2026-09-12T02:00", "2026-09-12T06:00"),
        (time(23), time(6), "2026-09-12T12:00", "2026-09-12T12:00"),
        (time(3), time(3), "2026-09-12T03:00", "2026-09-12T03:00"),
    ],
)
def test_quiet_hours_move_a_look_to_their_end(begins, ends, asked, allowed):
    quiet = QuietHours(begins, ends, SHANGHAI)
    at = datetime.fromisoformat(asked).replace(tzinfo=SHANGHAI)
    assert quiet.first_allowed(at) == datetime.fromisoformat(allowed).replace(tzinfo=SHANGHAI)


def test_quiet_hours_hold_through_the_night_on_which_clocks_are_put_back():
    sao_paulo = ZoneInfo("America/New_York")  # 2026-11-01, two o'clock becomes one
    quiet = QuietHours(time(1), time(3), sao_paulo)
    first_half_past_one = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    second_half_past_one = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    three = datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert quiet.first_allowed(first_half_past_one) == quiet.first_allowed(second_half_past_one) == three


@given(moments, st.times(), st.times())
def test_quiet_hours_never_move_a_look_back_nor_by_more_than_a_day(at, begins, ends):
    quiet = QuietHours(begins, ends, SHANGHAI)
    allowed = quiet.first_allowed(at)
    assert at <= allowed <= at + DAY
    assert quiet.first_allowed(allowed) == allowed


def test_lists_go_first_then_results_then_last_hours_then_what_is_days_away():
    wanted = [
        Wanted(Due(END - DAY, LookReason.DAYS_AWAY), "days away"),
        Wanted(Due(END - HOUR, LookReason.LAST_HOUR), "last hour"),
        Wanted(Due(END, LookReason.RESULT), "result"),
        Wanted(Due(END, LookReason.LISTS), "lists"),
        Wanted(Due(END + HOUR, LookReason.RESULT), "not due yet"),
    ]
    taken, left = choose(wanted, END, 3)
    assert [each.key for each in taken] == ["lists", "result", "last hour"]
    assert [each.key for each in left] == ["days away"]
    assert choose(wanted, END, 0)[0] == []


def test_of_results_the_newest_goes_first_of_all_else_what_waits_longest():
    def in_turn(reason: LookReason) -> list[str]:
        wanted = [Wanted(Due(END - days * DAY, reason), str(days)) for days in (2, 1, 3)]
        return [each.key for each in choose(wanted, END, 9)[0]]

    assert in_turn(LookReason.RESULT) == ["1", "2", "3"]
    assert in_turn(LookReason.LAST_HOUR) == ["3", "2", "1"]


def test_a_late_result_is_asked_for_hourly_then_four_times_a_day():
    late = END + timedelta(hours=1)
    assert next_look(ongoing(), late, late) == Due(late + HOUR, LookReason.RESULT)
    later = END + timedelta(hours=4)
    assert next_look(ongoing(), later, later) == Due(later + 6 * HOUR, LookReason.RESULT)


@pytest.mark.parametrize(
    ("left", "single_looks", "lists"),
    [
        (2_000, 0, 2_000),  # nobody else wants it
        (2_000, 300, 1_700),
        (2_000, 1_700, 1_000),
        (2_000, 140_000, 1_000),
        (600, 140_000, 600),
        (0, 5, 0),
    ],
)
def test_lists_take_half_of_a_day_and_what_single_listings_leave(left, single_looks, lists):
    assert lists_budget(left, 2_000, single_looks) == lists


@given(st.integers(0, 3_000), st.integers(1, 3_000), st.integers(0, 9_000))
def test_lists_never_get_more_than_is_left(left, per_day, single_looks):
    assert 0 <= lists_budget(left, per_day, single_looks) <= left
