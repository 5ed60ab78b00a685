"""The page on mappings: its example reads its table, and its tables of keys leave none out."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crawler.intake.rules import Rule
from fapai.__main__ import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mappings.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"^```(toml|csv)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
READING_OF_A_KEY = re.compile(r'\.(?:take\w*|require|convert)\(\s*"(\w+)"')


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of the example in the working folder, and the table of a week later."""
    Path(tmp_path / "my-bank.toml").write_text(BLOCKS["toml"], "utf-8")
    Path(tmp_path / "offers_2026-03-01.csv").write_text(BLOCKS["csv"], "utf-8")
    Path(tmp_path / "offers_2026-03-08.csv").write_text(BLOCKS["csv"].replace("125.05", "112.5"), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FAPAI_DB", "sqlite:///homes.sqlite")
    monkeypatch.delenv("FAPAI_ARCHIVE", raising=False)


def test_the_example_reads_its_table_and_the_next_one(example: None) -> None:
    runner = CliRunner()
    files = ("offers_2026-03-08.csv", "offers_2026-03-01.csv")
    captured = runner.invoke(app, ["capture", "--mapping", "my-bank.toml", *files])
    assert captured.exit_code == 0
    assert "my_bank: ok: 4 listings on 2 pages, 2 new, 1 changed" in captured.stdout

    (cut,) = json.loads(runner.invoke(app, ["report", "price-cuts", "--all", "--format", "json"]).stdout)
    assert (cut["source"], cut["source_id"]) == ("my_bank", "1001")
    assert (cut["previous_price"], cut["price"], cut["url"]) == (
        1250500,
        1125000,
        "https://bank.example/assets/ZC-1001",
    )

    reparsed = runner.invoke(app, ["reparse", "--mapping", "my-bank.toml"])
    assert (reparsed.exit_code, reparsed.stdout.split()) == (
        0,
        ["listing/seen", "4", "page/read", "2", "row/refused", "0"],
    )


@pytest.mark.parametrize(
    ("known", "unknown", "complaint"),
    [
        ("separator", "seperator", "my-bank.toml: seperator: unknown key"),
        ('"在售"', '"出售"', "unknown label '在售'"),
        ('"建筑面积", optional', '"面积", optional', "ok"),
        ('column = "评估价"', 'column = "评估"', "missing 评估"),
    ],
)
def test_what_the_mapping_does_not_know_is_told(example: None, known: str, unknown: str, complaint: str) -> None:
    text = BLOCKS["toml"].replace('format = "csv"', 'format = "csv"\nseparator = ","').replace(known, unknown)
    Path("my-bank.toml").write_text(text, "utf-8")
    result = CliRunner().invoke(app, ["capture", "--mapping", "my-bank.toml", "offers_2026-03-01.csv"])
    assert complaint in result.output


def test_the_page_names_every_key() -> None:
    source = (ROOT / "crawler" / "intake" / "mapping_toml.py").read_text("utf-8")
    keys = set(READING_OF_A_KEY.findall(source)) | {"currency", "country", "time_zone"}
    named = set(re.findall(r"`([a-z_]+)`", PAGE)) | {"id", "columns", "grammar", "sources", "by"}
    assert len(keys) > len(Rule.__slots__) + 15
    assert keys - named == set()
