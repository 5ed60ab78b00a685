"""Spoilt pages for every reader: no exception but our named ones, no page over 1 s, no more than 64 MB for 1 MB.

For each reader: pages read, CPU seconds of the slowest page (read again without instrumentation), peak memory of a page
of 1 MB (recorded pages grown, and hostile ones), and every failure with the file of its page. A saved page is read again
with ``python -m benchmarks.fuzz READER --replay FILE``. Guided by coverage where atheris is installed, else by chance.
"""

import argparse
import json
import logging
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.fuzz.memory import MOST_MEGABYTES
from benchmarks.fuzz.specimens import unpack
from benchmarks.fuzz.whole_reading import read_whole
from crawler.items import Reader
from crawler.sources import all_readers, find_reader

LONGEST_SECONDS = 1.0
HEAD = f"{'reader':28} {'pages':>7} {'slowest':>9} {'grown':>9} {'hostile':>9}"


@dataclass(slots=True)
class Row:
    """The figures of one reader."""

    reader: str
    executions: int
    seconds: float
    grown_megabytes: float
    hostile_megabytes: float
    misses: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        figures = f"{self.seconds:7.2f} s {self.grown_megabytes:6.1f} MB {self.hostile_megabytes:6.1f} MB"
        return "\n    ".join([f"{self.reader:28} {self.executions:7} {figures}", *self.misses])


def main() -> None:
    """Print a row for each reader. The exit code is 1 where one misses."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reader", nargs="?", default="", help="the name of a reader, or how it begins; else all")
    parser.add_argument("--seconds", type=float, default=15, help="CPU seconds for each reader")
    parser.add_argument("--plain", action="store_true", help="by chance, even where atheris is installed")
    parser.add_argument("--folder", type=Path, help="where pages are saved; else a new temporary folder")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="read a saved page with the reader")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if options.replay:
        spent = read_whole(unpack(options.replay.read_bytes()), find_reader(options.reader), all_readers())
        print(json.dumps(spent._asdict() | {"slowest": spent.slowest}))
        return
    folder = options.folder or Path(tempfile.mkdtemp(prefix="fuzz-"))
    if find_spec("atheris") is None:
        print("atheris is not installed: pages are spoilt by chance")
    print(f"pages are saved in {folder}\n{HEAD}", flush=True)
    readers = [reader for reader in all_readers() if reader.name.startswith(options.reader)]
    rows = [_fuzz(reader, options.seconds, folder, is_plain=options.plain) for reader in readers]
    misses = sum(bool(row.misses) for row in rows)
    print(f"{sum(row.executions for row in rows)} pages, {misses} of {len(rows)} readers miss")
    sys.exit(misses > 0)


def _fuzz(reader: Reader, seconds: float, folder: Path, *, is_plain: bool) -> Row:
    own = folder / reader.name
    own.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=own) as work:
        wanted = ["benchmarks.fuzz.drive", reader.name, "--seconds", str(seconds), "--folder", work]
        said = _run([*wanted, "--plain"] if is_plain else wanted)
        told = Path(work) / "report.json"
        if not told.exists():
            raise RuntimeError(f"fuzzing {reader.name} ended without a report: {said[-2000:]}")
        report = json.loads(told.read_text("utf-8"))
        for path in Path(work).glob("*.page"):
            path.replace(own / path.name)
    row = Row(reader.name, report["executions"], 0.0, 0.0, 0.0)
    _add_failures(row, report, own)
    _add_slowest(row, report, own)
    _add_memory(row)
    print(row, flush=True)
    return row


def _add_failures(row: Row, report: dict[str, Any], folder: Path) -> None:
    for failure in report["failures"]:
        row.misses.append(f"{failure['what']} at {failure['place']}: {folder / Path(failure['page']).name}")


def _add_slowest(row: Row, report: dict[str, Any], folder: Path) -> None:
    """The slowest page as it is without instrumentation."""
    if not report["slowest_page"]:
        return
    page = folder / Path(report["slowest_page"]).name
    said = _run(["benchmarks.fuzz", row.reader, "--replay", str(page)])
    if not said.startswith("{"):
        row.misses.append(f"{said.splitlines()[-1]}: {page}")
        return
    spent = json.loads(said)
    row.seconds = spent["slowest"]
    if row.seconds > LONGEST_SECONDS:
        part = max(("recognising", "reading", "masking"), key=spent.__getitem__)
        row.misses.append(f"{row.seconds:.2f} s for {part}, asked at most {LONGEST_SECONDS:.0f}: {page}")


def _add_memory(row: Row) -> None:
    told = _run(["benchmarks.fuzz.memory", row.reader, "--exact", "--json"])
    if not told.startswith("["):
        row.misses.append(f"memory: {told.splitlines()[-1]}")
        return
    _, grown, hostile = json.loads(told)
    row.grown_megabytes, row.hostile_megabytes = grown[0], hostile[0]
    for megabytes, page, seconds in (grown, hostile):
        if megabytes > MOST_MEGABYTES:
            row.misses.append(f"{megabytes:.0f} MB, asked at most {MOST_MEGABYTES}: {page}")
        if seconds > LONGEST_SECONDS:
            row.misses.append(f"{seconds:.2f} s for a page of 1 MB, asked at most {LONGEST_SECONDS:.0f}")


def _run(module: list[str]) -> str:
    done = subprocess.run([sys.executable, "-m", *module], capture_output=True, text=True, errors="replace")
    return done.stdout if done.stdout.strip() else done.stderr


if __name__ == "__main__":
    main()
