"""Writing a snapshot: one CSV for each table, what describes them, and a manifest with the hash of every file.

The files grow in a temporary folder in the place where they will stand and are moved there at the end: a full
disk leaves nothing half-written. The manifest is moved last and holds no time of its making, so that the same
observations give the same bytes.
"""

import hashlib
import importlib.metadata
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from reporting.errors import CannotWriteSnapshot
from reporting.export_docs.codebook import codebook
from reporting.export_docs.models import LANGUAGES
from reporting.export_docs.notes import citation, licences
from reporting.export_docs.package import WrittenFile, data_package
from reporting.export_formats.formats import OTHER_NAMES, OtherFile, OtherFormat, require_libraries, write_formats
from reporting.filters import AsOf
from reporting.snapshot import Edition, Profile, instant_text
from reporting.snapshot_files import ALL_FILES, Written, fields_of_files, sha256_of, write_files
from reporting.snapshot_folder import FORMAT, MANIFEST, move_files, require_free_place, temporary_folder
from reporting.snapshot_privacy import WITHHELD_PLACES
from tracking.link import LINKER_VERSION

README = "README.txt"
PACKAGE = "datapackage.json"
DOCUMENTS = (README, PACKAGE, "codebook.en.md", "codebook.zh.md", "CITATION.cff", "LICENCES.md")
OURS = frozenset((*fields_of_files(with_runs=True), *DOCUMENTS, *OTHER_NAMES, MANIFEST))
"""All names that a file of a snapshot can have."""

METHODOLOGY_VERSION = 2
"""Raise it when a derived column (coverage, names of homes, rounds as of a date) begins to mean something else."""

NOTES = {
    Profile.RESEARCH: "Profile research: UTF-8 without a byte order mark; every value exactly as it is stored.",
    Profile.EXCEL: (
        "Profile excel: UTF-8 with a byte order mark. Ids, and words that a spreadsheet would take for a formula,\n"
        "begin with an apostrophe; take one away to have the value. For analysis use the profile research."
    ),
}
LINKED = {
    True: "Homes were linked by version {version} of the linker, from what was known then and what persons said.",
    False: "Nothing was linked in this database (fapai link): property, auction_round and link_decision are empty.",
}
PLACES = {
    False: "Names of persons, phone and identity numbers are masked.",
    True: (
        "Names of persons, phone and identity numbers are masked. Building and room, and free texts that can tell\n"
        "them, are withheld (the manifest names the columns); coordinates are rounded to 0.01 degrees."
    ),
}
ABOUT = """\
A snapshot of foreclosed homes on sale, written by fapai. {extent}

One CSV for each table; {manifest} has the rows, columns and SHA-256 of each. The codebooks say what each column means,
{package} says it to programs. Fields are separated by commas, lines end in CR LF, quoting follows RFC 4180. Rows are
ordered by their natural keys: listings by source, source_id and generation (above 1 where a site gave an old id to
another thing), observations further by observed_at, reader and digest. A row of observation.csv is what was known of a
listing from observed_at on; "stated" names the fields that the page itself told then, the others are carried on from
before. Facts, bids, members of lots and attachments belong to the words of a look: reader and digest lead to the
observations that say them. Amounts are decimal, in the currency of the row; areas are in square metres; times are in
UTC; empty is unknown.

A home (property_key) bears the name of its listing that was seen first. The name stays when listings join later; where
two homes turn out to be one, the older name stays; where one falls apart, each part has its own. Pages of an earlier
day that arrive later can give an older name: fapai export diff says which home became which.
{linked}
{places}
absence.csv tells when complete looks at a source did not show a listing. known_before in {manifest} is the instant
as of which something is open or over.
late_page.csv names pages of the time before the date that came to the database at it or later: only they can make a
later export for the same date differ. The tables of runs are left out unless asked for: they tell when this program
ran, not what was seen.
Files in other formats are made of these. A cell of XLSX holds 32,767 characters, fifteen digits and milliseconds:
longer texts are cut with a mark and counted in the manifest, longer numbers are text.
{profile}
"""


@dataclass(frozen=True, slots=True)
class SnapshotReport:
    """What was written where."""

    directory: Path
    edition: Edition
    as_of: AsOf | None
    files: tuple[WrittenFile, ...]
    others: tuple[OtherFile, ...] = ()


def export_snapshot(
    engine: Engine,
    directory: Path,
    as_of: AsOf | None = None,
    profile: Profile = Profile.RESEARCH,
    *,
    force: bool = False,
    is_coarse: bool = False,
    formats: Collection[OtherFormat] = (),
    with_runs: bool = False,
) -> SnapshotReport:
    """Write what was observed by a time, or everything, into a folder; a former snapshot there is replaced.

    Args:
        engine: the database.
        directory: the folder; made where it is missing.
        as_of: leaves out everything observed later. A page of that time that arrives later still belongs to it.
        profile: for whom.
        force: write into a folder that holds other files too; those of the same names are replaced.
        is_coarse: withhold building and room, round coordinates.
        formats: in what else beside CSV; always with the values of the research profile.
        with_runs: also the tables of runs, by the clock of the program: other bytes elsewhere.

    Raises:
        WouldOverwrite: the folder holds something else, and ``force`` is not given.
        CannotWriteSnapshot: the files cannot be written, or not in that format; the folder is as it was.
        StoreError: the database cannot be read.
    """
    directory = directory.absolute()
    edition = Edition(profile, is_coarse)
    require_libraries(formats)
    try:
        require_free_place(directory, OURS, force)
        with temporary_folder(directory) as folder:
            written = write_files(engine, folder, as_of, edition, with_runs=with_runs)
            fields = fields_of_files(with_runs)
            others = write_formats(folder, fields, profile, formats)
            report = SnapshotReport(directory, edition, as_of, written.files, others)
            _write_documents(folder, report, written)
            (folder / MANIFEST).write_text(_manifest(folder, report, written), "utf-8", newline="\n")
            move_files(folder, directory, OURS)
    except OSError as error:
        raise CannotWriteSnapshot(f"the snapshot cannot be written to {directory}: {error.strerror or error}") from None
    return report


def _write_documents(folder: Path, report: SnapshotReport, written: Written) -> None:
    fields = {file.name: fields_of_files(with_runs=True)[file.name] for file in report.files}
    version = program_version()
    (folder / README).write_text(_about(report, written), "utf-8", newline="\r\n")
    package = data_package(report.files, fields, written.sources, report.edition, version)
    documents = {
        PACKAGE: package,
        **{f"codebook.{language}.md": codebook(fields, language) for language in LANGUAGES},
        "CITATION.cff": citation(written.known_on, version, content_digest(report.files)),
        "LICENCES.md": licences(written.sources),
    }
    for name, text in documents.items():
        (folder / name).write_text(text, "utf-8", newline="\n")


def content_digest(files: Sequence[WrittenFile]) -> str:
    """One SHA-256 for all tables: of their hashes and names as ``sha256sum`` prints them.

    Late pages stay out: they tell when pages arrived, not what is known.
    """
    lines = (f"{file.sha256}  {file.name}\n" for file in files if file.name != "late_page.csv")
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _about(report: SnapshotReport, written: Written) -> str:
    as_of = report.as_of
    return ABOUT.format(
        extent=f"It holds what was observed as of {as_of.text}." if as_of else "It holds everything observed so far.",
        manifest=MANIFEST,
        package=PACKAGE,
        linked=LINKED[written.is_linked].format(version=LINKER_VERSION),
        places=PLACES[report.edition.is_coarse],
        profile=NOTES[report.edition.profile],
    )


def _manifest(folder: Path, report: SnapshotReport, written: Written) -> str:
    is_coarse = report.edition.is_coarse
    content: dict[str, Any] = {
        "format": FORMAT,
        "program": "fapai",
        "version": program_version(),
        "linker_version": LINKER_VERSION if written.is_linked else None,
        "methodology_version": METHODOLOGY_VERSION,
        "profile": report.edition.profile,
        "persons": "masked",
        "location": "coarse" if is_coarse else "full",
        "withheld": {name: sorted(columns) for name, columns in WITHHELD_PLACES.items()} if is_coarse else {},
        "as_of": report.as_of.text if report.as_of else None,
        "known_before": instant_text(written.known_before) if written.known_before else None,
        "content_sha256": content_digest(report.files),
        "late_pages": written.late,
        "files": [
            {"name": file.name, "sha256": file.sha256, "rows": file.rows, "columns": file.columns}
            for file in report.files
        ],
        "other_formats": [
            {"name": other.name, "sha256": sha256_of(folder / other.name), "cut_cells": other.cut_cells}
            for other in report.others
        ],
        "documents": [{"name": name, "sha256": sha256_of(folder / name)} for name in DOCUMENTS],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def program_version() -> str:
    """The installed version; a checkout that was never installed has none."""
    try:
        return importlib.metadata.version("fapai")
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


__all__ = ["ALL_FILES", "DOCUMENTS", "OURS", "SnapshotReport", "content_digest", "export_snapshot", "program_version"]
