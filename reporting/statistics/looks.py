"""When each source was looked at: what happened between two looks far apart was not seen, and is no zero."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from reporting.filters import day_of
from store.looks import unpack
from store.read import stream_rows
from store.rows import LISTING, PAGE
from store.terms import PageOutcome

LONGEST_PAUSE = timedelta(days=31)
"""Between two looks that count as following a source: a first auction is announced 30 days ahead and stays listed for
some time after its end (法释〔2016〕18号, article 12), so that a look a month misses few."""


class Run(NamedTuple):
    """Days between which a source was followed without a longer pause."""

    first_on: date
    last_on: date


def look_days(connection: Connection, before: datetime | None = None) -> dict[str, list[date]]:
    """For each source the days (Asia/Shanghai) on which a page of it was read, in their order.

    A page that was blocked or could not be read says nothing, so that it is no look. A table of several sources is
    recorded as a page of the first of them, and is a look at each whose listings it shows.
    """
    read = PAGE.c.outcome.in_([PageOutcome.READ, PageOutcome.EMPTY])
    known = [read] if before is None else [read, PAGE.c.observed_at < before]
    query = select(PAGE.c.source, PAGE.c.observed_at).where(*known).distinct()
    days: dict[str, set[date]] = defaultdict(set)
    for source, observed_at in stream_rows(connection, query):
        days[source].add(day_of(observed_at))
    for beside in seen_beside(connection, known):
        days[beside.source].add(day_of(beside.observed_at))
    return {source: sorted(seen) for source, seen in days.items()}


class SeenBeside(NamedTuple):
    """A page of another source that showed so many listings of one that has no page of its own."""

    source: str
    observed_at: datetime
    outcome: PageOutcome
    listings: int


def seen_beside(connection: Connection, known: Sequence[ColumnElement[bool]]) -> Iterator[SeenBeside]:
    """When the sources that have no page of their own were seen on those of others, as far as a page is ``known``."""
    own = select(PAGE.c.source).distinct()
    query = select(LISTING.c.id, LISTING.c.source).where(LISTING.c.source.not_in(own))
    source_of = {row.id: row.source for row in connection.execute(query)}
    if not source_of:
        return
    pages = select(PAGE.c.observed_at, PAGE.c.outcome, PAGE.c.looks).where(PAGE.c.looks.is_not(None), *known)
    for observed_at, outcome, looks in stream_rows(connection, pages):
        shown = Counter(source_of[each] for each in unpack(looks)[0] if each in source_of)
        for source, listings in shown.items():
            yield SeenBeside(source, observed_at, outcome, listings)


def runs_of(days: Sequence[date]) -> list[Run]:
    """The stretches of days in order, each without a pause that is too long."""
    runs: list[Run] = []
    for day in days:
        if runs and day - runs[-1].last_on <= LONGEST_PAUSE:
            runs[-1] = runs[-1]._replace(last_on=day)
        else:
            runs.append(Run(day, day))
    return runs


def followed_until(runs: Sequence[Run], since: date) -> date | None:
    """The day up to which a source was followed from a day on; ``None``: it was not looked at soon enough after it."""
    place = bisect_right(runs, since + LONGEST_PAUSE, key=lambda run: run.first_on) - 1
    if place < 0 or runs[place].last_on < since:
        return None
    return runs[place].last_on


def sources_looked_at(days: Mapping[str, Sequence[date]], first_on: date, next_on: date) -> set[str]:
    """The sources that were looked at in a span of days (the last excluded)."""
    return {source for source, seen in days.items() if any(first_on <= day < next_on for day in seen)}
