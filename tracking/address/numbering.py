"""What becomes of each number of a mainland address, by the word behind it and what is known before it."""

import re

from tracking.address.house_numbers import LISTED, are_neighbours, on_listed, on_number
from tracking.address.marks import DESCRIBED_HOUSE, NUMERAL, Mark
from tracking.address.numerals import read_number
from tracking.address.places import read_place
from tracking.address.reading import BLOCK, BUILDING, FLOOR, LANE, NUMBER, PHASE, UNIT, UNIT_COUNT, Reading
from tracking.address.rooms import (
    SHOPS,
    SPACE_ENDS,
    Handler,
    add_rooms,
    on_parking,
    on_storage,
    put_dashed,
    space_before,
    take_further,
)

AFTER_ROOM = re.compile(
    r"$|[、,，。;:.()]|[及和与的号房室店铺家单]|不动产|住|商|办公|一套|一处|公寓|复式|跃层|会所|精装|毛坯|别墅|以及|产权|所有|可|整|变卖|拍卖|不?含|带|司法|地[上下]|[两三四][房居]"
)
"""How the words go on behind a room that has no word of its own: 大厦2906不动产."""

PART_OF_A_ROOM = re.compile(rf"之([{NUMERAL}0-9]{{1,2}})(?![{NUMERAL}0-9])")
"""01号商铺之一 and 01号商铺之二 are two shops (Ali, 2026-02)."""

COUNTED = re.compile(r"(?:房屋?|房?地?产|厂房|别墅|[的物宅院]|楼房?|不动产|用房|门面|建筑物?|仓库)$")
"""Before a number of whole things, not the number of one: 房屋一幢; 庭院九栋402 is a room of a building."""

ROOM_IN_WORDS = re.compile("房(?![产屋地间])")
"""Behind 号楼 it makes a room of it: 861号楼房壹套; 3号楼房产 is a building."""

ANOTHER = re.compile(r"等[^0-9]{0,6}$|共计?$")
BELOW = ("地下", "地下室", "负", "-", "地下第")
"""Before a floor below ground."""

DIRECTIONS = "东西南北中左右"


def on_building(reading: Reading, number: str, sign: str, word: str) -> None:
    """幢, 栋, 座, 号楼, #: a second one is the tower of the first (1幢B座)."""
    words = number + sign + word
    values = reading.values
    if reading.closed:
        building = read_number(number)
        reading.elsewhere = "" if building == values[BUILDING] else building
        reading.pending = ()
        return
    if sign == "号" and values[NUMBER] is None and DESCRIBED_HOUSE.fullmatch(word) and _is_at_road(reading):
        reading.put(NUMBER, read_number(number), words)
        return
    if sign + word == "号楼" and len(number) > 2 and ROOM_IN_WORDS.match(reading.after()) is not None:
        on_room(reading, number, sign, "房")
        return
    is_counted = len(number) == 1 and not number.isascii() and "号" not in words
    if is_counted and COUNTED.search(reading.gap) and (reading.is_last() or reading.after()):
        on_name(reading, number, sign, word)
        return
    if reading.gap or reading.place is None:
        reading.settle()
    canonical = read_number(number)
    if "之" in word:
        canonical += "-" + read_number(word.partition("之")[2])
    if word and word[0] in LISTED:
        reading.pending += (canonical,)
    elif values[BUILDING] is None:
        reading.put(BUILDING, reading.join(canonical), words)
    elif sign == "#" and not word and reading.is_last():  # C座601#
        add_rooms(reading, reading.take(canonical), words)
    elif values[UNIT] is None and values[FLOOR] is None and values[BUILDING] != canonical:
        is_house = reading.words[BUILDING].endswith("号")  # 315号13幢: a second number was no building
        values[BUILDING] = canonical if is_house else f"{values[BUILDING]}-{canonical}"
        reading.words[BUILDING] = words if is_house else reading.words[BUILDING] + words


def _is_at_road(reading: Reading) -> bool:
    place = reading.settle()
    return place.road is not None and place.compound is None


def on_storey(reading: Reading, number: str, sign: str, word: str) -> None:
    """楼: a building before its unit (3楼2单元) and with a letter (B楼), else a floor."""
    if reading.values[BUILDING] is None and (reading.follow() is Mark.UNIT or number[0].isalpha()) and number.isascii():
        on_building(reading, number, sign, word)
    else:
        on_floor(reading, number, sign, word)


def on_unit(reading: Reading, number: str, sign: str, word: str) -> None:
    """单元, 梯, 门. In Fujian 单元 behind three digits is the room: 9#楼603单元."""
    words = number + sign + word
    canonical = read_number(number)
    if reading.closed:
        if len(canonical) > 2:
            take_further(reading, number, words)
        return
    last = canonical.rpartition("-")[2]
    if len(last) > 2 or (word == "门" and reading.is_last()):
        on_room(reading, number, sign, word)
        return
    if reading.gap or reading.place is None:
        reading.settle()
    reading.is_dashed = reading.gap == "-"
    first, dash, rest = canonical.rpartition("-")
    if dash and reading.values[BUILDING] is None:
        reading.put(BUILDING, first, words)
        canonical = rest
    elif dash:
        canonical = rest
    elif reading.gap[-1:] in DIRECTIONS and reading.gap:
        canonical = reading.gap[-1] + canonical
    if canonical != "0":
        reading.put(UNIT, reading.join(canonical), words)


def on_floor(reading: Reading, number: str, sign: str, word: str) -> None:
    """层, 楼; below ground with a minus."""
    gap, words = reading.gap, number + sign + word
    if reading.closed:
        reading.pending = ()
        reading.is_below = gap.endswith(BELOW) and reading.elsewhere is None
        return
    if reading.gap or reading.place is None:
        reading.settle()
    canonical = read_number(number)
    if canonical.count("-") > 1:
        put_dashed(reading, canonical, words, is_floor=True)
        return
    if gap == "-" and (reading.is_dashed or len(canonical) > 1 or canonical > "4"):
        gap = ""
    if gap.endswith(BELOW):
        reading.put(FLOOR, "-" + canonical, gap[-2:] + words)
    elif canonical[0] == "B" and canonical[1:].isdigit():
        reading.put(FLOOR, "-" + canonical[1:], words)
    else:
        reading.put(FLOOR, reading.join(canonical), words)


def on_room(reading: Reading, number: str, sign: str, word: str) -> None:
    """室, 房, 户, shops."""
    gap, words = reading.gap, number + sign + word
    if reading.closed:
        return take_further(reading, number, words)
    if gap and gap[-1] in SPACE_ENDS and (handle := space_before(gap)) is not None:
        return handle(reading, number, sign, word)
    if sign and not reading.inner and _names_house(reading, number, sign):
        handle = on_number if sign == "号" else on_building
        return handle(reading, number, sign, "")
    if reading.gap or reading.place is None:
        reading.settle()
    canonical = read_number(number)
    if gap[-1:] == "商" and gap[-2:] != "号商":
        canonical = "商" + canonical
        words = "商" + words
    is_shop = word[:1] in SHOPS and reading.inner and len(canonical) < 6
    if (part := PART_OF_A_ROOM.match(reading.after())) is not None:
        canonical, words = f"{canonical}之{read_number(part[1])}", words + part[0]
    if "-" in canonical and not reading.pending and not is_shop:
        put_dashed(reading, canonical, words)
    else:
        add_rooms(reading, reading.take(canonical), words)
    return None


def _names_house(reading: Reading, number: str, sign: str) -> bool:
    """Whether 227号商业用房 is the house at its road, 119号121号商铺 two, and A3#商业1397 building and room."""
    if not reading.is_last() and not reading.after():
        return True
    values = reading.values
    if sign == "号" and values[NUMBER] is not None and not reading.gap and are_neighbours(values[NUMBER], number):
        return True
    return sign == "号" and values[NUMBER] is None and values[LANE] is None and _is_at_road(reading)


def on_lane(reading: Reading, number: str, sign: str, word: str) -> None:
    """弄 and 巷 with a number; 一巷 without a road before it is a road's name."""
    if reading.closed or reading.inner:
        return
    if word == "巷" and not number.isascii() and not reading.gap.endswith(("路", "街", "道", "段")):
        on_name(reading, number, sign, word)
        return
    if reading.gap or reading.place is None:
        reading.settle()
    reading.put(LANE, reading.join(read_number(number)), number + sign + word)


def on_phase(reading: Reading, number: str, sign: str, word: str) -> None:
    """期."""
    if reading.closed or reading.inner:
        return
    if reading.gap or reading.place is None:
        reading.settle()
    reading.put(PHASE, reading.join(read_number(number)), number + sign + word)


def on_block(reading: Reading, number: str, sign: str, word: str) -> None:
    """区 and 组团 of a compound; with no compound before it, it is part of a name."""
    if reading.closed or reading.inner:
        return
    if reading.place is None and read_place(reading.gap, reading.city, reading.district).compound is None:
        on_name(reading, number, sign, word)
        return
    if reading.gap or reading.place is None:
        reading.settle()
    reading.put(BLOCK, reading.join(read_number(number)), number + sign + word)


def on_row(reading: Reading, number: str, sign: str, word: str) -> None:
    """排: a row of houses stands for the building."""
    if reading.closed or reading.inner:
        return
    if reading.gap or reading.place is None:
        reading.settle()
    reading.put(BUILDING, read_number(number) + "排", number + sign + word)


def on_count(reading: Reading, number: str, sign: str, word: str) -> None:
    """等12套: how many homes the lot has; 一套 says nothing."""
    if sign == "号":
        on_number(reading, number, sign, "")
        return
    is_list = ANOTHER.search(reading.gap) is not None
    if (word == "户" or (word == "套" and len(number) > 2 and reading.inner)) and not is_list:
        on_room(reading, number, sign, word)
    elif (word == "套" or is_list) and "-" not in number and "." not in number and len(number) < 4:
        count = int(read_number(number)) if number.isdigit() or not number.isascii() else 1
        if count > 1 and reading.values[UNIT_COUNT] is None:
            reading.values[UNIT_COUNT] = count
            reading.words[UNIT_COUNT] = number + sign + word
    reading.pending = ()


def on_name(reading: Reading, number: str, sign: str, word: str) -> None:
    """A number that belongs to a name or a measure: it is read with the words that follow."""
    reading.carry = reading.gap + number + sign + word
    reading.pending = ()


def on_bare(reading: Reading, number: str, sign: str, word: str) -> None:
    """A number without a word: a dash form, or the room behind a building."""
    values, gap = reading.values, reading.gap
    if "." in number or gap.endswith("层数") or not any(map(str.isdigit, number)):
        on_name(reading, number, sign, word)
        return
    if reading.closed:
        take_further(reading, number, number)
        return
    if gap and gap[-1] in SPACE_ENDS and (handle := space_before(gap)) is not None:
        handle(reading, number, sign, word)
        return
    canonical = read_number(number)
    is_end = AFTER_ROOM.match(reading.after()) is not None
    if reading.inner:
        if reading.gap or reading.place is None:
            reading.settle()
        if "-" in canonical and not reading.pending:
            put_dashed(reading, canonical, number)
        else:
            add_rooms(reading, reading.take(canonical), number)
    elif "-" in canonical and is_end and (values[NUMBER] is not None or gap or reading.place is not None):
        if reading.gap or reading.place is None:
            reading.settle()
        put_dashed(reading, canonical, number)
    elif (
        len(canonical) > 2
        and is_end
        and (values[NUMBER] or values[LANE] or gap)
        and not gap.endswith(("路", "街", "道", "镇", "村"))
    ):
        if reading.gap or reading.place is None:
            reading.settle()
        add_rooms(reading, reading.take(canonical), number)
    else:
        on_name(reading, number, sign, word)


HANDLERS: tuple[Handler, ...] = tuple(
    {
        Mark.BARE: on_bare,
        Mark.NUMBER: on_number,
        Mark.BUILDING: on_building,
        Mark.STOREY: on_storey,
        Mark.UNIT: on_unit,
        Mark.FLOOR: on_floor,
        Mark.ROOM: on_room,
        Mark.LANE: on_lane,
        Mark.PHASE: on_phase,
        Mark.BLOCK: on_block,
        Mark.ROW: on_row,
        Mark.PARKING: on_parking,
        Mark.STORAGE: on_storage,
        Mark.LIST: on_listed,
        Mark.RANGE: on_listed,
        Mark.COUNT: on_count,
        Mark.NAME: on_name,
        Mark.LAND: on_name,
    }.values()
)
"""By the number of the mark."""
