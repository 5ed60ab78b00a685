"""Counts of all listings are made anew of a small database, and beside the requests of a large one."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from reporting.web.kept_counts import Counted, KeptCount, health_count, unlinked_count
from store.engine import reading, writing
from store.link_news import note_touched
from store.manners import set_off, set_pause

NOW = datetime(2026, 9, 5, tzinfo=UTC)


def ask(engine: Engine, kept: KeptCount[Counted], seconds: float) -> Counted:
    """What is told at once; what is counted beside it is done afterwards."""
    with reading(engine) as connection:
        told = kept.get(connection, NOW + timedelta(seconds=seconds))
    kept.close()
    return told


def counting(engine: Engine, small: int) -> tuple[KeptCount[int], list[datetime]]:
    asked: list[datetime] = []

    def count(_connection: Connection, now: datetime) -> int:
        asked.append(now)
        return len(asked)

    return KeptCount(engine, count, small=small), asked


def test_of_a_small_database_each_who_asks_has_it_counted(engine: Engine):
    kept, asked = counting(engine, 1_000_000)

    assert [ask(engine, kept, seconds) for seconds in (0, 1, 61)] == [1, 2, 3]
    assert len(asked) == 3


def test_of_a_large_database_it_is_counted_once_a_minute_and_nobody_waits_for_it(engine: Engine):
    kept, asked = counting(engine, 0)

    assert [ask(engine, kept, seconds) for seconds in (0, 60, 61, 62, 121, 122)] == [1, 1, 1, 2, 2, 2]
    assert [(at - NOW).total_seconds() for at in asked] == [0, 61, 122]


def test_what_was_begun_at_the_start_is_there_for_the_first_who_asks(engine: Engine):
    kept, asked = counting(engine, 0)
    kept.prepare(NOW)
    kept.close()

    assert asked == [NOW]
    assert ask(engine, kept, 60) == 1
    assert asked == [NOW]


def test_of_a_small_database_nothing_is_begun_at_the_start(engine: Engine):
    kept, asked = counting(engine, 1_000_000)
    kept.prepare(NOW)
    kept.close()

    assert asked == []


def test_a_count_that_fails_leaves_the_one_before_it(engine: Engine, caplog: pytest.LogCaptureFixture):
    answers = iter((7, None, 9))

    def count(_connection: Connection, _now: datetime) -> int:
        found = next(answers)
        if found is None:
            raise RuntimeError("the disk is full")
        return found

    kept = KeptCount(engine, count, small=0)

    assert [ask(engine, kept, seconds) for seconds in (0, 61, 62, 63)] == [7, 7, 7, 9]
    assert "a count failed" in caplog.text


def test_a_source_that_was_paused_or_switched_off_is_told_before_the_minute_is_over(engine: Engine):
    kept = health_count(engine, small=0)
    ask(engine, kept, 0)
    with writing(engine) as connection:
        set_pause(connection, "jd_judicial", NOW + timedelta(hours=30), "it asked for a login")
    ask(engine, kept, 1)

    paused = [row.source for row in ask(engine, kept, 2).rows if row.paused_until]

    assert paused == ["jd_judicial"]
    with writing(engine) as connection:
        set_off(connection, "br_caixa", NOW)
    before = kept._kept
    ask(engine, kept, 3)
    assert kept._kept is not before


def test_listings_that_wait_to_be_linked_are_counted(engine: Engine):
    kept = unlinked_count(engine, small=0)
    before = ask(engine, kept, 0)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE auction_round SET observation_id = -1")
        note_touched(connection, None)
        waiting = connection.exec_driver_sql("SELECT count(*) FROM auction_round").scalar_one()

    assert (before, ask(engine, kept, 59), ask(engine, unlinked_count(engine), 0)) == (0, 0, waiting)
    ask(engine, kept, 61)
    assert ask(engine, kept, 62) == waiting
