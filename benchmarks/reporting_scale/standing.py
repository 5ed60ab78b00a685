"""Standing reports from rollups, against DuckDB over the tables as Parquet files, and what keeping rollups costs.

The cells are compared first. Theirs is one query for the counts of each report. Ours reads the cells; makes the report
of them with notes and the fifty rows that a table shows, in order, with intervals; and makes all its rows.
"""

import gc
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine

from benchmarks.list_pages import write_list_pages
from benchmarks.reporting_scale.base import LOOKS_A_PAGE, Seen, begin_base, seen_pages
from benchmarks.reporting_scale.market import FIRST_DAY, listing_of
from crawler.items import Reader
from crawler.page import Page
from crawler.reading import read, statement_of
from crawler.sources import all_readers
from reporting.choices import By
from reporting.filters import Filters
from reporting.rollups import upkeep
from reporting.rollups.answer import kept_figures
from reporting.rollups.cut_groups import CutGroupQuestion, cut_groups
from reporting.rollups.standing import standing_clearance, standing_counts
from reporting.statistics.clearance import ClearanceQuestion
from reporting.statistics.counts import CountQuestion
from store.engine import open_engine, reading, writing
from store.schema import upgrade
from store.write import Recorder

PAGES_A_COMMIT = 100
LOOKS_A_CRAWL = (2_000, 20_000)
PAGES_TO_READ = 100
URL = "https://sf.taobao.com/item_list.htm?page=1"

STATE = "FROM listing l JOIN observation o ON o.id = l.observation_id"
MONTH = "strftime(CAST(coalesce(o.starts_at, o.ends_at, o.published_at) AS TIMESTAMP) + INTERVAL 8 HOUR, '%Y-%m')"
CUTS = f"""
WITH price AS (
    SELECT listing_id, max(coalesce(asking_price, starting_price)) AS highest FROM observation GROUP BY listing_id
)
SELECT o.city, count(*), count(*) FILTER (coalesce(o.asking_price, o.starting_price) < highest),
       count(*) FILTER (10 * coalesce(o.asking_price, o.starting_price) <= 9 * highest)
{STATE} JOIN price ON price.listing_id = l.id GROUP BY ALL
"""
CLEARANCE = f"""
SELECT o.city || ', ' || coalesce({MONTH}, 'not told') || ', ' || o.round_kind, count(*),
       count(*) FILTER (o.status = 'sold'), count(*) FILTER (o.status = 'failed'),
       count(*) FILTER (o.status = 'withdrawn'), count(*) FILTER (o.status = 'ended')
{STATE} WHERE o.property_kind NOT IN ('loan', 'vehicle') GROUP BY ALL
"""
COUNTS = f"SELECT o.seller_name, count(*) {STATE} GROUP BY ALL"

Cells = set[tuple[Any, ...]]


def print_standing(engine: Engine, parquet: Path, rounds: int) -> None:
    """Ours and DuckDB's in turn.

    Raises:
        RuntimeError: the cells differ, or rollups do not answer.
    """
    import duckdb

    upgrade(engine)
    upkeep.keep(engine, datetime.now(UTC))
    database = duckdb.connect(config={"threads": 2, "memory_limit": "8GB"})
    for table in ("listing", "observation"):
        database.execute(f"CREATE VIEW {table} AS SELECT * FROM '{parquet / table}.parquet'")
    for name, (sql, cells, report) in QUESTIONS.items():
        ratios: dict[str, list[float]] = {"cells": [], "report": [], "all rows": []}
        for _ in range(rounds):
            its, theirs = _timed(lambda sql=sql: set(database.execute(sql).fetchall()))
            mine, ours = _timed_with(engine, cells)
            if ours != theirs:
                raise RuntimeError(f"{name} differ: {len(ours)} cells of ours, {len(theirs)} of DuckDB")
            shown, _ = _timed_with(engine, lambda connection, report=report: _shown(report(connection)))
            whole, _ = _timed_with(engine, lambda connection, report=report: list(report(connection).rows))
            for what, spent in zip(ratios, (mine, shown, whole), strict=True):
                ratios[what].append(its / spent)
        words = f"{name} ({len(ours):,} cells, DuckDB {its:.2f} CPU-s, ours {1000 * mine:.1f} ms): DuckDB / "
        told = ", / ".join(f"{what} {median(found):.0f}" for what, found in ratios.items())
        print(f"{words}{told}  asked at least 20", flush=True)
    database.close()


def _shown(report: Any) -> tuple[Any, Sequence[Any]]:
    table = report.table()
    return table, table.rows[: table.limit]


def print_upkeep(size: int, seed: int) -> None:
    """What keeping rollups takes of reading and recording the pages of a base in order, by the size of crawls.

    First as crawls keep them, which leave few news to the next; at last as reports have it that come after each crawl.
    """
    reading_one = 1e6 * _seconds_to_read()
    for looks_a_crawl, enough in (*((each, upkeep.ENOUGH) for each in LOOKS_A_CRAWL), (LOOKS_A_CRAWL[0], 0)):
        looks, written, kept = _keep_after_crawls(size, seed, looks_a_crawl, enough)
        own, each = 1e6 * kept / looks, 1e6 * written / looks
        when = "crawls" if enough else "crawls and reports"
        print(
            f"upkeep by {when} of {looks_a_crawl:,} of {looks:,} looks that say something new: {own:.1f} microseconds "
            f"a look, {each:.1f} to store it, {reading_one:.1f} to read it: upkeep / store {own / each:.2f}, "
            f"/ ingest (read and store) {own / (each + reading_one):.3f}  asked at most 0.05",
            flush=True,
        )


def _keep_after_crawls(size: int, seed: int, looks_a_crawl: int, enough: int) -> tuple[int, float, float]:
    """How many looks, CPU seconds to store them, and CPU seconds of all upkeeps."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/kept.sqlite")
        upgrade(engine)
        begin_base(engine)
        upkeep.keep(engine, datetime.now(UTC))
        written = kept = 0.0
        looks, since = 0, 0
        recorder, pages = Recorder(), seen_pages(size, seed)
        while batch := _ready(islice(pages, min(PAGES_A_COMMIT, looks_a_crawl // LOOKS_A_PAGE)), seed):
            written += _timed(lambda batch=batch: _record(engine, recorder, batch))[0]
            count = sum(len(said) for _, said in batch)
            looks, since = looks + count, since + count
            if since >= looks_a_crawl:
                kept, since = kept + _timed(lambda: upkeep.keep(engine, datetime.now(UTC), enough))[0], 0
        kept += _timed(lambda: upkeep.keep(engine, datetime.now(UTC)))[0]
        if found := upkeep.problems(engine, datetime.now(UTC)):
            raise RuntimeError("; ".join(found))
        engine.dispose()
    return looks, written, kept


def _seconds_to_read() -> float:
    """CPU seconds to parse and normalize one listing of a list page."""
    reader = next(each for each in all_readers() if each.name == "ali_judicial.list_json")
    with tempfile.TemporaryDirectory() as folder:
        write_list_pages(Path(folder), PAGES_TO_READ)
        pages = [Page(path.read_bytes(), URL, FIRST_DAY, "text/html") for path in Path(folder).iterdir()]
    spent, count = _timed(lambda: sum(_read_listings(page, reader) for page in pages))
    return spent / count


def _read_listings(page: Page, reader: Reader) -> int:
    found = read(page, reader).listings
    for each in found:
        statement_of(each.item, reader, page.observed_at)
    return len(found)


def _ready(pages: Iterator[Seen], seed: int) -> list[tuple[Any, list[tuple[str, str, Any]]]]:
    return [
        (seen.page, [(seen.page.source, listing_of(number, seed).source_id, told) for number, _, told in seen.said])
        for seen in pages
    ]


def _record(engine: Engine, recorder: Recorder, batch: list[tuple[Any, list[tuple[str, str, Any]]]]) -> None:
    with writing(engine) as connection:
        for page, said in batch:
            recorder.record(connection, page, said)
        recorder.settle(connection)


def _kept(connection: Connection, by: By, names: Sequence[str], *, of_homes: bool) -> list[tuple[Any, ...]]:
    found = kept_figures(connection, by, Filters(), of_homes=of_homes)
    if found is None:
        raise RuntimeError("rollups do not answer")
    return found.groups.rows(names)


def _cuts(connection: Connection) -> Cells:
    return set(_kept(connection, By.CITY, ("listings", "cut", "cut_10"), of_homes=False))


def _clearance(connection: Connection) -> Cells:
    names = ("rounds", "sold", "failed", "withdrawn", "unknown")
    return set(_kept(connection, By.CITY_MONTH_ROUND, names, of_homes=True))


def _counts(connection: Connection) -> Cells:
    return set(_kept(connection, By.SELLER, ("listings",), of_homes=False))


QUESTIONS: dict[str, tuple[str, Callable[[Connection], Cells], Callable[[Connection], Any]]] = {
    "price cuts by city": (CUTS, _cuts, lambda connection: cut_groups(connection, CutGroupQuestion())),
    "clearance by city x month x round": (
        CLEARANCE,
        _clearance,
        lambda connection: standing_clearance(connection, ClearanceQuestion(by=By.CITY_MONTH_ROUND)),
    ),
    "counts by seller": (
        COUNTS,
        _counts,
        lambda connection: standing_counts(connection, CountQuestion(by=By.SELLER)),
    ),
}


def _timed_with(engine: Engine, work: Callable[[Connection], Any]) -> tuple[float, Any]:
    with reading(engine) as connection:
        return _timed(lambda: work(connection))


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of this process, with its threads."""
    gc.collect()
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found
