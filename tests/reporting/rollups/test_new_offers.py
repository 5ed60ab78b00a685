"""Where a price stands after the offers of several looks, or that only the looks can tell."""

import pytest

from reporting.rollups.offers import NewOffers
from reporting.rollups.prices import NEVER_STATED, NOT_KNOWN, KnownPrice
from store.fold import stated_bits
from store.rollup_offers import NOT_STATED, NOT_TOLD, offer_of
from store.statement import Statement
from store.terms import Currency

STOOD = KnownPrice(80, 100, "CNY", 1)
ONLY_LOOKS_TELL = None


def offer(price: int, currency: Currency = Currency.CNY, *, is_exact: bool = True) -> int:
    words = Statement(asking_price=price, currency=currency, is_price_exact=is_exact)
    return offer_of(words, stated_bits(words))


def after(before: KnownPrice, *offers: int) -> KnownPrice | None:
    """Of one listing among others."""
    ids = [7] * len(offers)
    return NewOffers([3, *ids, 9], [offer(999), *offers, offer(1)]).price_after(7, before)


@pytest.mark.parametrize(
    ("offers", "expected"),
    [
        ((), STOOD),
        ((NOT_STATED, NOT_STATED), STOOD),
        ((offer(80), NOT_STATED, offer(80)), STOOD),
        ((offer(70),), KnownPrice(70, 100, "CNY", 1)),
        ((offer(130), offer(90)), KnownPrice(90, 130, "CNY", 1)),
        ((offer(130), offer(80)), KnownPrice(80, 130, "CNY", 1)),
        ((offer(90), NOT_STATED), KnownPrice(90, 100, "CNY", 1)),
    ],
)
def test_exact_prices_in_one_currency_lead_from_one_to_the_next(
    offers: tuple[int, ...], expected: KnownPrice | None
) -> None:
    assert after(STOOD, *offers) == expected


@pytest.mark.parametrize(
    "offers",
    [
        (offer(70, is_exact=False),),  # may be cut to 0.01 万
        (offer(70), offer(70, is_exact=False)),
        (offer(70, Currency.BRL),),
        (offer(70), offer(70, Currency.BRL), offer(70)),
        (offer(70), NOT_TOLD),
    ],
)
def test_no_step_leads_over_another_currency_or_a_figure_that_a_page_cuts_off(offers: tuple[int, ...]) -> None:
    assert after(STOOD, *offers) is ONLY_LOOKS_TELL


def test_a_price_that_was_not_known_is_not_compared_with() -> None:
    assert after(NEVER_STATED, offer(70), offer(60)) == KnownPrice(60, 70, "CNY", 1)
    assert after(NOT_KNOWN, offer(70)) is ONLY_LOOKS_TELL


def test_a_new_listing_has_the_price_of_its_own_looks_if_these_are_alike() -> None:
    cut_off, other = offer(70, is_exact=False), offer(75, is_exact=False)
    offers = NewOffers([1, 2, 2, 3, 3, 4], [NOT_STATED, offer(9), offer(7), cut_off, cut_off, other])

    assert offers.first_price(1) == NEVER_STATED
    assert offers.first_price(2) == KnownPrice(7, 9, "CNY", 1)
    assert offers.first_price(3) == KnownPrice(70, 70, "CNY", 0)
    assert NewOffers([3, 3], [cut_off, other]).first_price(3) is ONLY_LOOKS_TELL
    assert offers.first_price(4) == KnownPrice(75, 75, "CNY", 0)
    assert offers.first_price(5) is ONLY_LOOKS_TELL  # no look is told of it


def test_an_id_that_was_given_away_says_nothing_of_who_has_it_now() -> None:
    offers = NewOffers([1, 2], [offer(9), offer(9)], gone=[1])

    assert offers.first_price(1) is offers.price_after(1, STOOD) is ONLY_LOOKS_TELL
    assert offers.first_price(2) == KnownPrice(9, 9, "CNY", 1)
