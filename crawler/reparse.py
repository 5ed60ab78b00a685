"""Reading the archive again with today's parsers: old rows are repaired without a new crawl."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Engine

from crawler.intake.mapping import Mapping as TableMapping
from crawler.intake.mapping import list_mappings, load_mapping
from crawler.items import Reader
from crawler.page import Page
from crawler.reading import Reading, read
from crawler.recording import bad_rows, refused_rows, unread
from crawler.sources import find_reader
from store.archive import PRUNED, Place, read_page
from store.engine import writing
from store.pages import ReadPage
from store.rebuild import RebuildingRecorder, StoredPage, sources_together, stored_pages
from store.runs import add_sources
from store.terms import PageOutcome


def reparse(
    engine: Engine, archive_root: Path, source: str | None, reader_named: Callable[[str], Reader]
) -> Counter[str]:
    """Rebuild everything that was read from the pages of one source, or of all, in one transaction.

    ``reader_named`` gives the reader of a name, shipped mappings included.

    Returns:
        Counters: pages by outcome, listings, refused rows.

    Raises:
        StoreError: a page is missing from the archive. The database stays as it was.
    """
    counters: Counter[str] = Counter()
    recorder = RebuildingRecorder()
    with writing(engine) as connection:
        sources = sources_together(connection, source)
        recorder.begin(connection, sources)
        pages = list(stored_pages(connection, sources))
        for stored in pages:
            reader = reader_named(stored.reader)
            page, reading = _read_again(stored, archive_root, reader)
            add_sources(connection, {listing.source: listing.source for listing in reading.listings}, keep_titles=True)
            recorder.at(stored.id)
            recorded = recorder.record(
                connection,
                _row(stored, reading),
                unread(page, reader, reading),
                refused_rows(reading),
                reading.context,
            )
            counters[f"page/{reading.outcome}"] += 1
            counters["listing/seen"] += len(reading.listings)
            counters["row/refused"] += len(bad_rows(reading, recorded))
        recorder.finish(connection)
    return counters


def known_readers(mappings: Sequence[TableMapping]) -> Callable[[str], Reader]:
    """Finds readers by name: those of the sources, of the shipped mappings and of the given ones."""
    shipped = [load_mapping(info.name) for info in list_mappings()]
    mapped = {reader.name: reader for reader in (mapping.reader() for mapping in (*shipped, *mappings))}
    return lambda name: mapped[name] if name in mapped else find_reader(name)


def _read_again(stored: StoredPage, archive_root: Path, reader: Reader) -> tuple[Page, Reading]:
    if stored.archive_file == PRUNED and stored.outcome not in {PageOutcome.READ, PageOutcome.EMPTY}:
        page = Page(b"", stored.url, stored.observed_at, stored.content_type, stored.http_status)
        return page, Reading(stored.outcome, stored.reason)  # it told of no listing, and its body is not kept
    body = read_page(archive_root, Place(stored.archive_file, stored.archive_offset)).body
    page = Page(body, stored.url, stored.observed_at, stored.content_type, stored.http_status)
    if stored.http_status != 200:
        return page, Reading(stored.outcome, stored.reason)  # judged by its redirect or status: no parser changes that
    return page, read(page, reader)


def _row(stored: StoredPage, reading: Reading) -> ReadPage:
    return ReadPage(
        stored.crawl_run_id,
        stored.source,
        stored.reader,
        stored.url,
        stored.observed_at,
        stored.recorded_at,
        stored.body_sha256,
        stored.content_type,
        stored.http_status,
        stored.archive_file,
        stored.archive_offset,
        reading.outcome,
        reading.reason,
        reading.stated_count,
    )
