"""What intake passes along: a saved file, a page found in it, and what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from crawler.items import Reader
from crawler.page import Page

MAX_PAGE_BYTES = 64 * 2**20
"""One page. The largest real one (a bank list of one state) has 4 MiB."""

MAX_CONTAINER_BYTES = 256 * 2**20
"""A HAR or MHTML file, which has to be in memory as a whole."""


class TooLarge(Exception):
    """A file or a record exceeds the limit for its kind."""


@dataclass(frozen=True, slots=True)
class CapturedPage:
    """A page that ``reader`` recognises, ready to be archived and read."""

    page: Page
    origin: str
    reader: Reader


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that is no page of ours; nothing is wrong with it."""

    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that should be a page but cannot be taken as one."""

    origin: str
    reason: str


Arrived = CapturedPage | Skipped | Unreadable
"""What becomes of each file, member or record. ``origin`` names it as the user gave it."""


@dataclass(frozen=True, slots=True)
class SavedFile:
    """One file of a folder or an archive, not read yet.

    ``address`` is ``file:NAME`` or ``file:ARCHIVE!/MEMBER``; ``names`` are the names in which a date may
    stand, the file's own first; ``open`` gives a new binary stream at each call.
    """

    origin: str
    address: str
    names: tuple[str, ...]
    open: Callable[[], IO[bytes]]

    def read_head(self) -> bytes:
        """The first 2 KB."""
        with self.open() as stream:
            return stream.read(2048)

    def read_all(self, limit: int) -> bytes:
        """The whole content.

        Raises:
            TooLarge: it has more than ``limit`` bytes.
        """
        with self.open() as stream:
            return read_limited(stream, limit)


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A body with what its container tells of it. ``seen_at`` is aware; None: the container does not say."""

    origin: str
    url: str
    body: bytes
    names: tuple[str, ...]
    seen_at: datetime | None = None
    content_type: str = ""
    http_status: int = 200


Found = FoundPage | Skipped | Unreadable


def read_limited(stream: IO[bytes], limit: int) -> bytes:
    """The rest of a stream.

    Raises:
        TooLarge: it has more than ``limit`` bytes.
    """
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise TooLarge(f"larger than {limit // 2**20} MiB")
    return body


def make_printable(name: str) -> str:
    """A name from an archive without what could steer a terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)
