"""The usual address in one look: a place, and mostly a building, its unit and floor, the room.

Half of the real titles read 兰州市西固区龙泉路647号御景时代3号楼2单元1201号房地产. One expression takes such a text
apart; every other text is left to the reader that goes from number to number (numbering.py). Both tell the same parts
of a text, and a test says so.
"""

import re
from typing import Any

from tracking.address.dashes import read_dashes
from tracking.address.marks import NUMERAL, STARTS
from tracking.address.numerals import read_number
from tracking.address.parts import NO_PARTS, Parts
from tracking.address.places import SIDES, clean_compound, read_place
from tracking.address.reading import ROOM
from tracking.address.rooms import SHOPS, SPACE_ENDS, floor_apart

WORDS = "[^0-9A-Z单梯]"
"""Within them no number starts, unless it is a Chinese one with its word."""

CHINESE_NUMBER = re.compile(f"[{NUMERAL}首甲乙丙丁戊][幢栋座层期区弄梯套院室房号楼单组]")
PHASE_AND_BLOCK = re.compile(f"((?:.*?[^{NUMERAL}])??)(?:([一二三四五六七八九十])期)?(?:([一二三四五六七八九十])区)?")
ONE_HOME = re.compile(f"(?<![{NUMERAL}])一套$")
NO_WORD = f"(?![#{STARTS}])|(?=[及和与](?![0-9A-Z])|房[产屋地间]|住房|住宅(?![住综商办宿公高多安别服教职楼]))"
"""Where a number has no word behind it: 1201, 1201房产, 1201住宅; not 1201卡."""

ROOM_WORD = "室(?![内外])|户(?![型楼])|房(?![产屋地间号])|商铺|门面|商业(?![中广街城综楼大用])"
USUAL = re.compile(
    rf"({WORDS}{{2,60}}+)(?<!门)(?:([1-9][0-9]{{0,4}})号(?:{NO_WORD})({WORDS}*+)(?<!门))?"
    r"(?:(?:([1-9][0-9]?|[A-Z])期)?(?:([1-9][0-9]?|[A-Z])区)?"
    r"([1-9][0-9]{0,3}|[A-Z])(?:[幢栋座]|号楼|#楼|#(?!商))"
    r"(?:(?:([1-9][0-9]?|[一二三四五六七八九十甲乙丙丁])单元|([1-9][0-9]?)梯))?(?:([1-9][0-9]?)[层楼])?"
    r"(?:商铺)?([1-9][0-9]{0,4}(?:-[1-9][0-9]{0,4}){0,2})"
    rf"(?:号?(?:({ROOM_WORD})|{NO_WORD}))({WORDS}*))?"
)
"""Place; number at the road and the name behind it; phase, block, building, unit, floor, room; what follows."""

NOTHING_MORE = NO_PARTS[ROOM + 1 :]


Told = tuple[Any, ...]
"""The groups of ``USUAL``: texts, and ``None`` for all but the first where they are not told."""


def read_usual(text: str, city: str | None, district: str | None) -> Parts | None:
    """The parts of a canonical text without noise and brackets; ``None`` if it has another form."""
    found = USUAL.fullmatch(text)
    told: Told | None = found and found.groups()
    if told is not None and (told[-1] or "").startswith("之"):
        told = None  # a part of the room
    if told is not None and CHINESE_NUMBER.search(text) is not None:
        told = _split_phase(*told)
    if told is None:
        return None
    front, number, name, phase, block, building, unit, steps, floor, room, word, _ = told
    unit = read_number(unit) if unit else steps
    town, _, road, _, compound, _ = read_place(front, city, district)
    if number is not None and (front[-1:] in SPACE_ENDS or (room is None and road is None)):
        return None  # of a parking space, or of the room: 天河大厦1204号
    if name:
        compound = clean_compound(name) or compound
    if compound in SIDES or (block is not None and compound is None):
        return None  # 环城街146号东区 is a block, and no name
    if room is not None and "-" in room:
        if word is not None and word[0] in SHOPS:
            return None
        dashed = read_dashes(room, building, unit, floor, is_behind_number=False)
        if dashed.last_room is not None:
            return None
        unit, floor, room = unit or dashed.unit, floor or dashed.floor, dashed.room
    floor = floor_apart(floor, room)
    parts = (town, road, None, number, compound, phase, block, building, unit, floor, room, *NOTHING_MORE)
    return tuple.__new__(Parts, parts)  # twice as fast as Parts._make


def _split_phase(front: str, number: str | None, name: str | None, *told: str | None) -> Told | None:
    """The same with phase and block told in Chinese (紫荆御园二期一区); ``None`` if more is told so."""
    phase, block, *inner, tail = told
    if tail is None or (found := PHASE_AND_BLOCK.fullmatch(front if name is None else name)) is None:
        return None
    words, chinese_phase, chinese_block = found.groups()
    front, name = (words, None) if name is None else (front, words)
    if CHINESE_NUMBER.search(f"{front} {name} {ONE_HOME.sub('', tail)}") is not None:
        return None
    phase = read_number(chinese_phase) if chinese_phase else phase  # the first one told
    block = read_number(chinese_block) if chinese_block else block
    return front, number, name, phase, block, *inner, tail
