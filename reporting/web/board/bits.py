"""Sets of listings as whole numbers: bit n is listing n. A million of them are 125 kB, cut in some ten microseconds."""

from collections.abc import Iterable
from itertools import compress

Bits = int

_FLAGS = bytes.maketrans(b"01", b"\0\1")
SPARSE = 8
"""Where fewer than every eighth position is in a set, to look for the next one is cheaper than to look at all."""


def bits_of(positions: Iterable[int], count: int) -> Bits:
    """The set of some positions below ``count``."""
    marks = bytearray(count // 8 + 1)
    for position in positions:
        marks[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(marks, "little")


def all_bits(count: int) -> Bits:
    """The set of all positions below ``count``."""
    return (1 << count) - 1


def flags_of(bits: Bits, count: int) -> bytes:
    """A byte for each position: 1 where it is in the set. By way of its binary digits, a third of a loop over bytes."""
    return format(bits, f"0{count}b").encode().translate(_FLAGS)[::-1][:count]


def positions_of(bits: Bits, count: int) -> list[int]:
    """The positions in a set, the lowest first."""
    flags = flags_of(bits, count)
    if bits.bit_count() * SPARSE >= count:
        return list(compress(range(count), flags))
    found: list[int] = []
    at = flags.find(1)
    while at >= 0:
        found.append(at)
        at = flags.find(1, at + 1)
    return found
