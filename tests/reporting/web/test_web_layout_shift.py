"""Nothing moves after the first paint: styles, letters, plots and maps have their room before they come."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.reporting.web.browser_help import CHROMIUM, DESKTOP, PHONE

pytestmark = [pytest.mark.long, pytest.mark.skipif(CHROMIUM is None, reason="no browser: chromium is not installed")]
MOST = 0.01
"""Of the layout shift score of https://web.dev/cls: a tenth of what passes for good."""

HOME = "/homes/jd_judicial:311215642"
HOME_OF_ONE_ROUND = "/homes/ali_judicial:1073199694629"
"""Without a plot: its table stands where it is seen at once."""
PAGES = (
    "/",
    "/search",
    "/search?state=open&city=泉州市",
    HOME,
    HOME_OF_ONE_ROUND,
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


PIECES = 12
"""In which the main part of a page comes over a slow line, so many that some end amid the rows of a table."""

TELL_OF_FRAMES = """
const tell = () => requestAnimationFrame(async () => {
  await fetch("/painted");
  if (document.readyState !== "complete") tell();
});
tell();
"""

PATIENCE = 90_000  # milliseconds: the first statistics are counted while the browser waits


Tabs = Callable[[dict[str, int], str], Any]


@pytest.fixture(scope="module")
def tabs(browser: Any) -> Iterator[Tabs]:
    """Gives a tab of a size in whose pages a script runs, one for all tests, with nothing shown and nothing cached."""
    opened: dict[tuple[int, str], Any] = {}

    def give(size: dict[str, int], script: str) -> Any:
        kind = size["width"], script
        if kind not in opened:
            page = opened[kind] = browser.new_page(viewport=size)
            page.add_init_script(script)
            page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
        opened[kind].goto("about:blank")  # what was shown would else stay until the next page has come
        return opened[kind]

    yield give
    for page in opened.values():
        page.close()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_moves_after_its_first_paint(tabs: Tabs, address: str, size: dict[str, int], path: str):
    page = tabs(size, WATCH)
    page.goto(address + path, wait_until="networkidle", timeout=PATIENCE)
    shifts = page.evaluate(AFTER_TWO_FRAMES)
    assert sum(each["value"] for each in shifts) < MOST, shifts


@contextmanager
def slow_line(address: str, path: str) -> Iterator[str]:
    """The address of a server that hands on a page in pieces, the next one when the last has been painted.

    The first ends where the main part begins: no browser paints what comes before the styles are named.
    """
    frames = threading.Semaphore(0)

    class Line(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/painted":
                frames.release()
                self.send_response(204)
                self.end_headers()
                return
            try:
                answer = urlopen(address + self.path)
            except HTTPError as error:
                answer = error
            with answer:
                body, kind = answer.read(), answer.headers["content-type"]
            self.send_response(answer.status)
            self.send_header("content-type", kind)
            self.end_headers()
            begin = body.index(b"<main") if self.path == path else len(body)
            self.wfile.write(body[:begin])
            size = (len(body) - begin) // PIECES + 1
            for start in range(begin, len(body), size):
                self._wait_for_frames()
                self.wfile.write(body[start : start + size])

        def _wait_for_frames(self) -> None:
            while frames.acquire(blocking=False):
                pass
            for _ in range(3):  # one may have been told before the piece came, and one painted without it
                assert frames.acquire(timeout=PATIENCE / 1000)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Line) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


SLOW = (
    "/",
    "/search",
    HOME,
    HOME_OF_ONE_ROUND,
    f"{HOME}/outlook",
    "/review",
    "/statistics",
    "/statistics/clearance",
    "/statistics/counts",
    "/watches/new",
    "/sources",
)


@pytest.mark.parametrize("path", SLOW)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_what_comes_late_moves_nothing_that_was_shown(tabs: Tabs, address: str, size: dict[str, int], path: str):
    page = tabs(size, WATCH + TELL_OF_FRAMES)
    with slow_line(address, path) as slow:
        page.goto(slow + path, timeout=PATIENCE)
        shifts = page.evaluate(AFTER_TWO_FRAMES)
        page.goto("about:blank")  # asks for nothing any more
    assert sum(each["value"] for each in shifts) < MOST / 2, shifts  # pieces that end elsewhere may move more


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
