"""What only one may do at a time, on whatever machine: the names of the leases, and how long each is held."""

from datetime import timedelta

TIMETABLE = "timetable"
"""Held by whoever keeps the timetable: a service, or all workers of the queue together."""

TIMETABLE_LEASE = timedelta(minutes=2)

PLANNING = "planning"
"""Held for as long as a plan is fresh, by whichever worker made it."""

LINKING = "linking"
"""Held by the worker that links, or tells what is new."""

LEASE = timedelta(minutes=5)
"""Of a crawl and of a worker, renewed at half-time: longer than a crawl may be silent (``store.runs.SILENCE``)."""

SITE, WORKER = "site:", "worker:"


def site_lease(source: str) -> str:
    """Held by whoever asks a site."""
    return f"{SITE}{source}"


def worker_lease(mark: str) -> str:
    """Held by a worker while it is alive."""
    return f"{WORKER}{mark}"
