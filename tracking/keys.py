"""What a million offers are held by while they are linked: their keys in one array, words that are told twice once."""

import gc
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from struct import Struct, pack, unpack
from typing import Any, NamedTuple

from tracking.address.parts import NO_PARTS
from tracking.candidates import key_words, keys_of, place_keys_of, place_words
from tracking.offers import Offer
from tracking.traits import Traits, traits_of


class Keys(NamedTuple):
    """The keys of one offer: by which it is compared, and of its place."""

    compared: Sequence[int]
    places: Sequence[int]


NO_KEYS = Keys((), ())


def passing_keys_of(traits: Traits) -> Keys:
    """Keys for one process, at a third of the cost of lasting ones."""
    keys = tuple(map(hash, key_words(traits))), tuple(map(hash, place_words(traits)))
    return tuple.__new__(Keys, keys)  # twice as fast as Keys(...)


def lasting_keys_of(traits: Traits) -> Keys:
    """Keys that are equal in every process, and are stored."""
    return Keys(keys_of(traits), place_keys_of(traits))


class KeyRing:
    """The keys of offers by their positions: those that are compared in one array, the names of a place once."""

    def __init__(self) -> None:
        self._keys = array("q")
        self._ends = array("q", [0])
        self._places: list[tuple[int, ...]] = []
        self._known: dict[tuple[int, ...], tuple[int, ...]] = {}

    def add(self, compared: Sequence[int], places: Sequence[int]) -> None:
        """The keys of the next offer."""
        self.extend((Keys(compared, places),))

    def extend(self, offers: Iterable[Keys]) -> None:
        """The keys of the next offers."""
        remember, count = self._known.setdefault, len(self._keys)
        tell_end, tell_places = self._ends.append, self._places.append
        keys: list[int] = []
        for compared, places in offers:
            keys += compared
            tell_end(count + len(keys))
            names = tuple(places)
            tell_places(remember(names, names))
        self._keys.fromlist(keys)  # in half the time of extend

    def __iter__(self) -> Iterator["array[int]"]:
        """All keys of one offer after the other."""
        for position, names in enumerate(self._places):
            keys = self.compared(position)
            keys.extend(names)
            yield keys

    def compared(self, position: int) -> "array[int]":
        """Those by which the offer at a position is compared."""
        return self._keys[self._ends[position] : self._ends[position + 1]]

    def places(self, position: int) -> tuple[int, ...]:
        """Those of its place; the same tuple for all offers that tell the same names."""
        return self._places[position]


class Memory:
    """Holds equal words once: the listings of a home, a road, a court repeat each other."""

    def __init__(self, *, keeps_parts: bool = False) -> None:
        known: dict[Any, Any] = {}
        self._remember = known.setdefault
        self._keeps_parts = keeps_parts

    def traits_of(self, offer: Offer) -> Traits:
        """The traits of an offer; without the parts that no rule compares, unless they are kept."""
        remember = self._remember
        traits = traits_of(offer, remember)
        parts = traits.parts
        if self._keeps_parts:
            traits.parts = remember(parts, parts)
        elif parts.lot is None:
            traits.parts = NO_PARTS
        else:
            parts = NO_PARTS._replace(lot=parts.lot)
            traits.parts = remember(parts, parts)
        return traits


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


def unpack_places(packed: bytes) -> Sequence[int]:
    """Of these the names of the place alone."""
    return NAMES[packed[0]].unpack_from(packed, 1)


NAMES = tuple(Struct(f"<{count}q") for count in range(3))
"""Of a place a listing tells at most two."""
