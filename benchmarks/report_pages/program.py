"""The program's own commands, each a process of its own, as anyone would give them."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

UNHEALTHY = 3  # done, but something was refused: the page says what


Runner = Callable[[str, Path, Path], str]
"""What a command (without ``fapai``) prints in a folder, on a database of its own; raises ``CommandFailed``."""


class CommandFailed(Exception):
    """A command ended with an error. The message holds its words."""


def run(command: str, folder: Path, database: Path) -> str:
    """What a command (without ``fapai``) prints in a folder, on a database of its own.

    Raises:
        CommandFailed: it ended neither well nor unhealthy.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FAPAI_")}
    environment |= {"FAPAI_DB": f"sqlite:///{database}", "PYTHONPATH": str(Path(__file__).parents[2])}
    words = [sys.executable, "-m", "fapai", *shlex.split(command)]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode not in {0, UNHEALTHY}:
        raise CommandFailed(f"fapai {command}: {done.stderr.strip()}")
    return done.stdout


def rows_of(command: str, folder: Path, database: Path, runner: Runner = run) -> list[dict[str, Any]]:
    """Every row of a report."""
    rows: list[dict[str, Any]] = json.loads(runner(f"{command} --format json", folder, database))
    return rows
