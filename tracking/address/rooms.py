"""The thing for sale itself: its room or rooms, its parking space, its storage room."""

import re
from collections.abc import Callable

from tracking.address.dashes import read_dashes
from tracking.address.marks import Mark
from tracking.address.numerals import read_number
from tracking.address.reading import BLOCK, BUILDING, FLOOR, NUMBER, UNIT, Reading

JOINED = re.compile(r"(?:[、,和及与并/+;]|以及|暨)?[第-]?")
SPACE_BEFORE = re.compile(
    r"(?:(车位|停车场|车库|泊位|车房)|(?:储藏|储物|杂物|附属|附房|阁楼|地下室|车棚|储)[室间房]?|(汽))[编号第为:、#-]{0,3}$"
)
SPACE_ENDS = frozenset("汽位场库房室间储藏物杂属阁楼棚编号第为:、#-")
SHOPS = frozenset("商门店铺网营摊")
"""With one of these begins a word for a shop."""

Handler = Callable[[Reading, str, str, str], None]


def space_before(gap: str) -> Handler | None:
    """Who reads a number behind these words if they end with a parking space (车位第) or a storage room."""
    found = SPACE_BEFORE.search(gap[-9:])
    if found is None:
        return None
    return on_parking if found[1] or found[2] else on_storage


def on_parking(reading: Reading, number: str, sign: str, word: str) -> None:
    """The number of a parking space, alone or beside a home."""
    is_at_road = not reading.closed and reading.gap.endswith(("路", "街", "道", "巷"))
    if not reading.closed and (reading.gap or reading.place is None):
        reading.settle()
    canonical = read_number(number)
    if is_at_road and sign == "号" and reading.values[NUMBER] is None and not reading.is_last():
        reading.put(NUMBER, canonical, number + sign)  # 桂花路104号地下车库279号车位
        return
    if reading.follow() is Mark.PARKING and not reading.after() and word.endswith("库") and not reading.inner:
        reading.put(BUILDING, "库" + canonical, number + sign + word)  # 2号车库97号车位
        return
    if reading.gap.endswith("-") and canonical.count("-") == 1:  # -1-476号车位
        floor, _, canonical = canonical.partition("-")
        reading.put(FLOOR, "-" + floor, "-" + floor)
    spaces = reading.take(canonical)
    if not reading.parkings:
        reading.room_words = reading.room_words or number + sign + word
    reading.closed = True
    reading.parkings += spaces


def on_storage(reading: Reading, number: str, sign: str, word: str) -> None:
    """A storage room: the thing for sale only where there is no home before it."""
    if not reading.closed and (reading.gap or reading.place is None):
        reading.settle()
    reading.closed = True
    reading.stores += reading.take(read_number(number))
    reading.room_words = reading.room_words or number + sign + word


def take_further(reading: Reading, number: str, words: str) -> None:
    """A number behind the first room: one more room where it is joined to it, a space where the words say so."""
    gap = reading.gap
    space = space_before(gap)
    if space is on_parking:
        reading.parkings += reading.take(read_number(number))
    elif space is not None or not reading.rooms or reading.is_below:
        reading.pending = ()
    elif reading.pending or JOINED.fullmatch(gap) or reading.elsewhere is not None:
        building = reading.elsewhere
        for room in reading.take(read_number(number).removeprefix(reading.prefix)):
            reading.rooms += (f"{building}-{room}" if building else room,)
        reading.room_words += gap + words


def add_rooms(reading: Reading, rooms: tuple[str, ...], words: str) -> None:
    """Keep the room, or the rooms of a list."""
    prefix = reading.prefix
    reading.closed = True
    reading.rooms += tuple(room.removeprefix(prefix) for room in rooms) if prefix else rooms
    reading.room_words = words


def put_dashed(reading: Reading, number: str, words: str, *, is_floor: bool = False) -> None:
    """Keep what a dash form tells."""
    values = reading.values
    is_behind_number = values[NUMBER] is not None and not reading.pieces
    found = read_dashes(number, values[BUILDING], values[UNIT], values[FLOOR], is_behind_number)
    first = number.partition("-")[0]
    if "," in (values[BUILDING] or "") and first in values[BUILDING].split(","):
        values[BUILDING], reading.words[BUILDING] = first, number  # 4、5号楼4-3204 and 5-3204 are two homes
    reading.put(BLOCK, found.block, words)
    reading.put(BUILDING, found.building, words)
    reading.put(UNIT, found.unit, words)
    reading.put(FLOOR, found.floor, words)
    if is_floor:
        reading.put(FLOOR, found.room, words)
    elif found.last_room is not None:
        add_rooms(reading, (*reading.take(found.room), *_between(found.room, found.last_room)), words)
    else:
        add_rooms(reading, reading.take(found.room), words)
    if found.room != number:
        reading.prefix = number.rpartition("-")[0] + "-"


def _between(first: str, last: str) -> list[str]:
    return [str(room) for room in range(int(first) + 1, int(last) + 1)]


def floor_apart(floor: str | None, room: str | None) -> str | None:
    """The floor, unless the room holds it: 11层1104 tells no more than 1104."""
    if floor is not None and room is not None and len(room) == len(floor) + 2 and room.startswith(floor):
        return None
    return floor
