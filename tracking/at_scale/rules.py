"""The signs of ``tracking.signs`` as Splink's comparisons: their points, their vetoes.

A level's match weight is log2(m/u), and weights are added up. So a level of three points gets m/u = 2**3, and the
match weight of a pair is our score, to the point. A veto is a level whose weight no points outweigh. Where there is no
sign, a comparison answers with a level of no weight. Conditions are written for DuckDB, and sqlglot turns them
into the words of other engines; a NULL in one is no yes, as ``None`` equals nothing.

The points come from the signs. The conditions are those of ``tracking.agreement``, once more in SQL: tests compare both
over random pairs, and a linking at scale compares the points of every pair that it takes.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tracking import signs
from tracking.agreement import AREA_CONTRADICTS, AREA_ROUNDING, DAY, MOST_OF_A_SIZE, ROUND_START, SHORTEST_ROAD
from tracking.alike import SINGLE_KINDS
from tracking.errors import EngineUnknown
from tracking.names import SHORTEST_NAME
from tracking.signs import SOFT_KINDS, Sign
from tracking.steps import EXACT, FALLS

if TYPE_CHECKING:
    from splink import SettingsCreator

VETO = -900
"""Points of a veto: Splink takes probabilities down to 1e-300, which is 2**-996."""


class Level(NamedTuple):
    """If the condition holds and none before it does, the pair gets the points."""

    points: int
    condition: str


def level(sign: Sign, condition: str) -> Level:
    """The points of a sign, or a veto that nothing outweighs, where the condition holds."""
    return Level(VETO if sign.is_veto else sign.points, condition)


def known(*names: str) -> str:
    """Both sides tell these traits."""
    return " AND ".join(f"{name}_l IS NOT NULL AND {name}_r IS NOT NULL" for name in names)


def same(*names: str) -> str:
    """Both sides tell the same."""
    return " AND ".join(f"{name}_l = {name}_r" for name in names)


def quoted(kinds: Iterable[str]) -> str:
    """The kinds as a list for IN."""
    return ", ".join(f"'{kind}'" for kind in sorted(kinds))


SOFT = quoted(SOFT_KINDS)
SINGLE = quoted(SINGLE_KINDS)
PHASES_DIFFER = "(coalesce(stage_l <> stage_r, false) OR coalesce(block_l <> block_r, false))"
WHOLE_INSIDE = "(instr(compound_l, compound_r) > 0 OR instr(compound_r, compound_l) > 0)"
COMPOUND_EQUAL = f"(folded_l = folded_r AND {WHOLE_INSIDE} AND NOT {PHASES_DIFFER})"
ONE_IN_THE_OTHER = (
    "length(folded_l) > 1 AND length(folded_r) > 1 AND (instr(folded_l, folded_r) > 0 OR instr(folded_r, folded_l) > 0)"
    f" AND ({WHOLE_INSIDE} OR least(length(folded_l), length(folded_r)) >= {SHORTEST_NAME})"
)
ONE_SIZE = f"{same('floor_area')} AND floor_area_l % 100 <> 0"
SAME_CASE_OR_DEED = f"coalesce({same('case_number')}, false) OR coalesce({same('certificate')}, false)"
ONE_BY_PAPERS = (
    f"({SAME_CASE_OR_DEED} OR CASE WHEN {known('appraisal')} THEN {same('appraisal')}"
    f" ELSE {ONE_SIZE} AND {same('district')} END)"
)
ONE_STREET = f"CASE WHEN {known('road')} THEN {same('road')} ELSE {same('compound')} END"
BEHIND_ITS_DISTRICT = " OR ".join(
    f"coalesce(road_{long} = concat(substr(district_{side}, 1, length(district_{side}) - 1), road_{short}), false)"
    for long, short in ("lr", "rl")
    for side in "lr"
)
NUMBERS_COMPARE = (
    f"({known('number')} AND (coalesce({ONE_STREET}, false) OR ({same('number')} AND ({BEHIND_ITS_DISTRICT}))))"
)
NUMBER_AGREES = f"({NUMBERS_COMPARE} AND {same('number')})"
GATES = f"({known('building')} AND (road_l IS NOT NULL OR road_r IS NOT NULL))"
ONE_SIGN_APART = "compound_l <> compound_r AND array_has_any(typed_l, typed_r)"
NEAR_BY_NAME = f"folded_l <> folded_r AND (({ONE_IN_THE_OTHER}) OR array_has_any(alike_l, alike_r))"
COMPOUND_NEAR = (
    f"(NOT {PHASES_DIFFER} AND (({NEAR_BY_NAME}) OR ({ONE_SIGN_APART} AND ({ONE_BY_PAPERS} OR {NUMBER_AGREES}))))"
)
MISTYPED = f"({ONE_SIGN_APART} AND coalesce(phase_l, '') = coalesce(phase_r, ''))"
COMPOUND_AGREES = f"coalesce({COMPOUND_EQUAL} OR {COMPOUND_NEAR}, false)"
ONE_ENDS_WITH_THE_OTHER = (
    "(right(road_l, length(road_r)) = road_r OR right(road_r, length(road_l)) = road_l)"
    f" AND least(length(road_l), length(road_r)) >= {SHORTEST_ROAD}"
)
BEHIND_A_NAME = f"coalesce({same('number')} AND road_l <> road_r AND {ONE_ENDS_WITH_THE_OTHER}, false)"
PARKING = "coalesce(kind_l = 'parking' OR kind_r = 'parking', false)"
NO_ROOM = " AND ".join(f"{name}_{side} IS NULL" for name in ("room", "unit", "floor") for side in "lr")
NO_BUILDING = "building_l IS NULL AND building_r IS NULL"
ONE_HOUSE = f"(building_l = building_r OR ({NO_BUILDING} AND {NUMBER_AGREES}))"
ON_THE_MAINLAND = "country_l = 'CN' AND country_r = 'CN'"
HOUSE = f"({ON_THE_MAINLAND} AND unit_count_l = 1 AND NOT {PARKING} AND {NO_ROOM} AND {ONE_HOUSE})"
AREA_APART = "(abs(floor_area_l - floor_area_r) / greatest(floor_area_l, floor_area_r))"
AREA_AGREES = f"{AREA_APART} <= CAST({AREA_ROUNDING} AS DOUBLE)"
AREA_DIFFERS = f"{AREA_APART} > CAST({AREA_CONTRADICTS} AS DOUBLE)"
SELLERS_AGREE = "coalesce(seller_l, '') = coalesce(seller_r, '')"
PRICES_APART = "(least(price_l, price_r) / greatest(price_l, price_r))"
ITS_FALL = " OR ".join(f"abs({PRICES_APART} - CAST({fall} AS DOUBLE)) <= CAST({EXACT} AS DOUBLE)" for fall in FALLS)
ANY_AUCTION = "(seller_l IS NULL OR round_rank_l IS NULL OR round_rank_r IS NULL)"
ROUND_STARTS = f"({ANY_AUCTION} AND price_l % {ROUND_START} = 0 AND price_r % {ROUND_START} = 0)"
STEADY_PRICE = (
    f"({SELLERS_AGREE} AND least(price_l, price_r) > 0 AND NOT {ROUND_STARTS} AND ({same('price')} OR {ITS_FALL}))"
)
VALUES_APART = "(greatest(appraisal_l, appraisal_r) / least(appraisal_l, appraisal_r))"
SIZES_APART = "(greatest(floor_area_l, floor_area_r) / least(floor_area_l, floor_area_r))"
STEADY_VALUE = (
    f"(unit_l IS NULL AND unit_r IS NULL AND {VALUES_APART} * {VALUES_APART} <= {SIZES_APART}"
    f" AND {SIZES_APART} <= CAST({MOST_OF_A_SIZE} AS DOUBLE))"
)
DOOR_TOLD = " OR ".join(
    f"coalesce({told}, false)" for told in (same("unit"), same("appraisal"), STEADY_PRICE, STEADY_VALUE)
)
OPEN_TOGETHER = " AND ".join((same("source"), *(f"opens_{one} < closes_{other}" for one in "lr" for other in "lr")))
OPENED_IN_ONE_DAY = f"{same('source')} AND abs(opens_l - opens_r) < CAST({DAY} AS DOUBLE)"
SOLD_AT_ONCE = f"(coalesce({OPENED_IN_ONE_DAY}, false) OR coalesce({OPEN_TOGETHER}, false))"
TYPED_SIZE = f"(NOT {SOLD_AT_ONCE} AND {same('building', 'room')} AND ({DOOR_TOLD}))"
ONE_SELLER_TELLS = f"(({same('seller')} AND has_figure_l) OR (contains(wording_l, '银行-') AND {SELLERS_AGREE}))"
SINGLE_THING = f"kind_l IN ({SINGLE}) AND {same('kind')} AND coalesce({ONE_SELLER_TELLS}, false)"
SAME_PAPERS = f"CASE WHEN {known('appraisal')} THEN {same('appraisal')} ELSE {SINGLE_THING} END"
WORDED_ALIKE = (
    f"({same('wording')} AND {ON_THE_MAINLAND} AND NOT {PARKING}"
    f" AND (unit_l IS NULL OR room_l IS NOT NULL) AND (unit_r IS NULL OR room_r IS NOT NULL) AND {SAME_PAPERS}"
    f" AND NOT coalesce({OPEN_TOGETHER}, false) AND NOT coalesce({AREA_DIFFERS}, false))"
)
ROUNDS_OF_ONE = f"{same('source', 'seller')} AND round_rank_l <> round_rank_r"
ONE_BUILDING = "coalesce(building_l, '') = coalesce(building_r, '')"
ONE_PLACE = f"{same('place')} AND {ONE_BUILDING} AND NOT array_has_any(place_keys_l, place_keys_r)"


def _part(name: str, agrees: Sign, differs: Sign) -> tuple[Level, ...]:
    return level(agrees, same(name)), level(differs, known(name))


COMPARISONS: dict[str, tuple[Level, ...]] = {
    "stated": (
        level(
            signs.STATED,
            f"{same('source')} AND (previous_source_id_l = source_id_r OR previous_source_id_r = source_id_l"
            f" OR {same('asset_id')})",
        ),
        level(signs.TWO_NUMBERS, f"{same('source')} AND {known('asset_id')}"),
    ),
    "kind": (
        Level(0, same("kind")),
        level(signs.SOFT_KIND, f"kind_l IN ({SOFT}) AND kind_r IN ({SOFT})"),
        level(signs.OTHER_KIND, known("kind")),
    ),
    "unit_count": (
        level(signs.OTHER_COUNT, "unit_count_l <> unit_count_r"),
        level(signs.OTHER_MEMBERS, "members_l <> members_r"),
    ),
    "share": (level(signs.OTHER_SHARE, "coalesce(share_l, '1') <> coalesce(share_r, '1')"),),
    "country": (level(signs.OTHER_COUNTRY, "country_l <> country_r"),),
    "area_code": (level(signs.OTHER_AREA_CODE, "area_code_l <> area_code_r"),),
    "district": _part("district", signs.SAME_DISTRICT, signs.OTHER_DISTRICT),
    "town": (level(signs.SAME_TOWN, same("town", "area_code")),),
    "compound": (
        level(signs.SAME_COMPOUND, COMPOUND_EQUAL),
        level(signs.NEAR_COMPOUND, COMPOUND_NEAR),
        level(
            signs.OTHER_COMPOUND_PERHAPS,
            f"{known('compound')} AND ({NUMBER_AGREES} OR {MISTYPED} OR coalesce({ONE_PLACE}, false))",
        ),
        level(signs.OTHER_COMPOUND, known("compound")),
    ),
    "number": (
        level(signs.SAME_NUMBER, NUMBER_AGREES),
        level(signs.OTHER_NUMBER_IN_ONE_COMPOUND, f"{NUMBERS_COMPARE} AND {COMPOUND_AGREES} AND {GATES}"),
        level(signs.OTHER_NUMBER, NUMBERS_COMPARE),
        level(signs.NEAR_ROAD, BEHIND_A_NAME),
    ),
    "place": (
        level(
            signs.ONE_PLACE,
            f"{ONE_PLACE} AND NOT ({known('compound')}) AND NOT {NUMBERS_COMPARE} AND NOT {BEHIND_A_NAME}",
        ),
    ),
    "road": (
        level(
            signs.SAME_ROAD, f"NOT ({known('compound')}) AND {same('road')} AND number_l IS NULL AND number_r IS NULL"
        ),
    ),
    "building": _part("building", signs.SAME_BUILDING, signs.OTHER_BUILDING),
    "unit": _part("unit", signs.SAME_UNIT, signs.OTHER_UNIT),
    "floor": (Level(0, same("floor")), level(signs.OTHER_FLOOR, known("floor"))),
    "lot": _part("lot", signs.SAME_LOT, signs.OTHER_LOT),
    "room": (
        level(signs.SAME_SPACE, f"{PARKING} AND {same('room')}"),
        *_part("room", signs.SAME_ROOM, signs.OTHER_ROOM),
    ),
    "whole": (
        Level(0, PARKING),
        level(signs.WHOLE_HOUSE, HOUSE),
        level(signs.SAME_MEMBERS, f"unit_count_l > 1 AND {same('members')}"),
        level(signs.NO_BUILDING, f"{NO_BUILDING} AND {same('room')}"),
    ),
    "wording": (level(signs.SAME_WORDS, f"{WORDED_ALIKE} AND NOT coalesce({HOUSE}, false)"),),
    "case_number": (
        level(signs.SAME_CASE, same("case_number")),
        level(signs.TWO_CASES, f"{known('case_number')} AND {OPEN_TOGETHER}"),
    ),
    "certificate": (level(signs.SAME_CERTIFICATE, same("certificate")),),
    "appraisal": (
        level(signs.SAME_APPRAISAL, same("appraisal")),
        level(signs.OTHER_APPRAISAL, f"{known('appraisal')} AND {same('case_number')}"),
    ),
    "start": (level(signs.SAME_START, f"{same('price')} AND seller_l IS NULL AND seller_r IS NULL"),),
    "seller": (level(signs.ROUNDS, ROUNDS_OF_ONE), level(signs.SAME_SELLER, same("seller"))),
    "floor_area": (
        level(signs.SAME_SIZE, ONE_SIZE),
        level(signs.SAME_AREA, AREA_AGREES),
        level(signs.TYPED_AREA, f"{AREA_DIFFERS} AND {TYPED_SIZE}"),
        level(signs.OTHER_AREA, AREA_DIFFERS),
        level(signs.NEAR_AREA, known("floor_area")),
    ),
}
"""By the name of the comparison; the first level whose condition holds counts."""

SAME_ROOM_OF_A_PLACE = "l.room_place = r.room_place"
SAME_KEY = "l.keys = r.keys"


OVERLAP = {"duckdb": "array_has_any", "spark": "arrays_overlap"}
"""The one function that sqlglot does not translate (30.30, seen 2026-11), by engine."""


def settings(engine: str) -> "SettingsCreator":
    """What Splink is asked: our keys to block by, our rules to compare by, nothing to be learnt.

    Raises:
        EngineUnknown: neither DuckDB nor Spark.
    """
    import splink.comparison_library as library
    from splink import SettingsCreator
    from splink.blocking_rule_library import CustomRule

    if engine not in OVERLAP:
        raise EngineUnknown(f"linking at scale runs on {' and '.join(OVERLAP)}, not on {engine}")
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="listing_id",
        probability_two_random_records_match=0.5,  # no weight of its own
        comparisons=[
            library.CustomComparison(output_column_name=name, comparison_levels=_levels(rules, engine))
            for name, rules in COMPARISONS.items()
        ],
        blocking_rules_to_generate_predictions=[
            CustomRule(SAME_ROOM_OF_A_PLACE),
            CustomRule(SAME_KEY, arrays_to_explode=["keys"]),
        ],
        retain_matching_columns=False,
    )


def _levels(rules: Sequence[Level], engine: str) -> list[Any]:
    import splink.comparison_level_library as library

    levels = [
        library.CustomLevel(
            rule.condition.replace(OVERLAP["duckdb"], OVERLAP[engine]), f"rule {number}", base_dialect_str="duckdb"
        ).configure(**_probabilities(rule.points))
        for number, rule in enumerate(rules)
    ]
    return [*levels, library.ElseLevel().configure(**_probabilities(0))]


def _probabilities(points: int) -> dict[str, Any]:
    """m and u, of which log2(m/u) is the points exactly, and which Splink must not change."""
    return {
        "m_probability": 2.0 ** min(points, 0),
        "u_probability": 2.0 ** -max(points, 0),
        "fix_m_probability": True,
        "fix_u_probability": True,
    }
