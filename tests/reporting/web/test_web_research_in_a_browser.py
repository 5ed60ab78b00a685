"""Statistics and snapshots in a real Chromium: both languages, a desktop and a phone, by keyboard, without scripts."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reporting.web.settings import Settings
from reporting.web.snapshots import Snapshots, Wish
from reporting.web.statistics.questions import STATISTICS
from tests.reporting.web.browser_help import CHROMIUM, DESKTOP, PHONE, Look, assert_no_findings, both_languages
from tests.reporting.web.conftest import NOW
from tests.reporting.web.test_web_in_a_browser import Watched

pytestmark = [pytest.mark.long, pytest.mark.skipif(CHROMIUM is None, reason="no browser: chromium is not installed")]


@pytest.fixture(scope="module")
def recorded_settings(recorded_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The same pages, with snapshots in a folder of their own; one is there already."""
    folder = tmp_path_factory.mktemp("snapshots")
    snapshots = Snapshots(recorded_settings.engine, folder / "homes.snapshots", lambda: NOW)
    snapshots.begin(Wish())
    snapshots.wait()
    return replace(recorded_settings, archive=folder / "homes.pages")


@both_languages
def test_no_page_has_a_finding_an_error_or_a_request_to_elsewhere(
    browser: Any, address: str, recorded_settings: Settings, language: str, looks: list[Look]
):
    folder = recorded_settings.archive.with_suffix(".snapshots")
    snapshots = [f"/export/{path.name}" for path in folder.iterdir()]
    watched = Watched(browser, address)
    page = watched.page
    for path in ("/statistics", *(f"/statistics/{name}" for name in STATISTICS), "/export", *snapshots):
        assert_no_findings(page, address + path, language, looks)
        sizes = page.evaluate("performance.getEntries().reduce((sum, each) => sum + (each.transferSize || 0), 0)")
        assert sizes < 300_000, path
    assert not watched.wrong
    watched.context.close()


def test_a_group_is_chosen_by_keyboard_and_stands_in_the_address(browser: Any, address: str):
    watched = Watched(browser, address, viewport=DESKTOP)
    page = watched.open("/statistics/counts?lang=en")
    page.locator("select[name=by]").focus()
    page.keyboard.type("city")
    page.keyboard.press("Tab")
    page.locator("input[name=city]").fill("泉州")
    page.keyboard.press("Enter")
    page.wait_for_url("**city=**")
    assert "by=city" in page.url
    assert "source=" not in page.url
    assert page.locator(".numbers tbody tr").count() == 1
    assert page.locator("figure.plot svg text").count() > 2
    assert not watched.wrong
    watched.context.close()


def test_statistics_are_read_and_filtered_without_scripts(browser: Any, address: str):
    watched = Watched(browser, address, viewport=PHONE, java_script_enabled=False)
    page = watched.open("/statistics/funnel")
    page.select_option("select[name=source]", "jd_judicial")
    page.click("form.search button")
    assert "一拍" in page.inner_text(".numbers")
    watched.context.close()


def test_a_snapshot_is_made_and_fetched_while_the_page_tells_how_far_it_is(browser: Any, address: str, tmp_path: Path):
    watched = Watched(browser, address, viewport=DESKTOP, accept_downloads=True)
    page = watched.open("/export")
    before = page.locator(".numbers tbody tr").count()
    page.click("form.export button")
    page.wait_for_selector(f".numbers tbody tr:nth-child({before + 1})", timeout=60_000)
    with page.expect_download() as download:
        page.locator("a[href$='.zip']").first.click()
    download.value.save_as(tmp_path / "snapshot.zip")
    assert (tmp_path / "snapshot.zip").read_bytes()[:2] == b"PK"
    assert not watched.wrong
    watched.context.close()
