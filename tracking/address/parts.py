"""What an address is made of: the parts by which two homes are told apart."""

from typing import NamedTuple


class Parts(NamedTuple):
    """The parts of one address in canonical form, so that equal parts are equal strings. ``None``: not told.

    Canonical: half width, simplified characters, Arabic numerals without leading zeros, letters upper case, and
    without the word that names the part (幢, 栋, 号楼, 座 and # are one word; so are 室, 房 and 户). ``"12"`` is a
    building 12幢, ``"A"`` a 座. Province, city and district are not among them: they are fields of their own.
    """

    town: str | None = None  # 镇, 乡, 街道
    road: str | None = None  # with its own kind: 中山北路
    lane: str | None = None  # 弄, 巷 with a number
    number: str | None = None  # 号 at a road or lane
    compound: str | None = None  # 小区, 花园, 大厦; a village where homes stand in one
    phase: str | None = None  # 期
    block: str | None = None  # 区, 组团 of a compound
    building: str | None = None  # 幢, 栋, 号楼, 座, #
    unit: str | None = None  # 单元, 梯
    floor: str | None = None  # only where it is told apart from the room
    room: str | None = None  # with its floor: 1204
    parking: str | None = None  # number of a parking space
    lot: str | None = None  # land: 地号, 宗地
    share: str | None = None  # of the ownership, as "1/2"
    unit_count: int | None = None  # homes in a lot of several: 等12套, 101、102室
    members: tuple[str, ...] = ()  # rooms (or parking spaces) of a lot of several, where they are named


NO_PARTS = Parts()
PART_NAMES = Parts._fields


class Address(NamedTuple):
    """The parts, each with the text that it came from, and what stood in brackets."""

    parts: Parts
    words: dict[str, str]  # by the name of the part: "building" -> "12号楼"
    asides: tuple[str, ...] = ()  # contents of brackets as written, in order: a hint is never thrown away
