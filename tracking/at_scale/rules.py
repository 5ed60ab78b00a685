"""The comparators of ``tracking.evidence`` as Splink's comparisons: the same points, the same vetoes.

A level's match weight is log2(m/u), and weights are added up. So a level of three points gets m/u = 2**3, and the
match weight of a pair is our score, to the point. A veto is a level whose weight no points outweigh. What a comparator
leaves out, its comparison answers with a level of no weight. Conditions are written for DuckDB, and sqlglot turns them
into the words of other engines; a NULL in one is no yes, as ``None`` equals nothing.

A rule that is changed here must be changed in ``tracking.evidence`` and the other way round: tests compare both over
random pairs, and a linking at scale compares the points of every pair that it takes.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tracking.alike import AREA_CONTRADICTS, AREA_ROUNDING, SHORTEST_NAME, SINGLE_KINDS
from tracking.errors import EngineUnknown
from tracking.evidence import SOFT_KINDS

if TYPE_CHECKING:
    from splink import SettingsCreator

VETO = -900
"""Points of a veto: Splink takes probabilities down to 1e-300, which is 2**-996."""


class Level(NamedTuple):
    """If the condition holds and none before it does, the pair gets the points."""

    points: int
    condition: str


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
PHASES_DIFFER = "coalesce(phase_l <> phase_r, false)"
WHOLE_INSIDE = "(instr(compound_l, compound_r) > 0 OR instr(compound_r, compound_l) > 0)"
COMPOUND_EQUAL = f"(folded_l = folded_r AND {WHOLE_INSIDE} AND NOT {PHASES_DIFFER})"
ONE_IN_THE_OTHER = (
    "length(folded_l) > 1 AND length(folded_r) > 1 AND (instr(folded_l, folded_r) > 0 OR instr(folded_r, folded_l) > 0)"
    f" AND ({WHOLE_INSIDE} OR least(length(folded_l), length(folded_r)) >= {SHORTEST_NAME})"
)
COMPOUND_NEAR = (
    f"(folded_l <> folded_r AND NOT {PHASES_DIFFER} AND (({ONE_IN_THE_OTHER}) OR array_has_any(alike_l, alike_r)))"
)
COMPOUND_AGREES = f"coalesce({COMPOUND_EQUAL} OR {COMPOUND_NEAR}, false)"
ONE_STREET = f"CASE WHEN {known('road')} THEN {same('road')} ELSE {same('compound')} END"
NUMBERS_COMPARE = f"({known('number')} AND coalesce({ONE_STREET}, false))"
NUMBER_AGREES = f"({NUMBERS_COMPARE} AND {same('number')})"
PARKING = "coalesce(kind_l = 'parking' OR kind_r = 'parking', false)"
NO_ROOM = "room_l IS NULL AND room_r IS NULL"
NO_BUILDING = "building_l IS NULL AND building_r IS NULL"
ONE_HOUSE = f"(building_l = building_r OR ({NO_BUILDING} AND {NUMBER_AGREES}))"
ON_THE_MAINLAND = "country_l = 'CN' AND country_r = 'CN'"
HOUSE = f"({ON_THE_MAINLAND} AND unit_count_l = 1 AND NOT {PARKING} AND {NO_ROOM} AND {ONE_HOUSE})"
AREA_APART = "(abs(floor_area_l - floor_area_r) / greatest(floor_area_l, floor_area_r))"
AREA_AGREES = f"{AREA_APART} <= CAST({AREA_ROUNDING} AS DOUBLE)"
AREA_DIFFERS = f"{AREA_APART} > CAST({AREA_CONTRADICTS} AS DOUBLE)"
OPEN_TOGETHER = " AND ".join((same("source"), *(f"opens_{one} < closes_{other}" for one in "lr" for other in "lr")))
SINGLE_THING = f"has_figure_l AND kind_l IN ({SINGLE}) AND {same('kind', 'seller')}"
SAME_PAPERS = f"CASE WHEN {known('appraisal')} THEN {same('appraisal')} ELSE {SINGLE_THING} END"
WORDED_ALIKE = (
    f"({same('wording')} AND {ON_THE_MAINLAND} AND NOT {PARKING} AND {SAME_PAPERS}"
    f" AND NOT coalesce({OPEN_TOGETHER}, false) AND NOT coalesce({AREA_DIFFERS}, false))"
)
ROUNDS_OF_ONE = f"{same('source', 'seller')} AND round_rank_l <> round_rank_r"
ONE_BUILDING = "coalesce(building_l, '') = coalesce(building_r, '')"
ONE_PLACE = f"{same('place')} AND {ONE_BUILDING} AND NOT array_has_any(place_keys_l, place_keys_r)"


def _part(name: str, points: int) -> tuple[Level, ...]:
    return Level(points, same(name)), Level(VETO, known(name))


COMPARISONS: dict[str, tuple[Level, ...]] = {
    "stated": (
        Level(
            12,
            f"{same('source')} AND (previous_source_id_l = source_id_r OR previous_source_id_r = source_id_l"
            f" OR {same('asset_id')})",
        ),
        Level(VETO, f"{same('source')} AND {known('asset_id')}"),
    ),
    "kind": (
        Level(0, same("kind")),
        Level(-2, f"kind_l IN ({SOFT}) AND kind_r IN ({SOFT})"),
        Level(VETO, known("kind")),
    ),
    "unit_count": (Level(VETO, "unit_count_l <> unit_count_r"), Level(VETO, "members_l <> members_r")),
    "share": (Level(VETO, "coalesce(share_l, '1') <> coalesce(share_r, '1')"),),
    "country": (Level(VETO, "country_l <> country_r"),),
    "area_code": (Level(VETO, "area_code_l <> area_code_r"),),
    "district": (Level(1, same("district")), Level(-2, known("district"))),
    "compound": (
        Level(4, COMPOUND_EQUAL),
        Level(3, COMPOUND_NEAR),
        Level(-3, f"{known('compound')} AND {NUMBER_AGREES}"),
        Level(VETO, known("compound")),
    ),
    "number": (
        Level(4, NUMBER_AGREES),
        Level(-1, f"{NUMBERS_COMPARE} AND {COMPOUND_AGREES}"),
        Level(VETO, NUMBERS_COMPARE),
    ),
    "place": (Level(4, f"{ONE_PLACE} AND NOT ({known('compound')}) AND NOT {NUMBERS_COMPARE}"),),
    "road": (Level(4, f"NOT ({known('compound')}) AND {same('road')} AND number_l IS NULL AND number_r IS NULL"),),
    "building": _part("building", 3),
    "unit": _part("unit", 2),
    "floor": _part("floor", 0),
    "lot": _part("lot", 2),
    "room": (Level(6, f"{PARKING} AND {same('room')}"), *_part("room", 3)),
    "whole": (
        Level(0, PARKING),
        Level(5, HOUSE),
        Level(3, f"unit_count_l > 1 AND {same('members')}"),
        Level(3, f"{NO_BUILDING} AND {same('room')}"),
    ),
    "wording": (Level(9, f"{WORDED_ALIKE} AND NOT coalesce({HOUSE}, false)"),),
    "case_number": (
        Level(4, same("case_number")),
        Level(VETO, f"{known('case_number')} AND {OPEN_TOGETHER}"),
    ),
    "certificate": (Level(4, same("certificate")),),
    "appraisal": (Level(3, same("appraisal")), Level(-5, f"{known('appraisal')} AND {same('case_number')}")),
    "seller": (Level(2, ROUNDS_OF_ONE), Level(1, same("seller"))),
    "floor_area": (
        Level(2, AREA_AGREES),
        Level(-4, AREA_DIFFERS),
        Level(-1, known("floor_area")),
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
    import splink.comparison_level_library as level

    levels = [
        level.CustomLevel(
            rule.condition.replace(OVERLAP["duckdb"], OVERLAP[engine]), f"rule {number}", base_dialect_str="duckdb"
        ).configure(**_probabilities(rule.points))
        for number, rule in enumerate(rules)
    ]
    return [*levels, level.ElseLevel().configure(**_probabilities(0))]


def _probabilities(points: int) -> dict[str, Any]:
    """m and u, of which log2(m/u) is the points exactly, and which Splink must not change."""
    return {
        "m_probability": 2.0 ** min(points, 0),
        "u_probability": 2.0 ** -max(points, 0),
        "fix_m_probability": True,
        "fix_u_probability": True,
    }
