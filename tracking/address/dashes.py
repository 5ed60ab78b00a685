"""Dash forms: 12-3-1204, 3-1204 behind a building, A-24-1-203, and rooms with a dash of their own."""

import re
from typing import NamedTuple

HIGHEST_UNIT = 9
HIGHEST_FLOOR = 70
HIGHEST_OF_MOST = 33
"""Floors of most towers: 43幢43-3室 repeats the building, 12幢12-7 (重庆) is on floor 12."""

UNITS_OF_A_LETTER = frozenset("1234")
"""F栋F-1-201 (汝城) and B号楼B-3-2504 (三河) tell the letter as the building, so that B-2-1304 is in its unit 2;
A-12-301 is in house 12 of block A."""

LONG = re.compile(r"[A-Z]?[0-9]{3,}[A-Z]?|[0-9]{1,2}[A-Z]|[A-Z][0-9]{2,}")
"""A room that holds its floor: 1204, 12B, A301. Shorter ones stand behind their floor: 6-2 is room 2 of floor 6."""


class Dashed(NamedTuple):
    """What the segments of a dash form are; ``None`` is not among them."""

    room: str
    block: str | None = None
    building: str | None = None
    unit: str | None = None
    floor: str | None = None
    last_room: str | None = None  # of a range


def read_dashes(text: str, building: str | None, unit: str | None, floor: str | None, is_behind_number: bool) -> Dashed:
    """Tell the segments apart by how many they are, by their lengths, and by what is known already.

    A segment that repeats what stood before it is left out: 7号楼27-2803 has none to repeat, 27号楼27-2803 does.
    """
    parts = text.split("-")
    if building is not None and len(parts) > 1 and parts[0] in building.split(",") and _is_repeated(parts, building):
        parts = parts[1:]
    is_floor = len(parts) == 2 and floor is None and len(parts[1]) < 3  # 1单元1-4: the fourth on the first floor
    if unit is not None and len(parts) > 1 and parts[0] == unit and not is_floor:
        parts = parts[1:]
    if floor is not None and len(parts) == 2 and parts[0] == floor:
        parts = parts[1:]
    if len(parts) == 1:
        return Dashed(room=parts[0])
    if _is_range(parts):
        return Dashed(room=parts[0], last_room=parts[1])
    is_whole = building is None and unit is None and len(parts) == 4  # 凤凰街5号8-1-6-2 tells all of them
    if (building is not None or unit is not None or is_behind_number) and not is_whole:
        return _read_inside(parts, unit, floor, is_behind_number and building is None)
    return _read_whole(parts)


def _is_repeated(parts: list[str], building: str) -> bool:
    if "," in building or len(parts) > 3 or not parts[0].isdigit():
        return True
    is_floor = len(parts) == 2 and LONG.fullmatch(parts[1]) is None and int(parts[0]) <= HIGHEST_OF_MOST
    return len(parts[0]) > 1 and not is_floor


def _is_range(parts: list[str]) -> bool:
    """101-105: two rooms of one floor, in order. 102-202 is not one: a home over two floors."""
    if len(parts) != 2 or not (parts[0].isdigit() and parts[1].isdigit()):
        return False
    first, last = parts
    return len(first) == len(last) >= 3 and first[:-2] == last[:-2] and first < last


def _read_inside(parts: list[str], unit: str | None, floor: str | None, is_behind_number: bool) -> Dashed:
    """Segments behind a building: unit and room, or unit, floor and room; behind a number the building may be first."""
    first, room = parts[0], parts[-1]
    is_long = LONG.fullmatch(room) is not None
    if len(parts) == 3 and unit is None:
        if is_long and is_behind_number:
            return Dashed(building=first, unit=_unit(parts[1]), room=room)
        return Dashed(unit=_unit(first), floor=parts[1], room=room)
    if len(parts) != 2 or _is_long_number(first):
        return Dashed(room="-".join(parts))
    if not is_long:
        return _read_pair(parts, floor)
    if is_behind_number:
        return Dashed(building=first, room=room)
    return Dashed(unit=None if unit is not None else first, room=room)


def _read_pair(parts: list[str], floor: str | None) -> Dashed:
    """Two short segments: floor and room.

    Of 250 such pairs behind a building (Ali and JD, 2020 to 2026; most in 重庆, 广西, 贵州 and 四川) 94 begin with a
    number above 9, from 10 to 33 alike.
    """
    first, room = parts
    if first.isdigit() and floor is None and int(first) <= HIGHEST_FLOOR:
        return Dashed(floor=first, room=room)
    return Dashed(room="-".join(parts))


def _read_whole(parts: list[str]) -> Dashed:
    """Segments with no building before them: the first is it, or the first two where the first is a letter."""
    first, room = parts[0], parts[-1]
    is_long = LONG.fullmatch(room) is not None
    found = Dashed(room="-".join(parts))
    if len(parts) == 2 and (is_long or not _is_long_number(first)):
        found = Dashed(building=first, room=room)
    elif len(parts) == 3 and is_long:
        is_tower = first.isalpha() and parts[1] not in UNITS_OF_A_LETTER
        building = "-".join(parts[:2]) if is_tower else first
        found = Dashed(building=building, unit=None if is_tower else _unit(parts[1]), room=room)
    elif len(parts) == 3:
        is_unit = parts[1].isdigit() and int(parts[1]) <= HIGHEST_UNIT  # 欣苑里4-3-13
        inner = Dashed(unit=parts[1], room=room) if is_unit else _read_pair(parts[1:], None)
        found = inner._replace(building=first)
    elif len(parts) == 4 and is_long:
        found = Dashed(block=first, building=parts[1], unit=_unit(parts[2]), room=room)
    elif len(parts) == 4 and not any(map(_is_long_number, parts)):
        found = Dashed(building=first, unit=_unit(parts[1]), floor=parts[2], room=room)
    return found


def _unit(segment: str) -> str | None:
    return None if segment == "0" or _is_long_number(segment) else segment


def _is_long_number(segment: str) -> bool:
    return len(segment) > 2 and segment.isdigit()
