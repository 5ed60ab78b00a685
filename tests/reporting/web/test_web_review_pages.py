"""Pages of pairs in doubt: each shows its own part of the list of the command line, and reads no other."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine
from store_help import begin, look, record_all

from reporting.review import find_doubtful_pairs, page_of_doubtful_pairs
from store.engine import open_engine, reading, writing
from store.statement import Statement
from store.terms import Currency, Judgement, PropertyKind
from tracking.linking import link_database
from tracking.offers import Offer, load_offers
from tracking.words import add_word

NOW = datetime(2026, 9, 5, tzinfo=UTC)
BANK = {"city": "无锡市", "currency": Currency.CNY, "seller_name": "平安银行", "raw": "{}"}
BANK |= {"starts_at": NOW, "ends_at": NOW + timedelta(days=1)}  # together, so that they may be two


def shops(numbers: range) -> dict[str, Statement]:
    """For each house number a shop with its kind told and one without: a pair in doubt."""
    found = {}
    for number in numbers:
        title = f"汉江北路{number}号、{number + 2}号"
        found[f"a{number}"] = Statement(title=f"{title}商铺", property_kind=PropertyKind.SHOP, **BANK)  # type: ignore[arg-type]
        found[f"b{number}"] = Statement(title=f"{title}房产".replace("、", ""), **BANK)  # type: ignore[arg-type]
    return found


@pytest.fixture
def engine(new_sqlite_url: Callable[[], str]) -> Iterator[Engine]:
    opened = open_engine(new_sqlite_url())
    begin(opened)
    record_all(opened, [look(0, shops(range(101, 190, 10)))])
    with writing(opened) as connection:
        link_database(connection, NOW)
    yield opened
    opened.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with reading(engine) as opened:
        yield opened


def test_pages_together_are_the_whole_list_in_its_order(connection: Connection):
    every = find_doubtful_pairs(connection).rows
    assert len(every) >= 5

    pages = [page_of_doubtful_pairs(connection, first, 2) for first in range(0, len(every), 2)]

    assert [row for page in pages for row in page.rows] == list(every)
    assert {page.count for page in pages} == {len(every)}


def test_behind_the_last_page_there_is_the_last_page(connection: Connection):
    count = len(find_doubtful_pairs(connection).rows)

    page = page_of_doubtful_pairs(connection, 1_000, 2)

    assert page.first == (count - 1) // 2 * 2
    assert 1 <= len(page.rows) <= 2


def test_a_pair_that_a_person_told_apart_is_on_no_page_and_is_not_counted(engine: Engine):
    with writing(engine) as connection:
        before = page_of_doubtful_pairs(connection, 0, 50)
        first = before.rows[0]
        add_word(connection, (first.one, first.other), Judgement.DIFFERENT, "me", "seen", NOW)
        link_database(connection, NOW)
        after = page_of_doubtful_pairs(connection, 0, 50)

        assert after.count == before.count - 1 == len(find_doubtful_pairs(connection).rows)
        assert (first.one, first.other) not in {(each.one, each.other) for each in after.rows}


def test_a_page_reads_the_listings_of_its_own_pairs_alone(connection: Connection, monkeypatch: pytest.MonkeyPatch):
    asked: list[set[int]] = []

    def note(connection: Connection, listing_ids: set[int]) -> Iterator[Offer]:
        asked.append(listing_ids)
        return load_offers(connection, listing_ids)

    monkeypatch.setattr("reporting.review.load_offers", note)
    page = page_of_doubtful_pairs(connection, 0, 2)

    names = {name for row in page.rows for name in (row.one, row.other)}
    assert [len(each) for each in asked] == [len(names)]
