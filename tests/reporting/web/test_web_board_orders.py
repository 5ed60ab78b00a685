"""Pages out of an order, and words counted: however few or many are asked for, the same as by looking at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from reporting.filters import Filters
from reporting.web.board import order as ordering
from reporting.web.board.answers import Answers
from reporting.web.board.bits import all_bits, bits_of, flags_of, positions_of
from reporting.web.board.board import FACETS, Board
from reporting.web.board.lines import load_lines
from reporting.web.board.order import Order
from store.engine import reading
from tests.reporting.web.conftest import NOW

KEYS = st.lists(st.none() | st.integers(-9, 9), min_size=1, max_size=60)


@given(st.sets(st.integers(0, 70)), st.integers(71, 90))
def test_a_set_is_its_positions(positions: set[int], count: int):
    bits = bits_of(positions, count)

    assert positions_of(bits, count) == sorted(positions)
    assert list(flags_of(bits, count)) == [position in positions for position in range(count)]


def test_of_no_positions_there_is_nothing():
    assert positions_of(0, 0) == []
    assert positions_of(all_bits(9), 9) == list(range(9))


@pytest.mark.parametrize("dearer", [0, 4, 1_000_000])  # always sorted, either, always walked
@given(KEYS, st.integers(0, 70), st.integers(1, 20), st.booleans(), st.data())
def test_a_page_is_a_piece_of_all_members(
    dearer: int, keys: list[int | None], start: int, size: int, is_reversed: bool, data: st.DataObject
):
    bits = bits_of(data.draw(st.sets(st.integers(0, len(keys) - 1))), len(keys))
    order = Order(keys)
    before, ordering.SORTED_DEARER = ordering.SORTED_DEARER, dearer
    try:
        page = order.page(bits, start, size, is_reversed=is_reversed)
    finally:
        ordering.SORTED_DEARER = before

    assert page == list(order.members(bits, is_reversed=is_reversed))[start : start + size]


def test_words_are_counted_alike_by_sets_and_by_positions(recorded_engine: Engine):
    with reading(recorded_engine) as connection:
        board = Board(load_lines(connection, Filters(), NOW), NOW)
    bits = board.last_of_homes & ~board.doubtful
    positions = positions_of(bits, board.count)
    assert len(positions) > 100

    for name in FACETS:
        by_sets = {word: count for word, count in board.count_words(name, bits).items() if count}
        assert by_sets
        assert board.count_words(name, bits, positions) == by_sets


def test_answers_are_kept_until_others_are_asked_for_more_lately():
    answers: Answers[int] = Answers(2)
    reckoned: list[str] = []

    def ask(question: str) -> int:
        return answers.get(question, lambda: reckoned.append(question) or len(reckoned))

    assert [ask(each) for each in "aabacab"] == [1, 1, 2, 1, 3, 1, 4]
    assert reckoned == ["a", "b", "c", "b"]
