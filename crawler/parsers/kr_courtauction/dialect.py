"""How the Korean courts speak: rounds by the count of failed sales, uses of buildings."""

from types import MappingProxyType

from crawler.items import Dialect
from store.terms import AppraisalKind, Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

SOURCE = "kr_courtauction"
FIRST_SALE = "신건"
RE_SALE = "재매각"
SOLD = "매각"
MOST_FAILED = 99

EARLY_ROUNDS = MappingProxyType({1: RoundKind.SECOND_AUCTION, 2: RoundKind.THIRD_AUCTION})

DIALECT = Dialect(
    currency=Currency.KRW,
    time_zone="Asia/Seoul",
    country="KR",
    seller_kind=SellerKind.COURT,
    round_labels={
        FIRST_SALE: RoundKind.FIRST_AUCTION,
        RE_SALE: RoundKind.RE_AUCTION,
        **{f"유찰 {n}회": EARLY_ROUNDS.get(n, RoundKind.LATER_AUCTION) for n in range(1, MOST_FAILED + 1)},
    },
    status_labels={SOLD: RoundStatus.SOLD},
    kind_labels={
        "근린시설": PropertyKind.COMMERCIAL,  # seen 2026-07
        "기타": PropertyKind.OTHER,  # seen 2026-07: lots of several uses
        # The rest by the meaning of the word, not seen yet.
        "아파트": PropertyKind.FLAT,
        "다세대": PropertyKind.FLAT,
        "연립주택": PropertyKind.FLAT,
        "빌라": PropertyKind.FLAT,
        "도시형생활주택": PropertyKind.FLAT,
        "단독주택": PropertyKind.HOUSE,
        "다가구주택": PropertyKind.HOUSE,
        "주택": PropertyKind.HOUSE,
        "오피스텔": PropertyKind.OFFICE,
        "사무실": PropertyKind.OFFICE,
        "상가": PropertyKind.SHOP,
        "점포": PropertyKind.SHOP,
        "공장": PropertyKind.INDUSTRIAL,
        "창고": PropertyKind.STORAGE,
        "대지": PropertyKind.LAND,
        "임야": PropertyKind.LAND,
        "전답": PropertyKind.LAND,
        "자동차": PropertyKind.VEHICLE,
    },
    appraisal_labels={"감정평가액": AppraisalKind.APPRAISAL},
)


def round_label(failed_count: str, *, is_ordered_again: bool = False) -> str:
    """The round in the site's own words: 신건, 유찰 2회; 재매각 where a winner did not pay."""
    if is_ordered_again:
        return RE_SALE
    return FIRST_SALE if failed_count == "0" else f"유찰 {failed_count}회"
