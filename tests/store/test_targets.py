"""The rows of the timetable, in batches of which the last is not full."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Engine

from store.engine import reading, writing
from store.runs import add_sources
from store.targets import ROWS_PER_STATEMENT, Planned, load_targets, put_targets
from store.terms import LookReason, TargetKind

DUE = datetime(2026, 9, 1, tzinfo=UTC)
MANY = 2 * ROWS_PER_STATEMENT + 1


def planned(reason: LookReason) -> Iterator[Planned]:
    """As they come from a reader of rows: one by one."""
    return (Planned("s", TargetKind.LISTING, str(number), None, DUE, reason) for number in range(MANY))


def test_all_that_is_planned_is_noted_once_and_anew_without_losing_its_attempts(engine: Engine):
    with writing(engine) as connection:
        add_sources(connection, {"s": "S"})
        put_targets(connection, planned(LookReason.DAYS_AWAY))
        put_targets(connection, planned(LookReason.LAST_DAY))
    with reading(engine) as connection:
        found = load_targets(connection, "s")
    assert sorted(int(each.source_id) for each in found) == list(range(MANY))
    assert {(each.reason, each.attempts, each.leased_by) for each in found} == {(LookReason.LAST_DAY, 0, None)}
