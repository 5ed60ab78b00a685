"""The record of runs."""

import json
from datetime import timedelta

import pytest
from store_help import START, begin, rows

from store.engine import reading, writing
from store.errors import AlreadyRunning
from store.runs import DIED, SILENCE, close_run, last_healthy_count, note_alive, open_run
from store.terms import RunVerdict

SCOPE = {"kind": "crawl", "cities": ["泉州"], "max_pages": None}


def run(connection, verdict, seen, scope=SCOPE, source="s"):
    number = open_run(connection, source, scope, START)
    counters = {"listing/seen": seen, "a/b": 1} if seen is not None else {}
    close_run(connection, number, START + timedelta(hours=1), verdict, None, counters)
    return number


def count(engine, scope=SCOPE, source="s"):
    with reading(engine) as connection:
        return last_healthy_count(connection, source, json.dumps(scope, sort_keys=True))


@pytest.fixture
def engine(engine):
    begin(engine)
    return engine


def test_a_run_tells_what_was_wanted_what_came_and_how_it_ended(engine):
    with writing(engine) as connection:
        number = open_run(connection, "s", SCOPE, START)
    assert rows(engine, f"SELECT verdict, finished_at FROM crawl_run WHERE id = {number}") == [("running", None)]

    with writing(engine) as connection:
        close_run(connection, number, START, RunVerdict.BLOCKED, "验证码", {"page/read": 3, "a": 1})

    columns = "verdict, reason, CAST(scope AS TEXT), CAST(counters AS TEXT)"
    ((verdict, reason, scope, counters),) = rows(engine, f"SELECT {columns} FROM crawl_run WHERE id = {number}")
    assert (verdict, reason) == ("blocked", "验证码")
    assert json.loads(scope) == SCOPE
    assert list(json.loads(counters).items()) == [("a", 1), ("page/read", 3)]


def test_the_last_healthy_run_counts_whatever_came_after_it(engine):
    with writing(engine) as connection:
        run(connection, RunVerdict.OK, 80)
        run(connection, RunVerdict.OK, 85)
        run(connection, RunVerdict.BELOW_EXPECTATION, 9)
        run(connection, RunVerdict.CRASHED, None)

    assert count(engine) == 85


def test_runs_of_another_scope_or_source_do_not_count(engine):
    with writing(engine) as connection:
        run(connection, RunVerdict.OK, 80, {**SCOPE, "max_pages": 1})
        run(connection, RunVerdict.OK, 70, source="t")

    assert count(engine) is None
    assert count(engine, source="t") == 70


def test_the_order_of_the_words_of_a_scope_does_not_matter(engine):
    with writing(engine) as connection:
        run(connection, RunVerdict.OK, 80, dict(reversed(SCOPE.items())))

    assert count(engine) == 80


def test_a_healthy_run_that_saw_nothing_counts_as_none_seen(engine):
    with writing(engine) as connection:
        run(connection, RunVerdict.OK, None)

    assert count(engine) == 0


def test_a_source_is_crawled_by_one_at_a_time(engine):
    with writing(engine) as connection:
        first = open_run(connection, "s", SCOPE, START)
        note_alive(connection, [first], START + SILENCE)
        with pytest.raises(AlreadyRunning, match=f"s is being crawled already \\(run {first}\\)"):
            open_run(connection, "s", SCOPE, START + 2 * SILENCE)
        open_run(connection, "s", {"kind": "capture"}, START + SILENCE)  # asks nothing of the site


def test_a_run_that_fell_silent_is_closed_as_crashed_by_the_next_one(engine):
    with writing(engine) as connection:
        dead = open_run(connection, "s", SCOPE, START)
        note_alive(connection, [dead], START + SILENCE)
        after = START + 2 * SILENCE + timedelta(seconds=1)
        open_run(connection, "s", SCOPE, after)
    found = rows(engine, f"SELECT verdict, reason FROM crawl_run WHERE id = {dead}")
    assert found == [("crashed", DIED)]
