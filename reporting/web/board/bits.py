"""Sets of listings as whole numbers: bit n is listing n. A million of them are 125 kB, cut in some ten microseconds."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, islice

Bits = int

_FLAGS = [bytes(byte >> bit & 1 for bit in range(8)) for byte in range(256)]
STRIDES = 64


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


class Order:
    """All positions in the order of a key; those of which the key is not known come last, and are told apart.

    The one with the lowest key comes first; of equal ones the one with the lower position.
    """

    def __init__(self, keys: Sequence[int | None]) -> None:
        known = [position for position, key in enumerate(keys) if key is not None]
        known.sort(key=keys.__getitem__)  # type: ignore[arg-type]  # those without a key are not among them
        self._count = len(keys)
        self._known = len(known)
        self._keys = array("q", (key for position in known if (key := keys[position]) is not None))
        unknown = (position for position, key in enumerate(keys) if key is None)
        self.positions = array("i", [*known, *unknown])
        self._prefixes = [0]
        self._stride = max(1, -(-len(known) // STRIDES))
        for start in range(0, len(known), self._stride):
            part = bits_of(known[start : start + self._stride], self._count)
            self._prefixes.append(self._prefixes[-1] | part)

    def members(self, bits: Bits, *, is_reversed: bool = False) -> Iterator[int]:
        """The members of a set in this order, or in the reversed one; those without a key come last in both."""
        if not bits:
            return iter(())
        flags = flags_of(bits, self._count)
        positions = self.positions
        if is_reversed:
            positions = positions[: self._known][::-1] + positions[self._known :]
        return compress(positions, map(flags.__getitem__, positions))

    def page(self, bits: Bits, start: int, size: int, *, is_reversed: bool = False) -> list[int]:
        """Of these the ``start``-th and those that follow."""
        return list(islice(self.members(bits, is_reversed=is_reversed), start, start + size))

    def below(self, key: int) -> Bits:
        """The positions whose key is known and lower."""
        end = bisect_left(self._keys, key)
        whole, rest = divmod(end, self._stride)
        first = whole * self._stride
        return self._prefixes[whole] | bits_of(self.positions[first : first + rest], self._count)

    @property
    def known(self) -> Bits:
        """The positions whose key is known."""
        return self._prefixes[-1]
