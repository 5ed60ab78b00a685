"""Sites and service under one clock: ``python -m benchmarks.hour.stage``. Called by ``benchmarks.hour``.

Before the hour the clocks run fast, and the service is the one of ``benchmarks.hostile.ticking``, which ticks by a clock that
``faketime`` reaches. In the hour they run as they do, and it is ``fapai schedule run`` itself.
"""

import json
import logging
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

from benchmarks.hour.sites import Sites
from scheduler.service import TICK, Service
from store.engine import open_engine, reading
from store.schema import upgrade
from store.targets import load_targets

PATIENCE = timedelta(hours=2)


def settle(database: str, sources: list[str]) -> None:
    """Crawl the sources, and whatever else is due, until nothing is.

    Raises:
        SystemExit: that took longer than it ever should.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    engine = open_engine(database)
    upgrade(engine)
    with Sites() as sites:
        service = Service(engine, base_url=sites.base_url)
        service.add(sources)
        gives_up = datetime.now(UTC) + PATIENCE
        while True:
            service.tick()
            now = datetime.now(UTC)
            with reading(engine) as connection:
                due = [each for each in load_targets(connection) if each.next_due is not None and each.next_due <= now]
            if not due and not service.running:
                break
            if now > gives_up:
                service.stop()
                sys.exit(f"still due after {PATIENCE}: {due[:5]}")
            time.sleep(TICK.total_seconds())
        service.stop()


def keep(database: str, minutes: float, out: Path) -> None:
    """Ask for the plan, run the service for so long, and write down both: what was planned and what was asked."""
    program = [sys.executable, "-m", "fapai", "schedule"]
    plan = subprocess.run(
        [*program, "plan", "--format", "json", "--db", database], capture_output=True, check=True, text=True
    ).stdout
    begins = datetime.now(UTC)
    with Sites() as sites, out.with_suffix(".log").open("wb") as log:
        words = ["run", "--verbose", "--base-url", sites.base_url, "--db", database]
        with subprocess.Popen([*program, *words], stderr=log) as service:
            Event().wait(minutes * 60)  # time.sleep never returns under a clock that is only put elsewhere
            code, peak = service.poll(), resident(service.pid)
            service.terminate()
            code = service.wait() if code is None else f"by itself with {code}"
        asked = [(each.at.isoformat(), each.source) for each in sites.asked]
    told: dict[str, Any] = {"begins": begins.isoformat(), "plan": json.loads(plan), "asked": asked}
    out.write_text(json.dumps(told | {"ended": code, "resident_kb": peak}), encoding="utf-8")


def resident(process: int) -> int:
    """Resident memory of a process in KB, as the system tells (Linux); 0 where it has ended."""
    try:
        words = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return int(words.partition("VmRSS:")[2].split()[0])


def main() -> None:
    """``settle DATABASE SOURCE...`` or ``keep DATABASE MINUTES FILE``."""
    what, database, *more = sys.argv[1:]
    if what == "settle":
        settle(database, more)
    else:
        keep(database, float(more[0]), Path(more[1]))


if __name__ == "__main__":
    main()
