"""No figure depends on the order in which pages arrived, on how it is sorted, or on how many rows are shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from store_help import empty_tables

from reporting.choices import By
from reporting.filters import parse_filters
from reporting.render import Format
from reporting.statistics.clearance import ClearanceQuestion, clearance
from reporting.statistics.cohort import CohortQuestion, cohort
from reporting.statistics.competition import CompetitionQuestion, competition
from reporting.statistics.counts import CountQuestion, count
from reporting.statistics.cut_share import CutShareQuestion, cut_share
from reporting.statistics.funnel import FunnelQuestion, funnel
from reporting.statistics.ratios import RatioQuestion, ratios
from tests.reporting.statistics.conftest import HOMES, SEEN
from tests.reporting.statistics.statistics_help import ask, make, text_of

THEN = parse_filters(as_of="2026-07-15")
LOOKS = [(80 + 4 * number, {key: said}) for number, (key, said) in enumerate(SEEN.items())]
"""A page for each listing, each seen at a time of its own."""

QUESTIONS = [
    *((count, CountQuestion(THEN, by)) for by in By),
    (clearance, ClearanceQuestion(THEN, By.CITY)),
    (clearance, ClearanceQuestion(THEN, By.SOURCE, per_home=True)),
    (ratios, RatioQuestion(THEN)),
    (competition, CompetitionQuestion(THEN)),
    (funnel, FunnelQuestion(THEN)),
    (funnel, FunnelQuestion(THEN, flows=True)),
    (cohort, CohortQuestion(THEN)),
    (cut_share, CutShareQuestion(THEN)),
]


def answers(engine: Engine) -> list[str]:
    return [text_of(ask(engine, report, question), Format.CSV) for report, question in QUESTIONS]


def test_the_order_of_arrival_changes_no_report(new_sqlite_url) -> None:
    from store.engine import open_engine

    engine = open_engine(new_sqlite_url())
    in_order = answers(make(engine, LOOKS, HOMES))

    @settings(max_examples=15)
    @given(st.permutations(LOOKS))
    def check(looks: list) -> None:
        empty_tables(engine)
        assert answers(make(engine, looks, HOMES)) == in_order

    check()
    engine.dispose()


@pytest.mark.parametrize(("report", "question"), QUESTIONS, ids=lambda each: type(each).__name__)
def test_a_limit_shortens_the_table_and_nothing_else(eight_homes: Engine, report, question) -> None:
    short = ask(eight_homes, report, type(question)(**{**_fields(question), "limit": 1}))
    long = ask(eight_homes, report, question)
    assert text_of(short, Format.CSV) == text_of(long, Format.CSV)
    assert text_of(short, Format.JSON) == text_of(long, Format.JSON)
    assert short.table().notes == long.table().notes
    if len(long.table().rows) > 1:
        assert f"{len(long.table().rows) - 1:,} more: raise --limit" in text_of(short)


def _fields(question) -> dict[str, object]:
    return {name: getattr(question, name) for name in question.__dataclass_fields__}


@pytest.mark.parametrize(("report", "question"), QUESTIONS, ids=lambda each: type(each).__name__)
def test_every_table_tells_its_measure_and_how_much_it_rests_on(eight_homes: Engine, report, question) -> None:
    found = ask(eight_homes, report, question)
    words = " ".join(text_of(found).split())
    assert found.table().measure in words
    assert f"n = {len(found.table().rows):,} {found.table().noun}" in words
    assert "homes as linked from what was known then by version 1 of the linker" in words
