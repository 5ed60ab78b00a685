"""The service as ``fapai schedule run`` has it, but for what makes it tick: ``python -m benchmarks.hostile.ticking``.

The timers of APScheduler wait by a clock that ``faketime`` does not reach (sem_clockwait, version 0.9.10), and would sleep
for days; ``time.sleep`` it does reach.
"""

import logging
import signal
import sys
import time
from types import FrameType

from crawler.parsers.rmfysszc import SPEC
from scheduler.service import TICK, Service
from store.engine import open_engine
from store.schema import upgrade


def main() -> None:
    """Tick until told to end. Arguments: the database, the address of the site."""
    database, base_url = sys.argv[1:]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    engine = open_engine(database)
    upgrade(engine)
    service = Service(engine, base_url=base_url)
    service.add([SPEC.name])

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit

    signal.signal(signal.SIGTERM, end)
    try:
        while True:
            service.tick()
            time.sleep(TICK.total_seconds())
    finally:
        service.stop()


if __name__ == "__main__":
    main()
