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
    return offer_number(price, state.currency, is_exact=not stated & EXACT or bool(state.is_price_exact))


def offer_number(price: int, currency: str | None, *, is_exact: bool) -> int:
    """The number of a price above 0, in the minor unit of its currency; ``NOT_TOLD`` where it is too high for one."""
    return NOT_TOLD if price > HIGHEST_PRICE else (2 * PLACES[currency] + is_exact) << PRICE_BITS | price
