"""XLSX, Parquet and JSON Lines hold the very values of the CSV files, with their types."""

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from openpyxl.utils.escape import unescape
from sqlalchemy import Engine
from store_help import START, begin, look, record_all, statement

from reporting.errors import CannotWriteSnapshot
from reporting.export import export_snapshot
from reporting.export_formats import formats, workbook
from reporting.export_formats.formats import OtherFormat
from reporting.snapshot import Profile
from reporting.snapshot_files import ALL_FILES
from store.engine import open_engine
from store.terms import Currency, RoundStatus

EVERY_FORMAT = tuple(OtherFormat)
MOST = 2**53 - 1
"""The largest amount that is stored: sixteen digits."""

HOSTILE = [
    '=HYPERLINK("http://x")',
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "'=1",
    "''",
    "http://x.example/",
    '{"a": 1}',
    "<script>alert(1)</script>",
    'a, "b"\r\nc',
    "a\rb\nc",
    "\ta\\b",
    "_x0041_",
    "\x01\x0b\x1f",
    "\u202e\u2066abc",
    "𠮷野家" * 3,
    "北京市朝阳区",
    " a ",
    "0012",
    "NULL",
]


@pytest.fixture
def hostile(new_sqlite_url: Any) -> Iterator[Engine]:
    engine = open_engine(new_sqlite_url())
    begin(engine)
    exact = {"ends_at": START + timedelta(microseconds=1), "ended_on": date(2021, 7, 20), "is_loan_offered": True}
    said = {
        f"{number:03}": statement(title=words, asking_price=233_615_48 + number, floor_area=8_497, **exact)
        for number, words in enumerate(HOSTILE)
    }
    said["900"] = statement(title="아파트", currency=Currency.KRW, asking_price=MOST, latitude=-31_194_300)
    said["901"] = statement(title="early", ended_on=date(1899, 12, 31), status=RoundStatus.SOLD, bid_count=0)
    record_all(engine, [look(0, said)])
    yield engine
    engine.dispose()


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def query(sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("profile", Profile)
def test_parquet_holds_every_row_and_word_typed(hostile: Engine, tmp_path: Path, profile: Profile) -> None:
    export_snapshot(hostile, tmp_path / "out", profile=profile, formats=[OtherFormat.PARQUET])
    path = tmp_path / "out" / "listing.parquet"

    rows = query(f"SELECT source_id, title, asking_price, ends_at, ended_on, is_loan_offered FROM '{path}'")

    assert [row[1] for row in rows[: len(HOSTILE)]] == HOSTILE
    assert rows[0][2:] == (Decimal("233615.48"), START + timedelta(microseconds=1), date(2021, 7, 20), True)
    assert rows[-2][:3] == ("900", "아파트", Decimal(MOST))
    types = dict(query(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{path}')"))
    assert (types["asking_price"], types["latitude"]) == ("DECIMAL(20,2)", "DECIMAL(9,6)")
    assert (types["first_seen_at"], types["generation"]) == ("TIMESTAMP WITH TIME ZONE", "BIGINT")
    assert query(f"SELECT latitude FROM '{path}' WHERE source_id = '900'") == [(Decimal("-31.194300"),)]


@pytest.mark.parametrize("profile", Profile)
def test_json_lines_hold_exact_numbers_and_null_for_unknown(hostile: Engine, tmp_path: Path, profile: Profile) -> None:
    export_snapshot(hostile, tmp_path / "out", profile=profile, formats=[OtherFormat.JSONL])
    lines = (tmp_path / "out" / "listing.jsonl").read_bytes().decode().removesuffix("\n").split("\n")
    rows = [json.loads(line, parse_float=Decimal) for line in lines]

    assert [row["title"] for row in rows[: len(HOSTILE)]] == HOSTILE
    assert (rows[0]["asking_price"], rows[0]["is_loan_offered"], rows[0]["city"]) == (Decimal("233615.48"), True, None)
    assert (rows[-2]["asking_price"], rows[-2]["source_id"]) == (MOST, "900")
    assert rows[-1]["bid_count"] == 0
    assert list(rows[0]) == [field.name for field in ALL_FILES["listing.csv"]]


@pytest.mark.parametrize("profile", Profile)
def test_a_workbook_has_typed_cells_and_no_formula_or_link(hostile: Engine, tmp_path: Path, profile: Profile) -> None:
    export_snapshot(hostile, tmp_path / "out", profile=profile, formats=[OtherFormat.XLSX])
    book = openpyxl.load_workbook(tmp_path / "out" / "snapshot.xlsx")
    sheet = book["listing"]
    names = [cell.value for cell in sheet[1]]
    column = {name: number for number, name in enumerate(names, 1)}

    def cells(name: str) -> list[Any]:
        return [sheet.cell(row, column[name]) for row in range(2, sheet.max_row + 1)]

    kept = [unescape(cell.value) for cell in cells("title")[: len(HOSTILE)]]
    assert kept == HOSTILE
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d", "b"}
    assert [cell.hyperlink for cell in cells("title")] == [None] * len(cells("title"))
    names = ["source_id", "asking_price", "ended_on", "first_seen_at", "floor_area_sqm"]
    assert [cells(name)[0].value for name in names] == [
        "000",
        233615.48,
        datetime(2021, 7, 20),  # noqa: DTZ001  # a spreadsheet knows no zone
        START.replace(tzinfo=None),
        84.97,
    ]
    assert cells("asking_price")[-2].value == str(MOST), "a number would lose its last digit"
    assert cells("ended_on")[-1].value == "1899-12-31", "a spreadsheet begins in 1900"
    assert book.sheetnames == [name.removesuffix(".csv") for name in ALL_FILES]


def test_the_same_rows_give_the_same_bytes_in_every_format(hostile: Engine, tmp_path: Path) -> None:
    for name in ("one", "other"):
        export_snapshot(hostile, tmp_path / name, formats=EVERY_FORMAT)
    one, other = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "other"))
    assert one == other
    assert {"snapshot.xlsx", "listing.parquet", "observation.jsonl"} <= set(one)
    manifest = json.loads(one["manifest.json"])
    assert {each["name"] for each in manifest["other_formats"]} <= set(one)


def test_formats_of_a_former_snapshot_go_with_it(hostile: Engine, tmp_path: Path) -> None:
    export_snapshot(hostile, tmp_path / "out", formats=EVERY_FORMAT)
    export_snapshot(hostile, tmp_path / "out", formats=[OtherFormat.JSONL])
    assert {path.suffix for path in (tmp_path / "out").iterdir()} & {".xlsx", ".parquet", ".jsonl"} == {".jsonl"}


def test_a_file_of_somebody_else_stays_though_it_is_called_like_one_of_ours(hostile: Engine, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "snapshot.xlsx").write_text("mine")
    export_snapshot(hostile, tmp_path / "out", force=True)
    assert (tmp_path / "out" / "snapshot.xlsx").read_text() == "mine"


def test_a_text_that_a_cell_cannot_hold_is_cut_visibly_and_counted(new_sqlite_url: Any, tmp_path: Path) -> None:
    engine = open_engine(new_sqlite_url())
    begin(engine)
    long = "法拍𠮷" * 12_500  # 50,000 units of UTF-16
    record_all(engine, [look(0, {"1": statement(title=long), "2": statement(title="a" * 32_767)})])
    export_snapshot(engine, tmp_path / "out", formats=EVERY_FORMAT)
    engine.dispose()

    sheet = openpyxl.load_workbook(tmp_path / "out" / "snapshot.xlsx")["listing"]
    titles = [row[6].value for row in sheet.iter_rows(min_row=2)]
    assert titles[0].endswith("法拍 [cut]") or titles[0].endswith("𠮷 [cut]") or titles[0].endswith("法 [cut]")
    assert titles[0].removesuffix(" [cut]") == long[: len(titles[0]) - 6]
    assert titles[1] == "a" * 32_767
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    cut = {each["name"]: each["cut_cells"] for each in manifest["other_formats"]}
    assert cut["snapshot.xlsx"] == 2, "in listing and in observation"
    assert query(f"SELECT title FROM '{tmp_path / 'out' / 'listing.parquet'}' LIMIT 1") == [(long,)]


def test_more_rows_than_a_sheet_holds_are_refused_by_name(
    hostile: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert workbook.MOST_ROWS == 1_048_576
    monkeypatch.setattr(workbook, "MOST_ROWS", len(HOSTILE) + 2)  # the heading takes one

    with pytest.raises(CannotWriteSnapshot, match=r"^listing\.csv has more rows than a sheet .*: leave xlsx out$"):
        export_snapshot(hostile, tmp_path / "out", formats=[OtherFormat.XLSX])

    assert not (tmp_path / "out").exists()
    assert list(tmp_path.glob(".fapai-export-*")) == []


def test_without_duckdb_parquet_is_refused_before_anything_is_written(
    hostile: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    with pytest.raises(CannotWriteSnapshot, match=r"needs the extra: pip install 'fapai\[analytics\]'"):
        export_snapshot(hostile, tmp_path / "out", formats=[OtherFormat.PARQUET])
    assert not (tmp_path / "out").exists()


def test_real_rows_are_the_same_in_csv_parquet_and_json_lines(caixa: Engine, tmp_path: Path) -> None:
    export_snapshot(caixa, tmp_path / "out", formats=EVERY_FORMAT)
    for name in ("listing", "observation", "page"):
        plain = table(tmp_path / "out", f"{name}.csv")
        lines = [json.loads(line) for line in (tmp_path / "out" / f"{name}.jsonl").read_bytes().splitlines()]
        (count,) = query(f"SELECT count(*) FROM '{tmp_path / 'out' / name}.parquet'")
        assert len(plain) == len(lines) == count[0] > 0
    prices = sum(Decimal(row["asking_price"]) for row in table(tmp_path / "out", "observation.csv"))
    assert query(f"SELECT sum(asking_price) FROM '{tmp_path / 'out' / 'observation.parquet'}'") == [(prices,)]
