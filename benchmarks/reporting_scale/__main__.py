"""Snapshots and standing reports over a large base: ``python -m benchmarks.reporting_scale``.

Prints CPU seconds (user and system, of a process of its own with its children) and the ratios, each in turn in every
round, after the files or cells were compared. The base is made first where it is not there yet (``FAPAI_BENCH_BASES``).
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.reporting_scale import grouped, measure, peers, questions, standing
from benchmarks.reporting_scale.base import SEED, base_folder, postgresql_base, sqlite_base
from store.engine import open_engine

ASKED = {"duckdb over parquet": 1.1, "sqlite + csv": 0.7}
SIZE = 200_000


def main() -> None:
    """Print each round and the medians of the ratios; exit 1 where the files differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listings", type=int, default=SIZE, help="five observations each (default 200,000)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    base = sqlite_base(options.listings, options.seed)
    ways = {"ours": f"sqlite:///{base}", "sqlite + csv": str(base)}
    if parquet := _parquet(base):
        ways["duckdb over parquet"] = str(parquet)
    if server := os.environ.get("FAPAI_TEST_POSTGRESQL"):
        ways["ours on postgresql"] = postgresql_base(server, options.listings, options.seed)
    print(f"{options.listings:,} listings, {5 * options.listings:,} observations", flush=True)
    with tempfile.TemporaryDirectory(dir=base_folder()) as folder:
        rounds = [_round(ways, Path(folder)) for _ in range(options.rounds)]
    for way in ways:
        if way != "ours":
            _print_ratio(way, [each[way] for each in rounds], [each["ours"] for each in rounds])
    engine = open_engine(f"sqlite:///{base}")
    questions.print_ratios(engine, options.rounds)
    grouped.print_grouped(engine, options.rounds)
    if parquet:
        standing.print_standing(engine, parquet, options.rounds)
    engine.dispose()
    standing.print_upkeep(options.listings // 10, options.seed)
    if "ours on postgresql" not in ways:
        print("postgresql: not measured, FAPAI_TEST_POSTGRESQL names no server")


def _parquet(base: Path) -> Path | None:
    extension = peers.extension_of_sqlite()
    if extension is None:
        print("duckdb over parquet: not measured, the extra analytics is not installed")
        return None
    folder = base.with_suffix(".parquet")
    if not folder.exists():
        peers.write_parquet(base, folder, extension)
    return folder


def _round(ways: dict[str, str], folder: Path) -> dict[str, float]:
    spent = {}
    for way, source in ways.items():
        target = folder / way.replace(" ", "-")
        target.mkdir()
        figures = _measured(way, source, target)
        spent[way] = figures["cpu"]
        print(f"{way:20} {figures['cpu']:8.1f} CPU-s  {figures['peak_mb']:6,} MB", flush=True)
        ours = folder / "ours"
        if way != "ours" and not all(peers.same_lines(ours / name, target / name) for name in peers.FILES_WRITTEN):
            sys.exit(f"the files of {way} differ from ours")
    for way in ways:
        shutil.rmtree(folder / way.replace(" ", "-"))
    return spent


def _measured(way: str, source: str, target: Path) -> dict[str, float]:
    command = [sys.executable, "-m", measure.__name__, way, source, str(target)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def _print_ratio(way: str, theirs: list[float], ours: list[float]) -> None:
    if way == "ours on postgresql":
        ratios, asked = [its / mine for its, mine in zip(theirs, ours, strict=True)], 2.0
        print(f"snapshot: {way} / ours on sqlite  {median(ratios):.2f}  asked at most {asked}")
        return
    ratios = [mine / its for its, mine in zip(theirs, ours, strict=True)]
    span = f"({min(ratios):.2f}-{max(ratios):.2f})"
    print(f"snapshot: ours (all files and hashes) / {way}  {median(ratios):.2f} {span}  asked at most {ASKED[way]}")


if __name__ == "__main__":
    main()
