"""The record of sources and of runs."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from store.bulk import driver_query
from store.errors import AlreadyRunning
from store.fill_rates import fallen_fields
from store.pages import storable
from store.rows import CRAWL_RUN, SOURCE
from store.terms import RunVerdict

SILENCE = timedelta(minutes=3)
"""A run that gave no sign of life for so long has died; a living one gives three in that time."""

DIED = "it ended without a word"

RESUMED = "feed/resumed"
"""The counter of a run that went on from where another one was left; the name is that of feeds, which were first."""

LISTS_ASKED = "request/list"
"""The counter of the requests that a crawl made for lists."""


def open_run(connection: Connection, source: str, scope: Mapping[str, Any], started_at: datetime) -> int:
    """Note that a run begins; gives its id. Runs of the source that gave no sign of life for long are closed.

    Raises:
        AlreadyRunning: the run is a crawl, and another crawl of the source is alive: a site gets one request at a time.
    """
    connection.execute(select(SOURCE.c.name).where(SOURCE.c.name == source).with_for_update())  # one opens at a time
    query = select(CRAWL_RUN).where(CRAWL_RUN.c.source == source, CRAWL_RUN.c.verdict == RunVerdict.RUNNING)
    for run in connection.execute(query).all():
        if run.alive_at is None or run.alive_at < started_at - SILENCE:
            close_run(connection, run.id, run.alive_at or run.started_at, RunVerdict.CRASHED, DIED, run.counters)
        elif scope.get("kind") == "crawl" == run.scope.get("kind"):
            words = f"{source} is being crawled already (run {run.id}), and a site is asked by one at a time"
            raise AlreadyRunning(f"{words}; if that crawl was killed, wait {SILENCE.seconds // 60} minutes")
    statement = CRAWL_RUN.insert().values(
        source=source,
        scope=dict(scope),
        started_at=started_at,
        alive_at=started_at,
        verdict=RunVerdict.RUNNING,
        counters={},
    )
    return int(connection.execute(statement.returning(CRAWL_RUN.c.id)).scalar_one())


def note_alive(connection: Connection, run_ids: Iterable[int], at: datetime) -> None:
    """Give a sign of life of runs."""
    for run_id in run_ids:
        driver_query(connection, "UPDATE crawl_run SET alive_at = ? WHERE id = ?", (at, run_id))


def note_left(connection: Connection, run_id: int, left: str | None) -> None:
    """Note what a run has yet to ask (``crawler.frontier``); ``None``: nothing."""
    driver_query(connection, "UPDATE crawl_run SET left_to_ask = ? WHERE id = ?", (storable(left), run_id))


def take_left(connection: Connection, source: str, scope: Mapping[str, Any], run_id: int) -> str | None:
    """What the last crawl of the same scope left, now left to ``run_id``; ``None``: nothing, it came to its end."""
    run = CRAWL_RUN.c
    query = select(run.id, run.scope, run.left_to_ask).where(
        run.source == source, run.id < run_id, run.left_to_ask.is_not(None)
    )
    for other_id, other_scope, left in connection.execute(query.order_by(run.id.desc())).all():
        if other_scope == scope:
            note_left(connection, run_id, left)
            note_left(connection, other_id, None)
            return str(left)
    return None


def close_run(
    connection: Connection,
    run_id: int,
    finished_at: datetime,
    verdict: RunVerdict,
    reason: str | None,
    counters: Mapping[str, int],
) -> tuple[RunVerdict, str | None]:
    """Note how a run ended; gives the verdict and the reason that were noted.

    A crawl that would be healthy is not if a field has fallen against the last healthy ones (``store.fill_rates``).
    """
    counted = dict(sorted(counters.items()))
    if verdict is RunVerdict.OK:
        falls = fallen_fields(connection, run_id, counted, finished_at)
        if falls:
            verdict, reason = RunVerdict.FIELDS_FELL, f"hardly told any more: {', '.join(map(str, falls))}"
    values = {"finished_at": finished_at, "verdict": verdict, "reason": storable(reason), "counters": counted}
    connection.execute(CRAWL_RUN.update().where(CRAWL_RUN.c.id == run_id).values(values))
    return verdict, reason


def last_healthy_count(connection: Connection, source: str, scope: str) -> int | None:
    """How many listings the last healthy run of the same scope saw that went on with no other; scope as JSON with
    sorted keys.
    """
    query = (
        select(CRAWL_RUN.c.scope, CRAWL_RUN.c.counters)
        .where(CRAWL_RUN.c.source == source, CRAWL_RUN.c.verdict == RunVerdict.OK)
        .order_by(CRAWL_RUN.c.id.desc())
    )
    for other_scope, counters in connection.execute(query):
        if json.dumps(other_scope, sort_keys=True) == scope and not counters.get(RESUMED):
            return int(counters.get("listing/seen", 0))
    return None


def add_sources(connection: Connection, titles: Mapping[str, str], *, keep_titles: bool = False) -> None:
    """Make sure that the sources exist, under their current titles unless ``keep_titles``."""
    known = {row.name: row.title for row in connection.execute(select(SOURCE.c.name, SOURCE.c.title))}
    for name, title in titles.items():
        if name not in known:
            sql = "INSERT INTO source (name, title, write_count) VALUES (?, ?, 0) ON CONFLICT (name) DO NOTHING"
            driver_query(connection, sql, (name, title))
        elif known[name] != title and not keep_titles:
            connection.execute(SOURCE.update().where(SOURCE.c.name == name).values(title=title))
