"""The service left running for an hour, held against ``fapai schedule plan``: ``python -m benchmarks.hour``.

Four played sites are crawled the day before and the hour before, by fast clocks; then the plan is asked for, and ``fapai
schedule run`` keeps the timetable for ``--minutes`` of true time, by a clock that says nine in the morning of 2 September 2026.
One table: for each site what the plan said for this hour, and what the site saw. Needs the program ``faketime``.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.hour.sites import HOUR_BEGINS, ROBOTS, SOURCES

FAST = 30
DAY_BEFORE = HOUR_BEGINS - timedelta(hours=23, minutes=40)
"""The lists that are read then are due again twenty minutes after the hour has begun."""

HOUR_BEFORE = HOUR_BEGINS - timedelta(hours=1, minutes=15)
TOLERATED = 0.1
"""Looks are spread by a tenth of their interval, and the last ones of an hour may be made in the next."""

TOLERATED_FEW = 4


def main() -> None:
    """One run, one table. Exit 1 if a site was asked otherwise than planned."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    options = parser.parse_args()
    if shutil.which("faketime") is None:
        print("nothing was measured: the program faketime is missing (apt install faketime)")
        return
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(0 if _run(Path(folder), options.minutes) else 1)


def _run(folder: Path, minutes: float) -> bool:
    database, out = f"sqlite:///{folder / 'fapai.sqlite'}", folder / "told.json"
    *early, made_up = SOURCES
    _stage(DAY_BEFORE, FAST, folder, ["settle", database, *early])
    _stage(HOUR_BEFORE, FAST, folder, ["settle", database, made_up])
    _stage(HOUR_BEGINS, 1, folder, ["keep", database, str(minutes), str(out)])
    return tell(json.loads(out.read_text("utf-8")), minutes)


def _stage(at: datetime, speed: int, folder: Path, words: Sequence[str]) -> None:
    clock = f"@{at:%Y-%m-%d %H:%M:%S} x{speed}" if speed != 1 else f"@{at:%Y-%m-%d %H:%M:%S}"
    environment = os.environ | {"TZ": "UTC", "FAKETIME_DONT_RESET": "1", "FAPAI_ARCHIVE_KEY": str(folder / "key")}
    if speed == 1:  # timers wait by the monotonic clock, which needs no other hour
        environment |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
    command = ["faketime", "-f", clock, sys.executable, "-m", "benchmarks.hour.stage", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{words[0]} at {at:%H:%M}: exit {done.returncode}\n{done.stderr[-3000:]}")


def tell(told: Mapping[str, Any], minutes: float) -> bool:
    """Print the table; whether each site was asked as planned."""
    begins = datetime.fromisoformat(told["begins"])
    ends = begins + timedelta(minutes=minutes)
    planned, reasons = Counter[str](), dict[str, list[str]]()
    for row in told["plan"]["rows"] if isinstance(told["plan"], dict) else told["plan"]:
        if (
            datetime.fromisoformat(row["begins_at"])
            <= begins
            < datetime.fromisoformat(row["begins_at"]) + timedelta(hours=1)
        ):
            planned[row["source"]] += row["requests"]
            reasons.setdefault(row["source"], []).append(f"{row['reason']} {row['requests']}")
    seen = Counter(source for at, source in told["asked"] if datetime.fromisoformat(at) < ends)
    print(f"{'site':14} planned  seen  why")
    for source in SOURCES:
        print(f"{source:14} {planned[source]:7} {seen[source]:5}  {', '.join(reasons.get(source, ['nothing']))}")
    print(f"robots.txt     {'':7} {seen[ROBOTS]:5}  one before each crawl")
    print(
        f"service: {told['resident_kb'] / 1024:.0f} MB resident after {minutes:g} minutes, ended with {told['ended']}"
    )
    return all(is_as_planned(planned[source], seen[source]) for source in SOURCES) and told["ended"] == 0


def is_as_planned(planned: int, seen: int) -> bool:
    """Whether what was seen is what was planned, but for looks at the edges of the hour."""
    return abs(planned - seen) <= max(TOLERATED_FEW, planned * TOLERATED)


if __name__ == "__main__":
    main()
