"""Mainland addresses: titles and address fields of court and bank sales into their parts.

A text is split into numbers with the words behind them (marks.py). Each goes to the part that its word tells, seen
from what stands before it (numbering.py): 号 is the number at a road, the building behind 弄, the room behind a
building. The words before the first number hold town, road and compound (places.py).
"""

import re
from functools import lru_cache

from tracking.address.brackets import name_in, open_brackets
from tracking.address.noise import BADGES, NOISE_SIGNS, strip_lead, strip_noise
from tracking.address.numbering import HANDLERS
from tracking.address.parts import PART_NAMES, Address, Parts
from tracking.address.places import SIDES, Place, clean_compound, read_place
from tracking.address.reading import (
    BLOCK,
    BUILDING,
    COMPOUND,
    FLOOR,
    KINDS,
    LOT,
    MEMBERS,
    NUMBER,
    PARKING,
    ROAD,
    ROOM,
    SHARE,
    TOWN,
    UNIT_COUNT,
    Reading,
)
from tracking.address.rooms import floor_apart
from tracking.address.shares import read_share
from tracking.address.usual import read_usual
from tracking.address.widths import ODD_SIGNS, write_canonically

DIRECTED_ROOM = re.compile(r"([东南西北中左右]{1,2})(?:边|侧|面)?[户室门]")
LAND = re.compile(
    r"(?:宗地|地块|地号|土地证|使用证|国用)(?:编?号)?[:为第]{0,2}([0-9A-Z][0-9A-Z()-]{1,24})|([A-Z0-9][A-Z0-9-]{2,23})号?(?:宗地|地块)"
)

LONGEST_BADGE = 40
BEFORE_A_TITLE = ("【", "（")
"""With one of these begins whatever badges and rounds stand in front of."""

ROUND = re.compile("（[\u4e00-\u9fff]{0,14}(?:拍|卖|次|破|抵债资产)[\u4e00-\u9fff]{0,6}）")
"""A round in brackets at the front, as it is mostly written: what stands behind it may be plain."""

NOT_PLAIN = re.compile(f"[{re.escape(ODD_SIGNS + NOISE_SIGNS)} ()【\\[分%/半]")
"""At least one of these is in every text that holds anything but an address in canonical writing, or tells a share."""


Share = tuple[str, str]
"""A fraction and its words."""


def read_mainland_parts(text: str, city: str | None, district: str | None) -> Parts:
    """The parts of one title or address field; its city and district are known or ``None``."""
    badges: tuple[str, ...] = ()
    if text[:1] in BEFORE_A_TITLE and not _may_tell_share(text):
        text, badges = _strip_badges(text)
    parts, asides = _read_parts(text, city, district)
    asides = badges + asides
    if asides and parts.compound is None and (name := name_in(asides)) is not None:
        return parts._replace(compound=name)
    return parts


@lru_cache(maxsize=1 << 13)  # a larger one falls out of the processor's cache
def _read_parts(text: str, city: str | None, district: str | None) -> tuple[Parts, tuple[str, ...]]:
    """The parts, but for a name in brackets, and what stood in these. The next attempt often has the same words.

    So have half of 2,016 homes sold again, and a fifth among all 9,894 sales of a winter (Ali, 2015 to 2026).
    """
    text, with_brackets, share, asides = _make_plain(text)
    parts = read_usual(text, city, district)
    if parts is None or (parts.building is None and "地" in with_brackets):
        reading = _read(text, with_brackets, share, city, district)
        parts = tuple.__new__(Parts, reading.values)  # twice as fast as Parts._make
    elif share is not None:
        parts = parts._replace(share=share[0])
    return parts, asides


def read_mainland(text: str, city: str | None, district: str | None) -> Address:
    """The same with the text of each part, in canonical writing, and the brackets."""
    text, with_brackets, share, asides = _make_plain(text)
    reading = _read(text, with_brackets, share, city, district)
    if reading.values[COMPOUND] is None:
        reading.put(COMPOUND, name := name_in(asides), name or "")
    words = {name: words for name, words in zip(PART_NAMES, reading.words, strict=True) if words}
    return Address(Parts(*reading.values), words, asides)


def _make_plain(text: str) -> tuple[str, str, Share | None, tuple[str, ...]]:
    """The canonical text without what is no address; the same with its brackets; the share; badges and brackets."""
    if text[:1] not in BEFORE_A_TITLE and NOT_PLAIN.search(text) is None:
        text = strip_lead(text)
        return text, text, None, ()
    share = read_share(write_canonically(text)) if _may_tell_share(text) else None
    text, asides = _strip_badges(text)
    if "【" in text or "[" in text:
        asides += tuple(badge.strip("【】[]") for badge in BADGES.findall(text))
        text = BADGES.sub("", text)
    text = strip_noise(write_canonically(text))
    if share is not None:
        text = text.replace(share[1], "", 1)
    if "(" not in text and ")" not in text:
        return text, text, share, asides
    opened, inner = open_brackets(text)
    return opened, text, share, asides + inner


def _may_tell_share(text: str) -> bool:
    return "分之" in text or "%" in text or "％" in text or "/" in text or "半" in text


def _strip_badges(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without the badges and the round at its front, and the badges."""
    badges: tuple[str, ...] = ()
    while text[:1] == "【" and 0 < (end := text.find("】")) < LONGEST_BADGE:
        badges += (text[1:end],)
        text = text[end + 1 :]
    if text[:1] == "（" and (found := ROUND.match(text)) is not None:
        text = text[found.end() :]
    return text, badges


def _read(text: str, with_brackets: str, share: Share | None, city: str | None, district: str | None) -> Reading:
    reading = Reading(text, city, district)
    _read_numbers(reading)
    if share is not None:
        reading.put(SHARE, *share)
    _finish(reading)
    if reading.values[ROOM] is None and reading.values[BUILDING] is None and "地" in with_brackets:
        _put_lot(reading, with_brackets)
    return reading


def _read_numbers(reading: Reading) -> None:
    each = iter(reading.tokens)
    for before, number, sign, word in zip(each, each, each, each, strict=False):
        reading.gap = reading.carry + before if reading.carry else before
        reading.carry = ""
        HANDLERS[KINDS[sign + word]](reading, number, sign, word)
        reading.at += 4


def _finish(reading: Reading) -> None:
    """What can be told once all numbers are read."""
    values = reading.values
    tail = reading.tokens[-1]
    place = reading.place or read_place(reading.carry + tail, reading.city, reading.district)
    if reading.place is not None and not reading.inner and not reading.closed:
        reading.pieces += reading.carry + tail
    _put_place(reading, place)
    _put_rooms(reading)
    if values[ROOM] is None and values[FLOOR] is not None and (found := DIRECTED_ROOM.match(tail)):
        reading.put(ROOM, found[1], found[0])
    if values[FLOOR] is not None and floor_apart(values[FLOOR], values[ROOM]) is None:
        values[FLOOR] = reading.words[FLOOR] = None


def _put_lot(reading: Reading, whole: str) -> None:
    found = LAND.search(whole)
    if found is not None:
        reading.put(LOT, found[1] or found[2], found[0])


def _put_place(reading: Reading, place: Place) -> None:
    values, words = reading.values, reading.words
    if place.town is not None:
        values[TOWN], words[TOWN] = place.town, place.town_words
    if place.road is not None:
        values[ROAD], words[ROAD] = place.road, place.road_words
    compound = clean_compound(reading.pieces) if reading.pieces else None
    if compound is not None and place.compound is not None and values[NUMBER] is None:
        values[COMPOUND], words[COMPOUND] = place.compound + compound, place.compound_words + reading.pieces
    elif compound in SIDES and values[BLOCK] is None and place.compound is None:  # 环城街146号东区: no name
        reading.put(BLOCK, compound[:1], reading.pieces)
    elif compound is not None:
        values[COMPOUND], words[COMPOUND] = compound, reading.pieces
    elif place.compound in SIDES and values[BLOCK] is None:  # 环城街146号东区: no name
        reading.put(BLOCK, place.compound[:1], place.compound_words)
    elif place.compound is not None:
        values[COMPOUND], words[COMPOUND] = place.compound, place.compound_words


def _put_rooms(reading: Reading) -> None:
    """The room and the parking space; of several, each is named and none is the one."""
    values, words = reading.values, reading.words
    things, part = reading.rooms, ROOM
    if not things:
        things, part = (reading.parkings, PARKING) if reading.parkings else (_stores(reading), ROOM)
    elif len(reading.parkings) == 1:
        values[PARKING] = words[PARKING] = reading.parkings[0]
    things = tuple(dict.fromkeys(things)) if len(things) > 1 else things
    if len(things) == 1 and not (part == ROOM and values[UNIT_COUNT]):
        values[part], words[part] = things[0], reading.room_words
    elif things:
        values[MEMBERS], words[MEMBERS] = things, reading.room_words
        values[UNIT_COUNT] = max(values[UNIT_COUNT] or 0, len(values[MEMBERS]))
        words[UNIT_COUNT] = words[UNIT_COUNT] or reading.room_words


def _stores(reading: Reading) -> tuple[str, ...]:
    return tuple("储" + number for number in reading.stores)
