"""What a crawl in a browser needs before it begins: the extra, a Chromium, a screen. Light to import."""

import os
import shutil
import sys
from importlib import import_module
from pathlib import Path

from crawler.errors import ReadError
from crawler.orders import BrowserOrders

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


class BrowserFailed(ReadError):
    """There is no browser to crawl in, or no longer."""


def check_browser(orders: BrowserOrders) -> None:
    """See whether a crawl in a browser can begin.

    Raises:
        BrowserFailed: the extra is not installed, there is no Chromium, or no screen to show its window on.
    """
    try:
        import_module("playwright")
    except ImportError:
        raise BrowserFailed("--browser needs the extra of that name: pip install 'fapai[browser]'") from None
    if orders.address is not None:
        return
    find_chromium()
    is_without_screen = sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if is_without_screen and not orders.is_headless:
        raise BrowserFailed("there is no screen to show the browser's window on (DISPLAY is not set)")


def find_chromium() -> str:
    """The browser that ``FAPAI_CHROMIUM`` names, else an installed one.

    Raises:
        BrowserFailed: there is none.
    """
    named = os.environ.get("FAPAI_CHROMIUM")
    if named:
        found = shutil.which(named)
        if found is None:
            raise BrowserFailed(f"FAPAI_CHROMIUM names no program: {named}")
        return found
    candidates = [*map(shutil.which, NAMES), *(path for path in ELSEWHERE if Path(path).is_file())]
    found = next(filter(None, candidates), None)
    if found is None:
        raise BrowserFailed("no Chromium or Chrome was found: install one, or name it in FAPAI_CHROMIUM")
    return found
