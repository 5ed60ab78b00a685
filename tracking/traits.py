"""What the linker compares: the traits of one offer, made comparable once so that comparing is cheap."""

import re
from functools import lru_cache
from typing import NamedTuple

from store.statement import CentiSqm, Minor
from store.terms import PropertyKind, RoundKind
from tracking.address.parts import Parts
from tracking.offers import Offer, country_of

KIND_CLASSES: dict[PropertyKind, str] = {
    PropertyKind.FLAT: "home",
    PropertyKind.HOUSE: "house",
    PropertyKind.BUILDING: "building",
    PropertyKind.SHOP: "business",
    PropertyKind.OFFICE: "business",
    PropertyKind.COMMERCIAL: "business",
    PropertyKind.INDUSTRIAL: "industrial",
    PropertyKind.PARKING: "parking",
    PropertyKind.STORAGE: "storage",
    PropertyKind.LAND: "land",
    PropertyKind.RURAL: "land",
    PropertyKind.VEHICLE: "vehicle",
    PropertyKind.LOAN: "loan",
}
"""Kinds of one class are taken for each other: a flat sold as an office (公寓, SOHO) is seen on every platform."""

ROUND_RANKS = {
    RoundKind.FIRST_AUCTION: 1,
    RoundKind.SECOND_AUCTION: 2,
    RoundKind.THIRD_AUCTION: 3,
    RoundKind.SELL_OFF: 4,
}
WORDS_OF_A_CASE = re.compile(r"[^0-9A-Z\u4e00-\u9fff]+")
CASE_NUMBER = re.compile(r"(?:19|20)\d\d.{0,12}\d+号?")
ENDINGS_OF_A_COMPOUND = re.compile(
    r"(?:小区|住宅区|住宅|花园|公寓|大厦|广场|家园|小镇|项目|商业中心|商住楼|综合楼|大楼)$"
)


NUMBER_THEIR_THINGS = frozenset({"br_caixa"})
"""Sources whose own id names the thing, through all attempts to sell it (N° do imóvel)."""

BADGE = re.compile(r"【[^】]{1,20}】|[（(](?:第?[一二三四1-4]次?拍卖?|变卖|重新拍卖|再次拍卖)[)）]|^-[^-]{2,12}-")
LEAST_WORDING = 12
"""Characters: shorter titles (房地产, 厂房一处) are those of many things."""


class Traits(NamedTuple):
    """One offer as it is compared. ``None`` is unknown, and unknown equals nothing."""

    listing_id: int
    key: tuple[str, str, int]
    country: str
    area_code: str | None  # prefecture or state: no home lies in two
    district: str | None
    kind: str | None
    road: str | None
    number: str | None  # lane and number at a road
    compound: str | None
    phase: str | None
    building: str | None
    unit: str | None
    floor: str | None
    room: str | None  # a parking space: its number
    share: str | None  # "1" where the whole is told
    unit_count: int  # 1 where a single home is told or nothing is said of several
    members: tuple[str, ...]
    case_number: str | None
    appraisal: Minor | None
    price: Minor | None  # of a court's round: no other follows from the one before
    floor_area: CentiSqm | None
    seller: str | None
    certificate: str | None
    asset_id: str | None  # the source's own number of the thing
    wording: str | None  # what is sold, in the title's own words, where no room tells it
    previous_source_id: str | None
    round_rank: int | None  # of the named auctions: first, second, third, sell-off
    opens: float | None  # seconds since 1970
    closes: float | None
    parts: Parts

    @property
    def is_parking(self) -> bool:
        """Whether a parking space is sold."""
        return self.kind == "parking"


def traits_of(offer: Offer) -> Traits:
    """The traits of an offer."""
    parts = offer.parts
    kind = _kind_class(offer)
    room = parts.parking if kind == "parking" else parts.room
    number = f"{parts.lane or ''}/{parts.number or ''}" if parts.lane or parts.number else None
    return Traits(
        offer.listing_id,
        (offer.source, offer.source_id, offer.generation),
        country_of(offer.region_code, offer.source, offer.currency),
        _area_code(offer),
        offer.district,
        kind,
        parts.road,
        number,
        parts.compound,
        parts.phase if parts.block is None else f"{parts.phase or ''}/{parts.block}",
        parts.building,
        parts.unit,
        parts.floor,
        parts.lot if kind == "land" and parts.lot else room,
        offer.share or parts.share,
        max(offer.unit_count or 1, parts.unit_count or 1, len(parts.members)),
        parts.members,
        fold_case_number(offer.case_number),
        offer.appraisal_price or None,
        price_of_round(offer),
        offer.floor_area or None,
        offer.seller_name,
        offer.certificate,
        offer.source_id if offer.source in NUMBER_THEIR_THINGS else offer.asset_id,
        fold_wording(offer.title) if room is None else None,
        offer.previous_source_id,
        _round_rank(offer),
        offer.starts_at.timestamp() if offer.starts_at else None,
        offer.ends_at.timestamp() if offer.ends_at else None,
        parts,
    )


def price_of_round(offer: Offer) -> Minor | None:
    """The price of a named round of a court; of all else ``None``, so that a new price is no reason to link anew."""
    if offer.seller_name is None or COURT not in offer.seller_name or offer.starts_at is None:
        return None
    return offer.price if _round_rank(offer) is not None else None


COURT = "法院"


def _round_rank(offer: Offer) -> int | None:
    return (ROUND_RANKS.get(offer.round_kind) if offer.round_kind else None) or offer.round_number


def _kind_class(offer: Offer) -> str | None:
    if offer.property_kind is PropertyKind.PARKING and offer.parts.parking is None and offer.parts.room is not None:
        return None  # a flat with its parking space, sorted under the latter (Ali, Fujian 2026)
    if offer.property_kind is not None and offer.property_kind in KIND_CLASSES:
        return KIND_CLASSES[offer.property_kind]
    if offer.parts.parking is not None and offer.parts.room is None:
        return "parking"
    return "land" if offer.parts.lot is not None and offer.parts.room is None else None


def _area_code(offer: Offer) -> str | None:
    """The prefecture by its code, else the city by its name, else the state."""
    code = offer.region_code
    if code is not None and code.isdigit():
        if len(code) == 6 and code[2:4] != "00":
            return code[:2] if code[:2] in MUNICIPALITIES else code[:4]
        return code[:2] if code[:2] in MUNICIPALITIES else None
    return offer.city.upper() if offer.city else code


MUNICIPALITIES = {"11", "12", "31", "50"}


def fold_case_number(text: str | None) -> str | None:
    """A case number without what courts write differently: （2020）皖0111执 1234号 and (2020)皖0111执1234号."""
    if not text:
        return None
    folded = WORDS_OF_A_CASE.sub("", text.upper())
    found = CASE_NUMBER.search(folded)
    return found[0].removesuffix("号").replace("执恢", "执") if found else None


def fold_wording(title: str | None) -> str | None:
    """A title without badges of rounds and banks, if it is long enough to be that of one thing."""
    if title is None:
        return None
    words = "".join(BADGE.sub("", title).split())
    return words if len(words) >= LEAST_WORDING else None


@lru_cache(maxsize=1 << 16)
def fold_compound(name: str) -> str:
    """The name without what is left out as often as not: 天街商业中心 and 天街."""
    shorter = ENDINGS_OF_A_COMPOUND.sub("", name)
    return shorter if len(shorter) > 1 else name
