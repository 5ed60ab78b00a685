"""What the timetable says it will ask: each look when it is due, nothing at night, the urgent within the budget."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from store_help import make_page, record, statement

from crawler.sources import source_specs
from scheduler.outlook import PlannedHour, plan, standings
from scheduler.timetable import add_source, refresh
from store.engine import reading, writing
from store.manners import add_requests, set_pause
from store.runs import LISTS_ASKED, add_sources, close_run, open_run
from store.targets import take_lease
from store.terms import Currency, LookReason, RoundStatus, RunVerdict
from store.write import Recorder

GPAI = "gpai"
"""300 requests a day, one for a look at a lot; nothing is asked from one to six in Shanghai."""

NINE = datetime(2026, 9, 1, 1, tzinfo=UTC)  # in the morning there
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def know(engine: Engine, ends: Mapping[str, datetime], seen_at: datetime = NINE) -> None:
    """Put the source on the timetable, with a healthy crawl of its lists that saw running lots."""
    with writing(engine) as connection:
        add_sources(connection, {GPAI: "gpai"})
        run = open_run(connection, GPAI, {"kind": "crawl"}, seen_at)
        counters = {LISTS_ASKED: 7, "page/read": 7 + len(ends)}
        said = {
            source_id: statement(status=RoundStatus.ONGOING, ends_at=end, currency=Currency.CNY)
            for source_id, end in ends.items()
        }
        recorder = Recorder()
        record(recorder, connection, make_page(seen_at, "gpai.list", str(ends), source=GPAI), said)
        recorder.settle(connection)
        close_run(connection, run, seen_at, RunVerdict.OK, None, counters)
        add_source(connection, source_specs()[GPAI], seen_at)
        refresh(connection, source_specs(), seen_at)


def planned(engine: Engine, days: int = 1, now: datetime = NINE) -> list[PlannedHour]:
    with reading(engine) as connection:
        return plan(connection, source_specs(), now, days)


def by_reason(hours: list[PlannedHour]) -> Counter[LookReason]:
    counted: Counter[LookReason] = Counter()
    for hour in hours:
        counted[hour.reason] += hour.looks
    return counted


def test_a_lot_in_its_last_hour_is_planned_every_ten_minutes_and_then_for_its_result(engine: Engine):
    know(engine, {"1": NINE + HOUR})
    hours = planned(engine)
    looks = by_reason(hours)
    assert 5 <= looks[LookReason.LAST_HOUR] <= 7  # spread by a tenth of ten minutes
    assert looks[LookReason.RESULT] >= 5  # hourly for three hours, then four times in the day, but for the night
    in_the_hour = next(each for each in hours if (each.begins_at, each.reason) == (NINE, LookReason.LAST_HOUR))
    assert in_the_hour.requests == in_the_hour.looks
    results = [each.begins_at for each in hours if each.reason is LookReason.RESULT]
    assert min(results) == NINE + 2 * HOUR  # an hour after the last look of the last hour, which is after the end


def test_nothing_is_planned_for_the_quiet_hours(engine: Engine):
    know(engine, {str(number): NINE + number * HOUR for number in range(1, 24)})
    hours = planned(engine, days=3)
    assert len(hours) > 40
    assert not [each for each in hours if 17 <= each.begins_at.hour < 22]  # one to six in Shanghai
    assert any(each.begins_at.hour == 22 for each in hours)  # what was due in the night


def test_the_lists_are_planned_each_day_with_as_many_requests_as_they_took(engine: Engine):
    know(engine, {})
    lists = [each for each in planned(engine, days=3) if each.reason is LookReason.LISTS]
    assert [each.begins_at for each in lists] == [NINE + day * DAY for day in range(3)]
    assert [(each.looks, each.requests) for each in lists] == [(1, 7)] * 3


def test_lists_that_were_never_crawled_are_planned_with_one_request(engine: Engine):
    with writing(engine) as connection:
        add_sources(connection, {GPAI: "gpai"})
        add_source(connection, source_specs()[GPAI], NINE)
    assert planned(engine) == [PlannedHour(GPAI, NINE, LookReason.LISTS, 1, 1, 0)]


def test_a_day_is_planned_within_its_budget_and_what_falls_out_is_least_urgent(engine: Engine):
    soon = {str(number): NINE + HOUR for number in range(10)}
    later = {str(number): NINE + 14 * HOUR for number in range(10, 60)}
    know(engine, soon | later)
    today = [each for each in planned(engine) if each.begins_at < NINE + 15 * HOUR]  # until midnight there
    assert sum(each.requests for each in today) == source_specs()[GPAI].requests_per_day
    dropped = Counter[LookReason]()
    for each in today:
        dropped[each.reason] += each.dropped
    assert set(+dropped) == {LookReason.LAST_DAY, LookReason.LAST_HOUR}
    assert dropped[LookReason.LAST_DAY] > dropped[LookReason.LAST_HOUR]
    assert not any(each.dropped for each in today if each.begins_at < NINE + HOUR and each.reason != "last_day")


@pytest.mark.parametrize("is_sold", [True, False])
def test_what_is_over_is_not_planned(engine: Engine, is_sold: bool):
    know(engine, {"1": NINE + HOUR})
    if is_sold:
        with writing(engine) as connection:
            recorder, said = Recorder(), {"1": statement(status=RoundStatus.SOLD, currency=Currency.CNY)}
            record(recorder, connection, make_page(NINE + 2 * HOUR, "gpai.lot", "sold", source=GPAI), said)
            recorder.settle(connection)
    later = [each for each in planned(engine, now=NINE + 3 * HOUR) if each.reason is not LookReason.LISTS]
    assert bool(later) is not is_sold


def test_the_standing_of_a_source_tells_what_is_next_what_is_spent_and_who_is_at_it(engine: Engine):
    know(engine, {"1": NINE + 2 * DAY, "2": NINE + 30 * timedelta(minutes=1)})
    now = NINE + 20 * timedelta(minutes=1)
    with writing(engine) as connection:
        add_requests(connection, GPAI, now.date(), 41)
        set_pause(connection, GPAI, now + DAY, "it refused")
        take_lease(connection, f"site:{GPAI}", "us", now + HOUR, now)
    with reading(engine) as connection:
        (standing,) = standings(connection, source_specs(), now)
    assert (standing.source, standing.health, standing.last_run_at) == (GPAI, RunVerdict.OK, NINE)
    assert standing.reason is LookReason.LISTS  # they are most urgent of what is next
    assert (standing.requests_today, standing.budget) == (41, 300)
    assert (standing.paused_until, standing.paused_why) == (now + DAY, "it refused")
    assert (standing.leased_by, standing.leased_until) == ("us", now + HOUR)
    assert standing.listings == 2
    assert standing.overdue == 2  # the lists, and the lot in its last hour


def test_a_lease_that_has_ended_is_nobodys(engine: Engine):
    know(engine, {})
    with writing(engine) as connection:
        take_lease(connection, f"site:{GPAI}", "us", NINE + HOUR, NINE)
    with reading(engine) as connection:
        (standing,) = standings(connection, source_specs(), NINE + 2 * HOUR)
    assert standing.leased_by is None
