"""The lots of Taiwan's court auctions: put together from the rows for single parcels and buildings.

Rules, from public projects and the notices they quote (2026):
- One row is one parcel of land or one building. A lot is all rows of one case with the same day of sale and the same
  標別; each repeats the floor price of the whole lot. Where a table has lost the 標別, the price tells the lots of a
  case apart.
- Case and round are no key: one round may sell several lots, and later rounds are other listings. Through its rounds a
  thing keeps court, case and parcels: that is ``asset_id``.
- The floor price is what bidding starts at. Cuts follow no fixed rate, and rounds no limit: one case reached its 15th.
- Areas are taken for square metres (two projects differ); the words are kept. Shares are per row.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from hashlib import blake2b
from typing import NamedTuple

from crawler.errors import RowRefused
from crawler.items import Details, Dialect, FactItem, ListingItem, MemberItem, Word
from store.terms import Answer, Currency, FactKind, PropertyKind, RoundKind, RoundStatus, SellerKind

SOURCE = "tw_judicial"
LATER = "第4拍起"

DIALECT = Dialect(
    currency=Currency.TWD,
    time_zone="Asia/Taipei",
    country="TW",
    seller_kind=SellerKind.COURT,
    round_labels={
        "第1拍": RoundKind.FIRST_AUCTION,
        "第2拍": RoundKind.SECOND_AUCTION,
        "第3拍": RoundKind.THIRD_AUCTION,
        LATER: RoundKind.LATER_AUCTION,
        "特別拍賣": RoundKind.LATER_AUCTION,  # the one cut sale after the three months of 應買
        "應買公告": RoundKind.OPEN_PURCHASE,
        "應買": RoundKind.OPEN_PURCHASE,
        "特別變賣": RoundKind.OPEN_PURCHASE,  # the same by another name
    },
    status_labels={
        "拍定": RoundStatus.SOLD,
        "流標": RoundStatus.FAILED,
        "撤回": RoundStatus.WITHDRAWN,
        "停拍": RoundStatus.HALTED,  # stopped; whether for good is not told
        "承受": RoundStatus.TAKEN_BY_CREDITOR,
        "新公告": None,
        "更正": None,
        "底價變更": None,
        "日期變更": None,
    },
    kind_labels={
        "C51": PropertyKind.LAND,
        "land": PropertyKind.LAND,
        "C52": None,  # a flat, a house or a shop: not told
        "building": None,
        "透天厝": PropertyKind.HOUSE,
    },
)

COURTS = {
    "TPD": "臺灣臺北地方法院",
    "PCD": "臺灣新北地方法院",
    "SLD": "臺灣士林地方法院",
    "TYD": "臺灣桃園地方法院",
    "SCD": "臺灣新竹地方法院",
    "MLD": "臺灣苗栗地方法院",
    "TCD": "臺灣臺中地方法院",
    "NTD": "臺灣南投地方法院",
    "CHD": "臺灣彰化地方法院",
    "ULD": "臺灣雲林地方法院",
    "CYD": "臺灣嘉義地方法院",
    "TND": "臺灣臺南地方法院",
    "CTD": "臺灣橋頭地方法院",
    "KSD": "臺灣高雄地方法院",
    "PTD": "臺灣屏東地方法院",
    "TTD": "臺灣臺東地方法院",
    "HLD": "臺灣花蓮地方法院",
    "ILD": "臺灣宜蘭地方法院",
    "KLD": "臺灣基隆地方法院",
    "PHD": "臺灣澎湖地方法院",
    "KMD": "福建金門地方法院",
    "LCD": "福建連江地方法院",
}

NUMBERED_ROUND = re.compile(r"第(\d{1,3}|[一二三四五六七八九十]{1,3})(?:次拍賣|次|拍)")
DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
ROC_DAY = re.compile(r"(\d{2,3})([/.-]?)(\d{2})\2(\d{2})")
PLAIN_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,4})?")
SHARE = re.compile(r"(\d{1,12})分之(\d{1,12})")
LONGEST_TERM = 6
LONGEST_PLACE = 60
"""Characters of a place within an id, which has room for 120."""


class Case(NamedTuple):
    """A case of one court: LCD 113 執 000545."""

    court: str
    year: str
    word: str
    number: str

    @property
    def title(self) -> str:
        """As it is quoted: 113執字第000545號."""
        return f"{self.year}{self.word}字第{self.number}號"


class Parcel(NamedTuple):
    """One row: a parcel of land or a building, with what it repeats of its lot. Values in the row's own words."""

    position: int
    case: Case
    kind: str  # a label of ``DIALECT.kind_labels``
    is_building: bool
    place: str
    price: str
    sale_day: str | None = None
    batch: str | None = None  # 標別
    round_label: str | None = None
    round_number: Word = None
    county: str | None = None
    town: str | None = None
    area: str | None = None
    share: str | None = None
    handover: tuple[Answer, str] | None = None
    hammer: str | None = None
    status: str | None = None
    court_name: str | None = None
    notice_url: str | None = None
    position_degrees: tuple[Word, Word] = (None, None)
    words: Mapping[str, Word] = {}


def group_lots(parcels: Sequence[Parcel]) -> list[list[Parcel]]:
    """The rows of each lot together, in the order of their first rows."""
    lots: dict[tuple[str | None, ...], list[Parcel]] = {}
    for parcel in parcels:
        apart = parcel.batch or f"price {parcel.price}"
        lots.setdefault((*parcel.case, parcel.sale_day, parcel.round_label, apart), []).append(parcel)
    return list(lots.values())


def make_item(lot: Sequence[Parcel], *, is_whole: bool = True, begins_here: bool = True) -> ListingItem:
    """One lot as a listing. Of a lot whose other rows stand on another page, only what every row repeats is told.

    Raises:
        RowRefused: rows of one lot that disagree about price or round, or nothing that tells this lot from others.
    """
    first = lot[0]
    if len({(parcel.price, parcel.round_label, parcel.hammer) for parcel in lot}) > 1:
        raise RowRefused("rows of one lot with several floor prices or rounds")
    if not (is_whole or first.batch):
        raise RowRefused("lot that goes on on another page, without its 標別: save pages with more rows")
    if first.case.court not in COURTS:
        raise RowRefused(f"no court is called {first.case.court[:20]!r}")
    main = [parcel for parcel in lot if parcel.is_building] or list(lot)
    status = first.status or ("拍定" if first.hammer else None)
    return ListingItem(
        source_id=lot_id(first.case, first.sale_day or first.round_label, first.batch, main),
        words=lot_words(lot),
        url=first.notice_url,
        title=lot_title(main[0], len(main)) if is_whole else None,
        property_kind_raw=main[0].kind,
        round_raw=spell_round(first.round_label),
        status_raw=status,
        seller_name=first.court_name or COURTS[first.case.court],
        city_raw=main[0].county,
        district_raw=main[0].town,
        address=main[0].place if is_whole or begins_here else None,
        starting_price_raw=first.price,
        hammer_price_raw=first.hammer if status == "拍定" else None,
        ends_at_raw=spell_day(first.sale_day),
        floor_area_raw=total_area([each for each in lot if each.is_building]) if is_whole else None,
        land_area_raw=total_area([each for each in lot if not each.is_building]) if is_whole else None,
        details=lot_details(lot, main, is_whole=is_whole),
    )


def lot_details(lot: Sequence[Parcel], main: Sequence[Parcel], *, is_whole: bool) -> Details:
    """Case, round number, handover, and for a whole lot share, members and the id that it keeps through its rounds."""
    first = lot[0]
    shares = {parcel.share for parcel in main}
    facts = (FactItem(FactKind.VACANT_HANDOVER, *first.handover),) if first.handover else ()
    latitude, longitude = main[0].position_degrees
    return Details(
        case_number=first.case.title,
        share_raw=spell_share(shares.pop()) if is_whole and len(shares) == 1 else None,
        latitude_raw=latitude,
        longitude_raw=longitude,
        asset_id=asset_id(lot) if is_whole else None,
        round_number_raw=first.round_number,
        facts=facts,
        members=tuple(map(make_member, main)) if is_whole and len(main) > 1 else (),
    )


def make_member(parcel: Parcel) -> MemberItem:
    """One of several buildings, or of several parcels where there is no building, with its share in its title."""
    share = f" (權利範圍 {parcel.share})" if parcel.share else ""
    return MemberItem(f"{parcel.place}{share}", parcel.area if parcel.is_building else None)


def lot_id(case: Case, sale: str | None, batch: str | None, main: Sequence[Parcel]) -> str:
    """Court, case, day of sale and 標別; without a 標別, the place that comes first in the order of characters.

    Raises:
        RowRefused: neither a day of sale nor a round.
    """
    if not sale:
        raise RowRefused("lot without a day of sale and without a round")
    return "/".join((*case, sale, batch or min(parcel.place for parcel in main)[:LONGEST_PLACE]))


def asset_id(lot: Sequence[Parcel]) -> str:
    """Court, case and a digest of the set of parcels: the same in every round."""
    places = sorted({"".join(parcel.place.split()) for parcel in lot})
    digest = blake2b("\n".join(places).encode("utf-8", "replace"), digest_size=8).hexdigest()
    return "/".join((*lot[0].case, digest))


def lot_title(parcel: Parcel, count: int) -> str:
    """The place of a lot; 等5筆 where it has five buildings, or five parcels and no building."""
    return f"{parcel.place} 等{count}筆" if count > 1 else parcel.place


def lot_words(lot: Sequence[Parcel]) -> dict[str, Word]:
    """The words of the rows: once where they agree, else joined in order."""
    words: dict[str, Word] = {}
    for name in dict.fromkeys(name for parcel in lot for name in parcel.words):
        values = list(dict.fromkeys(parcel.words[name] for parcel in lot if parcel.words.get(name) is not None))
        words[name] = values[0] if len(values) == 1 else "; ".join(map(str, values))
    return words


def total_area(parcels: Sequence[Parcel]) -> str | None:
    """The area of all rows; ``None`` where one of them does not tell its own. A single row keeps its words."""
    areas = [parcel.area for parcel in parcels]
    if len(areas) == 1:
        return areas[0]
    told = [Decimal(area) for area in areas if area and PLAIN_NUMBER.fullmatch(area)]
    return str(sum(told)) if told and len(told) == len(areas) else None


def spell_round(label: str | None) -> str | None:
    """第四次拍賣 and 第15拍 by the labels of the table: numbers beyond the third are told by ``round_number`` alone."""
    number = round_number(label)
    if number is None:
        return label
    return f"第{number}拍" if number < 4 else LATER


def round_number(label: str | None) -> int | None:
    """The number that a label of a round states, in either numerals, up to 99 in Chinese ones."""
    found = NUMBERED_ROUND.fullmatch("".join(label.split())) if label else None
    if found is None:
        return None
    if found[1].isdecimal():
        return int(found[1]) or None
    tens, ten, ones = found[1].rpartition("十")
    if not set(tens + ones) <= set(DIGITS) or len(tens) > 1 or len(ones) > 1:
        return None
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)


def spell_day(raw: str | None) -> str | None:
    """1151012 and 115/10/12 with their era, which the years of both calendars would lack."""
    found = ROC_DAY.fullmatch(raw) if raw else None
    return f"民國{found[1]}年{found[3]}月{found[4]}日" if found else raw


def spell_share(raw: str | None) -> str | None:
    """The share in a form that is converted: fractions with long terms in lowest ones, else as per cent.

    4800000分之34461 has no shorter terms than 1600000分之11487; as per cent it keeps six decimals.
    """
    found = SHARE.fullmatch("".join(raw.split())) if raw else None
    if found is None or max(map(len, found.groups())) <= LONGEST_TERM // 2:
        return raw
    if not int(found[1]):
        return raw
    share = Fraction(int(found[2]), int(found[1]))
    if max(len(str(share.numerator)), len(str(share.denominator))) <= LONGEST_TERM:
        return f"{share.numerator}/{share.denominator}"
    return f"{float(share * 100):.6f}%"
