"""What must be remembered from crawl to crawl so that a site is treated well: pauses, requests of a day, coverage."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from store.bulk import driver_query
from store.rows import COVERAGE, DAILY_REQUESTS, SOURCE


class Pause(NamedTuple):
    """A source that is to be left alone."""

    until: datetime
    why: str


def pause_of(connection: Connection, source: str, now: datetime) -> Pause | None:
    """The pause that a source is in, if it is in one."""
    query = select(SOURCE.c.paused_until, SOURCE.c.paused_why).where(SOURCE.c.name == source)
    row = connection.execute(query).first()
    if row is None or row.paused_until is None or row.paused_until <= now:
        return None
    return Pause(row.paused_until, row.paused_why or "it refused")


def set_pause(connection: Connection, source: str, until: datetime, why: str) -> None:
    """Leave a source alone until then; a longer pause that stands already stays."""
    row = connection.execute(select(SOURCE.c.paused_until).where(SOURCE.c.name == source)).scalar_one()
    if row is None or row < until:
        connection.execute(SOURCE.update().where(SOURCE.c.name == source).values(paused_until=until, paused_why=why))


def sources_off(connection: Connection) -> dict[str, datetime]:
    """The sources that a person took off the timetable, each with since when."""
    query = select(SOURCE.c.name, SOURCE.c.off_since).where(SOURCE.c.off_since.is_not(None)).order_by(SOURCE.c.name)
    return {row.name: row.off_since for row in connection.execute(query)}


def set_off(connection: Connection, source: str, since: datetime | None) -> None:
    """Take a source off the timetable, or put it back with ``None``; one that is off stays so since it first was."""
    if since is None or source not in sources_off(connection):
        connection.execute(SOURCE.update().where(SOURCE.c.name == source).values(off_since=since))


def requests_on(connection: Connection, source: str, day: date) -> int:
    """How often a source was asked on a day of its own calendar."""
    query = select(DAILY_REQUESTS.c.requests).where(DAILY_REQUESTS.c.source == source, DAILY_REQUESTS.c.day == day)
    return connection.execute(query).scalar_one_or_none() or 0


def add_requests(connection: Connection, source: str, day: date, count: int) -> None:
    """Count requests."""
    sql = (
        "INSERT INTO daily_requests (source, day, requests) VALUES (?, ?, ?) "
        "ON CONFLICT (source, day) DO UPDATE SET requests = daily_requests.requests + excluded.requests"
    )
    driver_query(connection, sql, (source, day, count))


def add_coverage(
    connection: Connection, run_id: int, rows: Sequence[tuple[Mapping[str, str], int | None, int, str | None]]
) -> None:
    """Store what each query of a run stated and brought, with a note where these differ."""
    values: list[dict[str, Any]] = [
        {
            "crawl_run_id": run_id,
            "slice": dict(part),
            "stated_count": stated,
            "collected_count": collected,
            "note": note,
        }
        for part, stated, collected, note in rows
    ]
    if values:
        connection.execute(COVERAGE.insert(), values)


def is_detail_due(connection: Connection, source: str, source_id: str, url: str) -> bool:
    """Whether the page about a listing can tell anything new: it was not read since the listing last changed."""
    sql = (
        "SELECT 1 FROM listing JOIN page ON page.source = listing.source AND page.observed_at >= last_changed_at "
        "AND page.outcome IN ('read', 'empty') "
        "WHERE listing.source = ? AND listing.source_id = ? AND page.url = ? AND generation = "
        "(SELECT max(generation) FROM listing WHERE source = ? AND source_id = ?) LIMIT 1"
    )
    return not driver_query(connection, sql, (source, source_id, url, source, source_id))
