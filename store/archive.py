"""Raw pages as they came, in WARC 1.1 files: the evidence from which everything else can be rebuilt.

The headers of a record can be read with any tool; its block is sealed (``store.sealing``) after it was compressed.

Each run writes files of its own, so nothing is ever appended behind what a crash left. A body that is
archived already is written as a ``revisit`` record that names the first one. Read with warcio; written here
because warcio compresses at level 9, which costs three times the rest of a page (measured 1.5 against 0.3 ms).
"""

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, NamedTuple, Self
from uuid import uuid4

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from store.errors import CannotWrite, StoreError
from store.sealing import NoKey, SealingKey, key_path, load_key, load_or_make_key

try:
    from isal import isal_zlib as deflate  # the same format, six times as fast
except ImportError:  # no build for this machine
    import zlib as deflate  # type: ignore[no-redef]

GZIP_FORMAT = 31
DEFLATE_ERROR: type[Exception] = deflate.error  # type: ignore[assignment]
ROTATE_AT = 512 * 1024 * 1024
KEY_NAME = "key-name"
"""A file in the archive that tells which key it was sealed with."""

PRUNED = ""
"""The file of a page whose body was taken away (``store.archive_care``): its row stays, with what it told."""

SEALED = "application/vnd.fapai.sealed"
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
        self._key = _key_of(root)
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

    def write(self, page: ArchivedPage, digest: str, reader: str) -> Place:
        """Archive a body. It is with the operating system when this returns."""
        content_type = LINE_BREAKS.sub(" ", page.content_type)
        packer = deflate.compressobj(1)
        block = self._key.seal(packer.compress(page.body) + packer.flush(), digest.encode())
        sealed = {
            "WARC-Block-Digest": f"sha256:{sha256(block).hexdigest()}",
            "Fapai-Key": self._key.name,
            "Fapai-Status": str(page.http_status),
            "Fapai-Content-Type": content_type.encode(errors="replace").decode(),
        }
        return self._append(
            _header("resource", page, reader, SEALED, len(block), {"Fapai-Body-Digest": f"sha256:{digest}", **sealed}),
            block,
        )

    def write_revisit(
        self, page: ArchivedPage, digest: str, reader: str, first_url: str, first_observed_at: datetime
    ) -> Place:
        """Note that the same body was seen again; the body itself is not written."""
        refers = {
            "WARC-Payload-Digest": f"sha256:{digest}",
            "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
            "WARC-Refers-To-Target-URI": _ascii(first_url),
            "WARC-Refers-To-Date": _stamp(first_observed_at),
        }
        return self._append(_header("revisit", page, reader, "application/octet-stream", 0, refers), b"")

    def _append(self, header: bytes, block: bytes) -> Place:
        packer = zlib.compressobj(0, zlib.DEFLATED, GZIP_FORMAT)  # what is sealed gets no smaller: stored as it is
        record = packer.compress(header + block + b"\r\n\r\n") + packer.flush()
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
        (self._root / KEY_NAME).write_text(f"{self._key.name}\n")
        self._file = path.open("xb", buffering=0)
        self._offset = 0


def _key_of(root: Path) -> SealingKey:
    """The key of an archive. One is made only where nothing was sealed yet: a lost one must not be replaced in silence.

    Raises:
        NoKey: the archive was sealed with a key that is not at hand.
    """
    return find_key(root) or load_or_make_key()


def find_key(root: Path) -> SealingKey | None:
    """The key that an archive was sealed with; ``None`` where nothing was sealed yet.

    Raises:
        NoKey: it is missing, or another one lies in its place.
    """
    try:
        name = (root / KEY_NAME).read_text().strip()
    except OSError:
        return None
    key = load_key()
    if key.name != name:
        raise NoKey(f"the archive was sealed with another key ({name}): bring that one to {key_path()}")
    return key


def read_page(root: Path, place: Place) -> ArchivedPage:
    """The page at a place, its body compared with the digest that was taken when it was archived.

    Raises:
        StoreError: the file is missing, damaged, or holds no page there; the key is not at hand.
    """
    if place.file == PRUNED:
        raise StoreError("a page was pruned from the archive: it cannot be read again")
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


def _page_of(record: Any) -> ArchivedPage:
    headers = record.rec_headers
    digest = headers.get_header("Fapai-Body-Digest") or headers.get_header("WARC-Payload-Digest")
    body = record.content_stream().read()
    if headers.get_header("Content-Type") == SEALED:
        body = _unsealed(body, headers.get_header("Fapai-Key"), str(digest).removeprefix("sha256:"))
        content_type, status = headers.get_header("Fapai-Content-Type"), headers.get_header("Fapai-Status")
    elif record.http_headers:  # as 0.1 archived pages at first
        content_type, status = record.http_headers.get_header("Content-Type"), record.http_headers.get_statuscode()
    else:
        content_type, status = headers.get_header("Content-Type"), 200
    if digest != f"sha256:{sha256(body).hexdigest()}":
        raise ArchiveLoadFailed("not the bytes that were archived")
    observed_at = datetime.fromisoformat(headers.get_header("WARC-Date"))
    return ArchivedPage(body, headers.get_header("WARC-Target-URI"), observed_at, content_type, int(status))


def _unsealed(block: bytes, key_name: str, digest: str) -> bytes:
    key = load_key()
    if key.name != key_name:
        raise NoKey(f"the page was sealed with another key ({key_name}): bring that one to {key_path()}")
    try:
        return deflate.decompress(key.unseal(block, digest.encode()))
    except DEFLATE_ERROR as error:
        raise ArchiveLoadFailed(str(error)) from None


def _header(
    kind: str,
    page: ArchivedPage,
    reader: str,
    media: str,
    length: int,
    more: dict[str, str],
) -> bytes:
    lines = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{uuid4()}>",
        "WARC-Date": _stamp(page.observed_at),
        "WARC-Target-URI": _ascii(page.url),
        "Fapai-Reader": reader,
        **more,
        "Content-Type": media,
        "Content-Length": str(length),
    }
    return ("WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n").encode()


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _ascii(url: str) -> str:
    """A header holds no line breaks; the rest of an address may be UTF-8 (WARC 1.1)."""
    return LINE_BREAKS.sub("", url)
