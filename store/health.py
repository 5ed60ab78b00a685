"""How sources stand, by what their runs have left."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from store.rows import CRAWL_RUN, LISTING, SOURCE
from store.terms import RunVerdict


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source stands. ``stale``: listings not seen since its last healthy crawl began."""

    listings: int
    last_run_at: datetime | None
    last_verdict: RunVerdict | None
    last_healthy_at: datetime | None
    reason: str | None
    stale: int
    paused_until: datetime | None = None


def source_health(connection: Connection) -> dict[str, SourceHealth]:
    """Health of every source that has ever been written, by name."""
    counted = select(LISTING.c.source, func.count()).group_by(LISTING.c.source)
    counts = {name: int(count) for name, count in connection.execute(counted)}
    sources = connection.execute(select(SOURCE.c.name, SOURCE.c.paused_until).order_by(SOURCE.c.name)).all()
    return {name: _health_of(connection, name, counts.get(name, 0), paused) for name, paused in sources}


def _health_of(connection: Connection, source: str, listings: int, paused_until: datetime | None) -> SourceHealth:
    runs = select(CRAWL_RUN).where(CRAWL_RUN.c.source == source).order_by(CRAWL_RUN.c.id.desc())
    last = connection.execute(runs.limit(1)).first()
    healthy = connection.execute(runs.where(CRAWL_RUN.c.verdict == RunVerdict.OK).limit(1)).first()
    stale = 0
    if healthy is not None and healthy.scope.get("kind") == "crawl":
        query = select(func.count()).where(LISTING.c.source == source, LISTING.c.last_seen_at < healthy.started_at)
        stale = connection.execute(query).scalar_one()
    return SourceHealth(
        listings,
        last.started_at if last else None,
        last.verdict if last else None,
        healthy.started_at if healthy else None,
        last.reason if last else None,
        stale,
        paused_until,
    )
