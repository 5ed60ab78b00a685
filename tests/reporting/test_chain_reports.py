"""Reports on homes: repeats, the ladder of one home, questions, changes, pairs in doubt."""

import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from store_help import START, begin, look, record_all

from reporting.chains import NotLinked
from reporting.changes import find_changes
from reporting.filters import parse_filters
from reporting.ladder import ladder
from reporting.questions import find_questions
from reporting.render import Format, render
from reporting.repeats import RepeatQuestion, repeats
from reporting.review import find_doubtful_pairs
from reporting.tables import Tabular
from store.engine import reading, writing
from store.statement import Statement
from store.terms import EventKind, RoundKind, RoundStatus
from tests.reporting.court_flats import court_flat
from tracking.linking import link_database
from tracking.words import UnknownListing

DAY_0 = datetime(2026, 3, 2, 2, tzinfo=UTC)  # 10 o'clock in Shanghai
NOW = datetime(2026, 9, 1, tzinfo=UTC)


def flat(title: str, yuan: int, day: int, **values: object) -> Statement:
    """A flat of a court in Hefei, with its start so many days after the first one."""
    return court_flat(title, yuan, DAY_0 + timedelta(days=day), **values)


HOME = "合肥市蜀山区望江西路99号天街花园3幢1单元1205室"
FIRST = flat(HOME, 1_062_000, 0, round_kind=RoundKind.FIRST_AUCTION, status=RoundStatus.FAILED)
SECOND = flat(f"【二拍】{HOME}", 849_600, 25, round_kind=RoundKind.SECOND_AUCTION, status=RoundStatus.UPCOMING)
CHEAP = flat("合肥市蜀山区长江西路8号翠湖花园2幢1单元301室", 600_000, 0, round_kind=RoundKind.FIRST_AUCTION)
DOUBTFUL = flat("合肥市蜀山区翠湖花园2幢302室", 1_300_000, 5, appraisal_price=None, case_number=None)
OF_ANOTHER_COURT = {"appraisal_price": None, "case_number": None, "seller_name": "合肥市中级人民法院"}
DOUBTFUL_UNIT = flat("合肥市蜀山区翠湖花园2幢2单元302室", 1_300_000, 90, **OF_ANOTHER_COURT)


def record_pages(engine: Engine, at: datetime, said: dict[str, Statement]) -> None:
    record_all(engine, [look((at - START) / timedelta(hours=1), said)])


@pytest.fixture
def homes(engine: Engine) -> Engine:
    begin(engine)
    announced = FIRST._replace(status=RoundStatus.UPCOMING)
    record_pages(engine, DAY_0 - timedelta(days=30), {"1": announced, "3": CHEAP})
    record_pages(engine, DAY_0 + timedelta(days=5), {"1": FIRST, "2": SECOND, "4": DOUBTFUL, "5": DOUBTFUL_UNIT})
    with writing(engine) as connection:
        link_database(connection, NOW)
    return engine


def text_of(report: Tabular) -> str:
    stream = io.StringIO()
    render(report, Format.TABLE, stream, width=160)
    return stream.getvalue()


def test_repeats_tell_what_became_of_the_price(homes: Engine) -> None:
    with reading(homes) as connection:
        found = repeats(connection, RepeatQuestion())
    (row,) = found.rows
    assert (row.listings, row.rounds, row.cut_percent, row.questions) == (2, 2, Decimal("20.00"), 0)
    assert (row.first_price, row.price, row.highest_price) == (1_062_000, 849_600, 1_062_000)
    assert (row.round_kind, row.status, row.city) == (RoundKind.SECOND_AUCTION, RoundStatus.UPCOMING, "合肥市")
    assert "84.96万" in text_of(found)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ({"min_cut": "20%"}, 1),
        ({"min_cut": "21%"}, 0),
        ({"max_price": "849600"}, 1),
        ({"max_price": "849599"}, 0),
        ({"city": ["合肥"]}, 1),
        ({"city": ["福州"]}, 0),
        ({"seller_kind": ["court"]}, 1),
        ({"round_kind": ["sell_off"]}, 0),
        ({"as_of": "2026-03-01"}, 0),
    ],
)
def test_repeats_are_filtered(homes: Engine, words: dict, count: int) -> None:
    with reading(homes) as connection:
        assert len(repeats(connection, RepeatQuestion(parse_filters(**words))).rows) == count


def test_the_ladder_tells_the_rounds_the_floor_and_what_comes_next(homes: Engine) -> None:
    with reading(homes) as connection:
        found = ladder(connection, "s:2", parse_filters())
        as_of = ladder(connection, "s:1", parse_filters(as_of="2026-02-10"))
    first, second = found.rungs
    assert (first.place, first.price, first.floor) == ("1.1", 1_062_000, 1_050_000)
    assert (second.place, second.cut_percent, second.gap_days, str(second.link)) == ("1.2", 20, 24, "next_round")
    shown = text_of(found)
    assert "1.1 ████████████████████████████████████████ 106.20万" in shown
    assert "if this one fails: sell_off at 84.96万, not before 2026-04-12 (" in shown
    assert [rung.listing for rung in as_of.rungs] == ["s:1"]


def test_a_ladder_shows_no_column_that_nobody_fills_and_files_keep_them_all(homes: Engine) -> None:
    with reading(homes) as connection:
        found = ladder(connection, "s:2", parse_filters())
    heading = text_of(found).splitlines()[0].split()
    assert {"start", "end", "price", "floor"} <= set(heading)
    assert "sold" not in heading
    stream = io.StringIO()
    render(found, Format.CSV, stream)
    assert "hammer_price" in stream.getvalue().splitlines()[0].split(",")


def test_a_start_under_the_floor_is_a_question_and_no_bargain(homes: Engine) -> None:
    with reading(homes) as connection:
        (question,) = find_questions(connection, parse_filters()).rows
    assert (str(question.kind), question.listings) == ("under_floor", "s:3")


def test_changes_tell_what_happened_since(homes: Engine) -> None:
    with reading(homes) as connection:
        rows = find_changes(connection, parse_filters(since="2026-03-03", as_of="2026-03-08")).rows
    told = {(row.kind, row.listing) for row in rows}
    assert {(EventKind.FAILED, "s:1"), (EventKind.NEW_ROUND, "s:2"), (EventKind.NEW, "s:4")} <= told
    assert (EventKind.NEW, "s:1") not in told


def test_pairs_in_doubt_stand_side_by_side_with_their_reasons(homes: Engine) -> None:
    with reading(homes) as connection:
        found = find_doubtful_pairs(connection)
    assert [(row.one, row.other) for row in found.rows] == [("s:4", "s:5")]
    assert "the building has 2 units, and one is not told" in found.rows[0].reasons


@pytest.mark.parametrize("output", [Format.CSV, Format.JSON])
def test_every_report_is_written_as_files_too(homes: Engine, output: Format) -> None:
    with reading(homes) as connection:
        filters = parse_filters()
        reports = [
            repeats(connection, RepeatQuestion()),
            ladder(connection, "s:1", filters),
            find_questions(connection, filters),
            find_changes(connection, filters),
            find_doubtful_pairs(connection),
        ]
    for report in reports:
        stream = io.StringIO()
        render(report, output, stream)
        if output is Format.JSON:
            assert len(json.loads(stream.getvalue())) == len(report.table().rows)
        else:
            assert len(stream.getvalue().splitlines()) == len(report.table().rows) + 1


def test_reports_on_homes_ask_for_linking_first(engine: Engine) -> None:
    begin(engine)
    record_pages(engine, DAY_0, {"1": FIRST})
    with reading(engine) as connection:
        with pytest.raises(NotLinked, match="run fapai link"):
            repeats(connection, RepeatQuestion())
        with pytest.raises(NotLinked):
            ladder(connection, "s:1", parse_filters())


def test_the_ladder_of_a_listing_that_is_not_there_is_refused_by_name(homes: Engine) -> None:
    with pytest.raises(UnknownListing, match="no listing 's:99'"), reading(homes) as connection:
        ladder(connection, "s:99", parse_filters())
