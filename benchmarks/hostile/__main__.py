"""The service against a hostile site, a day long: ``python -m benchmarks.hostile``. Needs the program ``faketime``.

All clocks run fast (``--speed``), those of the service, of its crawls and of the site: delays, time limits, pauses and
budgets are the real ones. For 24 hours one answer in ``--one-in`` is bad in one of sixteen ways; then the site is well
again, and after ``--hours`` in all each listing, observation and event is held against what was true.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

from benchmarks.hostile.judge import Judgement, judge
from benchmarks.hostile.site import Asked, Site
from benchmarks.hostile.world import SHANGHAI, make_lots, now
from crawler.parsers.rmfysszc import SPEC
from store.engine import open_engine, reading

BEGINS = "2026-09-01 01:00:00"  # UTC: nine in the morning at the site
INSIDE = "FAPAI_BENCHMARK_CLOCK"


def main() -> None:
    """One run, one table. Exit 1 if something is wrong in the end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=int, default=72)
    parser.add_argument("--hostile-hours", type=int, default=24)
    parser.add_argument("--one-in", type=int, default=12, help="one answer in so many is bad")
    parser.add_argument("--speed", type=int, default=120, help="so much faster the clocks run")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if INSIDE not in os.environ:
        sys.exit(_again_with_a_fast_clock(options.speed))
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(_run(options, Path(folder)))


def _again_with_a_fast_clock(speed: int) -> int:
    faketime = shutil.which("faketime")
    if faketime is None:
        print("nothing was measured: the program faketime is missing (apt install faketime)")
        return 0
    # Children go on with the clock of their parent instead of beginning anew.
    environment = os.environ | {INSIDE: "1", "FAKETIME_DONT_RESET": "1"}
    command = [faketime, "-f", f"@{BEGINS} x{speed}", sys.executable, "-m", "benchmarks.hostile", *sys.argv[1:]]
    return subprocess.run(command, env=environment | {"TZ": "UTC"}, check=False).returncode


def _run(options: argparse.Namespace, folder: Path) -> int:
    begins = now()
    ends = begins + timedelta(hours=options.hours)
    lots = make_lots(begins, options.seed)
    hostile_until = begins + timedelta(hours=options.hostile_hours)
    database = f"sqlite:///{folder / 'fapai.sqlite'}"
    with Site(lots, hostile_until, options.one_in, Random(options.seed)) as site:
        command = [sys.executable, "-m", "benchmarks.hostile.ticking", database, site.base_url]
        with (folder / "log").open("wb") as log, subprocess.Popen(command, stderr=log) as service:
            while now() < ends and service.poll() is None:
                time.sleep(600)
            code = service.poll()
            service.terminate()
            service.wait()
    engine = open_engine(database)
    with reading(engine) as connection:
        judgement = judge(connection, lots, now())
    engine.dispose()
    if code is not None:
        print(f"the service ended by itself with {code}:\n{(folder / 'log').read_text('utf-8')[-2000:]}")
    _print(judgement, site, options)
    is_right = not (judgement.wrong_lots or judgement.false_observations or judgement.false_events)
    return 0 if is_right and code is None else 1


def _print(judgement: Judgement, site: Site, options: argparse.Namespace) -> None:
    in_order = sorted(site.asked, key=lambda each: each.at)
    waited_for = [pair for pair in pairwise(in_order) if not pair[0].is_given_up]
    gaps = [(later.at - earlier.at).total_seconds() for earlier, later in waited_for]
    too_short = sum(gap < SPEC.min_delay_seconds for gap in gaps)
    rows = [
        ("hours simulated, of them hostile", f"{options.hours}, {options.hostile_hours}"),
        ("requests", f"{len(site.asked):,}"),
        ("of them answered badly", f"{sum(n for ill, n in site.ills.items() if ill != 'well'):,}"),
        *((f"  {ill}", f"{count}") for ill, count in sorted(site.ills.items()) if ill != "well"),
        ("runs", ", ".join(f"{count} {verdict}" for verdict, count in sorted(judgement.runs.items()))),
        ("lots to be known in the end", f"{judgement.lots}"),
        ("  wrong in the end", f"{len(judgement.wrong_lots)}"),
        ("false observations", f"{len(judgement.false_observations)}"),
        ("false events", f"{len(judgement.false_events)}"),
        ("results told within a day", f"{judgement.told_within_a_day} of {judgement.ended}"),
        ("smallest gap between two requests", f"{min(gaps, default=0):.1f} s, asked {SPEC.min_delay_seconds:g} s"),
        ("gaps that are shorter", f"{too_short}"),
        ("requests given up before they were seen", f"{sum(each.is_given_up for each in site.asked)}"),
        ("most requests of a day", f"{max(_by_day(site.asked).values(), default=0):,} of {SPEC.requests_per_day:,}"),
    ]
    for label, value in rows:
        print(f"{label:36} {value}")
    examples = [f"{number}: {fault}" for number, fault in judgement.wrong_lots.items()]
    for each in [*examples, *judgement.false_observations, *judgement.false_events][:20]:
        print(f"  ! {each}")


def _by_day(asked: Sequence[Asked]) -> Counter[str]:
    return Counter(f"{each.at.astimezone(SHANGHAI):%Y-%m-%d}" for each in asked)


if __name__ == "__main__":
    main()
