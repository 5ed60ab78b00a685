"""Small pages and statements for the store's tests, and short ways to write and read them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, text

from store.engine import reading, writing
from store.models import Base
from store.pages import ReadPage
from store.runs import add_sources, open_run
from store.statement import Statement
from store.terms import Currency, PageOutcome
from store.told import Recorded, Refused
from store.write import Recorder
from tests.postgresql_pool import EMPTY

START = datetime(2021, 7, 19, tzinfo=UTC)

Look = tuple[ReadPage, Mapping[str, Statement]]


def statement(**values: Any) -> Statement:
    """What a page of CAIXA might say; prices in centavos."""
    return Statement(**{"currency": Currency.BRL, "raw": '{"words": "as they stood"}', **values})


def make_page(
    observed_at: datetime,
    reader: str = "s.list",
    body: str = "",
    outcome: PageOutcome = PageOutcome.READ,
    source: str = "s",
) -> ReadPage:
    digest = sha256(body.encode()).hexdigest()
    return ReadPage(
        crawl_run_id=1,
        source=source,
        reader=reader,
        url=f"https://s.example/{digest[:8]}",
        observed_at=observed_at,
        recorded_at=observed_at,
        body_sha256=digest,
        content_type="text/html",
        http_status=200,
        archive_file="a.warc.gz",
        archive_offset=0,
        outcome=outcome,
    )


def look(hour: float, said: Mapping[str, Statement], reader: str = "s.list") -> Look:
    """A page seen so many hours after the start, with what it said of each id."""
    return make_page(START + timedelta(hours=hour), reader, f"{hour}{reader}{said}"), said


def begin(engine: Engine) -> None:
    """Two sources and a run."""
    with writing(engine) as connection:
        add_sources(connection, {"s": "S", "t": "T"})
        open_run(connection, "s", {}, START)


def empty_tables(engine: Engine) -> None:
    """Throw away all rows, and the numbers given so far."""
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(EMPTY)
            return
        for table in reversed(Base.metadata.sorted_tables):
            connection.exec_driver_sql(f"DELETE FROM {table.name}")


def record_all(
    engine: Engine, looks: Sequence[Look], pages_per_commit: int = 1, recorder: Recorder | None = None
) -> list[Recorded]:
    """Record the pages in the given order."""
    recorder = recorder or Recorder()
    results = []
    for start in range(0, len(looks), pages_per_commit):
        with writing(engine) as connection:
            results += [record(recorder, connection, *each) for each in looks[start : start + pages_per_commit]]
            recorder.settle(connection)
    return results


def record(
    recorder: Recorder,
    connection: Any,
    page: ReadPage,
    said: Mapping[str, Statement],
    refused: Sequence[Refused] = (),
) -> Recorded:
    """Record one page of which every row is of the page's own source."""
    return recorder.record(connection, page, [(page.source, each, words) for each, words in said.items()], refused)


def rows(engine: Engine, sql: str) -> list[tuple[Any, ...]]:
    """What the database holds, as plain tuples."""
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


OWN = "id", "source", "source_id", "generation", "first_seen_at", "last_seen_at", "last_changed_at"
CURRENT = (
    f"(SELECT {', '.join(f'listing.{name}' for name in OWN)}, {', '.join(Statement._fields)} "
    "FROM listing JOIN observation ON observation.id = observation_id) AS state"
)
"""Every listing with its current state, for queries."""


def history(engine: Engine) -> list[tuple[Any, ...]]:
    """Everything that is kept of listings, under names that do not depend on the order of writing."""
    said = ", ".join(f"{table}.{name}" for table in ("s", "o") for name in Statement._fields if name != "raw")
    return rows(
        engine,
        f"""
        SELECT l.source_id, l.generation, l.first_seen_at, l.last_seen_at, l.last_changed_at, l.last_reader,
               l.last_digest, l.known, l.title_digest, s.digest, o.observed_at, o.reader, o.digest, o.stated, o.raw,
               p.body_sha256, {said}
        FROM listing l JOIN observation s ON s.id = l.observation_id
        JOIN observation o ON o.listing_id = l.id JOIN page p ON p.id = o.page_id
        ORDER BY l.source_id, l.generation, o.observed_at, o.reader, o.digest
        """,
    )
