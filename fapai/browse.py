"""Options of a crawl in the user's own browser, and what he is asked at the terminal meanwhile."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from crawler.orders import BrowserOrders

Browser = Annotated[
    bool, typer.Option("--browser", help="Fetch in a Chromium that you see and may log in to (extra: browser).")
]
Profile = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="The browser's profile, with your logins. Default: in your data directory."),
]
Address = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Fetch in your own Chrome that listens there, e.g. http://127.0.0.1:9222."),
]
Headless = Annotated[bool, typer.Option("--headless", help="Without a window: for servers and tests.")]


def browser_orders(
    is_wanted: bool, profile: Path | None, address: str | None, is_headless: bool
) -> "BrowserOrders | None":
    """The orders for the browser; ``None`` for a plain crawl.

    Raises:
        BadParameter: an option of the browser without --browser, or an address that is none.
    """
    from crawler.orders import BrowserOrders

    if not is_wanted and address is None:
        if profile is not None or is_headless:
            raise typer.BadParameter("is of use only with --browser", param_hint="--browser-profile, --headless")
        return None
    if address is not None and not address.startswith(("http://", "https://", "ws://", "wss://")):
        raise typer.BadParameter("give an address that begins with http:// or ws://", param_hint="--browser-cdp")
    folder = profile or default_profile()
    is_user_there = sys.stdin.isatty() and not is_headless
    return BrowserOrders(str(folder.absolute()), address, is_headless, is_user_there)


def default_profile() -> Path:
    """A profile of our own: never the one of the user's daily browser."""
    from platformdirs import user_data_path

    return user_data_path("fapai") / "browser"


def ask(sentence: str) -> None:
    """Say what the user is asked to do, and wait until he presses Enter."""
    typer.echo(sentence, err=True)
    sys.stdin.readline()
