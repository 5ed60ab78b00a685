"""Report pages of recorded data: made from small recorded sets, with every total against SQL and the snapshot."""

import csv
import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import chdir, closing
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.report_pages.__main__ import PageDiffers, require_same
from benchmarks.report_pages.abroad import CAIXA_2021, FLORIDA, KOREA
from benchmarks.report_pages.checks import Check, TotalsDiffer, ask, require_equal, require_said
from benchmarks.report_pages.china import ALI_SOLD, ALI_TITLES
from benchmarks.report_pages.pages import DataSet, make_page
from benchmarks.report_pages.program import UNHEALTHY, CommandFailed, run
from benchmarks.report_pages.reproduce import SCRIPT, Reproduced, compare_rows, question_of, run_script, script_of
from fapai.__main__ import app

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
HERE = Path(__file__).parent


def small(data_set: DataSet, files: str, sections: Iterable[str], *facts: str, **changes: object) -> DataSet:
    """A set of few recorded rows, with some of its reports; its words are of the first of them, or of its facts."""
    chosen = [section for section in data_set.sections if section.name in set(sections)]
    words = [f"{name}: {{{name}}}" for name in [section.name for section in chosen] + list(facts)]
    known = {name: data_set.facts[name] for name in facts}
    return replace(data_set, files=files, sections=chosen, striking=words, silent=["prices"], facts=known, **changes)


@dataclass(frozen=True)
class Small:
    """A small set and the folder that its files are below."""

    data_set: DataSet
    folder: Path


SMALL = {
    "caixa": Small(
        small(
            CAIXA_2021,
            "demo/br_caixa/*.csv",
            ("cuts", "every_cut", "ratios_round", "coverage"),
            *("relabelled", "cut_sizes"),
            mapping=None,
        ),
        FIXTURES,
    ),
    "titles": Small(
        small(ALI_TITLES, "mappings/ali-sf-taobao-2020/*.xlsx", ["counts_round"], "failed_before"), FIXTURES
    ),
    "sold": Small(
        small(
            ALI_SOLD,
            "mappings/ali-sold-daily/*.json",
            ("clearance_all", "ratios_all", "competition", "repeats"),
            *("sold_when", "starts", "alone"),
            as_of=date(2026, 1, 10),
        ),
        FIXTURES,
    ),
    "florida": Small(
        small(
            FLORIDA,
            "florida-2025/*.json",
            ("counts_city", "cuts", "repeats", "funnel", "coverage"),
            *("days_set", "parcels", "refused"),
        ),
        HERE,
    ),
    "korea": Small(
        small(
            KOREA, "kr_courtauction/daily_table/four-lots-move-to-the-next-round/*", ["clearance_round"], "next_round"
        ),
        FIXTURES,
    ),
}


@dataclass(frozen=True)
class Made:
    """The page of a small set, and the database that it was made from."""

    data_set: DataSet
    page: str
    database: Path

    def fact(self, name: str) -> Mapping[str, object]:
        (figures,) = ask(self.database, self.data_set.facts[name], self.data_set.as_of).values()
        return figures


Pages = Callable[[str], Made]


@pytest.fixture(scope="module")
def page_of(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """Makes the page of a small set, once."""

    @cache
    def make(name: str) -> Made:
        small_set, folder = SMALL[name], tmp_path_factory.mktemp(name)
        page = make_page(small_set.data_set, small_set.folder, folder, run_here)
        return Made(small_set.data_set, page, folder / f"{small_set.data_set.name}.sqlite")

    return make


def run_here(command: str, folder: Path, database: Path) -> str:
    """As ``program.run``, without a process for each command."""
    env = {"FAPAI_DB": f"sqlite:///{database}", "FAPAI_ARCHIVE": None, "PYTHONPATH": str(ROOT)}
    with chdir(folder):
        done = CliRunner().invoke(app, shlex.split(command), env=env)
    assert done.exit_code in {0, UNHEALTHY}, done.stderr
    return done.stdout


@pytest.fixture(params=SMALL)
def made(request: pytest.FixtureRequest, page_of: Pages) -> Made:
    return page_of(request.param)


def test_a_page_has_every_report_of_its_set_with_its_definition_and_its_n(made: Made) -> None:
    printed = re.findall(r"^`fapai (report .*)`$", made.page, re.MULTILINE)
    assert printed == [made.data_set.report(section) for section in made.data_set.sections]
    assert made.page.count("\nn = ") == len(made.data_set.sections)
    assert str(made.database.parent) not in made.page


def test_a_figure_that_the_report_has_otherwise_than_sql_stops_the_page(made: Made) -> None:
    for section in made.data_set.sections:
        counted = ask(made.database, section.check.sql, made.data_set.as_of)
        require_equal(counted, counted, section.name)
        for group, column in [(group, column) for group, row in counted.items() for column in row]:
            wrong = {each: dict(row) for each, row in counted.items()}
            wrong[group][column] = (wrong[group][column] or 0) + 1
            with pytest.raises(TotalsDiffer, match=column):
                require_equal(wrong, counted, section.name)


def test_a_group_that_only_the_report_has_stops_the_page() -> None:
    with pytest.raises(TotalsDiffer, match="elsewhere"):
        require_equal({"all": {}, "elsewhere": {}}, {"all": {}}, "counts")


def test_a_total_in_words_that_is_not_that_of_sql_stops_the_page(page_of: Pages) -> None:
    made = page_of("caixa")
    sql = "SELECT 'all' AS grp, count(*) AS listings FROM listing"
    (counted,) = ask(made.database, sql, made.data_set.as_of).values()
    check = Check("", said="together: {listings:,} listings", said_sql=sql)
    require_said(check, made.database, f"together: {counted['listings']:,}\nlistings", made.data_set.as_of, "counts")
    with pytest.raises(TotalsDiffer, match="together"):
        require_said(check, made.database, "together: 1 listings", made.data_set.as_of, "counts")


def test_a_command_that_fails_stops_the_page_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="nothing like that here"):
        make_page(replace(SMALL["titles"].data_set, mapping="nothing like that here"), FIXTURES, tmp_path)


@pytest.mark.parametrize("options", [[], ["--check"]], ids=["write", "check"])
def test_without_the_recorded_files_one_sentence_says_that_nothing_was_done(tmp_path: Path, options: list[str]) -> None:
    words = [sys.executable, "-m", "benchmarks.report_pages", "korea-2026", "--captures", str(tmp_path), *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert re.match(r"nothing (written|checked): no recorded files of korea-2026 here: ", done.stderr)
    assert not (tmp_path / "docs").exists()


def test_a_page_that_is_not_what_the_program_makes_today_fails_the_check(tmp_path: Path) -> None:
    page = tmp_path / "korea-2026.md"
    with pytest.raises(PageDiffers, match="1 lines differ"):
        require_same(page, "132 lots\n")
    page.write_text("132 lots\n", "utf-8")
    require_same(page, "132 lots\n")
    with pytest.raises(PageDiffers, match=r"-132 lots\n\+131 lots"):
        require_same(page, "131 lots\n")


def test_the_figures_of_a_page_come_out_of_its_snapshot_alone(made: Made) -> None:
    asked = [question for section in made.data_set.sections if (question := question_of(section.command))]
    shown = re.findall(r"^python (\w*from_snapshot\.py) snapshot (.*)$", made.page, re.MULTILINE)
    assert shown == [(script_of(question), question) for question in asked]
    (compared,) = re.findall(r"^([\d,]+) figures of ([\d,]+) rows\s+were\s+compared", made.page, re.MULTILINE)
    assert all(int(each.replace(",", "")) > 0 for each in compared)


def test_a_figure_that_does_not_come_out_of_the_snapshot_stops_the_page() -> None:
    row = {"group": "flat", "listings": 7, "median_percent": 70.02, "median_low_percent": 69, "median_high_percent": 71}
    answer = {name: str(value) for name, value in row.items()}
    found = Reproduced()
    compare_rows("counts kind", [row], [answer], found)
    assert (found.rows, found.cells, found.intervals) == (1, 2, 2)
    for column, value in (
        ("listings", "8"),
        ("listings", ""),
        ("median_percent", "70.03"),
        ("median_low_percent", "72"),
    ):
        with pytest.raises(TotalsDiffer, match=f"flat, {column}"):
            compare_rows("counts kind", [row], [answer | {column: value}], Reproduced())
    with pytest.raises(TotalsDiffer, match="house"):
        compare_rows("counts kind", [row], [answer | {"group": "house"}], Reproduced())


def test_the_script_refuses_a_snapshot_whose_files_were_changed(page_of: Pages, tmp_path: Path) -> None:
    made = page_of("korea")
    run(made.data_set.export, tmp_path, made.database)
    (tmp_path / SCRIPT.name).write_bytes(SCRIPT.read_bytes())
    assert run_script("counts all", tmp_path)[0]["listings"] == str(made.fact("next_round")["lots"])
    with (tmp_path / "snapshot" / "listing.csv").open("a") as stream:
        stream.write("kr_courtauction,made-up,1\n")
    with pytest.raises(CommandFailed, match=r"listing\.csv is not the file of the manifest"):
        run_script("counts all", tmp_path)


ROUND_WORDS = {
    "first_auction": "第一次拍卖",
    "second_auction": "第二次拍卖",
    "sell_off": "变卖",
    "repeat_auction": "再次拍卖",
    "re_auction": "重新拍卖",
}


def test_titles_of_2020_are_told_apart_by_the_words_in_their_brackets(page_of: Pages) -> None:
    made = page_of("titles")
    with closing(sqlite3.connect(made.database)) as connection:
        titles = [title for (title,) in connection.execute("SELECT title FROM observation")]
    by_words = {name: sum(f"【{word}】" in title for title in titles) for name, word in ROUND_WORDS.items()}
    rounds = ask(made.database, made.data_set.sections[0].check.sql, made.data_set.as_of)
    assert {name: row["listings"] for name, row in rounds.items()} == {name: n for name, n in by_words.items() if n}
    assert len(rounds) >= 4


def test_florida_days_are_those_of_the_cards(page_of: Pages) -> None:
    days: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for path in sorted((HERE / "florida-2025").glob("*.json")):
        seen = set()
        for card in json.loads(path.read_text("utf-8")):
            key = card.get("case") or card.get("case_", ""), card.get("parcel_id", "")
            if key in seen and key[1] and (*key, "2") not in seen:  # one parcel set for two days in one file
                key = (*key, "2")
            if key[0] and key not in seen:
                days[key].add(card["auction_date"])
                seen.add(key)
    deeds = [each for (case, *_), each in days.items() if case in {"2023-0676TD", "24-0252"}]
    foreclosures = [each for (case, *_), each in days.items() if case not in {"2023-0676TD", "24-0252"}]
    fact = page_of("florida").fact("days_set")
    assert (fact["foreclosures"], fact["deeds"]) == (len(foreclosures), len(deeds))
    assert fact["foreclosures_again"] == sum(len(each) > 1 for each in foreclosures)
    assert fact["deeds_again"] == sum(len(each) > 1 for each in deeds) == 1
    assert fact["most"] == max(map(len, days.values())) == 4


def test_florida_cases_without_their_parcel_and_files_without_cards_are_counted(page_of: Pages) -> None:
    parcels, refused = page_of("florida").fact("parcels"), page_of("florida").fact("refused")
    assert parcels == {"listings": 7, "bare": 1, "cases": 5, "twice": 1}
    assert (refused["shells"], refused["unread"]) == (2, 1)


def test_korean_lots_that_move_to_the_next_round_are_counted(page_of: Pages) -> None:
    fact = page_of("korea").fact("next_round")
    assert (fact["moved"], fact["soonest"], fact["latest"]) == (4, 42, 42)


def test_labels_that_move_at_one_price_and_cuts_are_those_of_the_banks_lists(page_of: Pages) -> None:
    looks: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for path in sorted((FIXTURES / "demo" / "br_caixa").glob("*.csv")):
        for row in bank_rows(path):
            looks[row[0]].append((row[1], float(row[2].replace(".", "").replace(",", "."))))  # 1.234,56
    online = {"Venda Online", "Venda Direta Online"}
    pairs = [pair for each in looks.values() for pair in pairwise(each)]
    moves = [pair for pair in pairs if pair[0][0] != pair[1][0] and {pair[0][0], pair[1][0]} == online]
    relabelled, cuts = page_of("caixa").fact("relabelled"), page_of("caixa").fact("cut_sizes")
    assert relabelled["labels"] == len(moves) > 0
    assert relabelled["same_price"] == sum(was[1] == now[1] for was, now in moves)
    falls = [1 - now[1] / was[1] for was, now in pairs if now[1] < was[1]]
    assert (cuts["cuts"], cuts["third"]) == (len(falls), sum(fall >= 0.333 for fall in falls))


def test_starts_and_single_bidders_are_those_of_the_sold_homes(page_of: Pages) -> None:
    (path,) = (FIXTURES / "mappings" / "ali-sold-daily").glob("*.json")
    rows = json.loads(path.read_text("utf-8"))
    prices = [(value_of(row, "拍价格"), value_of(row, "评估价")) for row in rows]
    shares = [start / value for start, value in prices if start and value]
    starts, alone = page_of("sold").fact("starts"), page_of("sold").fact("alone")
    assert (starts["n"], starts["at_70"]) == (len(shares), sum(0.695 <= share <= 0.705 for share in shares)) == (9, 2)
    assert (starts["at_56"], starts["lower"]) == (sum(0.555 <= share <= 0.565 for share in shares), 0) == (2, 0)
    single = [row for row in rows if row.get("竞拍人数") == 1]
    assert alone["alone"] == alone["alone_at_start"] == len(single) == 3


def value_of(row: Mapping[str, float], name: str) -> float | None:
    """By the end of its key: the file spells some with a word twice (起拍拍价格)."""
    return next((value for key, value in row.items() if key.endswith(name)), None)


def bank_rows(path: Path) -> Sequence[tuple[str, str, str]]:
    """Id, way of sale and price of each row of a list in the bank's own form of 2021."""
    with path.open(encoding="latin-1", newline="") as stream:
        rows = [[cell.strip() for cell in row] for row in csv.reader(stream, delimiter=";")]
    return [(row[0], row[9], row[5]) for row in rows if row and row[0].isdigit()]
