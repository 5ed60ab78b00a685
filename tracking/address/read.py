"""Titles and addresses into parts, by the country's own reader."""

from typing import Any

from tracking.address.abroad import read_abroad
from tracking.address.mainland import read_mainland, read_mainland_parts
from tracking.address.parts import NO_PARTS, PART_NAMES, Address, Parts

OUTER = frozenset(["town", "road", "lane", "number", "compound", "phase", "block"])
"""Parts that say where the building stands; the others say what in it is for sale."""


def read_parts(
    title: str | None, address: str | None, country: str, city: str | None = None, district: str | None = None
) -> Parts:
    """The parts of one listing's address: of its title and its address field, completed by each other."""
    if country != "CN":
        return read_address(title, address, country, city, district).parts
    if not title or not address or title == address:
        text = title or address
        return read_mainland_parts(text, city, district) if text else NO_PARTS
    return read_address(title, address, country, city, district).parts


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
    """The one that tells what is for sale, completed by the other; the title where both do.

    The other gives its outer parts where the first has none, and its inner parts only if it contradicts the first
    in none: an address field often is that of the house, or of the court.
    """
    first, other = (address, title) if _depth(address.parts) > _depth(title.parts) else (title, address)
    if not _agree(first.parts, other.parts):
        return first._replace(asides=first.asides + other.asides)
    missing: dict[str, Any] = {
        name: value
        for name, value, known in zip(PART_NAMES, other.parts, first.parts, strict=True)
        if value is not None and value != () and (known is None or known == ())
    }
    if first.parts.members or other.parts.members or first.parts.room is not None:
        missing = {name: value for name, value in missing.items() if name not in {"members", "unit_count", "room"}}
    words = {name: other.words[name] for name in missing if name in other.words} | first.words
    return Address(first.parts._replace(**missing), words, first.asides + other.asides)


def _depth(parts: Parts) -> int:
    """How near to the thing for sale the parts come."""
    if parts.room is not None or parts.members or parts.parking is not None or parts.lot is not None:
        return 3
    return 2 if parts.building is not None else int(parts.number is not None)


def _agree(first: Parts, other: Parts) -> bool:
    """Whether no part is known to both and different."""
    return all(
        mine == theirs
        for name, mine, theirs in zip(PART_NAMES, first, other, strict=True)
        if name not in {"compound", "town", "unit_count"} and mine and theirs
    )
