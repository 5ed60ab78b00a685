"""Which offers are worth comparing: those that share one of a few keys. Nothing is compared with everything."""

from hashlib import blake2b

from tracking.agreement import block_of
from tracking.traits import Traits, fold_compound

STATE_THEIR_PREVIOUS = frozenset({"ua_prozorro"})
"""Sources of which every listing has the key of its own id, since others may name it as the one before."""


ROAD_TAIL = 3
"""Last characters of a road's name: what stands before them is mistyped as often as not, or the name of a place."""

ESTATE_TAIL = 4
"""The same of a compound's name: before it stands that of a city or a builder (重庆巴南华庭新苑, 绿地国际花都)."""

NAME_TAIL = 2
"""The same of a compound's name, beside the seller: a key of its own would join all of a city."""


Words = tuple[str, ...]
"""A key before it is hashed."""


def keys_of(traits: Traits) -> list[int]:
    """64-bit keys; equal in every process, so that they can be stored. Two homes may share one, that costs a look."""
    return [_hashed(words) for words in key_words(traits)]


def place_keys_of(traits: Traits) -> list[int]:
    """Keys that join the listings of one compound: not to compare them, but to know its units and its addresses."""
    return [_hashed(words) for words in place_words(traits)]


def _hashed(words: Words) -> int:
    return int.from_bytes(blake2b("|".join(words).encode(), digest_size=8).digest(), "big", signed=True)


def place_words(traits: Traits) -> list[Words]:
    """The names of the place in which a home lies: its compound, its road and number."""
    found: list[Words] = []
    if traits.unit_count > 1 or (traits.room is None and traits.building is None):
        return found
    country, area_code, road, number = traits.country, traits.area_code or "", traits.road, traits.number
    if traits.compound is not None:
        found.append(("b", country, area_code, fold_compound(traits.compound), traits.phase or ""))
    if road is not None and number is not None:
        found.append(("d", country, area_code, road, number))
    return found


def key_words(traits: Traits) -> list[Words]:
    """The keys before they are hashed."""
    room = traits.room or ""
    if room and traits.kind == "parking":
        room = f"P{room}"
    if traits.unit_count > 1:
        found = _lot_words(traits)
    elif room:
        found = _room_words(traits, room)
    else:
        found = _whole_words(traits)
    thing = room or (str(traits.floor_area) if traits.floor_area is not None else "")
    if thing and traits.case_number is not None:
        found.append(("k", traits.case_number, thing))
    if thing and traits.appraisal is not None:
        found.append(("p", str(traits.appraisal), thing))
    if traits.wording is not None and traits.country == "CN":
        found.append(("w", traits.wording))
    if traits.certificate is not None:
        found.append(("z", traits.certificate, room))
    source = traits.key[0]
    if traits.asset_id is not None or traits.previous_source_id is not None or source in STATE_THEIR_PREVIOUS:
        found += _stated_words(traits)
    return found


def _room_words(traits: Traits, room: str) -> list[Words]:
    """Without the city, which one listing in twenty leaves out: there are many 人民路88号, and a look tells."""
    found: list[Words] = []
    country, building, seller, area = traits.country, traits.building or "", traits.seller, traits.floor_area
    road, number = traits.road, traits.number
    if traits.compound is not None:
        compound, district = fold_compound(traits.compound), traits.district
        end = compound[-ESTATE_TAIL:]
        if district is not None and compound[0] == district[0]:
            end = (compound.removeprefix(district[:-1]) or compound)[-ESTATE_TAIL:]
        found.append(("c", country, end, building, room))
        if building and seller is not None:
            found.append(("e", seller, compound[-NAME_TAIL:], building, room))
    elif road is not None and number is None and building:
        found.append(("r", country, road, building, room))
    if road is not None and number is not None:
        found.append(("n", country, road[-ROAD_TAIL:], number, room))
    if building and (part := block_of(traits)) is not None:
        found.append(("q", traits.area_code or "", part, building, traits.unit or "", room))
    if area is not None and (where := building or number):
        found.append(("a", country, traits.area_code or "", where, room, str(round(area / 100))))
    return found


def _whole_words(traits: Traits) -> list[Words]:
    """Of things without rooms: a villa by its building or number, a field by nothing but its documents."""
    found: list[Words] = []
    country, building = traits.country, traits.building or ""
    if traits.compound is not None and (where := building or traits.number):
        found.append(("h", country, fold_compound(traits.compound), where))
    if traits.road is not None and traits.number is not None:
        found.append(("h", country, traits.road[-ROAD_TAIL:], traits.number, building))
    return found


def _lot_words(traits: Traits) -> list[Words]:
    """By the compound, and by the road: one attempt tells the one, the next the other."""
    lot = (str(traits.unit_count), *traits.members)
    names = (traits.compound, f"{traits.road or ''}{traits.number or ''}")
    return [("m", traits.country, name, *lot) for name in names if name]


def _stated_words(traits: Traits) -> list[Words]:
    source, source_id, _ = traits.key
    found: list[Words] = []
    if traits.asset_id is not None:
        found.append(("s", source, traits.asset_id))
    if traits.previous_source_id is not None:
        found.append(("t", source, traits.previous_source_id))
    if source in STATE_THEIR_PREVIOUS:
        found.append(("t", source, source_id))
    return found
