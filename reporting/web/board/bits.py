"""Sets of listings as whole numbers: bit n is listing n. A million of them are 125 kB, cut in some ten microseconds."""

from collections.abc import Iterable
from itertools import compress

Bits = int

_FLAGS = [bytes(byte >> bit & 1 for bit in range(8)) for byte in range(256)]


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
    """A byte for each position: 1 where it is in the set."""
    return b"".join(map(_FLAGS.__getitem__, bits.to_bytes(count // 8 + 1, "little")))[:count]


def positions_of(bits: Bits, count: int) -> list[int]:
    """The positions in a set, the lowest first."""
    return list(compress(range(count), flags_of(bits, count)))
