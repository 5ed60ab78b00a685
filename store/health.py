"""How sources stand, by what their runs have left."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from store.fill_rates import fills_of
from store.manners import Pause, pause_of
from store.rows import COVERAGE, CRAWL_RUN, LISTING, SOURCE, TARGET
from store.terms import RunVerdict, SourceState, TargetKind

STALE_AFTER = timedelta(days=2)
"""A source on the timetable is read daily: a day is lost before this is told."""

SPENT = re.compile(r"the budget of [\d,]+ requests (a day )?is spent")
"""How a run says that it ended because it had asked for enough: no fault of the site, nor of the parser."""

ENDED_EARLY = "stopped: shutdown, 0 errors"
ENDED_BY_US = re.compile(ENDED_EARLY)
"""How a run says that it was told to end before it was done: it has found out nothing about the site."""

PASSED_OVER = 20
"""So many runs that we ended are looked behind."""

HARMLESS = frozenset((RunVerdict.OK, RunVerdict.FIELDS_FELL))
"""Verdicts of runs that trouble nobody at the site: that a field is gone is no reason to stop asking."""


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source stands. ``stale``: listings not seen since its last healthy crawl of everything began.

    ``last_verdict`` and ``reason`` are those of the last run that was not told to end before it was done, if there is
    one: each restart and each night would look like a crash.
    """

    listings: int
    last_run_at: datetime | None
    last_verdict: RunVerdict | None
    last_healthy_at: datetime | None
    reason: str | None
    stale: int
    paused_until: datetime | None = None
    paused_why: str | None = None
    is_on_timetable: bool = False
    runs: Mapping[RunVerdict, int] = field(default_factory=dict)  # ever, by verdict
    stated: int | None = None  # by the lists of the last crawl that has ended, where all of them state a number
    collected: int | None = None
    fill: Mapping[str, float] = field(default_factory=dict)  # of fields that were missing at all, in that crawl

    def state(self, now: datetime) -> RunVerdict | SourceState:
        """In one word: the verdict of the last run, but where that says too little."""
        if self.last_verdict is None:
            return SourceState.NEVER_RUN
        is_well = self.last_verdict in {RunVerdict.OK, RunVerdict.RUNNING}
        if is_well and self.is_on_timetable and (self.last_healthy_at or now) < now - STALE_AFTER:
            return SourceState.STALE
        return self.last_verdict


def source_health(connection: Connection) -> dict[str, SourceHealth]:
    """Health of every source that has ever been written, by name."""
    counted = select(LISTING.c.source, func.count()).group_by(LISTING.c.source)
    counts = {name: int(count) for name, count in connection.execute(counted)}
    sources = connection.execute(select(SOURCE).order_by(SOURCE.c.name)).all()
    return {row.name: _health_of(connection, row, counts.get(row.name, 0)) for row in sources}


def unhealthy_in_a_row(connection: Connection, source: str, most: int) -> list[RunVerdict]:
    """The verdicts of the last crawls of a source that went wrong, the last one first, up to the last that did not.

    A crawl that ended because our own budget was spent, or of which only a field has fallen, says nothing against
    asking again, and what people capture says nothing of the site. One that was told to end is passed over.
    """
    run = CRAWL_RUN.c
    query = select(run.scope, run.verdict, run.reason).where(run.source == source, run.verdict != RunVerdict.RUNNING)
    found: list[RunVerdict] = []
    for scope, verdict, reason in connection.execute(query.order_by(run.id.desc()).limit(10 * most)):
        if scope.get("kind") != "crawl" or ENDED_BY_US.match(reason or ""):
            continue
        if verdict in HARMLESS or SPENT.match(reason or "") or len(found) == most:
            break
        found.append(verdict)
    return found


def last_judged_run(connection: Connection, source: str) -> Row[Any] | None:
    """The last run of a source of which the verdict says something of it; of those that we ended the last one."""
    query = select(CRAWL_RUN).where(CRAWL_RUN.c.source == source).order_by(CRAWL_RUN.c.id.desc())
    runs = connection.execute(query.limit(PASSED_OVER)).all()
    return next((run for run in runs if not ENDED_BY_US.match(run.reason or "")), runs[0] if runs else None)


def standing_pauses(connection: Connection, now: datetime) -> dict[str, Pause]:
    """The sources that are left alone now, each with until when and why."""
    names = connection.execute(select(SOURCE.c.name).where(SOURCE.c.paused_until > now).order_by(SOURCE.c.name))
    pauses = {name: pause_of(connection, name, now) for name in names.scalars().all()}
    return {name: pause for name, pause in pauses.items() if pause is not None}


def is_whole(scope: Mapping[str, Any]) -> bool:
    """Whether a run asked for everything that its source lists."""
    is_bounded = scope.get("cities") or scope.get("max_pages") is not None or scope.get("listings")
    return scope.get("kind") == "crawl" and not is_bounded


def _health_of(connection: Connection, source: Row[Any], listings: int) -> SourceHealth:
    runs = select(CRAWL_RUN).where(CRAWL_RUN.c.source == source.name).order_by(CRAWL_RUN.c.id.desc())
    last, judged = connection.execute(runs.limit(1)).first(), last_judged_run(connection, source.name)
    healthy = connection.execute(runs.where(CRAWL_RUN.c.verdict == RunVerdict.OK).limit(1)).first()
    crawl = _last_crawl(connection.execute(runs.where(CRAWL_RUN.c.finished_at.is_not(None)).limit(200)).all())
    verdicts = select(CRAWL_RUN.c.verdict, func.count()).where(CRAWL_RUN.c.source == source.name)
    stated, collected = (None, None) if crawl is None else stated_and_collected(connection, [crawl.id])
    lists = select(TARGET.c.id).where(TARGET.c.source == source.name, TARGET.c.kind == TargetKind.LISTS)
    return SourceHealth(
        listings,
        last.started_at if last else None,
        judged.verdict if judged else None,
        healthy.started_at if healthy else None,
        judged.reason if judged else None,
        _stale(connection, source.name),
        source.paused_until,
        source.paused_why,
        source.off_since is None and connection.execute(lists).first() is not None,
        {verdict: int(count) for verdict, count in connection.execute(verdicts.group_by(CRAWL_RUN.c.verdict))},
        stated,
        collected,
        {} if crawl is None else _fill(connection, crawl.id, crawl.counters),
    )


def _last_crawl(runs: Sequence[Row[Any]]) -> Row[Any] | None:
    """The last one of the lists; looks at single listings state nothing."""
    return next((run for run in runs if run.scope.get("kind") == "crawl" and not run.scope.get("listings")), None)


def _stale(connection: Connection, source: str) -> int:
    run = CRAWL_RUN.c
    healthy = select(run.scope, run.started_at).where(run.source == source, run.verdict == RunVerdict.OK)
    for scope, started_at in connection.execute(healthy.order_by(run.id.desc())):
        if is_whole(scope):
            query = select(func.count()).where(LISTING.c.source == source, LISTING.c.last_seen_at < started_at)
            return connection.execute(query).scalar_one()
    return 0


def stated_and_collected(connection: Connection, run_ids: Sequence[int]) -> tuple[int | None, int | None]:
    """What the queries of runs stated in all, and what they brought; ``None`` where none of them stated a number.

    A query that was asked for again in parts is not counted, its parts are.
    """
    row = COVERAGE.c
    query = select(func.sum(row.stated_count), func.sum(row.collected_count)).where(
        row.crawl_run_id.in_(run_ids),
        row.stated_count.is_not(None),
        ~func.coalesce(row.note, "").like("asked for again%"),
    )
    stated, collected = connection.execute(query).one()
    return (None, None) if stated is None else (int(stated), int(collected))


def _fill(connection: Connection, run_id: int, counters: Mapping[str, Any]) -> dict[str, float]:
    fill = fills_of(connection, {run_id: counters}).get(run_id)
    return {} if fill is None else {name: fill.share(name) for name in sorted(fill.missing)}
