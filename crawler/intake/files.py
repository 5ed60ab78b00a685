"""Saved files as pages: what ``fapai capture`` reads, skips and refuses."""

import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TypeVar

from crawler.errors import LayoutChanged
from crawler.intake import har, mhtml, saved, warc
from crawler.intake.arrived import Arrived, CapturedPage, Found, FoundPage, SavedFile, Skipped, TooLarge, Unreadable
from crawler.intake.containers import expand_paths, is_zip, list_files, list_members
from crawler.intake.mapping import Mapping
from crawler.intake.observed import NO_TIME, looks_in_content, time_in_content, time_in_names, to_utc
from crawler.items import Reader
from crawler.page import Page

NO_PAGES = {
    **dict.fromkeys(
        (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico", ".bmp", ".tif", ".tiff"), "an image"
    ),
    **dict.fromkeys((".woff", ".woff2", ".ttf", ".otf", ".eot"), "a font"),
    **dict.fromkeys((".mp4", ".webm", ".mp3", ".m4a", ".mov", ".avi"), "sound or film"),
    **dict.fromkeys((".css", ".map"), "a style sheet or a map of scripts"),
    **dict.fromkeys((".pdf", ".doc", ".docx", ".xls", ".ppt", ".pptx"), "a document"),
    **dict.fromkeys((".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", ".zst"), "an archive of a kind not read here"),
}
NO_PAGE_TYPES = {
    "image/": "an image",
    "font/": "a font",
    "application/font": "a font",
    "application/x-font": "a font",
    "video/": "sound or film",
    "audio/": "sound or film",
    "text/css": "a style sheet or a map of scripts",
    "application/pdf": "a document",
}
BROKEN = (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, TooLarge)
Each = TypeVar("Each")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_paths(
    paths: Sequence[Path | str],
    *,
    readers: Sequence[Reader],
    mapping: Mapping | None = None,
    observed_at: datetime | None = None,
) -> Iterator[Arrived]:
    """Every page in the files, folders, patterns and zips, one at a time; nothing is passed over in silence.

    With a mapping, only tables of its format are read, and only by it. ``observed_at`` (aware) serves pages
    that tell no time themselves. Files come in the order given, members in the order of their names.

    Raises:
        MissingPath: a path does not exist; raised before anything is read.
        ValueError: ``observed_at`` has no zone.
    """
    if observed_at is not None and observed_at.tzinfo is None:
        raise ValueError("observed_at needs a time zone")
    return _read_all(expand_paths(paths), readers, mapping, observed_at)


def _read_all(
    paths: Sequence[Path], readers: Sequence[Reader], mapping: Mapping | None, observed_at: datetime | None
) -> Iterator[Arrived]:
    mapped = mapping.reader() if mapping else None
    for path in paths:
        for found in find_in_path(path):
            if not isinstance(found, FoundPage):
                yield found
            elif mapping and mapped and not mapping.accepts(_draft(found)):
                yield Skipped(found.origin, f"mapping {mapping.name} reads {mapping.format} tables only")
            else:
                yield from take_in(found, [mapped] if mapped else readers, is_given=mapped is not None, at=observed_at)


def find_in_path(path: Path) -> Iterator[Found]:
    """The pages of a file or folder, not yet recognised."""
    for file in list_files(path):
        if not isinstance(file, SavedFile):
            yield file
        elif is_zip(file):
            for member in _guard(file, list_members(file)):
                yield from find_in_file(member) if isinstance(member, SavedFile) else [member]
        else:
            yield from find_in_file(file)


def find_in_file(file: SavedFile) -> Iterator[Found]:
    """The pages of one file, by its kind."""
    reason = NO_PAGES.get(PurePosixPath(file.names[0].lower()).suffix)
    if reason:
        yield Skipped(file.origin, reason)
    else:
        yield from _guard(file, _find_by_kind(file))


def _find_by_kind(file: SavedFile) -> Iterator[Found]:
    head = file.read_head()
    if warc.is_warc(file, head):
        yield from warc.find_pages(file)
    elif head.startswith(warc.GZIP_MAGIC):
        yield Skipped(file.origin, "compressed with gzip and no WARC file: unpack it first")
    elif har.is_har(file, head):
        yield from har.find_pages(file)
    elif mhtml.is_mhtml(file, head):
        yield from mhtml.find_pages(file)
    else:
        yield from saved.find_pages(file)


def _guard(file: SavedFile, results: Iterator[Each]) -> Iterator[Each | Unreadable]:
    try:
        yield from results
    except BROKEN as error:
        yield Unreadable(file.origin, str(error) or type(error).__name__)


def take_in(found: FoundPage, readers: Sequence[Reader], *, is_given: bool, at: datetime | None) -> Iterator[Arrived]:
    """The page with its reader and time. A reader that ``is_given`` takes the page without being asked.

    A table with the rows of several looks becomes a page for each of them, in the order of their times.
    """
    reason = why_no_page(found)
    if reason:
        yield Skipped(found.origin, reason)
        return
    draft = _draft(found)
    reader = next((each for each in readers if is_given or each.recognises(draft)), None)
    if reader is None:
        yield Skipped(found.origin, "a script" if is_script(found) else "no reader knows this page")
        return
    try:
        looks = looks_in_content(draft, reader)
        for moment in looks or (find_time(found, draft, reader) or at,):
            if moment is None:
                yield Unreadable(found.origin, NO_TIME)
            else:
                yield CapturedPage(replace(draft, observed_at=to_utc(moment, reader)), found.origin, reader)
    except LayoutChanged as error:
        yield Unreadable(found.origin, error.reason)


def find_time(found: FoundPage, draft: Page, reader: Reader) -> datetime | None:
    """When a page was seen: by its container, its content, or a name.

    Raises:
        LayoutChanged: the content tells it in a form that cannot be read.
    """
    return found.seen_at or time_in_content(draft, reader) or time_in_names(found.names)


def why_no_page(found: FoundPage) -> str | None:
    """What it is instead of a page, by its content type, else by the address."""
    content_type = found.content_type.lower().lstrip()
    for prefix, kind in NO_PAGE_TYPES.items():
        if content_type.startswith(prefix):
            return kind
    if content_type.startswith(("text/", "application/json")):
        return None
    path = re.split(r"[?#]", found.url.lower(), maxsplit=1)[0]
    return NO_PAGES.get(PurePosixPath(path).suffix)


def is_script(found: FoundPage) -> bool:
    """Whether the type says script. Readers are asked first: answers may come wrapped in a call (JSONP)."""
    return "javascript" in found.content_type.lower()


def _draft(found: FoundPage) -> Page:
    """The page before its time is known; recognising does not look at the time."""
    return Page(found.body, found.url, found.seen_at or EPOCH, found.content_type, found.http_status)
