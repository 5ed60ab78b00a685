"""Linking at scale: Splink's rules are ours, and the homes that come of them are those of linking on one machine."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine as Database
from store_help import START, begin, look, record_all, statement

from store.engine import reading, writing
from store.terms import Judgement
from tests.tracking.scale_cases import (
    BLANK,
    KINDS_OF_THINGS,
    POOLS,
    assert_that_scores_agree,
    listings,
    numbered,
    real_offers,
    told,
)
from tracking.agreement import compound_agrees
from tracking.at_scale import engine as engines
from tracking.at_scale import rules
from tracking.at_scale.columns import alike_keys_of, table_of, traits_in, write_traits
from tracking.at_scale.linking import link_at_scale, link_table, link_traits_at_scale, open_duckdb
from tracking.errors import EngineUnknown, ExtraMissing, OtherVersion, RulesDiffer
from tracking.link import LARGEST_BLOCK, Linked, link_offers, link_traits
from tracking.names import likeness
from tracking.offers import load_offers
from tracking.persons_words import PersonsWord
from tracking.traits import Traits, traits_of
from tracking.words import add_word

pytestmark = pytest.mark.long

pytest.importorskip("splink", reason="the extra link is not installed")
MANY_EXAMPLES = settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])


# The rules --------------------------------------------------------------------------------------------------------


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


@settings(max_examples=1_000)
@given(st.text("天街花东1", min_size=1, max_size=5), st.text("天街花东1", min_size=1, max_size=5))
def test_names_of_one_length_share_a_key_where_they_are_nearly_alike(ours: str, theirs: str) -> None:
    shares = not set(alike_keys_of(ours) or ()).isdisjoint(alike_keys_of(theirs) or ())
    if ours != theirs:
        assert shares == (len(ours) == len(theirs) and likeness(ours, theirs) == 1)


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


def test_two_names_of_a_place_that_a_neighbour_tells_together_make_one_home() -> None:
    flat = BLANK._replace(area_code="3401", district="蜀山区", building="3", unit="1", room="1204", seller="平安银行")
    by_compound = flat._replace(compound="天街花园")
    by_road = flat._replace(road="望江西路", number="/99")
    neighbour = flat._replace(compound="天街花园", road="望江西路", number="/99", room="1205")
    for everything, homes in (([by_compound, by_road, neighbour], [1, 1, 3]), ([by_compound, by_road], [1, 2])):
        linked = link_traits_at_scale(numbered(everything), open_duckdb())
        assert list(linked.property_of.values()) == homes
        assert told(linked) == told(link_traits(numbered(everything)))


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


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("EXCLUDE (alike)", "lacks alike: write it anew"),
        ("REPLACE (0 AS linker_version)", "is of version 0, this linker"),
    ],
)
def test_a_table_of_another_version_is_refused(change: str, told: str, tmp_path: Path) -> None:
    api = open_duckdb()
    write_traits(real_offers()[:3], tmp_path / "traits.parquet")
    api.duckdb_con.execute(f"CREATE VIEW old AS SELECT * {change} FROM '{tmp_path}/traits.parquet'")
    with pytest.raises(OtherVersion, match=f"the table old {told}"):
        link_table("old", api)


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


# The page ---------------------------------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "link-at-scale.md"
CODE = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def run(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(code, PAGE.name, "exec"), names)
    return names


def test_the_page_s_code_links_a_database_on_this_machine_and_writes_it_for_a_cluster(
    engine: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begin(engine)
    titles = ("天街花园3幢1单元1205室", "（变卖）天街花园3栋1单元1205房产", "天街花园3幢1单元1206室")
    said = {title: statement(title=title, city="合肥市", region_code="340104") for title in titles}
    record_all(engine, [look(0, said)])
    with reading(engine) as connection:
        offers = list(load_offers(connection))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("store.engine.open_engine", lambda url: engine)
    assert told(run(CODE[0])["linked"]) == told(link_offers(offers))
    assert capsys.readouterr().out == "3 listings, 2 homes\n"
    run(CODE[1])
    api = open_duckdb()
    api.duckdb_con.execute("CREATE VIEW traits AS FROM 'traits-*.parquet'")
    assert told(link_table("traits", api)) == told(link_offers(offers))


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


@pytest.mark.spark
@pytest.mark.timeout(900)  # hundreds of small jobs, and a Java that starts
def test_the_page_s_job_for_spark_makes_the_same_homes(spark: Any, tmp_path: Path) -> None:
    offers = real_offers()
    for share in range(2):
        write_traits(offers[share::2], tmp_path / f"traits-{share}.parquet")
    job = CODE[2].replace('"traits-', f'"{tmp_path}/traits-')  # Java's working folder is its own
    assert told(run(job)["linked"]) == told(link_offers(offers))


@pytest.mark.spark
@pytest.mark.timeout(900)
@settings(max_examples=2, derandomize=True, suppress_health_check=list(HealthCheck))
@given(everything=listings(6))
def test_spark_gives_every_pair_the_same_points_and_vetoes(spark: Any, everything: list[Traits]) -> None:
    from splink.backends.spark import SparkAPI

    api = SparkAPI(spark_session=spark, break_lineage_method="persist", register_udfs_automatically=False)
    assert_that_scores_agree(everything, api)
