"""Where the offered price of a listing stands: ``tracking.price_changes`` for what is plain in it.

Plain are exact prices in one currency. All else asks the whole history.
"""

from store.rollup_looks import LastPrice, StatedPrices
from store.rollup_offers import NOT_STATED, NOT_TOLD, offer_number
from store.rollups import NOT_CUT
from tracking.price_changes import StandingPrice

Price = tuple[int, int, int]
"""``offer``, ``highest_offer`` and ``cut`` of ``store.rollups.Kept``; the numbers of both offers are of one kind.

``NOT_STATED``: none ever was. ``NOT_TOLD``: numbers cannot say it, or it is not known; the looks must be read again
where another one comes.
"""

NEVER_STATED: Price = (NOT_STATED, NOT_STATED, NOT_CUT)
NOT_KNOWN: Price = (NOT_TOLD, NOT_TOLD, NOT_CUT)


def cut_of(price: int, highest_price: int) -> int:
    """How far a price is under the highest one, in hundredths of a percent as ``reporting.money`` rounds them."""
    if price >= highest_price:
        return NOT_CUT
    return ((highest_price - price) * 20_000 + highest_price) // (2 * highest_price)


def last_price(last: LastPrice) -> Price:
    """What the last look itself stated; a start at 0 is no price."""
    if not last.is_stated or last.price is None or last.price <= 0:
        return NEVER_STATED
    return _price(last.price, last.price, last.currency, is_exact=last.is_exact)


def price_of_looks(stated: StatedPrices, last: LastPrice) -> Price | None:
    """The price where all looks stated theirs alike, the last one too; ``None``: only the whole history tells."""
    is_plain = stated.lowest_price > 0 and stated.is_one_currency and stated.is_exact
    if not is_plain or not last.is_stated or last.price is None:
        return None
    return _price(last.price, stated.highest_price, stated.currency, is_exact=True)


def price_of_history(standing: StandingPrice | None, last: LastPrice) -> Price:
    """The price of a listing whose history was read: a price always stated alike has no standing."""
    if standing is not None:
        highest = standing.highest_price if standing.is_changed else standing.price
        return _price(standing.price, highest, standing.currency, is_exact=standing.is_exact)
    stated = last_price(last)
    return NOT_KNOWN if stated == NEVER_STATED else stated


def _price(price: int, highest_price: int, currency: str | None, *, is_exact: bool) -> Price:
    offer, highest = (offer_number(each, currency, is_exact=is_exact) for each in (price, highest_price))
    cut = cut_of(price, highest_price)
    return (NOT_TOLD, NOT_TOLD, cut) if NOT_TOLD in {offer, highest} else (offer, highest, cut)
