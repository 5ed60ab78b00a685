"""What the command line tells of its database and its sources, and what reading the archive again gives."""

import csv
import io
import json
import re
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from crawler.parsers import rmfysszc
from crawler.play import PlayedPage, Player
from crawler.recording import RunSummary
from crawler.sources import source_specs, spider_names
from fapai.collect import next_step
from store.engine import open_engine, reading, writing
from store.manners import set_pause
from store.terms import RunVerdict
from tests.fapai.conftest import CommandLine

pytestmark = pytest.mark.usefixtures("forked_crawls")

FIXTURES = Path(__file__).parents[2] / "fixtures"
LOTS = FIXTURES / "rmfysszc" / "list" / "guangdong-page-1-upcoming-and-ended" / "input.json"
CARDS = FIXTURES / "ali_judicial" / "list_cards" / "ended-fuzhou-2026-08-31" / "input.html"
BANK = FIXTURES / "demo" / "br_caixa"
REGION = FIXTURES / "mappings" / "scrap-imoveis-rs"


@pytest.fixture
def filled(fapai: CommandLine) -> CommandLine:
    """A database with pages of all sources, of a mapping, and with refused rows."""
    fapai("capture", LOTS, "--observed-at", "2022-11-15")
    fapai("capture", CARDS, "--observed-at", "2026-08-31")
    fapai("capture", FIXTURES / "demo" / "rmfysszc-status-2022-12-06.har")
    fapai("capture", *sorted(BANK.glob("*_MS.csv"), reverse=True))
    assert fapai("capture", "--mapping", "scrap-imoveis-rs", REGION).exit_code == 3
    return fapai


def findings(printed: str) -> dict[str, tuple[str, str]]:
    """What doctor says of each topic: ok or BAD, and the words."""
    return {line[5:23].strip(): (line[:5].strip(), line[24:]) for line in printed.splitlines()}


def exported(fapai: CommandLine, folder: str) -> dict[str, bytes]:
    """The files of a snapshot."""
    assert fapai("export", folder).exit_code == 0
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


@pytest.mark.parametrize("arguments", [[], ["--source", "br_caixa"], ["--source", "rmfysszc"]])
def test_reading_the_archive_again_gives_an_identical_export(arguments: list[str], filled: CommandLine) -> None:
    before = exported(filled, "before")
    result = filled("reparse", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    assert exported(filled, "after") == before
    assert before["quarantined_row.csv"].count(b"ZUK-") >= 3


def test_reading_again_tells_what_it_read(filled: CommandLine) -> None:
    counters = dict(line.split() for line in filled("reparse", "--source", "rmfysszc").stdout.splitlines())
    assert counters == {"listing/seen": "21", "page/read": "2", "row/refused": "0"}


def test_reading_again_mends_what_an_old_parser_got_wrong(filled: CommandLine) -> None:
    before = exported(filled, "before")
    with sqlite3.connect(database_of(filled)) as connection:
        connection.execute("UPDATE observation SET asking_price = 1, title = 'wrong'")
        connection.execute("UPDATE listing SET last_changed_at = last_seen_at, known = 0, title_digest = 7")
    connection.close()
    assert exported(filled, "wrong") != before
    filled("reparse")
    assert exported(filled, "after") == before


def test_a_page_missing_from_the_archive_leaves_the_database_as_it_was(filled: CommandLine) -> None:
    before = exported(filled, "before")
    for file in database_of(filled).with_suffix(".pages").rglob("rmfysszc-*"):
        file.unlink()
    result = filled("reparse")
    assert result.exit_code == 1
    assert result.stderr.startswith("fapai: ")
    assert result.stderr.count("\n") == 1
    assert exported(filled, "after") == before


def database_of(fapai: CommandLine) -> Path:
    """The file that the command line works on, as doctor names it."""
    found = re.search(r"sqlite:///(.+?\.sqlite)", fapai("doctor").stdout)
    assert found is not None
    return Path(found[1])


def test_doctor_finds_nothing_wrong_with_no_database_and_with_an_empty_one(fapai: CommandLine) -> None:
    none = fapai("doctor", db="sqlite:///none.sqlite")
    assert (none.exit_code, findings(none.stdout)["database"][0]) == (0, "ok")
    assert "none yet; a crawl or a capture makes it" in none.stdout
    empty = fapai("doctor")
    assert (empty.exit_code, findings(empty.stdout)["archive"][0]) == (0, "ok")
    assert findings(empty.stdout)["database"][1].endswith(": sound")


def test_doctor_tells_of_each_source_and_of_bad_runs(filled: CommandLine) -> None:
    result = filled("doctor")
    told = findings(result.stdout)
    assert result.exit_code == 3
    assert told["br_caixa"][0] == "BAD"
    assert re.fullmatch(r"\d+ listings, last run rows_refused: no identifier: .*'ZUK-'", told["br_caixa"][1])
    assert told["rmfysszc"] == ("ok", "20 listings, last run ok")
    assert told["ali_judicial"] == ("ok", "15 listings, last run ok")
    assert told["br_zukerman"] == ("ok", "5 listings, last run none of its own")
    assert re.fullmatch(r".*\.pages: \d files, 0\.\d MB", told["archive"][1])


def test_doctor_misses_the_key_of_the_archive_before_it_is_needed(
    filled: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert findings(filled("doctor").stdout)["archive key"][0] == "ok"
    lost = tmp_path / "elsewhere" / "archive.key"
    monkeypatch.setenv("FAPAI_ARCHIVE_KEY", str(lost))
    verdict, words = findings(filled("doctor").stdout)["archive key"]
    assert (verdict, words) == (
        "BAD",
        f"the key of the archive is missing: bring it to {lost}, or name it in FAPAI_ARCHIVE_KEY",
    )
    assert not lost.exists()


def test_what_came_new_is_to_be_linked_next_and_what_was_known_is_not() -> None:
    new, changed, known = (
        RunSummary(1, "br_caixa", RunVerdict.OK, None, {f"listing/{word}": 3, "listing/seen": 3})
        for word in ("new", "changed", "unchanged")
    )
    assert next_step([known, new]) == next_step([changed]) == "join what is new to its homes: fapai link"
    assert next_step([known]) is None
    assert next_step([]) is None


def test_doctor_says_of_newer_tables_what_helps(fapai: CommandLine) -> None:
    with sqlite3.connect("newer.sqlite") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    connection.close()
    result = fapai("doctor", db="sqlite:///newer.sqlite")
    assert result.exit_code == 3
    words = "sqlite:///newer.sqlite: the database was made by a newer fapai: install that version to use it"
    assert findings(result.stdout)["database"] == ("BAD", words)


def test_damage_is_found_by_check_and_by_doctor(filled: CommandLine) -> None:
    assert (filled("db", "check").exit_code, filled("db", "check").stdout) == (0, "the database is sound\n")
    with sqlite3.connect(database_of(filled)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("DELETE FROM page WHERE source = 'rmfysszc'")
        connection.execute("DELETE FROM observation WHERE listing_id = (SELECT min(id) FROM listing)")
    connection.close()
    check = filled("db", "check")
    assert check.exit_code == 3
    assert "points to a missing row of page" in check.stdout
    assert "1 listings without any observation" in check.stdout
    doctor = filled("doctor")
    assert (doctor.exit_code, findings(doctor.stdout)["database"][0]) == (3, "BAD")


def test_a_file_damaged_on_disk_is_told_in_one_sentence(filled: CommandLine) -> None:
    whole = database_of(filled)
    path = whole.with_name("damaged.sqlite")  # SQLite shares what an earlier command has open of a file, by its inode
    path.write_bytes(b"\xff" * 4096 + whole.read_bytes()[4096:])
    assert findings(filled("doctor", db=f"sqlite:///{path}").stdout)["database"][0] == "BAD"
    check = filled("db", "check", db=f"sqlite:///{path}")
    assert (check.exit_code, check.stderr) == (1, "fapai: the database cannot be read: file is not a database\n")


def test_upgrade_makes_the_tables_once(fapai: CommandLine) -> None:
    for _ in range(2):
        result = fapai("db", "upgrade", db="sqlite:///new.sqlite")
        assert (result.exit_code, result.stdout) == (0, "the tables are up to date: sqlite:///new.sqlite\n")
    assert fapai("db", "check", db="sqlite:///new.sqlite").exit_code == 0


def test_sources_are_those_of_the_parsers_with_their_health(filled: CommandLine) -> None:
    rows = list(csv.DictReader(io.StringIO(filled("sources").stdout)))
    mapped = ["br_banco_do_brasil", "br_leiloes_judiciais", "br_mega_leiloes", "br_zukerman"]
    assert [(row["source"], row["title"], row["fixtures"]) for row in rows] == [
        *((spec.name, spec.title, spec.fixtures) for spec in source_specs().values()),
        *((name, name, "") for name in mapped),
    ]
    listings = {row["source"]: int(row["listings"]) for row in json.loads(filled("sources", "--format", "json").stdout)}
    assert (listings["ali_judicial"], listings["rmfysszc"]) == (15, 20)
    table = filled("sources", "--format", "table").stdout.splitlines()
    heads = ["source", "sells by", "title", "by", "wall", "robots.txt", "proven on", "listings", "last run", "on"]
    assert re.split(r" {2,}", table[0].strip()) == [*heads, "last healthy"]
    assert "walled" in table[1]
    assert "obeyed live" in table[1]


def test_sources_tell_what_each_is_how_it_sells_and_what_its_robots_txt_says(fapai: CommandLine) -> None:
    rows = {
        row["source"]: row for row in csv.DictReader(io.StringIO(fapai("sources", db="sqlite:///none.sqlite").stdout))
    }
    for spec in source_specs().values():
        row = rows[spec.name]
        assert (row["about"], row["sale_kinds"], row["robots"]) == (spec.about, spec.sale_kinds, spec.robots)
        assert all((row["about"], row["sale_kinds"], row["robots"], row["fixtures"]))
        assert row["crawled"] == ("crawl" if spec.name in spider_names() else "capture")


def test_a_source_that_refused_is_named_with_the_end_of_its_pause(filled: CommandLine) -> None:
    engine = open_engine(f"sqlite:///{database_of(filled)}")
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=5)
    with writing(engine) as connection:
        set_pause(connection, "ali_judicial", until, "captcha")
    engine.dispose()
    assert (
        f"ali_judicial refused us and is left alone until {until:%Y-%m-%d %H:%M} UTC"
        in filled("sources", "--format", "table").stdout
    )
    crawl = filled("crawl", "ali_judicial")
    assert crawl.exit_code == 3
    assert "ali_judicial: not asked: it refused us (captcha) and is left alone until" in crawl.stdout


def test_a_source_that_may_not_be_crawled_says_why_and_what_helps(fapai: CommandLine) -> None:
    result = fapai("crawl", "tw_judicial", db="sqlite:///none.sqlite")
    assert result.exit_code == 2
    assert result.stderr.startswith("fapai: tw_judicial is not crawled. robots.txt: forbids it")
    assert result.stderr.endswith("Save its pages: fapai capture\n")


def test_coverage_counts_the_listings_of_which_each_field_is_known(filled: CommandLine) -> None:
    rows = list(csv.DictReader(io.StringIO(filled("doctor", "--coverage").stdout)))
    known = {(row["source"], row["field"]): (row["listings"], row["known"], row["known_percent"]) for row in rows}
    assert known["rmfysszc", "title"] == ("20", "20", "100.0")
    assert known["br_caixa", "case_number"][1] == "0"
    assert known["ali_judicial", "fact leased"][1] == "0"
    engine = open_engine(f"sqlite:///{database_of(filled)}")
    with reading(engine) as connection:
        sql = (
            "SELECT source, count(*), count(floor_area), count(title) FROM listing "
            "JOIN observation ON observation.id = observation_id GROUP BY source"
        )
        for source, listings, areas, titles in connection.exec_driver_sql(sql):
            assert known[source, "floor_area"][:2] == (str(listings), str(areas))
            assert known[source, "title"][:2] == (str(listings), str(titles))
    engine.dispose()


def test_sources_are_shown_without_a_database(fapai: CommandLine) -> None:
    result = fapai("sources", db="sqlite:///none.sqlite")
    assert result.exit_code == 0
    assert [row["last_verdict"] for row in csv.DictReader(io.StringIO(result.stdout))] == [""] * len(source_specs())


def test_a_refused_source_does_not_stop_the_others(fapai: CommandLine) -> None:
    """Two crawls over HTTP on this machine: one meets the firewall, the other its lots."""
    seen_at = datetime(2022, 11, 15, 2, tzinfo=UTC)
    day = date(2022, 11, 15)
    bank = "https://venda-imoveis.caixa.gov.br/listaweb/Lista_imoveis_AC.csv"
    pages = [
        PlayedPage(day, bank, b"blocked", "text/html", seen_at, status=403),
        PlayedPage(day, rmfysszc.LIST_URL, LOTS.read_bytes(), "text/html", seen_at, form=rmfysszc.list_form(1)),
    ]
    with Player(pages) as player:
        asked = ("--max-pages", "1", "--no-details", "--base-url", player.base_url)
        result = fapai("crawl", "br_caixa", "rmfysszc", *asked)
    assert result.exit_code == 3
    assert result.stdout.splitlines() == [
        "br_caixa: blocked: 0 listings on 1 page (HTTP 403)",
        "rmfysszc: ok: 20 listings on 1 page, 20 new",
    ]
    told = findings(fapai("doctor").stdout)
    assert told["br_caixa"] == ("BAD", "0 listings, last run blocked: HTTP 403")
