"""Whether anything changed in a listing that its home depends on; most changes are of states and of banks' prices."""

from hashlib import blake2b
from operator import itemgetter

from tracking.offers import Offer
from tracking.traits import price_of_round

OF_NO_ACCOUNT = frozenset(
    {
        "first_seen_at",
        "last_seen_at",
        "status",
        "seller_kind",
        "starting_price",
        "asking_price",
        "hammer_price",
        "appraisal_scope",
        "published_at",
        "land_area",
        "parts",  # which are read out of the others
    }
)
"""Fields of an offer that no comparison looks at (``tracking.traits``), but for the price of a court's round."""

_told = itemgetter(*(at for at, name in enumerate(Offer._fields) if name not in OF_NO_ACCOUNT))


def digest_of(offer: Offer) -> int:
    """A 64-bit digest of the state, equal in every process; the offer needs no parts."""
    told = (*_told(offer), price_of_round(offer))
    return int.from_bytes(blake2b(repr(told).encode(), digest_size=8).digest(), "big", signed=True)
