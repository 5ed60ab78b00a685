"""Homes, rounds and decisions in a snapshot: natural names, and the same bytes however the pages came."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import frictionless
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from store_help import START, Look, begin, look, make_page, record_all

from reporting.export import export_snapshot
from reporting.filters import parse_as_of
from reporting.snapshot_tracking import TRACKING_FILES
from store.engine import open_engine, writing
from store.statement import Statement
from store.terms import Currency, Judgement, PropertyKind, RoundKind, RoundStatus, SellerKind
from tracking.link import LINKER_VERSION
from tracking.linking import link_database
from tracking.words import add_word

NOW = datetime(2030, 1, 1, tzinfo=UTC)
HOME = "合肥市蜀山区望江西路99号天街花园3幢1单元1205室"
OTHER = "合肥市蜀山区翠湖花园2幢302室"
OTHER_UNIT = "合肥市蜀山区翠湖花园2幢2单元302室"

Row = dict[str, str]


def flat(title: str, yuan: int, day: int | None, **values: object) -> Statement:
    """A flat of a court in Hefei; ``day`` is that of its auction, counted from the first look."""
    start = None if day is None else START + timedelta(days=day)
    return Statement(
        **{
            "title": title,
            "property_kind": PropertyKind.FLAT,
            "region_code": "340104",
            "city": "合肥市",
            "currency": Currency.CNY,
            "starting_price": yuan * 100,
            "appraisal_price": 1_500_000_00,
            "starts_at": start,
            "ends_at": start and start + timedelta(days=1),
            "seller_name": "合肥市蜀山区人民法院",
            "seller_kind": SellerKind.COURT,
            "case_number": "(2025)皖0104执1234号",
            "raw": "{}",
            **values,
        }
    )


FIRST = flat(HOME, 1_062_000, 30, round_kind=RoundKind.FIRST_AUCTION, status=RoundStatus.UPCOMING)
FAILED = FIRST._replace(status=RoundStatus.FAILED)
SECOND = flat(HOME, 849_600, 55, round_kind=RoundKind.SECOND_AUCTION, status=RoundStatus.UPCOMING)
UNDATED = flat(HOME, 849_600, None, round_kind=RoundKind.SECOND_AUCTION)
DOUBTFUL = flat(OTHER, 1_300_000, 5, appraisal_price=None, case_number=None)
OF_ANOTHER_COURT = {"appraisal_price": None, "case_number": None, "seller_name": "合肥市中级人民法院"}
DOUBTFUL_UNIT = flat(OTHER_UNIT, 1_300_000, 90, **OF_ANOTHER_COURT)
NEIGHBOUR = flat("合肥市蜀山区长江西路8号翠湖花园2幢1单元301室", 600_000, 20, case_number=None)  # a second unit
DAY = 24
LOOKS: tuple[Look, ...] = (
    look(0, {"9": FIRST, "5": DOUBTFUL, "3": NEIGHBOUR}),
    look(31 * DAY, {"9": FAILED}),
    look(32 * DAY, {"1": SECOND, "4": DOUBTFUL_UNIT}),
    look(33 * DAY, {"1": SECOND._replace(bid_count=3), "30": UNDATED}),
    look(35 * DAY, {"30": UNDATED, "9": FAILED}),
    look(60 * DAY, {"1": SECOND._replace(status=RoundStatus.SOLD, hammer_price=900_000_00)}),
    look(70 * DAY, {"5": DOUBTFUL._replace(title=f"{OTHER} 补充", bid_count=1), "30": UNDATED}),
)


def fill(engine: Engine, looks: list[Look], link_after: tuple[int, ...] = (), at_the_end: bool = True) -> Engine:
    """Record pages one by one; link after some of them, and at the end."""
    begin(engine)
    for number, each in enumerate(looks):
        record_all(engine, [each])
        if number in link_after:
            link(engine)
    if at_the_end:
        link(engine)
    return engine


def link(engine: Engine) -> None:
    with writing(engine) as connection:
        link_database(connection, NOW)


def table(folder: Path, name: str) -> list[Row]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def all_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def tracking_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in TRACKING_FILES}


def test_homes_rounds_and_decisions_bear_natural_names(engine: Engine, tmp_path: Path) -> None:
    export_snapshot(fill(engine, list(LOOKS)), tmp_path / "out")

    homes = {row["property_key"]: row for row in table(tmp_path / "out", "property.csv")}
    assert {key: row["listing_count"] for key, row in homes.items()} == {
        "s:3:1": "1",
        "s:4:1": "1",
        "s:5:1": "1",
        "s:9:1": "3",
    }
    assert (homes["s:9:1"]["building"], homes["s:9:1"]["room"], homes["s:9:1"]["city"]) == ("3", "1205", "合肥市")
    rounds = {row["source_id"]: row for row in table(tmp_path / "out", "auction_round.csv")}
    assert list(rounds) == ["1", "3", "30", "4", "5", "9"]
    assert {rounds[each]["property_key"] for each in ("1", "30", "9")} == {"s:9:1"}
    assert (rounds["1"]["position"], rounds["1"]["link"], rounds["1"]["previous_key"]) == ("3", "next_round", "s:30:1")
    assert rounds["9"]["link"] == rounds["9"]["previous_key"] == ""
    decisions = {(row["one_key"], row["other_key"]): row for row in table(tmp_path / "out", "link_decision.csv")}
    assert decisions["s:4:1", "s:5:1"]["judgement"] == "unsure"
    assert "the building has" in decisions["s:4:1", "s:5:1"]["reasons"]
    assert {row["linker_version"] for row in decisions.values()} == {str(LINKER_VERSION)}
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert manifest["linker_version"] == LINKER_VERSION
    assert frictionless.validate(str(tmp_path / "out" / "datapackage.json")).valid


@settings(max_examples=10, suppress_health_check=list(HealthCheck), deadline=None, phases=[Phase.generate])
@given(
    order=st.permutations(range(len(LOOKS))),
    link_after=st.sets(st.integers(0, len(LOOKS))),
    hours=st.sampled_from([1, 31 * DAY + 1, 32 * DAY + 1, 34 * DAY, 36 * DAY, 61 * DAY, None]),
)
def test_any_order_of_arrival_and_of_linking_gives_what_the_database_was_then(
    new_sqlite_url: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
    order: list[int],
    link_after: set[int],
    hours: int | None,
) -> None:
    before = None if hours is None else START + timedelta(hours=hours)
    as_of = None if before is None else parse_as_of((before - timedelta(microseconds=1)).isoformat())
    folder = tmp_path_factory.mktemp("either")
    known = [each for each in LOOKS if before is None or each[0].observed_at < before]
    then = fill(open_engine(new_sqlite_url()), known)
    now = fill(open_engine(new_sqlite_url()), [LOOKS[each] for each in order], tuple(link_after))

    export_snapshot(then, folder / "then")
    export_snapshot(now, folder / "now", as_of)

    assert tracking_of(folder / "now") == tracking_of(folder / "then")
    for engine in (then, now):
        engine.dispose()


def test_an_undated_attempt_seen_again_is_chained_by_its_last_look_though_nothing_was_linked_anew(
    engine: Engine, tmp_path: Path
) -> None:
    page = make_page(START + timedelta(hours=40), "t.list", "elsewhere", source="t")
    looks = [look(0, {"1": UNDATED}), (page, {"2": UNDATED}), look(60, {"1": UNDATED})]
    fill(engine, looks, link_after=(1,), at_the_end=False)

    export_snapshot(engine, tmp_path / "both still there")
    export_snapshot(engine, tmp_path / "the first one gone", parse_as_of((START + timedelta(hours=50)).isoformat()))

    steps = [table(tmp_path / name, "auction_round.csv")[1] for name in ("both still there", "the first one gone")]
    assert [step["source_id"] for step in steps] == ["2", "2"]
    assert [step["link"] for step in steps] == ["same_offer_elsewhere", "next_round"]


def test_both_databases_give_the_same_bytes(engine: Engine, new_sqlite_url: Callable[[], str], tmp_path: Path) -> None:
    plain = fill(open_engine(new_sqlite_url()), list(LOOKS))
    fill(engine, list(LOOKS)[::-1], (2, 4))
    for as_of in (None, parse_as_of("2021-08-21")):
        export_snapshot(plain, tmp_path / f"plain-{bool(as_of)}", as_of)
        export_snapshot(engine, tmp_path / f"other-{bool(as_of)}", as_of)
        assert all_of(tmp_path / f"plain-{bool(as_of)}") == all_of(tmp_path / f"other-{bool(as_of)}")
    plain.dispose()


def test_listings_that_wait_for_linking_are_linked_in_the_snapshot_and_nowhere_else(
    engine: Engine, tmp_path: Path
) -> None:
    fill(engine, list(LOOKS), link_after=(0,), at_the_end=False)
    export_snapshot(engine, tmp_path / "waiting")
    link(engine)
    export_snapshot(engine, tmp_path / "linked")

    assert tracking_of(tmp_path / "waiting") == tracking_of(tmp_path / "linked")


def test_what_a_person_decided_stands_without_name_and_words_from_that_day_on(engine: Engine, tmp_path: Path) -> None:
    fill(engine, list(LOOKS))
    said_at = START + timedelta(days=40)
    with writing(engine) as connection:
        add_word(connection, ("s:4", "s:5"), Judgement.SAME, "张三", "张三 says so", said_at)
    link(engine)

    export_snapshot(engine, tmp_path / "after")
    export_snapshot(engine, tmp_path / "before", parse_as_of((said_at - timedelta(hours=1)).isoformat()))

    (word,) = [row for row in table(tmp_path / "after", "link_decision.csv") if row["author"] == "person"]
    assert (word["judgement"], word["reasons"], word["decided_at"]) == ("same", "", "2021-08-28T00:00:00Z")
    assert "s:4:1" not in {row["property_key"] for row in table(tmp_path / "after", "property.csv")}
    assert "s:4:1" in {row["property_key"] for row in table(tmp_path / "before", "property.csv")}
    assert {row["author"] for row in table(tmp_path / "before", "link_decision.csv")} == {"linker"}
    assert "张三".encode() not in b"".join(path.read_bytes() for path in (tmp_path / "after").iterdir())


def test_the_totals_of_homes_and_rounds_agree_with_the_listings(engine: Engine, tmp_path: Path) -> None:
    export_snapshot(fill(engine, list(LOOKS)), tmp_path / "out")
    homes, rounds = table(tmp_path / "out", "property.csv"), table(tmp_path / "out", "auction_round.csv")
    assert sum(int(row["listing_count"]) for row in homes) == len(rounds) == len(table(tmp_path / "out", "listing.csv"))
    assert {row["property_key"] for row in rounds} == {row["property_key"] for row in homes}


def test_the_manifest_says_which_pages_of_the_time_before_came_since(engine: Engine, tmp_path: Path) -> None:
    as_of = parse_as_of("2021-08-21")
    fill(engine, list(LOOKS[:4]), at_the_end=False)
    export_snapshot(engine, tmp_path / "at that time", as_of)
    record_all(engine, list(LOOKS[4:]))
    export_snapshot(engine, tmp_path / "later", as_of)
    seen_at, arrived_at = START + timedelta(days=20), START + timedelta(days=80)
    late = replace(make_page(seen_at, body="late"), recorded_at=arrived_at)
    record_all(engine, [(late, {"77": FIRST._replace(title=OTHER)})])
    export_snapshot(engine, tmp_path / "with a late page", as_of)

    first, second, third = (all_of(tmp_path / name) for name in ("at that time", "later", "with a late page"))
    assert first == second
    changed = {name for name in first if first[name] != third[name]}
    assert {"listing.csv", "late_page.csv", "manifest.json"} <= changed
    manifest = json.loads(third["manifest.json"])
    assert manifest["late_pages"] == [
        {"source": "s", "pages": 1, "recorded_from": arrived_at.isoformat(), "recorded_to": arrived_at.isoformat()}
    ]
    (row,) = table(tmp_path / "with a late page", "late_page.csv")
    assert (row["observed_at"], row["recorded_at"]) == ("2021-08-08T00:00:00Z", "2021-10-07T00:00:00Z")
    assert row["body_sha256"] == late.body_sha256
