"""Rows as the driver gives them come all and in their order, however many there are."""

import pytest
from sqlalchemy import Engine, select
from store_help import begin, look, record_all, statement

from store import read
from store.engine import reading
from store.read import driver_rows
from store.rows import LISTING


@pytest.mark.parametrize("count", range(8))
def test_parts_together_are_all_rows(engine: Engine, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(read, "ROWS_PER_FETCH", 3)
    begin(engine)
    record_all(engine, [look(0, {str(number): statement(title="Casa") for number in range(count)})])
    with reading(engine) as connection:
        query = select(LISTING.c.source_id).order_by(LISTING.c.id)
        parts = [list(part) for part in driver_rows(connection, query)]

        assert [row[0] for part in parts for row in part] == [str(number) for number in range(count)]
        assert all(len(part) <= 3 for part in parts)
        assert connection.execute(query).all() == [row for part in parts for row in part], "nothing is left open"


def test_whoever_asks_for_no_more_leaves_nothing_open(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "ROWS_PER_FETCH", 1)
    begin(engine)
    record_all(engine, [look(0, {str(number): statement(title="Casa") for number in range(4)})])
    with reading(engine) as connection:
        parts = driver_rows(connection, select(LISTING.c.source_id).order_by(LISTING.c.id))
        assert list(next(parts)) == [("0",)]
        parts.close()  # type: ignore[attr-defined]

        assert len(connection.execute(select(LISTING.c.id)).all()) == 4
