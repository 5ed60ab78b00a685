"""How the queue stands: who works, and what became of the jobs. Reads only, and needs no library of the queue."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, text

from scheduler.leases import SITE, WORKER
from store.schema import QUEUE_SCHEMA
from store.targets import standing_leases


@dataclass(frozen=True, slots=True)
class QueueStanding:
    """``workers``: machine, process and a mark of each; ``jobs``: how many by state; ``by_source``: of its crawl."""

    workers: tuple[str, ...]
    jobs: Mapping[str, int] = field(default_factory=dict)
    by_source: Mapping[str, str] = field(default_factory=dict)

    def words(self) -> str:
        """One line on the queue."""
        jobs = ", ".join(f"{count:,} {state}" for state, count in sorted(self.jobs.items())) or "no jobs"
        return f"queue: {jobs}; workers: {', '.join(self.workers) or 'none'}"


def living_workers(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Who works on the queue: machine, process and a mark, joined by colons."""
    leases = standing_leases(connection, now)
    return tuple(sorted(holder for name, holder, _ in leases if name.startswith(WORKER)))


def queue_standing(connection: Connection, now: datetime) -> QueueStanding | None:
    """How the queue stands; ``None`` where there has never been one."""
    if connection.dialect.name != "postgresql":
        return None
    jobs = f"{QUEUE_SCHEMA}.procrastinate_jobs"
    if connection.execute(text("SELECT to_regclass(:name)"), {"name": jobs}).scalar_one() is None:
        return None
    counted: Counter[str] = Counter()
    by_source: dict[str, str] = {}
    rows = connection.execute(text(f"SELECT lock, status::text FROM {jobs} ORDER BY id"))  # noqa: S608
    for lock, status in rows:
        counted[status] += 1
        if lock is not None and lock.startswith(SITE) and status in {"todo", "doing"}:
            source = lock.removeprefix(SITE)
            by_source[source] = "doing" if "doing" in {status, by_source.get(source)} else status
    return QueueStanding(living_workers(connection, now), counted, by_source)
