"""Looking at saved files without recording them: what their listings say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from crawler.errors import RowRefused
from crawler.intake.arrived import Skipped, Unreadable
from crawler.intake.files import read_paths
from crawler.intake.mapped import Mapping
from crawler.normalize.privacy import mask_address, mask_excerpt
from crawler.reading import read, statement_of
from crawler.sources import all_readers
from store.looks import Unstorable
from store.statement import Statement
from store.terms import PageOutcome
from store.told import NotBelieved, tell


class SeenListing(NamedTuple):
    """A listing as a page tells it that is stored nowhere."""

    source: str
    source_id: str
    statement: Statement
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    """A file, or a row of one, that says nothing; persons whom the reason quotes are masked."""

    origin: str
    reason: str


def look_at(
    paths: Sequence[Path | str], mapping: Mapping | None = None, observed_at: datetime | None = None
) -> Iterator[SeenListing | Trouble]:
    """The listings of saved pages and tables, read as ``crawler.capture`` reads them.

    Raises:
        MissingPath: a path does not exist; raised before anything is read.
    """
    for arrived in read_paths(paths, readers=all_readers(), mapping=mapping, observed_at=observed_at):
        origin = mask_address(arrived.origin)
        if isinstance(arrived, Skipped | Unreadable):
            yield Trouble(origin, mask_excerpt(arrived.reason))
            continue
        reading = read(arrived.page, arrived.reader)
        if reading.outcome is not PageOutcome.READ:
            yield Trouble(origin, reading.reason or reading.outcome)
        for row in reading.refused:
            yield Trouble(origin, f"row {row.position}: {mask_excerpt(row.reason)}")
        for found in reading.listings:
            try:
                words = statement_of(found.item, arrived.reader, arrived.page.observed_at)
                tell(found.source, found.source_id, words.statement)  # what cannot be stored is not looked for either
            except (RowRefused, NotBelieved, Unstorable) as refusal:
                yield Trouble(origin, f"a listing is refused: {mask_excerpt(str(refusal))}")
                continue
            yield SeenListing(found.source, found.source_id, words.statement, arrived.page.observed_at)
