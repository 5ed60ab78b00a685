"""News tell which listings changed, and what price each look stated; nothing needs to be read back for it."""

from array import array
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from store_help import START, begin, look, make_page, record, record_all, rows, statement

from store.engine import reading, writing
from store.fold import stated_bits
from store.rollup_news import count_news, note_news, read_news
from store.rollup_offers import CURRENCIES, HIGHEST_PRICE, NOT_STATED, NOT_TOLD, PRICE_BITS, offer_of
from store.statement import Statement
from store.terms import Currency, ListingNews
from store.write import Recorder


def read_offer(number: int) -> tuple[int, str | None, int]:
    """Price, currency, 1 if it was not called cut off."""
    kind = number >> PRICE_BITS
    return number & HIGHEST_PRICE, CURRENCIES[kind >> 1], kind & 1


def offer_after(before: Statement | None = None, **now: object) -> int:
    """The offer of a look, over what was known before."""
    words = Statement(**now)  # type: ignore[arg-type]
    known = [new if new is not None else old for old, new in zip(before or Statement(), words, strict=True)]
    return offer_of(Statement._make(known), stated_bits(words))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"asking_price": 5, "starting_price": 9, "currency": Currency.CNY}, (5, "CNY", 1)),
        ({"starting_price": 9, "currency": Currency.BRL}, (9, "BRL", 1)),
        ({"starting_price": 9}, (9, None, 1)),
        ({"asking_price": 9, "is_price_exact": False, "currency": "UAH"}, (9, "UAH", 0)),
        ({"asking_price": HIGHEST_PRICE, "is_price_exact": True, "currency": "CNY"}, (HIGHEST_PRICE, "CNY", 1)),
    ],
)
def test_an_offer_says_price_currency_and_exactness(now: dict[str, object], expected: tuple[object, ...]) -> None:
    assert read_offer(offer_after(**now)) == expected


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (Statement(), {"title": "某小区1幢101室"}),
        (Statement(), {"starting_price": 0}),  # 0元起拍
        (Statement(asking_price=7), {"title": "某小区1幢101室"}),  # known from another look
        (Statement(asking_price=7), {"starting_price": 5}),  # what is offered is the asking price, which it did not say
    ],
)
def test_a_look_that_does_not_state_the_offered_price_says_so(before: Statement, now: dict[str, object]) -> None:
    assert offer_after(before, **now) == NOT_STATED


def test_a_price_too_high_for_its_number_is_left_to_the_look() -> None:
    assert offer_after(asking_price=HIGHEST_PRICE + 1) == NOT_TOLD


def test_offers_of_one_kind_compare_as_their_prices_do_and_of_others_are_told_apart() -> None:
    prices = [1, 99, 100, 2**31, HIGHEST_PRICE]
    for currency in (None, *Currency):
        assert sorted(offer_after(asking_price=price, currency=currency) for price in prices) == [
            offer_after(asking_price=price, currency=currency) for price in prices
        ]
    alike = {
        offer_after(asking_price=5, currency=currency, is_price_exact=is_exact)
        for currency in (None, *Currency)
        for is_exact in (True, False)
    }
    assert len(alike) == 2 * (1 + len(Currency))


def test_every_change_of_a_listing_is_told_with_its_offer_in_the_order_of_looks(engine: Engine) -> None:
    begin(engine)
    prices = (100, 80, None, 90)
    titles = [f"Casa {place}" for place in range(len(prices))]
    said = [statement(title="Casa", url=url, asking_price=price) for url, price in zip(titles, prices, strict=True)]
    record_all(engine, [look(hour, {"1": words}) for hour, words in enumerate(said)])
    with reading(engine) as connection:
        news = read_news(connection)

    assert news is not None
    ((listing_id,),) = rows(engine, "SELECT id FROM listing")
    assert list(news.ids[ListingNews.CHANGED]) == [listing_id] * 4
    assert [offer and read_offer(offer)[0] for offer in news.offers] == [100, 80, NOT_STATED, 90]


def test_what_two_readers_say_by_turns_is_told_by_what_each_stated(engine: Engine) -> None:
    """The detail page tells no price: what is known from the list is none of its offers."""
    begin(engine)
    listed = statement(title="Casa", asking_price=100)
    record_all(engine, [look(0, {"1": listed}), look(1, {"1": statement(address="Rua A")}, "s.detail")])
    record_all(engine, [look(2, {"1": listed._replace(asking_price=70)})])
    with reading(engine) as connection:
        news = read_news(connection)

    assert news is not None
    assert [offer and read_offer(offer) for offer in news.offers] == [(100, "BRL", 1), NOT_STATED, (70, "BRL", 1)]


def test_a_look_that_comes_late_leaves_the_price_to_the_history(engine: Engine) -> None:
    begin(engine)
    record_all(engine, [look(5, {"1": statement(title="Casa", asking_price=100)})])
    record_all(engine, [look(2, {"1": statement(title="Casa", asking_price=130)})])
    with reading(engine) as connection:
        news = read_news(connection)

    assert news is not None
    assert NOT_TOLD in news.offers
    assert len(news.offers) == len(news.ids[ListingNews.CHANGED])


def test_news_without_offers_are_read_as_those_of_an_earlier_version_were_written(engine: Engine) -> None:
    begin(engine)
    with writing(engine) as connection:
        note_news(connection, ListingNews.CHANGED, [7, 8])
        note_news(connection, ListingNews.CHANGED, [9], [NOT_STATED])
        news = read_news(connection)

    assert news is not None
    assert news.ids[ListingNews.CHANGED] == array("q", [7, 8, 9])
    assert news.offers == array("q", [NOT_TOLD, NOT_TOLD, NOT_STATED])


def test_news_are_counted_by_kind_and_too_many_are_not_read(engine: Engine) -> None:
    begin(engine)
    recorder = Recorder()
    said = {str(number): statement(title=f"Casa {number}", asking_price=100) for number in range(5)}
    page = replace(make_page(START), recorded_at=START)
    with writing(engine) as connection:
        record(recorder, connection, page, said)
        recorder.settle(connection)
        note_news(connection, ListingNews.LINKED, [1, 2, 3])
    again = replace(make_page(START + timedelta(days=40), body="x"), recorded_at=START + timedelta(days=40))
    with writing(engine) as connection:
        record(recorder, connection, again, said)
        recorder.settle(connection)

    with reading(engine) as connection:
        assert count_news(connection) == {ListingNews.CHANGED: 5, ListingNews.LINKED: 3, ListingNews.SEEN: 5}
        assert read_news(connection, 12) is None
        assert read_news(connection, 13) is not None
