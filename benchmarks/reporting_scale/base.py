"""The base of the measurements: a database of so many listings and five times as many observations.

It is written straight into the tables, page by page in the order of time, with what ``store.write.Recorder`` would
write (a test compares the two); through the recorder five million observations would take a quarter of an hour. Made
once for each size and seed and kept outside the repository.
"""

from __future__ import annotations  # array is not subscriptable before Python 3.12

import os
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from benchmarks.reporting_scale.market import FIRST_DAY, SOURCES, listing_of, looks_of, said_at
from store.bulk import insert_rows
from store.engine import open_engine, writing
from store.fold import stated_bits
from store.looks import digest_of, pack
from store.pages import PAGE_COLUMNS, ReadPage, page_row
from store.rows import (
    LISTING,
    LISTING_COLUMNS,
    LOOK_COLUMNS,
    OBSERVATION,
    PAGE,
    known_bits,
    title_digest,
    told_fields,
)
from store.runs import add_sources, open_run
from store.schema import upgrade
from store.statement import Statement
from store.terms import PageOutcome

LOOKS_A_PAGE = 40
PAGES_AT_ONCE = 500
SEED = 5
SHIFTS = (36, 32, 8)
"""A look packed into one number, which sorts as it does: day, source, number of the listing, step."""

Said = tuple[int, int, Statement]
"""Number of the listing, step, statement."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One page with the looks on it."""

    page: ReadPage
    said: list[Said]


def base_folder() -> Path:
    """Where bases are kept: ``FAPAI_BENCH_BASES``, else a folder of its own among the temporary files."""
    named = os.environ.get("FAPAI_BENCH_BASES")
    return Path(named) if named else Path(tempfile.gettempdir()) / "fapai-benchmark-bases"


def sqlite_base(size: int, seed: int = SEED) -> Path:
    """The SQLite file of a base; made where it is not there yet."""
    path = base_folder() / f"base-{size}-{seed}.sqlite"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        engine = open_engine(f"sqlite:///{unfinished}")
        upgrade(engine)
        write_base(engine, size, seed)
        engine.dispose()
        unfinished.rename(path)
    return path


def postgresql_base(server: str, size: int, seed: int = SEED) -> str:
    """The address of the database of a base on a server; made where it is not there yet."""
    name = f"fapai_base_{size}_{seed}"
    admin = open_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    url = admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        found = connection.exec_driver_sql("SELECT datname FROM pg_database").scalars().all()
        if name in found:
            return url
        unfinished = f"{name}_unfinished"
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {unfinished}")
        connection.exec_driver_sql(f"CREATE DATABASE {unfinished}")
        engine = open_engine(admin.url.set(database=unfinished).render_as_string(hide_password=False))
        upgrade(engine)
        write_base(engine, size, seed)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as own:
            own.exec_driver_sql("VACUUM ANALYZE")
        engine.dispose()
        connection.exec_driver_sql(f"ALTER DATABASE {unfinished} RENAME TO {name}")
    return url


def write_base(engine: Engine, size: int, seed: int = SEED) -> None:
    """Write all rows of a base into empty tables."""
    begin_base(engine)
    looks = _sorted_looks(size, seed)
    with writing(engine) as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA cache_size=-400000")
        ids = _write_listings(connection, looks, size, seed)
    pages = _pages(looks, seed)
    first_page = first_observation = 1
    while batch := list(islice(pages, PAGES_AT_ONCE)):
        with writing(engine) as connection:
            _write_pages(connection, batch, ids, first_page, first_observation)
        first_page += len(batch)
        first_observation += sum(len(each.said) for each in batch)
    with writing(engine) as connection:
        _finish(connection)


def begin_base(engine: Engine) -> None:
    """The sources, and the run that all pages are of."""
    with writing(engine) as connection:
        add_sources(connection, {name: name.replace("_", " ") for name in SOURCES})
        open_run(connection, SOURCES[0], {}, FIRST_DAY)


def seen_pages(size: int, seed: int = SEED) -> Iterator[Seen]:
    """The pages of a base in the order of time."""
    return _pages(_sorted_looks(size, seed), seed)


def _sorted_looks(size: int, seed: int) -> array[int]:
    looks = array("q")
    for number in range(size):
        for day, source, _, step in looks_of(listing_of(number, seed)):
            looks.append(day << SHIFTS[0] | source << SHIFTS[1] | number << SHIFTS[2] | step)
    return array("q", sorted(looks))


def _number_and_step(look: int) -> tuple[int, int]:
    return look >> SHIFTS[2] & (1 << SHIFTS[1] - SHIFTS[2]) - 1, look & (1 << SHIFTS[2]) - 1


def _observed_at(look: int, place: int) -> datetime:
    """A page of forty each second from ten o'clock on. ``place``: among the looks of its day and source."""
    return FIRST_DAY + timedelta(days=look >> SHIFTS[0], seconds=place // LOOKS_A_PAGE)


def _pages(looks: Sequence[int], seed: int) -> Iterator[Seen]:
    for head, group in groupby(looks, key=lambda look: look >> SHIFTS[1]):
        source = SOURCES[head & 15]
        together = list(group)
        for place in range(0, len(together), LOOKS_A_PAGE):
            part = together[place : place + LOOKS_A_PAGE]
            said = [
                (number, step, said_at(listing_of(number, seed), step)) for number, step in map(_number_and_step, part)
            ]
            yield Seen(_page(source, _observed_at(part[0], place), place // LOOKS_A_PAGE + 1), said)


def _page(source: str, observed_at: datetime, position: int) -> ReadPage:
    url = f"https://{source.replace('_', '-')}.example/list?page={position}"
    digest = sha256(f"{url} {observed_at}".encode()).hexdigest()
    return ReadPage(
        crawl_run_id=1,
        source=source,
        reader=f"{source}.list",
        url=url,
        observed_at=observed_at,
        recorded_at=observed_at + timedelta(minutes=1),
        body_sha256=digest,
        content_type="text/html",
        http_status=200,
        archive_file="base.warc.gz",
        archive_offset=position,
        outcome=PageOutcome.READ,
    )


def _page_numbers(looks: Sequence[int]) -> tuple[array[int], list[datetime]]:
    """The number of the page of each look, from 0, and when each page was seen."""
    numbers = array("q")
    instants: list[datetime] = []
    place, together = 0, -1
    for look in looks:
        place = place + 1 if look >> SHIFTS[1] == together else 0
        together = look >> SHIFTS[1]
        if place % LOOKS_A_PAGE == 0:
            instants.append(_observed_at(look, place))
        numbers.append(len(instants) - 1)
    return numbers, instants


def _write_listings(connection: Connection, looks: Sequence[int], size: int, seed: int) -> array[int]:
    """Write every listing in its last state, with ids in the order of the first looks; gives them by number."""
    ids, first, last = (array("q", bytes(8 * size)) for _ in range(3))
    order = array("q")
    pages, instants = _page_numbers(looks)
    for position, look in enumerate(looks):
        number, _ = _number_and_step(look)
        if not ids[number]:
            order.append(number)
            ids[number], first[number] = len(order), position
        last[number] = position
    for start in range(0, size, 20_000):
        rows = []
        for number in order[start : start + 20_000]:
            seen = instants[pages[first[number]]], instants[pages[last[number]]]
            rows.append(_listing_row(ids[number], number, seed, seen, last[number] + 1))
        insert_rows(connection, LISTING, LISTING_COLUMNS, rows)
    return ids


def _listing_row(
    listing_id: int, number: int, seed: int, seen: tuple[datetime, datetime], observation_id: int
) -> tuple[Any, ...]:
    listing = listing_of(number, seed)
    told = said_at(listing, listing.look_count - 1)
    first_at, last_at = seen
    head = known_bits(stated_bits(told)), title_digest(told.title)
    state = last_at, last_at, f"{listing.source}.list", digest_of(told), observation_id
    return (listing_id, listing.source, listing.source_id, 1, first_at, *state, *head)


def _write_pages(
    connection: Connection, seen: Sequence[Seen], ids: Sequence[int], first_page: int, first_observation: int
) -> None:
    looks, union = [], 0
    for page_id, each in enumerate(seen, first_page):
        for number, _, told in each.said:
            stated = stated_bits(told)
            union |= stated
            looks.append((ids[number], each.page, page_id, digest_of(told), stated, told))
    by_page = [
        [(listing_id, digest) for listing_id, _, _, digest, *_ in group]
        for _, group in groupby(looks, key=lambda look: look[2])
    ]
    pages = [
        (page_id, *page_row(each.page, len(told), 0, pack(told)))
        for page_id, (each, told) in enumerate(zip(seen, by_page, strict=True), first_page)
    ]
    insert_rows(connection, PAGE, ("id", *PAGE_COLUMNS), pages)
    fields, take = told_fields(union)
    rows = [
        (observation_id, listing_id, page.observed_at, page_id, page.reader, digest, stated, *take(told))
        for observation_id, (listing_id, page, page_id, digest, stated, told) in enumerate(looks, first_observation)
    ]
    insert_rows(connection, OBSERVATION, (*LOOK_COLUMNS, *fields), rows)


def _finish(connection: Connection) -> None:
    """Let the database count on where the base ends."""
    if connection.dialect.name == "postgresql":
        for table in (LISTING, OBSERVATION, PAGE):
            name = table.name
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
            )
