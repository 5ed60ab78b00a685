"""What the linker compares: the traits of one offer, made comparable once so that comparing is cheap."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, Self

import msgspec

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
USUAL_CASE_NUMBER = re.compile(r"[(（]((?:19|20)[0-9]{2})[)）]([0-9A-Z\u4e00-\u9fff]{0,12}[0-9])号")
"""What both of the others leave as it is, but for the brackets."""

ENDINGS_OF_A_COMPOUND = re.compile(
    r"(?:小区|住宅区|住宅|花园|公寓|大厦|广场|家园|小镇|项目|商业中心|商住楼|综合楼|大楼)$"
)


NUMBER_THEIR_THINGS = frozenset({"br_caixa"})
"""Sources whose own id names the thing, through all attempts to sell it (N° do imóvel)."""

BADGE = re.compile(r"【[^】]{1,20}】|[（(](?:第?[一二三四1-4]次?拍卖?|变卖|重新拍卖|再次拍卖)[)）]|^-[^-]{2,12}-")
GARAGE = re.compile(
    r"(?:[0-9][室房户号]?|[室房户])的?(?:地下|自行|电动|机动|汽)?(?:车[库位房棚]|储[藏物][室间]?|杂物[间房]|柴火?[间房])"
    r"(?:使用权)?$"
)
"""What belongs to a home, sold without it: 3幢501室车库. With 及 or 含 between them, the home comes with it."""

LEAST_WORDING = 12
"""Characters: shorter titles (房地产, 厂房一处) are those of many things."""


class Traits(msgspec.Struct, array_like=True, gc=False):
    """One offer as it is compared. ``None`` is unknown, and unknown equals nothing.

    What made it does not change it. It has the manners of a named tuple and is none: a slot is read in a third of the
    time, and rules read a hundred million of them to link a million listings. It holds nothing that could hold it, so
    the search for garbage passes it by.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    listing_id: int
    key: tuple[str, str, int]
    country: str
    area_code: str | None  # prefecture or state: no home lies in two
    district: str | None
    town: str | None
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
    price: Minor | None  # the start of a court's auction, or of one of which nobody is told who sells
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

    @classmethod
    def _make(cls, values: Iterable[Any]) -> Self:
        return cls(*values)

    def _replace(self, **told: Any) -> Self:
        return msgspec.structs.replace(self, **told)

    def __iter__(self) -> Iterator[Any]:
        return (getattr(self, name) for name in self._fields)


Traits._fields = Traits.__struct_fields__


Remember = Callable[[Any, Any], Any]
"""Gives the first value that was equal to what it is given twice, as ``dict.setdefault`` does."""


def traits_of(offer: Offer, remember: Remember | None = None) -> Traits:
    """The traits of an offer; with ``remember``, of equal words, sellers and days only the first ones are held."""
    (
        listing_id, source, source_id, generation, _, _, title, address, region_code, city, district, sort, round_kind,
        round_number, _, seller, _, case_number, certificate, currency, starting_price, asking_price, _, appraisal, _,
        starts_at, ends_at, _, floor_area, _, share, unit_count, previous_source_id, asset_id, parts,
    ) = offer  # fmt: skip  # a third of the cost of naming each where it is used
    (
        town, road, lane, number, compound, phase, block, building, unit, floor, room, parking, lot, part, count,
        members,
    ) = parts  # fmt: skip
    kind = _kind_class(sort, parking, room, lot, title or address)
    if building is None and room is None and number and compound and not (road or lane or parking):
        building, number = number, None  # 海德名园35号 is its 35号别墅 and its 35幢
    if lane or number:
        number = f"{lane or ''}/{number or ''}"
    if block is not None:
        phase = f"{phase or ''}/{block}"
    if kind in BESIDE_A_HOME and parking is None and _is_of_a_room(room, title or address):
        room = f"室{room}"  # the garage of that room
    elif kind == "parking":
        room = parking
    elif kind == "land" and lot:
        room = lot
    country, area_code = country_of(region_code, source, currency), _area_code(region_code, city)
    opens = starts_at.timestamp() if starts_at else None
    closes = ends_at.timestamp() if ends_at else None
    if remember is not None:  # one by one: half of them are not told; the rest are the same objects already
        district, town = district and remember(district, district), town and remember(town, town)
        road, number = road and remember(road, road), number and remember(number, number)
        compound, phase = compound and remember(compound, compound), phase and remember(phase, phase)
        building, unit = building and remember(building, building), unit and remember(unit, unit)
        floor, room = floor and remember(floor, floor), room and remember(room, room)
        source, seller = remember(source, source), remember(seller, seller)
        opens, closes = remember(opens, opens), remember(closes, closes)
    price = starting_price
    if seller is not None:
        price = (asking_price or starting_price) if _is_of_court(seller, starts_at) else None
    rank = (ROUND_RANKS.get(round_kind) if round_kind else None) or round_number
    return Traits(
        listing_id,
        (source, source_id, generation),
        *(country, area_code, district, town, kind, road, number, compound, phase, building, unit, floor, room),
        share or part,
        max(unit_count or 1, count or 1, len(members)),
        members,
        fold_case_number(case_number) if case_number else None,
        appraisal or None,
        price or None,
        floor_area or None,
        seller,
        certificate,
        source_id if source in NUMBER_THEIR_THINGS else asset_id,
        fold_wording(title) if (room if kind == "parking" else parts.room) is None else None,
        previous_source_id,
        rank,
        opens,
        closes,
        parts,
    )


def price_of_round(offer: Offer) -> Minor | None:
    """The price of a court's auction, or the start of one of which nobody is told who sells.

    Of all else ``None``, so that a new price of a bank is no reason to link anew. A start does not change.
    """
    if offer.seller_name is None:
        return offer.starting_price
    return offer.price if _is_of_court(offer.seller_name, offer.starts_at) else None


def _is_of_court(seller: str, starts_at: datetime | None) -> bool:
    return COURT in seller and starts_at is not None


COURT = "法院"


def _is_of_a_room(room: str | None, text: str | None) -> bool:
    """Whether the garage or the store of a home is sold, without the home."""
    return room is not None and room[0] != "储" and text is not None and GARAGE.search(text) is not None


def _kind_by_words(sort: PropertyKind | None, room: str, text: str) -> str | None:
    """What is sold where a room is told, and no kind, or the wrong one; ``None``: a home, likely.

    A flat with its parking space is sorted under the latter (Ali, Fujian 2026).
    """
    if _is_of_a_room(room, text):
        return "parking" if "车" in text[-LONGEST_GARAGE:] else "storage"
    return "business" if sort is None and text.endswith(OF_A_SHOP) else None


def _kind_class(
    sort: PropertyKind | None, parking: str | None, room: str | None, lot: str | None, text: str | None
) -> str | None:
    if parking is None and room is not None and (sort is None or sort is PARKING):
        return _kind_by_words(sort, room, text or "")
    if sort is not None and (found := KIND_CLASSES.get(sort)) is not None:
        return found
    if parking is not None and room is None:
        return "parking"
    return "land" if room is None and lot is not None else None


BESIDE_A_HOME = frozenset({"parking", "storage"})
LONGEST_GARAGE = 6  # characters: 车库使用权
OF_A_SHOP = ("商业", "商业用房", "商铺", "店铺", "店面", "门面", "门面房", "铺面")
"""Ends of an address that tell a shop, where there is no title to tell it: 3栋1层105商业 is not the flat 105."""

PARKING = PropertyKind.PARKING  # looked up once: a member of an enumeration is found in a fifth of a microsecond


@lru_cache(maxsize=1 << 12)
def _area_code(code: str | None, city: str | None) -> str | None:
    """The prefecture by its code, else the city by its name, else the state."""
    if code is not None and code.isdigit():
        if len(code) == 6 and code[2:4] != "00":
            return code[:2] if code[:2] in MUNICIPALITIES else code[:4]
        return code[:2] if code[:2] in MUNICIPALITIES else None
    return city.upper() if city else code


MUNICIPALITIES = {"11", "12", "31", "50"}


def fold_case_number(text: str | None) -> str | None:
    """A case number without what courts write differently: （2020）皖0111执 1234号 and (2020)皖0111执1234号."""
    if not text:
        return None
    if (usual := USUAL_CASE_NUMBER.fullmatch(text)) is not None:
        return f"{usual[1]}{usual[2]}".replace("执恢", "执")
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
