"""Whoever writes listings, or a word on them, tells the linking: it looks at what it is told and at nothing else."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from store_help import START, begin, empty_tables, look, record, record_all, rows, statement

from store.backup import back_up, restore
from store.engine import open_engine, reading, writing
from store.link_news import MOST_NAMED, drop_link_news, note_touched, read_link_news
from store.links import touched_among, touched_listings
from store.rebuild import RebuildingRecorder, sources_together, stored_pages
from store.schema import migration_config
from store.terms import Judgement
from store.write import Recorder
from tests.store.test_order_of_arrival import some_pages
from tracking import linking
from tracking.linking import link_database
from tracking.words import add_word

ROOT = Path(__file__).parents[2]
ROOMS = ("store", "crawler", "tracking", "reporting", "scheduler", "fapai")
NOW = START + timedelta(days=90)
TITLES = ("荆江路111号中央半岛小区19栋1单元402室", "中央半岛小区19栋1单元402室", "中央半岛小区20栋2单元301室")
FLATS = {str(number): statement(title=title, asking_price=90_00) for number, title in enumerate(TITLES)}


def waiting(engine: Engine) -> set[int]:
    """The listings that are to be linked, by what was told; those that a look at all of them finds are the same."""
    with reading(engine) as connection:
        told, all_ = touched_listings(connection), touched_among(connection, None)
    assert told == all_
    return set(told)


def news(engine: Engine) -> int:
    return int(rows(engine, "SELECT count(*) FROM link_news")[0][0])


def link(engine: Engine) -> None:
    with writing(engine) as connection:
        link_database(connection, NOW)
    assert (waiting(engine), news(engine)) == (set(), 0)


def test_what_a_crawl_writes_is_told_and_what_it_sees_again_is_not(engine: Engine) -> None:
    begin(engine)
    record_all(engine, [look(0, FLATS)])
    assert waiting(engine) == {1, 2, 3}
    link(engine)
    record_all(engine, [look(24, FLATS)])
    assert (waiting(engine), news(engine)) == (set(), 0)
    record_all(engine, [look(48, {"1": FLATS["1"]._replace(asking_price=80_00)})])
    assert waiting(engine) == {2}
    link(engine)


def test_pages_in_any_order_are_told_before_and_between_linkings(engine: Engine) -> None:
    """New, changed in whole or in part, looked at late, an id for another thing, by several writers."""

    @settings(max_examples=40 if engine.dialect.name == "sqlite" else 10)
    @given(pages=some_pages, data=st.data())
    def holds(pages: Any, data: Any) -> None:
        empty_tables(engine)
        begin(engine)
        writers = [Recorder(), Recorder()]
        for each in data.draw(st.permutations(pages)):
            record_all(engine, [each], recorder=data.draw(st.sampled_from(writers)))
            waiting(engine)
            if data.draw(st.booleans()):
                link(engine)

    holds()


def test_two_crawls_before_a_linking_are_both_told(engine: Engine) -> None:
    begin(engine)
    record_all(engine, [look(0, {"0": FLATS["0"]})])
    record_all(engine, [look(24, {"1": FLATS["1"]})])
    assert (waiting(engine), news(engine)) == ({1, 2}, 2)
    link(engine)


def test_a_crawl_that_is_broken_off_tells_nothing(engine: Engine) -> None:
    begin(engine)
    recorder = Recorder()
    with pytest.raises(KeyboardInterrupt), writing(engine) as connection:  # noqa: PT012
        record(recorder, connection, *look(0, FLATS))
        recorder.settle(connection)
        raise KeyboardInterrupt
    assert (waiting(engine), news(engine)) == (set(), 0)


@pytest.mark.parametrize("is_again", [False, True])
def test_a_linking_that_is_broken_off_leaves_the_news_to_the_next(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, is_again: bool
) -> None:
    begin(engine)
    record_all(engine, [look(0, FLATS)])
    with monkeypatch.context() as patch:
        patch.setattr(linking, "drop_link_news", stop)
        with pytest.raises(KeyboardInterrupt), writing(engine) as connection:
            link_database(connection, NOW, rebuild=is_again)
    assert waiting(engine) == {1, 2, 3}
    link(engine)


def stop(*_: object) -> None:
    raise KeyboardInterrupt


def test_news_that_come_while_it_is_linked_wait_for_the_next_time(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only PostgreSQL lets others write meanwhile."""
    if engine.dialect.name != "postgresql":
        return
    begin(engine)
    record_all(engine, [look(0, {"0": FLATS["0"]})])
    drop = linking.drop_link_news

    def crawl_first(*told: Any) -> None:
        record_all(engine, [look(24, {"0": FLATS["0"]._replace(asking_price=70_00), "1": FLATS["1"]})])
        drop(*told)

    with monkeypatch.context() as patch:
        patch.setattr(linking, "drop_link_news", crawl_first)
        with writing(engine) as connection:
            link_database(connection, NOW)
    assert waiting(engine) == {1, 2}
    link(engine)


@pytest.mark.parametrize("judgement", list(Judgement))
def test_the_word_of_a_person_is_told(engine: Engine, judgement: Judgement) -> None:
    begin(engine)
    record_all(engine, [look(0, FLATS)])
    link(engine)
    with writing(engine) as connection:
        add_word(connection, ("s:0", "s:2"), judgement, "li", "seen", NOW)
    assert waiting(engine) == {1, 3}
    link(engine)


def test_pages_that_are_read_again_are_told(engine: Engine) -> None:
    begin(engine)
    page, said = look(0, FLATS)
    record_all(engine, [(page, said)])
    link(engine)
    recorder = RebuildingRecorder()
    with writing(engine) as connection:
        sources = sources_together(connection, "s")
        recorder.begin(connection, sources)
        for stored in stored_pages(connection, sources):
            recorder.at(stored.id)
            record(recorder, connection, page, {"0": said["0"], "2": said["2"]})
        recorder.finish(connection)
    assert waiting(engine) == {1, 3}
    link(engine)


def test_a_backup_brings_the_news_of_its_day_back(new_engine: Callable[[], Engine], tmp_path: Path) -> None:
    engine, other = new_engine(), new_engine()
    begin(engine)
    record_all(engine, [look(0, {"0": FLATS["0"]})])
    link(engine)
    record_all(engine, [look(24, FLATS)])
    back_up(engine, tmp_path / "copy.backup")
    link(engine)
    restore(other, tmp_path / "copy.backup", replace=True)
    assert (waiting(other), waiting(engine)) == ({2, 3}, set())
    link(other)


@pytest.mark.parametrize("is_linked", [False, True])
def test_a_database_of_the_version_before_is_looked_at_whole_once(engine: Engine, is_linked: bool) -> None:
    begin(engine)
    record_all(engine, [look(0, {"0": FLATS["0"]})])
    if is_linked:
        link(engine)
    record_all(engine, [look(24, {"1": FLATS["1"]})])
    config = migration_config()
    for direction, revision in ((command.downgrade, "0013"), (command.upgrade, "head")):
        with writing(engine) as connection:
            config.attributes["connection"] = connection
            direction(config, revision)
    assert waiting(engine) == {1, 2}  # version 0016 asks for it as well
    link(engine)


def test_homes_stand_until_the_linking_that_version_0016_asks_for(engine: Engine) -> None:
    """An alert in between tells no listing as a home of its own, and all of its old prices as news."""
    begin(engine)
    record_all(engine, [look(0, FLATS)])
    with writing(engine) as connection:
        add_word(connection, ("1", "3"), Judgement.SAME, "me", "", NOW)
    link(engine)
    before = [rows(engine, f"SELECT * FROM {table} ORDER BY 1, 2") for table in KEPT]
    homes = rows(engine, HOMES)
    assert len({home for _, home in homes}) < len(homes)
    config = migration_config()
    for direction, revision in ((command.downgrade, "0015"), (command.upgrade, "head")):
        with writing(engine) as connection:
            config.attributes["connection"] = connection
            direction(config, revision)
        assert rows(engine, HOMES) == homes
    assert waiting(engine) == {1, 2, 3}
    link(engine)
    assert [rows(engine, f"SELECT * FROM {table} ORDER BY 1, 2") for table in KEPT] == before


KEPT = ("property", "auction_round", "link_key", "link_place", "link_traits", "link_decision")
HOMES = "SELECT listing_id, property_id FROM auction_round ORDER BY listing_id"


def test_a_database_without_listings_has_no_news(engine: Engine) -> None:
    assert news(engine) == 0


def test_more_news_than_can_be_asked_for_one_by_one_stand_for_all(new_sqlite_url: Callable[[], str]) -> None:
    engine = open_engine(new_sqlite_url())
    with writing(engine) as connection:
        note_touched(connection, ())
        note_touched(connection, (7, -1, 2**40))
        assert read_link_news(connection) == ([1], {7, -1, 2**40})
        note_touched(connection, range(10, MOST_NAMED + 10))
        assert read_link_news(connection) == ([1, 2], None)
        drop_link_news(connection, [1, 2])
        note_touched(connection, None)
        note_touched(connection, (5,))
        assert read_link_news(connection).listing_ids is None
    engine.dispose()


WRITES = re.compile(
    r"(?:insert_rows|update_rows|update_integers|replace_rows|delete_rows)\(\s*connection,\s*(?:LISTING|AUCTION_ROUND)\b"
    r"|\b(?:insert|update|delete)\((?:LISTING|AUCTION_ROUND)\b"
    r"|\b(?:LISTING|AUCTION_ROUND)\.(?:insert|update|delete)\("
    r"|(?:INTO|UPDATE|DELETE FROM) (?:listing|auction_round)\b"
)


def test_every_part_of_the_program_that_writes_listings_or_their_links_tells_it() -> None:
    """A new road into the store must leave word of what it writes, and be tried above."""
    texts = {path: path.read_text("utf-8") for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    writers = {str(path.relative_to(ROOT)): text for path, text in texts.items() if WRITES.search(text)}
    assert set(writers) == {"store/history.py", "store/links.py", "store/rebuild.py", "store/write.py"}
    assert all("note_touched(connection, " in text for text in writers.values())
