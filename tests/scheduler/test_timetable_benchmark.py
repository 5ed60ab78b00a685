"""The simulation of the timetable plays by the rules that it measures."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from benchmarks.timetable.__main__ import WARM_UP, play
from benchmarks.timetable.daily import EverythingDaily
from benchmarks.timetable.market import BANK, BEGIN, COURT, DAY, lots_of
from benchmarks.timetable.site import Plan, Site
from scheduler.policy import QuietHours
from scheduler.timetable import NIGHT

DAYS = 6
SMALL = 40_000  # of these rmfysszc has 1,200
QUIET = QuietHours(*NIGHT, ZoneInfo("Asia/Shanghai"))


def overloaded() -> Site:
    """A site of 6,000 lots that may be asked 60 times a day."""
    return Site(60, timedelta(seconds=5), QUIET, 1, lots_of(3, COURT, 6_000, DAYS))


@pytest.mark.parametrize(("kinds", "open_count"), [(COURT, 3_000), (BANK, 3_000)], ids=["courts", "banks"])
def test_about_as_many_listings_are_open_as_were_asked_for(kinds, open_count):
    lots = lots_of(7, kinds, open_count, DAYS)
    for day in range(DAYS + 1):
        now = BEGIN + day * DAY
        assert sum(lot.published <= now < lot.over for lot in lots) == pytest.approx(open_count, rel=0.1)


def test_a_result_is_told_by_the_page_when_it_is_there_and_not_before():
    lot = next(lot for lot in lots_of(7, COURT, 500, DAYS) if lot.told > lot.over)
    lot.look(lot.told - timedelta(seconds=1))
    assert lot.seen_at is None
    lot.look(lot.told)
    assert (lot.seen_at, lot.known.status) == (lot.told, lot.result)


def test_no_day_takes_more_requests_than_its_budget():
    site = overloaded()
    list(site.run(DAYS))
    assert set(site.requests.values()) == {60}


def test_nothing_is_begun_in_the_quiet_hours(monkeypatch):
    site, begun = overloaded(), []
    crawl = Site._crawl_items
    monkeypatch.setattr(Site, "_crawl_items", lambda self, now: begun.append(now) or crawl(self, now))
    list(site.run(DAYS))
    assert len(begun) > DAYS
    assert not any(NIGHT[0] <= now.astimezone(QUIET.zone).time() < NIGHT[1] for now in begun)


def test_the_timetable_is_fresher_than_everything_daily_and_sees_more_results():
    ours = play("rmfysszc", Plan(), Site, DAYS, SMALL * 8)
    daily = play("rmfysszc", Plan(), EverythingDaily, DAYS, SMALL * 8)
    assert ours.age / ours.open_seen < daily.age / daily.open_seen
    assert ours.within_day / ours.ended > daily.within_day / daily.ended
    assert ours.ended == daily.ended > 0


def test_a_simulation_gives_the_same_figures_each_time():
    one, other = (play("rmfysszc", Plan(), Site, DAYS, SMALL) for _ in range(2))
    assert one == other
    assert one.allowed == 2_000 * (DAYS - DAYS // WARM_UP)
