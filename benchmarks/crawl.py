"""Whole crawls over loopback: ours, a bare default Scrapy spider, and the idiomatic pipeline, in turn.

Each kind fetches the same list pages from a server in a process of its own. CPU is counted in the crawling process from
``spider_opened`` to ``spider_closed``; for ours that is everything: fetch, parse, normalize, archive, compare, store.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.list_pages import PER_PAGE, write_list_pages
from benchmarks.page_server import serving
from store.engine import open_engine
from store.schema import upgrade

TARGETS = {"first pass / bare": 2.0, "unchanged pass / bare": 1.2, "first pass / idiomatic": 1 / 15}


def main() -> None:
    """Print each round and the medians of the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--peer-pages", type=int, default=100, help="pages for the idiomatic peer, which is slow")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "pages"
        pages.mkdir()
        write_list_pages(pages, options.pages)
        size = (pages / "1.html").stat().st_size / 1000
        print(f"{options.pages} pages of {size:.0f} kB, {PER_PAGE} listings each; CPU ms a page, in turn")
        with serving(pages) as base_url:
            rounds = [_round(folder, base_url, options, number) for number in range(options.rounds)]
    _report(rounds)


def _round(folder: str, base_url: str, options: argparse.Namespace, number: int) -> dict[str, float]:
    database = f"sqlite:///{folder}/ours-{number}.sqlite"
    upgrade(open_engine(database))
    bare = _run("bare", base_url, options.pages, database)
    silent = _run("silent", base_url, options.pages, database)
    first = _run("ours", base_url, options.pages, database)
    again = _run("ours", base_url, options.pages, database)
    peer = _run("idiomatic", base_url, options.peer_pages, f"sqlite:///{folder}/peer-{number}.sqlite")
    ms = {
        "bare": bare["cpu"] / options.pages * 1000,
        "silent": silent["cpu"] / options.pages * 1000,
        "first": first["cpu"] / options.pages * 1000,
        "again": again["cpu"] / options.pages * 1000,
        "idiomatic": peer["cpu"] / peer["pages"] * 1000,
        "first_mb_early": first["early_kb"] / 1000,
        "first_mb_peak": first["peak_kb"] / 1000,
        "again_mb_peak": again["peak_kb"] / 1000,
    }
    print("  ".join(f"{name} {value:.2f}" for name, value in ms.items()), flush=True)
    return ms


def _run(kind: str, base_url: str, pages: int, database: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.crawl_runs", kind, base_url, str(pages), database]
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=compiled)  # as where it is installed
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    if figures["pages"] < pages:
        raise RuntimeError(f"{kind} fetched {figures['pages']} of {pages} pages: {done.stderr}")
    return figures


def _report(rounds: list[dict[str, float]]) -> None:
    ratios = {
        "first pass / bare": [each["first"] / each["bare"] for each in rounds],
        "unchanged pass / bare": [each["again"] / each["bare"] for each in rounds],
        "first pass / idiomatic": [each["first"] / each["idiomatic"] for each in rounds],
    }
    further = {
        "first pass / bare that logs nothing": [each["first"] / each["silent"] for each in rounds],
        "unchanged pass / bare that logs nothing": [each["again"] / each["silent"] for each in rounds],
    }
    for name, values in further.items():
        print(f"{name:40} {median(values):.3f} ({min(values):.3f}-{max(values):.3f}), for comparison")
    for name, values in ratios.items():
        target = TARGETS[name]
        print(f"{name:24} {median(values):.3f} ({min(values):.3f}-{max(values):.3f}), asked at most {target:.3f}")
    peak = max(max(each["first_mb_peak"], each["again_mb_peak"]) for each in rounds)
    print(f"{'memory, highest peak':24} {peak:.0f} MB, asked under 250")


if __name__ == "__main__":
    main()
