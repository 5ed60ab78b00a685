"""Starting a crawl as a child process and following it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from crawler.orders import CrawlFailed, CrawlOrders, WrongOrders
from crawler.recording import RunSummary
from store.terms import RunVerdict

Progress = Callable[[int, int], None]
"""Called with the pages and the listings so far."""

Ask = Callable[[str], None]
"""Called with what the user is asked to do; returns when he has done it."""


def run_crawl(
    orders: CrawlOrders,
    on_progress: Progress | None = None,
    waiting: "Waiting | None" = None,
    ask: Ask | None = None,
) -> RunSummary:
    """Crawl in a child process and wait for its end. ``ask`` is called only if the orders say that the user is there.

    ``waiting`` names a process that was started before; it is used up. When this is interrupted, so is the crawl: it
    ends its page and closes its record.

    Raises:
        WrongOrders: a place that the source does not know.
        CrawlFailed: nothing could be recorded, or the process died.
    """
    with waiting or Waiting() as child:
        result = child.follow(orders, on_progress, ask)
    if "summary" in result:
        summary = result["summary"]
        return RunSummary(**{**summary, "verdict": RunVerdict(summary["verdict"])})
    if result.get("is_wrong_order"):
        raise WrongOrders(result["error"])
    raise CrawlFailed(result.get("error") or f"the crawl of {orders.source} died with exit code {child.exit_code}")


class Waiting:
    """A process that loads its libraries, which takes most of the time of a short crawl, and waits for its orders."""

    def __init__(self, memory_bytes: int | None = None) -> None:
        """``memory_bytes``: of address space that it may take, where the system can limit that (Linux)."""
        command = [sys.executable, "-P", "-m", "crawler.run"]
        # In a session of its own: Ctrl-C comes to us alone, and we hand it on.
        self._child = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
            env=_environment(),
        )
        if memory_bytes is not None and sys.platform == "linux":
            import resource

            resource.prlimit(self._child.pid, resource.RLIMIT_AS, (memory_bytes, memory_bytes))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.dismiss(interrupt=kind is not None)

    @property
    def exit_code(self) -> int | None:
        """How the process ended, if it has."""
        return self._child.poll()

    def terminate(self) -> None:
        """Ask the process to end; a crawl ends its page and its record first."""
        self._child.terminate()

    def kill(self) -> None:
        """End the process at once. What it had committed stays, and its record is closed by the next crawl."""
        self._child.kill()

    def dismiss(self, *, interrupt: bool = False) -> None:
        """Let the process end, and wait for that; without orders it ends at once."""
        if interrupt:
            self._child.terminate()  # a crawl ends its page and its record; before that, it just ends
        with self._child:  # closes its ends of the pipes
            pass

    def follow(self, orders: CrawlOrders, on_progress: Progress | None, ask: Ask | None) -> dict[str, Any]:
        """Give the orders and listen until the process has nothing more to say; gives its last message."""
        assert self._child.stdout is not None  # noqa: S101
        try:
            self._tell(json.dumps(asdict(orders)))
        except BrokenPipeError:  # it died before: the exit code tells
            return {}
        result: dict[str, Any] = {}
        for line in self._child.stdout:
            if not line.endswith("\n"):  # it died while it spoke
                break
            message = json.loads(line)
            if "ask" in message:
                self._answer(message["ask"], ask)
            elif "progress" not in message:
                result = message
            elif on_progress is not None:
                on_progress(message["progress"]["pages"], message["progress"]["listings"])
        return result

    def _answer(self, sentence: str, ask: Ask | None) -> None:
        """Let the user do what the process asks for, and tell it that he has."""
        if ask is not None:
            ask(sentence)
        with suppress(BrokenPipeError):  # the crawl has been ended
            self._tell("")

    def _tell(self, line: str) -> None:
        assert self._child.stdin is not None  # noqa: S101
        try:
            self._child.stdin.write(line + "\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            with suppress(BrokenPipeError):  # what could not be told would be told again
                self._child.stdin.close()
            raise


def _environment() -> dict[str, str]:
    """Ours; from a checkout that is not installed, the child would not find these rooms otherwise."""
    root = Path(__file__).parents[1]
    if not (root / "pyproject.toml").is_file():
        return dict(os.environ)
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))}
