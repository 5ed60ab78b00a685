"""CPU of ``fapai --help``, against Python itself doing nothing."""

import argparse
import os
import subprocess
import sys
from statistics import median


def main() -> None:
    """Print medians of user + system seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    ours = [_cpu([sys.executable, "-m", "fapai", "--help"]) for _ in range(runs + 1)][1:]
    nothing = [_cpu([sys.executable, "-c", ""]) for _ in range(runs)]
    print(f"fapai --help   {median(ours):.3f} s CPU ({min(ours):.3f}-{max(ours):.3f}), asked under 0.5")
    print(f"python -c ''   {median(nothing):.3f} s CPU")


def _cpu(command: list[str]) -> float:
    before = os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


if __name__ == "__main__":
    main()
