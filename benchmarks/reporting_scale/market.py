"""A made-up market for the reports at scale: what is sold where, by whom, and what each look at a listing says.

Everything follows from a number and a seed, so that any look can be told again without keeping a million listings in
memory. Five looks a listing on average, each of which says something new: a day nearer to the sale, one more
applicant, a lower price of a bank, at last the result. Shares are rough (a third of the listings are of banks, half
of the last rounds find a buyer): the figures that are measured here depend on how many rows there are, not on them.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from benchmarks.linking.places import Place, read_places
from store.statement import Statement
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

FIRST_DAY = datetime(2022, 6, 1, 2, tzinfo=UTC)  # ten in the morning in China
DAYS = 1_000
LOOKS = (4, 6, 5, 5)  # of listings that follow one another
HOME_SIZES = (3, 2, 2, 2, 1)
"""Attempts of each five homes: ten listings."""

HOME_OF_PLACE = tuple((home, attempt, size) for home, size in enumerate(HOME_SIZES) for attempt in range(size))
"""Of each ten listings: which of the five homes, which attempt of how many."""

COURT_SOURCES = ("ali_judicial", "jd_judicial", "ali_judicial", "gpai")
BANK_SOURCES = ("jd_assets", "ali_assets", "cbex")
SOURCES = tuple(sorted({*COURT_SOURCES, *BANK_SOURCES}))
BANKS = (
    ("中国工商银行股份有限公司", SellerKind.STATE_BANK),
    ("中国建设银行股份有限公司", SellerKind.STATE_BANK),
    ("平安银行总行资产拍卖", SellerKind.JOINT_STOCK_BANK),
    ("中国民生银行股份有限公司", SellerKind.JOINT_STOCK_BANK),
    ("兰州银行股份有限公司", SellerKind.CITY_BANK),
    ("四川农信", SellerKind.RURAL_BANK),
)
KINDS = (PropertyKind.PARKING, PropertyKind.SHOP, PropertyKind.HOUSE, PropertyKind.LAND, PropertyKind.LOAN)
ROUNDS = (RoundKind.FIRST_AUCTION, RoundKind.SECOND_AUCTION, RoundKind.SELL_OFF)
ENDS = (RoundStatus.SOLD, RoundStatus.SOLD, RoundStatus.FAILED, RoundStatus.WITHDRAWN, RoundStatus.ENDED)
EXTRA_WORDS = ("", "", "", "", "", "", "", "", ", 带地下室", "“整体拍卖”", '"现状拍卖"')
MASK = (1 << 64) - 1


class Listing(NamedTuple):
    """One attempt to sell one home: what all looks at it say alike."""

    number: int
    source: str
    source_id: str
    look_count: int
    opens_on: int  # day of the first look
    starts_on: int
    is_court: bool
    attempt: int  # from 0
    is_last: bool
    title: str
    place: Place
    district: int
    kind: PropertyKind
    appraisal: int  # fen
    area: int
    chance: int


class Look(NamedTuple):
    """Which look at which listing, and when. They sort by time, then source."""

    day: int
    source: int
    number: int
    step: int


def mix(number: int, seed: int) -> int:
    """Sixty-four bits that look random (splitmix64): unlike ``random`` there is nothing to set up for each number."""
    bits = (number * 0x9E3779B97F4A7C15 + seed * 0xD1B54A32D192ED03) & MASK
    bits = ((bits ^ bits >> 30) * 0xBF58476D1CE4E5B9) & MASK
    bits = ((bits ^ bits >> 27) * 0x94D049BB133111EB) & MASK
    return bits ^ bits >> 31


def listing_of(number: int, seed: int) -> Listing:
    """The listing of a number, from 0."""
    block, place_in_block = divmod(number, 10)
    of_block, position, size = HOME_OF_PLACE[place_in_block]
    home = mix(block * 5 + of_block, seed)
    own = mix(number, seed + 1)
    is_court = home % 3 > 0
    begin = home % DAYS
    where = read_places()[(home >> 10) % len(read_places())]
    sources = COURT_SOURCES if is_court else BANK_SOURCES
    return Listing(
        number,
        sources[(home >> 20) % len(sources)],
        str(560_000_000_000 + mix(number, seed + 2) % 100_000 * 10_000_000 + number),
        LOOKS[number % 4],
        begin + position * 75,
        begin + position * 75 + 30,
        is_court,
        position,
        position == size - 1,
        _title(where, home),
        where,
        (home >> 24) % len(where.districts),
        KINDS[(home >> 30) % 100] if (home >> 30) % 100 < len(KINDS) else PropertyKind.FLAT,
        (home >> 34) % 90_000 * 10_000 + 30_000_000,
        (home >> 40) % 16_000 + 3_000,
        own,
    )


def _title(place: Place, home: int) -> str:
    district = place.districts[(home >> 24) % len(place.districts)][0]
    road, number = (home >> 44) % 400, (home >> 12) % 900 + 1
    building, room = (home >> 16) % 40 + 1, (home >> 3) % 30 * 100 + (home >> 8) % 6 + 101
    words = EXTRA_WORDS[(home >> 50) % len(EXTRA_WORDS)]
    return f"{place.city}{district}{_road(road)}路{number}号{building}幢{room}室{words}"


def _road(number: int) -> str:
    first, second = "中人建解新长和平东西南北文光天海江山湖春", "山民设放华安兴福城园府门化明河泉滨景岭阳"
    return f"{first[number % 20]}{second[number // 20]}"


def looks_of(listing: Listing) -> list[Look]:
    """The looks at a listing, in order of time."""
    source = SOURCES.index(listing.source)
    days = _court_days(listing) if listing.is_court else _bank_days(listing)
    return [Look(day, source, listing.number, step) for step, day in enumerate(days)]


def _court_days(listing: Listing) -> list[int]:
    waiting = range(listing.opens_on, listing.opens_on + 7 * (listing.look_count - 2), 7)
    return [*waiting, listing.starts_on, listing.starts_on + 2]


def _bank_days(listing: Listing) -> list[int]:
    return [listing.opens_on + 12 * step for step in range(listing.look_count)]


def said_at(listing: Listing, step: int) -> Statement:
    """What the page says of a listing at one look."""
    telling: Callable[[Listing, int], Statement] = _court_words if listing.is_court else _bank_words
    return telling(listing, step)


def _court_words(listing: Listing, step: int) -> Statement:
    left = listing.look_count - 1 - step
    status = (_end(listing), RoundStatus.ONGOING)[left] if left < 2 else RoundStatus.UPCOMING
    price = listing.appraisal * 7 * 8**listing.attempt // 10 ** (listing.attempt + 1)
    hammer = price + listing.chance % 40 * price // 100 if status is RoundStatus.SOLD else None
    begin = FIRST_DAY + timedelta(days=listing.starts_on)
    common = _common_words(listing, step, status)
    return common._replace(
        round_kind=ROUNDS[listing.attempt],
        seller_name=f"{listing.place.city}{listing.place.districts[listing.district][0]}人民法院",
        seller_kind=SellerKind.COURT,
        starting_price=price,
        current_price=hammer or price,
        hammer_price=hammer,
        deposit=price // 10,
        starts_at=begin,
        ends_at=begin + timedelta(days=1),
        bid_count=listing.chance % 60 if left < 2 else 0,
    )


def _bank_words(listing: Listing, step: int) -> Statement:
    left = listing.look_count - 1 - step
    status = _end(listing) if left == 0 else RoundStatus.ONGOING
    cuts = sum(listing.chance >> bit & 1 for bit in range(step))
    price = listing.appraisal * 95**cuts * 9**listing.attempt // (100**cuts * 10**listing.attempt)
    seller, seller_kind = BANKS[listing.chance % len(BANKS)]
    return _common_words(listing, step, status)._replace(
        round_kind=RoundKind.DIRECT_SALE,
        seller_name=seller,
        seller_kind=seller_kind,
        asking_price=price,
        hammer_price=price if status is RoundStatus.SOLD else None,
    )


def _common_words(listing: Listing, step: int, status: RoundStatus) -> Statement:
    district, code = listing.place.districts[listing.district]
    applicants = step * (1 + listing.chance % 3)
    return Statement(
        title=listing.title,
        url=f"https://{listing.source.replace('_', '-')}.example/item/{listing.source_id}.htm",
        property_kind=listing.kind,
        status=status,
        region_code=code,
        city=listing.place.city,
        district=district,
        currency=Currency.CNY,
        appraisal_price=listing.appraisal,
        floor_area=listing.area,
        applicant_count=applicants,
        image_url=f"https://img.{listing.source.replace('_', '-')}.example/{listing.source_id}.jpg",
        raw=json.dumps({"status": str(status), "applyCount": applicants, "title": listing.title}, ensure_ascii=False),
    )


def _end(listing: Listing) -> RoundStatus:
    if listing.is_last:
        return ENDS[(listing.chance >> 8) % len(ENDS)]
    return RoundStatus.FAILED if listing.is_court else RoundStatus.WITHDRAWN
