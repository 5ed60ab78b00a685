"""The price that one look stated, as one whole number of 64 bits, so that news can tell it and no look is read back.

The number is the price with what it may be compared by above it: numbers of one kind compare as their prices do.
"""

from store.rollup_words import ASKING, EXACT, STARTING
from store.statement import Statement
from store.terms import Currency

NOT_STATED = 0
NOT_TOLD = -1
"""The number does not say it: the look itself must be read."""

PRICE_BITS = 52
HIGHEST_PRICE = (1 << PRICE_BITS) - 1
CURRENCIES: tuple[str | None, ...] = (None, *map(str, Currency))
PLACES = {currency: place for place, currency in enumerate(CURRENCIES)}


Offer = tuple[int, str | None, int]
"""What a look stated of its price: in the minor unit of its currency, the currency, 1 if it was not called cut off."""


def offer_of(state: Statement, stated: int) -> int:
    """The number of the price that a look stated: its asking price or, where none is known, its starting price.

    A start at 0 is no price.

    Args:
        state: what was known after the look, in the words of the look or as a driver gives them.
        stated: the bits of what the look itself stated.
    """
    price, bit = state.asking_price, ASKING
    if price is None:
        price, bit = state.starting_price, STARTING
    if price is None or price <= 0 or not stated & bit:
        return NOT_STATED
    if price > HIGHEST_PRICE:
        return NOT_TOLD
    is_exact = not stated & EXACT or bool(state.is_price_exact)
    return (2 * PLACES[state.currency] + is_exact) << PRICE_BITS | price


def read_offer(number: int) -> Offer:
    """What the number of a stated price says."""
    kind = number >> PRICE_BITS
    return number & HIGHEST_PRICE, CURRENCIES[kind >> 1], kind & 1
