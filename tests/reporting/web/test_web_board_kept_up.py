"""The board is kept up: made of what has changed alone, it is the board that would be made anew."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from starlette.datastructures import QueryParams

from reporting.filters import Filters, parse_filters
from reporting.web.board import keeper as keeping
from reporting.web.board import making
from reporting.web.board.bits import bits_of, positions_of
from reporting.web.board.board import Board
from reporting.web.board.columns import TYPES
from reporting.web.board.keeper import BoardKeeper
from reporting.web.board.lines import Line, load_lines
from reporting.web.board.order import NOT_KNOWN, Moves, Order
from reporting.web.board.search import all_positions, find, read_search
from reporting.web.board.texts import TextMaker
from reporting.web.errors import NotReady
from store.engine import reading, writing
from store.errors import StoreError
from store.rows import AUCTION_ROUND, LISTING
from store.terms import Judgement
from store.write import Recorder
from tests.reporting.web.conftest import NOW
from tracking.linking import link_database
from tracking.words import add_word

LATER = NOW + timedelta(days=1)
SEARCHES = ("", "q=泉州", "state=open&sort=ends", "kind=flat&sort=price", "min-cut=5%25", "rows=listings&sort=new")
KEYS = st.lists(st.none() | st.integers(-9, 9), max_size=80)


@pytest.fixture
def now() -> list[datetime]:
    """What the keeper believes it to be."""
    return [NOW]


@pytest.fixture
def keeper(engine: Engine, now: list[datetime], monkeypatch: pytest.MonkeyPatch) -> BoardKeeper:
    """It looks at the database with each question."""
    monkeypatch.setattr(keeping, "LOOKS_EVERY", 0.0)
    return BoardKeeper(engine, lambda: now[0])


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """How many listings were asked for with each reading; ``None``: all."""
    asked: list[int | None] = []

    def note(
        connection: object, filters: Filters, now: datetime, listing_ids: set[int] | None = None
    ) -> Iterator[Line]:
        asked.append(None if listing_ids is None else len(listing_ids))
        return load_lines(connection, filters, now, listing_ids)  # type: ignore[arg-type]

    monkeypatch.setattr(making, "load_lines", note)
    return asked


def made_anew(engine: Engine, now: datetime) -> Board:
    with reading(engine) as connection:
        return Board(load_lines(connection, Filters(), now), now)


def assert_equal(one: Board, other: Board) -> None:
    assert [*map(one.rows.__getitem__, range(one.count))] == [*map(other.rows.__getitem__, range(other.count))]
    for name in set(TYPES) - {"doubts", "check_at"}:  # which number doubts have is their own affair
        assert one.rows.array(name) == other.rows.array(name), name
    assert one._words == other._words
    for name, order in other.orders.items():
        assert list(one.orders[name].members(one.everything)) == list(order.members(other.everything)), name
        assert one.orders[name]._keys == order._keys, name
    assert [one.texts.at(each) for each in range(one.count)] == [other.texts.at(each) for each in range(one.count)]
    assert one.rows_seen_last == other.rows_seen_last
    for query in SEARCHES:
        search = read_search(QueryParams(query))
        ours, theirs = find(one, search), find(other, search)
        assert (ours.bits, ours.facets) == (theirs.bits, theirs.facets)
        assert all_positions(one, ours) == all_positions(other, theirs)


def touch(engine: Engine, *statements: str) -> None:
    """Write past the recorder, as a crawl that is under way would."""
    with writing(engine) as connection:
        for statement in (*statements, "UPDATE source SET write_count = write_count + 1"):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("UPDATE crawl_run SET finished_at = NULL WHERE id = 1")


def test_a_new_price_is_read_with_its_home_alone(engine: Engine, keeper: BoardKeeper, read: list[int | None]):
    before = keeper.board()
    with writing(engine) as connection:
        largest = "SELECT listing_id, count(*) FROM auction_round GROUP BY property_id ORDER BY count(*) DESC LIMIT 1"
        listing, attempts = connection.exec_driver_sql(largest).one()
        state = f"SELECT * FROM observation WHERE listing_id = {listing} ORDER BY id DESC LIMIT 1"
        connection.exec_driver_sql(f"CREATE TEMP TABLE copied AS {state}")
        connection.exec_driver_sql(
            "UPDATE copied SET id = (SELECT max(id) + 1 FROM observation), asking_price = 12345600,"
            " starting_price = 12345600, observed_at = '2026-09-05 03:00:00.000000', digest = digest + 1"
        )
        connection.exec_driver_sql("INSERT INTO observation SELECT * FROM copied")
        connection.exec_driver_sql("DROP TABLE copied")
        last = "(SELECT max(id) FROM observation)"
        connection.exec_driver_sql(f"UPDATE listing SET observation_id = {last} WHERE id = {listing}")
    touch(engine)

    after = keeper.board()

    assert attempts > 1
    assert read == [None, attempts]
    assert after is not before
    assert_equal(after, made_anew(engine, NOW))
    assert find(after, read_search(QueryParams("max-price=123456&rows=listings"))).listings > (
        find(before, read_search(QueryParams("max-price=123456&rows=listings"))).listings
    )


def test_a_listing_that_was_only_seen_again_is_not_read(engine: Engine, keeper: BoardKeeper, read: list[int | None]):
    keeper.board()
    touch(engine, "UPDATE listing SET last_seen_at = '2026-09-05 03:30:00.000000' WHERE id % 3 = 1")

    after = keeper.board()

    assert read[1] is not None
    assert read[1] < after.count // 3  # those of which nobody knew any more whether they are open, with their homes
    assert_equal(after, made_anew(engine, NOW))


def test_homes_that_a_person_told_apart_are_read_anew(engine: Engine, keeper: BoardKeeper, read: list[int | None]):
    keeper.board()
    link = AUCTION_ROUND.c
    with writing(engine) as connection:
        home = connection.execute(select(link.property_id).where(link.position == 2).limit(1)).scalar_one()
        names = select(LISTING.c.source, LISTING.c.source_id).join(AUCTION_ROUND, link.listing_id == LISTING.c.id)
        one, other = (":".join(row) for row in connection.execute(names.where(link.property_id == home).limit(2)))
        add_word(connection, (one, other), Judgement.DIFFERENT, "me", "seen", NOW)
        link_database(connection, NOW)

    after = keeper.board()

    assert read[0] is None
    assert read[1] is not None
    assert 2 <= read[1] < 60
    assert_equal(after, made_anew(engine, NOW))


def test_new_listings_stand_behind_those_that_are_known(engine: Engine, keeper: BoardKeeper, read: list[int | None]):
    with writing(engine) as connection:
        last = connection.exec_driver_sql("SELECT max(id) FROM listing").scalar_one()
        rows = connection.exec_driver_sql(f"SELECT * FROM listing WHERE id = {last}").all()
        linked = connection.exec_driver_sql(f"SELECT * FROM auction_round WHERE listing_id = {last}").all()
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in ("auction_round", "link_traits"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE listing_id = {last}")
        connection.exec_driver_sql(f"UPDATE observation SET listing_id = {last - 1} WHERE listing_id = {last}")
        connection.exec_driver_sql(f"DELETE FROM listing WHERE id = {last}")
        before_state = rows[0].observation_id
    assert keeper.board().position_of(last) is None

    with writing(engine) as connection:
        holes = ", ".join("?" * len(rows[0]))
        connection.exec_driver_sql(f"INSERT INTO listing VALUES ({holes})", tuple(rows[0]))
        connection.exec_driver_sql(f"UPDATE observation SET listing_id = {last} WHERE id = {before_state}")
        for row in linked:
            connection.exec_driver_sql(f"INSERT INTO auction_round VALUES ({', '.join('?' * len(row))})", tuple(row))
    touch(engine)
    after = keeper.board()

    assert after.position_of(last) == after.count - 1
    assert read[1] is not None
    assert_equal(after, made_anew(engine, NOW))


def test_pages_that_were_read_again_make_the_board_anew(
    engine: Engine, keeper: BoardKeeper, now: list[datetime], read: list[int | None]
):
    """Under the numbers of before there may stand other words; no run tells of it."""
    now[0] = datetime.now(UTC) + timedelta(hours=1)  # the runs that wrote the database are over
    keeper.board()
    with writing(engine) as connection:
        Recorder().claim(connection, "br_caixa")

    keeper.board()

    assert read == [None, None]


def test_an_offer_that_ends_while_nobody_writes_is_looked_at(
    engine: Engine, keeper: BoardKeeper, now: list[datetime], read: list[int | None]
):
    """What was seen on offer is unseen once nobody has looked for ninety days."""
    first = find(keeper.board(), read_search(QueryParams("state=open&rows=listings"))).listings
    assert first > 0
    now[0] = datetime.now(UTC) + timedelta(days=365)

    after = keeper.board()

    assert read[1] is not None
    assert find(after, read_search(QueryParams("state=open&rows=listings"))).listings == 0
    assert_equal(after, made_anew(engine, now[0]))


def test_whoever_asks_for_today_does_not_wait_for_an_earlier_day(keeper: BoardKeeper, monkeypatch: pytest.MonkeyPatch):
    keeper.board()
    begun, go_on = threading.Event(), threading.Event()

    def slow(*given: object, **named: object) -> Iterator[Line]:
        begun.set()
        assert go_on.wait(60)
        return iter(())

    monkeypatch.setattr(keeping, "load_lines", slow)
    earlier = threading.Thread(target=keeper.board, args=(parse_filters(as_of="2026-09-01").as_of,))
    earlier.start()
    assert begun.wait(60)
    asked: list[Board] = []
    today = threading.Thread(target=lambda: asked.append(keeper.board()))
    today.start()
    today.join(20)
    try:
        assert [board.count > 0 for board in asked] == [True]
    finally:
        go_on.set()
        earlier.join()


def test_a_board_that_fails_is_not_tried_again_at_every_look(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    tried: list[float] = []

    def fail(*given: object) -> Iterator[Line]:
        tried.append(time.monotonic())
        raise StoreError("the disk is full")

    monkeypatch.setattr(making, "load_lines", fail)
    monkeypatch.setattr(keeping, "RESTS", 1_000_000)
    large = BoardKeeper(engine, lambda: NOW, small=0)
    for _ in range(3):
        with pytest.raises(NotReady):
            large.board()
        large.close()

    assert len(tried) == 1
    assert "a board could not be made" in caplog.text


@given(KEYS, st.data())
def test_an_order_that_was_moved_is_the_order_of_the_new_keys(keys: list[int | None], data: st.DataObject):
    moved = data.draw(st.dictionaries(st.integers(0, len(keys) + 4), st.none() | st.integers(-9, 9), max_size=30))
    further = [position for position in sorted(moved) if position >= len(keys)]
    moved = {position: key for position, key in moved.items() if position < len(keys)}
    after = [moved.get(position, key) for position, key in enumerate(keys)] + [data.draw(st.integers(-9, 9))] * len(
        further
    )
    changed = [*moved, *range(len(keys), len(after))]
    order = Order(keys)
    if data.draw(st.booleans()):
        order.below(0)  # its bounds are measured out
    stays = bytes(position not in moved for position in range(len(keys)))
    told = [(position, NOT_KNOWN if after[position] is None else after[position]) for position in changed]

    made = order.moved(Moves(stays, bits_of(moved, len(keys)), told, len(after)))  # type: ignore[arg-type]

    anew = Order(after)
    every = (1 << len(after)) - 1
    assert list(made.members(every)) == list(anew.members(every))
    assert made.known == anew.known
    for key in range(-11, 12):
        assert positions_of(made.below(key), len(after)) == positions_of(anew.below(key), len(after))
        assert list(made.having(key)) == list(anew.having(key))


@given(st.lists(st.text("ab万", max_size=5), max_size=20), st.data())
def test_texts_that_were_changed_are_found_where_they_stand(texts: list[str], data: st.DataObject):
    changed = data.draw(st.dictionaries(st.integers(0, max(0, len(texts) - 1)), st.text("ab万", max_size=5)))
    changed = {position: text for position, text in changed.items() if position < len(texts)}
    further = data.draw(st.lists(st.text("ab万", max_size=5), max_size=3))
    changed |= {len(texts) + place: text for place, text in enumerate(further)}
    after = [changed.get(position, text) for position, text in enumerate([*texts, *further])]

    maker = TextMaker()
    slots = data.draw(st.permutations(range(len(texts))))
    for slot in range(len(texts)):
        maker.append(texts[slots.index(slot)])
    made = maker.made(slots).updated(changed)

    for word in ("a", "万", "ab", "b万a"):
        assert sorted(made.with_word(word)) == [place for place, text in enumerate(after) if word in text]
