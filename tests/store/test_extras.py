"""What pages say beside their statements: stored once for the same words, in any order of arrival."""

from collections.abc import Iterator, Sequence
from itertools import permutations

import pytest
from sqlalchemy import Engine
from store_help import START, begin, empty_tables, make_page, rows, statement

from store.engine import writing
from store.looks import digest_of
from store.statement import Attachment, Bid, Context, Extras, Fact, LotMember, MarketPrice, SeriesPoint, Words
from store.terms import Answer, Currency, FactKind, PageOutcome
from store.told import Unread
from store.write import Recorder

LEASED = Fact(FactKind.LEASED, Answer.YES, "该房产有租赁,租期至2030年。")
MORTGAGED = Fact(FactKind.MORTGAGE, Answer.YES, "已抵押给中国工商银行。", "中国工商银行", 500_000_00, 1, Currency.CNY)
BID = Bid(1_000_000_00, Currency.CNY, START, "H2515", "成交")
MEMBER = LotMember("3幢1205室", 89_50, 700_000_00, Currency.CNY)
FILE = Attachment("评估报告.pdf", "https://s.example/report.pdf")
HOME = statement(title="合肥市瑶海区天街3幢1205室", starting_price=70)


def words(extras: Extras | None, price: int = 70, *, is_timeless: bool = True) -> Unread:
    told = HOME._replace(starting_price=price)
    return Unread(digest_of(told, extras) if is_timeless else None, lambda: Words(told, extras))


def write(engine: Engine, pages: Sequence[tuple[int, Unread]], pages_per_commit: int = 1) -> None:
    recorder = Recorder()
    for start in range(0, len(pages), pages_per_commit):
        with writing(engine) as connection:
            for hour, said in pages[start : start + pages_per_commit]:
                page = make_page(START.replace(hour=hour), "s.detail", str(hour))
                recorder.record(connection, page, [("s", "1", said)])
            recorder.settle(connection)


@pytest.fixture
def engine(engine: Engine) -> Iterator[Engine]:
    begin(engine)
    return engine


def facts(engine: Engine) -> list[tuple[object, ...]]:
    return rows(engine, "SELECT source_id, position, kind, answer, amount, digest FROM fact ORDER BY digest, position")


@pytest.mark.parametrize("is_timeless", [True, False])
def test_each_kind_of_extra_comes_back(engine: Engine, is_timeless: bool) -> None:
    extras = Extras((LEASED, MORTGAGED), (BID,), (MEMBER,), (FILE,))
    write(engine, [(1, words(extras, is_timeless=is_timeless))])
    assert [row[:5] for row in facts(engine)] == [
        ("1", 1, "leased", "yes", None),
        ("1", 2, "mortgage", "yes", 500_000_00),
    ]
    assert rows(engine, "SELECT amount, currency, bidder, outcome FROM bid") == [(1_000_000_00, "CNY", "H2515", "成交")]
    assert rows(engine, "SELECT title, floor_area, appraisal_price FROM lot_member") == [
        ("3幢1205室", 89_50, 700_000_00)
    ]
    assert rows(engine, "SELECT name, url FROM attachment") == [tuple(FILE)]


def test_the_same_words_seen_again_are_stored_once(engine: Engine) -> None:
    extras = Extras((LEASED,))
    write(engine, [(1, words(extras)), (2, words(None, 80)), (3, words(extras))])
    assert len(facts(engine)) == 1
    assert rows(engine, "SELECT count(*) FROM observation") == [(3,)]


def test_other_facts_alone_are_a_change(engine: Engine) -> None:
    """The statement is the same; the notice now says that nobody lives there."""
    write(engine, [(1, words(Extras((LEASED,)), is_timeless=False))])
    write(engine, [(2, words(Extras((LEASED._replace(answer=Answer.NO),)), is_timeless=False))])
    assert rows(engine, "SELECT count(*) FROM observation") == [(2,)]
    assert sorted(row[3] for row in facts(engine)) == ["no", "yes"]


def test_any_order_of_arrival_gives_the_same_facts(engine: Engine) -> None:
    pages = [
        (1, words(Extras((LEASED,)))),
        (2, words(Extras((LEASED, MORTGAGED)), 60)),
        (3, words(Extras((LEASED,)))),
        (4, words(None, 50)),
    ]
    write(engine, pages)
    expected = facts(engine)
    assert len(expected) == 3
    for order in permutations(pages):
        for pages_per_commit in (1, 4):
            empty_tables(engine)
            begin(engine)
            write(engine, order, pages_per_commit)
            assert facts(engine) == expected


def test_series_and_market_prices_stand_with_their_page(engine: Engine) -> None:
    point = SeriesPoint("hkma.cases", "2024-Q1", 32_073.0, "cases", "Residential mortgages in negative equity")
    price = MarketPrice("东方曼哈顿", "2018-10-07", 85_230_00, Currency.CNY, "asking", "上海", "徐汇")
    page = make_page(START, "s.table", "context", PageOutcome.READ)
    with writing(engine) as connection:
        Recorder().record(connection, page, [], context=Context((point,), (price,)))
    assert rows(engine, "SELECT page_id, series, period, value FROM series_point") == [
        (1, "hkma.cases", "2024-Q1", 32_073.0)
    ]
    assert rows(engine, "SELECT page_id, place, price_per_sqm, city FROM market_price") == [
        (1, "东方曼哈顿", 85_230_00, "上海")
    ]


def test_a_table_that_is_not_the_listing_s_own_words_is_left_alone(engine: Engine) -> None:
    """Two readers say the same of one listing: each keeps its own facts."""
    write(engine, [(1, words(Extras((LEASED,))))])
    with writing(engine) as connection:
        recorder = Recorder()
        page = make_page(START.replace(hour=2), "s.notice", "2")
        recorder.record(connection, page, [("s", "1", words(Extras((LEASED,))))])
        recorder.settle(connection)
    assert rows(engine, "SELECT reader FROM fact ORDER BY reader") == [("s.detail",), ("s.notice",)]
