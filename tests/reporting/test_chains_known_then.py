"""Repeats, questions, the ladder and batches of an earlier day: of the homes of that day, as its snapshot has them."""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from store_help import START, Look, begin

from reporting.batches import BatchQuestion, batches
from reporting.buyer.ground import load_home
from reporting.changes import find_changes
from reporting.export import export_snapshot
from reporting.filters import parse_filters
from reporting.ladder import NoSuchHome, ladder
from reporting.questions import find_questions
from reporting.repeats import RepeatQuestion, repeats
from store.engine import reading, writing
from store.rows import LINK_DECISION
from store.statement import Statement
from store.terms import Judgement
from tests.reporting.buyer.buyer_help import DAY, FIRST_AUCTION, court_flat, link, record, second_auction
from tests.reporting.test_export_tracking import LOOKS, fill
from tracking.link import LINKER_VERSION
from tracking.linking import link_database
from tracking.questions import QuestionKind
from tracking.words import add_word

TOO_CHEAP = second_auction(700_000)
THEN, SINCE = parse_filters(as_of="2026-09-04"), parse_filters(as_of="2026-09-12")


def say(engine: Engine, judgement: Judgement, said_at: datetime, pair: tuple[str, str] = ("s:1", "s:2")) -> None:
    with writing(engine) as connection:
        add_word(connection, pair, judgement, "me", "two staircases", said_at)
        link_database(connection, said_at)


@pytest.fixture
def parted(engine: Engine) -> Engine:
    """One home by the linker, two homes by the word of a person five days after the day that is asked for."""
    begin(engine)
    record(engine, {"2": TOO_CHEAP}, days=-1)  # what was seen last arrives first
    record(engine, {"1": FIRST_AUCTION}, days=-30)
    link(engine)
    say(engine, Judgement.DIFFERENT, DAY + timedelta(days=5))
    return engine


def test_a_home_that_fell_apart_since_is_told_among_the_repeats_of_the_day(parted: Engine) -> None:
    with reading(parted) as connection:
        (then,) = repeats(connection, RepeatQuestion(THEN)).rows
        since = repeats(connection, RepeatQuestion(SINCE)).rows
    assert (then.listings, then.cut_percent) == (2, 30)
    assert since == []


def test_a_question_about_two_rounds_is_that_of_the_day_on_which_they_were_of_one_home(parted: Engine) -> None:
    with reading(parted) as connection:
        then, since = (find_questions(connection, filters).rows for filters in (THEN, SINCE))
    assert {(row.kind, row.listings) for row in then} >= {(QuestionKind.OVER_CUT, "s:1 s:2")}
    assert not [row for row in since if " " in row.listings]


@pytest.mark.parametrize("name", ["s:1", "s:2", "1", "2"])
def test_the_ladder_has_the_rungs_that_were_known_whichever_listing_is_named(parted: Engine, name: str) -> None:
    with reading(parted) as connection:
        then, since = (ladder(connection, name, filters) for filters in (THEN, SINCE))
    assert [rung.listing for rung in then.rungs] == ["s:1", "s:2"]
    assert len(since.rungs) == 1


def test_one_home_loaded_alone_has_the_listings_that_it_had_then(parted: Engine) -> None:
    with reading(parted) as connection:
        then, since = (load_home(connection, filters, "s:1")[0] for filters in (THEN, SINCE))
    assert [len(ground.attempts) for ground in (then, since)] == [2, 1]


def test_all_reports_of_a_day_give_a_home_one_number_and_it_leads_to_its_ladder(parted: Engine) -> None:
    with reading(parted) as connection:
        (row,) = repeats(connection, RepeatQuestion(THEN)).rows
        told = {each.property_id for each in find_changes(connection, parse_filters(as_of="2026-09-04")).rows}
        told |= {each.property_id for each in find_questions(connection, THEN).rows}
        told |= {each.property_id for each in load_home(connection, THEN, "s:2")[0].attempts}
        again = ladder(connection, str(row.property_id), THEN)
    assert told == {row.property_id} == {again.chain.property_id}


def flats(count: int) -> Mapping[str, Statement]:
    """Flats of one building that a court sells together, each its own home."""
    return {
        str(number): court_flat(f"福州市闽侯县南屿镇乌龙江南大道58号南屿滨江城49号楼{number}01单元", 900_000 + number)
        for number in range(11, 11 + count)
    }


def test_a_batch_has_as_many_homes_as_were_told_apart_then(engine: Engine) -> None:
    begin(engine)
    record(engine, flats(3), days=-1)
    link(engine)
    say(engine, Judgement.SAME, DAY + timedelta(days=5), ("s:11", "s:12"))
    with reading(engine) as connection:
        (then,) = batches(connection, BatchQuestion(THEN)).rows
        near = batches(connection, BatchQuestion(THEN), [1, 2, 3]).rows
        since = batches(connection, BatchQuestion(SINCE)).rows
        note = repeats(connection, RepeatQuestion(THEN, least_listings=1)).table().notes
    assert (then.homes, then.place) == (3, "南屿滨江城")
    assert near == [then]
    assert since == []
    assert note == ["3 of these homes are siblings offered together, in 1 batch: fapai report batches"]


def test_the_place_of_a_batch_is_the_one_that_was_told_then(engine: Engine) -> None:
    begin(engine)
    record(engine, flats(3), days=-1)
    moved = {
        each: said._replace(title=(said.title or "").replace("滨江城", "云山府")) for each, said in flats(3).items()
    }
    record(engine, moved, days=3)
    link(engine)
    with reading(engine) as connection:
        places = [row.place for each in (THEN, SINCE) for row in batches(connection, BatchQuestion(each)).rows]
    assert places == ["南屿滨江城", "南屿云山府"]


def test_a_home_was_seen_last_when_it_was_seen_by_then(engine: Engine) -> None:
    begin(engine)
    record(engine, {"1": FIRST_AUCTION}, days=-30)
    record(engine, {"2": TOO_CHEAP}, days=-1)
    link(engine)
    record(engine, {"1": FIRST_AUCTION, "2": TOO_CHEAP}, days=6)  # nothing new, but seen
    of_late = parse_filters(as_of="2026-09-04", since="2026-09-04")
    with reading(engine) as connection:
        (row,) = repeats(connection, RepeatQuestion(THEN)).rows
        told = [repeats(connection, RepeatQuestion(each)).rows for each in (of_late, parse_filters(since="2026-09-09"))]
        times = ladder(connection, "s:2", THEN).table()
    assert row.last_seen_at == times.observed_to == DAY - timedelta(days=1)
    assert [len(rows) for rows in told] == [0, 1]


def test_batches_were_seen_last_when_they_were_seen_by_then(engine: Engine) -> None:
    begin(engine)
    record(engine, flats(3), days=-1)
    link(engine)
    record(engine, flats(3), days=6)
    of_late = parse_filters(as_of="2026-09-04", since="2026-09-04")
    with reading(engine) as connection:
        (row,) = batches(connection, BatchQuestion(THEN)).rows
        assert batches(connection, BatchQuestion(of_late)).rows == []
    assert row.last_seen_at == DAY - timedelta(days=1)


def test_a_listing_that_was_not_known_then_has_no_ladder_and_is_named(engine: Engine) -> None:
    begin(engine)
    record(engine, {"1": FIRST_AUCTION}, days=-30)
    record(engine, {"2": TOO_CHEAP}, days=3)
    link(engine)
    with reading(engine) as connection:
        assert [rung.listing for rung in ladder(connection, "s:1", THEN).rungs] == ["s:1"]
        with pytest.raises(NoSuchHome, match="nothing was known of s:2 then"):
            ladder(connection, "s:2", THEN)


def test_homes_by_another_linker_are_not_told_as_those_of_the_day_without_a_word(parted: Engine) -> None:
    with writing(parted) as connection:
        row = LINK_DECISION.c
        connection.execute(
            update(LINK_DECISION).where(row.author == "linker").values(linker_version=LINKER_VERSION - 1)
        )
    with reading(parted) as connection:
        reports = [
            repeats(connection, RepeatQuestion(THEN)),
            find_questions(connection, THEN),
            ladder(connection, "s:1", THEN),
            batches(connection, BatchQuestion(THEN)),
        ]
        today = repeats(connection, RepeatQuestion()).table().notes
    words = (
        f"linker {LINKER_VERSION - 1} decided about 1 pair then, which linker {LINKER_VERSION} decides anew here: "
        "homes are those that it finds in what was known then"
    )
    assert [each.table().notes[-1] for each in reports] == [words] * 4
    assert words not in today


DAYS = tuple(timedelta(days=days, hours=1) for days in (0, 31, 32, 34, 36, 61))
ORDERS: Mapping[str, tuple[Sequence[Look], tuple[int, ...], bool]] = {
    "linked at the end": (LOOKS, (), True),
    "linked each time": (LOOKS, tuple(range(len(LOOKS))), True),
    "backwards": (LOOKS[::-1], (1,), True),
    "linked before most of it came": (LOOKS, (0,), False),
}


@pytest.mark.parametrize("order", ORDERS)
def test_the_homes_of_all_reports_of_a_day_are_those_of_its_snapshot(
    engine: Engine, tmp_path: Path, order: str
) -> None:
    looks, link_after, at_the_end = ORDERS[order]
    fill(engine, list(looks), link_after, at_the_end)
    for age in DAYS:
        check_day(engine, START + age - timedelta(microseconds=1), tmp_path / str(age.days))


def check_day(engine: Engine, day: datetime, folder: Path) -> None:
    filters = parse_filters(as_of=day.isoformat())
    export_snapshot(engine, folder, filters.as_of)
    homes = homes_of_snapshot(folder)

    with reading(engine) as connection:
        repeated = repeats(connection, RepeatQuestion(filters)).rows
        every = repeats(connection, RepeatQuestion(filters, least_listings=1)).rows
        rungs = {name: ladder(connection, name, filters).rungs for name in homes}
        known = {name: load_home(connection, filters, name)[0] for name in homes}
        homes_in_questions = joined_by(find_questions(connection, filters).rows)

    assert {name: [rung.listing for rung in each] for name, each in rungs.items()} == homes, day
    assert sorted(row.listings for row in every) == sorted(len(members) for members in {*map(tuple, homes.values())})
    assert len(repeated) == len({tuple(members) for members in homes.values() if len(members) > 1}), day
    assert {rung.listing: rung.place for each in rungs.values() for rung in each} == places_of_snapshot(folder), day
    assert {name: len(ground.attempts) for name, ground in known.items()} == {each: len(homes[each]) for each in homes}
    assert all(pair <= set(homes[next(iter(pair))]) for pair in homes_in_questions), day


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "auction_round.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def homes_of_snapshot(folder: Path) -> dict[str, list[str]]:
    """By listing, all listings of its home in the order of the chain."""
    members: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in rows_of(folder):
        members[row["property_key"]].append((int(row["position"]), f"{row['source']}:{row['source_id']}"))
    return {name: [each for _, each in sorted(home)] for home in members.values() for _, name in home}


def places_of_snapshot(folder: Path) -> dict[str, str]:
    return {f"{row['source']}:{row['source_id']}": f"{row['procedure']}.{row['place']}" for row in rows_of(folder)}


def joined_by(questions: Sequence[object]) -> list[set[str]]:
    return [set(str(getattr(each, "listings")).split()) for each in questions]  # noqa: B009
