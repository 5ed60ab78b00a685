"""The browser of a crawl: a Chromium with a profile of ours, or the user's own, and what the user is asked in it."""

import asyncio
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from crawler.browser_orders import BrowserFailed, find_chromium
from crawler.browser_tab import Tab
from crawler.orders import BrowserOrders


class Window:
    """Opened by the first page of a crawl, closed after its record is. Made before there is an event loop."""

    def __init__(self, orders: BrowserOrders, title: str, home_url: str, max_bytes: int) -> None:
        self._orders = orders
        self._title = title
        self._home_url = home_url
        self._max_bytes = max_bytes
        self._playwright: Playwright | None = None
        self._context: BrowserContext | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._page: Page | None = None
        self._tab: Tab | None = None

    async def tab(self) -> Tab:
        """The one tab of the crawl. If the user is there, he sees the site's home page first and logs in himself.

        Raises:
            BrowserFailed: the browser does not start, or nobody listens at its address.
        """
        if self._tab is None:
            self._loop = asyncio.get_running_loop()
            try:
                await self._open()
            except PlaywrightError as error:
                raise BrowserFailed(f"the browser cannot be used: {explain(error)}") from None
            assert self._page is not None  # noqa: S101
            self._tab = await Tab.watch(self._page, self._max_bytes)
        return self._tab

    async def _open(self) -> None:
        self._playwright = await async_playwright().start()
        if self._orders.address is not None:
            browser: Browser = await self._playwright.chromium.connect_over_cdp(self._orders.address)
            self._context = browser.contexts[0]  # the user's own, with his logins
            self._page = await self._context.new_page()
            return
        profile = Path(self._orders.profile)
        profile.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._context = await self._playwright.chromium.launch_persistent_context(
            profile,
            executable_path=find_chromium(),
            headless=self._orders.is_headless,
            chromium_sandbox=not hasattr(os, "geteuid") or os.geteuid() != 0,  # it refuses to sandbox for root
            no_viewport=True,
            accept_downloads=False,
            handle_sigint=False,
            handle_sigterm=False,  # the crawl ends its page and its record first
            handle_sighup=False,
        )
        self._page = self._context.pages[0] if self._context.pages else await self._context.new_page()
        if self._orders.is_user_there:
            with suppress(PlaywrightError):  # whatever he sees instead, it is he who decides
                await self._page.goto(self._home_url)
            await self._ask(f"{self._title} is open in the browser: log in there if it asks for it, then press Enter.")

    def close(self, refusal: str | None) -> None:
        """Close the window; after a refusal only when the user, if he is there, has seen it.

        To be called after the reactor has stopped.
        """
        if self._loop is not None:
            self._loop.run_until_complete(self._close(refusal))

    async def _close(self, refusal: str | None) -> None:
        if refusal is not None and self._orders.is_user_there and self._tab is not None:
            await self._tab.leave()
            await self._ask(f"{self._title} refused ({refusal}). The window stays open until you press Enter.")
        with suppress(PlaywrightError):  # the user has closed it
            if self._orders.address is None and self._context is not None:
                await self._context.close()
            elif self._page is not None:
                await self._page.close()
        if self._playwright is not None:
            await self._playwright.stop()

    async def _ask(self, sentence: str) -> None:
        """Have whoever ordered the crawl ask the user; go on when he has answered or is gone."""
        sys.stdout.write(json.dumps({"ask": sentence}) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)


def explain(error: PlaywrightError) -> str:
    """The line of a start that failed that tells why."""
    text = str(error)
    if "ProcessSingleton" in text or "existing browser session" in text:
        return "its profile is in use by another window; close that first"
    return text.strip().partition("\n")[0][:200]
