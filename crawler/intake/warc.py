"""WARC files: what crawlers and archiving browsers recorded."""

import gzip
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BufferedIOBase
from typing import Any, cast

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader
from warcio.exceptions import ArchiveLoadFailed

from crawler.intake.arrived import (
    MAX_PAGE_BYTES,
    Found,
    FoundPage,
    SavedFile,
    Skipped,
    TooLarge,
    Unreadable,
    make_printable,
    read_limited,
)

SEALED = "application/vnd.fapai.sealed"
"""What ``store.archive`` writes: its pages are there already, and only its key opens them."""

GZIP_MAGIC = b"\x1f\x8b"
PAGE_RECORDS = frozenset({"response", "resource"})
BODILESS_RECORDS = {"revisit": "a revisit record has no body", "continuation": "a continued record is not put together"}


class CutShort(Exception):
    """The compressed file ends before its end, or is damaged."""


class BrokenRecord(Exception):
    """One record that cannot be read to its end."""


class StrictStream:
    """A gzip stream whose damage is an error.

    warcio reads a truncated file to its last whole block and takes EOFError for the end of the file, so
    that a broken archive looks like a short one.
    """

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """The next bytes.

        Raises:
            CutShort: the stream is damaged or ends too early.
        """
        try:
            # read1: what was unpacked before the damage is still given out
            return self._stream.read1(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise CutShort(str(error)) from None


def is_warc(file: SavedFile, head: bytes) -> bool:
    """Whether the name says so or the content begins like one."""
    return file.names[0].lower().endswith((".warc", ".warc.gz")) or head.startswith(b"WARC/")


def find_pages(file: SavedFile) -> Iterator[Found]:
    """One result for each response or resource record; records about requests are passed over."""
    count = 0
    with file.open() as raw:
        packed = raw.read(2) == GZIP_MAGIC
    with file.open() as raw:
        stream = StrictStream(gzip.GzipFile(fileobj=raw) if packed else cast(BufferedIOBase, raw))
        try:
            for record in ArchiveIterator(stream):
                if record.rec_type in PAGE_RECORDS or record.rec_type in BODILESS_RECORDS:
                    count += 1
                    yield _read_record(file, record)
        except (ArchiveLoadFailed, CutShort, ValueError, AttributeError) as error:
            # AttributeError: warcio on a record header without its length
            told = str(error).partition(", first line")[0]  # warcio quotes the bytes themselves
            yield Unreadable(file.origin, f"broken WARC file after {count} pages: {told}")
            return
    if not count:
        yield Skipped(file.origin, "holds no recorded answer")


def _read_record(file: SavedFile, record: Any) -> Found:
    url = record.rec_headers.get_header("WARC-Target-URI", "").strip("<>")
    origin = f"{file.origin} {make_printable(url)[:200]}"
    if record.rec_type in BODILESS_RECORDS:
        return Skipped(origin, BODILESS_RECORDS[record.rec_type])
    if record.content_type == SEALED:
        return Skipped(origin, "sealed: a page of fapai's own archive; fapai reparse reads it")
    if not re.match(r"https?://", url):
        return Skipped(origin, "no address on the web")
    try:
        body = read_body(record)
    except (TooLarge, BrokenRecord) as error:
        return Unreadable(origin, str(error))
    if not body:
        return Skipped(origin, "no body")
    headers = record.http_headers
    return FoundPage(
        origin,
        url,
        body,
        file.names,
        parse_warc_date(record.rec_headers.get_header("WARC-Date")),
        (headers.get_header("Content-Type") if headers else record.content_type) or "",
        parse_status(headers),
    )


def read_body(record: Any) -> bytes:
    """The body of a record, unchunked and unpacked.

    Raises:
        TooLarge: it exceeds the limit of a page.
        BrokenRecord: it holds less than it says, or is compressed in a way that cannot be undone here.
    """
    coding = (record.http_headers.get_header("Content-Encoding") if record.http_headers else None) or ""
    if coding.lower() not in {"", "identity", *BufferedReader.get_supported_decompressors()}:
        raise BrokenRecord(f"compressed as {make_printable(coding)}, which cannot be read here")
    stream = record.content_stream()
    body = read_limited(stream, MAX_PAGE_BYTES)
    # warcio takes what a broken gzip body gives and goes on; zlib knows whether the end was reached
    is_unpacked = getattr(getattr(stream, "decompressor", None), "eof", True)
    if is_cut(record) or not is_unpacked:
        raise BrokenRecord("the record is cut: it holds less than it says")
    return body


def is_cut(record: Any) -> bool:
    """Whether the recorder says so, or fewer bytes came than the header of the record states."""
    if record.rec_headers.get_header("WARC-Truncated"):
        return True
    while record.raw_stream.read(65_536):
        pass
    return bool(getattr(record.raw_stream, "limit", 0))


def parse_status(headers: Any) -> int:
    """The HTTP status; 200 for a resource record, which has none."""
    code = headers.get_statuscode() if headers else ""
    return int(code) if code and code.isdigit() else 200


def parse_warc_date(text: str | None) -> datetime | None:
    """``WARC-Date``, which is UTC by the standard (ISO 28500)."""
    try:
        seen = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return seen.replace(tzinfo=seen.tzinfo or UTC) if seen else None
