"""Linking at scale: Splink's rules are ours, and the homes that come of them are those of linking on one machine."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import chain as chained
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA
from sqlalchemy import Engine as Database
from store_help import START, begin, look, record_all, statement

from store.engine import writing
from store.terms import Judgement
from tests.tracking.chain_cases import every_chain
from tracking.address.parts import NO_PARTS
from tracking.at_scale import engine as engines
from tracking.at_scale import rules
from tracking.at_scale.columns import alike_keys_of, table_of, traits_in, write_traits
from tracking.at_scale.engine import Engine
from tracking.at_scale.linking import link_at_scale, link_table, link_traits_at_scale, open_duckdb
from tracking.errors import EngineUnknown, ExtraMissing, RulesDiffer
from tracking.evidence import _differ_by_a_mark, compound_agrees, decide
from tracking.link import LARGEST_BLOCK, Linked, PersonsWord, _Survey, link_offers, link_traits
from tracking.offers import Offer, load_offers, make_offer
from tracking.traits import Traits, traits_of
from tracking.words import add_word

pytest.importorskip("splink", reason="the extra link is not installed")
MANY_EXAMPLES = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])


NAMES = (
    "天街花园",
    "天街",
    "天衔花园",
    "金地澜悦府",
    "金地悦澜府",
    "金地澜悦东",
    "金地澜悦西",
    "山水名城",
    "名城",
    "城",
)
NAMES += ("ABC公馆", "ABD公馆", "一品天下", "二品天下", "天街商业中心", "海城花苑", "海城花苑二期")
POOLS: dict[str, tuple[Any, ...]] = {
    "listing_id": (0,),
    "key": tuple((source, "", number) for source in ("ali_judicial", "jd_assets", "ua_prozorro") for number in (1, 2)),
    "country": ("CN", "CN", "CN", "UA"),
    "area_code": (None, "3401", "3401", "3302"),
    "district": (None, "蜀山区", "包河区"),
    "kind": (None, "home", "home", "house", "business", "building", "industrial", "land"),
    "road": (None, "望江西路", "中山路"),
    "number": (None, "/99", "7/99", "/1"),
    "compound": (None, *NAMES),
    "phase": (None, "1", "2", "1/A"),
    "building": (None, "3", "3", "A"),
    "unit": (None, "1", "2"),
    "floor": (None, "12", "2"),
    "room": (None, "1204", "1204", "3"),
    "share": (None, "1", "1/2"),
    "unit_count": (1, 1, 1, 2),
    "members": ((), (), ("101", "102"), ("101,102",)),
    "case_number": (None, "2020皖0111执1234", "2020皖0111执1235"),
    "appraisal": (None, 106_200_000, 84_960_000),
    "price": (None, 84_960_000),
    "floor_area": (None, 100_000, 99_400, 99_399, 95_000, 94_999, 8_953),
    "seller": (None, "合肥市蜀山区人民法院", "平安银行"),
    "certificate": (None, "皖(2020)合肥市不动产权第0012345号"),
    "asset_id": (None, "1", "2"),
    "wording": (None, "合肥市蜀山区工业用地及厂房一处", "合肥市蜀山区工业用地２８亩及厂房"),
    "previous_source_id": (None, "1", "2", "3"),
    "opens": (None, 1_600_000_000.0, 1_600_050_000.5),
    "closes": (None, 1_600_050_000.5, 1_600_090_000.0),
    "parts": (NO_PARTS, NO_PARTS, NO_PARTS._replace(lot="12"), NO_PARTS._replace(lot="13")),
}
MADE = st.builds(Traits, **{name: st.sampled_from(values) for name, values in POOLS.items()})


def as_parking(traits: Traits) -> Traits:
    room = traits.room and f"B{traits.room}"
    return traits._replace(kind="parking", building=None, room=room, wording=None)


PARKING = MADE.map(as_parking)
BLANK = Traits(**dict.fromkeys(POOLS) | {"country": "CN", "unit_count": 1, "members": (), "parts": NO_PARTS})
LAND = BLANK._replace(
    key=("ali_judicial", "", 1),
    kind="land",
    area_code="3401",
    district="蜀山区",
    wording="合肥市蜀山区工业用地２８亩及厂房",
    seller="平安银行",
    case_number="2020皖0111执1234",
    opens=1_600_000_000.0,
    closes=1_600_090_000.0,
)
HOUSE = LAND._replace(
    kind="house", wording=None, road="望江西路", number="/99", compound="天街花园", floor_area=100_000
)
FLAT = HOUSE._replace(
    kind="home", building="3", unit="1", floor="12", room="1204", appraisal=106_200_000, asset_id="1", phase="1"
)
LOT = HOUSE._replace(kind="business", unit_count=2, members=("101", "102"), building="3")
KINDS_OF_THINGS = {"a flat": FLAT, "a house": HOUSE, "a lot": LOT, "land": LAND, "a parking space": as_parking(FLAT)}


def numbered(everything: Sequence[Traits]) -> list[Traits]:
    """With ids of their own, against the order of the names by which the solver sorts."""
    return [
        traits._replace(listing_id=number, key=(traits.key[0], str(len(everything) - number), traits.key[2]))
        for number, traits in enumerate(everything, 1)
    ]


def mixed(one: Traits, other: Traits, names: set[str]) -> Traits:
    """The one, with some traits of the other."""
    return one._replace(**{name: getattr(other, name) for name in names})


def alike(kind: st.SearchStrategy[Traits]) -> st.SearchStrategy[list[Traits]]:
    names = st.sets(st.sampled_from(Traits._fields), max_size=6)
    return st.builds(
        lambda one, others: [one, *(mixed(one, other, names) for other, names in others)],
        kind,
        st.lists(st.tuples(kind, names), min_size=1, max_size=12),
    )


ALIKE = st.one_of(alike(MADE), alike(MADE), alike(PARKING))
"""Listings that differ from one of them in a few traits: of those that differ in all, nearly every pair is vetoed."""


def listings(groups: int) -> st.SearchStrategy[list[Traits]]:
    return st.lists(ALIKE, min_size=1, max_size=groups).map(lambda found: numbered(list(chained.from_iterable(found))))


def told(linked: Linked) -> tuple[dict[int, int], list[Any]]:
    return linked.property_of, sorted(linked.decisions)


def real_offers() -> list[Offer]:
    """All offers of the recorded chains, their addresses read."""
    offers = [offer for _, chain in every_chain() for offer in chain]
    return [make_offer(number, *offer[1:-1]) for number, offer in enumerate(offers, 1)]


def scores_by_sql(everything: Sequence[Traits], api: Any) -> Iterator[tuple[int, int, float]]:
    """The match weight of every pair, though they may share no key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "SAME_ROOM_OF_A_PLACE", "l.listing_id < r.listing_id")
        linker = Engine(api.register(table_of(everything)).physical_name, api).linker()
    columns = linker.inference.predict(warning_mode="never").as_dict()
    return zip(*(columns[name] for name in ("listing_id_l", "listing_id_r", "match_weight")), strict=True)


# The rules --------------------------------------------------------------------------------------------------------


def assert_that_scores_agree(everything: Sequence[Traits], api: Any) -> None:
    survey, seen = _Survey(everything), 0
    for one, other, weight in scores_by_sql(everything, api):
        decision = decide(everything[one - 1], everything[other - 1], survey.beside(one - 1, other - 1))
        assert (weight < rules.VETO / 2) == decision.is_vetoed, decision.reasons
        assert decision.is_vetoed or weight == decision.score, decision.reasons
        seen += 1
    assert seen == len(everything) * (len(everything) - 1) // 2


@MANY_EXAMPLES
@given(listings(4))
def test_every_pair_has_the_points_and_vetoes_of_our_comparators(everything: list[Traits]) -> None:
    assert_that_scores_agree(everything, open_duckdb())


@pytest.mark.parametrize("name", KINDS_OF_THINGS)
def test_pairs_that_differ_in_one_or_two_traits_have_our_points_and_vetoes(name: str) -> None:
    thing = KINDS_OF_THINGS[name]
    changed = [
        thing._replace(**{trait: value})
        for trait, values in POOLS.items()
        for value in dict.fromkeys(values)
        if name != "a parking space" or trait not in {"kind", "wording"}
    ]
    assert_that_scores_agree(numbered(changed), open_duckdb())


def test_every_pair_of_the_recorded_offers_has_the_points_and_vetoes_of_our_comparators() -> None:
    assert_that_scores_agree([traits_of(offer) for offer in real_offers()], open_duckdb())


@given(st.text("天街花金地澜悦东西A1", min_size=1, max_size=6), st.text("天街花金地澜悦东西A1", min_size=1, max_size=6))
def test_names_share_a_key_where_one_character_or_two_swapped_differ(ours: str, theirs: str) -> None:
    shares = not set(alike_keys_of(ours) or ()).isdisjoint(alike_keys_of(theirs) or ())
    near = min(len(ours), len(theirs)) >= 3 and OSA.distance(ours, theirs) == 1
    if ours != theirs:
        assert shares == (near and not _differ_by_a_mark(ours, theirs))


@pytest.mark.parametrize(
    ("one", "other", "agrees"),
    [
        ("海城花苑", "海诚花苑", True),
        ("金地澜悦", "金地悦澜", True),
        ("山水东城", "山水西城", False),
        ("天街", "天衔", False),
    ],
)
def test_names_that_are_near_are_near_by_keys(one: str, other: str, agrees: bool) -> None:
    ours, theirs = (BLANK._replace(compound=name) for name in (one, other))
    assert compound_agrees(ours, theirs) == int(agrees)
    assert (not set(alike_keys_of(one) or ()).isdisjoint(alike_keys_of(other) or ())) == agrees


def test_a_rule_that_was_changed_on_one_road_only_stops_the_linking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.COMPARISONS, "seller", (rules.Level(2, rules.same("seller")),))
    with pytest.raises(RulesDiffer, match=r"listings \d+ and \d+: \d+ points by SQL, \d+ points by tracking.evidence"):
        link_at_scale(real_offers(), open_duckdb())


def test_a_veto_that_was_forgotten_stops_the_linking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.COMPARISONS, "share", (rules.Level(0, rules.same("share")),))
    flat = BLANK._replace(area_code="3401", compound="天街花园", building="3", unit="1", room="1204")
    with pytest.raises(RulesDiffer, match=r"listings 1 and 2: 12 points by SQL, a veto by tracking\.evidence"):
        link_traits_at_scale(numbered([flat, flat._replace(share="1/2")]), open_duckdb())


# The homes --------------------------------------------------------------------------------------------------------


def test_the_recorded_offers_become_the_same_homes_with_the_same_reasons() -> None:
    offers = real_offers()
    linked = link_at_scale(offers, open_duckdb())
    assert told(linked) == told(link_offers(offers))
    homes = {offer.source_id: linked.property_of[offer.listing_id] for offer in offers}
    assert homes["562196709686"] == homes["565464142501"] == homes["572189316132"]  # 双南路62号, 一拍, 二拍, 变卖
    assert homes["572805787057"] != homes["572810363009"]  # 7幢1-3 and 7幢1-4
    assert any(decision.judgement is Judgement.SAME for decision in linked.decisions)


@MANY_EXAMPLES
@given(listings(4), st.lists(st.tuples(st.integers(1, 42), st.integers(1, 42), st.booleans()), max_size=4))
def test_homes_and_decisions_are_those_of_one_machine(
    everything: list[Traits], said: list[tuple[int, int, bool]]
) -> None:
    words = [PersonsWord(*word) for word in said if word[0] != word[1]]
    assert told(link_traits_at_scale(everything, open_duckdb(), words)) == told(link_traits(everything, words))


def test_an_engine_may_link_again_and_remembers_nothing_of_the_time_before() -> None:
    api, offers = open_duckdb(), real_offers()
    for some in (offers[::2], offers, offers[1::3]):
        assert told(link_at_scale(some, api)) == told(link_offers(some))
    assert api.duckdb_con.execute("SELECT table_name FROM duckdb_tables()").fetchall() == []


def test_the_result_is_the_same_in_however_many_parts_it_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "MEMBERS_PER_PART", 7)
    offers = real_offers()
    assert told(link_at_scale(offers, open_duckdb())) == told(link_offers(offers))


@pytest.mark.parametrize("count", [LARGEST_BLOCK, LARGEST_BLOCK + 1])
def test_a_key_that_too_many_share_compares_nobody(count: int) -> None:
    flat = BLANK._replace(compound="天街花园", building="3", unit="1", room="1204", area_code="3401")
    everything = numbered([flat] * count)
    linked = link_traits_at_scale(everything, open_duckdb())
    assert told(linked) == told(link_traits(everything))
    assert len(set(linked.property_of.values())) == (1 if count <= LARGEST_BLOCK else count)


def test_no_offers_are_no_homes() -> None:
    assert link_at_scale([], open_duckdb()) == Linked()


def test_tables_written_by_several_machines_are_linked_as_one(tmp_path: Path) -> None:
    offers = real_offers()
    counts = [write_traits(offers[share::3], tmp_path / f"share-{share}.parquet") for share in range(3)]
    assert sum(counts) == len(offers)
    api = open_duckdb()
    api.duckdb_con.execute(f"CREATE VIEW traits AS FROM '{tmp_path}/share-*.parquet'")
    assert told(link_table("traits", api)) == told(link_offers(offers))


@MANY_EXAMPLES
@given(listings(2))
def test_traits_come_back_from_a_table_as_they_were(everything: list[Traits]) -> None:
    assert list(traits_in(table_of(everything).to_pydict())) == everything


def test_a_database_is_linked_with_what_persons_decided(engine: Database) -> None:
    titles = {
        "first": "天街花园3幢1单元1205室",
        "sell-off": "（变卖）天街花园3栋1单元1205房产",
        "neighbour": "天街花园3幢1单元1206室",
        "same, says a person": "合肥的一套房",
    }
    begin(engine)
    said = {name: statement(title=title, city="合肥市", region_code="340104") for name, title in titles.items()}
    record_all(engine, [look(0, said)])
    with writing(engine) as connection:
        for other, judgement in (("same, says a person", Judgement.SAME), ("sell-off", Judgement.DIFFERENT)):
            add_word(connection, ("s:first", f"s:{other}"), judgement, "a person", "seen", START)
        linked = link_at_scale(connection, open_duckdb())
        ids = {offer.source_id: offer.listing_id for offer in load_offers(connection)}
    homes = {name: linked.property_of[listing_id] for name, listing_id in ids.items()}
    assert homes["first"] == homes["same, says a person"]
    assert len(set(homes.values())) == 3


# What is missing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["splink", "duckdb"])
def test_without_the_extra_one_sentence_tells_what_to_install(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ExtraMissing, match=r"pip install 'fapai\[link\]'"):
        open_duckdb()


def test_without_arrow_no_table_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(ExtraMissing, match=r"pip install 'fapai\[link\]'"):
        write_traits([], tmp_path / "traits.parquet")


def test_an_engine_whose_words_were_never_tried_is_refused() -> None:
    with pytest.raises(EngineUnknown, match="on duckdb and spark, not on postgres"):
        rules.settings("postgres")


# Spark ------------------------------------------------------------------------------------------------------------


def java_version() -> int:
    """The first number of Java's version, 0 without Java."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    if java is None:
        return 0
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr
    found = re.search(r'version "(\d+)', told)
    return int(found[1]) if found else 0


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Spark's local mode: the planner and the workers of a cluster in one process."""
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed: pip install 'pyspark>=4,<5'")
    if java_version() < 17:
        pytest.skip("Java 17 is not installed: apt-get install openjdk-17-jre-headless")
    told = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "2",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
        "spark.log.level": "ERROR",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",  # compiling takes longer than so few rows
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        session = sql.SparkSession.builder.master("local[2]").config(map=told).getOrCreate()
        try:
            yield session
        finally:
            session.stop()


def spark_api(session: Any) -> Any:
    from splink.backends.spark import SparkAPI

    return SparkAPI(spark_session=session, break_lineage_method="persist", register_udfs_automatically=False)


@pytest.mark.spark
@pytest.mark.timeout(900)  # hundreds of small jobs, and a Java that starts
def test_spark_makes_the_same_homes_of_tables_written_by_several_machines(spark: Any, tmp_path: Path) -> None:
    offers = real_offers()
    (tmp_path / "traits").mkdir()
    for share in range(2):
        write_traits(offers[share::2], tmp_path / "traits" / f"share-{share}.parquet")
    spark.read.parquet(str(tmp_path / "traits")).createOrReplaceTempView("traits")
    assert told(link_table("traits", spark_api(spark))) == told(link_offers(offers))


@pytest.mark.spark
@pytest.mark.timeout(900)
@settings(max_examples=3, derandomize=True, suppress_health_check=list(HealthCheck))
@given(everything=listings(6))
def test_spark_gives_every_pair_the_same_points_and_vetoes(spark: Any, everything: list[Traits]) -> None:
    assert_that_scores_agree(everything, spark_api(spark))
