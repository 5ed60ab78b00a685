"""What became of rounds and homes: clearance, the funnel, cohorts; counted by hand on small databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from store_help import begin, make_page, record_all, rows

from reporting.attempts import Outcome
from reporting.choices import By
from reporting.filters import parse_filters
from reporting.render import Format
from reporting.statistics.clearance import ClearanceQuestion, clearance
from reporting.statistics.cohort import CohortQuestion, cohort
from reporting.statistics.funnel import FunnelQuestion, Stage, funnel
from reporting.statistics.looks import Run, followed_until, look_days, runs_of
from store.engine import reading
from store.terms import PageOutcome, RoundKind, RoundStatus
from tests.reporting.statistics.statistics_help import (
    DAY_0,
    FIRST,
    LATER,
    SECOND,
    SELL_OFF,
    Said,
    ask,
    figures,
    lot,
    make,
    see,
    text_of,
)

THEN = parse_filters(as_of="2026-06-21")
OUTCOMES = ("rounds", "open", "ended", "sold", "failed", "withdrawn", "suspended", "unknown", "n")


# Clearance --------------------------------------------------------------------------------------------------------


def test_each_round_counts_once_with_its_best_known_result(eight_homes: Engine) -> None:
    """1b is sold though another platform does not say so; 2 failed though its first listing says suspended."""
    found = ask(eight_homes, clearance, ClearanceQuestion(THEN))
    assert figures(found.rows, *OUTCOMES) == {
        "first_auction": (7, 1, 6, 1, 3, 1, 0, 1, 4),
        "second_auction": (2, 0, 2, 1, 1, 0, 0, 0, 2),
        "sell_off": (1, 0, 1, 0, 1, 0, 0, 0, 1),
        "direct_sale": (1, 1, 0, 0, 0, 0, 0, 0, 0),
        None: (1, 0, 1, 0, 0, 0, 0, 1, 0),
    }
    assert str(found.rows[0].coverage_percent) == "66.67"


def test_a_small_cell_says_so_and_gives_no_rate(eight_homes: Engine) -> None:
    found = ask(eight_homes, clearance, ClearanceQuestion(THEN))
    assert {row.rate_percent for row in found.rows} == {None}
    assert {row.remark for row in found.rows} == {"insufficient data"}
    assert "insufficient data: fewer than 10 cases" in text_of(found)


def test_a_result_is_not_known_before_it_was_seen(engine: Engine) -> None:
    """Seen before its start, and sold a week later: in between it is first open, then over with a result unknown."""
    announced = lot(3, FIRST, RoundStatus.UPCOMING)
    sold = announced._replace(status=RoundStatus.SOLD)
    make(engine, [(0, {("s", "1"): announced}), (7, {("s", "1"): sold})], [[("s", "1")]])

    def state(day: str) -> tuple[int, int, int]:
        (row,) = ask(engine, clearance, ClearanceQuestion(parse_filters(as_of=day))).rows
        return row.open, row.unknown, row.sold

    assert state("2026-03-03") == (1, 0, 0)
    assert state("2026-03-07") == (0, 1, 0)
    assert state("2026-03-10") == (0, 0, 1)


def test_the_chain_of_a_home_goes_on_until_its_procedure_has_lapsed(eight_homes: Engine) -> None:
    columns = ("homes", "going_on", "sold", "unsold", "unknown")
    now = ask(eight_homes, clearance, ClearanceQuestion(THEN, By.ALL, per_home=True))
    assert figures(now.rows, *columns) == {"all": (7, 5, 2, 0, 0)}
    later = parse_filters(as_of="2028-06-01", now=LATER)
    found = ask(eight_homes, clearance, ClearanceQuestion(later, By.ALL, per_home=True))
    assert figures(found.rows, *columns) == {"all": (7, 1, 2, 2, 2)}  # 6 is still offered by the bank
    assert str(found.rows[0].coverage_percent) == "66.67"


@pytest.mark.parametrize(
    ("status", "ended"),
    [(RoundStatus.FAILED, True), (RoundStatus.TAKEN_BY_CREDITOR, True), (RoundStatus.SUSPENDED, False)],
)
def test_a_home_has_ended_when_its_last_lawful_round_failed(engine: Engine, status: RoundStatus, ended: bool) -> None:
    said = {
        ("s", "1"): lot(0, FIRST, RoundStatus.FAILED),
        ("s", "2"): lot(30, SECOND, RoundStatus.FAILED),
        ("s", "3"): lot(60, SELL_OFF, status),
    }
    make(engine, [(70, said)], [list(said)])
    question = ClearanceQuestion(parse_filters(as_of="2026-05-20"), By.ALL, per_home=True)
    found = ask(engine, clearance, question)
    assert figures(found.rows, "homes", "going_on", "unsold") == {"all": (1, not ended, ended)}


def test_a_home_goes_on_after_a_failed_second_auction(engine: Engine) -> None:
    said = {("s", "1"): lot(0, FIRST, RoundStatus.FAILED), ("s", "2"): lot(30, SECOND, RoundStatus.FAILED)}
    make(engine, [(40, said)], [list(said)])
    question = ClearanceQuestion(parse_filters(as_of="2026-05-20"), By.ALL, per_home=True)
    assert figures(ask(engine, clearance, question).rows, "going_on", "ended") == {"all": (1, 0)}


def test_an_open_round_that_nobody_has_seen_for_long_is_told(eight_homes: Engine) -> None:
    words = text_of(ask(eight_homes, clearance, ClearanceQuestion(parse_filters(as_of="2026-08-01"))))
    assert "open: 2 of 2 open rounds were not seen for more than 31 days" in words
    assert "open: " not in text_of(ask(eight_homes, clearance, ClearanceQuestion(THEN)))


def test_the_rate_of_real_sales_and_failures_is_that_of_sql(ali_sales: Engine) -> None:
    found = ask(ali_sales, clearance, ClearanceQuestion(by=By.ALL)).rows[0]
    ((sold, failed),) = rows(
        ali_sales,
        "SELECT count(CASE WHEN status IN ('sold', 'defaulted') THEN 1 END),"
        " count(CASE WHEN status IN ('failed', 'taken_by_creditor') THEN 1 END)"
        " FROM observation JOIN listing ON listing.observation_id = observation.id",
    )
    assert (found.sold, found.failed, found.n) == (sold, failed, sold + failed)
    assert found.rate_percent == 100 * sold / (sold + failed)
    assert found.low_percent < 99


def test_a_result_that_was_found_afterwards_is_not_seen_coming(engine: Engine) -> None:
    """1 is seen on day 0, before its end; the others after theirs, 5 on its very day, 6 found sold a day before it."""
    early = lot(3, FIRST, RoundStatus.SOLD)
    late = {
        ("s", "1"): early,
        ("s", "2"): early,
        ("s", "3"): lot(3, FIRST, RoundStatus.FAILED, ends_at=None),
        ("s", "4"): lot(3, FIRST, RoundStatus.FAILED, ends_at=None, ended_on=date(2026, 3, 8)),
        ("s", "5"): lot(3, FIRST, RoundStatus.SOLD, ends_at=None, ended_on=date(2026, 3, 9)),
        ("s", "6"): lot(3, FIRST, RoundStatus.SOLD, ends_at=None, ended_on=date(2026, 3, 10)),
    }
    make(engine, [(0, {("s", "1"): early._replace(status=RoundStatus.UPCOMING)}), (7, late)], [])
    found = ask(engine, clearance, ClearanceQuestion(parse_filters(as_of="2026-04-20")))
    assert figures(found.rows, "n", "followed") == {"first_auction": (6, 1)}
    assert "seen coming: of the n results" in text_of(found)


def test_a_suspended_round_that_went_on_is_what_it_was_last(engine: Engine) -> None:
    """Over, and its result was not seen: that it was once suspended says nothing of it any more."""
    said = {("s", "1"): lot(0, FIRST, RoundStatus.SUSPENDED), ("s", "2"): lot(20, FIRST, RoundStatus.ENDED)}
    make(engine, [(30, said)], [list(said)])
    found = ask(engine, clearance, ClearanceQuestion(parse_filters(as_of="2026-04-20")))
    assert figures(found.rows, "rounds", "suspended", "unknown") == {"first_auction": (1, 0, 1)}


def test_where_two_platforms_tell_two_results_a_buyer_is_believed(engine: Engine) -> None:
    sold = lot(0, FIRST, RoundStatus.SOLD, starting_price=100)
    said = {("s", "1"): sold._replace(status=RoundStatus.FAILED), ("t", "1"): sold}
    make(engine, [(30, said)], [list(said)])
    found = ask(engine, clearance, ClearanceQuestion(parse_filters(as_of="2026-04-20")))
    assert figures(found.rows, "rounds", "sold", "failed") == {"first_auction": (1, 1, 0)}


def test_a_suspended_home_goes_on_however_long_it_takes(engine: Engine) -> None:
    make(engine, [(5, {("s", "1"): lot(0, FIRST, RoundStatus.SUSPENDED)})], [[("s", "1")]])
    question = ClearanceQuestion(parse_filters(as_of="2029-01-01", now=LATER), By.ALL, per_home=True)
    assert figures(ask(engine, clearance, question).rows, "going_on", "ended") == {"all": (1, 0)}


# The funnel -------------------------------------------------------------------------------------------------------


def test_the_funnel_tells_what_each_stage_became_and_what_came_next(eight_homes: Engine) -> None:
    found = ask(eight_homes, funnel, FunnelQuestion(THEN))
    columns = ("rounds", "seen_before", "sold", "failed", "n", "again", "next_second", "next_sell_off", "next_bank")
    assert figures(found.stages, *columns) == {
        "first_auction": (7, 0, 1, 3, 4, 2, 2, 0, 0),  # 4 ended nobody knows how
        "second_auction": (2, 2, 1, 1, 1, 1, 0, 1, 0),
        "sell_off": (1, 1, 0, 1, 1, 1, 0, 0, 1),
        "bank_sale": (1, 1, 0, 0, 0, 0, 0, 0, 0),
        "not_told": (1, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    ways = {(flow.stage, flow.outcome, flow.next_stage): flow.rounds for flow in found.flows}
    assert ways[Stage.FIRST_AUCTION, Outcome.FAILED, Stage.SECOND_AUCTION] == 2
    assert ways[Stage.FIRST_AUCTION, Outcome.FAILED, None] == 1
    assert ways[Stage.SELL_OFF, Outcome.FAILED, Stage.BANK_SALE] == 1
    assert ways[Stage.NOT_TOLD, Outcome.UNKNOWN, None] == 1
    assert sum(ways.values()) == sum(row.rounds for row in found.stages) == 12


def test_an_auction_of_a_kind_without_a_place_is_told_apart_from_one_that_nobody_names(engine: Engine) -> None:
    """Florida's judicial auctions and 再次拍卖 say what they are, though not which one; 变卖 and first auctions do."""
    florida = {"region_code": "US-FL", "city": "MIRAMAR", "seller_kind": None, "seller_name": None}
    said = {
        ("s", "1"): lot(3, RoundKind.JUDICIAL_AUCTION, RoundStatus.UPCOMING, **florida),
        ("s", "2"): lot(3, RoundKind.REPEAT_AUCTION, RoundStatus.UPCOMING),
        ("s", "3"): lot(3, None, RoundStatus.UPCOMING),
        ("s", "4"): lot(3, SELL_OFF, RoundStatus.UPCOMING),
    }
    make(engine, [(0, said)], [])
    found = ask(engine, funnel, FunnelQuestion(parse_filters(as_of="2026-03-03")))
    assert figures(found.stages, "rounds") == {"sell_off": (1,), "other_auction": (2,), "not_told": (1,)}


def test_a_home_goes_on_into_rounds_that_are_not_asked_for(eight_homes: Engine) -> None:
    first = parse_filters(round_kind=["first_auction"], as_of="2026-06-21")
    found = ask(eight_homes, funnel, FunnelQuestion(first, flows=True))
    assert figures(found.stages, "rounds", "next_second") == {"first_auction": (7, 2)}
    assert "first_auction,failed,second_auction,2,28.57" in text_of(found, output=Format.CSV).splitlines()


def test_the_ways_of_each_stage_make_a_hundred_percent(eight_homes: Engine) -> None:
    flows = ask(eight_homes, funnel, FunnelQuestion(THEN)).flows
    for stage in {flow.stage for flow in flows}:
        assert float(sum(flow.stage_percent for flow in flows if flow.stage is stage)) == pytest.approx(100, abs=0.05)


# Cohorts ----------------------------------------------------------------------------------------------------------


def twelve_first_auctions() -> tuple[Said, list[list[tuple[str, str]]]]:
    """One a day from 2026-03-02 on: five sold, three sold 40 days later in the second, one not known, three failed."""
    said: dict[tuple[str, str], object] = {}
    homes = []
    for number in range(12):
        status = RoundStatus.SOLD if number < 5 else RoundStatus.ENDED if number == 5 else RoundStatus.FAILED
        said["s", f"{number}"] = lot(number, FIRST, status)
        homes.append([("s", f"{number}")])
        if number in {6, 7, 8}:
            said["s", f"{number}b"] = lot(number + 40, SECOND, RoundStatus.SOLD)
            homes[-1].append(("s", f"{number}b"))
    return said, homes


def test_a_cohort_is_followed_for_fixed_times(engine: Engine) -> None:
    said, homes = twelve_first_auctions()
    make(engine, [(day, said) for day in (12, 40, 70, 100)], homes)
    found = ask(engine, cohort, CohortQuestion(parse_filters(as_of="2026-06-12")))
    columns = ("first_auctions", "censored", "unknown", "n", "sold", "remark")
    assert [(row.group, row.days, *(getattr(row, name) for name in columns)) for row in found.rows] == [
        ("2026-03", 30, 12, 0, 1, 11, 5, ""),
        ("2026-03", 60, 12, 0, 1, 11, 8, ""),
        ("2026-03", 90, 12, 1, 1, 10, 8, ""),  # the last look was on day 100; the last auction began on day 11
        ("2026-03", 180, 12, 12, 0, 0, 0, "all censored"),
    ]
    assert [str(row.rate_percent) for row in found.rows] == ["45.45", "72.73", "80.00", "None"]
    assert "censored: not followed for so long" in text_of(found)


def test_after_a_gap_in_the_looks_a_cohort_is_censored(engine: Engine) -> None:
    said, homes = twelve_first_auctions()
    make(engine, [(day, said) for day in (12, 20, 100)], homes)
    found = ask(engine, cohort, CohortQuestion(parse_filters(as_of="2026-06-12")))
    assert {(row.censored, row.remark) for row in found.rows} == {(12, "all censored")}


def test_a_first_auction_without_a_day_is_in_no_month(ali_titles: Engine) -> None:
    found = ask(ali_titles, cohort, CohortQuestion())
    assert (found.rows, found.undated) == ([], 3_453)
    assert "3,453 first auctions are in no month" in text_of(found)


def test_a_blocked_page_is_no_look_and_a_later_one_not_yet(engine: Engine) -> None:
    begin(engine)
    see(engine, 0, {("s", "1"): lot(0, FIRST, None)})
    for day, outcome in ((10, PageOutcome.BLOCKED), (20, PageOutcome.EMPTY)):
        record_all(engine, [(make_page(DAY_0 + timedelta(days=day), body=str(day), outcome=outcome), {})])
    with reading(engine) as connection:
        assert look_days(connection) == {"s": [date(2026, 3, 2), date(2026, 3, 22)]}
        assert look_days(connection, DAY_0 + timedelta(days=20)) == {"s": [date(2026, 3, 2)]}


def test_a_source_is_followed_as_long_as_no_pause_is_longer_than_a_month() -> None:
    days = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 5)]
    runs = runs_of(days)
    assert runs == [Run(days[0], days[1]), Run(days[2], days[2])]
    assert followed_until(runs, date(2025, 12, 15)) == days[1]
    assert followed_until(runs, date(2026, 1, 20)) == days[1]
    assert followed_until(runs, date(2026, 2, 10)) == days[2]
    assert followed_until(runs, date(2025, 11, 1)) is None
    assert followed_until(runs, date(2026, 3, 6)) is None
