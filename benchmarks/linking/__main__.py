"""The linker measured: ``python -m benchmarks.linking [--sizes 10000 100000 1000000] [--real] [--peer]``.

Made-up listings with known homes (``generate``): for each size CPU for parsing and for linking, peak memory, pair precision
and recall, F1, and the properties that hold two different homes; each run is a process of its own. With ``--peer`` the
same for Splink on the same parts, and our share of its error and of its CPU. ``--real``: the real chains (``real_sets``).
"""

import argparse
import json
import subprocess
import sys
from itertools import pairwise
from typing import Any

from benchmarks.linking import peer

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
    print(tell_newcomers())
    if options.real:
        from benchmarks.linking import real_sets

        if not real_sets.report():
            sys.exit(1)


def tell_newcomers() -> str:
    """What one new listing costs against a base. The linker takes whole sets only, so there is nothing to time yet."""
    return "one new listing against a base: not measured, the linker takes whole sets only"


def run(system: str, size: int, seed: int, wrong: int) -> dict[str, Any]:
    """The figures of one run in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.linking.measure", system, size, "--seed", seed, "--wrong", wrong]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{system} at {size} failed:\n{done.stderr}")
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
