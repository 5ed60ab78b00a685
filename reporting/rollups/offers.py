"""What the news say of prices: where that of each listing stands after all its looks, where these are plain."""

from collections import defaultdict
from collections.abc import Iterable, KeysView, Sequence
from itertools import compress
from operator import ne

from reporting.rollups.prices import Price, cut_of
from store.rollup_offers import HIGHEST_PRICE, NOT_STATED, NOT_TOLD, PRICE_BITS
from store.rollups import NOT_CUT, Kept


class NewOffers:
    """The offers of all looks since prices were known.

    A listing is plain where these are of one currency and all exact, or all the same.

    Args:
        listing_ids: of each look, in their order.
        offers: of each look (``store.rollup_offers``).
        gone: ids that may name other listings since.
    """

    def __init__(self, listing_ids: Iterable[int], offers: Iterable[int], gone: Iterable[int] = ()) -> None:
        ids, told = list(listing_ids), list(offers)
        self._last = last = dict(zip(ids, told, strict=True))
        self._known: dict[int, Price | None] = dict.fromkeys(gone)  # of those of which not the last offer alone tells
        unlike: dict[int, list[int]] = defaultdict(list)
        is_unlike = map(ne, told, map(last.__getitem__, ids))  # few are
        for listing_id, offer in compress(zip(ids, told, strict=True), is_unlike):
            unlike[listing_id].append(offer)
        for listing_id, earlier in unlike.items():
            if listing_id not in self._known:
                earlier.append(last[listing_id])
                self._known[listing_id] = _price_of(earlier)

    @property
    def listing_ids(self) -> KeysView[int]:
        """Of all looks, each once."""
        return self._last.keys()

    def first_price(self, listing_id: int) -> Price | None:
        """Where the price of a listing stands of which nothing was known; ``None``: only the looks tell."""
        if listing_id in self._known:
            return self._known[listing_id]
        last = self._last.get(listing_id, NOT_TOLD)
        return None if last == NOT_TOLD else (last, last, NOT_CUT)

    def price_after(self, before: Kept) -> Price | None:
        """Where the price stands that stood as it is kept; ``None``: only the looks tell."""
        stood = before.offer, before.highest_offer, before.cut
        if before.listing_id not in self._last and before.listing_id not in self._known:
            return stood
        price = self.first_price(before.listing_id)
        if price is None or before.offer == NOT_STATED:
            return price
        last, highest, _ = price
        if last == NOT_STATED or last == before.offer == highest:
            return stood
        kind = last >> PRICE_BITS
        if kind != before.offer >> PRICE_BITS or not kind & 1:
            return None
        return _priced(last, max(before.highest_offer, highest))


def _price_of(offers: Sequence[int]) -> Price | None:
    """Where the price stands after several offers, not all alike; ``None``: only the looks tell."""
    lowest, highest = min(offers), max(offers)
    if lowest == NOT_STATED:
        offers = [each for each in offers if each != NOT_STATED]
        lowest = min(offers)
    kind = lowest >> PRICE_BITS
    if lowest == NOT_TOLD or (lowest != highest and not (kind & 1 and kind == highest >> PRICE_BITS)):
        return None
    return _priced(offers[-1], highest)


def _priced(offer: int, highest: int) -> Price:
    """Of two numbers of one kind."""
    if offer == highest:
        return offer, offer, NOT_CUT
    return offer, highest, cut_of(offer & HIGHEST_PRICE, highest & HIGHEST_PRICE)
