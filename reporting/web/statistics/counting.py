"""Counting one statistic: from rollups where these know it, else from all listings, which a process of its own does.

A count of a million listings keeps a core busy for a minute: in the server's own process every page would wait for it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess

from sqlalchemy import Connection, Engine

from reporting.asked import filter_notes, require_sources
from reporting.errors import ReportError
from reporting.plots.options import Option
from reporting.tables import Noted, Table
from reporting.web.processes import ask_apart, end_with_server
from reporting.web.statistics.questions import Asked, Statistic, find_statistic
from store.engine import open_engine, reading
from store.errors import StoreError


@dataclass(frozen=True, slots=True)
class Answer:
    """What was counted: a report for ``render``, with its plot where it has one."""

    told: Table
    option: Option | None
    made_at: datetime
    took: float  # seconds

    def table(self) -> Table:
        """The report as rows and columns."""
        return self.told


def count(engine: Engine, asked: Asked, now: datetime) -> Answer:
    """Count here and now.

    Raises:
        ReportError: the question has no answer.
        StoreError: the database cannot be read.
    """
    with reading(engine) as connection:
        return _answer(connection, asked, now)


def kept_answer(connection: Connection, asked: Asked, now: datetime) -> Answer | None:
    """The answer where rollups know it, in some milliseconds; ``None`` where all listings must be looked at."""
    statistic = find_statistic(asked.name)
    return _answer(connection, asked, now) if statistic.is_kept(connection, asked) else None


def count_apart(
    database_url: str, asked: Asked, now: datetime, begun: Callable[[BaseProcess], object] = lambda _child: None
) -> Answer:
    """Count in a process of its own, and wait for it.

    Args:
        database_url: with its password; it goes through a pipe, where no list of processes shows it.
        asked: the question.
        now: the time that the answer tells.
        begun: is given the process, which may be ended from another thread.

    Raises:
        ReportError: the question has no answer.
        StoreError: the database cannot be read, or the process was ended.
    """
    message = (database_url, asked, now)
    found = ask_apart("fapai-statistic", _work, message, begun, "counting was ended before it was done")
    if isinstance(found, Answer):
        return found
    kind, words = found
    raise (StoreError if kind == "store" else ReportError)(words)


def _work(pipe: Pipe) -> None:
    """The child: one question, one answer, or the words of a failure."""
    end_with_server()
    database_url, asked, now = pipe.recv()
    engine = open_engine(database_url)
    try:
        pipe.send(count(engine, asked, now))
    except StoreError as error:
        pipe.send(("store", str(error)))
    except ReportError as error:
        pipe.send(("report", str(error)))
    finally:
        engine.dispose()
        pipe.close()


def _answer(connection: Connection, asked: Asked, now: datetime) -> Answer:
    began, statistic = time.monotonic(), find_statistic(asked.name)
    require_sources(connection, asked.filters.sources)
    notes = list(filter_notes(connection, asked.filters))
    report = statistic.answer(connection, asked)
    table = Noted(report, notes).table()
    return Answer(table, _option(statistic, asked, report), now, time.monotonic() - began)


def _option(statistic: Statistic, asked: Asked, report: object) -> Option | None:
    """The plot; none where too little is known of every group: it would have axes alone."""
    option = statistic.draw(report) if statistic.draw and statistic.is_drawn(asked) else None
    if option is None:
        return None
    return option if any(each is not None for series in option["series"] for each in series["data"]) else None
