"""Single saved pages: HTML, JSON answers, tables."""

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from pathlib import PurePosixPath

from crawler.intake.arrived import MAX_PAGE_BYTES, Found, FoundPage, SavedFile, Unreadable

CONTENT_TYPES = {
    ".htm": "text/html",
    ".html": "text/html",
    ".xhtml": "text/html",
    ".asp": "text/html",
    ".aspx": "text/html",
    ".php": "text/html",
    ".shtml": "text/html",
    ".json": "application/json",
    ".csv": "text/csv",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
}

SEARCHED_BYTES = 2**20
SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d{4}\)(\S{1,2000})", re.IGNORECASE)
SINGLE_FILE = re.compile(
    rb"<!--\s{0,20}Page saved with SingleFile\s{1,20}url:\s{0,9}(\S{1,2000})"
    rb"(?:\s{1,20}saved date:\s{0,9}([^\n(]{1,60}))?"
)
TAG = re.compile(rb"<(?:link|meta)\b([^<>]{1,4000})>", re.IGNORECASE)
CANONICAL = re.compile(rb"""\brel\s*=\s*["']?canonical\b""", re.IGNORECASE)
OG_URL = re.compile(rb"""\bproperty\s*=\s*["']?og:url\b""", re.IGNORECASE)
HREF = re.compile(rb"""\b(?:href|content)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)


def find_pages(file: SavedFile) -> Iterator[Found]:
    """The file as one page."""
    body = file.read_all(MAX_PAGE_BYTES)
    if not body.strip():
        yield Unreadable(file.origin, "the file is empty")
        return
    content_type = CONTENT_TYPES.get(PurePosixPath(file.names[0].lower()).suffix, "")
    url, seen_at = file.address, None
    if content_type == "text/html" or body.lstrip()[:1] == b"<":
        url = find_address(body) or file.address
        seen_at = find_saving_time(body)
    yield FoundPage(file.origin, url, body, file.names, seen_at, content_type)


def find_address(body: bytes) -> str | None:
    """The address in an HTML page: what the browser noted at saving, else what the page says of itself."""
    head = body[:SEARCHED_BYTES]
    noted = SAVED_FROM.search(head) or SINGLE_FILE.search(head)
    candidates = [noted[1]] if noted else []
    tags = TAG.findall(head)
    for mark in (CANONICAL, OG_URL):
        value = next((HREF.search(tag) for tag in tags if mark.search(tag)), None)
        if value:
            candidates.append(value[1] or value[2] or value[3] or b"")
    for candidate in candidates:
        url = unescape(candidate.decode("utf-8", "replace")).strip()
        url = f"https:{url}" if url.startswith("//") else url
        if re.match(r"https?://[^\s/]", url):
            return url
    return None


def find_saving_time(body: bytes) -> datetime | None:
    """The instant that SingleFile notes ("Tue Jul 21 2026 10:00:00 GMT+0800"). Browsers note none."""
    noted = SINGLE_FILE.search(body[:SEARCHED_BYTES])
    if not noted or not noted[2]:
        return None
    try:
        return datetime.strptime(noted[2].decode("ascii", "replace").strip(), "%a %b %d %Y %H:%M:%S GMT%z")
    except ValueError:
        return None
