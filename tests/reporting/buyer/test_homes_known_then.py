"""With an earlier day asked for, homes are those of that day, also where they were linked otherwise since."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from store_help import begin

from reporting.buyer.compare import compare
from reporting.buyer.deals import DealQuestion, find_deals
from reporting.buyer.ground import load_home
from reporting.buyer.next_round import next_round
from reporting.changes import Change, find_changes
from reporting.filters import parse_filters
from store.engine import reading, writing
from store.terms import EventKind, Judgement
from tests.reporting.buyer.buyer_help import DAY, FIRST_AUCTION, link, record, second_auction
from tracking.linking import link_database
from tracking.words import add_word

SECOND = second_auction(800_000)
THEN, SINCE = parse_filters(as_of="2026-09-04"), parse_filters(as_of="2026-09-12")


@pytest.fixture
def parted(engine: Engine) -> Engine:
    """One home by the linker, two homes by the word of a person five days after the day that is asked for."""
    begin(engine)
    record(engine, {"1": FIRST_AUCTION}, days=-30)
    record(engine, {"2": SECOND}, days=-1)
    link(engine)
    said_at = DAY + timedelta(days=5)
    with writing(engine) as connection:
        add_word(connection, ("s:1", "s:2"), Judgement.DIFFERENT, "me", "two staircases", said_at)
        link_database(connection, said_at)
    return engine


def test_deals_of_an_earlier_day_are_under_the_highest_price_of_the_home_as_it_was_then(parted: Engine) -> None:
    with reading(parted) as connection:
        (then,) = find_deals(connection, DealQuestion(THEN)).rows
        (since,) = find_deals(connection, DealQuestion(SINCE)).rows
    assert (then.highest_discount_percent, then.highest_count) == (20, 2)
    assert (since.highest_discount_percent, since.highest_count) == (None, None)


def test_the_round_that_comes_next_is_that_of_the_chain_as_it_was_then(parted: Engine) -> None:
    with reading(parted) as connection:
        (then, since) = (next_round(connection, "s:1", filters).attempt for filters in (THEN, SINCE))
        (_, alone) = load_home(connection, SINCE, "s:2")
    assert (then.offer.source_id, then.step and then.step.position) == ("2", 2)
    assert (since.offer.source_id, since.step and since.step.position) == ("1", 1)
    assert alone.step is not None
    assert alone.step.position == 1


def test_homes_side_by_side_have_the_listings_that_they_had_then(parted: Engine) -> None:
    with reading(parted) as connection:
        then, since = (compare(connection, ("s:1", "s:2"), filters).valued for filters in (THEN, SINCE))
    assert [each.history.listings for each in then] == [2, 2]
    assert [each.history.listings for each in since] == [1, 1]


def test_a_change_of_an_earlier_day_is_told_of_the_home_as_it_was_then(parted: Engine) -> None:
    with reading(parted) as connection:
        then, since = (
            {row.listing: row for row in find_changes(connection, filters).rows if row.listing in ("s:1", "s:2")}
            for filters in (parse_filters(as_of="2026-09-04", since="2026-09-01"), SINCE)
        )
        first: Change = next(row for row in find_changes(connection, THEN).rows if row.listing == "s:1")
    assert then["s:2"].kind is EventKind.NEW_ROUND
    assert then["s:2"].property_id == first.property_id
    assert since["s:2"].kind is EventKind.NEW
    assert since["s:2"].property_id != since["s:1"].property_id
