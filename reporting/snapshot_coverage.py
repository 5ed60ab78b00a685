"""The files of a snapshot on how it came about: looks by source and day, listings that complete looks did not show,
pages that came late, runs.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, func, select

from reporting.filters import day_of
from reporting.snapshot import KEY_FIELDS, Field, Kind, plain_column
from reporting.statistics.looks import SeenBeside, seen_beside
from store.links import batches
from store.read import in_byte_order, stream_rows
from store.rows import COVERAGE, CRAWL_RUN, LISTING, PAGE
from store.terms import PageOutcome
from tracking.absences import find_absences

SUMS = ("listing_count", "refused_count")

COVERAGE_FILES: Mapping[str, tuple[Field, ...]] = {
    "coverage.csv": (
        Field("source", Kind.TERM),
        Field("seen_on", Kind.DAY),
        Field("page_count", Kind.COUNT),
        *(Field(f"{outcome}_count", Kind.COUNT) for outcome in PageOutcome),
        *(Field(name, Kind.COUNT) for name in SUMS),
        Field("stated_count", Kind.COUNT),
    ),
    "absence.csv": (
        *KEY_FIELDS,
        *(Field(name, Kind.INSTANT) for name in ("last_seen_at", "gone_at", "back_at")),
    ),
    "late_page.csv": (
        Field("source", Kind.TERM),
        Field("observed_at", Kind.INSTANT),
        Field("body_sha256", Kind.TERM),
        Field("url", Kind.TEXT),
        Field("recorded_at", Kind.INSTANT),
    ),
}
RUN_FILES: Mapping[str, tuple[Field, ...]] = {
    "crawl_run.csv": (
        Field("source", Kind.TERM),
        Field("started_at", Kind.INSTANT),
        Field("finished_at", Kind.INSTANT),
        Field("verdict", Kind.TERM),
        Field("reason", Kind.TEXT),
        Field("scope", Kind.TEXT),
        Field("counters", Kind.TEXT),
    ),
    "crawl_slice.csv": (
        Field("source", Kind.TERM),
        Field("started_at", Kind.INSTANT),
        Field("slice", Kind.TEXT),
        Field("stated_count", Kind.COUNT),
        Field("collected_count", Kind.COUNT),
        Field("note", Kind.TEXT),
    ),
}
"""By the clock of the program, not by what was seen: only where asked for, since they are other bytes elsewhere."""


def coverage_rows(connection: Connection, before: datetime | None) -> Iterator[Sequence[Any]]:
    """A row for each source and day (Asia/Shanghai) on which a page was asked for; a day without a row is a gap.

    A source that has no page of its own has a row for each day on which those of others showed it.
    """
    own = _own_days(connection, before)
    yield from merge(own, _days_beside(connection, before), key=lambda row: (row[0].encode(), row[1]))


def _own_days(connection: Connection, before: datetime | None) -> Iterator[Sequence[Any]]:
    names = ("source", "observed_at", "outcome", *SUMS, "stated_count")
    query = select(*(PAGE.c[name] for name in names)).order_by(
        in_byte_order(connection, PAGE.c.source), PAGE.c.observed_at
    )
    if before is not None:
        query = query.where(PAGE.c.observed_at < before)
    for (source, day), looks in groupby(stream_rows(connection, query), key=_source_and_day):
        yield _day_row(source, day, list(looks))


def _source_and_day(look: Sequence[Any]) -> tuple[str, date]:
    return look[0], day_of(look[1])


def _days_beside(connection: Connection, before: datetime | None) -> list[Sequence[Any]]:
    """In the order of their days; what such a page states, and what was refused of it, is of its own source."""
    known = [] if before is None else [PAGE.c.observed_at < before]
    days: dict[tuple[str, date], list[SeenBeside]] = defaultdict(list)
    for beside in seen_beside(connection, known):
        days[beside.source, day_of(beside.observed_at)].append(beside)
    return [_day_beside(key, days[key]) for key in sorted(days)]


def _day_beside(key: tuple[str, date], pages: Sequence[SeenBeside]) -> Sequence[Any]:
    outcomes = [page.outcome for page in pages]
    counts = (outcomes.count(outcome) for outcome in PageOutcome)
    return (*key, len(pages), *counts, sum(page.listings for page in pages), 0, None)


def absence_rows(connection: Connection, before: datetime | None) -> Iterator[Sequence[Any]]:
    """From when to when a listing was missing from complete looks of its source (``tracking.absences``).

    Which crawls were whole cannot be seen in their pages, and that a listing was gone is no word of any page.
    """
    as_of = _last_look(connection) if before is None else before - timedelta(microseconds=1)
    if as_of is None:
        return
    absences = find_absences(connection, None, as_of)
    named = []
    for ids in batches(absences):
        query = select(LISTING.c.id, *(LISTING.c[field.name] for field in KEY_FIELDS)).where(LISTING.c.id.in_(ids))
        named += [tuple(row) for row in connection.execute(query)]
    for listing_id, *name in sorted(named, key=lambda row: (row[1].encode(), row[2].encode(), row[3])):
        for absence in sorted(absences[listing_id], key=itemgetter(1)):
            yield (*name, *absence)


def _last_look(connection: Connection) -> datetime | None:
    last: datetime | None = connection.execute(select(func.max(PAGE.c.observed_at))).scalar_one()
    return last


def _day_row(source: str, day: date, looks: Sequence[Any]) -> Sequence[Any]:
    stated = [look.stated_count for look in looks if look.stated_count is not None]
    outcomes = [look.outcome for look in looks]
    return (
        source,
        day,
        len(looks),
        *(outcomes.count(outcome) for outcome in PageOutcome),
        *(sum(getattr(look, name) for look in looks) for name in SUMS),
        max(stated, default=None),
    )


def late_rows(connection: Connection, before: datetime | None) -> Iterator[Sequence[Any]]:
    """The pages that were seen before an instant and came to the database at it or later.

    They are what can make an export for an old date differ from one that was made at that date.
    """
    if before is None:
        return
    page = PAGE.c
    names = ("source", "observed_at", "body_sha256", "url", "recorded_at")
    order = (
        in_byte_order(connection, page.source),
        page.observed_at,
        in_byte_order(connection, page.body_sha256),
        in_byte_order(connection, page.url),
    )
    columns = (plain_column(connection, page[name]) for name in names)
    query = select(*columns).where(page.observed_at < before, page.recorded_at >= before).order_by(*order)
    yield from stream_rows(connection, query)


def run_rows(connection: Connection, name: str, before: datetime | None) -> Iterator[Sequence[Any]]:
    """The rows of one of ``RUN_FILES``: runs that began before an instant, in their order."""
    run = CRAWL_RUN.c
    is_slice = name == "crawl_slice.csv"
    own = (COVERAGE.c.slice, COVERAGE.c.stated_count, COVERAGE.c.collected_count, COVERAGE.c.note)
    rest = own if is_slice else (run.finished_at, run.verdict, run.reason, run.scope, run.counters)
    query = select(run.source, run.started_at, *rest)
    order = [in_byte_order(connection, run.source), run.started_at, run.id]
    if is_slice:
        query = query.join(COVERAGE, COVERAGE.c.crawl_run_id == run.id)
        order.append(COVERAGE.c.id)
    if before is not None:
        query = query.where(run.started_at < before)
    for row in stream_rows(connection, query.order_by(*order)):
        yield [json.dumps(cell, ensure_ascii=False, sort_keys=True) if isinstance(cell, dict) else cell for cell in row]
