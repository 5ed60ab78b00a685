"""How the sources stand is counted anew for a small database, and once a minute for a large one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from reporting.health import HealthReport
from reporting.web.kept_health import HealthKeeper
from store.engine import reading

NOW = datetime(2026, 9, 5, tzinfo=UTC)


@pytest.fixture
def connection(recorded_engine: Engine) -> Iterator[Connection]:
    with reading(recorded_engine) as opened:
        yield opened


@pytest.mark.parametrize(("listings", "counted"), [(10, 3), (11, 2)])
def test_a_large_database_is_counted_once_a_minute(connection: Connection, listings: int, counted: int):
    asked: list[datetime] = []

    def count(_connection: Connection, now: datetime) -> HealthReport:
        asked.append(now)
        return HealthReport(())

    keeper = HealthKeeper(count, small=10)
    for seconds in (0, 60, 61):
        assert keeper.health(connection, listings, NOW + timedelta(seconds=seconds)).rows == ()
    assert len(asked) == counted
    assert asked[-1] == NOW + timedelta(seconds=61)
