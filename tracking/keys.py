"""What a million offers are held by while they are linked: their keys in one array, words that are told twice once."""

import gc
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from struct import pack, unpack
from typing import Any, NamedTuple

from tracking.address.parts import NO_PARTS
from tracking.candidates import key_words, keys_of, place_keys_of, place_words
from tracking.traits import Traits


class Keys(NamedTuple):
    """The keys of one offer: by which it is compared, and of its place."""

    compared: Sequence[int]
    places: Sequence[int]


NO_KEYS = Keys((), ())


def passing_keys_of(traits: Traits) -> Keys:
    """Keys for one process, at a third of the cost of lasting ones."""
    return Keys([hash(words) for words in key_words(traits)], [hash(words) for words in place_words(traits)])


def lasting_keys_of(traits: Traits) -> Keys:
    """Keys that are equal in every process, and are stored."""
    return Keys(keys_of(traits), place_keys_of(traits))


class KeyRing:
    """The keys of offers by their positions, eight bytes each."""

    def __init__(self, everything: Iterable[Traits], find_keys: Callable[[Traits], Keys] = passing_keys_of) -> None:
        self._keys = array("q")
        self._ends = array("q", [0])  # of those by which an offer is compared, of those of its place, and so on
        for traits in everything:
            self.add(*find_keys(traits))

    def add(self, compared: Sequence[int], places: Sequence[int]) -> None:
        """The keys of the next offer."""
        self._keys.extend(compared)
        self._ends.append(len(self._keys))
        self._keys.extend(places)
        self._ends.append(len(self._keys))

    def __iter__(self) -> Iterator["array[int]"]:
        keys, ends = self._keys, self._ends
        for at in range(0, len(ends) - 1, 2):
            yield keys[ends[at] : ends[at + 2]]

    def compared(self, position: int) -> "array[int]":
        """Those by which the offer at a position is compared."""
        return self._keys[self._ends[2 * position] : self._ends[2 * position + 1]]

    def places(self, position: int) -> "array[int]":
        """Those of its place."""
        return self._keys[self._ends[2 * position + 1] : self._ends[2 * position + 2]]


class Memory:
    """Holds equal words once: the listings of a home, a road, a court repeat each other."""

    def __init__(self, *, keeps_parts: bool = False) -> None:
        self._known: dict[Any, Any] = {}
        self._keeps_parts = keeps_parts

    def __call__(self, traits: Traits) -> Traits:
        """The same traits; without the parts that no rule compares, unless they are kept."""
        remember = self._known.setdefault
        parts = traits.parts
        if not self._keeps_parts:
            parts = NO_PARTS if parts.lot is None else NO_PARTS._replace(lot=parts.lot)
        words: tuple[Any, ...] = tuple(traits)[REPEATED]
        values: list[Any] = [*traits[: REPEATED.start], *map(remember, words, words), *traits[REPEATED.stop : -1]]
        values.append(remember(parts, parts))
        return Traits._make(values)


REPEATED = slice(Traits._fields.index("country"), Traits._fields.index("room") + 1)


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No search for garbage while millions of tuples are made that stay: it took as long as linking itself."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def pack_keys(compared: Sequence[int], places: Sequence[int]) -> bytes:
    """The keys of an offer as they are stored: how many names its place has, their keys, then the others."""
    return pack(f"<B{len(places) + len(compared)}q", len(places), *places, *compared)


def unpack_keys(packed: bytes) -> Keys:
    """The keys out of what is stored."""
    count, *keys = unpack(f"<B{len(packed) // 8}q", packed)
    return Keys(keys[count:], keys[:count])
