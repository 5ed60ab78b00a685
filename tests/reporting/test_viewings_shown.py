"""Viewings in the ladder and among what is coming: by the clock of the place, with the sentence that says so."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine

from reporting.buyer.upcoming import Upcoming, UpcomingQuestion, find_upcoming
from reporting.ladder import ladder
from reporting.viewings import Viewing, load_viewings, viewing_words
from store.engine import reading
from store.statement import Fact
from store.terms import Answer, FactKind
from tests.reporting.buyer.buyer_help import court_flat, fact, fill, filters, link, record, table_text

HOME = "福州市闽侯县南屿镇乌龙江南大道58号南屿滨江城49号楼2809单元"
OTHER = "福州市闽侯县荆溪镇龙溪锦城23号楼803单元"
RANGE = "自2026年9月7日起至2026年9月18日17时止接受咨询，有意者请联系统一安排看样"
SHANGHAI = "Asia/Shanghai"
SEEN = datetime(2026, 9, 4, tzinfo=UTC)


def viewing(quote: str = RANGE, answer: Answer = Answer.YES, **times: Any) -> Fact:
    return fact(FactKind.VIEWING, answer, quote, **times)


A_RANGE = viewing(starts_on=date(2026, 9, 7), ends_at=datetime(2026, 9, 18, 9, tzinfo=UTC))
A_DAY = viewing("集中看样时间：2026年9月15日", starts_on=date(2026, 9, 15), ends_on=date(2026, 9, 15))
AN_HOUR = viewing("集中看样时间：2026年9月15日下午14:30点", starts_at=datetime(2026, 9, 15, 6, 30, tzinfo=UTC))
FROM_A_DAY = viewing("2026年9月15日起可看样", starts_on=date(2026, 9, 15))
NOBODY = viewing("本院不组织统一看样，竞买人可自行前往看样", Answer.NO)


def upcoming(engine: Engine, days: int = 30) -> Upcoming:
    with reading(engine) as connection:
        return find_upcoming(connection, UpcomingQuestion(filters(), days))


def told(found: Upcoming) -> list[tuple[str, str]]:
    return [(row.local_time, row.what.value) for row in found.rows]


def test_a_range_is_told_where_it_begins_and_on_its_last_day(engine: Engine) -> None:
    found = upcoming(fill(engine, {"1": (court_flat(HOME, 800_000, deposit=80_000_00), (A_RANGE,))}))
    assert told(found) == [
        ("2026-09-07", "viewing"),
        ("2026-09-18 17:00", "last viewing"),
        ("2026-09-21 10:00", "start"),
        ("2026-09-22 10:00", "end"),
    ]
    assert [row.quote for row in found.rows] == [RANGE, RANGE, None, None]
    assert "viewing: as the notice says, mostly to be booked" in table_text(found)


def test_a_viewing_of_one_day_is_one_row_and_only_within_the_days(engine: Engine) -> None:
    fill(engine, {"1": (court_flat(HOME, 800_000), (A_DAY,)), "2": (court_flat(OTHER, 700_000), (AN_HOUR,))})
    assert told(upcoming(engine, 11)) == [("2026-09-15", "viewing"), ("2026-09-15 14:30", "viewing")]
    assert told(upcoming(engine, 9)) == []


def test_where_nobody_shows_the_home_there_is_no_row(engine: Engine) -> None:
    found = upcoming(fill(engine, {"1": (court_flat(HOME, 800_000), (NOBODY,))}))
    assert [row.what.value for row in found.rows] == ["start", "end"]
    assert "viewing:" not in table_text(found)


def test_the_ladder_quotes_what_the_notice_says_of_viewings(engine: Engine) -> None:
    fill(engine, {"1": (court_flat(HOME, 800_000), (AN_HOUR,))})
    with reading(engine) as connection:
        text = table_text(ladder(connection, "s:1", filters()), 200)
    assert "viewing, 2026-09-15 14:30: “集中看样时间：2026年9月15日下午14:30点” (s:1, seen 2026-09-04 12:00)" in text


def test_what_a_later_look_says_of_viewings_replaces_what_was_said(engine: Engine) -> None:
    fill(engine, {"1": (court_flat(HOME, 800_000), (A_RANGE, A_DAY))})
    record(engine, {"1": (court_flat(HOME, 790_000), (AN_HOUR,))}, days=1)
    link(engine)
    with reading(engine) as connection:
        (now,) = load_viewings(connection, [1])[1]
        first, second = load_viewings(connection, [1], datetime(2026, 9, 5, tzinfo=UTC))[1]
    assert (now.begins, now.ends, now.quote) == (AN_HOUR.starts_at, None, AN_HOUR.quote)
    assert (first.begins, first.ends) == (A_RANGE.starts_on, A_RANGE.ends_at)
    assert (second.begins, second.ends) == (A_DAY.starts_on, A_DAY.ends_on)


def test_the_words_of_a_viewing_tell_its_bounds_or_that_there_is_none() -> None:
    first, last = date(2026, 9, 7), datetime(2026, 9, 18, 9, tzinfo=UTC)
    words = {
        (Answer.YES, first, last): "2026-09-07 to 2026-09-18 17:00",
        (Answer.YES, first, first): "2026-09-07",
        (Answer.YES, first, None): "from 2026-09-07 on",
        (Answer.YES, last, None): "2026-09-18 17:00",
        (Answer.YES, None, last): "until 2026-09-18 17:00",
        (Answer.YES, None, None): "no certain day",
        (Answer.NO, None, None): "nobody shows it",
        (Answer.NOT_KNOWN, None, None): "not known",
    }
    assert {key: viewing_words(Viewing(*key, "", SEEN), SHANGHAI) for key in words} == words
