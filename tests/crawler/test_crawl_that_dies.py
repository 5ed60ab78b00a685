"""A crawl is a process of its own, which may die in the middle of a word."""

import signal
import sys
from pathlib import Path

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


def test_a_crawl_that_is_killed_while_it_speaks_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = launch.subprocess.Popen

    def dying(_command: list[str], **options: object) -> object:
        return begin([sys.executable, "-c", DYING], **options)

    monkeypatch.setattr("crawler.launch.subprocess.Popen", dying)
    seen: list[tuple[int, int]] = []
    orders = CrawlOrders("br_caixa", f"sqlite:///{tmp_path / 'homes.sqlite'}")
    with pytest.raises(CrawlFailed, match=f"br_caixa died with exit code {-signal.SIGKILL}"):
        run_crawl(orders, lambda pages, listings: seen.append((pages, listings)))
    assert seen == [(1, 20)]
