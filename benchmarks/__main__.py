"""All benchmarks, one after the other, each in a process of its own, the shortest first. Exit 1 if one of them failed."""

import subprocess
import sys
import time

BENCHMARKS = (
    "start",
    "captures",
    "ingest",
    "linking",
    "parsing",
    "timetable",
    "truth",
    "web",
    "reporting_scale",
    "crawl",
    "crashes",
    "fuzz",
    "hostile",
    "hour",
)


def main() -> None:
    """Run them, and say how long each took."""
    failed = []
    for name in BENCHMARKS:
        print(f"== python -m benchmarks.{name}", flush=True)
        begun = time.monotonic()
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False)
        print(f"== {name}: {time.monotonic() - begun:,.0f} s, exit {done.returncode}\n", flush=True)
        if done.returncode:
            failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
