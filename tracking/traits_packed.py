"""Traits as text that is stored, and back: an eighth of the cost of reading the address again.

A JSON list of the words of persons and places with their positions in front: ``[0, "ali_judicial", 3, "CN", ...]``.
Positions count source, id and generation, then the traits behind the key, then the parts of the address; what is not
told is left out. A change of their order or sense is one of ``LINKER_VERSION``.
"""

from operator import attrgetter
from typing import Any

import orjson

from tracking.address.parts import NO_PARTS, PART_NAMES, Parts
from tracking.traits import Traits

HEAD = ("source", "source_id", "generation")
COMPARED = Traits._fields[2:-1]
ORDER = (*HEAD, *COMPARED, *PART_NAMES)
MEMBERS = len(HEAD) + COMPARED.index("members")
FIRST_PART = len(HEAD) + len(COMPARED)
MEMBERS_OF_PARTS = FIRST_PART + PART_NAMES.index("members")
NOTHING: list[Any] = [*[None] * FIRST_PART, *NO_PARTS]
NOTHING[MEMBERS] = ()

_compared = attrgetter(*COMPARED)


def pack_traits(traits: Traits) -> str:
    """The traits but for the listing's id."""
    told: list[Any] = []
    tell = told.append
    for position, value in enumerate((*traits.key, *_compared(traits), *traits.parts)):
        if value or (value is not None and value != ()):
            tell(position)
            tell(value)
    return orjson.dumps(told).decode()


def unpack_traits(listing_id: int, packed: str) -> Traits:
    """The traits out of what is stored."""
    values = NOTHING.copy()
    told = iter(orjson.loads(packed))
    for position in told:
        values[position] = next(told)
    values[MEMBERS] = tuple(values[MEMBERS])
    values[MEMBERS_OF_PARTS] = tuple(values[MEMBERS_OF_PARTS])
    compared, parts = values[len(HEAD) : FIRST_PART], Parts._make(values[FIRST_PART:])
    return Traits._make((listing_id, tuple(values[: len(HEAD)]), *compared, parts))
