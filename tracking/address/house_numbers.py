"""号: the number of a house at its road, the building behind 弄, the door or the room behind a building."""

import re

from tracking.address.marks import Mark
from tracking.address.numerals import read_number
from tracking.address.places import Place
from tracking.address.reading import BUILDING, LANE, NUMBER, UNIT, Reading
from tracking.address.rooms import SPACE_ENDS, add_rooms, put_dashed, space_before, take_further

HIGH_HOUSES = ("大厦", "公寓", "中心", "广场", "商城", "国际", "宿舍", "楼")
"""Names of single houses: a number of three digits behind one is a room."""

LONG_ROOM = re.compile("[1-9][0-9]{2,3}")
"""A room that holds its floor."""

ROOM_MARKS = frozenset([Mark.NUMBER, Mark.ROOM, Mark.BARE, Mark.LIST, Mark.RANGE, Mark.COUNT])
LISTED = frozenset("至、,和及与/+")


def on_number(reading: Reading, number: str, sign: str, word: str) -> None:
    """号: at a road, the building behind 弄, the room behind a building."""
    values, gap = reading.values, reading.gap
    words = number + sign + word
    if reading.closed:
        return take_further(reading, number, words)
    if gap and gap[-1] in SPACE_ENDS and (handle := space_before(gap)) is not None:
        return handle(reading, number, sign, word)
    canonical = read_number(number)
    if word and word[0] in LISTED and (not reading.inner or reading.follow() in ROOM_MARKS):
        return on_listed(reading, number, sign, word)
    if word and word[0] == "之":
        canonical = f"{canonical}-{read_number(word[1:])}"
    if reading.inner:
        return _number_inside(reading, canonical, words)
    if values[NUMBER] is not None and gap.endswith("附"):
        values[NUMBER] += f"{',' if len(gap) > 1 else ''}附{canonical}"
        reading.words[NUMBER] += gap + words
        return None
    place = reading.settle()
    if values[LANE] is not None and values[BUILDING] is None:
        reading.put(BUILDING, reading.join(canonical), words)
    elif values[NUMBER] is not None:
        _second_number(reading, canonical, words, is_room=_is_dashed_room(number))
    elif _is_dashed(number, has_road=place.road is not None and place.road[-1] != "弄") and _ends_here(reading):
        put_dashed(reading, canonical, words)
    elif _is_room_of_a_house(reading, place, canonical):
        add_rooms(reading, reading.take(canonical), words)
    else:
        reading.put(NUMBER, reading.join(canonical), words)
    return None


def _is_room_of_a_house(reading: Reading, place: Place, number: str) -> bool:
    """Whether the name before the number is that of one house: 天河大厦1204号; a letter tells it too (天海阁A708号)."""
    if len(number) < 3 or not reading.is_last():
        return False
    if number[0].isalpha():
        return len(number) > 3 and number[1:].isdigit() and place.compound is not None
    return not place.road and place.compound_words.endswith(HIGH_HOUSES)


def _is_dashed_room(number: str) -> bool:
    """Whether a number as written is a building and a room: 12-301, F1-012; 69-4 is one number."""
    return len(number.rpartition("-")[2]) > 2 or number[0].isalpha()


def _is_dashed(number: str, *, has_road: bool) -> bool:
    dashes = number.count("-")
    return dashes > 1 or (dashes == 1 and not has_road and _is_dashed_room(number))


def _ends_here(reading: Reading) -> bool:
    """Whether nothing finer follows: 中央大街1-4-82号1-8-4 and 433-466号二单元 number a house, no room."""
    return reading.is_last() or reading.follow() not in {Mark.BARE, Mark.UNIT, Mark.FLOOR}


def _number_inside(reading: Reading, number: str, words: str) -> None:
    """号 behind a building: the room, unless the room is still to come."""
    if reading.gap.endswith(("路", "街", "巷")):  # one more address: 安居街11幢打绳巷77号
        reading.put(NUMBER, number, words)
    elif _is_entrance(reading, number):
        reading.put(NUMBER if reading.values[NUMBER] is None else UNIT, number, words)
    elif "-" in number:
        put_dashed(reading, number, words)
    else:
        add_rooms(reading, reading.take(number), words)


def _is_entrance(reading: Reading, number: str) -> bool:
    """Whether the room follows at once: 20号 of 3幢20号501 (宁波) is the door of the house at its road."""
    if reading.after() or reading.pending:
        return False
    follow = reading.follow()
    if follow is Mark.BARE and not reading.is_last():
        return len(number) < 4 and LONG_ROOM.fullmatch(reading.tokens[reading.at + 5]) is not None
    return follow is Mark.ROOM


def _second_number(reading: Reading, number: str, words: str, *, is_room: bool) -> None:
    """号 once more behind the number at a road: a building of the compound, or the room."""
    if reading.gap.endswith(("路", "街", "道")):
        return
    if not reading.gap and are_neighbours(reading.values[NUMBER], number):
        reading.values[NUMBER] += "," + number
        reading.words[NUMBER] += words
    elif number.count("-") > 1 or ("-" in number and is_room):
        put_dashed(reading, number, words)
    elif not reading.is_last() or len(words.rstrip("号")) < 3 or "-" in number:
        reading.put(BUILDING, reading.join(number), words)
    else:
        add_rooms(reading, reading.take(number), words)


def are_neighbours(first: str, second: str) -> bool:
    """Whether both are numbers of one row of houses: 119号121号."""
    return (
        first.isdigit()
        and second.isdigit()
        and len(second) < 6
        and len(first) < 6
        and 0 < int(second) - int(first) < 20
    )


def on_listed(reading: Reading, number: str, _sign: str, word: str) -> None:
    """One more number follows: 101、 or 101至."""
    if not reading.closed and (reading.gap or reading.place is None):
        reading.settle()
    canonical = read_number(number)
    if "-" in canonical and reading.inner and not reading.closed:
        put_dashed(reading, canonical, number)
        if len(reading.rooms) == 1:
            canonical = reading.rooms[0]
            reading.rooms, reading.closed = (), False
    reading.pending += (canonical,)
    reading.is_range = word == "至"
