"""Snapshots that are made beside the requests, one at a time, and kept as archives to be fetched.

Nothing that a visitor says becomes part of a path: names are made here, and one that is asked for is looked for among
those that stand in the folder.
"""

import json
import logging
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from threading import Lock, Thread
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import Connection, Engine, text

from reporting.errors import ReportError
from reporting.export import ALL_FILES, export_snapshot
from reporting.export_formats.formats import OtherFormat
from reporting.filters import AsOf
from reporting.snapshot import Edition, Profile
from reporting.snapshot_folder import MANIFEST
from reporting.web.errors import NotHere
from store.engine import reading
from store.errors import StoreError

log = logging.getLogger(__name__)

NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
WORKSHOP = ".making-"
ARCHIVE, CITATION = "snapshot.zip", "CITATION.cff"
MOST_KEPT = 10
MEBIBYTE = 1024**2
TIMES_THE_DATABASE = 4
"""Room that is asked for before anything is written: the tables, their archive, and as much again."""

LEAST_ROOM = 200 * MEBIBYTE
ABANDONED = timedelta(days=1)
"""After so long a workshop is of a server that was killed."""


class NotNow(ReportError):
    """No snapshot can be made now: another one is, too many are kept, or the disk is too full."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for."""

    profile: Profile = Profile.RESEARCH
    is_coarse: bool = False
    as_of: AsOf | None = None
    formats: tuple[OtherFormat, ...] = ()


@dataclass(frozen=True, slots=True)
class Going:
    """A snapshot that is being made: so many of its tables stand there already."""

    since: datetime
    tables: int
    of_tables: int
    bytes_written: int


@dataclass(frozen=True, slots=True)
class Made:
    """A snapshot that can be fetched."""

    name: str
    made_at: datetime
    archive: Path
    size: int  # bytes
    manifest: dict[str, Any]
    citation: str

    @property
    def edition(self) -> Edition:
        """For whom, and how exactly."""
        return Edition(Profile(self.manifest["profile"]), self.manifest["location"] == "coarse")

    @property
    def row_count(self) -> int:
        """Rows of all tables."""
        return sum(file["rows"] for file in self.manifest["files"])


class Snapshots:
    """The snapshots of one folder; safe for many threads.

    Args:
        engine: the database.
        folder: where they are kept; made with the first one.
        clock: tells the time.
    """

    def __init__(self, engine: Engine, folder: Path, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._folder = folder
        self._clock = clock
        self._lock = Lock()
        self._thread: Thread | None = None
        self._workshop: Path | None = None
        self._since = clock()
        self.failure: str | None = None

    def begin(self, wish: Wish) -> None:
        """Begin to make one.

        Raises:
            NotNow: another one is being made, too many are kept, or there is too little room.
            StoreError: the database cannot be read.
        """
        with self._lock:
            if self._thread is not None:
                raise NotNow("a snapshot is being made: wait until it is there")
            if len(self.made()) >= MOST_KEPT:
                raise NotNow(f"{MOST_KEPT} snapshots are kept at most: remove one first")
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._sweep()
            self._require_room()
            self.failure, self._since = None, self._clock()
            self._workshop = Path(tempfile.mkdtemp(prefix=WORKSHOP, dir=self._folder))
            arguments = (wish, self._workshop, f"{self._since.astimezone(UTC):%Y%m%dT%H%M%SZ}-{token_hex(4)}")
            self._thread = Thread(target=self._work, args=arguments, name="snapshot", daemon=True)
            self._thread.start()

    def going(self) -> Going | None:
        """What is being made."""
        with self._lock:
            workshop, since = self._workshop, self._since
        if workshop is None:
            return None
        sizes = list(_sizes(workshop))
        tables = sum(name in ALL_FILES for name, _ in sizes)
        return Going(since, min(tables, len(ALL_FILES)), len(ALL_FILES), sum(size for _, size in sizes))

    def wait(self) -> None:
        """Until nothing is being made."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def made(self) -> list[Made]:
        """Those that can be fetched, the newest first."""
        if not self._folder.is_dir():
            return []
        names = sorted((path.name for path in self._folder.iterdir() if NAME.fullmatch(path.name)), reverse=True)
        return [_read(self._folder / name) for name in names]

    def find(self, name: str) -> Made:
        """One of them.

        Raises:
            NotHere: there is none of this name.
        """
        found = next((each for each in self.made() if each.name == name), None)
        if found is None:
            raise NotHere("there is no such snapshot")
        return found

    def remove(self, name: str) -> None:
        """Give its room back.

        Raises:
            NotHere: there is none of this name.
        """
        shutil.rmtree(self.find(name).archive.parent)

    def _require_room(self) -> None:
        with reading(self._engine) as connection:
            wanted = LEAST_ROOM + TIMES_THE_DATABASE * _database_size(connection)
        free = shutil.disk_usage(self._folder).free
        if free < wanted:
            raise NotNow(
                f"too little room: {free // MEBIBYTE:,} MiB are free, a snapshot may need {wanted // MEBIBYTE:,} MiB"
            )

    def _sweep(self) -> None:
        """Remove what servers that were killed have left."""
        for path in self._folder.glob(f"{WORKSHOP}*"):
            if self._clock() - datetime.fromtimestamp(path.stat().st_mtime, UTC) > ABANDONED:
                shutil.rmtree(path, ignore_errors=True)

    def _work(self, wish: Wish, workshop: Path, name: str) -> None:
        try:
            self._make(wish, workshop, name)
        except (ReportError, StoreError, OSError) as error:
            self.failure = str(error).replace(str(workshop), "…")  # where it stands is nobody's business
        except Exception:  # the edge of a thread
            log.exception("a snapshot could not be made")
            self.failure = "see the log of the server"
        finally:
            shutil.rmtree(workshop, ignore_errors=True)
            with self._lock:
                self._thread = self._workshop = None

    def _make(self, wish: Wish, workshop: Path, name: str) -> None:
        tables, done = workshop / "tables", workshop / "done"
        export_snapshot(self._engine, tables, wish.as_of, wish.profile, is_coarse=wish.is_coarse, formats=wish.formats)
        done.mkdir()
        pack_folder(tables, done / ARCHIVE, f"fapai-{name}")
        for file in (MANIFEST, CITATION):
            shutil.copy(tables / file, done / file)
        done.rename(self._folder / name)


def pack_folder(folder: Path, archive: Path, top: str) -> None:
    """All files of a folder in a ZIP archive, below ``top``; times are left out: the same files, the same entries."""
    with ZipFile(archive, "w", ZIP_DEFLATED) as packed:
        for path in sorted(folder.iterdir()):
            entry = ZipInfo(f"{top}/{path.name}")
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with path.open("rb") as content, packed.open(entry, "w", force_zip64=True) as target:
                shutil.copyfileobj(content, target, MEBIBYTE)


def _read(folder: Path) -> Made:
    archive = folder / ARCHIVE
    made_at = datetime.strptime(folder.name.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    citation = (folder / CITATION).read_text("utf-8")
    return Made(folder.name, made_at, archive, archive.stat().st_size, manifest, citation)


def _sizes(workshop: Path) -> Iterator[tuple[str, int]]:
    """Name and size of the files; what is moved while we look is left out."""
    for path in workshop.rglob("*"):
        try:
            if path.is_file():
                yield path.name, path.stat().st_size
        except FileNotFoundError:
            continue


def _database_size(connection: Connection) -> int:
    """In bytes."""
    if connection.dialect.name == "sqlite":
        query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    else:
        query = "SELECT pg_database_size(current_database())"
    return int(connection.execute(text(query)).scalar_one())
