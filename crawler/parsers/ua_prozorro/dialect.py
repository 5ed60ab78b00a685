"""How Prozorro.Sale speaks: codes of states, ways of sale and things."""

from crawler.items import Dialect
from store.terms import AppraisalKind, Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

SOURCE = "ua_prozorro"
FAILED_BANKS = "https://dgf-procedure.prozorro.sale"

DIALECT = Dialect(
    currency=Currency.UAH,
    time_zone="Europe/Kyiv",
    country="UA",
    round_labels={"english": RoundKind.ASSET_AUCTION, "dutch": RoundKind.DUTCH_AUCTION},
    status_labels={
        "active_rectification": RoundStatus.UPCOMING,  # terms may still change
        "active_tendering": RoundStatus.UPCOMING,  # offers are taken, the auction has not begun
        "active_auction": RoundStatus.ONGOING,
        "active_qualification": RoundStatus.ENDED,  # this and those to pending_admission: won, not sold yet
        "qualification": RoundStatus.ENDED,
        "active_awarded": RoundStatus.ENDED,
        "pending_payment": RoundStatus.ENDED,
        "pending_admission": RoundStatus.ENDED,
        "complete": RoundStatus.SOLD,
        "unsuccessful": RoundStatus.FAILED,
        "cancelled": RoundStatus.TERMINATED,
    },
    kind_labels={
        "04": None,  # real estate of a kind that the title does not tell
        "04 flat": PropertyKind.FLAT,
        "04 house": PropertyKind.HOUSE,
        "05": PropertyKind.COMMERCIAL,  # whole business complexes
        "06": PropertyKind.LAND,
        "other": PropertyKind.OTHER,
        "lease": PropertyKind.OTHER,
    },
    seller_labels={
        "bankruptcy": SellerKind.BANKRUPTCY_ADMINISTRATOR,
        "smallPrivatization": SellerKind.GOVERNMENT,
        "dgf": SellerKind.GOVERNMENT,  # the fund that guarantees deposits
    },
    appraisal_labels={"expertMonetaryValuation": AppraisalKind.APPRAISAL},
)
