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

WRITTEN_BELOW = ("property_kind", "round_kind", "currency", "starts_at", "ends_at")
"""Terms and instants: their own words for programs take four times as long as all other fields together."""

_told = itemgetter(
    *(at for at, name in enumerate(Offer._fields) if name not in OF_NO_ACCOUNT and name not in WRITTEN_BELOW)
)


def digest_of(offer: Offer) -> int:
    """A 64-bit digest of the state, equal in every process; the offer needs no parts."""
    kind, round_kind, currency = offer.property_kind, offer.round_kind, offer.currency
    starts_at, ends_at = offer.starts_at, offer.ends_at
    told = (
        *_told(offer),
        kind and kind._value_,
        round_kind and round_kind._value_,
        currency and currency._value_,
        starts_at and starts_at.timestamp(),
        ends_at and ends_at.timestamp(),
        price_of_round(offer),
    )
    return int.from_bytes(blake2b(repr(told).encode(), digest_size=8).digest(), "big", signed=True)
