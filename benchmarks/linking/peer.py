"""The peer: Splink 5 on DuckDB 1.5, over the parts that our own reader finds.

Tuned as its documentation advises: blocking rules that let through nearly every true pair and few others; term
frequencies for names; levels for areas and prices; u by sampling, m by expectation maximisation over two blockings, or,
as its ceiling, m from the true labels. Of nine thresholds the best one is taken, by the truth: a user could not know it.
Clusters are made for each of the nine, and only the making of the best is counted.
"""

import time
from importlib.util import find_spec
from typing import Any

from benchmarks.linking.measure import Feed, Figures, peak_mb
from benchmarks.linking.score import Score, measure
from tracking.offers import Offer

INSTALL = "the peer is left out: pip install 'splink>=5,<6' 'duckdb==1.5.5'"
THRESHOLDS = (-6, -4, -2, 0, 2, 4, 6, 9, 12)  # match weights: bits of evidence
ROWS_PER_INSERT = 50_000

COLUMNS = {
    "unique_id": "BIGINT",
    "city": "VARCHAR",
    "district": "VARCHAR",
    "kind": "VARCHAR",
    "road": "VARCHAR",
    "number": "VARCHAR",
    "lane": "VARCHAR",
    "compound": "VARCHAR",
    "building": "VARCHAR",
    "unit": "VARCHAR",
    "room": "VARCHAR",
    "parking": "VARCHAR",
    "part": "VARCHAR",  # a share, a lot of several, or the whole of one
    "area": "DOUBLE",
    "appraisal": "DOUBLE",
    "price": "DOUBLE",
    "case_number": "VARCHAR",
    "home": "BIGINT",  # the truth: read by the run with labels only
}


CITY = "l.city = r.city"
COMPOUND = "l.compound = r.compound"
ROAD = "l.road = r.road AND l.number = r.number"
CASE = "l.case_number = r.case_number"
ROOM = (
    "l.building IS NOT DISTINCT FROM r.building AND l.room = r.room"
    " AND (l.unit = r.unit OR l.unit IS NULL OR r.unit IS NULL)"
)
SPACE = "l.parking = r.parking"
WHOLE = (
    "l.building IS NOT DISTINCT FROM r.building AND l.room IS NULL AND r.room IS NULL"
    " AND l.parking IS NULL AND r.parking IS NULL"
)
BLOCKS = (
    f"{CITY} AND l.building = r.building AND {ROOM}",
    *(f"{where} AND {thing}" for thing in (ROOM, SPACE) for where in (COMPOUND, f"{CITY} AND {ROAD}", CASE)),
    f"{CITY} AND {COMPOUND} AND {WHOLE}",
    f"{CITY} AND {ROAD} AND {WHOLE}",
)
"""Every rule asks for the same building and room and for no other unit, or for no room on either side. Rules without
them let neighbours through by the thousand, and expectation maximisation takes these for the matches (tried: F1 0.15; 0.67
without the building, 0.85 without the unit)."""
TRAINING = (f"{CITY} AND {COMPOUND} AND {ROOM}", f"{CITY} AND {ROAD} AND {ROOM}", f"{CASE} AND {ROOM}")


def is_installed() -> bool:
    """Whether Splink and DuckDB can be imported."""
    return all(find_spec(name) for name in ("splink", "duckdb", "pyarrow"))


def row_of(offer: Offer, home: int) -> tuple[Any, ...]:
    """The columns of one listing."""
    parts = offer.parts
    several = parts.unit_count or offer.unit_count or len(parts.members)
    part = f"lot {several}" if several and several > 1 else f"share {parts.share or offer.share or '1'}"
    return (
        offer.listing_id,
        offer.region_code[:4] if offer.region_code else None,
        offer.district,
        offer.property_kind and str(offer.property_kind),
        parts.road,
        parts.number,
        parts.lane,
        parts.compound,
        parts.building,
        parts.unit,
        f"{parts.floor}-{parts.room}" if parts.floor and parts.room and len(parts.room) < 3 else parts.room,
        parts.parking,
        part,
        offer.floor_area and offer.floor_area / 100,
        offer.appraisal_price and offer.appraisal_price / 100,
        offer.price and offer.price / 100,
        offer.case_number,
        home,
    )


def measure_peer(size: int, seed: int, *, with_labels: bool) -> Figures:
    """Splink from nothing: table, training, prediction, clusters."""
    figures, feed = Figures("splink-labels" if with_labels else "splink", size), Feed(size, seed)
    started = time.process_time()
    connection = _load(feed)
    linker = _linker(connection)
    _train(linker, with_labels=with_labels)
    predicted = linker.inference.predict(threshold_match_weight=THRESHOLDS[0])
    figures.link_cpu = time.process_time() - started - feed.made_cpu - feed.parse_cpu
    figures.parse_cpu = feed.parse_cpu
    best: tuple[Score, float, float] | None = None
    for threshold in THRESHOLDS:
        started = time.process_time()
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predicted, threshold_match_weight=threshold
        )
        cpu = time.process_time() - started
        rows = connection.execute(f"SELECT unique_id, cluster_id FROM {clusters.physical_name}").fetchall()
        score = measure(feed.labels(), dict(rows))
        if best is None or score.f1 > best[0].f1:
            best = score, cpu, threshold
    assert best is not None
    figures.take(best[0])
    figures.link_cpu += best[1]
    figures.peak_mb, figures.note = peak_mb(), f"weight {best[2]}"
    return figures


def _load(feed: Feed) -> Any:
    import duckdb
    import pyarrow  # type: ignore[import-untyped]

    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    connection.execute(f"CREATE TABLE listings ({columns})").fetchall()
    rows: list[tuple[Any, ...]] = []

    def insert() -> None:
        batch = pyarrow.table(
            {name: list(column) for name, column in zip(COLUMNS, zip(*rows, strict=True), strict=True)}
        )
        connection.register("batch", batch)
        connection.execute("INSERT INTO listings SELECT * FROM batch").fetchall()
        connection.unregister("batch")
        rows.clear()

    for offer in feed:
        rows.append(row_of(offer, feed.homes[offer.listing_id - 1]))
        if len(rows) == ROWS_PER_INSERT:
            insert()
    if rows:
        insert()
    return connection


def _linker(connection: Any) -> Any:
    from splink import DuckDBAPI, Linker, SettingsCreator
    from splink.blocking_rule_library import CustomRule

    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=_comparisons(),
        blocking_rules_to_generate_predictions=[CustomRule(rule) for rule in BLOCKS],
        retain_matching_columns=False,
    )
    api = DuckDBAPI(connection)
    return Linker(api.register("listings"), settings, log_level="ERROR")


def _comparisons() -> list[Any]:
    import splink.comparison_library as library

    exact = [library.ExactMatch(name) for name in ("district", "kind", "unit", "part", "case_number")]
    return [
        library.JaroWinklerAtThresholds("compound", [0.9, 0.8]).configure(term_frequency_adjustments=True),
        _road(),
        *exact,
        _closeness("area", (0.005, 0.06, 0.6), 0.02),
        _closeness("appraisal", (0.5,), 0.05, 0.3),
        _closeness("price", (0.5,), 0.21, 0.5),
    ]


def _road() -> Any:
    import splink.comparison_level_library as level
    import splink.comparison_library as library

    def agree(*names: str) -> str:
        return " AND ".join(f"{name}_l = {name}_r" for name in names)

    return library.CustomComparison(
        output_column_name="road",
        comparison_levels=[
            level.CustomLevel("road_l IS NULL OR road_r IS NULL", "no road").configure(is_null_level=True),
            level.CustomLevel(agree("road", "number", "lane"), "road, lane and number"),
            level.CustomLevel(agree("road", "number"), "road and number"),
            level.CustomLevel(agree("road"), "road"),
            level.ElseLevel(),
        ],
    )


def _closeness(name: str, differences: tuple[float, ...], *shares: float) -> Any:
    """Levels for a number: within absolute differences, then within shares of the larger one."""
    import splink.comparison_level_library as level
    import splink.comparison_library as library

    distance = f"abs({name}_l - {name}_r)"
    return library.CustomComparison(
        output_column_name=name,
        comparison_levels=[
            level.NullLevel(name),
            *(level.CustomLevel(f"{distance} <= {limit}", f"{name} within {limit}") for limit in differences),
            *(
                level.CustomLevel(f"{distance} <= {share} * greatest({name}_l, {name}_r)", f"{name} within {share:.0%}")
                for share in shares
            ),
            level.ElseLevel(),
        ],
    )


def _train(linker: Any, *, with_labels: bool) -> None:
    certain = [f"{TRAINING[0]} AND l.unit = r.unit", f"{TRAINING[1]} AND l.building = r.building AND l.area = r.area"]
    linker.training.estimate_probability_two_random_records_match(certain, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    if with_labels:
        linker.training.estimate_m_from_label_column("home")
        return
    for rule in TRAINING:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
