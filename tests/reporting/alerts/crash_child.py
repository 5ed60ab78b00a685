"""A program that runs the alerts and is killed (SIGKILL) at a given step; one line of its input is one run.

Steps are every statement to the database that does not only read, every commit, and both sides of every message and
every file that is written: between two reads nothing changes that a death could leave behind. A line is ``STEP NOW``;
the answer is ``killed``, or ``done`` and the number of steps that there were.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from reporting.alerts import apprise_channel, calendar_file, send
from reporting.alerts.run import run_alerts
from store.engine import open_engine


class Steps:
    """Counts steps and kills its own process at one of them."""

    def __init__(self, last: int) -> None:
        self._last = last
        self.taken = 0

    def at_statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """A step, unless it only reads."""
        if not statement.lstrip().startswith("SELECT"):
            self()

    def __call__(self, *_: Any) -> None:
        self.taken += 1
        if self.taken == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable[..., None]) -> Callable[..., None]:
        """The function with a step before and one after it."""

        def call(*arguments: Any) -> None:
            self()
            function(*arguments)
            self()

        return call


def run_once(url: str, secrets: Path, last: int, now: datetime, answer: int) -> None:
    """In a process of its own: run, and say how many steps there were."""
    steps = Steps(last)
    engine = open_engine(url)
    event.listen(engine, "before_cursor_execute", steps.at_statement)
    event.listen(engine, "commit", steps)
    apprise_channel.Postman.send = steps.around(apprise_channel.Postman.send)  # type: ignore[method-assign]
    send.replace_file = steps.around(send.replace_file)  # type: ignore[attr-defined]
    calendar_file.replace_file = steps.around(calendar_file.replace_file)  # type: ignore[attr-defined]
    run_alerts(engine, secrets, lambda: now)
    os.write(answer, str(steps.taken).encode())
    os._exit(0)


def main(url: str, secrets: Path) -> None:
    """Answer each line of the input by a run in a child of its own."""
    apprise_channel.check_address("json://localhost")  # loaded once, not in every child
    assert isinstance(open_engine(url), Engine)  # so is the driver
    for line in sys.stdin:
        last, now = line.split()
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                run_once(url, secrets, int(last), datetime.fromisoformat(now), theirs)
            finally:
                os._exit(1)
        os.close(theirs)
        _, status = os.waitpid(child, 0)
        said = os.read(ours, 20).decode()
        os.close(ours)
        was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        sys.stdout.write("killed\n" if was_killed else f"done {said}\n" if status == 0 else "failed 0\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
