"""Writing the CSV files of a snapshot into a folder. All of it is one state of the database."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from sqlalchemy import Connection, Engine, func, select

from reporting.export_docs.package import WrittenFile
from reporting.filters import AsOf, day_after, outside_zone
from reporting.snapshot import (
    FILES,
    Edition,
    Field,
    Profile,
    cells_of,
    page_rows,
    quarantined_rows,
    source_rows,
)
from reporting.snapshot_coverage import COVERAGE_FILES, RUN_FILES, absence_rows, coverage_rows, late_rows, run_rows
from reporting.snapshot_extras import EXTRA_FILES, extra_rows
from reporting.snapshot_histories import write_histories
from reporting.snapshot_links import links_as_of
from reporting.snapshot_tracking import TRACKING_FILES, tracked_listings
from store.engine import reading
from store.read import Sightings, sightings_before
from store.rows import PAGE

ALL_FILES: Mapping[str, tuple[Field, ...]] = {**FILES, **EXTRA_FILES, **TRACKING_FILES, **COVERAGE_FILES}
"""The files that every snapshot has, with their columns."""


class Written(NamedTuple):
    """What was written, and what the documents beside the files say of it."""

    files: tuple[WrittenFile, ...]
    sources: Mapping[str, str]
    is_linked: bool
    known_on: date | None
    known_before: datetime | None
    late: tuple[Mapping[str, Any], ...]


def fields_of_files(with_runs: bool) -> Mapping[str, tuple[Field, ...]]:
    """The files of a snapshot with their columns."""
    return {**ALL_FILES, **RUN_FILES} if with_runs else ALL_FILES


def write_files(engine: Engine, folder: Path, as_of: AsOf | None, edition: Edition, *, with_runs: bool) -> Written:
    """Write all CSV files; a crawl that goes on meanwhile is not seen."""
    before = as_of.before if as_of else None
    with _steady_reading(engine) as connection:
        sightings = sightings_before(connection, before) if before else None
        writer = _Writer(folder, edition)
        sources = [tuple(row) for row in source_rows(connection, before)]
        writer.write("source.csv", sources)
        writer.write_histories(connection, sightings)
        is_linked = writer.write_tracking(connection, sightings)
        for name, rows in _plain_files(with_runs).items():
            writer.write(name, rows(connection, before))
        late = _late_pages(connection, before)
        known_on = _last_day(connection, as_of)
    known_before = before or (day_after(known_on) if known_on else None)
    fields = fields_of_files(with_runs)
    return Written(tuple(map(writer.described, fields)), dict(sources), is_linked, known_on, known_before, late)


BUFFER = 1024 * 1024
"""Bytes: a listing with its observations is half of Python's own buffer, and each write costs as much as it holds."""

Rows = Callable[[Connection, datetime | None], Iterable[Sequence[Any]]]


def _plain_files(with_runs: bool) -> Mapping[str, Rows]:
    def extra(name: str) -> Rows:
        return lambda connection, before: extra_rows(connection, name, before)

    def run(name: str) -> Rows:
        return lambda connection, before: run_rows(connection, name, before)

    return {
        "page.csv": page_rows,
        "quarantined_row.csv": quarantined_rows,
        **{name: extra(name) for name in EXTRA_FILES},
        "coverage.csv": coverage_rows,
        "absence.csv": absence_rows,
        "late_page.csv": late_rows,
        **({name: run(name) for name in RUN_FILES} if with_runs else {}),
    }


@contextmanager
def _steady_reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database though a crawl goes on; SQLite's transactions always do."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with reading(engine) as connection:
        yield connection


class _Writer:
    """The CSV files of one folder, and how many rows each has."""

    def __init__(self, folder: Path, edition: Edition) -> None:
        self._folder = folder
        self._edition = edition
        self._fields = fields_of_files(with_runs=True)
        self._counts: dict[str, int] = {}

    def write(self, name: str, rows: Iterable[Sequence[Any]]) -> None:
        """Write one file."""
        cells = cells_of(name, self._fields[name], self._edition)
        count = 0
        with self._open(name) as file:
            for row in rows:
                file.write(_line(cells(row)))
                count += 1
        self._counts[name] = count

    def write_histories(self, connection: Connection, sightings: Sightings | None) -> None:
        """Write the two files that are made in one go."""
        names = ("listing.csv", "observation.csv")
        for name in names:
            self.write(name, ())
        with ExitStack() as opened:
            listings, observations = (opened.enter_context((self._folder / name).open("ab", BUFFER)) for name in names)
            counts = write_histories(connection, sightings, self._edition, (listings, observations), self._folder)
        self._counts |= {"listing.csv": counts.listings, "observation.csv": counts.observations}

    def write_tracking(self, connection: Connection, sightings: Sightings | None) -> bool:
        """Write the three files on homes; whether anything was ever linked. If not they have no rows."""
        links = links_as_of(connection, sightings)
        cells = {name: cells_of(name, fields, self._edition) for name, fields in TRACKING_FILES.items()}
        counts = dict.fromkeys(TRACKING_FILES, 0)
        with ExitStack() as opened:
            files = {name: opened.enter_context(self._open(name)) for name in TRACKING_FILES}
            for tracked in tracked_listings(connection, links) if links else ():
                homes = [] if tracked.home is None else [tracked.home]
                for name, rows in zip(TRACKING_FILES, (homes, [tracked.place], tracked.decisions), strict=True):
                    files[name].writelines(_line(cells[name](row)) for row in rows)
                    counts[name] += len(rows)
        self._counts |= counts
        return links is not None

    def described(self, name: str) -> WrittenFile:
        """One finished file."""
        path = self._folder / name
        columns = tuple(field.name for field in self._fields[name])
        return WrittenFile(name, sha256_of(path), path.stat().st_size, self._counts[name], columns)

    @contextmanager
    def _open(self, name: str) -> Iterator[TextIO]:
        encoding = "utf-8-sig" if self._edition.profile is Profile.EXCEL else "utf-8"
        with (self._folder / name).open("w", encoding=encoding, newline="") as file:
            file.write(_line([field.name for field in self._fields[name]]))
            yield file


def _line(cells: Sequence[str]) -> str:
    return ",".join(cells) + "\r\n"


def sha256_of(path: Path) -> str:
    """The hash of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _last_day(connection: Connection, as_of: AsOf | None) -> date | None:
    """The day that the snapshot is of: the one asked for, else the last on which a page was seen."""
    if as_of is not None:
        return (as_of.before - timedelta(microseconds=1)).astimezone(outside_zone()).date()
    last = connection.execute(select(func.max(PAGE.c.observed_at))).scalar_one()
    return None if last is None else last.astimezone(outside_zone()).date()


def _late_pages(connection: Connection, before: datetime | None) -> tuple[Mapping[str, Any], ...]:
    """By source how many pages seen before the instant were recorded at it or later, and when."""
    if before is None:
        return ()
    page = PAGE.c
    query = (
        select(page.source, func.count(), func.min(page.recorded_at), func.max(page.recorded_at))
        .where(page.observed_at < before, page.recorded_at >= before)
        .group_by(page.source)
    )
    return tuple(
        {"source": source, "pages": count, "recorded_from": first.isoformat(), "recorded_to": last.isoformat()}
        for source, count, first, last in sorted(map(tuple, connection.execute(query)))
    )
