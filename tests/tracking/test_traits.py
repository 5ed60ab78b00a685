"""What of an offer is compared."""

import pytest

from store.terms import RoundKind
from tests.tracking.chain_cases import offer
from tracking.traits import fold_case_number, traits_of


@pytest.mark.parametrize(
    ("kind", "number", "rank"),
    [("second_auction", None, 2), ("direct_sale", 3, 3), ("second_auction", 3, 2), ("direct_sale", None, None)],
)
def test_a_bank_that_numbers_its_own_cuts_has_rounds_too(kind: str, number: int | None, rank: int | None) -> None:
    traits = traits_of(offer(1, round_kind=RoundKind(kind), round_number=number, title="海州市新华路88号301室"))
    assert traits.round_rank == rank


@pytest.mark.parametrize(
    ("told", "folded"),
    [
        ("（2020）皖0111执 1234号", "2020皖0111执1234"),
        ("(2020)皖0111执1234号", "2020皖0111执1234"),
        ("(2018)晋01执恢3853号", "2018晋01执3853"),
        ("(2019)闽0582执恢12345678号", "2019闽0582执12345678"),
        ("(2020)皖0111执1234号之一", "2020皖0111执1234"),
        ("(2020)皖0111执1234", "2020皖0111执1234"),
        ("（2017）吉0104执字第4911号", "2017吉0104执字第4911"),
        ("no case", None),
        ("(2020)号", None),
    ],
)
def test_what_courts_write_differently_in_a_case_number_makes_no_other_case(told: str, folded: str | None) -> None:
    assert fold_case_number(told) == folded


def test_traits_have_the_manners_of_a_named_tuple() -> None:
    traits = traits_of(offer(1, title="海州市新华路88号301室"))
    told = dict(zip(traits._fields, traits, strict=True))
    assert told["country"] == "CN"
    assert type(traits)._make(told.values()) == traits
    assert traits._replace(room="302") != traits
