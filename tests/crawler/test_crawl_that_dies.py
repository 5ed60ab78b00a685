"""A crawl is a process of its own, which may die in the middle of a word."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crawler import launch
from crawler.launch import run_crawl
from crawler.orders import CrawlFailed, CrawlOrders

DYING = """
import os, signal, sys
sys.stdin.readline()
print('{"progress": {"pages": 1, "listings": 20}}')
print('{"summary": {"run_id": 1, "sour', end="", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


class Dying:
    """Stands in for the module ``subprocess``: begins what dies, whatever is asked for."""

    PIPE = subprocess.PIPE

    @staticmethod
    def Popen(_command: list[str], **options: Any) -> subprocess.Popen[str]:  # noqa: N802  # as in subprocess
        return subprocess.Popen([sys.executable, "-c", DYING], **options)


def test_a_crawl_that_is_killed_while_it_speaks_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "subprocess", Dying)
    seen: list[tuple[int, int]] = []
    orders = CrawlOrders("br_caixa", f"sqlite:///{tmp_path / 'homes.sqlite'}")
    with pytest.raises(CrawlFailed, match=f"br_caixa died with exit code {-signal.SIGKILL}"):
        run_crawl(orders, lambda pages, listings: seen.append((pages, listings)))
    assert seen == [(1, 20)]
