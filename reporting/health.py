"""How the sources stand, and the digest of a week: what ran, what went wrong, what was stated and what came."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from reporting.tables import Column, Shape, Table
from store.health import SourceHealth, source_health, stated_and_collected
from store.rows import CRAWL_RUN, DAILY_REQUESTS
from store.terms import RunVerdict, SourceState

WEEK = timedelta(days=7)
STANDING = (
    "state: verdict of the last run; stale: on the timetable, not read well for two days; "
    "stale listings: not seen since the last healthy crawl of everything"
)
DIGEST = "week: runs that began in it; healthy: ok; stated and collected: by the lists that state a number"
TELLING = frozenset((RunVerdict.OK, RunVerdict.RUNNING, SourceState.NEVER_RUN))
"""States of which nothing is to be said beneath the table."""


@dataclass(frozen=True, slots=True)
class HealthRow:
    """One source as it stands now."""

    source: str
    state: RunVerdict | SourceState
    last_run_at: datetime | None
    last_healthy_at: datetime | None
    listings: int
    stale_listings: int
    stated: int | None
    collected: int | None
    runs: int
    healthy_runs: int
    paused_until: datetime | None
    reason: str | None
    lowest_field: str | None  # of those that the last crawl missed, with its share


@dataclass(frozen=True, slots=True)
class HealthReport:
    """All sources by name."""

    rows: tuple[HealthRow, ...]

    def table(self) -> Table:
        """The sources as rows and columns; beneath them what is wrong."""
        return Table(
            columns=(
                Column("source", Shape.WORD, "source"),
                Column("state", Shape.WORD, "state"),
                Column("last_run_at", Shape.MINUTE, "last run"),
                Column("last_healthy_at", Shape.MINUTE, "last healthy", room=1),
                Column("listings", Shape.COUNT, "listings"),
                Column("stale_listings", Shape.COUNT, "stale", room=2),
                Column("stated", Shape.COUNT, "stated", room=3),
                Column("collected", Shape.COUNT, "collected", room=3),
                Column("runs", Shape.COUNT, "runs", room=4),
                Column("healthy_runs", Shape.COUNT, "healthy", room=4),
                Column("lowest_field", Shape.TEXT, "least told", room=5),
                Column("paused_until", Shape.MINUTE, "paused until", room=6),
                Column("reason", Shape.TEXT, is_in_table=False),
            ),
            rows=self.rows,
            measure=STANDING,
            noun="sources",
            notes=[
                f"{row.source}: {row.state}{f': {row.reason}' if row.reason else ''}"
                for row in self.rows
                if row.state not in TELLING
            ],
        )


@dataclass(frozen=True, slots=True)
class DigestRow:
    """One source in one week."""

    source: str
    runs: int
    healthy_runs: int
    unhealthy: str  # "blocked 2, crashed 1"
    pages: int
    seen: int
    new: int
    changed: int
    refused: int
    requests: int
    stated: int | None
    collected: int | None
    fallen: str | None  # fields that were hardly told any more


@dataclass(frozen=True, slots=True)
class HealthDigest:
    """The week that ends at an instant."""

    rows: tuple[DigestRow, ...]
    begins_at: datetime
    ends_at: datetime

    def table(self) -> Table:
        """The sources as rows and columns."""
        return Table(
            columns=(
                Column("source", Shape.WORD, "source"),
                Column("runs", Shape.COUNT, "runs"),
                Column("healthy_runs", Shape.COUNT, "healthy"),
                Column("unhealthy", Shape.TEXT, "unhealthy", least=16),
                Column("pages", Shape.COUNT, "pages", room=3),
                Column("seen", Shape.COUNT, "seen", room=2),
                Column("new", Shape.COUNT, "new"),
                Column("changed", Shape.COUNT, "changed"),
                Column("refused", Shape.COUNT, "refused", room=1),
                Column("requests", Shape.COUNT, "requests", room=1),
                Column("stated", Shape.COUNT, "stated", room=4),
                Column("collected", Shape.COUNT, "collected", room=4),
                Column("fallen", Shape.TEXT, "fallen fields", room=5),
            ),
            rows=self.rows,
            measure=DIGEST,
            noun="sources",
            observed_from=self.begins_at,
            observed_to=self.ends_at,
        )


def health_report(connection: Connection, now: datetime) -> HealthReport:
    """How every source stands that was ever written."""
    return HealthReport(tuple(_row(name, each, now) for name, each in source_health(connection).items()))


def _row(name: str, health: SourceHealth, now: datetime) -> HealthRow:
    told = ((name, share) for name, share in health.fill.items() if share > 0)  # what is never told is no news
    least = min(told, key=lambda each: each[1], default=None)
    is_paused = health.paused_until is not None and health.paused_until > now
    return HealthRow(
        name,
        health.state(now),
        health.last_run_at,
        health.last_healthy_at,
        health.listings,
        health.stale,
        health.stated,
        health.collected,
        sum(health.runs.values()),
        health.runs.get(RunVerdict.OK, 0),
        health.paused_until if is_paused else None,
        health.paused_why if is_paused else health.reason,
        None if least is None else f"{least[0]} {least[1]:.0%}",
    )


def weekly_digest(connection: Connection, ends_at: datetime) -> HealthDigest:
    """What the runs of the seven days before an instant did, source by source."""
    begins_at = ends_at - WEEK
    run = CRAWL_RUN.c
    query = select(CRAWL_RUN).where(run.started_at >= begins_at, run.started_at < ends_at)
    by_source: dict[str, list[Any]] = {}
    for row in connection.execute(query.order_by(run.source, run.id)):
        by_source.setdefault(row.source, []).append(row)
    requests = _requests(connection, begins_at, ends_at)
    rows = (_digest_row(connection, name, runs, requests.get(name, 0)) for name, runs in by_source.items())
    return HealthDigest(tuple(rows), begins_at, ends_at)


def _requests(connection: Connection, begins_at: datetime, ends_at: datetime) -> Mapping[str, int]:
    """By the days of the sources' own calendars, whole ones."""
    day = DAILY_REQUESTS.c
    query = select(day.source, func.sum(day.requests)).where(day.day > begins_at.date(), day.day <= ends_at.date())
    return {source: int(count) for source, count in connection.execute(query.group_by(day.source))}


def _digest_row(connection: Connection, source: str, runs: Iterable[Any], requests: int) -> DigestRow:
    runs = list(runs)
    counters: Counter[str] = Counter()
    for run in runs:
        counters.update(run.counters)
    wrong = Counter(run.verdict for run in runs if run.verdict not in {RunVerdict.OK, RunVerdict.RUNNING})
    fallen = [run.reason for run in runs if run.verdict == RunVerdict.FIELDS_FELL]
    stated, collected = stated_and_collected(connection, [run.id for run in runs])
    return DigestRow(
        source,
        len(runs),
        sum(run.verdict == RunVerdict.OK for run in runs),
        ", ".join(f"{verdict} {count}" for verdict, count in sorted(wrong.items())),
        sum(count for name, count in counters.items() if name.startswith("page/")),
        counters["listing/seen"],
        counters["listing/new"],
        counters["listing/changed"],
        counters["row/refused"],
        requests,
        stated,
        collected,
        fallen[-1] if fallen else None,
    )
