"""Nothing moves after the first paint: styles, letters, plots and maps have their room before they come."""

from typing import Any

import pytest

from tests.reporting.web.browser_help import CHROMIUM, DESKTOP, PHONE

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no browser: chromium is not installed")
MOST = 0.01
"""Of the layout shift score of https://web.dev/cls: a tenth of what passes for good."""

HOME = "/homes/jd_judicial:311215642"
PAGES = (
    "/",
    "/search",
    "/search?state=open&city=泉州市",
    HOME,
    "/homes/ali_judicial:1073199694629",
    f"{HOME}/outlook",
    "/pages/1",
    "/review",
    "/statistics",
    "/statistics/clearance",
    "/statistics/counts",
    "/statistics/funnel",
    "/watches",
    "/watches/new",
    "/sources",
    "/sources/br_caixa",
    "/export",
    "/login",
    "/nothing",
)
WATCH = """
window.shifts = [];
const note = (list) => list.getEntries().forEach((each) => window.shifts.push({
  value: each.value, of: each.sources.map((source) => source.node && (source.node.id || source.node.className)),
}));
window.watching = new PerformanceObserver(note);
window.watching.observe({ type: "layout-shift", buffered: true });
"""
AFTER_TWO_FRAMES = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  window.watching.takeRecords().forEach((each) => window.shifts.push({ value: each.value, of: [] }));
  done(window.shifts);
})))"""


PATIENCE = 90_000  # milliseconds: the first statistics are counted while the browser waits


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_moves_after_its_first_paint(browser: Any, address: str, size: dict[str, int], path: str):
    context = browser.new_context(viewport=size)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(address + path, wait_until="networkidle", timeout=PATIENCE)
    shifts = page.evaluate(AFTER_TWO_FRAMES)
    assert sum(each["value"] for each in shifts) < MOST, shifts
    context.close()


def test_a_page_that_moves_would_be_seen(browser: Any, address: str):
    context = browser.new_context(viewport=DESKTOP)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(f"{address}/", wait_until="networkidle")
    page.evaluate(AFTER_TWO_FRAMES)
    page.evaluate("document.querySelector('main').prepend(Object.assign(document.createElement('hr'), {height: 200}))")
    page.evaluate("document.querySelector('main > hr').style.height = '300px'")
    assert sum(each["value"] for each in page.evaluate(AFTER_TWO_FRAMES)) > MOST
    context.close()
