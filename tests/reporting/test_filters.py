"""The words of filters: right, or refused with a sentence that helps."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from reporting.errors import NotYetKnown, WrongFilter
from reporting.filters import (
    Filters,
    LeastCut,
    Price,
    fold_place,
    parse_as_of,
    parse_filters,
    parse_least_cut,
    parse_price,
    parse_since,
)
from store.terms import Currency, PropertyKind, RoundKind, SellerKind


def test_no_words_leave_everything_in():
    assert parse_filters() == Filters()
    assert Filters().admits(None, None, None, None)


def test_terms_become_members_of_their_vocabulary():
    filters = parse_filters(kind=["flat", "house"], seller_kind=["court"], round_kind=["sell_off"])

    assert filters.kinds == (PropertyKind.FLAT, PropertyKind.HOUSE)
    assert filters.seller_kinds == (SellerKind.COURT,)
    assert filters.rounds == (RoundKind.SELL_OFF,)
    assert filters.admits("北京市", PropertyKind.HOUSE, SellerKind.COURT, RoundKind.SELL_OFF)
    assert not filters.admits("北京市", PropertyKind.LAND, SellerKind.COURT, RoundKind.SELL_OFF)
    assert not filters.admits("北京市", None, SellerKind.COURT, RoundKind.SELL_OFF), "unknown does not match"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"kind": ["flatt"]}, "--kind: there is no 'flatt', the nearest is 'flat'"),
        ({"kind": ["Hause"]}, "the nearest is 'house'"),
        ({"seller_kind": ["banks"]}, "--seller-kind: there is no 'banks', the nearest is 'bank'"),
        ({"round_kind": ["directsale"]}, "--round: there is no 'directsale', the nearest is 'direct_sale'"),
        ({"round_kind": ["二拍"]}, "all are: first_auction, second_auction"),
        ({"min_cut": "ten"}, "--min-cut: cannot read 'ten'; give 10%, 50000 or 5万"),
        ({"min_cut": "-10%"}, "--min-cut"),
        ({"min_cut": "1,00"}, "--min-cut"),
        ({"max_price": "50%"}, "--max-price: cannot read '50%'"),
        ({"max_price": "5 BLR"}, "--max-price: there is no 'BLR', the nearest is 'BRL'; all are: CNY, HKD, "),
        ({"min_cut": "10%BRL"}, "--min-cut: cannot read '10%BRL'"),
        ({"since": "yesterday"}, "--since: cannot read 'yesterday'; give 2021-08-10"),
        ({"as_of": "2021-13-01"}, "--as-of: cannot read '2021-13-01'"),
        ({"as_of": "2021-08-10T"}, "--as-of"),
        ({"as_of": "0001-01-01"}, "--as-of: nothing was sold online in the year 1"),
        ({"as_of": "9999-12-31T23:59:59-12:00"}, "--as-of: nothing was sold"),
    ],
)
def test_a_wrong_value_is_refused_with_the_option_and_what_would_be_right(words: dict[str, object], sentence: str):
    with pytest.raises(WrongFilter, match=sentence):
        parse_filters(**words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10%", LeastCut(percent=Decimal(10))),
        ("12.5 %", LeastCut(percent=Decimal("12.5"))),
        ("10％", LeastCut(percent=Decimal(10))),
        ("50000", LeastCut(price=Price(Decimal(50_000)))),
        ("50,000.50", LeastCut(price=Price(Decimal("50000.50")))),
        (" 5万", LeastCut(price=Price(Decimal(50_000)))),
        ("50000 BRL", LeastCut(price=Price(Decimal(50_000), Currency.BRL))),
    ],
)
def test_a_least_cut_is_a_percentage_or_an_amount(text: str, expected: LeastCut):
    assert parse_least_cut(text) == expected


def test_a_least_cut_is_reached_exactly_at_its_bound():
    tenth, amount = LeastCut(percent=Decimal(10)), parse_least_cut("50000")

    assert tenth.is_reached(Decimal("23361.55"), Decimal("233615.48"), None)
    assert not tenth.is_reached(Decimal("23361.54"), Decimal("233615.48"), Currency.BRL)
    assert amount.is_reached(Decimal(50_000), Decimal(60_000), Currency.CNY)
    assert not amount.is_reached(Decimal("49999.99"), Decimal(60_000), Currency.CNY)
    assert not amount.is_reached(Decimal(50_000), Decimal(60_000), Currency.KRW), "50,000 won are no 50,000 yuan"
    assert not amount.is_reached(Decimal(50_000), Decimal(60_000), None)


@pytest.mark.parametrize(
    ("text", "amount", "currency", "shown"),
    [
        ("1250000", 1_250_000, Currency.CNY, "1250000"),
        ("125万", 1_250_000, Currency.CNY, "1250000"),
        ("125 万元", 1_250_000, Currency.CNY, "1250000"),
        ("300000BRL", 300_000, Currency.BRL, "300000 BRL"),
        ("30万 krw", 300_000, Currency.KRW, "300000 KRW"),
        ("80 cny", 80, Currency.CNY, "80"),
    ],
)
def test_a_price_is_in_yuan_unless_it_names_its_currency(text: str, amount: int, currency: Currency, shown: str):
    price = parse_price("max-price", text)

    assert price == Price(Decimal(amount), currency)
    assert str(price) == shown
    assert parse_price("max-price", str(price)) == price


def test_what_costs_as_many_of_another_currency_is_not_within_a_price():
    filters = parse_filters(max_price="100万")

    assert filters.is_within_price(Decimal(1_000_000), Currency.CNY)
    assert not filters.is_within_price(Decimal("1000000.01"), Currency.CNY)
    for currency in (Currency.KRW, Currency.HKD, None):
        assert not filters.is_within_price(Decimal(1), currency)
    assert not filters.is_within_price(None, Currency.CNY)
    assert parse_filters().is_within_price(None, None)
    assert filters.price_notes() == [
        "--max-price is in CNY, other currencies are left out: name another as in 300000 BRL"
    ]


def test_as_of_a_day_ends_with_the_day_in_shanghai():
    as_of = parse_as_of("2021-08-10")

    assert (as_of.text, as_of.before) == ("2021-08-10", datetime(2021, 8, 10, 16, tzinfo=UTC))


def test_as_of_an_instant_holds_the_instant():
    at = datetime(2021, 8, 10, 0, 20, tzinfo=UTC)

    for words in ("2021-08-10T00:20:00Z", "2021-08-10T08:20:00+08:00", "2021-08-10T08:20"):
        as_of = parse_as_of(words)
        assert as_of.text == "2021-08-10T00:20:00Z"
        assert at < as_of.before <= at + timedelta(seconds=1)


def test_as_of_a_day_may_be_asked_once_it_has_begun_in_shanghai():
    """At 23:30 of the 22nd in UTC it is the 23rd there."""
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)

    assert parse_as_of("2026-11-23", late).before == datetime(2026, 11, 23, 16, tzinfo=UTC)
    with pytest.raises(
        NotYetKnown, match="--as-of: 2026-11-24 is still to come; in Asia/Shanghai it is 2026-11-23 07:30"
    ):
        parse_as_of("2026-11-24", late)
    with pytest.raises(NotYetKnown):
        parse_as_of("2026-11-23", datetime(2026, 11, 22, 15, 59, tzinfo=UTC))


def test_as_of_an_instant_may_be_asked_once_it_is_there():
    now = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)

    for words in ("2026-11-22T23:30:00Z", "2026-11-23T07:30", "2026-11-22T20:30:00-03:00"):
        assert parse_as_of(words, now).text == "2026-11-22T23:30:00Z"
    for words in ("2026-11-22T23:30:01Z", "2026-11-23T07:30:01", "2026-11-22T20:31:00-03:00"):
        with pytest.raises(NotYetKnown):
            parse_as_of(words, now)


def test_filters_know_nothing_of_the_future():
    """By the clock where no other time is given: at the end of the calendar nothing was seen yet."""
    with pytest.raises(NotYetKnown):
        parse_filters(as_of="2199-12-31")
    assert parse_filters(as_of="2199-12-31", now=datetime(2199, 12, 31, tzinfo=UTC)).as_of is not None


def test_since_a_day_begins_with_the_day_in_shanghai():
    assert parse_since("2021-08-10") == datetime(2021, 8, 9, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other"), [("上海市", "上海"), ("SAO PAULO", "São Paulo"), (" Rio Branco", "RIO BRANCO")]
)
def test_a_city_is_found_without_case_accents_and_the_word_city(one: str, other: str):
    assert fold_place(one) == fold_place(other)


@pytest.mark.parametrize(("one", "other"), [("沙市", "沙"), ("津市市", "津"), ("朝阳市", "朝阳区")])
def test_a_name_that_would_lose_its_meaning_keeps_its_end(one: str, other: str):
    assert fold_place(one) != fold_place(other)


def test_nothing_was_seen_since_a_time_that_is_still_to_come():
    """An empty table would look like an answer."""
    now = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)

    assert parse_filters(since="2026-11-23", now=now).since == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert parse_since("2026-11-22T23:30:00Z", now) == now
    for words in ("2026-11-24", "2026-11-22T23:31:00Z"):
        with pytest.raises(NotYetKnown, match=f"--since: {words} is still to come; in Asia/Shanghai it is 2026-11-23"):
            parse_filters(since=words, now=now)
    with pytest.raises(NotYetKnown):
        parse_filters(since="2199-12-31")


def test_what_nothing_can_ever_fit_is_refused() -> None:
    """An empty table would look like an answer."""
    with pytest.raises(WrongFilter, match="--since 2026-10-01 is behind --as-of 2026-08-01"):
        parse_filters(since="2026-10-01", as_of="2026-08-01")
    with pytest.raises(WrongFilter, match="no price falls by 150%"):
        parse_filters(min_cut="150%")
    same_day = parse_filters(since="2026-08-01", as_of="2026-08-01", min_cut="100%")
    assert same_day.since is not None
    assert same_day.before is not None
    assert same_day.since < same_day.before
