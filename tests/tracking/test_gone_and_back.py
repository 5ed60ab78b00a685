"""A listing is gone after two healthy complete looks without it, and back when it is seen again (domain.md, case 3)."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from store_help import START, begin, empty_tables, make_page, record, rows, statement

from crawler.orders import CrawlScope
from crawler.page import Page
from crawler.reading import read
from crawler.recording import RunRecorder
from crawler.sources import find_reader
from store.engine import reading, writing
from store.runs import close_run, open_run
from store.statement import Statement
from store.terms import EventKind, PageOutcome, PropertyKind, RoundStatus, RunVerdict
from store.write import Recorder
from tracking.absences import CompleteLook, complete_looks, find_absences
from tracking.event_rows import events_of

LATER = datetime(2030, 1, 1, tzinfo=UTC)
DEMO = Path(__file__).parents[2] / "fixtures" / "demo"
WHOLE = dict(CrawlScope().words())
HOME = statement(title="Casa, Av. Governador Edmundo Pinto, N. 960", city="CAPIXABA", asking_price=100_00)
SHOP = statement(title="Loja, RUA CORONEL DINIZ", property_kind=PropertyKind.SHOP, city="ITABORAI", asking_price=10_00)

OK_OR_RUNNING = {RunVerdict.OK, RunVerdict.RUNNING}

Said = Mapping[str, Statement]


def at(day: float) -> datetime:
    return START + timedelta(days=day)


def crawl(
    engine: Engine,
    day: float,
    *pages: Said | str,
    verdict: RunVerdict = RunVerdict.OK,
    scope: Mapping[str, Any] = WHOLE,
    source: str = "s",
    counters: Mapping[str, int] | None = None,
) -> None:
    """One run, its pages a minute apart, each of an address of its own; a page without a listing says it is empty."""
    recorder = Recorder()
    with writing(engine) as connection:
        run_id = open_run(connection, source, scope, LATER)  # played pages are older than the run that plays them
        for number, said in enumerate(pages):
            outcome = PageOutcome.READ if said else PageOutcome.EMPTY
            page = make_page(at(day) + timedelta(minutes=number), "s.list", f"{day} {number}", outcome, source)
            page = replace(page, crawl_run_id=run_id, url=f"https://{source}.example/{number}")
            record(recorder, connection, page, dict.fromkeys(said, HOME) if isinstance(said, str) else said)
        recorder.settle(connection)
        close_run(connection, run_id, LATER, verdict, None, counters or {})


def story(
    engine: Engine, source_id: str = "1", as_of: datetime = LATER, generation: int = 1
) -> list[tuple[str, float]]:
    """Kind and day of each event of a listing but the first."""
    ((listing_id,),) = rows(
        engine, f"SELECT id FROM listing WHERE source_id = '{source_id}' AND generation = {generation}"
    )
    with reading(engine) as connection:
        _, *events = events_of(connection, [listing_id], as_of, {})
    return [(str(event.kind), round((event.at - START) / timedelta(days=1), 2)) for event in events]


@pytest.fixture
def engine(engine: Engine) -> Engine:
    begin(engine)
    return engine


def test_the_second_complete_look_without_it_says_that_it_is_gone(engine: Engine):
    crawl(engine, 0, "12")
    crawl(engine, 1, "2")
    assert story(engine) == []

    crawl(engine, 2, "2")
    crawl(engine, 3, "2")

    assert story(engine) == [("gone", 2)]
    assert story(engine, "2") == []
    assert story(engine, as_of=at(1.9)) == []


def test_it_is_gone_at_the_end_of_the_look_and_was_seen_last_before_it(engine: Engine):
    crawl(engine, 0, "12")
    for day in (1, 2):
        crawl(engine, day, "2", "3", "4")

    with reading(engine) as connection:
        ((_, absences),) = find_absences(connection, None, LATER).items()
        (gone,) = (event for event in events_of(connection, None, LATER, {}) if event.kind == EventKind.GONE)

    assert [(each.last_seen_at, each.gone_at, each.back_at) for each in absences] == [
        (START, at(2) + timedelta(minutes=2), None)
    ]
    assert (gone.at, gone.before, gone.after) == (at(2) + timedelta(minutes=2), "2021-07-19T00:00:00+00:00", None)


def test_it_is_back_when_any_page_shows_it_again_even_unchanged(engine: Engine):
    crawl(engine, 0, "12")
    for day in (1, 2, 3):
        crawl(engine, day, "2")
    crawl(engine, 4, "1", scope={"kind": "capture", "mapping": None})
    assert story(engine) == [("gone", 2), ("back", 4)]

    crawl(engine, 5, "2")
    assert story(engine) == [("gone", 2), ("back", 4)]
    crawl(engine, 6, "2")
    crawl(engine, 7, "12")

    assert story(engine) == [("gone", 2), ("back", 4), ("gone", 6), ("back", 7)]
    assert rows(engine, "SELECT count(*) FROM observation WHERE listing_id = 1") == [(1,)], "seen, never changed"


@pytest.mark.parametrize(
    "run",
    [
        *({"verdict": verdict} for verdict in RunVerdict if verdict not in OK_OR_RUNNING),
        {"scope": {**WHOLE, "cities": ["泉州"]}},
        {"scope": {**WHOLE, "max_pages": 1}},
        {"scope": dict(CrawlScope(listings=(("2", None),)).words())},
        {"scope": {"kind": "capture", "mapping": None}},
        {"scope": {}},
        {"counters": {"page/known": 1}},
        {"source": "t"},
    ],
    ids=str,
)
def test_no_other_run_takes_a_listing_away(engine: Engine, run: dict[str, Any]):
    crawl(engine, 0, "12")
    crawl(engine, 1, "2")
    for day in (2, 3, 4):
        crawl(engine, day, "2", **run)
    assert story(engine) == []

    crawl(engine, 5, "2")
    assert story(engine) == [("gone", 5)]


def test_a_run_that_goes_on_takes_nothing_away_until_it_ends_well(engine: Engine):
    crawl(engine, 0, "12")
    crawl(engine, 1, "2")
    crawl(engine, 2, "2", verdict=RunVerdict.RUNNING)
    assert story(engine) == []

    with writing(engine) as connection:
        close_run(connection, 4, LATER, RunVerdict.OK, None, {})
    assert story(engine) == [("gone", 2)]


def test_a_sight_between_two_looks_begins_the_count_again(engine: Engine):
    crawl(engine, 0, "12")
    crawl(engine, 1, "2")
    crawl(engine, 1.5, "1", verdict=RunVerdict.BLOCKED)
    crawl(engine, 2, "2")
    assert story(engine) == []

    crawl(engine, 3, "2")
    assert story(engine) == [("gone", 3)]


def test_a_sight_by_another_run_during_a_look_counts(engine: Engine):
    crawl(engine, 0, "12")
    for day in (1, 2):
        crawl(engine, day, "2", "3", "4")
    crawl(engine, 2 + 0.5 / 1440, "1", scope={"kind": "capture", "mapping": None})

    assert story(engine) == []


def test_a_list_that_says_it_is_empty_takes_nothing_away(engine: Engine):
    """Each address is one state of CAIXA; on 2021-08-08 some of their files had not one row."""
    crawl(engine, 0, "12", "3")
    for day in (1, 2, 3):
        crawl(engine, day, "2", "")
    assert story(engine, "3") == []
    assert story(engine, "1") == [("gone", 2)]

    crawl(engine, 4, "2", "4")
    crawl(engine, 5, "2", "4")
    assert story(engine, "3") == [("gone", 5)]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"status": RoundStatus.SOLD, "ends_at": at(0.5)}, []),
        ({"status": RoundStatus.FAILED, "ends_at": at(0.5)}, []),
        ({"status": RoundStatus.WITHDRAWN}, []),
        ({"status": RoundStatus.ENDED, "hammer_price": 90_00}, []),
        ({"status": RoundStatus.ENDED, "ends_at": at(-1)}, [("gone", 2)]),
        ({"status": RoundStatus.SUSPENDED}, [("gone", 2)]),
        ({"status": RoundStatus.ONGOING}, [("gone", 2)]),
        ({}, [("gone", 2)]),
    ],
)
def test_what_has_a_result_leaves_its_list_in_silence(
    engine: Engine, known: dict[str, Any], expected: list[tuple[str, float]]
):
    crawl(engine, 0, {"1": HOME._replace(**known), "2": HOME})
    crawl(engine, 1, "2")
    crawl(engine, 2, "2")

    assert story(engine) == expected


def test_the_result_that_is_seen_later_does_not_undo_what_was_gone(engine: Engine):
    crawl(engine, 0, "12")
    crawl(engine, 1, "2")
    crawl(engine, 2, "2")
    crawl(engine, 3, {"1": HOME._replace(status=RoundStatus.SOLD), "2": HOME})
    crawl(engine, 4, "2")
    crawl(engine, 5, "2")

    assert story(engine) == [("gone", 2), ("back", 3), ("sold", 3)]


def test_an_id_that_stands_for_another_thing_does_not_bring_the_old_one_back(engine: Engine):
    crawl(engine, 0, "12")
    crawl(engine, 1, "2")
    crawl(engine, 2, "2")
    crawl(engine, 3, {"1": SHOP, "2": HOME})
    crawl(engine, 4, "2")
    crawl(engine, 5, "2")
    crawl(engine, 6, {"1": SHOP, "2": HOME})

    assert story(engine) == [("gone", 2)]
    assert story(engine, generation=2) == [("gone", 5), ("back", 6)]


def test_pages_of_one_source_may_show_listings_of_another(engine: Engine):
    """A captured file tells of several sources; only looks at the listing's own source miss it."""
    recorder = Recorder()
    crawl(engine, 0, "12")
    crawl(engine, 1, "2")
    with writing(engine) as connection:
        recorder.record(connection, make_page(at(1.5), body="mixed", source="t"), [("s", "1", HOME), ("t", "9", HOME)])
        recorder.settle(connection)
    crawl(engine, 2, "2")
    assert story(engine) == []

    crawl(engine, 3, "2")
    assert story(engine) == [("gone", 3)]
    assert story(engine, "9") == []


def test_looks_that_overlap_are_one_look(engine: Engine):
    crawl(engine, 0, "12")
    crawl(engine, 1, "2", "3", "4")
    crawl(engine, 1 + 1 / 1440, "2", "3", "4")

    with reading(engine) as connection:
        assert complete_looks(connection, LATER) == {
            "s": [CompleteLook(START, START), CompleteLook(at(1), at(1) + timedelta(minutes=3))]
        }
    assert story(engine) == []


some_runs = st.lists(
    st.tuples(
        st.sampled_from([*[(RunVerdict.OK, True)] * 4, (RunVerdict.BLOCKED, True), (RunVerdict.OK, False)]),
        st.lists(st.sets(st.sampled_from("123")), min_size=1, max_size=2),
    ),
    min_size=4,
    max_size=9,
)


@pytest.fixture
def engines(new_engine):
    return new_engine(), new_engine()


def test_runs_in_any_order_of_arrival_give_the_same_absences_for_one_as_for_all(engines):
    in_order, shuffled = engines

    @settings(max_examples=40 if in_order.dialect.name == "sqlite" else 10)
    @given(runs=some_runs, data=st.data())
    def check(runs: list[tuple[tuple[RunVerdict, bool], list[set[str]]]], data: st.DataObject):
        days = list(enumerate(runs))
        for engine, order in ((in_order, days), (shuffled, data.draw(st.permutations(days)))):
            empty_tables(engine)
            begin(engine)
            for day, ((verdict, is_whole), pages) in order:
                scope = WHOLE if is_whole else {**WHOLE, "max_pages": 1}
                crawl(engine, day, *("".join(sorted(page)) for page in pages), verdict=verdict, scope=scope)

        every = events_by_id(in_order)

        assert events_by_id(shuffled) == every
        for listing_id, source_id in rows(in_order, "SELECT id, source_id FROM listing"):
            assert events_by_id(in_order, [listing_id]) == {source_id: every[source_id]}

    check()


def events_by_id(engine: Engine, only: Collection[int] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """The events of each listing, under the source's own id."""
    names = dict(rows(engine, "SELECT id, source_id FROM listing"))
    found: dict[str, list[tuple[Any, ...]]] = {}
    with reading(engine) as connection:
        for event in events_of(connection, only, LATER, {}):
            found.setdefault(names[event.listing_id], []).append(tuple(event)[1:])
    return found


def caixa_days() -> dict[str, list[Page]]:
    """The recorded lists of CAIXA by day: two states on fourteen days of 2021, three of them of an outage."""
    days: dict[str, list[Page]] = {}
    for entry in json.loads((DEMO / "index.json").read_text("utf-8"))["pages"]:
        if "br_caixa" in entry["file"]:
            body = (DEMO.parent / entry["file"]).read_bytes()
            page = Page(body, entry["address"], datetime.fromisoformat(entry["memento"]).astimezone(UTC), "text/csv")
            days.setdefault(entry["recorded_on"], []).append(page)
    return dict(sorted(days.items()))


def ids_in(page: Page) -> set[str]:
    """The ids that stand in the file, read without our parser."""
    first_words = (line.split(";")[0].strip() for line in page.body.decode("latin-1").splitlines())
    return {word for word in first_words if word.isdigit()}


def missed_twice(days: Iterable[tuple[bool, set[str]]]) -> dict[str, list[tuple[EventKind, int]]]:
    """What a look at the bare files says: absences by their rule, one day after the other."""
    missed: dict[str, int] = {}
    found: dict[str, list[tuple[EventKind, int]]] = {}
    for day, (is_healthy, shown) in enumerate(days):
        for each in shown:
            if missed.get(each, 0) >= 2:
                found.setdefault(each, []).append((EventKind.BACK, day))
            missed[each] = 0
        for each in missed.keys() - shown if is_healthy else ():
            missed[each] += 1
            if missed[each] == 2:
                found.setdefault(each, []).append((EventKind.GONE, day))
    return found


def test_homes_of_caixa_go_and_come_back_as_its_files_show_and_never_in_an_outage(engine: Engine, tmp_path: Path):
    reader = find_reader("br_caixa.list")
    verdicts = []
    for pages in caixa_days().values():
        recorder = RunRecorder(engine, tmp_path / "pages", WHOLE, {"br_caixa": "CAIXA"})
        for page in pages:
            recorder.take(page, reader, read(page, reader))
        verdicts += [summary.verdict for summary in recorder.close()]
    days = list(caixa_days().values())

    found: dict[str, list[tuple[EventKind, int]]] = {}
    last_pages = [max(page.observed_at for page in pages).date() for pages in days]
    names = dict(rows(engine, "SELECT id, source_id FROM listing"))
    with reading(engine) as connection:
        for event in events_of(connection, None, LATER, {}):
            if event.kind in {EventKind.GONE, EventKind.BACK}:
                day = last_pages.index(event.at.date())
                found.setdefault(names[event.listing_id], []).append((event.kind, day))

    outage = [day for day, verdict in enumerate(verdicts) if verdict != RunVerdict.OK]
    assert [list(caixa_days())[day] for day in outage] == ["2021-08-05", "2021-08-07", "2021-08-09"]
    shown = [set().union(*map(ids_in, pages)) for pages in days]
    assert found == missed_twice((verdict == RunVerdict.OK, ids) for verdict, ids in zip(verdicts, shown, strict=True))
    gone = [events for events in found.values() if events[-1][0] == EventKind.GONE]
    assert (len(found), len(gone)) == (68, 63)
