"""The page on the companion tells what its manifest and its server say."""

import json
import re
from pathlib import Path

from fapai.pairing import app
from reporting.web import companion
from reporting.web.sent_pages import MOST_PAGES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "companion.md").read_text("utf-8")
MANIFEST = json.loads((ROOT / "extension" / "manifest.json").read_bytes())


def test_the_page_names_every_site_that_is_read() -> None:
    rows = re.findall(r"^\| [^|]+ \| ([^|]*\.(?:com|cn|net)[^|]*) \|", PAGE, re.MULTILINE)
    read = {match.split("/")[2] for match in MANIFEST["content_scripts"][0]["matches"]}

    assert {host for row in rows for host in hosts_in(row)} == read
    assert len(rows) == 7


def hosts_in(row: str) -> list[str]:
    """Of ``www, s.gpai.net`` both: a short name is within the domain of the next long one."""
    hosts, domain = [], ""
    for name in reversed(row.strip().split(", ")):
        hosts.append(name if "." in name else f"{name}.{domain}")
        domain = name.partition(".")[2] or domain
    return hosts


def test_the_page_names_the_permissions_and_the_oldest_browsers() -> None:
    for permission in MANIFEST["permissions"]:
        assert f"`{permission}`" in PAGE
    assert f"(from version {MANIFEST['minimum_chrome_version']})" in PAGE
    firefox = MANIFEST["browser_specific_settings"]["gecko"]["strict_min_version"]
    assert f"(from version {firefox.removesuffix('.0')})" in PAGE


def test_the_page_names_the_limits_of_the_server_and_of_the_queue() -> None:
    queue = (ROOT / "extension" / "background" / "queue.js").read_text("utf-8")

    assert f"at most {companion.MOST_BYTES // 2**20} MiB and {MOST_PAGES} pages" in PAGE
    assert f"{companion.REQUESTS_AT_ONCE} requests may come at\nonce" in PAGE
    assert f"and {companion.REQUESTS_PER_SECOND:g} a second" in PAGE
    assert "MOST_PAGES = 300;" in queue
    assert "MOST_CHARACTERS = 64_000_000;" in queue
    assert "up to 300 pages or 64 million characters" in PAGE


def test_the_page_names_the_addresses_and_the_options_of_pair() -> None:
    assert f"`POST {companion.CAPTURE_PATH}`" in PAGE
    assert f"`GET {companion.LISTING_PATH}?url=…`" in PAGE
    (command,) = app.registered_commands
    assert command.callback is not None
    for option in ("--list", "--forget", "--port"):
        assert f"`{option}`" in PAGE or f"fapai pair {option}" in PAGE
