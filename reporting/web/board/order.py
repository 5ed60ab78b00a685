"""Orders of listings by a key: made once by sorting, then kept up by moving what has changed."""

from __future__ import annotations  # array is not subscriptable before Python 3.12

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, compress, islice
from typing import NamedTuple

from reporting.web.board.bits import Bits, all_bits, bits_of, flags_of, positions_of

NOT_KNOWN = -(1 << 63)
"""In the place of a key that is not known, where keys stand in an array."""

STRIDES = 64
SORTED_DEARER = 4
"""How many times dearer it is to find and sort a position than to walk over one."""

UNEVEN = 4
"""How many times longer than even a stride may become before all are measured out anew."""


class Moves(NamedTuple):
    """What changes in an order: which of the old positions stay as they are, and the new keys of others.

    ``stays``: a byte for each old position. ``gone``: the others as bits. ``keys``: for these and for positions behind
    the old ones, with ``NOT_KNOWN``.
    """

    stays: bytes
    gone: Bits
    keys: Sequence[tuple[int, int]]
    size: int  # afterwards


class Order:
    """All positions in the order of a key; those of which the key is not known come last, and are told apart.

    The one with the lowest key comes first; of equal ones the one with the lower position.
    """

    def __init__(self, keys: Sequence[int | None]) -> None:
        known = [position for position, key in enumerate(keys) if key is not None and key != NOT_KNOWN]
        unknown = (position for position, key in enumerate(keys) if key is None or key == NOT_KNOWN)
        known.sort(key=keys.__getitem__)  # type: ignore[arg-type]  # those without a key are not among them
        self._count = len(keys)
        self._unknown = array("i", unknown)
        self._positions = array("i", known)
        self._keys = array("q", (key for position in known if (key := keys[position]) is not None))

    @classmethod
    def of_parts(cls, positions: array[int], keys: array[int], unknown: array[int]) -> Order:
        """An order that was taken apart."""
        made = cls(())
        made._positions, made._keys, made._unknown = positions, keys, unknown
        made._count = len(positions) + len(unknown)
        return made

    def parts(self) -> tuple[array[int], array[int], array[int]]:
        """Positions whose key is known, in their order; their keys; the positions without one."""
        return self._positions, self._keys, self._unknown

    def moved(self, moves: Moves) -> Order:
        """Another order, in which some have other keys and further ones stand; this one stays as it is."""
        added = sorted((key, position) for position, key in moves.keys if key != NOT_KNOWN)
        stays = bytes(map(moves.stays.__getitem__, self._positions))
        positions, keys = _merged(
            array("i", compress(self._positions, stays)), array("q", compress(self._keys, stays)), added
        )
        unknown = [position for position in self._unknown if moves.stays[position]]
        unknown += [position for position, key in moves.keys if key == NOT_KNOWN]
        made = Order.of_parts(positions, keys, array("i", sorted(unknown)))
        made.known = self.known & ~moves.gone | bits_of((position for _, position in added), moves.size)
        made._bounds = self._bounds
        made._prefixes = [
            prefix & ~moves.gone | bits_of((position for key, position in added if key <= bound), moves.size)
            for bound, prefix in zip(self._bounds, self._prefixes, strict=True)
        ]
        if made._longest_stride > UNEVEN * (len(keys) // STRIDES + 1):
            del made._bounds, made._prefixes
        return made

    def members(self, bits: Bits, *, is_reversed: bool = False) -> Iterator[int]:
        """The members of a set in this order, or in the reversed one; those without a key come last in both."""
        if not bits:
            return iter(())
        flags = flags_of(bits, self._count)
        return chain(self._walk(flags, is_reversed), compress(self._unknown, map(flags.__getitem__, self._unknown)))

    def page(self, bits: Bits, start: int, size: int, *, is_reversed: bool = False) -> list[int]:
        """Of these the ``start``-th and those that follow: by a walk or by sorting, whichever looks at fewer."""
        known = bits & self.known
        count = known.bit_count()
        found = self._page_of_known(known, count, start, size, is_reversed) if start < count else []
        if len(found) < size:
            begin = max(0, start - count)
            rest = positions_of(bits & self._not_known, self._count)  # the lowest first, as they stand
            found += rest[begin : begin + size - len(found)]
        return found

    def _page_of_known(self, bits: Bits, count: int, start: int, size: int, is_reversed: bool) -> list[int]:
        looked_at = len(self._positions) * min(start + size, count) // count
        if looked_at < SORTED_DEARER * count:
            return list(islice(self._walk(flags_of(bits, self._count), is_reversed), start, start + size))
        members = positions_of(bits, self._count)
        members.sort(key=self.ranks.__getitem__, reverse=is_reversed)
        return members[start : start + size]

    def _walk(self, flags: bytes, is_reversed: bool) -> Iterator[int]:
        """The flagged positions of which the key is known."""
        if is_reversed:
            return compress(reversed(self._positions), map(flags.__getitem__, reversed(self._positions)))
        return compress(self._positions, map(flags.__getitem__, self._positions))

    def below(self, key: int) -> Bits:
        """The positions whose key is known and lower."""
        stride = bisect_left(self._bounds, key)
        end = bisect_left(self._keys, key)
        if stride == 0:
            return bits_of(self._positions[:end], self._count)
        begin = bisect_right(self._keys, self._bounds[stride - 1], 0, end)
        return self._prefixes[stride - 1] | bits_of(self._positions[begin:end], self._count)

    def having(self, key: int) -> Sequence[int]:
        """The positions with just this key, the lowest first."""
        begin = bisect_left(self._keys, key)
        return self._positions[begin : bisect_right(self._keys, key, begin)]

    @cached_property
    def known(self) -> Bits:
        """The positions whose key is known."""
        if len(self._unknown) < len(self._positions):
            return all_bits(self._count) & ~bits_of(self._unknown, self._count)
        return bits_of(self._positions, self._count)

    @cached_property
    def _not_known(self) -> Bits:
        """The positions whose key is not known."""
        return all_bits(self._count) & ~self.known

    @cached_property
    def ranks(self) -> Sequence[int]:
        """By position, its place in the order; 0 where the key is not known."""
        found = array("i", bytes(4 * self._count))
        for rank, position in enumerate(self._positions):
            found[position] = rank
        return found

    def prepare(self) -> None:
        """Reckon now what the first question would wait for."""
        _ = self.ranks, self.known, self._not_known, self._prefixes

    @cached_property
    def _bounds(self) -> list[int]:
        """Keys at even distances; one that stands oftener than that is among them."""
        stride = max(1, -(-len(self._keys) // STRIDES))
        return sorted(set(self._keys[stride::stride]))

    @cached_property
    def _prefixes(self) -> list[Bits]:
        """For each bound the positions with its key or a lower one."""
        found, bits, begin = [], 0, 0
        for bound in self._bounds:
            end = bisect_right(self._keys, bound, begin)
            bits |= bits_of(self._positions[begin:end], self._count)
            found.append(bits)
            begin = end
        return found

    @property
    def _longest_stride(self) -> int:
        """Positions between two bounds that must be looked at one by one."""
        begins = [0, *(bisect_right(self._keys, bound) for bound in self._bounds)]
        ends = [*(bisect_left(self._keys, bound) for bound in self._bounds), len(self._keys)]
        return max(end - begin for begin, end in zip(begins, ends, strict=True))


def _merged(positions: array[int], keys: array[int], added: Iterable[tuple[int, int]]) -> tuple[array[int], array[int]]:
    """Both with what is added in its place; ``added`` is sorted."""
    all_positions, all_keys, begin = array("i"), array("q"), 0
    for key, position in added:
        end = bisect_left(keys, key, begin)
        end = bisect_left(positions, position, end, bisect_right(keys, key, end))
        all_positions += positions[begin:end]
        all_keys += keys[begin:end]
        all_positions.append(position)
        all_keys.append(key)
        begin = end
    return all_positions + positions[begin:], all_keys + keys[begin:]
