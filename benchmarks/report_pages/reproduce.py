"""The figures of the reports once more, by a script that has nothing but a snapshot in a fresh folder."""

import csv
import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report_pages.checks import ROUNDING, Rows, TotalsDiffer
from benchmarks.report_pages.program import CommandFailed

SCRIPT = Path(__file__).with_name("from_snapshot.py")
SCRIPTS = (
    SCRIPT,
    *(SCRIPT.with_name(f"{name}_{SCRIPT.name}") for name in ("offers", "homes", "sale_times", "cut_share")),
)
"""All others need the first, and the last two the one of homes, beside them."""

SCRIPT_OF = {
    "funnel": "homes_from_snapshot.py",
    "clearance-per-home": "homes_from_snapshot.py",
    "cohort": "homes_from_snapshot.py",
    "time-to-sale": "sale_times_from_snapshot.py",
    "cut-share": "cut_share_from_snapshot.py",
    "deals": "offers_from_snapshot.py",
    "upcoming": "offers_from_snapshot.py",
    "changes": "offers_from_snapshot.py",
}
"""Which script answers a question that the first one does not."""

KEYS = {
    "counts": ("group",),
    "clearance": ("group",),
    "ratios": ("group", "ratio"),
    "competition": ("group", "number"),
    "price-cuts": ("source", "source_id"),
    "every-price-cut": ("source", "source_id", "observed_at"),
    "repeats": ("listings",),  # homes have other names in a snapshot: how many have so many listings
    "days": ("source", "day"),
    "funnel": ("group",),
    "clearance-per-home": ("group",),
    "cohort": ("group", "days"),
    "time-to-sale": ("days",),
    "cut-share": ("group",),
}
"""By what the rows of a question of the script are known, in both."""

INTERVAL_SHARE, INTERVAL_LEAST = 0.25, 0.3
"""Two bootstraps of 1,000 resamples differ by a few hundredths of their interval; of few cases or ties by more."""


@dataclass
class Reproduced:
    """How many rows and figures came out of the snapshot; ends of bootstrap intervals, and how far these lie apart."""

    rows: int = 0
    cells: int = 0
    intervals: int = 0
    apart: float = 0.0


NAMES = {
    "price-cuts --all": "every-price-cut",
    "coverage --by source": "days",
    "clearance --per-home --by all": "clearance-per-home",
}
"""Questions whose names are not those of their reports."""


def question_of(command: str) -> str | None:
    """The words of the script that ask what a report does; ``None`` where it has none for it."""
    words = [word for word in command.split() if word != "--by"]
    name = NAMES.get(command, words[0])
    by = words[1:] if name == words[0] and name != "price-cuts" else []
    return " ".join([name, *by]) if name in KEYS else None


def reproduce(reports: Mapping[str, Rows], snapshot: Path) -> Reproduced:
    """Every report that the script can answer, by its command, beside what the script makes of the snapshot.

    Raises:
        TotalsDiffer: a row or a figure does not come out of it.
        CommandFailed: the script failed.
    """
    found = Reproduced()
    with tempfile.TemporaryDirectory() as fresh:
        shutil.copytree(snapshot, Path(fresh, "snapshot"))
        for script in SCRIPTS:
            shutil.copy(script, fresh)
        for command, rows in reports.items():
            if question := question_of(command):
                compare_rows(question, rows, run_script(question, Path(fresh)), found)
    return found


def run_script(question: str, folder: Path) -> list[dict[str, str]]:
    """What a script answers in a folder: nothing but the folder and the libraries are within its reach.

    Raises:
        CommandFailed: it ended with an error.
    """
    words = ["-E", "-s", script_of(question), "snapshot", *question.split()]
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env={}, capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode:
        raise CommandFailed(f"python {' '.join(words[2:])}: {done.stderr.strip()}")
    return list(csv.DictReader(io.StringIO(done.stdout)))


def script_of(question: str) -> str:
    """The name of the script that answers a question."""
    return SCRIPT_OF.get(question.split(maxsplit=1)[0], SCRIPT.name)


def compare_rows(question: str, told: Rows, answered: list[dict[str, str]], found: Reproduced) -> None:
    """Add the rows and figures that both have to what was found.

    Raises:
        TotalsDiffer: a row stands on one side only, or a figure is another.
    """
    name = question.split(maxsplit=1)[0]
    ours, theirs = _by_key(name, told), _by_key(name, answered)
    if set(ours) != set(theirs):
        only = sorted(set(ours) ^ set(theirs))
        raise TotalsDiffer(f"{question}: only the report or only the snapshot has {', '.join(map(str, only[:5]))}")
    for key, row in ours.items():
        found.rows += 1
        for column in (row.keys() & theirs[key].keys()) - set(KEYS[name]):
            _compare(f"{question}: {' '.join(key)}, {column}", row, column, theirs[key][column], found)


def _by_key(name: str, rows: Any) -> dict[tuple[str, ...], Mapping[str, Any]]:
    """The rows by what they are known by, as far as they tell anything; homes of as many listings as one row."""
    told = (
        [row for row in rows if row.get("state") != "gap" and str(row.get("n")) != "0"]
        if name in {"ratios", "competition", "days"}
        else rows
    )
    found: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for row in told:
        key = tuple("" if row[column] is None else str(row[column]) for column in KEYS[name])
        many = found[key]["homes"] + 1 if name == "repeats" and key in found else 1
        found[key] = {"homes": many} if name == "repeats" else row
    return found


def _compare(what: str, row: Mapping[str, Any], column: str, answer: Any, found: Reproduced) -> None:
    figure = row[column]
    if isinstance(figure, str) or figure is None or answer == "":
        if str(answer) != (figure or ""):
            raise TotalsDiffer(f"{what}: {figure}, from the snapshot {answer or 'nothing'}")
        found.cells += figure is not None
        return
    apart, allowed = abs(float(answer) - figure), ROUNDING
    start, _, end = column.partition("_low" if "_low" in column else "_high")
    if start != column:
        width = row[f"{start}_high{end}"] - row[f"{start}_low{end}"]
        allowed = INTERVAL_LEAST + INTERVAL_SHARE * width
        found.intervals += 1
        found.apart = max(found.apart, apart)
    found.cells += start == column
    if apart > allowed:
        raise TotalsDiffer(f"{what}: {figure}, from the snapshot {answer}")
