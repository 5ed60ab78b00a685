"""Which offers are worth comparing: those that share one of a few keys. Nothing is compared with everything."""

from collections.abc import Iterator
from hashlib import blake2b

from tracking.traits import Traits, fold_compound

STATE_THEIR_PREVIOUS = frozenset({"ua_prozorro"})
"""Sources of which every listing has the key of its own id, since others may name it as the one before."""


ROAD_TAIL = 3
"""Last characters of a road's name: what stands before them is mistyped as often as not, or the name of a place."""

NAME_TAIL = 2
"""The same of a compound's name, beside the seller: a key of its own would join all of a city."""


def keys_of(traits: Traits) -> list[int]:
    """64-bit keys; equal in every process, so that they can be stored. Two homes may share one, that costs a look."""
    return [_hashed(words) for words in key_words(traits)]


def place_keys_of(traits: Traits) -> list[int]:
    """Keys that join the listings of one compound: not to compare them, but to know its units and its addresses."""
    return [_hashed(words) for words in place_words(traits)]


def place_words(traits: Traits) -> Iterator[str]:
    """The names of the place in which a home lies: its compound, its road and number."""
    if traits.room is None or traits.unit_count > 1:
        return
    place = f"{traits.country}{traits.area_code or ''}"
    if traits.compound is not None:
        yield f"b{place}|{fold_compound(traits.compound)}|{traits.phase or ''}"
    if traits.road is not None and traits.number is not None:
        yield f"d{place}|{traits.road}|{traits.number}"


def _hashed(words: str) -> int:
    return int.from_bytes(blake2b(words.encode(), digest_size=8).digest(), "big", signed=True)


def key_words(traits: Traits) -> Iterator[str]:
    """The keys before they are hashed."""
    room = f"{'P' if traits.is_parking else ''}{traits.room}" if traits.room is not None else ""
    if traits.unit_count > 1:
        yield from _lot_words(traits)
    elif room:
        yield from _room_words(traits, room)
    else:
        yield from _whole_words(traits)
    if traits.case_number is not None and (room or traits.floor_area is not None):
        yield f"k{traits.case_number}|{room or traits.floor_area}"
    if traits.appraisal is not None and (room or traits.floor_area is not None):
        yield f"p{traits.appraisal}|{room or traits.floor_area}"
    if traits.wording is not None and traits.country == "CN":
        yield f"w{traits.wording}"
    if traits.certificate is not None:
        yield f"z{traits.certificate}|{room}"
    yield from _stated_words(traits)


def _room_words(traits: Traits, room: str) -> Iterator[str]:
    """Without the city, which one listing in twenty leaves out: there are many 人民路88号, and a look tells."""
    building = traits.building or ""
    if traits.compound is not None:
        yield f"c{traits.country}|{fold_compound(traits.compound)}|{building}|{room}"
    elif traits.road is not None and traits.number is None and building:
        yield f"r{traits.country}|{traits.road}|{building}|{room}"
    if traits.road is not None and traits.number is not None:
        yield f"n{traits.country}|{traits.road[-ROAD_TAIL:]}|{traits.number}|{room}"
    if traits.compound is not None and traits.seller is not None and building:
        yield f"e{traits.seller}|{fold_compound(traits.compound)[-NAME_TAIL:]}|{building}|{room}"
    if traits.floor_area is not None and (building or traits.number):
        where, size = building or traits.number, round(traits.floor_area / 100)
        yield f"a{traits.country}{traits.area_code or ''}|{where}|{room}|{size}"


def _whole_words(traits: Traits) -> Iterator[str]:
    """Of things without rooms: a villa by its building or number, a field by nothing but its documents."""
    if traits.compound is not None and (traits.building or traits.number):
        yield f"h{traits.country}|{fold_compound(traits.compound)}|{traits.building or traits.number}"
    elif traits.road is not None and traits.number is not None:
        yield f"h{traits.country}|{traits.road}|{traits.number}|{traits.building or ''}"


def _lot_words(traits: Traits) -> Iterator[str]:
    where = traits.compound or f"{traits.road or ''}{traits.number or ''}"
    if where:
        yield f"m{traits.country}|{where}|{traits.unit_count}|{','.join(traits.members)}"


def _stated_words(traits: Traits) -> Iterator[str]:
    source, source_id, _ = traits.key
    if traits.asset_id is not None:
        yield f"s{source}|{traits.asset_id}"
    if traits.previous_source_id is not None:
        yield f"t{source}|{traits.previous_source_id}"
    if source in STATE_THEIR_PREVIOUS:
        yield f"t{source}|{source_id}"
