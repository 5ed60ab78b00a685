"""Every page in a real Chromium: both languages, a desktop and a phone, with the keyboard, without scripts."""

from typing import Any

import pytest

from tests.reporting.web.browser_help import CHROMIUM, DESKTOP, PHONE, Look, assert_no_findings, both_languages

pytestmark = [pytest.mark.long, pytest.mark.skipif(CHROMIUM is None, reason="no browser: chromium is not installed")]
HOME = "/homes/jd_judicial:311215642"
PAGES = (
    "/",
    "/search?state=open",
    HOME,
    "/homes/ali_judicial:1073199694629",
    f"{HOME}/outlook",
    "/pages/1",
    "/nothing",
)


class Watched:
    """A page with what went wrong on it: errors, and requests to anywhere else."""

    def __init__(self, browser: Any, address: str, **how: Any) -> None:
        self.address = address
        self.context = browser.new_context(**how)
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", self._see)

    def _hear(self, message: Any) -> None:
        if message.type in {"error", "warning"} and "404 (Not Found)" not in message.text:
            self.wrong.append(message.text)

    def _see(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.wrong.append(f"asked {request.url}")

    def open(self, path: str) -> Any:
        self.page.goto(self.address + path, wait_until="networkidle")
        return self.page


@both_languages
def test_no_page_has_a_finding_an_error_or_a_request_to_elsewhere(
    browser: Any, address: str, language: str, looks: list[Look]
):
    watched = Watched(browser, address)
    for path in PAGES:
        assert_no_findings(watched.page, address + path, language, looks)
    assert not watched.wrong
    watched.context.close()


def test_a_filter_is_chosen_by_keyboard_and_stands_in_the_address(browser: Any, address: str):
    watched = Watched(browser, address, viewport=DESKTOP)
    page = watched.open("/search")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("#kind-flat").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**kind=flat**")
    page.wait_for_selector("#kind-flat.chosen")
    page.go_back(wait_until="networkidle")
    assert "kind=flat" not in page.url
    page.wait_for_selector("#kind-flat:not(.chosen)")
    assert not watched.wrong
    watched.context.close()


def test_an_error_of_a_filter_is_shown_in_place(browser: Any, address: str):
    watched = Watched(browser, address, viewport=DESKTOP)
    page = watched.open("/search")
    page.fill("#max-price", "cheap")
    page.press("#max-price", "Enter")
    page.wait_for_selector(".problem")
    assert "max-price" in page.inner_text(".problem")
    watched.context.close()


def test_the_ladder_is_drawn_as_svg_with_the_fonts_of_the_page(browser: Any, address: str):
    watched = Watched(browser, address, viewport=DESKTOP)
    page = watched.open(HOME)
    assert page.locator("figure.plot svg text").count() > 5
    words = page.locator("figure.plot svg").text_content()
    assert "法定区间" in words
    assert not watched.wrong
    watched.context.close()


def test_everything_can_be_read_and_searched_without_scripts(browser: Any, address: str):
    watched = Watched(browser, address, viewport=PHONE, java_script_enabled=False)
    page = watched.open("/search")
    page.fill("#q", "海城花苑")
    page.click("#find")
    page.click(".homes a")
    assert "106.20" in page.inner_text("main")
    watched.context.close()


def test_a_page_is_lighter_than_300_kilobytes(browser: Any, address: str):
    for path in ("/", "/search", HOME):
        watched = Watched(browser, address, viewport=DESKTOP)
        page = watched.open(path)
        sizes = page.evaluate("performance.getEntries().reduce((sum, each) => sum + (each.transferSize || 0), 0)")
        assert sizes < 300_000, path
        watched.context.close()
