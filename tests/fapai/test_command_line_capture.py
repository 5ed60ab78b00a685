"""``fapai capture`` says of each file what became of it, and its exit code whether somebody should look."""

import csv
import gzip
import io
import json
import re
import shutil
import zipfile
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest

from store.archive import ArchivedPage, ArchiveWriter
from tests.fapai.conftest import CommandLine

FIXTURES = Path(__file__).parents[2] / "fixtures"
LOTS = FIXTURES / "rmfysszc" / "list" / "guangdong-page-1-upcoming-and-ended" / "input.json"
CARDS = FIXTURES / "ali_judicial" / "list_cards" / "ended-fuzhou-2026-08-31" / "input.html"
BANK = FIXTURES / "br_caixa" / "list" / "whole-list-of-roraima-2026-01-08" / "input.csv"
STATUS = FIXTURES / "demo" / "rmfysszc-status-2022-12-06.har"
DAYS = FIXTURES / "mappings" / "caixaaberta"
REGION = FIXTURES / "mappings" / "scrap-imoveis-rs"
LIST_ADDRESS = "https://www1.rmfysszc.gov.cn/ProjectHandle.shtml"


def zip_days(folder: Path) -> list[Path]:
    """The three days of the project's tables, each as the zip that the day was published in."""
    zips = []
    for day in sorted(DAYS.iterdir()):
        zips.append(folder / f"{day.name}.zip")
        with zipfile.ZipFile(zips[-1], "w") as archive:
            for table in sorted(day.iterdir()):
                archive.write(table, table.name)
    return zips


@pytest.mark.parametrize(
    ("file", "source", "count"),
    [(LOTS, "rmfysszc", 20), (CARDS, "ali_judicial", 15), (BANK, "br_caixa", 6), (STATUS, "rmfysszc", 1)],
    ids=["json", "html", "csv", "har"],
)
def test_a_saved_page_is_read_by_the_reader_that_knows_it(
    file: Path, source: str, count: int, fapai: CommandLine
) -> None:
    result = fapai("capture", file, "--observed-at", "2026-09-01T10:00")
    assert result.exit_code == 0
    read, run = result.stdout.splitlines()
    assert read.startswith(f"read            {file}")
    assert f" {count} listings, seen 20" in read
    assert run == f"{source}: ok: {count} listing{'s' * (count > 1)} on 1 page, {count} new"


def warc_record(body: bytes, hour: int) -> bytes:
    """An answer as other recorders write it."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    lines = [
        "WARC/1.1",
        "WARC-Type: response",
        f"WARC-Date: 2022-11-15T0{hour}:00:00Z",
        f"WARC-Target-URI: {LIST_ADDRESS}",
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(answer)}",
    ]
    return gzip.compress("\r\n".join(lines).encode() + b"\r\n\r\n" + answer + b"\r\n\r\n")


def test_a_recording_is_read_page_by_page_with_its_own_times(fapai: CommandLine, tmp_path: Path) -> None:
    wall = "很抱歉，您的访问存在异常！".encode()
    recording = tmp_path / "recording.warc.gz"
    recording.write_bytes(warc_record(LOTS.read_bytes(), 2) + warc_record(wall, 3))
    result = fapai("capture", recording)
    assert result.exit_code == 3
    assert f"{LIST_ADDRESS} 20 listings, seen 2022-11-15 10:00\n" in result.stdout
    assert re.search(r"^blocked .* 0 listings, seen 2022-11-15 11:00: firewall", result.stdout, re.MULTILINE)
    assert "rmfysszc: blocked: 20 listings on 2 pages, 20 new (firewall: 您的访问存在异常)\n" in result.stdout


def test_our_own_archive_is_passed_over_and_says_what_reads_it(fapai: CommandLine, tmp_path: Path) -> None:
    seen_at = datetime(2022, 11, 15, 2, tzinfo=UTC)
    with ArchiveWriter(tmp_path / "kept", "rmfysszc", seen_at) as archive:
        place = archive.write(ArchivedPage(LOTS.read_bytes(), LIST_ADDRESS, seen_at, "text/html", 200), "0" * 64, "")
    result = fapai("capture", tmp_path / "kept" / place.file)
    assert re.search(r"^skipped .*: sealed: .* fapai reparse reads it$", result.stdout, re.MULTILINE)


def test_a_folder_is_read_whole_and_each_file_is_told(fapai: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    (folder / "2026").mkdir(parents=True)
    shutil.copy(CARDS, folder / "2026" / "cards 2026-08-31.html")
    shutil.copy(BANK, folder / "list.csv")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8")
    (folder / "notes.txt").write_text("buy milk")
    (folder / "empty.html").write_text("")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.write(LOTS, "answer 2022-11-15.json")
        archive.writestr("inner.zip", b"PK")
    result = fapai("capture", folder)
    said = {
        path.partition(":")[0].split(" ")[0]: outcome
        for outcome, path in re.findall(r"^(\w+) +\S*?saved/(.*)$", result.stdout, re.MULTILINE)
    }
    assert said == {
        "2026/cards": "read",
        "list.csv": "read",
        "photo.jpg": "skipped",
        "notes.txt": "skipped",
        "empty.html": "unreadable",
        "more.zip!/answer": "read",
        "more.zip!/inner.zip": "skipped",
    }
    assert "photo.jpg: an image\n" in result.stdout
    assert "empty.html: the file is empty\n" in result.stdout
    assert result.exit_code == 3  # the empty file


def test_quiet_names_trouble_only(fapai: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_text("")
    result = fapai("capture", "--quiet", BANK, tmp_path / "empty.html")
    assert result.stdout.splitlines() == [
        f"unreadable      {tmp_path / 'empty.html'}: the file is empty",
        "br_caixa: ok: 6 listings on 1 page, 6 new",
    ]


def test_a_page_captured_twice_is_known(fapai: CommandLine) -> None:
    fapai("capture", BANK)
    again = fapai("capture", BANK)
    assert again.exit_code == 0
    assert again.stdout.splitlines() == [
        f"known           {BANK}: this page is in the database already",
        "br_caixa: ok: 6 listings on 1 page, 1 page known already",
    ]


def test_a_table_by_a_mapping_gives_what_its_rows_hold(fapai: CommandLine, tmp_path: Path) -> None:
    result = fapai("capture", "--mapping", "caixaaberta", *zip_days(tmp_path))
    tables = [list(csv.reader(io.StringIO(path.read_text("utf-8")))) for path in DAYS.rglob("*.csv")]
    rows = sum(len(table) - 1 for table in tables)
    assert result.exit_code == 0
    assert f"br_caixa: ok: {rows} listings on {len(tables)} pages" in result.stdout
    assert len(re.findall(r"^empty ", result.stdout, re.MULTILINE)) == sum(len(table) == 1 for table in tables)


def test_a_refused_row_is_named_by_its_place_in_the_table(fapai: CommandLine) -> None:
    table = REGION / "RS_2026-07-08.csv"
    with table.open(encoding="utf-8", newline="") as lines:
        broken = [place for place, row in enumerate(csv.reader(lines)) if row[0] == "ZUK-"]  # the header is 0
    result = fapai("capture", "--mapping", "scrap-imoveis-rs", table)
    assert result.exit_code == 3
    assert [
        int(place) for place in re.findall(r"^  row (\d+) refused, id none: ", result.stdout, re.MULTILINE)
    ] == broken
    assert "br_caixa: rows_refused: 22 listings on 1 page, 22 new, 3 rows refused" in result.stdout


def test_a_page_with_refused_rows_is_unhealthy_when_it_is_captured_again_too(fapai: CommandLine) -> None:
    table = REGION / "RS_2026-07-08.csv"
    once, again = (fapai("capture", "--mapping", "scrap-imoveis-rs", table) for _ in range(2))
    assert "br_caixa: rows_refused: " in again.stdout
    assert (once.exit_code, again.exit_code) == (3, 3)


def test_rows_that_sell_nothing_are_told_and_are_no_trouble(fapai: CommandLine, tmp_path: Path) -> None:
    case = FIXTURES / "jd_assets" / "list" / "advertisements-are-no-sale" / "input.json"
    answer = json.loads(case.read_bytes())
    told = fapai("capture", case, "--observed-at", "2026-09-01")
    assert told.exit_code == 3  # its last row is no object
    assert "1 row refused, 2 rows that sell nothing (no object)" in told.stdout

    (rows,) = (value for value in answer.values() if isinstance(value, list))
    rows.pop()
    (tmp_path / "advertisements.json").write_text(json.dumps(answer), encoding="utf-8")
    for _ in range(2):  # and read again, it is no worse
        told = fapai("capture", "advertisements.json", "--observed-at", "2026-09-02")
        assert told.exit_code == 0
        assert "rows_refused" not in told.stdout
    assert fapai("reparse").exit_code == 0
    assert fapai("export", "snapshot").exit_code == 0
    with Path("snapshot/quarantined_row.csv").open(encoding="utf-8", newline="") as stream:
        reasons = [row["reason"] for row in csv.DictReader(stream)]
    assert sorted(reasons) == ["no object"] + 4 * ["no sale: 招商, an advertisement for interest"]


def test_a_captcha_page_is_blocked_and_nothing_else(fapai: CommandLine) -> None:
    page = FIXTURES / "ali_judicial" / "list_cards" / "captcha-page" / "input.html"
    address = json.loads((page.parent / "meta.json").read_text("utf-8"))["url"]
    Path("saved.html").write_bytes(
        f"<!-- saved from url=({len(address):04}){address} -->\n".encode() + page.read_bytes()
    )
    fapai("capture", CARDS, "--observed-at", "2026-08-31")
    before = fapai("report", "price-cuts", "--all"), fapai("export", "before")
    result = fapai("capture", "saved.html", "--observed-at", "2026-09-01")
    assert result.exit_code == 3
    assert result.stdout.startswith("blocked         saved.html 0 listings, seen 2026-09-01 00:00: ")
    assert "ali_judicial: blocked: 0 listings on 1 page (" in result.stdout
    assert fapai("report", "price-cuts", "--all").stdout == before[0].stdout
    fapai("export", "after")
    for name in ("listing.csv", "observation.csv", "quarantined_row.csv"):
        assert Path("after", name).read_bytes() == Path("before", name).read_bytes()


def test_each_line_of_json_is_one_file(fapai: CommandLine) -> None:
    result = fapai("capture", "--format", "json", "--mapping", "scrap-imoveis-rs", REGION)
    files = [json.loads(line) for line in result.stdout.splitlines()]
    assert [Path(file["origin"]).name for file in files] == sorted(path.name for path in REGION.iterdir())
    assert [(file["outcome"], file["listings"], len(file["refused"])) for file in files] == [
        ("read", 3, 0),
        ("read", 13, 0),
        ("read", 22, 3),
    ]
    assert files[0]["observed_at"] == "2026-07-02T15:00:00+00:00"
    assert files[2]["refused"][0][1:] == [None, "no identifier: N° do imóvel (id): 'ZUK-'"]
    assert result.stderr.startswith("br_caixa: rows_refused: ")


def test_csv_has_a_header_and_a_row_for_each_file(fapai: CommandLine) -> None:
    result = fapai("capture", "--format", "csv", BANK, LOTS, "--observed-at", "2026-09-01")
    header, bank, lots = (
        csv.DictReader(io.StringIO(result.stdout)).fieldnames,
        *csv.DictReader(io.StringIO(result.stdout)),
    )
    assert header == ["origin", "outcome", "listings", "observed_at", "refused", "reason"]
    assert (bank["outcome"], bank["listings"], bank["observed_at"]) == ("read", "6", "2026-01-08T03:00:00+00:00")
    assert (lots["origin"], lots["refused"], lots["reason"]) == (str(LOTS), "0", "")


@pytest.mark.parametrize("output", [[], ["--format", "json"], ["--format", "csv"]])
def test_the_shipped_mappings_are_listed(output: list[str], fapai: CommandLine) -> None:
    result = fapai("capture", "--list-mappings", *output)
    shipped = {path.stem for path in (FIXTURES.parent / "crawler" / "mappings").glob("*.toml")}
    assert result.exit_code == 0
    assert {
        line.strip('{"').removeprefix('name": "').split('"')[0].split(",")[0].split()[0]
        for line in result.stdout.splitlines()
    } - {"name"} == shipped


def test_the_order_of_captures_does_not_show_in_the_export(fapai: CommandLine, tmp_path: Path) -> None:
    """Three days in each of their six orders, a command for each day."""
    exports = set()
    for number, order in enumerate(permutations(zip_days(tmp_path))):
        db = f"sqlite:///{tmp_path / f'{number}.sqlite'}"
        for day in order:
            assert fapai("capture", "--mapping", "caixaaberta", day, db=db).exit_code == 0
        fapai("export", tmp_path / f"{number}", db=db)
        exports.add(tuple(path.read_bytes() for path in sorted((tmp_path / f"{number}").iterdir())))
    assert len(exports) == 1
    assert b"br_caixa" in max(next(iter(exports)), key=len)
