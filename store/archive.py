"""Raw pages as they came, in WARC 1.1 files: the evidence from which everything else can be rebuilt.

Each run writes files of its own, so nothing is ever appended behind what a crash left. A body that is
archived already is written as a ``revisit`` record that names the first one. Read with warcio; written here
because warcio compresses at level 9, which costs three times the rest of a page (measured 1.5 against 0.3 ms).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self
from uuid import uuid4

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from store.errors import CannotWrite, StoreError

try:
    from isal import isal_zlib as deflate  # the same format, six times as fast
except ImportError:  # no build for this machine
    import zlib as deflate  # type: ignore[no-redef]

GZIP_FORMAT = 31
ROTATE_AT = 512 * 1024 * 1024
UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")
STUMBLES = (AttributeError, EOFError, ValueError)
"""What warcio 1.8 raises beside its own error when the headers of a record are cut off."""
LINE_BREAKS = re.compile(r"[\r\n]+")


class Place(NamedTuple):
    """Where a body lies: file name under the archive's folder, and offset of its record."""

    file: str
    offset: int


class ArchivedPage(NamedTuple):
    """A record read back."""

    body: bytes
    url: str
    observed_at: datetime
    content_type: str
    http_status: int


class ArchiveWriter:
    """Appends the pages of one run to files named after its source and start.

    Raises:
        CannotWrite: the folder or the file cannot be written, or the disk is full.
    """

    def __init__(self, root: Path, source: str, started_at: datetime) -> None:
        self._root = root
        stamp = started_at.astimezone(UTC).strftime("%Y%m%dT%H%M%S")
        self._stem = f"{started_at.year}/{UNSAFE.sub('-', source)}-{stamp}-{uuid4().hex[:8]}"
        self._part = 0
        self._file: BinaryIO | None = None
        self._offset = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write the last bytes to disk."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def write(self, page: ArchivedPage, sha256: str, reader: str) -> Place:
        """Archive a body. It is with the operating system when this returns."""
        is_http = page.url.startswith(("http://", "https://"))
        content_type = LINE_BREAKS.sub(" ", page.content_type) or "application/octet-stream"
        status = f"HTTP/1.1 {page.http_status} -\r\nContent-Type: {content_type}\r\n\r\n"
        head = status.encode(errors="replace") if is_http else b""
        kind = "response" if is_http else "resource"
        media = "application/http; msgtype=response" if is_http else content_type
        return self._append(_header(kind, page, sha256, reader, media, len(head) + len(page.body)), head, page.body)

    def write_revisit(
        self, page: ArchivedPage, sha256: str, reader: str, first_url: str, first_observed_at: datetime
    ) -> Place:
        """Note that the same body was seen again; the body itself is not written."""
        refers = {
            "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
            "WARC-Refers-To-Target-URI": _ascii(first_url),
            "WARC-Refers-To-Date": _stamp(first_observed_at),
        }
        return self._append(_header("revisit", page, sha256, reader, "application/octet-stream", 0, refers), b"", b"")

    def _append(self, header: bytes, head: bytes, body: bytes) -> Place:
        packer = deflate.compressobj(1, deflate.DEFLATED, GZIP_FORMAT)
        record = b"".join((packer.compress(header + head), packer.compress(body), packer.compress(b"\r\n\r\n")))
        record += packer.flush()
        try:
            if self._file is None or self._offset > ROTATE_AT:
                self._open_next()
            place = Place(self._name(), self._offset)
            assert self._file is not None  # noqa: S101
            self._write_all(self._file, record)
        except OSError as error:
            raise CannotWrite(f"the archive of pages cannot be written: {error.strerror}") from None
        self._offset += len(record)
        return place

    def _write_all(self, file: BinaryIO, record: bytes) -> None:
        """All of it or nothing: a disk that fills up takes a part and reports the rest only when asked again."""
        rest = memoryview(record)
        try:
            while rest:
                rest = rest[file.write(rest) :]
        except OSError:
            file.truncate(self._offset)
            file.seek(self._offset)
            raise

    def _name(self) -> str:
        return f"{self._stem}-{self._part}.warc.gz"

    def _open_next(self) -> None:
        self.close()
        self._part += 1
        path = self._root / self._name()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("xb", buffering=0)
        self._offset = 0


def read_page(root: Path, place: Place) -> ArchivedPage:
    """The page at a place, its body compared with the digest that was taken when it was archived.

    Raises:
        StoreError: the file is missing, damaged, or holds no page there.
    """
    with _opened(root, place.file) as stream:
        stream.seek(place.offset)
        try:
            for record in ArchiveIterator(stream):
                if record.rec_type in {"response", "resource"}:
                    return _page_of(record)
                break
        except (ArchiveLoadFailed, *STUMBLES):
            raise StoreError(f"the archive of pages is damaged at {place.file}:{place.offset}") from None
    raise StoreError(f"no page in the archive at {place.file}:{place.offset}")


@contextmanager
def _opened(root: Path, name: str) -> Iterator[BinaryIO]:
    try:
        with (root / name).open("rb") as stream:
            yield stream
    except OSError as error:
        raise StoreError(f"the archive of pages cannot be read: {name}: {error.strerror}") from None


def _page_of(record: object) -> ArchivedPage:
    headers = record.rec_headers  # type: ignore[attr-defined]
    http = record.http_headers  # type: ignore[attr-defined]
    body = record.content_stream().read()  # type: ignore[attr-defined]
    if headers.get_header("WARC-Payload-Digest") != f"sha256:{sha256(body).hexdigest()}":
        raise ArchiveLoadFailed("not the bytes that were archived")
    return ArchivedPage(
        body,
        headers.get_header("WARC-Target-URI"),
        datetime.fromisoformat(headers.get_header("WARC-Date")),
        http.get_header("Content-Type") if http else headers.get_header("Content-Type"),
        int(http.get_statuscode()) if http else 200,
    )


def _header(
    kind: str,
    page: ArchivedPage,
    sha256: str,
    reader: str,
    media: str,
    length: int,
    more: dict[str, str] | None = None,
) -> bytes:
    lines = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{uuid4()}>",
        "WARC-Date": _stamp(page.observed_at),
        "WARC-Target-URI": _ascii(page.url),
        "WARC-Payload-Digest": f"sha256:{sha256}",
        "Fapai-Reader": reader,
        **(more or {}),
        "Content-Type": media,
        "Content-Length": str(length),
    }
    return ("WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n").encode()


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _ascii(url: str) -> str:
    """A header holds no line breaks; the rest of an address may be UTF-8 (WARC 1.1)."""
    return LINE_BREAKS.sub("", url)
