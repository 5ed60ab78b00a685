"""The linker measured: ``python -m benchmarks.linking [--sizes 10000 100000 1000000] [--real] [--peer]``.

Made-up listings with known homes (``generate``): for each size CPU for parsing and for linking, peak memory, pair precision
and recall, F1, and the properties that hold two different homes; each run is a process of its own. With ``--peer`` the
same for Splink on the same parts, and our share of its error and of its CPU. ``--real``: the real chains (``real_sets``).
``--increments``: what changed or is new against a database that is linked already (``increments``). ``--lists 20``: of each
size up to 10,000 so many lists, since one is a small sample: mean and range of recall and F1.
"""

import argparse
import json
import subprocess
import sys
from itertools import pairwise
from statistics import mean
from typing import Any

from benchmarks.linking import peer

SMALL = 10_000
HEAD = (
    "system",
    "size",
    "parse CPU s",
    "link CPU s",
    "peak MB",
    "precision",
    "recall",
    "F1",
    "siblings joined",
    "largest",
)


def main() -> None:
    """Print the tables; exit 1 if a real chain is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--real", action="store_true", help="the real chains as well")
    parser.add_argument("--peer", action="store_true", help="Splink on the same data as well")
    parser.add_argument("--increments", action="store_true", help="linking after a crawl as well, in a database")
    parser.add_argument("--lists", type=int, default=1, help="so many lists of each size up to 10,000")
    parser.add_argument("--wrong", type=int, default=0, help="show so many wrong merges and misses of each size")
    options = parser.parse_args()
    systems = ["ours"]
    if options.peer and peer.is_installed():
        systems += ["splink", "splink-labels"]
    elif options.peer:
        print(peer.INSTALL)
    print(row(HEAD), flush=True)
    found = {}
    for size in options.sizes:
        for system in systems:
            figures = found[system, size] = run(system, size, options.seed, options.wrong)
            print(row(cells(figures)), *figures["wrong"], sep="\n", flush=True)
    compare(found, options.sizes)
    for size in options.sizes:
        if options.lists > 1 and size <= SMALL:
            several = [run("ours", size, options.seed + turn, 0) for turn in range(options.lists)]
            print(tell_several(several), flush=True)
    for size in options.sizes if options.increments else ():
        print(tell_increments(size, options.seed), flush=True)
    if options.real:
        from benchmarks.linking import real_sets

        if not real_sets.report():
            sys.exit(1)


def tell_several(several: list[dict[str, Any]]) -> str:
    """How the figures of lists of one size lie."""
    words = [f"{len(several)} lists of {several[0]['size']:,}"]
    for name in ("precision", "recall", "f1"):
        values = [figures[name] for figures in several]
        words.append(f"{name} {mean(values):.5f} ({min(values):.5f} to {max(values):.5f})")
    joined = sum(figures["siblings_joined"] for figures in several)
    return f"{', '.join(words)}, {joined} siblings joined"


def tell_increments(size: int, seed: int) -> str:
    """What a crawl costs against a base that is linked already: one listing in ten changed or new, at most 10,000."""
    count = min(size // 10, 10_000)
    figures = run_module("benchmarks.linking.increments", size, "--count", count, "--seed", seed)
    changed, new = figures["changed_cpu"], figures["new_cpu"]
    return (
        f"a database of {size:,}: from nothing {figures['rebuild_cpu']:.1f} CPU s; {count:,} changed {changed:.2f} CPU s"
        f" ({1000 * changed / count:.2f} ms each), {count:,} new {new:.2f} CPU s ({1000 * new / count:.2f} ms each)"
    )


def run(system: str, size: int, seed: int, wrong: int) -> dict[str, Any]:
    """The figures of one run in a process of its own."""
    return run_module("benchmarks.linking.measure", system, size, "--seed", seed, "--wrong", wrong)


def run_module(module: str, *options: object) -> dict[str, Any]:
    """What a module prints as JSON, run in a process of its own; a run that fails ends all."""
    command = [sys.executable, "-m", module, *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command[2:])} failed:\n{done.stderr}")
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def cells(figures: dict[str, Any]) -> tuple[str, ...]:
    """One line of the table."""
    return (
        figures["system"],
        f"{figures['size']:,}",
        f"{figures['parse_cpu']:.2f}",
        f"{figures['link_cpu']:.2f}",
        f"{figures['peak_mb']:,}",
        *(f"{figures[name]:.5f}" for name in ("precision", "recall", "f1")),
        f"{figures['siblings_joined']:,}",
        f"{figures['largest']} {figures['note']}",
    )


def row(texts: tuple[str, ...]) -> str:
    """Texts in columns."""
    return "".join(text.rjust(15) for text in texts)


def compare(found: dict[tuple[str, int], dict[str, Any]], sizes: list[int]) -> None:
    """How the cost grows, how F1 holds, and how the peer compares."""
    costs = {key: figures["parse_cpu"] + figures["link_cpu"] for key, figures in found.items()}
    for smaller, larger in pairwise(sizes):
        growth = costs["ours", larger] / costs["ours", smaller]
        lost = found["ours", smaller]["f1"] - found["ours", larger]["f1"]
        print(f"from {smaller:,} to {larger:,}: {growth:.1f} times the CPU, F1 lower by {lost:.5f}")
    for (system, size), figures in found.items():
        if system != "ours":
            error = (1 - found["ours", size]["f1"]) / max(1 - figures["f1"], 1e-9)
            share = costs["ours", size] / costs[system, size]
            print(f"against {system} at {size:,}: {error:.2f} of its error, {share:.2f} of its CPU")


if __name__ == "__main__":
    main()
