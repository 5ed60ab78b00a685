"""Snapshots: the same observations give the same bytes, and nothing is ever half there."""

import csv
import hashlib
import io
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from store_help import START, Look, begin, look, make_page, record, record_all, statement

from reporting.errors import CannotWriteSnapshot, WouldOverwrite
from reporting.export import ALL_FILES, DOCUMENTS, export_snapshot
from reporting.filters import parse_as_of
from reporting.snapshot import FILES, Profile, guard_text, quote_text
from reporting.snapshot_extras import EXTRA_FILES
from reporting.snapshot_tracking import TRACKING_FILES
from store.engine import open_engine, writing
from store.terms import Currency, PropertyKind
from store.told import Refused
from store.write import Recorder

Row = dict[str, str]


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def table(folder: Path, name: str, encoding: str = "utf-8") -> list[Row]:
    return list(csv.DictReader(io.StringIO((folder / name).read_bytes().decode(encoding), newline="")))


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Writing fails in the middle of a file, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def plain_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """A SQLite database, whatever the other one of a test is."""
    engine = open_engine(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'plain.sqlite')}")
    yield engine
    engine.dispose()


@pytest.fixture
def mixed_looks() -> list[Look]:
    """Looks that tell apart what could be mixed up: two readers, a re-used id, another currency, ids in byte order."""
    flat = statement(title="Casa, RUA A, N. 10", property_kind=PropertyKind.HOUSE, city="X", asking_price=100_00)
    shop = statement(title="Loja, AVENIDA BRASIL", property_kind=PropertyKind.SHOP, city="Y", asking_price=7_00)
    won = statement(title="아파트", currency=Currency.KRW, asking_price=356_000_000, floor_area=8_497)
    return [
        look(0, {"b": flat, "A": flat, "é": won}),
        look(5, {"b": flat._replace(bid_count=3)}, "s.detail"),
        look(5, {"b": flat._replace(asking_price=90_00)}, "S.card"),
        look(30, {"b": flat}),
        look(40, {"b": shop, "A": flat}),
        look(50, {"b": shop._replace(asking_price=6_00)}),
        look(60, {"A": flat, "é": won, "b": shop._replace(asking_price=6_00)}),
    ]


def test_any_database_and_any_order_of_arrival_give_the_same_bytes(
    plain_engine: Engine, recorded: Callable[..., Engine], caixa_looks: list[Look], tmp_path: Path
):
    recorded(caixa_looks, engine=plain_engine)
    engine = recorded(caixa_looks[1::2][::-1] + caixa_looks[::2], pages_per_commit=5)

    for profile in Profile:
        for as_of in (None, parse_as_of("2021-08-12")):
            one, other = tmp_path / f"one-{profile}-{bool(as_of)}", tmp_path / f"other-{profile}-{bool(as_of)}"
            export_snapshot(plain_engine, one, as_of, profile)
            export_snapshot(engine, other, as_of, profile)
            assert files_of(one) == files_of(other)


def test_two_readers_and_re_used_ids_give_the_same_bytes_too(
    plain_engine: Engine, engine: Engine, mixed_looks: list[Look], tmp_path: Path
):
    begin(plain_engine)
    begin(engine)
    record_all(plain_engine, mixed_looks)
    record_all(engine, mixed_looks[::-1], pages_per_commit=3)

    export_snapshot(plain_engine, tmp_path / "one")
    export_snapshot(engine, tmp_path / "other")

    assert files_of(tmp_path / "one") == files_of(tmp_path / "other")
    listings = table(tmp_path / "one", "listing.csv")
    keys = [(row["source"].encode(), row["source_id"].encode(), int(row["generation"])) for row in listings]
    assert keys == sorted(set(keys))
    assert [row["source_id"] for row in listings] == ["A", "b", "b", "é"]


@pytest.mark.parametrize("hours", [1, 5, 6, 31, 41, 55, 61])
def test_as_of_an_instant_gives_what_the_database_was_then(
    engine: Engine, new_engine: Callable[[], Engine], mixed_looks: list[Look], tmp_path: Path, hours: int
):
    """Also of listings that were seen again later, or whose id was given to another thing later."""
    before = START + timedelta(hours=hours)
    then = new_engine()
    for database, looks in (
        (engine, mixed_looks),
        (then, [each for each in mixed_looks if each[0].observed_at < before]),
    ):
        begin(database)
        record_all(database, looks)

    export_snapshot(engine, tmp_path / "past", parse_as_of((before - timedelta(microseconds=1)).isoformat()))
    export_snapshot(then, tmp_path / "present")

    past, present = files_of(tmp_path / "past"), files_of(tmp_path / "present")
    assert {name: past[name] for name in ALL_FILES} == {name: present[name] for name in ALL_FILES}


def test_the_files_hold_the_real_rows(caixa: Engine, caixa_rows: list[Row], tmp_path: Path):
    report = export_snapshot(caixa, tmp_path / "out")

    listings = {row["source_id"]: row for row in table(tmp_path / "out", "listing.csv")}
    assert set(listings) == {row["id"] for row in caixa_rows}
    for source_id, listing in listings.items():
        seen = [row for row in caixa_rows if row["id"] == source_id]
        assert listing["first_seen_at"] == f"{seen[0]['day']}T00:20:00Z"
        assert listing["last_seen_at"] == f"{seen[-1]['day']}T00:20:00Z"
        assert float(listing["asking_price"]) == float(seen[-1]["price"])
        assert listing["title"] == f"{seen[-1]['kind']}, {seen[-1]['address']}"
        assert (listing["currency"], listing["city"], listing["status"]) == ("BRL", seen[-1]["city"], "")
    observations = table(tmp_path / "out", "observation.csv")
    first = next(row for row in observations if row["source_id"] == "1555533682007")
    assert (first["asking_price"], first["appraisal_price"]) == ("233615.48", "392000.00")
    assert "asking_price appraisal_price raw" in first["stated"]
    pages = table(tmp_path / "out", "page.csv")
    assert {row["page_sha256"] for row in observations} <= {row["body_sha256"] for row in pages}
    assert [row["outcome"] for row in pages if row["observed_at"].startswith("2021-08-08")] == ["empty"] * 3
    assert table(tmp_path / "out", "source.csv") == [{"source": "br_caixa", "title": "CAIXA"}], "only what was seen"
    assert {file.name: file.rows for file in report.files} == {
        "source.csv": 1,
        "listing.csv": len(listings),
        "observation.csv": len(observations),
        "page.csv": len(pages),
        "quarantined_row.csv": 0,
        "coverage.csv": len({row["observed_at"][:10] for row in pages}),
        "absence.csv": 0,
        "late_page.csv": 0,
        **dict.fromkeys((*EXTRA_FILES, *TRACKING_FILES), 0),
    }


def test_values_keep_the_decimals_of_their_currency_and_areas_are_square_metres(
    engine: Engine, mixed_looks: list[Look], tmp_path: Path
):
    begin(engine)
    record_all(engine, mixed_looks)
    export_snapshot(engine, tmp_path / "out")

    (won,) = [row for row in table(tmp_path / "out", "listing.csv") if row["currency"] == "KRW"]

    assert (won["asking_price"], won["floor_area_sqm"], won["title"]) == ("356000000", "84.97", "아파트")


def test_the_manifest_describes_every_file_and_holds_no_time(caixa: Engine, tmp_path: Path):
    export_snapshot(caixa, tmp_path / "out", parse_as_of("2021-08-12"), Profile.EXCEL)
    files = files_of(tmp_path / "out")

    manifest = json.loads(files["manifest.json"])

    assert set(files) == {*ALL_FILES, *DOCUMENTS, "manifest.json"}
    assert [file["name"] for file in manifest["files"]] == list(ALL_FILES)
    for file in manifest["files"]:
        rows = list(csv.reader(io.StringIO(files[file["name"]].decode("utf-8-sig"), newline="")))
        assert file["sha256"] == hashlib.sha256(files[file["name"]]).hexdigest()
        assert (file["columns"], file["rows"]) == (rows[0], len(rows) - 1)
    for document in manifest["documents"]:
        assert document["sha256"] == hashlib.sha256(files[document["name"]]).hexdigest()
    assert {document["name"] for document in manifest["documents"]} == set(DOCUMENTS)
    assert {name for name in manifest if name.endswith(("_at", "_on"))} == set()
    assert (manifest["profile"], manifest["as_of"], manifest["linker_version"]) == ("excel", "2021-08-12", None)
    assert (manifest["persons"], manifest["location"], manifest["late_pages"]) == ("masked", "full", [])
    assert b"tables of runs are left out" in files["README.txt"]
    assert b"Nothing was linked in this database" in files["README.txt"]


HOSTILE = [
    '=HYPERLINK("http://x")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t1",
    "\r1",
    "\n1",
    "\t=1",
    "  =1",
    "\u3000＝1",
    "＋1",
    "－1",
    "＠1",
    "'=1",
    'a, "b"\r\nc',
    "a\rb",
    "北京市朝阳区",
    "a=1",
]


def test_words_come_back_as_they_were_in_both_profiles(engine: Engine, tmp_path: Path):
    begin(engine)
    said = [statement(title=words, address=words, asking_price=100_00) for words in HOSTILE]
    record_all(engine, [look(0, {f"87877180521{number}": each for number, each in enumerate(said, start=10)})])
    for profile in Profile:
        export_snapshot(engine, tmp_path / profile, profile=profile)

    plain = table(tmp_path / "research", "listing.csv")
    guarded = table(tmp_path / "excel", "listing.csv", "utf-8-sig")

    assert [row["title"] for row in plain] == [row["address"] for row in plain] == HOSTILE
    assert [row["title"].removeprefix("'") for row in guarded] == HOSTILE
    assert not [
        row["title"] for row in guarded if row["title"].strip(" \u3000").startswith(tuple("=+-@\t\r\n＝＋－＠"))
    ]
    assert (plain[0]["source_id"], guarded[0]["source_id"]) == ("8787718052110", "'8787718052110")
    assert {row["asking_price"] for row in plain + guarded} == {"100.00"}


def test_only_dangerous_words_get_an_apostrophe():
    assert [guard_text(words) == words for words in HOSTILE] == [False] * 14 + [True] * 4


def test_excel_gets_a_byte_order_mark_and_both_profiles_end_lines_as_rfc_4180_says(caixa: Engine, tmp_path: Path):
    for profile in Profile:
        export_snapshot(caixa, tmp_path / profile, profile=profile)

    for name in FILES:
        excel, research = ((tmp_path / profile / name).read_bytes() for profile in Profile)
        assert excel.startswith(b"\xef\xbb\xbfsource,")
        assert research.startswith(b"source,")
        for body in (excel, research):
            assert body.endswith(b"\r\n")
            assert body.count(b"\n") == body.count(b"\r\n")


@pytest.mark.parametrize("words", ["a", "a,b", 'a "b"', "a\nb", "a\rb", "", " a ", "a;b"])
def test_a_cell_is_quoted_as_the_standard_library_does_it(words: str):
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerow([words, "x"])

    assert f"{quote_text(words)},x\r\n" == stream.getvalue()


def test_rows_that_were_not_believed_are_written_with_their_page(engine: Engine, tmp_path: Path):
    begin(engine)
    refused = [
        Refused(7, None, "the id has no number", "ZUK-"),
        Refused(3, "12", "a price below zero", "=cmd|' /C calc'!A0"),
    ]
    with writing(engine) as connection:
        record(Recorder(), connection, make_page(START, body="x"), {}, refused)

    export_snapshot(engine, tmp_path / "out", profile=Profile.EXCEL)

    rows = table(tmp_path / "out", "quarantined_row.csv", "utf-8-sig")
    assert [(row["position"], row["source_id"], row["excerpt"]) for row in rows] == [
        ("3", "'12", "'=cmd|' /C calc'!A0"),
        ("7", "", "ZUK-"),
    ]
    assert rows[0]["page_observed_at"] == "2021-07-19T00:00:00Z"


def test_an_empty_database_gives_files_with_headings_only(engine: Engine, tmp_path: Path):
    report = export_snapshot(engine, tmp_path / "new" / "folder", parse_as_of("2021-08-12"))

    assert [file.rows for file in report.files] == [0] * len(ALL_FILES)
    assert (tmp_path / "new" / "folder" / "listing.csv").read_bytes().startswith(b"source,source_id,generation,")


def test_a_former_snapshot_is_replaced_without_asking(caixa: Engine, tmp_path: Path):
    target = tmp_path / "out"
    export_snapshot(caixa, target, parse_as_of("2021-07-28"))
    (target / ".fapai-export-killed").mkdir()
    earlier = files_of_snapshot(target)

    export_snapshot(caixa, target)

    assert files_of_snapshot(target) != earlier
    export_snapshot(caixa, tmp_path / "other")
    assert files_of_snapshot(target) == files_of_snapshot(tmp_path / "other")


def test_a_folder_with_anything_else_is_left_alone(plain_engine: Engine, tmp_path: Path):
    target = tmp_path / "out"
    export_snapshot(plain_engine, target)
    (target / "thesis.doc").write_text("years of work")
    before = files_of(target)

    with pytest.raises(WouldOverwrite, match=r"not a snapshot \(thesis\.doc\): name another folder, or give --force"):
        export_snapshot(plain_engine, target, profile=Profile.EXCEL)

    assert files_of(target) == before


@pytest.mark.parametrize("manifest", ["{}", "[]", "no json", '{"format": "another/1", "files": []}'])
def test_a_folder_with_a_manifest_of_something_else_is_left_alone(plain_engine: Engine, tmp_path: Path, manifest: str):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.json").write_text(manifest)

    with pytest.raises(WouldOverwrite):
        export_snapshot(plain_engine, tmp_path / "out")


def test_force_writes_beside_other_files_and_keeps_them(plain_engine: Engine, tmp_path: Path):
    target = tmp_path / "out"
    target.mkdir()
    (target / "thesis.doc").write_text("years of work")
    (target / "listing.csv").write_text("mine")

    export_snapshot(plain_engine, target, force=True)

    assert (target / "thesis.doc").read_text() == "years of work"
    assert set(files_of(target)) == {*ALL_FILES, *DOCUMENTS, "manifest.json", "thesis.doc"}
    assert (target / "listing.csv").read_bytes().startswith(b"source,")


def test_a_file_in_the_place_of_the_folder_is_left_alone(plain_engine: Engine, tmp_path: Path):
    (tmp_path / "out").write_text("a file")

    with pytest.raises(WouldOverwrite, match="is a file"):
        export_snapshot(plain_engine, tmp_path / "out", force=True)


def test_a_full_disk_leaves_the_former_snapshot_whole(caixa: Engine, tmp_path: Path):
    target = tmp_path / "out"
    export_snapshot(caixa, target, parse_as_of("2021-07-28"))
    before = files_of(target)

    with no_file_larger_than(10_000), pytest.raises(CannotWriteSnapshot, match=f"cannot be written to {target}: "):
        export_snapshot(caixa, target)

    assert files_of(target) == before


def test_a_full_disk_leaves_nothing_where_nothing_was(caixa: Engine, tmp_path: Path):
    with no_file_larger_than(10_000), pytest.raises(CannotWriteSnapshot):
        export_snapshot(caixa, tmp_path / "out")

    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def files_of_snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_what_a_killed_export_has_left_is_removed_by_the_next_one_and_no_other(caixa: Engine, tmp_path: Path):
    target = tmp_path / "snapshot"
    export_snapshot(caixa, target)
    machine = socket.gethostname()
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    dead = int(done.stdout)
    left = [target / f".fapai-export-{machine}-{dead}-x", tmp_path / f".fapai-export-{machine}-{dead}-y"]
    at_work = [target / f".fapai-export-{machine}-{os.getppid()}-x", target / f".fapai-export-other-{dead}-x"]
    for folder in [*left, *at_work]:
        folder.mkdir()
    export_snapshot(caixa, target)
    assert [folder.exists() for folder in left] == [False, False]
    assert [folder.exists() for folder in at_work] == [True, True]
