"""What a test leaves behind in a PostgreSQL database does not reach the next one."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import URL, Engine, text
from store_help import START, begin

from store.engine import open_engine, writing
from store.runs import open_run
from tests.postgresql_pool import OTHERS_OUT, Pool


@pytest.fixture(scope="module")
def pool(postgresql_server: URL, postgresql_pool: Pool) -> Iterator[Pool]:
    with ExitStack() as opened:
        yield Pool(postgresql_server, postgresql_pool.template, opened)


def opened(url: URL) -> Engine:
    return open_engine(url.render_as_string(hide_password=False))


def first_run(engine: Engine) -> int:
    begin(engine)
    with writing(engine) as connection:
        return open_run(connection, "s", {}, START) - 1  # after that of ``begin``


@pytest.mark.parametrize("more", [0, 2_000], ids=["few", "two megabytes"])
def test_a_database_comes_back_without_rows_counts_from_one_and_has_nobody_else_in_it(pool: Pool, more: int):
    url = pool.take()
    careless = opened(url)
    assert first_run(careless) == 1
    with careless.begin() as connection:
        lines = "SELECT number, repeat('x', 1000), 0 FROM generate_series(1, :more) AS number"
        connection.execute(text(f"INSERT INTO source (name, title, write_count) {lines}"), {"more": more})
    pool.give_back(url)  # with its connection still open
    assert pool.take() == url
    engine = opened(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM source")).scalar() == 0
    assert first_run(engine) == 1
    for each in (careless, engine):
        each.dispose()
    pool.give_back(url)


@pytest.mark.parametrize(
    "change",
    [
        "DROP INDEX {index}",
        "ALTER TABLE listing ADD COLUMN more text",
        "CREATE SCHEMA other CREATE TABLE jobs (id int)",
        "UPDATE alembic_version SET version_num = 'older'",
        "ALTER DATABASE {database} SET timezone = 'Asia/Shanghai'",
    ],
)
def test_a_database_that_is_another_one_now_does_not_come_back(pool: Pool, change: str):
    url = pool.take()
    engine = opened(url)
    with engine.begin() as connection:
        index = connection.execute(
            text("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'ix_%' LIMIT 1")
        ).scalar()
        connection.execute(text(change.format(index=index, database=url.database)))
    engine.dispose()
    pool.give_back(url)
    other = pool.take()
    assert other != url
    pool.give_back(other)


def test_a_database_whose_connections_were_all_ended_does_not_come_back(pool: Pool):
    url = pool.take()
    engine = opened(url)
    with engine.connect() as connection:
        connection.execute(OTHERS_OUT)
    engine.dispose()
    pool.give_back(url)
    other = pool.take()
    assert other != url
    pool.give_back(other)
