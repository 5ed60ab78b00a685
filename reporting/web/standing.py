"""How the sources stand, for their page and for programs: what the reports say, with runs, pages and leases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, case, func, select

from reporting.field_coverage import FieldRow, field_coverage
from reporting.health import DigestRow, HealthReport, HealthRow, weekly_digest
from reporting.web.errors import NotHere
from reporting.web.parts_asked import asked_words
from reporting.web.settings import Budget
from store.health import SPENT, is_whole
from store.manners import sources_off
from store.rows import COVERAGE, CRAWL_RUN, DAILY_REQUESTS, PAGE, SOURCE, TARGET
from store.targets import standing_leases
from store.terms import PageOutcome, RunVerdict

SHOWN = 12
"""Runs, pages and slices on one page, the newest first."""

SITE = "site:"
"""How the lease on a site begins: who holds it is the only one that asks there."""


class ShownRun(NamedTuple):
    """One crawl or capture."""

    id: int
    source: str
    kind: str  # crawl, capture, reparse: as its scope says
    is_whole: bool
    started_at: datetime
    finished_at: datetime | None
    verdict: RunVerdict
    reason: str | None
    pages: int
    seen: int
    new: int
    changed: int


class ShownPage(NamedTuple):
    """One page as it was read."""

    id: int
    source: str
    url: str
    observed_at: datetime
    outcome: PageOutcome
    reason: str | None
    listing_count: int
    http_status: int


class ShownSlice(NamedTuple):
    """A part of a crawl, as ``asked_words`` has it: what the source stated of it, and what came."""

    part: Sequence[tuple[str, str]]
    stated_count: int | None
    collected_count: int
    note: str | None


class Asked(NamedTuple):
    """How often a site was asked on the last day on which it was, by its own calendar."""

    day: date
    requests: int


class Spent(NamedTuple):
    """How often a site was asked today, by its own calendar, and how often it may be."""

    requests: int
    budget: int


class Timetable(NamedTuple):
    """What the timetable has for a source."""

    next_due: datetime
    overdue: int


class Lease(NamedTuple):
    """Who is at a site, and until when at most."""

    name: str
    holder: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """One source: its health, and what is planned and spent."""

    health: HealthRow
    title: str
    asked: Asked | None
    today: Spent | None  # None: its budget is not told, as of sources that nobody crawls
    is_spent: bool  # the last run ended because the budget of its day was spent
    timetable: Timetable | None
    lease: Lease | None
    fallen: str | None  # fields that were hardly told any more, in the last seven days
    off_since: datetime | None  # a person took it off the timetable then: fapai schedule off

    @property
    def is_paused(self) -> bool:
        """Whether it is left alone now."""
        return self.health.paused_until is not None


def load_standings(
    connection: Connection, health: HealthReport, now: datetime, budgets: Mapping[str, Budget]
) -> list[Standing]:
    """Every source that was ever written: those that are left alone first, the others by name.

    ``health``: as it was counted last, which may be a minute ago.
    """
    asked, plans, off = _asked(connection), _plans(connection, now), sources_off(connection)
    leases = {each.name.removeprefix(SITE): each for each in load_leases(connection, now)}
    week = {row.source: row for row in weekly_digest(connection, now).rows}
    titles = {row.name: row.title for row in connection.execute(select(SOURCE.c.name, SOURCE.c.title))}
    standings = [
        Standing(
            row,
            titles[row.source],
            asked.get(row.source),
            _spent(budgets.get(row.source), asked.get(row.source), now),
            SPENT.match(row.reason or "") is not None,
            plans.get(row.source),
            leases.get(row.source),
            week[row.source].fallen if row.source in week else None,
            off.get(row.source),
        )
        for row in health.rows
    ]
    return sorted(standings, key=lambda each: (not each.is_paused, each.health.source))


def find_standing(standings: Iterable[Standing], source: str) -> Standing:
    """One source.

    Raises:
        NotHere: nothing was ever written of it.
    """
    found = next((each for each in standings if each.health.source == source), None)
    if found is None:
        raise NotHere(f"no source {source[:80]!r} was ever read: fapai sources")
    return found


def load_week(connection: Connection, now: datetime) -> Sequence[DigestRow]:
    """What the runs of the last seven days did, source by source."""
    return weekly_digest(connection, now).rows


def load_leases(connection: Connection, now: datetime) -> list[Lease]:
    """What only one may do at a time and somebody does now."""
    return [Lease._make(each) for each in standing_leases(connection, now)]


def load_runs(connection: Connection, source: str | None = None, limit: int = SHOWN) -> list[ShownRun]:
    """The last runs, of one source or of all."""
    query = select(CRAWL_RUN).order_by(CRAWL_RUN.c.id.desc()).limit(limit)
    if source is not None:
        query = query.where(CRAWL_RUN.c.source == source)
    return [_run(row) for row in connection.execute(query)]


def load_pages(connection: Connection, source: str | None = None, limit: int = SHOWN) -> list[ShownPage]:
    """The pages that were written last; of one source those that were seen last."""
    page = PAGE.c
    query = select(*(page[name] for name in ShownPage._fields)).limit(limit)
    if source is None:
        query = query.order_by(page.id.desc())
    else:
        query = query.where(page.source == source).order_by(page.observed_at.desc(), page.id.desc())
    return [ShownPage._make(row) for row in connection.execute(query)]


def load_slices(connection: Connection, source: str) -> list[ShownSlice]:
    """What the last run that stated anything was told and brought, part by part."""
    run, row = CRAWL_RUN.c, COVERAGE.c
    last = select(func.max(row.crawl_run_id)).join_from(COVERAGE, CRAWL_RUN, run.id == row.crawl_run_id)
    query = select(row.slice, row.stated_count, row.collected_count, row.note)
    query = query.where(row.crawl_run_id == last.where(run.source == source).scalar_subquery())
    return [
        ShownSlice(asked_words(part), stated, collected, note)
        for part, stated, collected, note in connection.execute(query.order_by(row.id).limit(SHOWN))
    ]


def load_fields(connection: Connection, source: str) -> list[FieldRow]:
    """Of how many of its listings each field is known; fields that it never tells are left out."""
    return [row for row in field_coverage(connection).rows if row.source == source and row.known]


def _run(row: Any) -> ShownRun:
    counters: Mapping[str, int] = row.counters
    pages = sum(count for name, count in counters.items() if name.startswith("page/"))
    return ShownRun(
        row.id,
        row.source,
        str(row.scope.get("kind", "")),
        is_whole(row.scope),
        row.started_at,
        row.finished_at,
        row.verdict,
        row.reason,
        pages,
        *(counters.get(f"listing/{name}", 0) for name in ("seen", "new", "changed")),
    )


def _asked(connection: Connection) -> dict[str, Asked]:
    day = DAILY_REQUESTS.c
    last = select(day.source, func.max(day.day).label("day")).group_by(day.source).subquery()
    query = select(day.source, day.day, day.requests).join(
        last, (day.source == last.c.source) & (day.day == last.c.day)
    )
    return {source: Asked(on, requests) for source, on, requests in connection.execute(query)}


def _spent(budget: Budget | None, asked: Asked | None, now: datetime) -> Spent | None:
    if budget is None:
        return None
    today = now.astimezone(ZoneInfo(budget.zone)).date()
    return Spent(asked.requests if asked is not None and asked.day == today else 0, budget.requests)


def _plans(connection: Connection, now: datetime) -> dict[str, Timetable]:
    target = TARGET.c
    overdue = func.sum(case((target.next_due <= now, 1), else_=0))
    query = select(target.source, func.min(target.next_due), overdue).where(target.next_due.is_not(None))
    return {row[0]: Timetable(row[1], int(row[2])) for row in connection.execute(query.group_by(target.source))}
