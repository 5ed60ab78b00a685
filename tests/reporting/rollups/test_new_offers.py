"""Where a price stands after the offers of several looks, or that only the looks can tell."""

import pytest

from reporting.rollups.offers import NewOffers
from reporting.rollups.phases import Phase
from reporting.rollups.prices import NEVER_STATED, NOT_KNOWN, Price, price_of_looks
from store.fold import stated_bits
from store.rollup_looks import LastPrice, StatedPrices
from store.rollup_models import NEVER
from store.rollup_offers import HIGHEST_PRICE, NOT_STATED, NOT_TOLD, offer_of
from store.rollups import NOT_CUT, Kept
from store.statement import Statement
from store.terms import Currency

ONLY_LOOKS_TELL = None
ASKED = Statement(currency=Currency.CNY, is_price_exact=True)


def offer(price: int, currency: Currency = Currency.CNY, *, is_exact: bool = True) -> int:
    words = ASKED._replace(asking_price=price, currency=currency, is_price_exact=is_exact)
    return offer_of(words, stated_bits(words))


def price(now: int, highest: int, cut: int = NOT_CUT, *, is_exact: bool = True) -> Price:
    return offer(now, is_exact=is_exact), offer(highest, is_exact=is_exact), cut


STOOD = price(80, 100, 2_000)


def after(before: Price, *offers: int) -> Price | None:
    """Of one listing among others."""
    ids = [7] * len(offers)
    told, highest, cut = before
    kept = Kept(7, Phase.OPEN, 0, NEVER, "", told, highest, cut, "", 7, "", None)
    return NewOffers([3, *ids, 9], [offer(999), *offers, offer(1)]).price_after(kept)


@pytest.mark.parametrize(
    ("offers", "expected"),
    [
        ((), STOOD),
        ((NOT_STATED, NOT_STATED), STOOD),
        ((offer(80), NOT_STATED, offer(80)), STOOD),
        ((offer(70),), price(70, 100, 3_000)),
        ((offer(130), offer(90)), price(90, 130, 3_077)),
        ((offer(130), offer(80)), price(80, 130, 3_846)),
        ((offer(130), NOT_STATED), price(130, 130)),
        ((offer(90), NOT_STATED), price(90, 100, 1_000)),
    ],
)
def test_exact_prices_in_one_currency_lead_from_one_to_the_next(offers: tuple[int, ...], expected: Price) -> None:
    assert after(STOOD, *offers) == expected


@pytest.mark.parametrize(
    "offers",
    [
        (offer(70, is_exact=False),),  # may be cut to 0.01 万
        (offer(70), offer(70, is_exact=False)),
        (offer(70, Currency.BRL),),
        (offer(70), offer(70, Currency.BRL), offer(70)),
        (offer(70), NOT_TOLD),
        (NOT_TOLD,),
    ],
)
def test_no_step_leads_over_another_currency_or_a_figure_that_a_page_cuts_off(offers: tuple[int, ...]) -> None:
    assert after(STOOD, *offers) is ONLY_LOOKS_TELL


def test_a_price_that_was_not_known_is_not_compared_with() -> None:
    assert after(NEVER_STATED, offer(70), offer(60)) == price(60, 70, 1_429)
    assert after(NOT_KNOWN, offer(70)) is ONLY_LOOKS_TELL
    assert after(NOT_KNOWN, NOT_STATED) == NOT_KNOWN


def test_a_price_that_pages_cut_off_stays_as_it_is_until_another_comes() -> None:
    cut_off = price(80, 100, 2_000, is_exact=False)

    assert after(cut_off) == after(cut_off, NOT_STATED) == after(cut_off, offer(80, is_exact=False)) == cut_off
    assert after(cut_off, offer(70, is_exact=False)) is ONLY_LOOKS_TELL


def test_a_new_listing_has_the_price_of_its_own_looks_if_these_are_alike() -> None:
    cut_off, other = offer(70, is_exact=False), offer(75, is_exact=False)
    offers = NewOffers([1, 2, 2, 3, 3, 4], [NOT_STATED, offer(9), offer(7), cut_off, cut_off, other])

    assert offers.first_price(1) == NEVER_STATED
    assert offers.first_price(2) == price(7, 9, 2_222)
    assert offers.first_price(3) == price(70, 70, is_exact=False)
    assert NewOffers([3, 3], [cut_off, other]).first_price(3) is ONLY_LOOKS_TELL
    assert offers.first_price(4) == price(75, 75, is_exact=False)
    assert offers.first_price(5) is ONLY_LOOKS_TELL  # no look is told of it


def test_a_price_too_high_for_its_number_is_read_again_but_its_cut_is_kept() -> None:
    highest = 4 * HIGHEST_PRICE
    stated = StatedPrices(1, highest // 2, highest, "CNY", True, True)
    last = LastPrice(1, highest // 2, "CNY", True, True)

    assert price_of_looks(stated, last) == (NOT_TOLD, NOT_TOLD, 5_000)
    assert after((NOT_TOLD, NOT_TOLD, 5_000), NOT_STATED) == (NOT_TOLD, NOT_TOLD, 5_000)
    assert after((NOT_TOLD, NOT_TOLD, 5_000), offer(70)) is ONLY_LOOKS_TELL


def test_an_id_that_was_given_away_says_nothing_of_who_has_it_now() -> None:
    offers = NewOffers([1, 2], [offer(9), offer(9)], gone=[1])

    assert offers.first_price(1) is ONLY_LOOKS_TELL
    assert offers.first_price(2) == price(9, 9)
