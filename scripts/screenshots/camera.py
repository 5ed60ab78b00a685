"""Takes the pictures in a real Chromium, and makes them small."""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.screenshots.shots import Screen, Shot
from tests.reporting.web.browser_help import CHROMIUM

COLOURS = 64
"""Of a picture: pages are paper, ink and a few marks, so that nobody sees the difference."""

PATIENCE = 120_000  # milliseconds: the first statistics are counted while the page is waited for
ARGUMENTS = ("--disable-background-networking", "--no-first-run", "--no-sandbox", "--hide-scrollbars")


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def take_pictures(browser: Browser, address: str, shots: Iterable[Shot], **words: str) -> Iterator[tuple[Shot, bytes]]:
    """The PNG of each shot. ``words`` fill its address."""
    for shot in shots:
        context = browser.new_context(**_window(shot.screen))
        page = context.new_page()
        path = shot.view.address.format(**words)
        page.goto(
            f"{address}{path}{'&' if '?' in path else '?'}lang={shot.language}",
            wait_until="networkidle",
            timeout=PATIENCE,
        )
        yield shot, _picture(page, shot.screen)
        context.close()


def make_snapshot(browser: Browser, address: str) -> str:
    """Make a snapshot on the page for it, wait for it, and give its name."""
    page = browser.new_page()
    page.goto(f"{address}/export", timeout=PATIENCE)
    page.click("form.export button[type=submit]")
    page.wait_for_selector(".made tbody th a", timeout=PATIENCE)
    target = page.get_attribute(".made tbody th a", "href") or ""
    page.close()
    return target.rpartition("/")[2]


def shrink(picture: bytes) -> bytes:
    """The same picture with few colours, without loss of anything that can be read."""
    with Image.open(io.BytesIO(picture)) as image:
        few = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    stream = io.BytesIO()
    few.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def write_pictures(folder: Path, pictures: Iterable[tuple[Shot, bytes]]) -> int:
    """Write them under their names; gives how many bytes."""
    written = 0
    for shot, picture in pictures:
        written += (folder / shot.file).write_bytes(shrink(picture))
    return written


def _window(screen: Screen) -> dict[str, Any]:
    return {
        "viewport": {"width": screen.width, "height": screen.height},
        "device_scale_factor": screen.scale,
        "color_scheme": "light",
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "reduced_motion": "reduce",
    }


def _picture(page: Page, screen: Screen) -> bytes:
    """The whole page, cut where it is taller than the screen allows."""
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), screen.tallest)
    clip = {"x": 0, "y": 0, "width": screen.width, "height": max(height, screen.height)}
    return page.screenshot(full_page=True, clip=clip, animations="disabled")  # type: ignore[arg-type]
