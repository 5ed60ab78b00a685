"""Detail and notice pages for each CPU second, against what merely parses their bytes; memory of a page of 1 MB.

For every reader that is not one of lists: its recorded pages (the synthetic ones where none was recorded, and the table
says so) are read and normalized, each as if it arrived alone: caches of values are emptied before each pass, tables and
patterns stay loaded. A file that holds several details counts as many pages as listings. The floor parses the same
bytes with orjson, or lxml where they are markup, and does nothing else. Five rounds, floor and ours in turn; medians.
"""

import argparse
import gc
import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

import orjson
from lxml import html  # type: ignore[import-untyped]

from benchmarks.fuzz.memory import MOST_MEGABYTES
from benchmarks.fuzz.specimens import pages_of
from crawler.errors import RowRefused
from crawler.items import Reader
from crawler.page import Page
from crawler.reading import read, statement_of
from crawler.sources import all_readers

ASKED_PER_SECOND = 500
ROUND_SECONDS = 0.3
RECORDED = frozenset({"recorded", "recorded rows in a rebuilt page"})
LISTS = frozenset(
    [
        "list",
        "list_json",
        "list_cards",
        "list_gateway",
        "feed",
        "search",
        "query",
        "cards",
        "weekly",
        "weekly_rows",
        "daily_table",
        "counts",
        "index",
        "negative_equity",
    ]
)
"""Forms of pages that hold many listings or none: ``python -m benchmarks.crawl`` measures these."""


def main() -> None:
    """Print a row for each reader; the last column marks what misses."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reader", nargs="?", default="", help="how the names of the readers begin; else all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-memory", action="store_true")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    print(
        f"{'reader':28} {'pages':>5} {'kind':9} {'pages/s':>8} {'floor/s':>8} {'ratio':>6} {'1 MB takes':>10}",
        flush=True,
    )
    measured = [
        _measure(reader, options.rounds, has_memory=not options.no_memory)
        for reader in all_readers()
        if reader.name.startswith(options.reader) and reader.name.split(".")[1] not in LISTS
    ]
    slow = sum(speed < ASKED_PER_SECOND for speed in measured)
    print(f"asked at least {ASKED_PER_SECOND} pages/s: {len(measured) - slow} of {len(measured)} readers reach it; "
          f"slowest {min(measured):,.0f}, median {median(measured):,.0f}")  # fmt: skip


def _measure(reader: Reader, rounds: int, *, has_memory: bool) -> float:
    recorded = pages_of(reader, is_read_only=True, kinds=RECORDED)
    pages = recorded or pages_of(reader, is_read_only=True)
    count = sum(_read_one(page, reader) for page in pages)
    repeats = _repeats(pages, reader)
    ours, floors = [], []
    for _ in range(rounds):
        floors.append(_seconds(lambda: _parse_all(pages), repeats) / count)
        ours.append(_seconds(lambda: _read_all(pages, reader), repeats) / count)
    speed, ratio = 1 / median(ours), median(our / floor for our, floor in zip(ours, floors, strict=True))
    megabytes = _megabytes(reader) if has_memory else None
    marks = [f"under {ASKED_PER_SECOND}"] if speed < ASKED_PER_SECOND else []
    marks += [f"over {MOST_MEGABYTES} MB"] if megabytes and megabytes > MOST_MEGABYTES else []
    told = f"{megabytes:7.1f} MB" if megabytes is not None else ""
    kind = "recorded" if recorded else "synthetic"
    print(
        f"{reader.name:28} {count:5} {kind:9} {speed:8,.0f} {1 / median(floors):8,.0f} {ratio:6.1f} {told:>10} {', '.join(marks)}".rstrip(),
        flush=True,
    )
    return speed


def _repeats(pages: Sequence[Page], reader: Reader) -> int:
    """How often the pages are read in a round, so that it takes ``ROUND_SECONDS``."""
    start = time.process_time()
    _read_all(pages, reader)
    return max(3, int(ROUND_SECONDS / (time.process_time() - start)))


def _seconds(work: Callable[[], None], repeats: int) -> float:
    """CPU seconds of one pass. Caches are emptied between passes, outside the clock."""
    gc.collect()
    caches = _caches_of_values()
    spent = 0.0
    for _ in range(repeats):
        for cache in caches:
            cache.cache_clear()
        start = time.process_time()
        work()
        spent += time.process_time() - start
    return spent / repeats


def _caches_of_values() -> list[Any]:
    """The bounded caches of conversions: they would make the second reading of a page cheaper than its first.

    Caches of one entry or without bound hold tables and patterns, which a running program has loaded.
    """
    rooms = [module for name, module in sorted(sys.modules.items()) if name.startswith("crawler.")]
    members = [member for module in rooms for member in vars(module).values() if hasattr(member, "cache_parameters")]
    return [each for each in members if (each.cache_parameters()["maxsize"] or 1) > 1]


def _read_all(pages: Sequence[Page], reader: Reader) -> None:
    for page in pages:
        _read_one(page, reader)


def _read_one(page: Page, reader: Reader) -> int:
    """Read and normalize a page that has not been decoded before; give how many details it holds."""
    fresh = replace(page)
    listings = read(fresh, reader).listings
    for listing in listings:
        try:
            statement_of(listing.item, reader, fresh.observed_at)
        except RowRefused:
            continue
    return max(1, len(listings))


def _parse_all(pages: Sequence[Page]) -> None:
    for page in pages:
        _parse_one(page.body)


def _parse_one(body: bytes) -> object:
    """What orjson or lxml makes of the bytes; of the answer of a callback, of what stands in its brackets."""
    start = body.lstrip()[:1]
    if start in b"{[":
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            return body.splitlines()
    if start == b"<":
        return html.document_fromstring(body)
    inner = body[body.find(b"(") + 1 : body.rfind(b")")] or body
    try:
        return orjson.loads(inner)
    except orjson.JSONDecodeError:
        return html.document_fromstring(body) if b"<" in body else body.decode("utf-8", "replace").splitlines()


def _megabytes(reader: Reader) -> float:
    """Peak of a page of one megabyte, grown from a recorded one, in a process of its own."""
    wanted = [sys.executable, "-m", "benchmarks.fuzz.memory", reader.name, "--exact", "--json"]
    told = subprocess.run(wanted, capture_output=True, text=True, check=True).stdout
    _, grown, _ = json.loads(told.splitlines()[-1])
    return float(grown[0])


if __name__ == "__main__":
    main()
