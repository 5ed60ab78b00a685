"""What of an offer is compared."""

import pytest

from store.terms import RoundKind
from tests.tracking.chain_cases import offer
from tracking.traits import traits_of


@pytest.mark.parametrize(
    ("kind", "number", "rank"),
    [("second_auction", None, 2), ("direct_sale", 3, 3), ("second_auction", 3, 2), ("direct_sale", None, None)],
)
def test_a_bank_that_numbers_its_own_cuts_has_rounds_too(kind: str, number: int | None, rank: int | None) -> None:
    traits = traits_of(offer(1, round_kind=RoundKind(kind), round_number=number, title="海州市新华路88号301室"))
    assert traits.round_rank == rank
