"""Taking in saved files: the same readers, archive and record as a crawl."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from crawler.intake.arrived import CapturedPage, Skipped, Unreadable
from crawler.intake.files import read_paths
from crawler.intake.mapped import Mapping as TableMapping
from crawler.normalize.privacy import mask_address, mask_excerpt
from crawler.reading import read
from crawler.recording import RunRecorder, RunSummary, bad_rows, believed
from crawler.sources import all_readers, source_specs
from store.terms import PageOutcome

HEALTHY = {PageOutcome.READ, PageOutcome.EMPTY}


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file, member or record."""

    origin: str
    outcome: str  # a PageOutcome, "known", "skipped" or "unreadable"
    reason: str | None = None
    listings: int = 0
    refused: tuple[tuple[int, str | None, str], ...] = ()  # position, id, reason
    observed_at: datetime | None = None
    no_sales: int = 0  # of ``refused``: rows that sell nothing by their own words

    @property
    def is_trouble(self) -> bool:
        """Whether the user should look at it."""
        return len(self.refused) > self.no_sales or self.outcome not in {*HEALTHY, "known", "skipped"}


class Capture:
    """One ``fapai capture``: iterate for the results file by file, then look at ``summaries``."""

    def __init__(
        self,
        engine: Engine,
        archive_root: Path,
        paths: Sequence[Path | str],
        mapping: TableMapping | None = None,
        observed_at: datetime | None = None,
    ) -> None:
        by_name = sorted(map(Path, paths), key=lambda path: path.name)  # dates in names: mostly the order of time
        self._arrivals = read_paths(by_name, readers=all_readers(), mapping=mapping, observed_at=observed_at)
        titles = {**mapped_titles(mapping), **{name: spec.title for name, spec in source_specs().items()}}
        scope = {"kind": "capture", "mapping": mapping.name if mapping else None}
        self._recorder = RunRecorder(engine, archive_root, scope, titles, seconds_per_commit=5.0)
        self.summaries: list[RunSummary] = []

    def __iter__(self) -> Iterator[FileResult]:
        """Read and record; commits in batches.

        Raises:
            MissingPath: before anything is read.
            CannotWrite: what was committed stays.
        """
        try:
            for arrived in self._arrivals:
                yield self._take(arrived)
        except BaseException:
            self._recorder.roll_back()
            raise
        self.summaries = self._recorder.close()

    def _take(self, arrived: CapturedPage | Skipped | Unreadable) -> FileResult:
        origin = mask_address(arrived.origin)
        if isinstance(arrived, Skipped):
            return FileResult(origin, "skipped", arrived.reason)
        if isinstance(arrived, Unreadable):
            return FileResult(origin, "unreadable", mask_excerpt(arrived.reason))
        page = replace(arrived.page, url=mask_address(arrived.page.url))  # before anything logs it
        reading = read(page, arrived.reader)
        recorded = self._recorder.take(page, arrived.reader, reading)
        if recorded is None:
            return FileResult(origin, "known", "this page is in the database already")
        refused = tuple((row.position, row.source_id, row.reason) for row in recorded.refused)
        return FileResult(
            origin,
            reading.outcome,
            reading.reason,
            believed(reading, recorded),
            refused,
            page.observed_at,
            len(refused) - len(bad_rows(reading, recorded)),
        )


def mapped_titles(mapping: TableMapping | None) -> Mapping[str, str]:
    """Titles of the sources that a mapping brings."""
    if mapping is None:
        return {}
    return {name: dialect.seller_name or name for name, dialect in mapping.dialects.items()}
