"""Single saved pages: HTML, JSON answers, tables."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import PurePosixPath

from crawler.errors import LayoutChanged
from crawler.intake.arrived import MAX_PAGE_BYTES, Found, FoundPage, SavedFile, Unreadable
from crawler.page import Page

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

SHOWN_AS_TEXT = b"<body><pre"
VIEWER = re.compile(
    r"\s*(?:<!DOCTYPE html>\s*)?(?:<!--[^<>]{1,2100}-->\s*)?<html>\s*<head>(?:<meta [^<>]{1,200}>\s*)*</head>\s*"
    r'<body><pre(?: style="[^"<>]{0,200}")?>([^<]*)</pre>'
    r'(?:<div class="json-formatter-container"></div>)?\s*</body>\s*</html>\s*',
    re.IGNORECASE,
)
"""What Chromium shows for an answer that is no HTML, and saves in its place (156, seen 2026-11)."""


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
        body, content_type = unwrap_viewer(body, content_type)
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


def unwrap_viewer(body: bytes, content_type: str) -> tuple[bytes, str]:
    """The answer that a browser showed as text, taken out of the frame it was saved in; any other page as it is."""
    if SHOWN_AS_TEXT not in body[:SEARCHED_BYTES]:
        return body, content_type
    try:
        shown = VIEWER.fullmatch(Page(body, "", datetime.now(UTC), content_type).text)
    except LayoutChanged:
        shown = None
    if shown is None:
        return body, content_type
    answer = unescape(shown[1]).strip()
    kind = "application/json" if answer[:1] in {"{", "["} else "text/plain"
    return answer.encode("utf-8", "replace"), f"{kind}; charset=utf-8"


def find_saving_time(body: bytes) -> datetime | None:
    """The instant that SingleFile notes ("Tue Jul 21 2026 10:00:00 GMT+0800"). Browsers note none."""
    noted = SINGLE_FILE.search(body[:SEARCHED_BYTES])
    if not noted or not noted[2]:
        return None
    try:
        return datetime.strptime(noted[2].decode("ascii", "replace").strip(), "%a %b %d %Y %H:%M:%S GMT%z")
    except ValueError:
        return None
