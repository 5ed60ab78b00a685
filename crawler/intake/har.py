"""HAR files: what the developer tools of a browser recorded."""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from crawler.intake.arrived import (
    MAX_CONTAINER_BYTES,
    MAX_PAGE_BYTES,
    Found,
    FoundPage,
    SavedFile,
    Skipped,
    Unreadable,
    make_printable,
)
from crawler.intake.mhtml import parse_mail_date
from crawler.intake.posted import with_posted

HAR_HEAD = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*\{\s*"log"\s*:\s*\{')

NO_ANSWER = {-1, 0}
"""What browsers write for a request that they blocked or gave up, or whose server was not there."""

NOT_MODIFIED = 304
"""The page has not changed; what is recorded as its body is the copy that the browser kept, and showed."""


def is_har(file: SavedFile, head: bytes) -> bool:
    """Whether the name says so or the content begins like one."""
    return file.names[0].lower().endswith(".har") or bool(HAR_HEAD.match(head))


def find_pages(file: SavedFile) -> Iterator[Found]:
    """One result for each entry.

    The standard library's reader is used because recorded text may hold lone surrogates, which stricter
    readers refuse as a whole.
    """
    try:
        entries = json.loads(file.read_all(MAX_CONTAINER_BYTES).decode("utf-8-sig"))["log"]["entries"]
    except RecursionError:
        yield Unreadable(file.origin, "broken HAR file: nested too deeply")
        return
    except (ValueError, KeyError, TypeError) as error:
        yield Unreadable(file.origin, f"broken HAR file: {type(error).__name__} {error}")
        return
    if not isinstance(entries, list):
        yield Unreadable(file.origin, "broken HAR file: log.entries is no list")
        return
    for position in range(len(entries)):
        entry, entries[position] = entries[position], None  # bodies are given up one by one
        yield _read_entry(file, position, entry)


def _read_entry(file: SavedFile, position: int, entry: Any) -> Found:
    origin = f"{file.origin}#{position}"
    try:
        url = entry["request"]["url"]
        origin = f"{origin} {make_printable(url)[:200]}"
        if not re.match(r"https?://", url):
            return Skipped(origin, "no address on the web")
        url = with_posted(url, entry["request"])
        response = entry["response"]
        status = int(response["status"])
        if status in NO_ANSWER:
            return Skipped(origin, "no answer came")
        if not 100 <= status <= 999:
            raise ValueError(f"HTTP status {status}")
        content = response.get("content") or {}
        text = content.get("text")
        if not text:
            return Skipped(origin, "the body was not recorded" if text is None else "no body")
        body, content_type = decode_content(text, content.get("encoding"), content.get("mimeType") or "")
        seen_at = find_time(entry)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return Unreadable(origin, f"broken HAR entry: {type(error).__name__} {error}")
    if len(body) > MAX_PAGE_BYTES:
        return Unreadable(origin, f"larger than {MAX_PAGE_BYTES // 2**20} MiB")
    status = 200 if status == NOT_MODIFIED else status
    return FoundPage(origin, url, body, file.names, seen_at, content_type, status)


def find_time(entry: Mapping[str, Any]) -> datetime | None:
    """When the page was answered: as the entry says, or its ``Date`` where it came from the browser's own store."""
    if not entry.get("_fromCache"):
        return parse_started(entry.get("startedDateTime"))
    headers = entry["response"].get("headers") or []
    return next((parse_mail_date(each["value"]) for each in headers if each["name"].lower() == "date"), None)


def decode_content(text: str, encoding: str | None, mime_type: str) -> tuple[bytes, str]:
    """Body and content type of one entry.

    Recorded text is Unicode already although ``mimeType`` may still say gbk: it is stored as UTF-8 and
    says so. Base64 bodies are the bytes of the wire and keep their type.

    Raises:
        ValueError: an unknown encoding, or text that is not base64.
    """
    if encoding == "base64":
        try:
            return base64.b64decode(text, validate=True), mime_type
        except binascii.Error as error:
            raise ValueError(f"body is not base64: {error}") from None
    if encoding:
        raise ValueError(f"unknown encoding {encoding!r}")
    return text.encode("utf-8", "replace"), f"{mime_type.partition(';')[0].strip()}; charset=utf-8"


def parse_started(text: object) -> datetime | None:
    """``startedDateTime``, which must tell its zone to be of use."""
    try:
        started = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return started if started and started.tzinfo else None
