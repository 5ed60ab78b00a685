"""A real Chromium with the companion in it, the platforms' pages on loopback, and fapai beside them."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from store.engine import open_engine
from tests.extension.desk import Browser, Desk, in_one_language
from tests.extension.sites import Server, Sites, make_certificate


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program, or a skipped test."""
    pytest.importorskip("playwright", reason="the extra browser is not installed")
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium is installed")
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(make_certificate(tmp_path_factory.mktemp("sites") / "certificate.pem"))
    yield running
    running.close()


@pytest.fixture
def sites(server: Server) -> Sites:
    """The platforms, with no page yet."""
    server.sites.pages.clear()
    server.sites.asked.clear()
    return server.sites


@pytest.fixture(scope="module")
def playwright(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """fapai on this machine, with an empty database."""
    for name in ("FAPAI_ARCHIVE", "FAPAI_SECRETS"):
        monkeypatch.delenv(name, raising=False)
    engine = open_engine(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'fapai.sqlite')}")
    made = Desk(engine)
    yield made
    made.stop()
    engine.dispose()


@pytest.fixture(scope="module")
def open_browser(
    playwright: Any, chromium: str, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Browser]]:
    """Gives the browser with the companion in a language; one for all tests of a module."""
    opened: dict[str, Browser] = {}

    def give(language: str) -> Browser:
        if language not in opened:
            folder = tmp_path_factory.mktemp("browser")
            companion = in_one_language(folder / "companion", language)
            opened[language] = Browser(playwright, chromium, folder / "profile", server.sites.port, companion)
        return opened[language]

    yield give
    for browser in opened.values():
        browser.close()


@pytest.fixture
def new_browser(open_browser: Callable[[str], Browser], sites: Sites) -> Callable[[str], Browser]:
    """Gives a browser in a language, with a companion that is not paired and knows nothing."""

    def give(language: str) -> Browser:
        browser = open_browser(language)
        browser.forget_all()
        return browser

    return give


@pytest.fixture
def browser(new_browser: Callable[[str], Browser]) -> Browser:
    """A Chinese browser with the companion."""
    return new_browser("zh_CN")


@pytest.fixture
def paired(browser: Browser, desk: Desk) -> Browser:
    """The same, paired with fapai, which runs."""
    desk.start()
    browser.pair(desk.pairing_line())
    return browser
