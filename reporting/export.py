"""Writing a snapshot: one CSV for each table, a note to read, and a manifest with the hash of every file.

The files grow in a temporary folder in the place where they will stand and are moved there at the end: a full
disk leaves nothing half-written. The manifest is moved last and holds no time of its making, so that the same
observations give the same bytes.
"""

import hashlib
import importlib.metadata
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, Engine

from reporting.errors import CannotWriteSnapshot, WouldOverwrite
from reporting.filters import AsOf
from reporting.snapshot import (
    FILES,
    Profile,
    cells_of,
    histories,
    page_rows,
    quarantined_rows,
    source_rows,
)
from reporting.snapshot_extras import EXTRA_FILES, extra_rows
from store.engine import reading
from store.read import sightings_before

MANIFEST = "manifest.json"
README = "README.txt"
ALL_FILES = {**FILES, **EXTRA_FILES}
OURS = (*ALL_FILES, README, MANIFEST)
"""The files in the order in which they are moved: the manifest, which vouches for the others, is last."""

FORMAT = "fapai-snapshot/1"
UNFINISHED = ".fapai-export-"
"""What the names of temporary folders begin with; one left by a killed program is in nobody's way."""

NOTES = {
    Profile.RESEARCH: "Profile research: UTF-8 without a byte order mark; every value exactly as it is stored.",
    Profile.EXCEL: (
        "Profile excel: UTF-8 with a byte order mark. Ids, and words that a spreadsheet would take for a formula,\n"
        "begin with an apostrophe; take one away to have the value. For analysis use the profile research."
    ),
}
ABOUT = """\
A snapshot of foreclosed homes on sale, written by fapai. {extent}

One CSV for each table; {manifest} has the rows, columns and SHA-256 of each. Fields are separated by commas,
lines end in CR LF, quoting follows RFC 4180. Rows are ordered by their natural keys: listings by source,
source_id and generation (above 1 where a site gave an old id to another thing), observations further by
observed_at, reader and digest. A row of observation.csv is what was known of a listing from observed_at on;
"stated" names the fields that the page itself told then, the others are carried on from before. Facts, bids, members
of lots and attachments belong to the words of a look: reader and digest lead to the observations that say them.
Amounts are decimal, in the currency of the row; areas are in square metres; times are in UTC; empty is unknown.
The table crawl_run is left out: it tells when this program ran, not what was seen.
{profile}
"""


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """One file as the manifest describes it."""

    name: str
    sha256: str
    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SnapshotReport:
    """What was written where."""

    directory: Path
    profile: Profile
    as_of: AsOf | None
    files: tuple[SnapshotFile, ...]


def export_snapshot(
    engine: Engine,
    directory: Path,
    as_of: AsOf | None = None,
    profile: Profile = Profile.RESEARCH,
    *,
    force: bool = False,
) -> SnapshotReport:
    """Write what was observed by a time, or everything, into a folder; a former snapshot there is replaced.

    Args:
        engine: the database.
        directory: the folder; made where it is missing.
        as_of: leaves out everything observed later. A page of that time that arrives later still belongs to it.
        profile: for whom.
        force: write into a folder that holds other files too; those of the same names are replaced.

    Raises:
        WouldOverwrite: the folder holds something else, and ``force`` is not given.
        CannotWriteSnapshot: the files cannot be written; the folder is as it was.
        StoreError: the database cannot be read.
    """
    directory = directory.absolute()
    try:
        _require_free_place(directory, force)
        with _temporary_folder(directory) as folder:
            files = _write_files(engine, folder, as_of, profile)
            (folder / README).write_text(_about(as_of, profile), "utf-8", newline="\r\n")
            report = SnapshotReport(directory, profile, as_of, files)
            (folder / MANIFEST).write_text(_manifest(report), "utf-8", newline="\n")
            _move(folder, directory)
    except OSError as error:
        raise CannotWriteSnapshot(f"the snapshot cannot be written to {directory}: {error.strerror or error}") from None
    return report


def _require_free_place(directory: Path, force: bool) -> None:
    """Go on only where nothing or a former snapshot stands.

    Raises:
        WouldOverwrite: the folder holds anything else.
    """
    if not directory.exists():
        return
    if not directory.is_dir():
        raise WouldOverwrite(f"{directory} is a file: name a folder for the snapshot")
    ours = _is_snapshot(directory)
    others = sorted(
        path.name
        for path in directory.iterdir()
        if not (ours and path.name in OURS) and not path.name.startswith(UNFINISHED)
    )
    if others and not force:
        raise WouldOverwrite(
            f"{directory} holds something that is not a snapshot ({others[0]}): name another folder, or give --force"
        )


def _is_snapshot(directory: Path) -> bool:
    """Whether the manifest in the folder is one of ours."""
    try:
        manifest = json.loads((directory / MANIFEST).read_bytes())
    except (FileNotFoundError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("format") == FORMAT


@contextmanager
def _temporary_folder(directory: Path) -> Iterator[Path]:
    """Inside the folder where it exists (it may be a file system of its own), else beside it."""
    place = directory if directory.exists() else directory.parent
    place.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=place))
    folder.chmod(0o777 & ~_umask())
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current


def _move(folder: Path, directory: Path) -> None:
    if not directory.exists():
        folder.rename(directory)
        return
    for name in OURS:
        (folder / name).replace(directory / name)


def _write_files(engine: Engine, folder: Path, as_of: AsOf | None, profile: Profile) -> tuple[SnapshotFile, ...]:
    with _steady_reading(engine) as connection:
        before = as_of.before if as_of else None
        counts = {
            "source.csv": _write_table(folder, "source.csv", source_rows(connection, before), profile),
            **_write_histories(connection, folder, as_of, profile),
            "page.csv": _write_table(folder, "page.csv", page_rows(connection, before), profile),
            "quarantined_row.csv": _write_table(
                folder, "quarantined_row.csv", quarantined_rows(connection, before), profile
            ),
        }
        for name in EXTRA_FILES:
            counts[name] = _write_table(folder, name, extra_rows(connection, name, before), profile)
    return tuple(
        SnapshotFile(name, _sha256(folder / name), counts[name], tuple(field.name for field in fields))
        for name, fields in ALL_FILES.items()
    )


@contextmanager
def _steady_reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database though a crawl goes on; SQLite's transactions always do."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with reading(engine) as connection:
        yield connection


def _write_table(folder: Path, name: str, rows: Iterable[Sequence[Any]], profile: Profile) -> int:
    cells = cells_of(ALL_FILES[name], profile)
    count = 0
    with _open_csv(folder, name, profile) as file:
        for row in rows:
            file.write(_line(cells(row)))
            count += 1
    return count


def _write_histories(connection: Connection, folder: Path, as_of: AsOf | None, profile: Profile) -> dict[str, int]:
    sightings = sightings_before(connection, as_of.before) if as_of else None
    listing_count = observation_count = 0
    with (
        _open_csv(folder, "listing.csv", profile) as listings,
        _open_csv(folder, "observation.csv", profile) as observations,
    ):
        for history in histories(connection, sightings, profile):
            listings.write(_line(history.listing))
            observations.writelines(map(_line, history.observations))
            listing_count += 1
            observation_count += len(history.observations)
    return {"listing.csv": listing_count, "observation.csv": observation_count}


@contextmanager
def _open_csv(folder: Path, name: str, profile: Profile) -> Iterator[TextIO]:
    encoding = "utf-8-sig" if profile is Profile.EXCEL else "utf-8"
    with (folder / name).open("w", encoding=encoding, newline="") as file:
        file.write(_line([field.name for field in ALL_FILES[name]]))
        yield file


def _line(cells: Sequence[str]) -> str:
    return ",".join(cells) + "\r\n"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _about(as_of: AsOf | None, profile: Profile) -> str:
    extent = f"It holds what was observed as of {as_of.text}." if as_of else "It holds everything observed so far."
    return ABOUT.format(extent=extent, manifest=MANIFEST, profile=NOTES[profile])


def _manifest(report: SnapshotReport) -> str:
    content = {
        "format": FORMAT,
        "program": "fapai",
        "version": program_version(),
        "profile": report.profile,
        "as_of": report.as_of.text if report.as_of else None,
        "files": [
            {"name": file.name, "sha256": file.sha256, "rows": file.rows, "columns": file.columns}
            for file in report.files
        ],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def program_version() -> str:
    """The installed version; a checkout that was never installed has none."""
    try:
        return importlib.metadata.version("fapai")
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
