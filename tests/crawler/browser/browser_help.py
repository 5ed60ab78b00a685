"""What the tests with a real Chromium share."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.orders import BrowserOrders
from store.statement import FIELDS
from tests.crawler.spiders.crawl_help import Database


def listings_told(database: Database) -> list[dict[str, Any]]:
    """What the database says of every listing, whatever the page it came by."""
    names = ("source", "source_id", "reader", *FIELDS)
    rows = [{name: row[name] for name in names} for row in database.listings]
    return sorted(rows, key=lambda row: (row["source"], row["source_id"]))


def headless(profile: Path) -> BrowserOrders:
    """A browser without a window, with a profile of its own."""
    return BrowserOrders(str(profile), is_headless=True)


def without_https(address: str) -> str:
    """The address for a server without a certificate."""
    return address.replace("https://", "http://")


def lead_all_hosts_to(base_url: str) -> list[str]:
    """The arguments with which Chromium asks the test's server in place of every site."""
    return [f"--host-resolver-rules=MAP * {urlsplit(base_url).netloc}", "--disable-background-networking"]


def targets(asked: list[Mapping[str, str]]) -> list[str]:
    """What a server was asked for."""
    return [each["target"] for each in asked]
