"""MHTML files: a page with all its parts, saved by a browser.

Chromium leaves every script element out (156, seen 2026-11). A page that keeps its data in one, as the legacy list of
Alibaba does, is a shell without data then, and read as such: save it as HTML, or record a HAR file.
"""

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.errors import CloseBoundaryNotFoundDefect
from email.message import Message
from email.utils import parsedate_to_datetime

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
from crawler.intake.saved import unwrap_viewer

SUFFIXES = (".mht", ".mhtml")
MHTML_HEAD = re.compile(rb"^Content-Type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)


def is_mhtml(file: SavedFile, head: bytes) -> bool:
    """Whether the name says so or the content begins like one."""
    return file.names[0].lower().endswith(SUFFIXES) or bool(MHTML_HEAD.search(head.partition(b"\r\n\r\n")[0]))


def find_pages(file: SavedFile) -> Iterator[Found]:
    """One result for each part: the page, its frames and what they load."""
    # compat32 keeps bytes and headers as they are; the modern policy decodes them
    message = email.message_from_bytes(file.read_all(MAX_CONTAINER_BYTES), policy=email.policy.compat32)
    parts = [part for part in message.walk() if not part.is_multipart()]
    if not message.is_multipart() or not parts:
        yield Unreadable(file.origin, "broken MHTML file: it has no parts")
        return
    is_cut = any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in message.defects)
    seen_at = parse_mail_date(message["Date"])
    for position, part in enumerate(parts):
        origin = f"{file.origin}#{position} {make_printable(str(part['Content-Location'] or ''))[:200]}".rstrip()
        if is_cut and position == len(parts) - 1:
            yield Unreadable(origin, "the file is cut in this part")
        else:
            yield _read_part(file, message, part, position, origin, seen_at)


def _read_part(
    file: SavedFile, message: Message, part: Message, position: int, origin: str, seen_at: datetime | None
) -> Found:
    url = str(part["Content-Location"] or "").strip()
    if position == 0 and not url.startswith(("http://", "https://")):
        url = str(message["Snapshot-Content-Location"] or message["Content-Location"] or "").strip()
    if not url.startswith(("http://", "https://")):
        # a frame without an address of its own ("cid:frame-...@mhtml.blink")
        url = f"{file.address}!/{position}"
    body = part.get_payload(decode=True)
    if not isinstance(body, bytes) or not body.strip():
        return Skipped(origin, "no body")
    if len(body) > MAX_PAGE_BYTES:
        return Unreadable(origin, f"larger than {MAX_PAGE_BYTES // 2**20} MiB")
    body, content_type = unwrap_viewer(body, str(part["Content-Type"] or part.get_content_type()))
    return FoundPage(origin, url, body, file.names, seen_at, content_type)


def parse_mail_date(text: str | None) -> datetime | None:
    """The time of saving. A zone of -0000 means UTC (RFC 5322)."""
    try:
        saved = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return saved.replace(tzinfo=saved.tzinfo or UTC) if saved else None
