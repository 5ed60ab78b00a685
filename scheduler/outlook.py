"""What the timetable will ask, hour by hour, and what falls out of the budget; and where each source stands now."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from crawler.items import SourceSpec
from scheduler.leases import site_lease
from scheduler.policy import DAY, Due, claim_order, lists_budget
from scheduler.timetable import TOLD_BY_LISTS, due_of, known_of, load_rows, quiet_hours_of
from store.health import ENDED_EARLY
from store.manners import pause_of, requests_on, sources_off
from store.rows import CRAWL_RUN, TARGET
from store.runs import LISTS_ASKED
from store.targets import load_targets, standing_leases
from store.terms import LookReason, RunVerdict, TargetKind

HOUR = timedelta(hours=1)
LIST_REQUESTS_UNKNOWN = 1
"""Of a source that was never crawled by its lists: at least the first page."""


class PlannedHour(NamedTuple):
    """What one source is asked in one hour for one reason. ``dropped``: looks that the day's budget does not allow.

    A source that was taken off has a single row without an hour, which tells since when.
    """

    source: str
    begins_at: datetime | None
    reason: LookReason | None
    looks: int
    requests: int
    dropped: int
    off_since: datetime | None = None


class Standing(NamedTuple):
    """Where a source on the timetable stands."""

    source: str
    health: RunVerdict | None  # verdict of the last run that has ended, and was not told to
    last_run_at: datetime | None
    next_due: datetime | None
    reason: LookReason | None
    listings: int  # that have looks of their own to come
    overdue: int
    requests_today: int
    budget: int
    paused_until: datetime | None
    paused_why: str | None
    leased_by: str | None
    leased_until: datetime | None
    queued: str | None  # its crawl in the queue of the workers: waits (todo), goes on (doing), or none
    off_since: datetime | None  # taken off by a person: nothing of it is due until it is put back


class _Look(NamedTuple):
    at: datetime
    reason: LookReason
    requests: int


def plan(connection: Connection, specs: Mapping[str, SourceSpec], now: datetime, days: int) -> list[PlannedHour]:
    """The looks of the next days if each is made when it is due and nothing changes, by source, hour and reason.

    Nothing is asked of sources that were taken off.
    """
    hours: list[PlannedHour] = []
    off = sources_off(connection)
    for source in _sources(connection, specs):
        if source in off:
            hours.append(PlannedHour(source, None, None, 0, 0, 0, off[source]))
            continue
        spec = specs[source]
        looks = _looks(connection, spec, now, now + DAY * days)
        kept, dropped = _within_budget(looks, spec)
        requests = _by_hour(kept, weight=True)
        dropped_looks = _by_hour(dropped, weight=False)
        for (begins_at, reason), count in sorted(_by_hour(looks, weight=False).items()):
            key = begins_at, reason
            hours.append(PlannedHour(source, begins_at, reason, count, requests[key], dropped_looks[key]))
    return hours


def standings(
    connection: Connection, specs: Mapping[str, SourceSpec], now: datetime, queued: Mapping[str, str] | None = None
) -> list[Standing]:
    """Where each source on the timetable stands. ``queued``: the state of its job, where workers have a queue."""
    leases = {name: (holder, until) for name, holder, until in standing_leases(connection, now)}
    off = sources_off(connection)
    found = []
    for source in _sources(connection, specs):
        spec = specs[source]
        targets = [each for each in load_targets(connection, source) if each.next_due is not None]
        first = min(targets, key=lambda each: (each.next_due or now, claim_order(Due(now, each.reason))), default=None)
        pause = pause_of(connection, source, now)
        holder, until = leases.get(site_lease(source), (None, None))
        verdict, last_at = _last_run(connection, source)
        today = now.astimezone(ZoneInfo(spec.readers[0].dialect.time_zone)).date()
        found.append(
            Standing(
                source,
                verdict,
                last_at,
                first.next_due if first else None,
                first.reason if first else None,
                sum(each.kind is TargetKind.LISTING for each in targets),
                sum(each.next_due is not None and each.next_due <= now for each in targets),
                requests_on(connection, source, today),
                spec.requests_per_day,
                pause.until if pause else None,
                pause.why if pause else None,
                holder,
                until,
                queued.get(source) if queued else None,
                off.get(source),
            )
        )
    return found


def _sources(connection: Connection, specs: Mapping[str, SourceSpec]) -> list[str]:
    """Those on the timetable that this version knows."""
    query = select(TARGET.c.source).where(TARGET.c.kind == TargetKind.LISTS).order_by(TARGET.c.source)
    return [source for source in connection.execute(query).scalars() if source in specs]


def _looks(connection: Connection, spec: SourceSpec, now: datetime, end: datetime) -> list[_Look]:
    """Every look at a source until then, in the order of time."""
    quiet = quiet_hours_of(spec)
    lists = next(each for each in load_targets(connection, spec.name) if each.kind is TargetKind.LISTS)
    size = _list_requests(connection, spec.name)
    looks = []
    at = max(lists.next_due or now, now)
    while (at := quiet.first_allowed(at)) < end:
        looks.append(_Look(at, LookReason.LISTS, size))
        at += DAY
    if spec.item_pages is not None:
        each = len(spec.item_pages("1", None)) or 1
        for row in load_rows(connection, spec.name, None):
            known, looked_at = known_of(row, is_missing=row.reason is LookReason.VANISHED), row.last_look
            clock = now
            while (due := due_of(row.source_id, known, looked_at, clock)) is not None:
                at = quiet.first_allowed(max(due.at, clock))
                if at >= end:
                    break
                looks.append(_Look(at, due.reason, each))
                looked_at = clock = at
    return sorted(looks)


def _within_budget(looks: list[_Look], spec: SourceSpec) -> tuple[list[_Look], list[_Look]]:
    """Day by day of the source's calendar, the most urgent first."""
    zone = ZoneInfo(spec.readers[0].dialect.time_zone)
    by_day: dict[date, list[_Look]] = {}
    for look in looks:
        by_day.setdefault(look.at.astimezone(zone).date(), []).append(look)
    kept: list[_Look] = []
    dropped: list[_Look] = []
    for day in by_day.values():
        left = spec.requests_per_day
        told = {LookReason.LISTS, *TOLD_BY_LISTS}
        singles = sum(look.requests for look in day if look.reason not in told)
        for look in sorted(day, key=lambda each: claim_order(Due(each.at, each.reason))):
            wanted = look.requests
            if look.reason is LookReason.LISTS:  # a crawl of the lists ends where its share does
                wanted = min(wanted, lists_budget(left, spec.requests_per_day, singles))
            is_kept = 0 < wanted <= left
            left -= wanted if is_kept else 0
            (kept if is_kept else dropped).append(look._replace(requests=wanted))
    return kept, dropped


def _by_hour(looks: list[_Look], *, weight: bool) -> Counter[tuple[datetime, LookReason]]:
    counted: Counter[tuple[datetime, LookReason]] = Counter()
    for look in looks:
        begins_at = look.at.replace(minute=0, second=0, microsecond=0)
        counted[begins_at, look.reason] += look.requests if weight else 1
    return counted


def _list_requests(connection: Connection, source: str) -> int:
    """How many requests the last healthy crawl of the lists made for lists; what these lead to is asked for once."""
    run = CRAWL_RUN.c
    query = select(run.counters, run.scope).where(run.source == source, run.verdict == RunVerdict.OK)
    for counters, scope in connection.execute(query.order_by(run.id.desc()).limit(50)):
        if scope.get("kind") == "crawl" and not scope.get("listings"):
            return counters.get(LISTS_ASKED) or LIST_REQUESTS_UNKNOWN
    return LIST_REQUESTS_UNKNOWN


def _last_run(connection: Connection, source: str) -> tuple[RunVerdict | None, datetime | None]:
    run = CRAWL_RUN.c
    is_judged = ~func.coalesce(run.reason, "").startswith(ENDED_EARLY)
    ended = select(func.max(run.id)).where(run.source == source, run.verdict != RunVerdict.RUNNING, is_judged)
    row = connection.execute(select(run.verdict, run.finished_at).where(run.id == ended.scalar_subquery())).first()
    return (None, None) if row is None else (row.verdict, row.finished_at)
