"""The pages under ``fixtures/`` as seeds, and one page in a file: its address and content type, then its body."""

import json
from datetime import UTC, datetime
from pathlib import Path

from crawler.items import Reader
from crawler.page import Page

FIXTURES = Path(__file__).parents[2] / "fixtures"
SEEN_AT = datetime(2026, 9, 1, 2, tzinfo=UTC)


def pages_of(reader: Reader, *, is_read_only: bool = False, kinds: frozenset[str] = frozenset()) -> list[Page]:
    """The fixture pages of a reader in the order of their cases; ``is_read_only`` leaves out those it refuses."""
    source, form = reader.name.split(".")
    pages = []
    for case in sorted((FIXTURES / source / form).glob("*/meta.json")):
        meta = json.loads(case.read_text("utf-8"))
        if is_read_only and not (case.parent / "expected.json").exists():
            continue
        if kinds and meta["kind"] not in kinds:
            continue
        (body,) = case.parent.glob("input.*")
        seen_at, content_type = datetime.fromisoformat(meta["now"]), meta.get("content_type", "")
        pages.append(Page(body.read_bytes(), meta["url"], seen_at, content_type))
    return pages


def pack(page: Page) -> bytes:
    """The page as one file."""
    return f"{page.url}\t{page.content_type}\n".encode("utf-8", "replace") + page.body


def unpack(packed: bytes) -> Page:
    """The page of a file. Any bytes are one: what has no line break is a body without an address."""
    head, line_break, body = packed.partition(b"\n")
    if not line_break:
        head, body = b"", packed
    url, _, content_type = head.decode("utf-8", "replace").partition("\t")
    return Page(body, url, SEEN_AT, content_type)
