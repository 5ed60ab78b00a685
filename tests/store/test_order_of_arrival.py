"""Pages in any order of arrival give the history of the right order (domain.md, case 13)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_help import CURRENT, START, begin, empty_tables, history, look, make_page, record_all, rows, statement

from store.terms import PropertyKind, RoundStatus
from store.write import Recorder

TITLES = (
    "Casa, Rua G (Atual Rua Carlos Ferreira), N. 140, Casa 5 Bl B Qd 6 Lt 46, TANGUA - RJ",
    "Casa, Rua G, Casa 5 Bl B Qd 6 Lt 46, TANGUA - RJ",
    "Apartamento, AV DAS ARAUCARIAS Lt-2468 e 10, Ap. 1703, Bl-C, SUL (AGUAS CLARAS), TAGUATINGA - DF",
    "安溪县城厢镇二环南路666号百福豪城3号楼1203室房产",
    None,
)

a_statement = st.builds(
    statement,
    title=st.sampled_from(TITLES),
    asking_price=st.sampled_from([None, 100_00, 90_00, 80_00]),
    appraisal_price=st.sampled_from([None, 100_00, 200_00]),
    city=st.sampled_from([None, "X", "X", "Y"]),
    property_kind=st.sampled_from([None, PropertyKind.HOUSE, PropertyKind.FLAT]),
    status=st.sampled_from([None, RoundStatus.UPCOMING, RoundStatus.SOLD]),
    ends_at=st.sampled_from([None, START, datetime(2026, 3, 1, 2, 0, 0, 5, tzinfo=UTC)]),
    ended_on=st.sampled_from([None, date(2026, 3, 1)]),
    is_loan_offered=st.sampled_from([None, True, False]),
    raw=st.sampled_from([None, "{}", '{"preco": "1"}', '{"preco": "2", "状态": "流拍"}']),
)
a_page = st.tuples(
    st.integers(0, 6),  # the hour of the look: several pages may share one
    st.sampled_from(["s.list", "s.detail", "s.csv"]),
    st.dictionaries(st.sampled_from(["1", "2", "3"]), a_statement, min_size=1),
)
some_pages = st.lists(a_page, min_size=2, max_size=9).map(
    lambda pages: [
        (make_page(START + timedelta(hours=hour), reader, str(number)), said)
        for number, (hour, reader, said) in enumerate(pages)
    ]
)


@pytest.fixture
def engines(new_engine):
    return new_engine(), new_engine()


def for_many(engines, **strategies):
    """Check a property on two databases, emptied for each example: making new ones would take most of the time."""

    def decorate(holds):
        @settings(max_examples=50 if engines[0].dialect.name == "sqlite" else 15)
        @given(**strategies)
        def check(**values):
            for engine in engines:
                empty_tables(engine)
                begin(engine)
            holds(**values)
            assert history(engines[0]) == history(engines[1])

        check()

    return decorate


def test_any_order_of_arrival_gives_the_history_of_the_right_order(engines):
    in_order, shuffled = engines

    @for_many(engines, pages=some_pages, data=st.data())
    def holds(pages, data):
        record_all(in_order, sorted(pages, key=lambda pair: pair[0].observed_at))
        record_all(shuffled, data.draw(st.permutations(pages)), data.draw(st.integers(1, 4)))


def test_one_transaction_gives_the_history_of_many(engines):
    many, one = engines

    @for_many(engines, pages=some_pages)
    def holds(pages):
        in_order = sorted(pages, key=lambda pair: pair[0].observed_at)
        record_all(many, in_order)
        record_all(one, in_order, len(pages))


def test_writers_that_take_turns_give_the_history_of_one(engines):
    alone, in_turns = engines

    @for_many(engines, pages=some_pages, data=st.data())
    def holds(pages, data):
        writers = [Recorder(), Recorder()]
        record_all(alone, pages, len(pages))
        for each in pages:
            record_all(in_turns, [each], recorder=data.draw(st.sampled_from(writers)))


def test_few_heads_in_memory_give_the_history_of_many(engines, monkeypatch):
    many, few = engines

    @for_many(engines, pages=some_pages, kept=st.integers(0, 3))
    def holds(pages, kept):
        record_all(many, pages)
        with monkeypatch.context() as patch:
            patch.setattr("store.write.HEADS_KEPT", kept)
            record_all(few, pages)


def test_ids_are_folded_in_batches_as_they_are_at_once(engines, monkeypatch):
    at_once, in_batches = engines

    @for_many(engines, pages=some_pages, size=st.integers(1, 2))
    def holds(pages, size):
        backwards = sorted(pages, key=lambda pair: pair[0].observed_at, reverse=True)
        record_all(at_once, backwards, len(pages))
        with monkeypatch.context() as patch:
            patch.setattr("store.history.IDS_PER_QUERY", size)
            record_all(in_batches, backwards, len(pages))


def test_more_ids_than_one_query_takes_are_folded_and_found_again(engine):
    """5,200 ids: one more batch than one query holds, on the slow road and then on the fast one."""
    begin(engine)
    ids = [str(number) for number in range(5_200)]
    newer = {each: statement(title=f"Casa, RUA {each}", asking_price=90_00) for each in ids}
    older = {each: words._replace(asking_price=100_00) for each, words in newer.items()}
    cut = {each: words._replace(asking_price=80_00) for each, words in newer.items()}

    first, late = record_all(engine, [look(24, newer), look(0, older)])
    (last,) = record_all(engine, [look(48, cut)])

    assert (first.new, late.late, last.changed) == (5_200, 5_200, 5_200)
    assert rows(
        engine,
        "SELECT asking_price, count(*), min(observed_at) = max(observed_at) FROM observation "
        "GROUP BY asking_price ORDER BY asking_price DESC",
    ) == [(100_00, 5_200, True), (90_00, 5_200, True), (80_00, 5_200, True)]


def test_a_price_seen_in_an_old_archive_becomes_the_older_price(engine):
    begin(engine)
    home = statement(title=TITLES[0], asking_price=88_200_00)

    today, old = record_all(engine, [look(24, {"1": home}), look(0, {"1": home._replace(asking_price=98_000_00)})])

    assert (today.new, old.late) == (1, 1)
    assert rows(engine, "SELECT asking_price FROM observation ORDER BY observed_at") == [(98_000_00,), (88_200_00,)]
    assert rows(engine, f"SELECT asking_price, first_seen_at = last_seen_at FROM {CURRENT}") == [(88_200_00, False)]


def test_an_old_page_of_an_unchanged_home_only_moves_its_first_sight(engine):
    begin(engine)
    home = statement(title=TITLES[0], asking_price=88_200_00)
    record_all(engine, [look(24, {"1": home}), look(0, {"1": home})])

    assert rows(engine, "SELECT count(*) FROM observation") == [(1,)]
    ((first, last, changed),) = rows(engine, "SELECT first_seen_at, last_seen_at, last_changed_at FROM listing")
    assert first == changed < last
