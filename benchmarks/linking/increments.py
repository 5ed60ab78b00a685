"""Linking after a crawl, against a base that is linked already: ``python -m benchmarks.linking.increments SIZE``.

A database of made-up listings is linked from nothing. Then two crawls: listings of the base with another price and
state, one in five of them with other days too; and new listings, drawn among all, so that most are of homes or at least
of estates that the base knows. Before these are stored they are matched (``tracking.match``): read, looked up, compared
and decided, as a linker does that only finds pairs. CPU is that of the process (SQLite runs in it). Prints one JSON object.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.linking.generate import generate
from benchmarks.linking.measure import peak_mb
from store.engine import open_engine, reading, writing
from store.pages import ReadPage
from store.runs import add_sources, open_run
from store.schema import upgrade
from store.statement import Statement
from store.terms import PageOutcome, RoundStatus
from store.write import Recorder
from tracking.keys import collector_at_rest
from tracking.link_rows import Linking
from tracking.linking import link_database
from tracking.match import match_offers
from tracking.offers import STATE, Offer, offer_of

ROWS_PER_PAGE = 2_000
MATCHINGS = 5
START = datetime(2026, 9, 1, tzinfo=UTC)
SOURCE = "made_up"

Row = tuple[str, str, Statement]


@dataclass
class Increments:
    """CPU seconds: of linking the base from nothing, what changed and what is new against it, and of matching the new.

    The last in a process of its own, several times.
    """

    base: int
    count: int
    rebuild_cpu: float
    changed_cpu: float
    match_cpu: list[float]  # of several rounds
    new_cpu: float
    looked_at: tuple[int, int]  # listings that were linked again with what changed, and with what is new
    peak_mb: int


def measure_increments(base: int, count: int, seed: int) -> Increments:
    """Link a base, then so many changed and so many new listings."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder, 'base.sqlite')}")
        upgrade(engine)
        with writing(engine) as connection:
            add_sources(connection, {SOURCE: SOURCE})
            open_run(connection, SOURCE, {}, START)
        every = (base + count) // count
        _record(engine, 0, (row for number, row in _rows(base + count, seed) if number % every))
        rebuild_cpu, _ = _link(engine)
        changed = (
            (source, name, _change(said, number))
            for number, (source, name, said) in _rows(base + count, seed)
            if number % every == 1
        )
        _record(engine, 1, changed)
        changed_cpu, of_changed = _link(engine)
        new = [row for number, row in _rows(base + count, seed) if number % every == 0]
        match_cpu = _match_alone(str(engine.url), new)
        _record(engine, 2, new)
        new_cpu, of_new = _link(engine)
        engine.dispose()
    looked_at = (of_changed.listings, of_new.listings)
    return Increments(base, count, rebuild_cpu, changed_cpu, match_cpu, new_cpu, looked_at, peak_mb())


def _link(engine: Engine) -> tuple[float, Linking]:
    started = time.process_time()
    with writing(engine) as connection:
        done = link_database(connection, START)
    return time.process_time() - started, done


def _match_alone(url: str, listings: Sequence[Row]) -> list[float]:
    """CPU seconds of matching, time and again, in a process that did nothing before: as ``fapai link match`` does."""
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:
        return alone.submit(_match, url, listings).result()


def _match(url: str, listings: Sequence[Row]) -> list[float]:
    engine = open_engine(url)
    found = []
    with reading(engine) as connection:
        for _ in range(MATCHINGS):
            started = time.process_time()
            with collector_at_rest():
                for _ in match_offers(connection, (offer_of(*names, said, START) for *names, said in listings)):
                    pass
            found.append(round(time.process_time() - started, 3))
    return found


def _rows(size: int, seed: int) -> Iterator[tuple[int, Row]]:
    """Numbers, ids and words of made-up listings."""
    for row in generate(size, seed):
        told = dict(zip(Offer._fields, row.state, strict=False))
        yield (
            row.state[0],
            (
                told["source"],
                told["source_id"],
                Statement(**{name: told[name] for name in STATE}),
            ),
        )


def _change(said: Statement, number: int) -> Statement:
    """The next look: cheaper and failed, and of one in five the sale put off."""
    cheaper = said._replace(
        asking_price=said.asking_price and said.asking_price * 9 // 10,
        current_price=said.starting_price,
        status=RoundStatus.FAILED if said.status is not RoundStatus.FAILED else RoundStatus.SOLD,
    )
    if number % 5 or said.starts_at is None or said.ends_at is None:
        return cheaper
    later = timedelta(days=30)
    return cheaper._replace(starts_at=said.starts_at + later, ends_at=said.ends_at + later)


def _record(engine: Engine, day: int, rows: Iterable[Row]) -> None:
    recorder = Recorder()
    arriving = iter(rows)
    number = 0
    while batch := list(islice(arriving, ROWS_PER_PAGE)):
        number += 1
        with writing(engine) as connection:
            add_sources(connection, {source: source for source, _, _ in batch})
            page = _page(START + timedelta(days=day, seconds=number), f"{day}-{number}")
            recorder.record(connection, page, batch, ())
            recorder.settle(connection)


def _page(at: datetime, name: str) -> ReadPage:
    return ReadPage(
        crawl_run_id=1,
        source=SOURCE,
        reader=f"{SOURCE}.list",
        url=f"https://{SOURCE}.example/{name}",
        observed_at=at,
        recorded_at=at,
        body_sha256=sha256(name.encode()).hexdigest(),
        content_type="text/html",
        http_status=200,
        archive_file="a.warc.gz",
        archive_offset=0,
        outcome=PageOutcome.READ,
    )


def main() -> None:
    """One run; the figures as JSON on standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", type=int)
    parser.add_argument("--count", type=int, default=10_000, help="changed listings, and new ones")
    parser.add_argument("--seed", type=int, default=4)
    options = parser.parse_args()
    json.dump(asdict(measure_increments(options.base, options.count, options.seed)), sys.stdout)


if __name__ == "__main__":
    main()
