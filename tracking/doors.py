"""Where in its place a listing lies, in 64 bits beside its keys: most that share a key are told apart by it unread."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from zlib import crc32

from tracking.traits import Traits

TOLD = 0x8000_8000_8000_8000
REST = 0x7FFF_7FFF_7FFF_7FFF


def door_of(traits: Traits) -> int:
    """Room, unit, building and floor, sixteen bits each: whether it is told, and a digest of it."""
    room, unit = _sixteen_bits(traits.room), _sixteen_bits(traits.unit)
    building, floor = _sixteen_bits(traits.building), _sixteen_bits(traits.floor)
    door = room << 48 | unit << 32 | building << 16 | floor
    return door - (1 << 64) if door >> 63 else door  # as databases hold 64 bits


def at_no_other_door(own: int, listing_ids: Iterable[int], doors: Mapping[int, int]) -> list[int]:
    """Those that do not tell one of the four otherwise than one's own door: the others are plainly apart from it.

    Of the former some are so too (``tracking.alike.is_plainly_apart``): of 32,768 others one has the same digest, and
    of those without a door in ``doors`` nothing is known.
    """
    told, door_of_each = own & TOLD, doors.get
    return [
        each
        for each in listing_ids
        if (door := door_of_each(each, 0)) == own
        or not (((own ^ door) & REST) + REST) & door & told  # the sum has the first bit, where any of the rest differs
    ]


@lru_cache(maxsize=1 << 14)
def _sixteen_bits(told: str | None) -> int:
    return 0 if told is None else 0x8000 | crc32(told.encode()) & 0x7FFF
