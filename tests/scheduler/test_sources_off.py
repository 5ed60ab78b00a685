"""Sources that a person takes off the timetable: nothing of them is due, begun or planned until they are put back."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from crawler.sources import source_specs
from scheduler.outlook import PlannedHour, plan, standings
from scheduler.service import Service
from scheduler.timetable import NotOnTimetable, put_on, take_off
from store.engine import reading, writing
from store.health import source_health
from store.manners import sources_off
from store.targets import load_targets, sources_due

MORNING = datetime(2026, 9, 1, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SPECS = source_specs()


@pytest.fixture
def two(engine: Engine) -> Engine:
    """Two sources whose lists are due at once."""
    with writing(engine) as connection:
        put_on(connection, SPECS, ["gpai", "hk_chungsen"], MORNING)
    return engine


def turn_off(engine: Engine, *names: str, now: datetime = MORNING) -> None:
    with writing(engine) as connection:
        take_off(connection, names, now)


def test_what_is_off_is_not_due_and_what_is_on_is(two: Engine):
    turn_off(two, "gpai")
    with reading(two) as connection:
        assert sources_due(connection, MORNING) == ["hk_chungsen"]


def test_a_crawl_that_waits_in_a_queue_is_not_begun_after_its_source_was_taken_off(two: Engine):
    turn_off(two, "gpai")
    service = Service(two, base_url="http://127.0.0.1:9", clock=lambda: MORNING)
    assert service.begin("gpai") is None
    with reading(two) as connection:
        assert [each.leased_by for each in load_targets(connection, "gpai")] == [None]


def test_nothing_is_planned_for_what_is_off_and_its_one_row_tells_since_when(two: Engine):
    turn_off(two, "gpai")
    with reading(two) as connection:
        hours = plan(connection, SPECS, MORNING, 2)
    assert [hour for hour in hours if hour.source == "gpai"] == [PlannedHour("gpai", None, None, 0, 0, 0, MORNING)]
    assert all(hour.looks and hour.off_since is None for hour in hours if hour.source != "gpai")


def test_status_tells_since_when_a_source_is_off_and_keeps_the_first_time(two: Engine):
    turn_off(two, "gpai")
    turn_off(two, "gpai", now=MORNING + DAY)
    with reading(two) as connection:
        told = {each.source: each.off_since for each in standings(connection, SPECS, MORNING + DAY)}
    assert told == {"gpai": MORNING, "hk_chungsen": None}


def test_what_is_put_back_is_due_where_it_was(two: Engine):
    with reading(two) as connection:
        before = load_targets(connection)
    turn_off(two, "gpai", "hk_chungsen")
    with writing(two) as connection:
        put_on(connection, SPECS, ["gpai", "hk_chungsen"], MORNING + DAY)
        assert sources_off(connection) == {}
        assert load_targets(connection) == before
        assert sources_due(connection, MORNING) == ["gpai", "hk_chungsen"]


def test_a_source_that_is_off_is_not_called_stale_for_not_being_read(two: Engine):
    turn_off(two, "gpai")
    with reading(two) as connection:
        health = source_health(connection)
    assert (health["gpai"].is_on_timetable, health["hk_chungsen"].is_on_timetable) == (False, True)


def test_what_was_never_on_the_timetable_cannot_be_taken_off_and_then_nothing_is(two: Engine):
    with pytest.raises(NotOnTimetable, match="br_caixa is not on the timetable"):
        turn_off(two, "gpai", "br_caixa")
    with reading(two) as connection:
        assert sources_off(connection) == {}
