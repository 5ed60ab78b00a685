"""Starting a crawl as a child process and following it."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from crawler.recording import RunSummary
from crawler.run import CrawlOrders
from store.errors import StoreError
from store.terms import RunVerdict

Progress = Callable[[int, int], None]
"""Called with the pages and the listings so far."""


class CrawlFailed(StoreError):
    """The crawling process could not do its work; the message says why."""


def run_crawl(orders: CrawlOrders, on_progress: Progress | None = None) -> RunSummary:
    """Crawl in a child process and wait for its end.

    Raises:
        CrawlFailed: nothing could be recorded, or the process died.
    """
    command = [sys.executable, "-P", "-m", "crawler.run"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603
        result = _follow(child, orders, on_progress)
    if "summary" in result:
        summary = result["summary"]
        return RunSummary(**{**summary, "verdict": RunVerdict(summary["verdict"])})
    raise CrawlFailed(result.get("error") or f"the crawl of {orders.source} died with exit code {child.returncode}")


def _follow(child: subprocess.Popen[str], orders: CrawlOrders, on_progress: Progress | None) -> dict[str, Any]:
    assert child.stdin is not None  # noqa: S101
    assert child.stdout is not None  # noqa: S101
    child.stdin.write(json.dumps(asdict(orders)))
    child.stdin.close()
    result: dict[str, Any] = {}
    for line in child.stdout:
        message = json.loads(line)
        if "progress" not in message:
            result = message
        elif on_progress is not None:
            on_progress(message["progress"]["pages"], message["progress"]["listings"])
    return result
