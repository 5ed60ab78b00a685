"""The outlook of a page is counted on the board: the same figures as the reports count from all listings."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from store_help import begin, look, record_all

from reporting.buyer.comparables import Comparables
from reporting.buyer.failures import chance_to_fail as counted_chance
from reporting.buyer.ground import Ground, load_ground
from reporting.filters import Filters
from reporting.web.board.board import Board
from reporting.web.board.lines import load_lines
from reporting.web.board.outlook import BoardComparables, chance_to_fail
from store.engine import open_engine, reading, writing
from store.schema import upgrade
from store.statement import Statement
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind
from tracking.linking import link_database

NOW = datetime.now(UTC)
"""The reports ask for the time themselves."""


def ground_and_board(engine: Engine) -> tuple[Ground, Board]:
    with reading(engine) as connection:
        ground = load_ground(connection, Filters())
        return ground, Board(load_lines(connection, Filters(), ground.now), ground.now)


def assert_same_figures(engine: Engine) -> tuple[int, int]:
    """Of how many listings a chance is known, and of how many the price of comparable homes."""
    ground, board = ground_and_board(engine)
    comparables, on_board = Comparables(ground), BoardComparables(board, ground)
    chances, prices = 0, 0
    for home in ground.homes:
        for attempt in home:
            chance = counted_chance(ground, attempt)
            assert chance_to_fail(board, home, attempt, ground.day) == chance
            chances += chance is not None and chance.percent is not None
            comparison = comparables.compare(attempt)
            assert on_board.compare(attempt) == comparison
            prices += comparison is not None and comparison.unit_price is not None
    return chances, prices


def flat(number: int, **told: object) -> Statement:
    """One of many flats of two districts that were put up in the last year."""
    starts_at = NOW - timedelta(days=20 + 9 * (number % 90))
    state = (RoundStatus.SOLD, RoundStatus.FAILED, RoundStatus.FAILED, RoundStatus.WITHDRAWN, RoundStatus.ENDED)
    status = state[number % 5]
    price = (2_000_000 + 37_000 * (number % 11)) * 100
    given: dict[str, object] = {
        "title": f"上海市金科路{number % 4 + 10}弄{number % 7 + 1}号{100 + number}室",
        "city": "上海市",
        "district": "浦东新区" if number % 3 else "闵行",
        "property_kind": PropertyKind.FLAT if number % 13 else PropertyKind.SHOP,
        "round_kind": RoundKind.FIRST_AUCTION if number % 4 else RoundKind.SECOND_AUCTION,
        "seller_kind": SellerKind.COURT,
        "currency": Currency.CNY,
        "starting_price": price,
        "hammer_price": price + 5_000_000 if status is RoundStatus.SOLD else None,
        "floor_area": (6_000 + 350 * (number % 23)) if number % 17 else None,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(days=1),
        "status": status,
        "raw": "{}",
    }
    return Statement(**(given | told))  # type: ignore[arg-type]


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Engine]:
    """Four hundred flats and shops, so that rounds and prices are enough; some open, some in doubt, some not linked."""
    engine = open_engine(f"sqlite:///{tmp_path / 'many.sqlite'}")
    upgrade(engine)
    begin(engine)
    soon = {"status": RoundStatus.UPCOMING, "hammer_price": None, "starts_at": NOW, "ends_at": NOW + timedelta(days=3)}
    said = {str(number): flat(number, **(soon if number % 6 == 0 else {})) for number in range(400)}
    record_all(engine, [look(0, said)])
    with writing(engine) as connection:
        link_database(connection, NOW)
    record_all(engine, [look(1, {f"late-{number}": flat(number, status=RoundStatus.FAILED) for number in range(30)})])
    with writing(engine) as connection:
        # ``look`` saw them when its own clock stood there: today somebody sees them all again.
        connection.exec_driver_sql("UPDATE listing SET last_seen_at = ?", (NOW.strftime("%Y-%m-%d %H:%M:%S.%f"),))
    yield engine
    engine.dispose()


def test_where_much_is_known_the_figures_are_those_of_the_reports(many: Engine):
    chances, prices = assert_same_figures(many)

    assert chances > 300
    assert prices > 200


def test_over_the_recorded_pages_too_the_figures_are_those_of_the_reports(recorded_engine: Engine):
    assert_same_figures(recorded_engine)


def test_the_page_tells_the_figures_of_the_report(site: TestClient, recorded_engine: Engine):
    ground, board = ground_and_board(recorded_engine)
    compared = [
        (attempt, comparison)
        for attempt in ground.attempts
        if attempt.property_id is not None
        and (comparison := BoardComparables(board, ground).compare(attempt)) is not None
        and comparison.home_count
    ]
    assert compared

    attempt, comparison = compared[-1]
    page = site.get(f"/homes/{attempt.property_id}/outlook?lang=en")

    assert page.status_code == 200
    assert f"<dd>{comparison.home_count}</dd>" in page.text


def test_a_large_database_has_its_outlook_too(site: TestClient, monkeypatch: pytest.MonkeyPatch):
    """Above so many listings the page once refused; only the siblings, of which a report looks at all, are left out."""
    monkeypatch.setattr("reporting.web.homes.MOST_LISTINGS", 1)
    number = json.loads(site.get("/search.json").content)[0]["home"]

    assert site.get(f"/homes/{number}/outlook").status_code == 200
