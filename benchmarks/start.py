"""CPU of ``fapai --help`` and of a report on an empty database, against Python itself doing nothing."""

import argparse
import os
import subprocess
import sys
from statistics import median
from tempfile import TemporaryDirectory


def main() -> None:
    """Print medians of user + system seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    with TemporaryDirectory() as folder:
        db = ["--db", f"sqlite:///{folder}/empty.sqlite"]
        subprocess.run([sys.executable, "-m", "fapai", "db", "upgrade", *db], check=True, stdout=subprocess.DEVNULL)
        commands = {
            "fapai --help": ["-m", "fapai", "--help"],
            "fapai report price-cuts": ["-m", "fapai", "report", "price-cuts", *db],
            "python -c ''": ["-c", ""],
        }
        for name, command in commands.items():
            spent = [_cpu([sys.executable, *command]) for _ in range(runs + 1)][1:]
            asked = ", asked under 0.5" if "--help" in name else ""
            print(f"{name:24} {median(spent):.3f} s CPU ({min(spent):.3f}-{max(spent):.3f}){asked}")


def _cpu(command: list[str]) -> float:
    before = os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


if __name__ == "__main__":
    main()
