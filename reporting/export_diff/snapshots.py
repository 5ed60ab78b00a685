"""Snapshots on disk, as they are compared: checked against their manifest, every cell the plain text of its value."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reporting.errors import ReportError
from reporting.export_formats.rows import read_rows
from reporting.snapshot import Field, Profile
from reporting.snapshot_files import fields_of_files, sha256_of
from reporting.snapshot_folder import FORMAT, MANIFEST

NOT_COMPARED = frozenset(("late_page.csv", "crawl_run.csv", "crawl_slice.csv"))
"""Files that tell when something came, not what is known."""

Row = tuple[str, ...]


class NotASnapshot(ReportError):
    """A folder is no snapshot of this version, or not any more what its manifest says."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A folder that its manifest vouches for."""

    directory: Path
    manifest: Mapping[str, Any]

    @property
    def files(self) -> tuple[str, ...]:
        """The files that are compared."""
        return tuple(file["name"] for file in self.manifest["files"] if file["name"] not in NOT_COMPARED)

    def fields(self, name: str) -> Sequence[Field]:
        """The columns of a file."""
        return fields_of_files(with_runs=True)[name]

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a file in their order."""
        profile = Profile(self.manifest["profile"])
        return map(tuple, read_rows(self.directory / name, self.fields(name), profile))


def open_snapshot(directory: Path) -> Snapshot:
    """A snapshot, after each file was compared with its hash.

    Raises:
        NotASnapshot: there is none, it is of another version, or a file was changed.
    """
    try:
        manifest = json.loads((directory / MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise NotASnapshot(f"{directory} holds no snapshot: there is no {MANIFEST} that can be read") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise NotASnapshot(f"{directory} holds no snapshot of the format {FORMAT}: export it again with this version")
    known = fields_of_files(with_runs=True)
    for file in manifest["files"]:
        name = file["name"]
        if name not in known or file["columns"] != [field.name for field in known[name]]:
            raise NotASnapshot(f"{directory}: {name} has other columns: export it again with this version")
        path = directory / name
        if not path.is_file() or sha256_of(path) != file["sha256"]:
            raise NotASnapshot(f"{directory}: {name} is missing or was changed since it was written")
    return Snapshot(directory, manifest)
