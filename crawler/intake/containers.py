"""Folders, globs and zip archives: which files the user means. Nothing is ever unpacked to disk."""

import glob
import os
import stat
import zipfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from crawler.errors import MissingPath
from crawler.intake.arrived import SavedFile, Skipped, Unreadable, make_printable

MAX_ARCHIVE_BYTES = 2**30
MAX_MEMBERS = 20_000
MAX_RATIO = 200  # real archives of lists and pages: 5 to 30; deflate reaches 1,032 on zeros
RATIO_FREE_BYTES = 2**20
ZIP_SUFFIXES = frozenset({".zip", ".wacz"})

Member = SavedFile | Skipped | Unreadable


def expand_paths(paths: Sequence[Path | str]) -> list[Path]:
    """The existing files and folders that are meant, patterns expanded, in the order given.

    Raises:
        MissingPath: a path does not exist or a pattern matches nothing.
    """
    expanded: list[Path] = []
    for path in paths:
        if os.path.lexists(path):
            expanded.append(Path(path))
            continue
        matches = sorted(glob.glob(str(path), recursive=True)) if glob.has_magic(str(path)) else []
        if not matches:
            raise MissingPath(f"no such file or folder: {path}")
        expanded.extend(map(Path, matches))
    return expanded


def list_files(path: Path) -> Iterator[Member]:
    """The file itself, or every file below a folder in the order of their names."""
    if not path.is_dir():
        yield _open_later(path)
        return
    closed: list[OSError] = []
    for folder, below, names in os.walk(path, onerror=closed.append):
        below.sort()
        for name in [name for name in below if os.path.islink(os.path.join(folder, name))]:
            # os.walk does not enter links, so a loop of links cannot hang us
            yield Skipped(make_printable(os.path.join(folder, name)), "a link to a folder is not followed")
        for name in sorted(names):
            yield _open_later(Path(folder, name))
    for error in closed:
        yield Unreadable(make_printable(str(error.filename)), f"cannot be opened: {error.strerror}")


def _open_later(path: Path) -> Member:
    origin = make_printable(str(path))
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return Unreadable(origin, f"cannot be opened: {error.strerror}")
    if not stat.S_ISREG(mode):
        return Skipped(origin, "not a regular file")  # a pipe would block for ever
    name = make_printable(path.name or path.resolve().name)
    return SavedFile(origin, f"file:{name}", (name,), partial(_open_file, path))


def _open_file(path: Path) -> IO[bytes]:
    return path.open("rb")


def is_zip(file: SavedFile) -> bool:
    """Whether the name says so. Office documents are zips too, and no archives of pages."""
    return PurePosixPath(file.names[0].lower()).suffix in ZIP_SUFFIXES


def list_members(archive: SavedFile) -> Iterator[Member]:
    """The files in a zip, in the order of their names, each read only when asked for."""
    try:
        with archive.open() as stream, zipfile.ZipFile(stream) as opened:
            danger = find_danger(opened.infolist())
            if danger:
                yield Unreadable(archive.origin, danger)
                return
            for entry in sorted(opened.infolist(), key=lambda entry: entry.filename):
                if not entry.is_dir():
                    yield _member(archive, opened, entry)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        yield Unreadable(archive.origin, f"broken zip archive: {error}")


def find_danger(entries: Sequence[zipfile.ZipInfo]) -> str | None:
    """Why an archive must not be unpacked. zipfile never reads more of a member than its stated size."""
    if len(entries) > MAX_MEMBERS:
        return f"{len(entries):,} members, more than {MAX_MEMBERS:,}: not unpacked"
    size = sum(entry.file_size for entry in entries)
    if size > MAX_ARCHIVE_BYTES:
        return f"unpacks to {size:,} bytes, more than {MAX_ARCHIVE_BYTES:,}: not unpacked"
    for entry in entries:
        if entry.file_size > RATIO_FREE_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            return f"{make_printable(entry.filename)} unpacks to more than {MAX_RATIO} times its size: not unpacked"
    return None


def _member(archive: SavedFile, opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Member:
    name = make_printable(entry.filename)
    origin = f"{archive.origin}!/{name}"
    if entry.flag_bits & 1:
        return Unreadable(origin, "encrypted: unpack it first")
    if stat.S_ISLNK(entry.external_attr >> 16):
        return Skipped(origin, "a link inside an archive")
    inside = clean_member_name(name)
    member = SavedFile(
        origin,
        f"{archive.address}!/{inside}",
        (PurePosixPath(inside).name, *archive.names),
        partial(_open_member, opened, entry),
    )
    return Skipped(origin, "an archive inside an archive: unpack it first") if is_zip(member) else member


def _open_member(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    return opened.open(entry)


def clean_member_name(name: str) -> str:
    """The path inside the archive without drive, root and parent steps: it only serves as an address."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in {"", ".", ".."} and part[1:] != ":"]
    return "/".join(parts) or "unnamed"
