"""When collected pages were taken: instants where they are told, days where not."""

from datetime import UTC, date, datetime

import pytest

from crawler.parsers.ali_judicial.taken import taken_at


@pytest.mark.parametrize(
    ("stamps", "at"),
    [
        (["2026-08-27T06:52:05.348Z", "2026-08-27T06:40:00.000Z"], datetime(2026, 8, 27, 6, 52, 5, 348_000, UTC)),
        (["2026-08-28T18:32:36+08:00 (start time)"], datetime(2026, 8, 28, 10, 32, 36, tzinfo=UTC)),
        (["2026-08-28, after 10:45:56 China time"], datetime(2026, 8, 28, 2, 45, 56, tzinfo=UTC)),
        (["2026-08-27 20:00:00"], datetime(2026, 8, 27, 12, tzinfo=UTC)),
        (["2026-08-27", "2026-08-27"], date(2026, 8, 27)),
        (["2026-08-27T06:52:05Z", "2026-08-27"], date(2026, 8, 27)),
        (["2026-08-27", "2026-08-28"], None),
        (["2026-08-27T06:52:05Z", "2026-09-27T06:52:05Z"], None),
        (["2026-13-45T99:00:00Z"], None),
        ([], None),
    ],
)
def test_the_last_instant_counts_and_else_the_day(stamps: list[str], at: datetime | date | None) -> None:
    assert taken_at(stamps) == at
