"""Times come out as UTC instants, days as dates, or are refused with their text."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.normalize.times import parse_day, parse_time, read_moment

CHINA = ZoneInfo("Asia/Shanghai")
BRAZIL = ZoneInfo("America/Sao_Paulo")
SEEN = datetime(2026, 8, 31, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (1599703200000, datetime(2020, 9, 10, 2, 0, tzinfo=UTC)),  # Ali list JSON 2020
        (1495332000, datetime(2017, 5, 21, 2, 0, tzinfo=UTC)),  # seconds, records of 2017
        (1599703200000.0, datetime(2020, 9, 10, 2, 0, tzinfo=UTC)),
        ("1599703200000", datetime(2020, 9, 10, 2, 0, tzinfo=UTC)),
        (1599703200123, datetime(2020, 9, 10, 2, 0, 0, 123000, tzinfo=UTC)),
        ("2022年11月8日10:00", datetime(2022, 11, 8, 2, 0, tzinfo=UTC)),
        ("2022年 10月29日10:03", datetime(2022, 10, 29, 2, 3, tzinfo=UTC)),
        ("2017/09/26 10:00:00", datetime(2017, 9, 26, 2, 0, tzinfo=UTC)),
        ("2026-08-31 10:00:00", datetime(2026, 8, 31, 2, 0, tzinfo=UTC)),
        ("2026年05月26日 10:20:46", datetime(2026, 5, 26, 2, 20, 46, tzinfo=UTC)),
        ("2025年11月04日15时", datetime(2025, 11, 4, 7, 0, tzinfo=UTC)),
        ("2025年11月04日15时30分", datetime(2025, 11, 4, 7, 30, tzinfo=UTC)),
        ("2026-10-14T02:00:00.000Z", datetime(2026, 10, 14, 2, 0, tzinfo=UTC)),
        ("2026-10-14T10:00:00+08:00", datetime(2026, 10, 14, 2, 0, tzinfo=UTC)),
        ("09月18日10:00", datetime(2026, 9, 18, 2, 0, tzinfo=UTC)),  # search card 2026-08-31
        ("08月15日 10:00", datetime(2026, 8, 15, 2, 0, tzinfo=UTC)),
        ("今天10:17", datetime(2026, 8, 31, 2, 17, tzinfo=UTC)),  # list card 2026-09-01
        ("明天10:00", datetime(2026, 9, 1, 2, 0, tzinfo=UTC)),
        ("昨天23:30", datetime(2026, 8, 30, 15, 30, tzinfo=UTC)),
        ("民國115年8月1日10:00", datetime(2026, 8, 1, 2, 0, tzinfo=UTC)),
        ("中華民國99年8月1日10時", datetime(2010, 8, 1, 2, 0, tzinfo=UTC)),
        ("２０２２年１１月８日１０：００", datetime(2022, 11, 8, 2, 0, tzinfo=UTC)),
    ],
)
def test_times_become_utc_instants(raw, expected):
    assert parse_time(raw, SEEN, CHINA) == expected


@pytest.mark.parametrize(
    ("seen", "raw", "year"),
    [
        (datetime(2025, 12, 28, tzinfo=UTC), "01月05日10:00", 2026),
        (datetime(2026, 1, 3, tzinfo=UTC), "12月30日10:00", 2025),
        (datetime(2022, 11, 9, tzinfo=UTC), "11月24日10:00", 2022),
        (datetime(2022, 11, 9, tzinfo=UTC), "12月7日10:00", 2022),
        (datetime(2027, 6, 1, tzinfo=UTC), "02月29日10:00", 2028),
    ],
)
def test_a_day_without_a_year_is_the_nearest_one(seen, raw, year):
    assert parse_time(raw, seen, CHINA).year == year


def test_today_is_the_day_of_the_zone_and_not_of_greenwich():
    late = datetime(2026, 8, 30, 17, 0, tzinfo=UTC)  # 01:00 on the 31st in China
    assert parse_time("今天10:17", late, CHINA) == datetime(2026, 8, 31, 2, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2026年08月31日", date(2026, 8, 31)),  # Ali cards of ended lots
        ("2026-07-21", date(2026, 7, 21)),
        ("民國115年8月1日", date(2026, 8, 1)),
        ("115年08月01日", date(2026, 8, 1)),
        ("09月18日", date(2026, 9, 18)),
    ],
)
def test_days_become_dates(raw, expected):
    assert parse_day(raw, SEEN, CHINA) == expected


def test_day_before_month_is_read_only_for_brazil():
    assert parse_day("21/07/2026", SEEN, BRAZIL, day_first=True) == date(2026, 7, 21)
    assert parse_time("21/07/2026 10:00", SEEN, BRAZIL, day_first=True) == datetime(2026, 7, 21, 13, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="21/07/2026"):
        parse_day("21/07/2026", SEEN, CHINA)


@pytest.mark.parametrize(
    "raw",
    [
        "2026年13月01日10:00",
        "2026年02月31日10:00",
        "02月30日10:00",
        "2026-08-31 25:00:00",
        "2026-08-31 10:61:00",
        "1999年08月31日10:00",
        "民國10年8月1日10:00",
        "2101-01-01 10:00",
        "22年11月8日10:00",
        "08/15 10:00",
        "08-15 10:00",
        "20260831",
        "3天后",
        "",
        0,
        -5,
        10**15,
        10**30,
        True,
        1.5,
        float("inf"),
    ],
)
def test_impossible_and_unknown_times_are_refused_with_their_text(raw):
    with pytest.raises(ValueError, match=r"time|year") as refused:
        read_moment(raw, SEEN, CHINA)
    assert str(raw)[:10] in str(refused.value)


def test_a_day_is_no_time_and_a_time_is_no_day():
    with pytest.raises(ValueError, match="without a time"):
        parse_time("2026年08月31日", SEEN, CHINA)
    with pytest.raises(ValueError, match="a day was expected"):
        parse_day("2026-08-31 10:00", SEEN, CHINA)


@given(st.integers(946_800_000, 4_133_900_000))
def test_times_survive_formatting_and_parsing(second):
    at = datetime.fromtimestamp(second, UTC)
    local = at.astimezone(CHINA)
    assert parse_time(f"{local:%Y年%m月%d日%H:%M:%S}", SEEN, CHINA) == at
    assert parse_time(f"{local:%Y-%m-%d %H:%M:%S}", SEEN, CHINA) == at
    assert parse_time(second * 1000, SEEN, CHINA) == at
