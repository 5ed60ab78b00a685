"""What the scripts of DuckDB and NumPy make of a snapshot is what the reports on homes say, figure by figure."""

import io
import json
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from store_help import make_page, record
from typer.testing import CliRunner

from benchmarks.report_pages.checks import TotalsDiffer
from benchmarks.report_pages.reproduce import NAMES, SCRIPTS, Reproduced, compare_rows, run_script
from fapai.__main__ import app
from reporting.export import export_snapshot
from reporting.filters import parse_as_of
from store.engine import open_engine, writing
from store.runs import add_sources, close_run, open_run
from store.statement import Statement
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, RunVerdict, SellerKind
from store.write import Recorder
from tests.reporting.conftest import record_looks
from tracking.linking import link_database

NOW = datetime(2030, 1, 1, tzinfo=UTC)
DAY_0 = datetime(2026, 1, 1, 2, tzinfo=UTC)
LOOK_DAYS = (*range(0, 60, 6), *range(100, 280, 6))  # with a pause of forty days
REPORTS = {NAMES.get(each, each): each for each in ("funnel", "clearance --per-home --by all", "cohort")}
REPORTS |= {each: each for each in ("time-to-sale", "cut-share")}

Shown = tuple[int, int, Statement]
"""From which day to which (excluded) a list shows a listing in a state."""

KINDS = (RoundKind.FIRST_AUCTION, RoundKind.SECOND_AUCTION, RoundKind.SELL_OFF)
HALTS = (RoundStatus.WITHDRAWN, RoundStatus.SUSPENDED, RoundStatus.TERMINATED)


def flat(number: int, price: int, **values: Any) -> Statement:
    """One of many flats that share nothing but their city."""
    return Statement(
        **{
            "title": f"合肥市蜀山区望江西路{number + 100}号天街花园{number % 7 + 1}幢1单元{number % 30 + 1}01室",
            "property_kind": PropertyKind.FLAT,
            "region_code": "340104",
            "city": "合肥市",
            "currency": Currency.CNY,
            "starting_price": price,
            "appraisal_price": 1_000_000_00 + number,
            "seller_name": "合肥市蜀山区人民法院",
            "seller_kind": SellerKind.COURT,
            "case_number": f"(2025)皖0104执{number}号",
            "raw": "{}",
            **values,
        }
    )


def court_home(number: int, chance: random.Random) -> Iterator[list[Shown]]:
    """The rounds of one home: announced, then failed, sold, halted, or gone from the list without a word."""
    start, price = chance.randrange(-20, 150), 1_000_000_00
    for kind in KINDS:
        begins = DAY_0 + timedelta(days=start)
        ends = begins + timedelta(days=1)
        dated = {"starts_at": begins, "ends_at": chance.choice([ends, ends, None]), "round_kind": kind}
        announced = flat(number, price, status=RoundStatus.UPCOMING, **dated)
        result = chance.choices([RoundStatus.FAILED, RoundStatus.SOLD, None, *HALTS], (8, 4, 2, 1, 1, 1))[0]
        shown = [(start - chance.choice([5, 15, 30]), start + 1, announced)]
        if result is not None:
            hammer = price + 1_00 if result is RoundStatus.SOLD else None
            shown.append((start + 1, start + 20, announced._replace(status=result, hammer_price=hammer)))
        yield shown
        if result is not RoundStatus.FAILED:
            return
        start, price = start + chance.choice([25, 40]), price * 8 // 10


def bank_home(number: int, chance: random.Random) -> list[Shown]:
    """A direct sale whose price is changed now and then, and that lists leave out for a time."""
    shown, day, price = [], chance.randrange(-10, 120), 1_000_000_00
    direct = {"round_kind": RoundKind.DIRECT_SALE, "seller_kind": SellerKind.CITY_BANK, "seller_name": "兰州银行"}
    for _ in range(chance.randrange(1, 6)):
        until = day + chance.choice([20, 40, 60])
        exact = {"is_price_exact": chance.choice([None, None, False])}
        shown.append((day, until, flat(number, None, asking_price=price, case_number=None, **direct, **exact)))  # type: ignore[arg-type]
        day, price = until + chance.choice([0, 0, 30]), int(price * chance.choice([0.9, 0.8, 1.1])) // 100_00 * 100_00
    return shown


def fill_market(engine: Engine) -> Engine:
    """Three hundred homes by chance, in whole crawls of their list; each crawl sees what is shown on its day."""
    chance = random.Random(20261122)
    listings: dict[str, list[Shown]] = {}
    for number in range(200):
        for place, shown in enumerate(court_home(number, chance)):
            listings[f"{number}-{place}"] = shown
    listings |= {str(number): bank_home(number, chance) for number in range(200, 300)}
    recorder = Recorder()
    for day in LOOK_DAYS:
        at = DAY_0 + timedelta(days=day)
        said = {name: words for name, shown in listings.items() for since, to, words in shown if since <= day < to}
        with writing(engine) as connection:
            add_sources(connection, {"s": "S"})
            run_id = open_run(connection, "s", {"kind": "crawl"}, at)
            page = replace(make_page(at, "s.list", str(day)), crawl_run_id=run_id)
            record(recorder, connection, page, said)
            recorder.settle(connection)
            close_run(connection, run_id, at, RunVerdict.OK, None, {})
    return engine


@cache
def rows_of(database: str, report: str, as_of: str) -> Sequence[dict[str, Any]]:
    """All rows of a report."""
    words = ["report", *report.split(), "--as-of", as_of, "--format", "json", "--db", database]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.stderr
    found: list[dict[str, Any]] = json.load(io.StringIO(done.stdout))
    return found


Fresh = Callable[[str, str], tuple[str, Path]]


@pytest.fixture(scope="module")
def fresh(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, caixa_looks: Any
) -> Callable[[str, str], tuple[str, Path]]:
    """Gives the address of a linked database, and a folder with nothing but its snapshot and the scripts."""
    fillers = {"by chance": fill_market, "caixa": lambda engine: record_looks(engine, caixa_looks, 5)}

    @cache
    def fill(name: str) -> str:
        url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path_factory.mktemp('database') / 'homes.sqlite')}"
        engine = fillers[name](open_engine(url))
        with writing(engine) as connection:
            link_database(connection, NOW)
        engine.dispose()
        return url

    @cache
    def make(name: str, as_of: str) -> tuple[str, Path]:
        url, folder = fill(name), tmp_path_factory.mktemp("fresh")
        engine = open_engine(url)
        export_snapshot(engine, folder / "snapshot", parse_as_of(as_of))
        engine.dispose()
        for script in SCRIPTS:
            shutil.copy(script, folder)
        (folder / "pytz.py").write_text("raise ImportError('only DuckDB and NumPy are needed')\n")
        return url, folder

    return make


DATES = [("by chance", "2026-06-10"), ("by chance", "2026-11-15"), ("caixa", "2021-09-10")]


@pytest.mark.parametrize(("name", "as_of"), DATES)
@pytest.mark.parametrize("question", REPORTS)
def test_a_report_on_homes_comes_out_of_the_snapshot_of_its_day(
    fresh: Fresh, name: str, as_of: str, question: str
) -> None:
    url, folder = fresh(name, as_of)
    told = rows_of(url, REPORTS[question], as_of)
    answered = run_script(question, folder)
    found = Reproduced()

    compare_rows(question, told, answered, found)

    assert found.rows == len(told) == len(answered)
    if name == "by chance":
        assert found.cells > 2 * found.rows
    for row in told:
        figure = next((column for column in ("n", "homes", "rounds") if row.get(column)), None)
        if figure:
            wrong = [each | {figure: each[figure] + 1} if each is row else each for each in told]
            with pytest.raises(TotalsDiffer):
                compare_rows(question, wrong, answered, Reproduced())


FIRST_LOOKS = ("new", "new_round", "bank_relisting", "resumed")
OFFERS = {
    "deals": ("deals", ("listing",)),
    "upcoming 30": ("upcoming --days 30", ("listing", "what")),
    "changes 2021-08-01": ("changes --since 2021-08-01", ("listing", "kind", "at")),
}


def is_told(row: dict[str, Any]) -> bool:
    """Whether the script tells such a row: of changes first looks, prices, and what is gone and back."""
    kind = row.get("kind")
    return kind in {None, "cut", "rise", "gone", "back"} or (kind in FIRST_LOOKS and not row["before"])


@pytest.mark.parametrize(("name", "as_of"), DATES)
@pytest.mark.parametrize("question", OFFERS)
def test_offers_and_changes_come_out_of_the_snapshot_of_their_day(
    fresh: Fresh, name: str, as_of: str, question: str
) -> None:
    command, names = OFFERS[question]
    url, folder = fresh(name, as_of)
    told = {tuple(row[each] for each in names): row for row in rows_of(url, command, as_of) if is_told(row)}
    answered = {tuple(row[each] for each in names): row for row in run_script(question, folder)}
    assert told.keys() == answered.keys()
    for key, row in told.items():
        for column in row.keys() & answered[key].keys():
            figure, again = row[column], answered[key][column]
            if isinstance(figure, int | float):
                assert float(again) == pytest.approx(figure, abs=0.006), (key, column)
            else:
                assert again == (figure or ""), (key, column)


def test_the_offers_by_chance_are_of_every_sort(fresh: Fresh) -> None:
    url, _ = fresh("by chance", "2026-06-10")
    deals, soon = (rows_of(url, command, "2026-06-10") for command in ("deals", "upcoming --days 30"))
    changes = rows_of(url, "changes --since 2026-02-01", "2026-06-10")
    assert len(deals) > 40
    assert any(row["appraisal_discount_percent"] for row in deals)
    assert {row["what"] for row in soon} == {"start", "end"}
    assert {row["kind"] for row in changes} >= {"new", "new_round", "cut", "rise", "gone", "back"}


def test_the_market_by_chance_has_what_the_scripts_must_tell_apart(fresh: Fresh) -> None:
    """Otherwise equal figures would say little: a gap, absences and returns, cuts, chains that go on, every outcome."""
    url, folder = fresh("by chance", "2026-11-15")
    (time,) = {row["homes"] for row in rows_of(url, "time-to-sale", "2026-11-15")}
    (homes,) = rows_of(url, "clearance --per-home --by all", "2026-11-15")
    stages = {row["group"]: row for row in rows_of(url, "funnel", "2026-11-15")}
    absences = (folder / "snapshot" / "absence.csv").read_text("utf-8").splitlines()[1:]

    assert 50 < time < homes["homes"]
    assert 100 < homes["homes"] < 300, "a bank sells some that a court did not"
    assert min(homes["sold"], homes["going_on"]) > 10
    assert {"first_auction", "second_auction", "sell_off", "bank_sale"} == stages.keys()
    assert all(stages["first_auction"][each] for each in ("sold", "failed", "withdrawn", "suspended", "unknown"))
    assert stages["first_auction"]["next_second"] > 10
    assert any(row["cut"] for row in rows_of(url, "cut-share", "2026-11-15"))
    assert sum(line.endswith(",") for line in absences) > 10 < sum(line.endswith("Z") for line in absences)


def test_for_an_earlier_day_homes_are_those_that_were_known_then(fresh: Fresh) -> None:
    url, _ = fresh("by chance", "2026-06-10")
    then, now = (rows_of(url, "clearance --per-home --by all", day)[0]["homes"] for day in ("2026-02-10", "2026-06-10"))
    assert 0 < then < now
