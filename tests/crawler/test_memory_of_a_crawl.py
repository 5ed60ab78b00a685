"""A crawl is ended by what it holds, not by what it or its parent once held."""

from types import SimpleNamespace
from typing import Any

from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager

from crawler.lean import PresentMemory
from crawler.settings import crawl_settings
from crawler.sources import source_specs

LARGE = 200 * 1024 * 1024


def measure() -> PresentMemory:
    crawler: Any = SimpleNamespace(
        settings=Settings({"MEMUSAGE_ENABLED": True}), stats=None, signals=SignalManager(None)
    )
    return PresentMemory(crawler)


def test_memory_that_was_given_back_does_not_count() -> None:
    memory = measure()
    before = memory.get_virtual_size()
    held = bytearray(b"x") * LARGE
    assert memory.get_virtual_size() > before + LARGE // 2
    del held
    assert memory.get_virtual_size() < before + LARGE // 2


def test_every_crawl_is_watched_so() -> None:
    settings = crawl_settings(source_specs()["hkma"], None, "WARNING")
    assert "crawler.lean.PresentMemory" in settings["EXTENSIONS_BASE"]
    assert "scrapy.extensions.memusage.MemoryUsage" not in settings["EXTENSIONS_BASE"]
