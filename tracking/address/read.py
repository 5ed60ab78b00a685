"""Titles and addresses into parts, by the country's own reader."""

from typing import Any

from tracking.address.abroad import read_abroad
from tracking.address.mainland import read_mainland, read_mainland_parts
from tracking.address.parts import NO_PARTS, PART_NAMES, Address, Parts

MAY_DIFFER = frozenset(["compound", "town", "unit_count"])
"""Parts that two texts of one listing tell otherwise without a contradiction."""

TOLD_WITH_ROOM = ("members", "unit_count", "room")
"""What is for sale: told by one of the texts, never by both together."""


def read_parts(
    title: str | None, address: str | None, country: str, city: str | None = None, district: str | None = None
) -> Parts:
    """The parts of one listing's address: of its title and its address field, completed by each other."""
    if country != "CN":
        return read_abroad(country, title, address, city, district).parts
    if not title or not address or title == address:
        text = title or address
        return read_mainland_parts(text, city, district) if text else NO_PARTS
    ours = read_mainland_parts(title, city, district)
    theirs = read_mainland_parts(address, city, district)
    first, other = (theirs, ours) if _depth(theirs) > _depth(ours) else (ours, theirs)
    missing = _missing_parts(first, other)
    return first._replace(**missing) if missing else first


def read_address(
    title: str | None, address: str | None, country: str, city: str | None = None, district: str | None = None
) -> Address:
    """The same with the text that each part came from, in canonical writing, and what stood in brackets."""
    if country != "CN":
        return read_abroad(country, title, address, city, district)
    texts = dict.fromkeys(filter(None, (title, address)))
    readings = [read_mainland(text, city, district) for text in texts]
    if len(readings) < 2:
        return readings[0] if readings else Address(NO_PARTS, {})
    return _complete(*readings)


def _complete(title: Address, address: Address) -> Address:
    """The one that tells what is for sale, completed by the other; the title where both do."""
    first, other = (address, title) if _depth(address.parts) > _depth(title.parts) else (title, address)
    missing = _missing_parts(first.parts, other.parts)
    words = {name: other.words[name] for name in missing if name in other.words} | first.words
    return Address(first.parts._replace(**missing), words, first.asides + other.asides)


def _missing_parts(first: Parts, other: Parts) -> dict[str, Any]:
    """What the other reading has and the first lacks, by the names of the parts; nothing if they contradict.

    An address field often is that of the house, or of the court.
    """
    missing: dict[str, Any] = {}
    if other == NO_PARTS:
        return missing
    for name, mine, theirs in zip(PART_NAMES, first, other, strict=True):
        if theirs and not mine:
            missing[name] = theirs
        elif theirs and mine != theirs and name not in MAY_DIFFER:
            return {}
    if first.members or other.members or first.room is not None:
        for name in TOLD_WITH_ROOM:
            missing.pop(name, None)
    return missing


def _depth(parts: Parts) -> int:
    """How near to the thing for sale the parts come."""
    if parts.room is not None or parts.members or parts.parking is not None or parts.lot is not None:
        return 3
    return 2 if parts.building is not None else int(parts.number is not None)
