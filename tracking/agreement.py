"""What two offers tell alike, field by field: seller, papers, district, names, number, size, value.

Unknown equals nothing: where a side does not tell, the answer is ``None``, or no.
"""

from store.statement import Minor
from tracking.address.places import SIDES
from tracking.names import is_in_two_phases, is_one_sign_apart, likeness, split_phase
from tracking.steps import is_next_price, is_one_price_or_its_fall
from tracking.traits import COURT, Traits

AREA_ROUNDING = 0.006
"""Sites round areas: 89.53, 89.5 and 90 are one."""

AREA_CONTRADICTS = 0.05
"""Share of the larger area: beyond rounding."""

MOST_OF_A_SIZE = 2.1
"""Times that one size of a home is the other at most: with and without its garage, half and whole."""

DAY = 86_400.0

ROUND_START = 1_000_000
"""Minor units, 10,000 yuan: many homes start at a multiple of it."""

SHORTEST_ROAD = 3
"""Characters of a road's name: 东路 is what is left of many."""


def is_stated(one: Traits, other: Traits) -> bool:
    """Whether the source itself says that they are one thing."""
    if one.key[0] != other.key[0]:
        return False
    if one.asset_id is not None and one.asset_id == other.asset_id:
        return True
    previous, other_previous = one.previous_source_id, other.previous_source_id
    if previous is None and other_previous is None:
        return False
    return previous == other.key[1] or other_previous == one.key[1]


def is_one_seller(one: Traits, other: Traits) -> bool:
    """Whether one seller offers both."""
    return one.seller is not None and one.seller == other.seller


def is_one_bank(one: Traits, other: Traits) -> bool:
    """Whether one seller offers both that is no court: a court sells the homes of a whole district."""
    return is_one_seller(one, other) and COURT not in (one.seller or "")


def are_rounds_of_one(one: Traits, other: Traits) -> bool:
    """Whether one seller has them as different named rounds on one platform: there one follows the other."""
    if one.key[0] != other.key[0] or one.seller is None or one.seller != other.seller:
        return False
    return None not in (one.round_rank, other.round_rank) and one.round_rank != other.round_rank


def are_open_together(one: Traits, other: Traits) -> bool:
    """Whether one platform has both open at the same time."""
    if one.key[0] != other.key[0] or one.opens is None or other.opens is None:
        return False
    if one.closes is None or other.closes is None:
        return False
    return max(one.opens, other.opens) < min(one.closes, other.closes)


def are_sold_at_once(one: Traits, other: Traits) -> bool:
    """Whether one platform has both open at the same time, or opens both within a day: one home is not sold twice."""
    if one.key[0] != other.key[0] or one.opens is None or other.opens is None:
        return False
    return abs(one.opens - other.opens) < DAY or are_open_together(one, other)


def has_one_paper(one: Traits, other: Traits) -> bool:
    """Whether case or certificate are the same."""
    if one.case_number is not None and one.case_number == other.case_number:
        return True
    return one.certificate is not None and one.certificate == other.certificate


def has_witness(one: Traits, other: Traits) -> bool:
    """Whether a document beside the address agrees: certificate, appraisal to the last yuan, case, next price."""
    if one.certificate is not None and one.certificate == other.certificate:
        return True
    if one.appraisal is not None and other.appraisal is not None:
        return one.appraisal == other.appraisal
    return (one.case_number is not None and one.case_number == other.case_number) or is_next_price(one, other)


def is_in_two_districts(one: Traits, other: Traits) -> bool:
    """Whether both tell a district, and not the same: chains build one name in many of a city."""
    return one.district is not None and other.district is not None and one.district != other.district


def is_one_district(one: Traits, other: Traits) -> bool:
    """Whether both tell one district, or the one that does not is sold by the court of the other's: 鼓楼区人民法院."""
    if one.district is not None and other.district is not None:
        return one.district == other.district
    district = one.district or other.district
    return district is not None and is_one_seller(one, other) and f"{district}人民{COURT}" in (one.seller or "")


def is_one_town(one: Traits, other: Traits) -> bool:
    """Whether both tell one town of one prefecture; two of them have no name in common."""
    return one.town is not None and one.town == other.town and one.area_code == other.area_code is not None


def compound_agrees(one: Traits, other: Traits) -> int | None:
    """2 equal, 1 nearly (one character, or the shorter name of it), 0 other; ``None`` unknown."""
    if one.compound is None or other.compound is None:
        return None
    if one.phase != other.phase and is_in_two_phases(one.phase, other.phase):
        return 0
    if one.compound == other.compound:
        return 2
    found = likeness(one.compound, other.compound)
    if not found and is_one_sign_apart(one.compound, other.compound):
        return int(_is_one_by_papers(one, other) or number_agrees(one, other) is True)
    return found


def _is_one_by_papers(one: Traits, other: Traits) -> bool:
    """Whether case, certificate or appraisal are the same; or the size to the hundredth, beside the district.

    So a name that may be another (文昌花园, 文宏花园) is one that is mistyped: beside it, unit and room agree as well.
    """
    if has_one_paper(one, other):
        return True
    if one.appraisal is not None and other.appraisal is not None:
        return one.appraisal == other.appraisal
    return has_one_size(one, other) and one.district == other.district is not None


def is_one_name_mistyped(one: Traits, other: Traits) -> bool:
    """Whether the names of the compounds differ by one character that may be mistyped; then only papers join them."""
    if one.compound is None or other.compound is None or one.phase != other.phase:
        return False
    return is_one_sign_apart(one.compound, other.compound)


def is_behind_its_district(one: Traits, other: Traits) -> bool:
    """Whether one name is the other behind that of the county without 县: 兴文水岸国际城 of 兴文县."""
    return _is_behind_a_district(one.compound, other.compound, one, other)


def may_be_one_block(one: Traits, other: Traits) -> bool:
    """Whether phase and block do not differ: 丽景花园西区 is 西区 at the number of its road, and no other block."""
    (phase, block), (other_phase, other_block) = split_phase(one.phase), split_phase(other.phase)
    if phase != other_phase and phase is not None and other_phase is not None:
        return False
    return (block or block_in_name(one.compound)) == (other_block or block_in_name(other.compound))


def is_one_block(one: Traits, other: Traits) -> bool:
    """Whether both tell the same block, or the same phase where neither tells a block."""
    (phase, block), (other_phase, other_block) = split_phase(one.phase), split_phase(other.phase)
    block, other_block = block or block_in_name(one.compound), other_block or block_in_name(other.compound)
    if block is None and other_block is None:
        return phase is not None and phase == other_phase
    return block == other_block and (phase is None or other_phase is None or phase == other_phase)


def block_of(traits: Traits) -> str | None:
    """The block in which a home lies, or its phase where no block is told."""
    if traits.phase is not None:
        phase, block = split_phase(traits.phase)
        return block or block_in_name(traits.compound) or phase
    return block_in_name(traits.compound)


def block_in_name(compound: str | None) -> str | None:
    """西 of 丽景花园西区."""
    return compound[-2] if compound is not None and compound[-1] == "区" and compound[-2:] in SIDES else None


def number_agrees(one: Traits, other: Traits) -> bool | None:
    """Whether the numbers at one road are the same, or those in one compound where no road is told.

    ``None`` where one is unknown or the roads differ: houses at a corner have two addresses.
    """
    if one.number is None or other.number is None:
        return None
    if one.road is not None and other.road is not None:
        if one.road == other.road:
            return one.number == other.number
        return True if one.number == other.number and _is_road_of_its_district(one, other) else None
    if one.compound is not None and one.compound == other.compound:
        return one.number == other.number
    return None


def _is_road_of_its_district(one: Traits, other: Traits) -> bool:
    """Whether one road is the other behind that of the district without 区: 芙蓉南京巷 of 芙蓉区."""
    return _is_behind_a_district(one.road, other.road, one, other)


def _is_behind_a_district(name: str | None, other_name: str | None, one: Traits, other: Traits) -> bool:
    shorter, longer = sorted((name or "", other_name or ""), key=len)
    if not shorter or not longer.endswith(shorter):
        return False
    return any(each.district and longer == each.district[:-1] + shorter for each in (one, other))


def is_behind_a_name(one: Traits, other: Traits) -> bool:
    """Whether the numbers are the same, and one road is the other behind a place's name: 滁州南谯长江南路25号."""
    if one.number is None or one.number != other.number or one.road is None or other.road is None:
        return False
    shorter, longer = (one.road, other.road) if len(one.road) < len(other.road) else (other.road, one.road)
    return SHORTEST_ROAD <= len(shorter) < len(longer) and longer.endswith(shorter)


def is_at_one_road(one: Traits, other: Traits) -> bool:
    """Whether both lie at one road, and neither tells a number."""
    return one.road is not None and one.road == other.road and one.number is None and other.number is None


def area_agrees(one: Traits, other: Traits) -> bool | None:
    """Whether both areas are one within rounding; ``None`` where one is unknown or the doubt is small."""
    if one.floor_area is None or other.floor_area is None:
        return None
    apart = abs(one.floor_area - other.floor_area) / max(one.floor_area, other.floor_area)
    if apart <= AREA_ROUNDING:
        return True
    return False if apart > AREA_CONTRADICTS else None


def has_one_size(one: Traits, other: Traits) -> bool:
    """Whether the areas are the same to the hundredth of a square metre: of two homes one pair in thousands has it."""
    return one.floor_area is not None and one.floor_area == other.floor_area and one.floor_area % 100 != 0


def is_typed_size(one: Traits, other: Traits) -> bool:
    """Whether an area that is far from the other is that of one home all the same, and told in two ways, or wrongly.

    With and without garage, garden or shared parts: of 833 neighbouring rows of homes sold again 25 differ by more than
    a twentieth (Ali 2015 to 2026), and 14 of these start at one price to the last yuan. So it is where the door is told
    whole, with its unit; where it is valued alike, or asked at one price or exactly what the law lets it fall to; and
    where no unit is told and the values are much nearer to each other than the sizes. Never while both are for sale on
    one platform: one case has many homes, and so has one start.
    """
    if are_sold_at_once(one, other):
        return False
    if one.building is None or one.building != other.building or one.room is None or one.room != other.room:
        return False
    if one.unit is not None and one.unit == other.unit:
        return True
    if one.appraisal is not None and one.appraisal == other.appraisal:
        return True
    return _is_price_steady(one, other) or _is_value_steady(one, other)


def _is_price_steady(one: Traits, other: Traits) -> bool:
    """Whether a seller, or two auctions of which nobody is told who sells, ask one price or the law's share of it.

    A round start of nobody in particular is that of many homes, and so is one of a court that tells no round.
    """
    if one.seller != other.seller:
        return False
    low, high = _in_order((one.price, other.price))
    is_any_auction = one.seller is None or one.round_rank is None or other.round_rank is None
    if is_any_auction and low % ROUND_START == 0 and high % ROUND_START == 0:
        return False
    return bool(low) and is_one_price_or_its_fall(low, high)


def _is_value_steady(one: Traits, other: Traits) -> bool:
    """Whether no unit is told, and the one appraisal is so near to the other that two sizes are no two homes.

    Siblings are valued by their sizes. Where there are units, 2 flats of 1,322 leave theirs out (Ali 2020 and 2025).
    """
    if one.unit is not None or other.unit is not None:
        return False
    low, high = _in_order((one.appraisal, other.appraisal))
    small, large = _in_order((one.floor_area, other.floor_area))
    if not low or not small:
        return False
    return (high / low) * (high / low) <= large / small <= MOST_OF_A_SIZE


def is_one_start(one: Traits, other: Traits) -> bool:
    """Whether two auctions of which nobody is told who sells start at one price to the last yuan."""
    return one.price is not None and one.price == other.price and one.seller is None and other.seller is None


def are_values_near(one: Traits, other: Traits) -> bool:
    """Whether neither appraisal nor price of a court's round is less than half of the other's."""
    appraisals, prices = (one.appraisal, other.appraisal), (one.price, other.price)
    return all(not low or 2 * low >= high for low, high in map(_in_order, (appraisals, prices)))


def _in_order(pair: tuple[Minor | None, Minor | None]) -> tuple[Minor, Minor]:
    """The smaller one first; 0 and 0 where one is not told."""
    ours, theirs = pair
    if not ours or not theirs:
        return 0, 0
    return (ours, theirs) if ours < theirs else (theirs, ours)
