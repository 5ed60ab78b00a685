"""Words of an address: the filters of the command line, and errors that name what is wrong."""

from decimal import Decimal

import pytest
from starlette.datastructures import QueryParams

from reporting.filters import LeastCut, Price
from reporting.web.query import WrongWord, address, number_of, read_filters
from store.terms import PropertyKind, RoundKind, SellerKind


def test_the_filters_have_the_names_of_the_command_line():
    query = QueryParams(
        "source=jd_judicial&city=泉州&city=福州&kind=flat&seller-kind=court&round=sell_off&min-cut=10%25&max-price=125万&since=2026-09-01&as-of=2026-09-04"
    )
    filters = read_filters(query)
    assert filters.sources == ("jd_judicial",)
    assert filters.cities == ("泉州", "福州")
    assert filters.kinds == (PropertyKind.FLAT,)
    assert filters.seller_kinds == (SellerKind.COURT,)
    assert filters.rounds == (RoundKind.SELL_OFF,)
    assert filters.min_cut == LeastCut(percent=Decimal(10))
    assert filters.max_price == Price(Decimal(1_250_000))
    assert filters.as_of is not None
    assert filters.as_of.text == "2026-09-04"


def test_fields_that_a_form_left_open_ask_for_nothing():
    assert read_filters(QueryParams("city=&max-price=+&kind=")) == read_filters(QueryParams(""))


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("kind=flta", "kind", "flta"),
        ("max-price=cheap", "max-price", "cheap"),
        ("min-cut=%25", "min-cut", "%"),
        ("since=yesterday", "since", "yesterday"),
        ("max-price=1&max-price=2", "max-price", "1, 2"),
        (f"city={'x' * 300}", "city", "x" * 200),
    ],
)
def test_a_word_that_cannot_be_read_is_named(query: str, name: str, value: str):
    with pytest.raises(WrongWord) as error:
        read_filters(QueryParams(query))
    assert (error.value.name, error.value.value) == (name, value)


@pytest.mark.parametrize("word", ["0", "-1", "1e3", "٣", "99999999999999999999"])
def test_a_page_is_a_whole_number_within_bounds(word: str):
    with pytest.raises(WrongWord, match="from 1 to 9"):
        number_of(QueryParams({"page": word}), "page", 1, 9, 1)


def test_an_address_made_anew_keeps_the_other_words():
    query = QueryParams("city=泉州&page=3&kind=")
    assert address("/search", query, {"page": None, "sort": "price"}) == "/search?city=%E6%B3%89%E5%B7%9E&sort=price"
    assert address("/search", query, {"city": ["福州", "泉州"], "page": None}).count("city=") == 2
