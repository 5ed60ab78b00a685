"""Pages recorded again, as after a mended parser, give the database that a fresh start would have given."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from store_help import (
    CURRENT,
    START,
    begin,
    empty_tables,
    history,
    look,
    make_page,
    record,
    record_all,
    rows,
    statement,
)

from store.engine import writing
from store.rebuild import RebuildingRecorder, sources_together, stored_pages
from store.told import Refused
from store.write import Recorder

HOMES = ("Casa, RUA A, N. 10, TANGUA - RJ", "安溪县城厢镇百福豪城3号楼1203室", "Terreno, PR-444, ARAPONGAS - PR")
some_words = st.dictionaries(
    st.sampled_from(["1", "2", "3"]),
    st.builds(
        statement,
        title=st.sampled_from(HOMES),
        asking_price=st.sampled_from([None, 90_00, 80_00]),
        city=st.sampled_from([None, "X", "Y"]),
    ),
)
# Hour and reader of a page, and what the old and the mended parser made of it.
a_reading = st.tuples(st.integers(0, 4), st.sampled_from(["s.list", "s.detail"]), some_words, some_words)
two_readings = st.lists(a_reading, min_size=1, max_size=7)


def read_again(engine, words_of):
    """Record every stored page again, with what ``words_of`` gives for its hash."""
    recorder = RebuildingRecorder()
    with writing(engine) as connection:
        sources = sources_together(connection, "s")
        recorder.begin(connection, sources)
        for stored in stored_pages(connection, sources):
            page, said = words_of[stored.body_sha256]
            recorder.at(stored.id)
            record(recorder, connection, page, said)
        recorder.finish(connection)


def same_pages(readings):
    """The pages as first read, and the same pages as read again."""
    pages = [make_page(START + timedelta(hours=each[0]), each[1], str(number)) for number, each in enumerate(readings)]
    old, new = ([each[which] for each in readings] for which in (2, 3))
    return list(zip(pages, old, strict=True)), list(zip(pages, new, strict=True))


def test_a_mended_parser_gives_the_database_of_a_fresh_start(new_engine):
    rebuilt, fresh = new_engine(), new_engine()

    @settings(max_examples=60 if rebuilt.dialect.name == "sqlite" else 15)
    @given(readings=two_readings, data=st.data())
    def holds(readings, data):
        for engine in (rebuilt, fresh):
            empty_tables(engine)
            begin(engine)
        old, new = same_pages(readings)
        record_all(rebuilt, data.draw(st.permutations(old)), data.draw(st.integers(1, 3)))
        read_again(rebuilt, {page.body_sha256: (page, said) for page, said in new})
        record_all(fresh, new)
        assert history(rebuilt) == history(fresh)
        assert counts(rebuilt) == counts(fresh)

    holds()


def counts(engine):
    return rows(engine, "SELECT observed_at, listing_count, refused_count, outcome FROM page ORDER BY body_sha256")


def test_reading_again_keeps_the_ids_of_pages_and_listings(engine):
    begin(engine)
    homes = {str(number): statement(title=title, asking_price=90_00) for number, title in enumerate(HOMES)}
    old = [look(0, homes), look(24, {**homes, "0": homes["0"]._replace(asking_price=80_00)})]
    record_all(engine, old)
    ids = "SELECT source_id, id FROM listing ORDER BY id", "SELECT body_sha256, id FROM page ORDER BY id"
    before = [rows(engine, sql) for sql in ids]

    mended = [(page, {key: words._replace(city="TANGUA") for key, words in said.items()}) for page, said in old]
    read_again(engine, {page.body_sha256: (page, said) for page, said in mended})

    assert [rows(engine, sql) for sql in ids] == before
    assert rows(engine, f"SELECT DISTINCT city FROM {CURRENT}") == [("TANGUA",)]
    assert rows(engine, "SELECT count(*) FROM observation") == [(4,)]


def test_a_listing_that_no_page_tells_of_any_more_is_gone_with_its_refused_rows(engine):
    begin(engine)
    page, said = look(0, {"1": statement(title=HOMES[0]), "2": statement(title=HOMES[1])})
    with writing(engine) as connection:
        record(Recorder(), connection, page, said, [Refused(2, "3", "unread", "…")])

    read_again(engine, {page.body_sha256: (page, {"2": said["2"]})})

    assert rows(engine, "SELECT source_id FROM listing") == [("2",)]
    assert rows(engine, "SELECT count(*) FROM quarantined_row") == [(0,)]
    assert rows(engine, "SELECT listing_count, refused_count FROM page") == [(1, 0)]
