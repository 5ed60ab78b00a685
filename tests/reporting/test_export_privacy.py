"""The edition with coarse places, and the tables of runs that are written only where asked for."""

import csv
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from store_help import START, begin, look, make_page, record, record_all, statement

from reporting.export import export_snapshot
from reporting.filters import parse_as_of
from reporting.snapshot import Profile
from reporting.snapshot_coverage import RUN_FILES
from store.engine import writing
from store.looks import digest_of
from store.runs import close_run, open_run
from store.statement import Attachment, Extras, Fact, LotMember, Words
from store.terms import Answer, Currency, FactKind, PageOutcome, PropertyKind, RunVerdict
from store.told import Refused, Unread
from store.write import Recorder
from tracking.linking import link_database

ROOM = "望江西路99号天街花园3幢1单元1205室"
HOME = f"合肥市蜀山区{ROOM}"
HASH = re.compile(r"[0-9a-f]{64}")
TELLING = ("1205", "99号", "3幢")


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def told(engine: Engine) -> Engine:
    """A home of which every table that can tells the room."""
    begin(engine)
    home = statement(
        title=HOME,
        address=HOME,
        city="合肥市",
        district="蜀山区",
        region_code="340104",
        currency=Currency.CNY,
        property_kind=PropertyKind.FLAT,
        floor="1205",
        certificate="皖(2020)合肥市不动产权第1205号",
        raw=json.dumps({"title": HOME}, ensure_ascii=False),
        latitude=31_824_567,
        longitude=117_245_001,
        case_number="(2025)皖0104执1234号",
    )
    extras = Extras(
        (Fact(FactKind.LEASED, Answer.YES, f"{ROOM}有租赁。"),),
        (),
        (LotMember(ROOM, 89_50, None, None, "第1205号"),),
        (Attachment(f"{ROOM}.pdf", "https://s.example/file"),),
    )
    recorder = Recorder()
    with writing(engine) as connection:
        said = Unread(digest_of(home, extras), lambda: Words(home, extras))
        refused = [Refused(3, "12", "a price below zero", ROOM)]
        recorder.record(connection, make_page(START, body="x"), [("s", "1", said)], refused)
        recorder.settle(connection)
    later = home._replace(raw="{}", title=f"【二拍】{HOME}", starting_price=100)
    record_all(engine, [look(24, {"2": later})])
    with writing(engine) as connection:
        link_database(connection, START)
    return engine


@pytest.mark.parametrize("profile", Profile)
def test_the_coarse_edition_tells_neither_building_nor_room(told: Engine, tmp_path: Path, profile: Profile) -> None:
    export_snapshot(told, tmp_path / "full", profile=profile)
    export_snapshot(told, tmp_path / "coarse", profile=profile, is_coarse=True)

    telling = [
        path.name for path in (tmp_path / "full").glob("*.csv") if any(map(path.read_text("utf-8").count, TELLING))
    ]
    assert set(telling) == {
        "attachment.csv",
        "fact.csv",
        "link_decision.csv",
        "listing.csv",
        "lot_member.csv",
        "observation.csv",
        "property.csv",
        "quarantined_row.csv",
    }
    for path in (tmp_path / "coarse").iterdir():
        words = HASH.sub("", path.read_text("utf-8-sig"))  # which may hold any digits
        assert not any(word in words for word in TELLING), path.name
    (listing, _) = table(tmp_path / "coarse", "listing.csv")
    assert (listing["city"], listing["district"]) == ("合肥市", "蜀山区")
    assert (listing["latitude"], listing["longitude"]) == ("31.820000", "117.250000")
    assert (listing["title"], listing["address"], listing["floor"]) == ("", "", "")
    assert listing["case_number"] == "(2025)皖0104执1234号"
    (home,) = table(tmp_path / "coarse", "property.csv")
    assert (home["road"], home["number"], home["room"]) == ("望江西路", "", "")


def test_the_manifest_of_the_coarse_edition_says_what_is_withheld(told: Engine, tmp_path: Path) -> None:
    export_snapshot(told, tmp_path / "coarse", is_coarse=True)
    manifest = json.loads((tmp_path / "coarse" / "manifest.json").read_bytes())
    assert manifest["location"] == "coarse"
    assert manifest["withheld"]["listing.csv"] == ["address", "certificate", "floor", "raw", "title"]
    assert b"coordinates are rounded to 0.01 degrees" in (tmp_path / "coarse" / "README.txt").read_bytes()


def test_coverage_counts_the_looks_of_a_day_by_what_became_of_them(engine: Engine, tmp_path: Path) -> None:
    begin(engine)
    flat = statement(title="a")
    record_all(engine, [look(0, {"1": flat, "2": flat}), look(15, {"1": flat}), look(17, {"3": flat})])
    blocked = make_page(START + timedelta(hours=1), body="no", outcome=PageOutcome.BLOCKED)
    with writing(engine) as connection:
        record(Recorder(), connection, blocked, {})

    export_snapshot(engine, tmp_path / "out")

    first, second = table(tmp_path / "out", "coverage.csv")  # 16:00 in UTC is the next day in Shanghai
    assert (first["seen_on"], first["page_count"], first["read_count"], first["blocked_count"]) == (
        "2021-07-19",
        "3",
        "2",
        "1",
    )
    assert (first["listing_count"], second["seen_on"], second["listing_count"]) == ("3", "2021-07-20", "1")
    pages = table(tmp_path / "out", "page.csv")
    assert sum(int(row["page_count"]) for row in (first, second)) == len(pages)
    assert sum(int(row["listing_count"]) for row in (first, second)) == sum(int(row["listing_count"]) for row in pages)


def test_runs_are_written_where_asked_for(engine: Engine, tmp_path: Path) -> None:
    begin(engine)
    with writing(engine) as connection:
        late = open_run(connection, "t", {"kind": "crawl", "city": "合肥"}, datetime(2026, 1, 1, tzinfo=UTC))
        close_run(
            connection, late, datetime(2026, 1, 2, tzinfo=UTC), RunVerdict.BLOCKED, "=refused", {"listing/seen": 3}
        )

    export_snapshot(engine, tmp_path / "plain")
    export_snapshot(engine, tmp_path / "runs", with_runs=True)
    export_snapshot(engine, tmp_path / "early", parse_as_of("2025-12-31"), with_runs=True)

    assert not any((tmp_path / "plain" / name).exists() for name in RUN_FILES)
    first, second = table(tmp_path / "runs", "crawl_run.csv")
    assert (first["source"], first["started_at"]) == ("s", "2021-07-19T00:00:00Z")
    assert (second["verdict"], second["reason"], second["finished_at"]) == (
        "blocked",
        "=refused",
        "2026-01-02T00:00:00Z",
    )
    assert (json.loads(second["scope"]), json.loads(second["counters"])) == (
        {"kind": "crawl", "city": "合肥"},
        {"listing/seen": 3},
    )
    assert [row["source"] for row in table(tmp_path / "early", "crawl_run.csv")] == ["s"]
