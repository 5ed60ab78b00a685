"""Homes that are offered together: of many listings only those of the compound are looked at, with the same answer."""

import pytest
from sqlalchemy import Connection, Engine

from reporting.batches import BatchQuestion, batches
from reporting.buyer.comparables import places_of
from reporting.buyer.ground import load_home
from reporting.filters import Filters
from reporting.ladder import load_ladder
from reporting.web import homes
from reporting.web.board.board import Board
from reporting.web.board.lines import load_lines
from store.engine import reading
from tests.reporting.web.conftest import NOW


def siblings_of(connection: Connection, board: Board, number: str) -> object:
    ground, attempt = load_home(connection, Filters(), number)
    places = places_of(attempt, ground.site_of(attempt))
    return homes.find_siblings(connection, load_ladder(connection, number, Filters()), Filters(), board, places)


def test_siblings_are_the_same_whether_all_listings_are_looked_at_or_those_of_the_compound(
    recorded_engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    with reading(recorded_engine) as connection:
        board = Board(load_lines(connection, Filters(), NOW), NOW)
        numbers = {number for row in batches(connection, BatchQuestion()).rows for number in row.property_ids.split()}
        among_all = {number: siblings_of(connection, board, number) for number in numbers}
        looked_at: list[object] = []

        def note(connection: Connection, question: BatchQuestion, listing_ids: list[int] | None, then: None) -> object:
            looked_at.append(listing_ids)
            return batches(connection, question, listing_ids, then)

        monkeypatch.setattr(homes, "MOST_LISTINGS", 0)
        monkeypatch.setattr(homes, "batches", note)
        found = {number: siblings_of(connection, board, number) for number in numbers}

    told = {number: batch for number, batch in found.items() if batch is not None}
    assert len(told) >= 3
    assert told == {number: among_all[number] for number in told}
    assert all(ids is not None and 0 < len(ids) < board.count // 4 for ids in looked_at)  # type: ignore[arg-type]
