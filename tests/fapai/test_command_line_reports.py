"""``fapai report price-cuts`` and ``fapai export`` on the bank's lists of 2021."""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from fapai.__main__ import app
from tests.fapai.conftest import CommandLine

LISTS = Path(__file__).parents[2] / "fixtures" / "demo" / "br_caixa"
KEYS = ["source", "source_id", "observed_at", "previous_price", "price", "cut_amount", "cut_percent", "title", "url"]


@pytest.fixture(scope="module")
def lists_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the demo's lists of two states, July to September 2021."""
    url = f"sqlite:///{tmp_path_factory.mktemp('lists') / 'homes.sqlite'}"
    assert CliRunner().invoke(app, ["capture", str(LISTS), "--db", url]).exit_code == 0
    return url


@pytest.fixture
def report(fapai: CommandLine, lists_url: str) -> CommandLine:
    """Asks for price cuts in these lists."""

    def ask(*arguments: str | Path) -> Result:
        result = fapai("report", "price-cuts", *arguments, db=lists_url)
        assert (result.exit_code, result.stderr) == (0, "")
        return result

    return ask


def rows_of(result: Result) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(result.stdout)
    return rows


def falls_in_the_files() -> Iterator[tuple[str, float, float]]:
    """Every fall of a price, read from the files with nothing of ours: id, price before, price after."""
    last: dict[str, float] = {}
    for path in sorted(LISTS.glob("*.csv")):
        for line in path.read_text("latin-1").splitlines()[4:]:
            number, _, _, _, _, words, *_ = (cell.strip() for cell in line.split(";"))
            price = float(words.replace(".", "").replace(",", "."))
            if number in last and price < last[number]:
                yield number, last[number], price
            last[number] = price


def test_json_holds_every_cut_with_its_nine_keys(report: CommandLine) -> None:
    cuts = rows_of(report("--all", "--format", "json"))
    assert all(list(cut) == KEYS for cut in cuts)
    found = Counter((cut["source_id"], cut["previous_price"], cut["price"]) for cut in cuts)
    assert found == Counter(falls_in_the_files())
    assert found.total() > 100
    first = cuts[0]
    assert first["cut_amount"] == round(first["previous_price"] - first["price"], 2)
    assert first["cut_percent"] == round(100 * first["cut_amount"] / first["previous_price"], 2)
    assert first["observed_at"] == "2021-07-28T11:00:00+08:00"


def test_csv_holds_the_same_rows_as_json_and_is_what_a_pipe_gets(report: CommandLine) -> None:
    piped = report("--all")
    assert piped.stdout_bytes == report("--all", "--format", "csv").stdout_bytes
    lines = list(csv.DictReader(io.StringIO(piped.stdout, newline="")))
    cuts = rows_of(report("--all", "--format", "json"))
    assert [line["source_id"] for line in lines] == [cut["source_id"] for cut in cuts]
    assert [float(line["price"]) for line in lines] == [cut["price"] for cut in cuts]
    assert piped.stdout_bytes.startswith(f"{','.join(KEYS)}\r\n".encode())


def test_a_table_says_how_many_rows_it_leaves_out(report: CommandLine) -> None:
    table = report("--format", "table", "--limit", "3").stdout.splitlines()
    rows = csv.DictReader(io.StringIO(report().stdout))
    ids = [row["source_id"] for row in rows]
    assert [line.split()[1] for line in table[1:4]] == ids[:3]
    beneath = " ".join(table[5:])
    assert f"n = {len(ids)} listings under their highest price; observed 2021-07-19 to 2021-09-12" in beneath
    assert f"{len(ids) - 3} more: raise --limit" in beneath


def test_as_of_answers_as_a_reader_of_that_day_would_have(
    report: CommandLine, fapai: CommandLine, tmp_path: Path
) -> None:
    earlier = [path for path in sorted(LISTS.glob("*.csv")) if path.name <= "2021-08-11"]
    then = f"sqlite:///{tmp_path / 'then.sqlite'}"
    fapai("capture", *earlier, db=then)
    for arguments in ((), ("--all",)):
        asked = report(*arguments, "--as-of", "2021-08-10", "--format", "json").stdout
        assert asked == fapai("report", "price-cuts", *arguments, "--format", "json", db=then).stdout
        assert asked != report(*arguments, "--format", "json").stdout


def test_filters_leave_the_rows_that_fit(report: CommandLine) -> None:
    everything = {row["source_id"]: row for row in rows_of(report("--format", "json"))}

    def left(*arguments: str) -> set[str]:
        return {row["source_id"] for row in rows_of(report(*arguments, "--format", "json"))}

    def fitting(fits: Any) -> set[str]:
        found = {source_id for source_id, row in everything.items() if fits(row)}
        assert 0 < len(found) < len(everything)
        return found

    assert left("--min-cut", "50%") == fitting(lambda row: row["cut_percent"] >= 50)
    assert left("--min-cut", "5万BRL") == fitting(lambda row: row["cut_amount"] >= 50_000)
    assert left("--max-price", "80000BRL") == fitting(lambda row: row["price"] <= 80_000)
    assert left("--kind", "house", "--kind", "land") == fitting(lambda row: row["property_kind"] in {"house", "land"})
    assert left("--round", "direct_sale") == fitting(lambda row: row["round_kind"] == "direct_sale")
    assert left("--city", "teresina") == fitting(lambda row: row["city"] == "TERESINA")
    assert left("--since", "2021-09-01") == fitting(lambda row: row["changed_at"] >= "2021-09-01")
    assert left("--source", "br_caixa", "--seller-kind", "state_bank") == set(everything)
    assert left("--seller-kind", "court") == set()


def test_a_snapshot_for_excel_has_a_mark_and_its_ids_as_text(fapai: CommandLine, lists_url: str) -> None:
    assert fapai("export", "plain", db=lists_url).exit_code == 0
    assert fapai("export", "excel", "--profile", "excel", db=lists_url).exit_code == 0
    plain, excel = (Path(folder, "listing.csv").read_bytes() for folder in ("plain", "excel"))
    assert not plain.startswith(b"\xef\xbb\xbf")
    assert excel.startswith(b"\xef\xbb\xbf")
    ids = [
        [row["source_id"] for row in csv.DictReader(io.StringIO(text))]
        for text in (plain.decode(), excel.decode("utf-8-sig"))
    ]
    assert ids[1] == [f"'{source_id}" for source_id in ids[0]]


def test_the_manifest_vouches_for_each_file(fapai: CommandLine, lists_url: str) -> None:
    result = fapai("export", "snapshot", "--as-of", "2021-08-10", db=lists_url)
    manifest = json.loads(Path("snapshot", "manifest.json").read_text("utf-8"))
    assert manifest["as_of"] == "2021-08-10"
    for file in manifest["files"]:
        body = Path("snapshot", file["name"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(body).hexdigest()
        assert file["rows"] == len(list(csv.reader(io.StringIO(body.decode(), newline="")))) - 1
        assert f"{file['rows']:>10,} rows  {file['name']}\n" in result.stdout
    assert result.stderr == f"written to {Path('snapshot').absolute()}\n"


def test_a_folder_with_other_files_is_written_into_only_by_force(fapai: CommandLine, lists_url: str) -> None:
    Path("mine").mkdir()
    Path("mine", "letter.txt").write_text("dear bank")
    refused = fapai("export", "mine", db=lists_url)
    assert (refused.exit_code, sorted(Path("mine").iterdir())) == (1, [Path("mine", "letter.txt")])
    assert fapai("export", "mine", "--force", db=lists_url).exit_code == 0
    assert Path("mine", "letter.txt").read_text() == "dear bank"
    assert fapai("export", "again", db=lists_url).exit_code == 0
    assert fapai("export", "again", db=lists_url).exit_code == 0  # a former snapshot is replaced
