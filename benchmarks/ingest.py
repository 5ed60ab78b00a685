"""The store's writing against the raw driver: the same rows into the same tables, in turn.

Insert: pages of 500 new listings through ``Recorder`` against ``executemany`` (SQLite) or binary COPY (PostgreSQL) of
ready-made rows for ``listing`` and ``observation``. Change-detecting write: the tables loaded, then a stream of 60 %
unchanged, 20 % changed and 20 % new listings, against a map of digests in memory that writes only what changed. Both
sides get the same statements: both digest each, look it up, and turn what they write into what the driver takes. That
floor keeps no pages, no ``last_seen_at``, and no value that a page leaves out; a second floor also does what a tracker
must: it reads the state before a change and notes when unchanged listings were seen.
CPU of this process, and for PostgreSQL that of its server process too (FAPAI_TEST_POSTGRESQL names the server).
"""

import argparse
import gc
import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine

from store.bulk import driver_query, insert_rows, prepare_rows, update_integers, update_rows
from store.engine import open_engine, writing
from store.looks import digest_of
from store.pages import ReadPage
from store.rows import LISTING, LISTING_COLUMNS, LISTING_UPDATES, OBSERVATION, OBSERVATION_COLUMNS
from store.runs import add_sources, open_run
from store.schema import upgrade
from store.statement import FIELDS, Statement, Words
from store.terms import Currency, PageOutcome, PropertyKind, RoundKind, RoundStatus, SellerKind
from store.told import Unread
from store.write import Recorder

BATCH = 500
PER_COMMIT = 10  # batches
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
AGAIN = FIRST + timedelta(days=1)
TARGETS = {"sqlite": {"insert": 1.5, "write": 1.3}, "postgresql": {"insert": 2.0, "write": 1.3}}

Said = tuple[str, int, Statement]
"""The source's own id, digest, statement."""


def main() -> None:
    """Print each round and the medians of the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    base = [_said(serial, 0) for serial in range(options.rows)]
    stream = _stream(base, options.rows)
    width = f"{len(LISTING_COLUMNS)} + {len(OBSERVATION_COLUMNS)} columns"
    print(f"{options.rows:,} rows of {width}; CPU microseconds a row", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        _compare("sqlite", lambda: _fresh_sqlite(Path(folder)), base, stream, options.rounds)
    server = os.environ.get("FAPAI_TEST_POSTGRESQL")
    if server:
        _compare("postgresql", lambda: _fresh_postgresql(server), base, stream, options.rounds)
    else:
        print("postgresql: not measured, FAPAI_TEST_POSTGRESQL names no server")


def _compare(name: str, fresh: Callable[[], Engine], base: Sequence[Said], stream: Sequence[Said], rounds: int) -> None:
    heads = {key: (position + 1, digest) for position, (key, digest, _) in enumerate(base)}
    measured = [_round(name, fresh, base, stream, heads) for _ in range(rounds)]
    asked = TARGETS[name]
    for what, floor, target in (
        ("insert", "raw insert", f"asked at most {asked['insert']}"),
        ("write", "raw write", f"asked at most {asked['write']}"),
        ("write", "raw write, same duties", ""),
    ):
        values = [each[f"our {what}"] / each[floor] for each in measured]
        print(f"{name}: our {what} / {floor:24} {median(values):.2f} ({min(values):.2f}-{max(values):.2f}) {target}")


def _round(
    name: str,
    fresh: Callable[[], Engine],
    base: Sequence[Said],
    stream: Sequence[Said],
    heads: dict[str, tuple[int, int]],
) -> dict[str, float]:
    ours, floor, dutiful = fresh(), fresh(), fresh()
    recorder = Recorder()
    first = _ready_pages([(key, _ready(digest, words)) for key, digest, words in base], FIRST)
    second = _ready_pages([(key, words) for key, _, words in stream], AGAIN)
    ready = _ready_rows(floor, base)
    _insert_raw(dutiful, ready)
    gc.collect()
    gc.freeze()  # the benchmark's own data is nobody's work
    figures = {
        "raw insert": _timed(floor, lambda: _insert_raw(floor, ready)) / len(base),
        "our insert": _timed(ours, lambda: _record(ours, first, recorder)) / len(base),
        "raw write": _timed(floor, lambda: _write_raw(floor, heads, stream)) / len(stream),
        "raw write, same duties": _timed(dutiful, lambda: _write_raw(dutiful, heads, stream, has_duties=True))
        / len(stream),
        "our write": _timed(ours, lambda: _record(ours, second, recorder)) / len(stream),
    }
    print(f"{name}: " + "  ".join(f"{word} {figure * 1e6:.1f}" for word, figure in figures.items()), flush=True)
    _check_equal(ours, floor)
    for engine in (ours, floor, dutiful):
        engine.dispose()
    return figures


def _said(serial: int, version: int) -> Said:
    chance = random.Random(serial * 31 + version)
    price = chance.randrange(10_000_000, 900_000_000)
    statement = Statement(
        title=f"安徽省合肥市瑶海区武里山路{serial % 900}号天街商业中心{serial % 40}幢{serial % 3300}室",
        url=f"https://sf-item.taobao.com/sf_item/{625_000_000_000 + serial}.htm",
        property_kind=PropertyKind.FLAT,
        round_kind=RoundKind.FIRST_AUCTION,
        status=RoundStatus.UPCOMING,
        seller_name="合肥市瑶海区人民法院",
        seller_kind=SellerKind.COURT,
        region_code="340102",
        city="合肥市",
        district="瑶海区",
        currency=Currency.CNY,
        starting_price=price,
        current_price=price,
        appraisal_price=price * 10 // 7,
        starts_at=FIRST + timedelta(minutes=serial),
        ends_at=FIRST + timedelta(days=1, minutes=serial),
        floor_area=chance.randrange(3_000, 30_000),
        bid_count=0,
        applicant_count=version,
        is_loan_offered=True,
        image_url=f"https://img.alicdn.com/bao/uploaded/i2/TB1{serial:024x}",
        raw=f'{{"bidCount":0,"consultPrice":{price},"currentPrice":{price},"sellOff":false,"status":"todo"}}',
    )
    return str(625_000_000_000 + serial), digest_of(statement), statement


def _stream(base: Sequence[Said], rows: int) -> list[Said]:
    chance = random.Random(5)
    serials = chance.sample(range(rows), rows * 8 // 10)
    unchanged = [base[serial] for serial in serials[: rows * 6 // 10]]
    changed = [_said(serial, 1) for serial in serials[rows * 6 // 10 :]]
    new = [_said(rows + serial, 0) for serial in range(rows * 2 // 10)]
    stream = unchanged + changed + new
    chance.shuffle(stream)
    return stream


def _batches(rows: Sequence[Any]) -> list[list[Sequence[Any]]]:
    """Batches, as many in a transaction on either side."""
    cut = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
    return [cut[start : start + PER_COMMIT] for start in range(0, len(cut), PER_COMMIT)]


def _record(engine: Engine, batches: Sequence[Sequence[tuple[ReadPage, Any]]], recorder: Recorder) -> None:
    for transaction in batches:
        with writing(engine) as connection:
            for page, rows in transaction:
                recorder.record(connection, page, rows)
            recorder.settle(connection)


def _ready(digest: int, words: Statement) -> Unread:
    """Words as the crawler hands them over: with their digest."""
    return Unread(digest, lambda: Words(words))


def _ready_pages(said: Sequence[tuple[str, Any]], at: datetime) -> list[list[tuple[ReadPage, Any]]]:
    """Pages with their rows, made outside the clock."""
    pages = []
    for number, batch in enumerate(said[start : start + BATCH] for start in range(0, len(said), BATCH)):
        url, sha256 = f"https://s.example/{number}", f"{number:064x}"
        page = ReadPage(1, "s", "s.list", url, at, at, sha256, "", 200, "", 0, PageOutcome.READ)
        pages.append((page, [("s", key, words) for key, words in batch]))
    return [pages[start : start + PER_COMMIT] for start in range(0, len(pages), PER_COMMIT)]


def _insert_raw(engine: Engine, rows: Sequence[tuple[Any, Any]]) -> None:
    for transaction in _batches(rows):
        with writing(engine) as connection:
            for batch in transaction:
                _insert(connection, batch)


def _write_raw(
    engine: Engine, known: dict[str, tuple[int, int]], said: Sequence[Said], *, has_duties: bool = False
) -> None:
    """A map of digests: nothing for what did not change, an update and a row of history for what did."""
    heads = dict(known)
    next_id = next_row = len(known) + 1
    for transaction in _batches(said):
        with writing(engine) as connection:
            for batch in transaction:
                new, changed, seen = [], [], []
                for key, _, words in batch:
                    head = heads.get(key)
                    digest = digest_of(words)
                    if head is None:
                        heads[key] = (next_id, digest)
                        new.append((next_id, key, digest, words))
                        next_id += 1
                    elif head[1] != digest:
                        heads[key] = (head[0], digest)
                        changed.append((head[0], key, digest, words))
                    else:
                        seen.append(head[0])
                if has_duties:
                    _read_states(connection, changed)
                    _move_last_seen(connection, seen)
                rows = _converted(connection, [*new, *changed], next_row, AGAIN)
                next_row += len(rows)
                _insert(connection, rows[: len(new)])
                _update(connection, [listing for listing, _ in rows[len(new) :]])
                observations = [observation for _, observation in rows[len(new) :]]
                insert_rows(connection, OBSERVATION, OBSERVATION_COLUMNS, observations, is_prepared=True)


def _read_states(connection: Connection, changed: Sequence[tuple[int, str, int, Statement]]) -> None:
    listed = ",".join(str(listing_id) for listing_id, *_ in changed)
    sql = f"SELECT * FROM listing JOIN observation ON observation.id = observation_id WHERE listing.id IN ({listed})"
    driver_query(connection, sql, ())


def _move_last_seen(connection: Connection, ids: Sequence[int]) -> None:
    ((instant,),) = prepare_rows(connection, LISTING, ("last_seen_at",), [(AGAIN,)])
    if ids:
        listed = ",".join(map(str, ids))
        driver_query(connection, f"UPDATE listing SET last_seen_at = ? WHERE id IN ({listed})", (instant,))


def _update(connection: Connection, listings: Sequence[Any]) -> None:
    """By the fastest way that is known of each database."""
    if connection.dialect.name == "sqlite":
        updates = [(*listing[5:], listing[0]) for listing in listings]
        update_rows(connection, LISTING, "id", LISTING_UPDATES, updates, is_prepared=True)
    elif listings:
        shared = dict(zip(LISTING_UPDATES, listings[0][5:8], strict=False))
        numbers = [(*listing[8:], listing[0]) for listing in listings]
        update_integers(connection, LISTING, "id", shared, LISTING_UPDATES[3:], numbers)


def _insert(connection: Connection, rows: Sequence[tuple[Any, Any]]) -> None:
    insert_rows(connection, LISTING, LISTING_COLUMNS, [listing for listing, _ in rows], is_prepared=True)
    insert_rows(connection, OBSERVATION, OBSERVATION_COLUMNS, [row for _, row in rows], is_prepared=True)


def _converted(
    connection: Connection, said: Sequence[tuple[int, str, int, Statement]], next_row: int, at: datetime
) -> list[tuple[Any, Any]]:
    """Rows of listing and observation as the driver takes them."""
    ((instant,),) = prepare_rows(connection, LISTING, ("last_seen_at",), [(at,)])
    ready = prepare_rows(connection, OBSERVATION, FIELDS, [words for *_, words in said])
    return [
        (
            (listing_id, "s", key, 1, instant, instant, instant, "s.list", digest, row, 0, 0),
            (row, listing_id, instant, 1, "s.list", digest, 0, *words),
        )
        for row, (listing_id, key, digest, _), words in zip(count(next_row), said, ready)
    ]


def _ready_rows(engine: Engine, said: Sequence[Said]) -> list[tuple[Any, Any]]:
    """Rows of listing and observation, made outside the clock."""
    numbered = [(listing_id, *each) for listing_id, each in enumerate(said, 1)]
    with engine.connect() as connection:
        return _converted(connection, numbered, 1, FIRST)


def _fresh_sqlite(folder: Path) -> Engine:
    engine = open_engine(f"sqlite:///{folder / f'{time.monotonic_ns()}.sqlite'}")
    return _prepared(engine)


def _fresh_postgresql(server: str) -> Engine:
    name = f"bench_{time.monotonic_ns()}"
    admin = open_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return _prepared(open_engine(admin.url.set(database=name).render_as_string(hide_password=False)))


def _prepared(engine: Engine) -> Engine:
    """Tables, a source, a run and a page for the floor's rows to point to."""
    upgrade(engine)
    with writing(engine) as connection:
        add_sources(connection, {"s": "S"})
        open_run(connection, "s", {}, FIRST)
        url, outcome = "https://s.example/", PageOutcome.EMPTY
        page = ReadPage(1, "s", "s.list", url, FIRST, FIRST, "0" * 64, "", 200, "", 0, outcome)
        Recorder().record(connection, page, [])
    return engine


def _timed(engine: Engine, work: Callable[[], None]) -> float:
    """CPU seconds of this process and of the server process behind its connection."""
    server = _server_pid(engine)
    before = time.process_time() + _cpu_of(server)
    work()
    return time.process_time() + _cpu_of(server) - before


def _server_pid(engine: Engine) -> int | None:
    if engine.dialect.name != "postgresql":
        return None
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def _cpu_of(pid: int | None) -> float:
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _check_equal(ours: Engine, floor: Engine) -> None:
    """Both have written the same, before any speed is believed."""
    sql = (
        "SELECT count(*), count(DISTINCT listing_id), sum(starting_price), sum(applicant_count), max(observed_at) "
        "FROM observation"
    )
    found = []
    for engine in (ours, floor):
        with engine.connect() as connection:
            found.append(tuple(connection.exec_driver_sql(sql).one()))
    if found[0] != found[1]:
        raise RuntimeError(f"ours and the floor differ: {found}")


if __name__ == "__main__":
    main()
