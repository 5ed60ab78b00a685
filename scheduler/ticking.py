"""What makes a service tick: APScheduler, kept going when the clock is put back.

APScheduler (3.11) waits until the clock shows the time of the next run. Put back an hour, it would do nothing for an
hour, while the leases of the service bar the way of every other one.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.job import Job
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers import SchedulerNotRunningError
from apscheduler.schedulers.blocking import BlockingScheduler

logger = logging.getLogger(__name__)

LATE_TICKS_COUNT = timedelta(hours=1)


class Ticks:
    """Calls a function again and again, never twice at once, until told to end.

    Args:
        tick: what is called; it raises nothing.
        every: how often.
    """

    def __init__(self, tick: Callable[[], None], every: timedelta) -> None:
        self._every = every
        self._scheduler = BlockingScheduler(timezone=UTC)
        self._job = self._scheduler.add_job(
            tick,
            "interval",
            seconds=every.total_seconds(),
            next_run_time=datetime.now(UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=int(LATE_TICKS_COUNT.total_seconds()),
        )
        self._has_ended = threading.Event()

    def start(self) -> None:
        """Tick in this thread, until ``shutdown`` is called; returns when the last tick has ended."""
        watching = threading.Thread(target=self._look_at_the_clock, name="clock", daemon=True)
        watching.start()
        self._scheduler.start()
        watching.join()

    def shutdown(self) -> None:
        """End after the tick that goes on; also where ticking has not begun yet."""
        self._has_ended.set()

    def _look_at_the_clock(self) -> None:
        while not self._has_ended.wait(self._every.total_seconds()):  # by a clock that only runs on
            with suppress(JobLookupError):  # it has just ended
                call_back(self._job, self._every, datetime.now(UTC))
        while True:
            try:
                self._scheduler.shutdown()
            except SchedulerNotRunningError:  # told to end before it began
                time.sleep(0.05)
            else:
                return


def call_back(job: Job, every: timedelta, now: datetime) -> bool:
    """Have a job run now whose next run is further away than it can be; whether it was."""
    if job.next_run_time is None or job.next_run_time - now <= 2 * every:
        return False
    logger.warning("the clock was put back by about %s", job.next_run_time - now)
    job.modify(next_run_time=now)
    return True
