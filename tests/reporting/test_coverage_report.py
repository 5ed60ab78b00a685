"""Coverage: what was stated and collected on each day, where nobody looked, and where a source refused."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine
from store_help import START, begin, look, make_page, record_all, statement

from reporting.choices import Detail
from reporting.coverage import CoverageQuestion, CoverageReport, CoveredDay, State, coverage
from reporting.filters import parse_filters
from reporting.render import Format, render
from reporting.statistics.looks import look_days
from store.engine import reading, writing
from store.manners import add_coverage
from store.runs import close_run, open_run
from store.terms import PageOutcome, RunVerdict
from store.told import Refused
from store.write import Recorder

HEFEI, FUZHOU = statement(city="合肥市"), statement(city="福州")


def ask(engine: Engine, by: Detail = Detail.SOURCE, **words: Any) -> CoverageReport:
    with reading(engine) as connection:
        return coverage(connection, CoverageQuestion(parse_filters(**words), by))


def told(rows: Sequence[CoveredDay]) -> list[tuple[str, int, State, int | None]]:
    """Month and day, how many days, the state, and what was collected."""
    return [(f"{row.day:%m-%d}", row.days, row.state, row.collected) for row in rows]


def text_of(report: CoverageReport) -> str:
    stream = io.StringIO()
    render(report, Format.TABLE, stream, width=200)
    return stream.getvalue()


def crawl(
    engine: Engine,
    day: int,
    said: dict[str, Any],
    *,
    queries: Sequence[tuple[int | None, int, str | None]] = (),
    verdict: RunVerdict = RunVerdict.OK,
    outcome: PageOutcome = PageOutcome.READ,
    reason: str | None = None,
    pages: bool = True,
    **scope: Any,
) -> None:
    """A crawl so many days after the start, with one page."""
    at = START + timedelta(days=day)
    with writing(engine) as connection:
        run = open_run(connection, "s", {"kind": "crawl", "cities": [], "max_pages": None, **scope}, at)
        add_coverage(connection, run, [({"url": f"https://s.example/{n}"}, *told) for n, told in enumerate(queries)])
        close_run(connection, run, at, verdict, reason, {})
    if pages:
        page = replace(make_page(at, body=f"{day}{said}{scope}", outcome=outcome), crawl_run_id=run)
        record_all(engine, [(page, said)])


def homes(count: int, words: Any = HEFEI, first: int = 0) -> dict[str, Any]:
    return {str(number): words for number in range(first, first + count)}


# Real days: CAIXA 2021 --------------------------------------------------------------------------------------------


def test_days_without_a_look_are_gaps_and_a_failed_file_is_not_an_empty_one(caixa: Engine) -> None:
    """Nine days of lists; on 2021-08-08 none of the three files has a row."""
    report = ask(caixa)
    gaps = [f"{row.day:%m-%d} {row.until:%m-%d} {row.days}" for row in report.rows if row.state is State.GAP]
    assert gaps == [
        "07-20 07-27 8",
        "07-29 08-03 6",
        "08-05 08-07 3",
        "08-09 08-09 1",
        "08-11 08-11 1",
        "08-13 08-18 6",
        "08-20 09-04 16",
        "09-06 09-11 6",
    ]
    (outage,) = (row for row in report.rows if row.day == date(2021, 8, 8))
    assert (outage.state, outage.collected) == (State.EMPTY, 0)


def test_every_listing_seen_on_a_day_is_counted_once(caixa: Engine, caixa_rows: list[dict[str, str]]) -> None:
    wanted = {}
    for row in caixa_rows:
        wanted.setdefault(date.fromisoformat(row["day"]), set()).add(row["id"])
    found = {row.day: row.collected for row in ask(caixa).rows if row.collected}
    assert found == {day: len(ids) for day, ids in wanted.items()}


def test_cities_of_a_day_add_up_to_the_source(caixa: Engine) -> None:
    whole = {row.day: row.collected for row in ask(caixa).rows if row.collected}
    by_city: dict[date, int] = {}
    for row in ask(caixa, Detail.CITY).rows:
        by_city[row.day] = by_city.get(row.day, 0) + (row.collected or 0)
    assert {day: count for day, count in by_city.items() if count} == whole


# Days made to show one thing ---------------------------------------------------------------------------------------


def test_a_crawl_that_brought_what_was_stated_is_complete_and_one_that_did_not_is_short(engine: Engine) -> None:
    begin(engine)
    crawl(engine, 0, homes(3), queries=[(3, 3, None)])
    crawl(engine, 1, homes(3), queries=[(80, 3, "not paged to its end")])
    crawl(engine, 2, homes(3), queries=[(None, 3, None)])
    rows = ask(engine).rows
    assert told(rows) == [
        ("07-19", 1, State.COMPLETE, 3),
        ("07-20", 1, State.SHORT, 3),
        ("07-21", 1, State.UNSTATED, 3),
    ]
    assert [(row.stated, row.missing, row.why) for row in rows] == [
        (3, 0, None),
        (80, 77, "not paged to its end"),
        (None, None, None),
    ]


def test_a_query_that_was_split_does_not_count_beside_its_parts(engine: Engine) -> None:
    begin(engine)
    queries = [(9_000, 40, "asked for again in 2 parts"), (4, 4, None), (5, 5, None)]
    crawl(engine, 0, homes(9), queries=queries)
    (row,) = ask(engine).rows
    assert (row.state, row.stated, row.missing) == (State.COMPLETE, 9, 0)


def test_two_crawls_of_one_day_do_not_state_twice_as_much(engine: Engine) -> None:
    begin(engine)
    crawl(engine, 0, homes(3), queries=[(3, 3, None)])
    crawl(engine, 0.2, homes(4), queries=[(4, 4, None)])
    crawl(engine, 0.3, homes(2), queries=[(2, 2, None)], cities=["合肥"])
    (row,) = ask(engine).rows
    assert (row.stated, row.collected, row.pages) == (4, 4, 3)


def test_two_weeks_without_a_crawl_are_a_gap_not_zero(engine: Engine) -> None:
    begin(engine)
    crawl(engine, 0, homes(3), queries=[(3, 3, None)])
    crawl(engine, 15, homes(3), queries=[(3, 3, None)])
    report = ask(engine)
    assert told(report.rows)[1] == ("07-20", 14, State.GAP, None)
    assert report.rows[1].until == date(2021, 8, 2)
    assert "s: looked at on 2 of 16 days; gaps on 14" in text_of(report)


def test_a_sudden_fall_is_told_and_is_no_measure_for_the_next_day(engine: Engine) -> None:
    begin(engine)
    for day, count in enumerate((12, 5, 5, 6, 2)):
        crawl(engine, day, homes(count))
    rows = ask(engine).rows
    assert [row.state for row in rows] == [State.UNSTATED, State.FALLEN, State.FALLEN, State.UNSTATED, State.FALLEN]
    assert [row.why for row in rows] == [None, "12 on 2021-07-19", "12 on 2021-07-19", None, "6 on 2021-07-22"]


def test_a_blocked_day_is_never_empty(engine: Engine) -> None:
    begin(engine)
    crawl(engine, 0, homes(3), queries=[(3, 3, None)])
    blocked = {"outcome": PageOutcome.BLOCKED, "verdict": RunVerdict.BLOCKED, "reason": "a slider in place of the list"}
    crawl(engine, 1, {}, **blocked)
    row = ask(engine).rows[1]
    assert (row.state, row.collected, row.refused_pages, row.why) == (
        State.BLOCKED,
        None,
        1,
        "a slider in place of the list",
    )
    assert "blocked on 1" in text_of(ask(engine))


def test_a_crawl_that_was_refused_before_its_first_page_is_blocked(engine: Engine) -> None:
    begin(engine)
    crawl(engine, 0, {}, pages=False, verdict=RunVerdict.BLOCKED)
    assert told(ask(engine).rows) == [("07-19", 1, State.BLOCKED, None)]


def test_a_source_that_was_blocked_from_the_start_is_told_of_by_city_too(engine: Engine) -> None:
    begin(engine)
    crawl(engine, 0, {}, verdict=RunVerdict.LOGIN_REQUIRED, outcome=PageOutcome.LOGIN_REQUIRED)
    assert [(row.city, row.state) for row in ask(engine, Detail.CITY).rows] == [(None, State.BLOCKED)]


def test_a_crawl_without_a_single_page_is_unhealthy_and_not_a_gap(engine: Engine) -> None:
    begin(engine)
    crawl(engine, 0, homes(1))
    crawl(engine, 1, {}, pages=False, verdict=RunVerdict.CRASHED)
    row = ask(engine).rows[1]
    assert (row.state, row.collected, row.why) == (State.UNHEALTHY, None, "crashed")


def test_a_city_that_a_whole_crawl_did_not_show_has_none_and_one_that_was_not_asked_for_is_a_gap(
    engine: Engine,
) -> None:
    begin(engine)
    both = homes(2) | homes(1, FUZHOU, 5)
    crawl(engine, 0, both, queries=[(3, 3, None)])
    crawl(engine, 1, homes(2), queries=[(2, 2, None)])
    crawl(engine, 2, homes(2), queries=[(2, 2, None)], cities=["合肥市"])
    crawl(engine, 3, homes(2), queries=[(900, 2, "not paged to its end")], max_pages=1)
    rows = ask(engine, Detail.CITY, city=["福州市"]).rows
    assert [row.city for row in rows] == ["福州"] * 3
    assert told(rows) == [
        ("07-19", 1, State.COMPLETE, 1),
        ("07-20", 1, State.COMPLETE, 0),
        ("07-21", 2, State.GAP, None),
    ]
    hefei = ask(engine, Detail.CITY, city=["合肥"]).rows
    assert [row.stated for row in hefei] == [None, None, 2, None]  # the number of a whole list is not a city's


def test_captured_pages_count_what_they_show_against_the_one_number_they_state(engine: Engine) -> None:
    begin(engine)
    one, two = look(0, homes(3)), look(1, homes(2, first=3))
    record_all(engine, [(replace(page, stated_count=7), said) for page, said in (one, two)])
    (row,) = ask(engine).rows
    assert (row.state, row.stated, row.collected, row.missing) == (State.SHORT, 7, 5, 2)
    third = look(2, homes(1, first=9))
    record_all(engine, [(replace(third[0], stated_count=40), third[1])])
    (row,) = ask(engine).rows
    assert (row.state, row.stated, row.missing) == (State.UNSTATED, None, None)  # of two lists


def test_what_was_wrong_with_a_page_is_told_on_its_own_day_only(engine: Engine) -> None:
    """A capture of Florida's lists of 2025-01-02, 04 and 07: a row refused in the first, a broken file the last."""
    words = "its parcel is not told, nor that of row 573: other final_judgment_amount, plaintiff_max_bid"
    begin(engine)
    (first, said), second, (third, _) = (look(24 * day, homes(2)) for day in (0, 2, 5))
    broken = replace(third, outcome=PageOutcome.EMPTY_SHELL, reason="only empty objects")
    record_all(engine, [(first, said, [Refused(577, None, words, "")]), second, (broken, {})])
    with writing(engine) as connection:
        close_run(connection, 1, START, RunVerdict.EMPTY_SHELL, words, {})
    rows = [row for row in ask(engine).rows if row.state is not State.GAP]
    assert [(row.state, row.why) for row in rows] == [
        (State.UNSTATED, "rows refused: 1"),
        (State.UNSTATED, None),
        (State.UNHEALTHY, "only empty objects"),
    ]


def test_a_crawl_past_midnight_tells_its_reason_on_the_day_it_ended(engine: Engine) -> None:
    begin(engine)
    with writing(engine) as connection:
        run = open_run(connection, "s", {"kind": "crawl", "cities": [], "max_pages": None}, START)
        close_run(connection, run, START, RunVerdict.BELOW_EXPECTATION, "4 listings, 80 in the last healthy run", {})
    pages = (look(0, homes(2)), look(24, homes(2, first=2)))
    record_all(engine, [(replace(page, crawl_run_id=run), said) for page, said in pages])
    assert [row.why for row in ask(engine).rows] == [None, "4 listings, 80 in the last healthy run"]


def test_as_of_and_since_bound_the_days(engine: Engine) -> None:
    begin(engine)
    for day in (0, 5, 9):
        crawl(engine, day, homes(1))
    found = ask(engine, as_of="2021-07-26", since="2021-07-21").rows
    assert told(found) == [
        ("07-21", 3, State.GAP, None),
        ("07-24", 1, State.UNSTATED, 1),
        ("07-25", 2, State.GAP, None),
    ]


def test_pages_that_were_saved_long_ago_count_for_the_day_they_were_saved(
    recorded: Callable[..., Engine], caixa_looks: list[Any]
) -> None:
    """The run that captured them began later than the day asked for."""
    engine = recorded(caixa_looks)
    assert ask(engine, as_of="2021-07-19").rows[0].collected


def test_a_source_that_was_not_asked_for_is_left_out(engine: Engine) -> None:
    begin(engine)
    crawl(engine, 0, homes(1))
    assert ask(engine, source=["t"]).rows == []


def test_a_table_of_several_sources_is_a_look_at_each_of_them(engine: Engine) -> None:
    """As the tables of a collector in Rio Grande do Sul (2026): CAIXA's homes and those of auction houses."""
    begin(engine)
    recorder = Recorder()
    with writing(engine) as connection:
        for day, others in ((0, ("t1", "t2")), (1, ())):
            rows = [("s", "s1", HEFEI), *(("t", each, FUZHOU) for each in others)]
            recorder.record(connection, make_page(START + timedelta(days=day), body=str(day)), rows, ())
        recorder.settle(connection)
    both = [(row.source, f"{row.day:%m-%d}", row.state, row.collected) for row in ask(engine).rows]
    assert both == [
        ("s", "07-19", State.UNSTATED, 1),
        ("s", "07-20", State.UNSTATED, 1),
        ("t", "07-19", State.UNSTATED, 2),
        ("t", "07-20", State.GAP, None),
    ]
    assert told(ask(engine, source=["t"]).rows) == [("07-19", 1, State.UNSTATED, 2)]
    with reading(engine) as connection:
        assert look_days(connection) == {"s": [date(2021, 7, 19), date(2021, 7, 20)], "t": [date(2021, 7, 19)]}
        assert look_days(connection, START) == {}


def test_the_day_is_that_of_shanghai(engine: Engine) -> None:
    begin(engine)
    late = datetime.fromisoformat("2021-07-19T23:30:00+08:00")
    record_all(engine, [(make_page(late, body=str(n)), homes(1)) for n in range(2)])
    record_all(engine, [(make_page(late + timedelta(hours=1), body="x"), homes(1))])
    assert [(row.day, row.pages) for row in ask(engine).rows] == [(date(2021, 7, 19), 2), (date(2021, 7, 20), 1)]
