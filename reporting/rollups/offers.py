"""What the news say of prices: where that of each listing stands after all its looks, where these are plain."""

from collections.abc import Iterable, Sequence

from reporting.rollups.prices import NEVER_STATED, KnownPrice
from store.rollup_offers import HIGHEST_PRICE, NOT_STATED, NOT_TOLD, PRICE_BITS, read_offer


class NewOffers:
    """The offers of all looks since prices were known.

    A listing is plain where these are of one currency and all exact, or all the same.

    Args:
        listing_ids: of each look, in their order.
        offers: of each look (``store.rollup_offers``).
        gone: ids that may name other listings since.
    """

    def __init__(self, listing_ids: Sequence[int], offers: Sequence[int], gone: Iterable[int] = ()) -> None:
        self._unlike = set(gone)  # and those with several offers that no step leads over
        self._last = dict(zip(listing_ids, offers, strict=True))
        self._highest: dict[int, int] = {}  # where it is not the last
        looks = zip(listing_ids, offers, strict=True)
        if NOT_STATED in offers:
            stated = [look for look in looks if look[1] != NOT_STATED]
            self._last.update(stated)
            looks = iter(stated)  # type: ignore[assignment]
        if NOT_TOLD in offers:
            self._unlike.update(look[0] for look in zip(listing_ids, offers, strict=True) if look[1] == NOT_TOLD)
        self._compare(looks)

    def first_price(self, listing_id: int) -> KnownPrice | None:
        """Where the price of a listing stands of which nothing was known; ``None``: only the looks tell."""
        last = self._last.get(listing_id)
        if last is None or listing_id in self._unlike:
            return None
        if last == NOT_STATED:
            return NEVER_STATED
        price, currency, is_exact = read_offer(last)
        return KnownPrice(price, self._highest.get(listing_id, last) & HIGHEST_PRICE, currency, is_exact)

    def price_after(self, listing_id: int, before: KnownPrice) -> KnownPrice | None:
        """Where the price stands that stood at ``before``; ``None``: only the looks tell."""
        if listing_id in self._unlike:
            return None
        last = self._last.get(listing_id, NOT_STATED)
        if last == NOT_STATED:
            return before
        if before.price is None or before.highest_price is None:
            return self.first_price(listing_id) if before.is_exact else None
        price, currency, is_exact = read_offer(last)
        highest = self._highest.get(listing_id, last)
        is_alike = currency == before.currency and is_exact == before.is_exact
        if is_alike and price == before.price and highest == last:
            return before
        if not (is_alike and is_exact):
            return None
        return KnownPrice(price, max(before.highest_price, highest & HIGHEST_PRICE), currency, is_exact)

    def _compare(self, looks: Iterable[tuple[int, int]]) -> None:
        """Each look with the last one at its listing, from which few differ."""
        last, highest = self._last, self._highest
        for listing_id, offer in looks:
            if offer != last[listing_id]:
                other = highest.get(listing_id, last[listing_id])
                if other >> PRICE_BITS != offer >> PRICE_BITS or not offer >> PRICE_BITS & 1:
                    self._unlike.add(listing_id)
                elif offer > other:
                    highest[listing_id] = offer
