"""The web face on loopback, for tests in a real Chromium."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from reporting.web.app import create_app
from reporting.web.settings import Settings

CHROMIUM = shutil.which("chromium")
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
Look = tuple[dict[str, int], str]

both_languages = pytest.mark.parametrize(
    ("language", "looks"),
    [("zh", [(PHONE, "dark"), (DESKTOP, "light")]), ("en", [(DESKTOP, "dark"), (PHONE, "light")])],
    ids=["zh", "en"],
)
"""Each pair of language, size and colours once: a page comes in the first look and is then turned into the second.

It comes in the dark, for plots change their colours when they are drawn.
"""


def assert_no_findings(page: Any, path: str, language: str, looks: list[Look]) -> None:
    """Load a page in the first look: in none has it a finding of axe, or anything beside the window."""
    from axe_playwright_python.base import AXE_SCRIPT

    for number, (size, scheme) in enumerate(looks):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # colours would change little by little
        if number == 0:
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}", wait_until="networkidle")
            page.evaluate(AXE_SCRIPT)
        found = page.evaluate("axe.run({ resultTypes: ['violations'] }).then((told) => told.violations)")
        where = path, size, scheme
        assert not found, (where, [(each["id"], each["nodes"][0]["html"][:200]) for each in found])
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), where
    assert page.get_attribute("html", "lang") == {"zh": "zh-CN", "en": "en"}[language]


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The address of a web face on loopback."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        deadline = time.monotonic() + 60
        while not server.started and time.monotonic() < deadline:
            thread.join(0.02)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
