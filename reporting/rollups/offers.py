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
        told = zip(listing_ids, offers, strict=True)
        self._listings = set(listing_ids)
        if NOT_STATED in offers:
            told = (each for each in told if each[1] != NOT_STATED)  # type: ignore[assignment]
        in_order = list(told)
        self._last = dict(in_order)
        self._highest = dict(self._last)
        self._unlike = set(gone)  # and those with several offers that no step leads over
        self._take(set(in_order))

    def __contains__(self, listing_id: int) -> bool:
        """Whether there is any look, so that a listing of which nothing was known is told whole."""
        return listing_id in self._listings

    def first_price(self, listing_id: int) -> KnownPrice | None:
        """Where the price of a listing stands of which all looks are told; ``None``: only the looks tell."""
        if listing_id in self._unlike:
            return None
        last = self._last.get(listing_id)
        if last is None:
            return NEVER_STATED
        price, currency, is_exact = read_offer(last)
        return KnownPrice(price, self._highest[listing_id] & HIGHEST_PRICE, currency, is_exact)

    def price_after(self, listing_id: int, before: KnownPrice) -> KnownPrice | None:
        """Where the price stands that stood at ``before``; ``None``: only the looks tell."""
        if listing_id in self._unlike:
            return None
        last = self._last.get(listing_id)
        if last is None:
            return before
        if before.price is None or before.highest_price is None:
            return self.first_price(listing_id) if before.is_exact else None
        price, currency, is_exact = read_offer(last)
        highest = self._highest[listing_id]
        is_alike = currency == before.currency and is_exact == before.is_exact
        if is_alike and price == before.price and highest == last:
            return before
        if not (is_alike and is_exact):
            return None
        return KnownPrice(price, max(before.highest_price, highest & HIGHEST_PRICE), currency, is_exact)

    def _take(self, told: set[tuple[int, int]]) -> None:
        """Each listing with each of its offers once: most state one price again and again."""
        highest = self._highest
        for listing_id, offer in told:
            other = highest[listing_id]
            if offer == NOT_TOLD:
                self._unlike.add(listing_id)
            elif other != offer:
                if other >> PRICE_BITS != offer >> PRICE_BITS or not offer >> PRICE_BITS & 1:
                    self._unlike.add(listing_id)
                elif offer > other:
                    highest[listing_id] = offer
