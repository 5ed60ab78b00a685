"""Where the offered price of a listing stands: ``tracking.price_changes`` for what is plain in it.

Plain are exact prices in one currency. All else asks the whole history.
"""

from typing import NamedTuple

from store.rollup_looks import LastPrice, StatedPrices
from store.rollups import Kept
from tracking.price_changes import StandingPrice


class KnownPrice(NamedTuple):
    """The columns of prices of ``Kept``. Without a price: ``is_exact`` where none was ever stated, else not known."""

    price: int | None
    highest_price: int | None
    currency: str | None
    is_exact: int  # 1 or 0

    @property
    def cut(self) -> int | None:
        """How far it is under the highest price, in hundredths of a percent as ``reporting.money`` rounds them."""
        if self.price is None or self.highest_price is None or self.price >= self.highest_price:
            return None
        return ((self.highest_price - self.price) * 20_000 + self.highest_price) // (2 * self.highest_price)


NEVER_STATED = KnownPrice(None, None, None, 1)
NOT_KNOWN = KnownPrice(None, None, None, 0)


def kept_price(kept: Kept) -> KnownPrice:
    """As it is kept."""
    return KnownPrice(kept.price, kept.highest_price, kept.price_currency, kept.is_price_exact)


def last_price(last: LastPrice) -> KnownPrice:
    """What the last look itself stated; a start at 0 is no price."""
    if not last.is_stated or last.price is None or last.price <= 0:
        return NEVER_STATED
    return KnownPrice(last.price, last.price, last.currency, int(last.is_exact))


def price_of_looks(stated: StatedPrices, last: LastPrice) -> KnownPrice | None:
    """The price where all looks stated theirs alike, the last one too; ``None``: only the whole history tells."""
    is_plain = stated.lowest_price > 0 and stated.is_one_currency and stated.is_exact
    if not is_plain or not last.is_stated:
        return None
    return KnownPrice(last.price, stated.highest_price, stated.currency, 1)


def price_of_history(standing: StandingPrice | None, last: LastPrice) -> KnownPrice:
    """The price of a listing whose history was read: a price always stated alike has no standing."""
    if standing is not None:
        highest = standing.highest_price if standing.is_changed else standing.price
        return KnownPrice(standing.price, highest, standing.currency, int(standing.is_exact))
    stated = last_price(last)
    return stated if stated.price is not None else NOT_KNOWN
