"""Sources and their runs for programs, as the pages show them."""

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from reporting.web.pages.sources import standings_of
from reporting.web.standing import Standing, find_standing, load_leases, load_pages, load_runs
from reporting.web.visit import Here
from store.terms import PageOutcome, RunVerdict, SourceState

router = APIRouter(tags=["sources"])


class SourceBody(BaseModel):
    """One source; ``null``: not told."""

    source: str
    title: str
    state: RunVerdict | SourceState
    reason: str | None
    last_run_at: datetime | None
    last_healthy_at: datetime | None
    paused_until: datetime | None
    off_since: datetime | None
    listings: int
    stale_listings: int
    stated: int | None
    collected: int | None
    runs: int
    healthy_runs: int
    asked_on: date | None
    requests: int | None
    requests_today: int | None
    requests_per_day: int | None
    is_budget_spent: bool
    next_due: datetime | None
    overdue: int | None
    leased_by: str | None
    leased_until: datetime | None
    fallen_fields: str | None


class RunBody(BaseModel):
    """One run."""

    id: int
    source: str
    kind: str
    is_whole: bool
    started_at: datetime
    finished_at: datetime | None
    verdict: RunVerdict
    reason: str | None
    pages: int
    seen: int
    new: int
    changed: int


class PageBody(BaseModel):
    """One page as it was read; the page itself is at ``/pages/ID``."""

    id: int
    source: str
    url: str
    observed_at: datetime
    outcome: PageOutcome
    reason: str | None
    listing_count: int
    http_status: int


class LeaseBody(BaseModel):
    """What only one may do at a time and somebody does now."""

    name: str
    holder: str
    until: datetime


class SourceList(BaseModel):
    """All sources, and who is at work."""

    sources: list[SourceBody]
    leases: list[LeaseBody]


class OneSource(BaseModel):
    """One source with its last runs and pages."""

    source: SourceBody
    runs: list[RunBody]
    pages: list[PageBody]


FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"description": words} for status, words in ((401, "no password"), (404, "none of this name"))
}


@router.get("/sources", summary="How the sources stand", responses=FAILURES)
def list_sources(visit: Here) -> SourceList:
    """Every source that was ever read; those that are left alone first."""
    with visit.reading() as connection:
        sources = [_body(each) for each in standings_of(visit, connection)]
        leases = [LeaseBody(**each._asdict()) for each in load_leases(connection, visit.now)]
    return SourceList(sources=sources, leases=leases)


@router.get("/sources/{name}", summary="One source with its last runs and pages", responses=FAILURES)
def show_source(visit: Here, name: str) -> OneSource:
    """The newest runs and pages first."""
    with visit.reading() as connection:
        return OneSource(
            source=_body(find_standing(standings_of(visit, connection), name)),
            runs=[RunBody(**each._asdict()) for each in load_runs(connection, name)],
            pages=[PageBody(**each._asdict()) for each in load_pages(connection, name)],
        )


def _body(standing: Standing) -> SourceBody:
    health, asked, plan, lease = standing.health, standing.asked, standing.timetable, standing.lease
    return SourceBody(
        source=health.source,
        title=standing.title,
        state=health.state,
        reason=health.reason,
        last_run_at=health.last_run_at,
        last_healthy_at=health.last_healthy_at,
        paused_until=health.paused_until,
        off_since=standing.off_since,
        listings=health.listings,
        stale_listings=health.stale_listings,
        stated=health.stated,
        collected=health.collected,
        runs=health.runs,
        healthy_runs=health.healthy_runs,
        asked_on=asked.day if asked else None,
        requests=asked.requests if asked else None,
        requests_today=standing.today.requests if standing.today else None,
        requests_per_day=standing.today.budget if standing.today else None,
        is_budget_spent=standing.is_spent,
        next_due=plan.next_due if plan else None,
        overdue=plan.overdue if plan else None,
        leased_by=lease.holder if lease else None,
        leased_until=lease.until if lease else None,
        fallen_fields=standing.fallen,
    )
