"""Made-up compounds and the homes in them: flats on every floor, shops, parking spaces, villas, lots, shares.

Where the proportions come from (``captures`` of 2015 to 2026, see their own pages):

- a quarter of the rows of the nationwide list of 2020-05 (5,999 titles) stand in runs of five and more that differ in
  numbers only (201 flats of one compound, 85 of another, 58 parking spaces): the unsold stock of developers;
- room numbers: floor and place in one number (1204) nearly everywhere; "12层4号" and "12-4" in the south-west and Hubei;
  "12501", the unit in front, in Shaanxi; lanes (弄) in Shanghai, 1.4 % of the homes sold in the winter of 2025/26;
- parking spaces 2 to 4 %, shops 1 to 3 %, villas 0.3 %, lots (等12套) and shares 0.1 % each in both lists. All of them
  are two to four times as frequent here: they are what a linker gets wrong, and 0.1 % would not show it;
- siblings are valued alike: seven flats of 清华公寓 differ by 0.1 to 4 %, two shops of 如意城 not at all.
"""

from collections.abc import Callable
from enum import Enum, auto
from random import Random
from typing import NamedTuple

from benchmarks.linking.places import Place, read_places
from benchmarks.linking.words import CHAINS, FIRST_WORDS, ROAD_KINDS, ROADS, TOWNS, name_compound

Draw = Callable[[], float]
"""A random number from 0 to below 1."""

BATCH_SHARE = 0.03  # of the compounds; being large, they bring about a third of the listings


UNIT_COUNTS = (0, 0, 0, 0, 1, 2, 2, 3, 4)
"""Units of a building. A unit is told for 46 % of the flats of the winter of 2025/26 (6,058) and 47 % of those of 2020-05
(4,814), here for a half; of the rooms in buildings with units 1.7 and 8.8 % stand in two of them (2,592 and 1,741
rooms; 19栋 of 中央半岛: 1单元402 and 2单元402 of one size at one price), here 6 %."""


class Kind(Enum):
    """What a made-up home is."""

    FLAT = auto()
    SHOP = auto()
    PARKING = auto()
    VILLA = auto()
    HOUSE = auto()  # at a road, without a building
    LOT = auto()  # of several flats
    SHARE = auto()  # of a flat


class Numbering(Enum):
    """How rooms are numbered on the certificates of a compound."""

    PLAIN = auto()  # 1204
    LAYERED = auto()  # 12层4号
    UNIT_LED = auto()  # 11204: unit 1, floor 12
    LANE = auto()  # 1288弄1号703室


class Compound(NamedTuple):
    """Buildings of one name at one road."""

    number: int
    place: Place
    district: str
    code: str
    town: str | None
    road: str
    house_number: int
    name: str | None  # old houses have none
    alias: str | None
    phase: str | None
    block: str | None
    building_word: str
    letters: bool  # A座, B座
    unit_names: tuple[str, ...]  # empty: the building has no units
    rooms_run_on: bool  # 1单元 101, 102; 2单元 103, 104: a room is unique without its unit
    floors: int
    doors: int  # rooms on a floor of a unit
    numbering: Numbering
    areas: tuple[int, ...]  # by door, hundredths of a square metre
    yuan_per_sqm: int
    is_batch: bool
    developer: str


class Home(NamedTuple):
    """One thing that is sold. ``number`` is its identity."""

    number: int
    kind: Kind
    building: str | None
    unit: str | None
    floor: int
    door: int  # counts from 1 through the floor of the building, or of the unit
    space: str | None  # number of a shop or a parking space
    area: int
    value: int  # whole yuan
    home_count: int  # in a lot
    share: str | None


def make_compound(random: Random, number: int, counts: dict[str, int]) -> Compound:
    """The next compound. ``counts`` holds how many each city has: names repeat in a city only where chains build.

    And how often each chain has built in a district.
    """
    draw = random.random
    places = read_places()
    city_number = int(draw() * len(places))
    place = places[city_number]
    count = counts[place.code] = counts.get(place.code, 0) + 1
    district, code = place.districts[int(draw() * len(place.districts))]
    is_batch = draw() < BATCH_SHARE
    numbering = _numbering(draw(), place.letter)
    units = _units(draw, numbering)
    doors = (2, 2, 3, 4)[int(draw() * 4)] if units else (4, 6)[int(draw() * 2)]
    name = None
    if is_batch or numbering is Numbering.LANE or draw() < 0.85:
        name = _name_of_chain(draw, code, counts) if draw() < 0.04 else None
        name = name or name_compound(count, city_number)
    return Compound(
        number,
        place,
        district,
        code,
        TOWNS[int(draw() * len(TOWNS))] if draw() < 0.4 else None,
        ROADS[int(draw() * len(ROADS))] + ROAD_KINDS[int(draw() * len(ROAD_KINDS))],
        int(draw() * draw() * 1500) + 1,
        name,
        name_compound(count + 1400, city_number) if draw() < 0.03 else None,
        "一二三"[int(draw() * 3)] if draw() < 0.12 else None,
        ("A", "B", "东", "西", "一", "二")[int(draw() * 6)] if draw() < 0.08 else None,
        _building_word(draw(), place.letter),
        draw() < 0.05,
        units,
        draw() < 0.4,
        (6, 6, 6, 11, 18, 18, 26, 33)[int(draw() * 8)],
        doors,
        numbering,
        tuple(int(4_000 + draw() * 4_000 + draw() * 8_000) for _ in range(doors)),
        int(2_500 + draw() * draw() * 40_000),
        is_batch,
        FIRST_WORDS[int(draw() * len(FIRST_WORDS))] + "房地产开发有限公司",
    )


def _name_of_chain(draw: Draw, code: str, counts: dict[str, int]) -> str | None:
    """A chain builds once under one name in a district: two such estates no title would tell apart."""
    name = CHAINS[int(draw() * len(CHAINS))]
    built = counts[f"{code} {name}"] = counts.get(f"{code} {name}", 0) + 1
    return name if built == 1 else None


def _units(draw: Draw, numbering: Numbering) -> tuple[str, ...]:
    count = 0 if numbering is Numbering.LANE else UNIT_COUNTS[int(draw() * len(UNIT_COUNTS))]
    if numbering is Numbering.UNIT_LED:
        count = max(count, 1)
    is_lettered = draw() < 0.03 and numbering is not Numbering.UNIT_LED
    return tuple("甲乙丙丁" if is_lettered else "1234")[:count]


def _numbering(chance: float, letter: str) -> Numbering:
    if letter == "沪":
        return Numbering.LANE if chance < 0.9 else Numbering.PLAIN
    if letter in "川渝贵鄂":
        return Numbering.LAYERED if chance < 0.5 else Numbering.PLAIN
    if letter == "陕":
        return Numbering.UNIT_LED if chance < 0.5 else Numbering.PLAIN
    return Numbering.LAYERED if chance < 0.02 else Numbering.PLAIN


def _building_word(chance: float, letter: str) -> str:
    if chance < 0.03:
        return "#楼"
    if letter in "浙苏皖赣闽沪":
        return "幢" if chance < 0.8 else "号楼"
    if letter in "川渝贵鄂湘粤桂云琼":
        return "栋" if chance < 0.85 else "幢"
    return "号楼" if chance < 0.8 else "幢"


def homes_of(random: Random, compound: Compound) -> list[Home]:
    """The homes of a compound that come to be sold: a few, or the unsold stock of a developer."""
    draw = random.random
    homes: list[Home] = []
    if compound.is_batch:
        _add_stock(random, compound, homes)
    elif compound.name is None and draw() < 0.35:
        for _ in range(1 + int(draw() * 3)):
            homes.append(_make(draw, compound, len(homes), Kind.HOUSE, 0))
    else:
        buildings = 2 + int(draw() * 12)
        for _ in range(2 + int(draw() * draw() * 14)):
            _add_unlike(homes, _scattered(draw, compound, len(homes), buildings))
    flats = [home for home in homes if home.kind is Kind.FLAT]
    if flats and draw() < 0.03:
        whole = flats[int(draw() * len(flats))]
        share = ("1/2", "1/2", "1/3", "2/3")[int(draw() * 4)]
        value = whole.value * int(share[0]) // int(share[2])
        homes.append(whole._replace(number=_number(compound, len(homes)), kind=Kind.SHARE, share=share, value=value))
    return homes


def _add_stock(random: Random, compound: Compound, homes: list[Home]) -> None:
    """All flats of one or two buildings, then parking spaces or shops, and lots of several beside the single ones."""
    draw = random.random
    target = 30 + int(draw() * draw() * 170)
    first = 1 + int(draw() * 20)
    kind = Kind.FLAT if draw() < 0.82 else Kind.PARKING if draw() < 0.5 else Kind.SHOP
    if kind is Kind.FLAT:
        for place in range(target):
            building, rest = divmod(place, compound.floors * compound.doors * max(len(compound.unit_names), 1))
            homes.append(_make(draw, compound, len(homes), kind, first + building, rest))
        lots = int(draw() * 3)
        for count in random.sample(range(4, 20), lots):  # of one count, two lots would be the same homes
            members = homes[:count]
            lead = members[int(draw() * len(members))]
            homes.append(
                lead._replace(
                    number=_number(compound, len(homes)),
                    kind=Kind.LOT,
                    area=sum(each.area for each in members),
                    value=sum(each.value for each in members),
                    home_count=len(members),
                )
            )
        target = 12 if draw() < 0.2 else 0
        kind = Kind.PARKING
    start = 1 + int(draw() * 400)
    homes.extend(_make(draw, compound, len(homes), kind, first, start + place) for place in range(target))


def _scattered(draw: Draw, compound: Compound, place: int, buildings: int) -> Home:
    chance, building = draw(), 1 + int(draw() * buildings)
    if chance < 0.03:
        return _make(draw, compound, place, Kind.PARKING, building, 1 + int(draw() * 400))
    if chance < 0.06:
        return _make(draw, compound, place, Kind.SHOP, building, 1 + int(draw() * 60))
    if chance < 0.075 and compound.name:
        return _make(draw, compound, place, Kind.VILLA, building + 40)
    doors = compound.floors * compound.doors * max(len(compound.unit_names), 1)
    return _make(draw, compound, place, Kind.FLAT, building, int(draw() * doors))


def _add_unlike(homes: list[Home], home: Home) -> None:
    """The same thing twice would be one home under two numbers."""
    if all(home[1:7] != other[1:7] for other in homes):
        homes.append(home)


def _number(compound: Compound, place: int) -> int:
    return compound.number * 1_000 + place


def _make(draw: Draw, compound: Compound, place: int, kind: Kind, building: int, rest: int = 0) -> Home:
    """A home of a kind. ``rest`` counts its place in the building, or is the number of a shop or a space."""
    if kind is Kind.FLAT:
        return _flat(draw, compound, place, building, rest)
    number, yuan, name = _number(compound, place), compound.yuan_per_sqm, _name_building(compound, building)
    if kind is Kind.PARKING:
        text = f"{rest:03}" if compound.number % 3 == 0 else f"A{rest}" if compound.number % 7 == 0 else str(rest)
        return Home(number, kind, None, None, -1, 0, text, 1_272, 60_000 + yuan * 4, 1, None)
    if kind is Kind.SHOP:
        floor, area = 1 + rest // 40, 2_000 + compound.areas[0] // 4 * (1 + rest % 3)
        return Home(number, kind, name, None, floor, 0, f"{floor}{rest % 40:02}", area, area * yuan // 60, 1, None)
    area = 14_000 + int(draw() * 20_000)
    value = area * yuan // 90
    if kind is Kind.HOUSE:
        return Home(number, kind, None, None, 0, 0, str(compound.house_number + place * 2), area, value, 1, None)
    return Home(number, kind, name, None, 0, 0, None, area, value, 1, None)


def _flat(draw: Draw, compound: Compound, place: int, building: int, rest: int) -> Home:
    floor, column = divmod(rest, compound.doors * max(len(compound.unit_names), 1))
    unit_place, door = divmod(column, compound.doors)
    area = compound.areas[door]
    unit = compound.unit_names[unit_place] if compound.unit_names else None
    if compound.rooms_run_on:
        door = column
    alike = 1.0 if draw() < 0.3 else 0.97 + draw() * 0.06
    value = int(area * compound.yuan_per_sqm * alike / 100)
    number, name = _number(compound, place), _name_building(compound, building)
    return Home(number, Kind.FLAT, name, unit, floor + 1, door + 1, None, area, value, 1, None)


def _name_building(compound: Compound, building: int) -> str:
    return "ABCDEFGHJKLMN"[building % 13] if compound.letters else str(building)
