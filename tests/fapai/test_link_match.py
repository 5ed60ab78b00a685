"""Of which known homes saved listings are: results and second rounds of Fujian (JD, August and September 2026)."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from store_help import rows

from fapai.options import UNHEALTHY
from store.engine import open_engine
from tests.fapai.conftest import ROOT, CommandLine

LISTS = ROOT / "fixtures" / "demo" / "jd-fujian-rounds-2026-09-04.csv"
MAPPED = ("--mapping", "jd-fujian-2026")
ROUNDS = {"311215642": "311018607", "311218636": "311098843", "311218670": "311019085"}
"""Second rounds, and the first ones that failed."""


@pytest.fixture
def months(tmp_path: Path) -> Path:
    """A folder with ``august.csv`` and ``september.csv``."""
    with LISTS.open(encoding="utf-8-sig", newline="") as told:
        header, *lines = csv.reader(told)
    for name, day in (("august", "20260831"), ("september", "20260904")):
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as month:
            csv.writer(month).writerows([header, *(line for line in lines if line[0] == day)])
    return tmp_path


def test_second_rounds_find_the_homes_of_the_first_and_nothing_is_stored(
    fapai: CommandLine, months: Path, new_sqlite_url: Callable[[], str]
) -> None:
    url = new_sqlite_url()
    assert fapai("capture", *MAPPED, months / "august.csv", db=url).exit_code == 0
    assert fapai("link", db=url).exit_code == 0
    engine = open_engine(url)
    tables = ("listing", "observation", "auction_round", "property", "link_news", "crawl_run")
    before = [rows(engine, f"SELECT count(*) FROM {table}") for table in tables]
    asked = fapai("link", "match", *MAPPED, months / "september.csv", "--format", "json", db=url)
    assert asked.exit_code == 0
    told = json.loads(asked.stdout)
    assert [rows(engine, f"SELECT count(*) FROM {table}") for table in tables] == before
    homes = dict(
        rows(engine, "SELECT source_id, property_id FROM listing JOIN auction_round ON listing_id = listing.id")
    )
    engine.dispose()
    assert len(told) == 9
    found = {each["listing"].partition(":")[2]: each for each in told}
    for name, each in found.items():
        first = ROUNDS.get(name)
        assert each["judgement"] == ("same" if first else "different"), name
        assert each["property_id"] == (homes[first] if first else None), name
        assert each["like"] == (f"jd_judicial:{first}" if first else None), name
    assert "room 3204" in found["311215642"]["reasons"]
    assert (found["311215642"]["price"], found["311215642"]["like_price"]) == (849_600, 1_062_000)


def test_what_is_stored_is_found_by_its_id(fapai: CommandLine, months: Path) -> None:
    assert fapai("capture", *MAPPED, months / "august.csv").exit_code == 0
    assert fapai("link").exit_code == 0
    asked = fapai("link", "match", *MAPPED, months / "august.csv")
    told = list(csv.DictReader(asked.stdout.splitlines()))
    assert len(told) == 51
    assert {each["reasons"] for each in told} == {"this very listing is stored"}
    assert all(each["listing"] == each["like"] for each in told)


def test_what_cannot_be_read_is_named_and_the_command_fails(fapai: CommandLine, months: Path) -> None:
    assert fapai("capture", *MAPPED, months / "august.csv").exit_code == 0
    assert fapai("link").exit_code == 0
    (months / "x.html").write_text("<html>")
    asked = fapai("link", "match", months / "x.html")
    assert asked.exit_code == UNHEALTHY
    assert "x.html: no reader knows this page" in asked.stderr


def test_without_links_the_way_to_them_is_told(fapai: CommandLine, months: Path) -> None:
    assert fapai("capture", *MAPPED, months / "august.csv").exit_code == 0
    asked = fapai("link", "match", *MAPPED, months / "september.csv")
    assert asked.exit_code == 1
    assert asked.stderr == "fapai: nothing is linked yet: run fapai link\n"


def test_an_id_that_cannot_be_stored_is_refused_and_the_others_are_told(
    fapai: CommandLine, tmp_path: Path, new_sqlite_url: Callable[[], str]
) -> None:
    url = new_sqlite_url()
    page = (ROOT / "fixtures" / "icbc" / "live" / "announced" / "input.json").read_text("utf-8")
    (tmp_path / "good.json").write_text(page, "utf-8")
    (tmp_path / "bad.json").write_text(page.replace("B000445087", "B000445087\\u0000"), "utf-8")
    seen = ("--observed-at", "2026-09-01T10:00")
    assert fapai("capture", tmp_path / "good.json", *seen, db=url).exit_code == 0
    assert fapai("link", db=url).exit_code == 0
    good = fapai("link", "match", tmp_path / "good.json", *seen, db=url)
    both = fapai("link", "match", tmp_path / "good.json", tmp_path / "bad.json", *seen, db=url)
    assert (good.exit_code, both.exit_code) == (0, UNHEALTHY)
    assert both.stdout.startswith(good.stdout)
    assert "bad.json: a listing is refused: an id with control characters" in both.stderr


def test_what_waits_to_be_linked_is_told_beside_files_too(fapai: CommandLine, months: Path) -> None:
    assert fapai("capture", *MAPPED, months / "august.csv").exit_code == 0
    assert fapai("link").exit_code == 0
    assert fapai("capture", *MAPPED, months / "september.csv").exit_code == 0
    asked = fapai("link", "match", *MAPPED, months / "september.csv")
    assert asked.stderr.startswith("9 listings are new or changed since the last linking and not compared with")
    told = list(csv.DictReader(asked.stdout.splitlines()))
    assert {each["reasons"] for each in told} == {"this very listing is stored and not linked yet"}
    assert {each["property_id"] for each in told} == {""}


def test_a_folder_without_pages_is_no_answer(fapai: CommandLine, months: Path) -> None:
    assert fapai("capture", *MAPPED, months / "august.csv").exit_code == 0
    assert fapai("link").exit_code == 0
    (months / "empty").mkdir()
    assert fapai("link", "match", months / "empty").exit_code == 1
