"""The readmes tell the truth: their commands run, their tables are the program's, their files exist."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from urllib.request import urlopen

import pytest
import typer

from crawler.orders import CrawlScope
from crawler.play import PlayedPage, Player
from crawler.sources import source_specs, spider_names
from crawler.spiders.ali_judicial import AliJudicialSpider
from fapai.__main__ import app
from fapai.demo import NOTICES
from reporting.export import ALL_FILES
from store.terms import FactKind, RunVerdict
from tests.docs.readme_help import (
    ALI_CARDS,
    CHINESE_README,
    FIXTURES,
    README,
    ROOT,
    commands_in,
    environment,
    fill_working_folder,
    page_of,
    played_sites,
    run_in_shell,
    tables_in,
    write_program,
)
from tests.forked.processes import Processes

pytestmark = pytest.mark.long

READMES = (README, CHINESE_README)
MAPPING_PAGE = (ROOT / "docs" / "mappings.md").read_text("utf-8")

QUICK_START = "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/fapai demo"
TESTS = ".venv/bin/pip install -e '.[dev]' && .venv/bin/pytest"
POSTGRESQL = (
    ".venv/bin/pip install -e '.[postgres]'",
    "FAPAI_DB=postgresql://fapai:secret@localhost/fapai fapai db upgrade",
)
BROWSER = (
    ".venv/bin/pip install -e '.[browser]'",
    "fapai crawl ali_judicial --browser --city 福州 --max-pages 1 --no-details",
)
SERVE = "fapai serve --port 8765 --read-only"
OTHERS = {".ci/run", ".venv/bin/python -m benchmarks"}

SAYS = {
    "fapai crawl br_caixa --city MS": r"^br_caixa: ok: 105 listings on 1 page, 105 new$",
    "fapai crawl rmfysszc --city 广东省 --max-pages 1 --no-details": r"^rmfysszc: ok: 20 listings on 1 page, 20 new$",
    "fapai crawl hkma": r"^hkma: ok: 0 listings on 1 page, 30 numbers of context$",
    "fapai capture Lista_imoveis_RR.csv": r"^br_caixa: ok: 6 listings on 1 page, 6 new$",
    "fapai capture session.har crawl.warc.gz page.mhtml": (
        r"(?s)^read  .*crawl\.warc\.gz https.* 118 listings, seen 2021-07-19 16:00\n"
        r"read  .*page\.mhtml#0 https.* 11 listings, seen 2026-08-31 20:00\n"
        r"read  .*session\.har#0 https.* 1 listings, seen 2022-12-06 12:00\n"
    ),
    "fapai capture downloads week.zip --quiet": r"^br_caixa: ok: 3,\d{3} listings on 29 pages, .* changed",
    "fapai capture list.html --observed-at 2026-08-31T20:00": r"^read  .* 15 listings, seen 2026-08-31 20:00$",
    'fapai capture --format json "pages/*.html" > read.jsonl': r"^ali_judicial: ok: 15 listings on 1 page, 15 new$",
    "fapai capture --list-mappings": r"(?s)^caixaaberta .*^scrap-imoveis-rs ",
    "fapai capture --mapping caixaaberta 2021-08-10.zip": (
        r"(?m)^empty  .*2021-08-10\.zip!/imoveis_AC\.csv 0 listings, seen 2021-08-10 20:00$"
    ),
    "fapai capture --mapping lianjia-communities 20181007.csv": r"^lianjia: ok: .* numbers of context",
    "fapai capture --mapping my-bank.toml offers_2026-03-01.csv offers_2026-03-08.csv": (
        r"^my_bank: ok: 4 listings on 2 pages, 2 new, 1 changed$"
    ),
    "fapai reparse --source br_caixa": r"^page/read +\d+$",
    "fapai reparse --mapping my-bank.toml": r"^row/refused +0$",
    'fapai report price-cuts --city "Campo Grande" --min-cut 10%': r"^br_caixa,10007753,1,BRL,123643\.78,81\.56,",
    "fapai report price-cuts --kind flat --kind house --max-price 100000BRL --since 2021-08-01 --limit 20": (
        r"^br_caixa,8444404205810,1,BRL,2549\.54,80\.00,10198\.14,"
    ),
    "fapai report price-cuts --source br_caixa --seller-kind state_bank --round direct_sale --as-of 2021-08-31": (
        r"^br_caixa,\d+,1,BRL,.*,direct_sale,2021-08-\d\dT"
    ),
    "fapai report price-cuts --all --format json > cuts.json": r"\A\Z",
    "fapai link": r"^[\d,]+ listings looked at: [\d,]+ homes, \d+ listings share one with another; ",
    "fapai link --rebuild": r"^[\d,]+ listings looked at: .* 0 new decisions, 0 superseded, ",
    "fapai link --explain br_caixa:10007753 br_caixa:8444404205810": (
        r"(?s)^two homes: numbers \d+ and \d+$.*^br_caixa:10007753 .*^never one: br_caixa has two numbers for them: "
    ),
    "fapai link review --limit 5": r"^score,one,other,one_title,",
    'fapai link decide br_caixa:10007753 br_caixa:8444404205810 different --author me --because "two streets"': (
        r"^noted: br_caixa:10007753 and br_caixa:8444404205810: different$"
    ),
    "fapai link words > decisions.csv": r"\A\Z",
    "fapai link words --import decisions.csv": r"^1 decisions taken from decisions\.csv$",
    "fapai link match list.html --observed-at 2026-08-31T20:00": (
        r"(?s)^listing,judgement,property_id,.*^ali_judicial:\d+,same,\d+,"
    ),
    "fapai report repeats --least 2 --min-cut 10%": r"^property_id,cut_percent,price,",
    'fapai report batches --city "Campo Grande" --least 10': (
        r"^17,41010\.81,56306\.73,BRL,RUA CABREUVA 316,,CAMPO GRANDE,flat,"
    ),
    "fapai report ladder br_caixa:10007753": r"^1,1\.1,,,.*,br_caixa:10007753,",
    "fapai report questions --since 2021-08-01": r"^kind,property_id,listings,words,",
    "fapai report changes --since 2021-08-01 --limit 20": r"(?m)^2021-08-\d\dT[^,]*,cut,",
    "fapai export snapshot --as-of 2021-08-31": r"(?s)^ +\d+ rows  listing\.csv$.*written to .*snapshot",
    'fapai report deals --city "Campo Grande" --as-of 2021-08-31 --by highest --seen-within 60': (
        r"^price,appraisal_discount_percent,.*\n.*br_caixa:10007753,"
    ),
    "fapai report upcoming --days 14 --max-price 200000": r"^local_time,zone,hours_left,what,price,deposit,",
    "fapai report compare br_caixa:10007753 br_caixa:8444404205810": (
        r"^fact,br_caixa:10007753,br_caixa:8444404205810"
    ),
    "fapai report cost br_caixa:10007753 --deed-tax 3% --agent 2% --loan 50% --loan-rate 9% --years 10": (
        r"^loan_interest,\d+\.\d\d,9,BRL,"
    ),
    "fapai report next-round br_caixa:10007753": r"^next_round,,,",
    "fapai report counts --by round": r"^group,listings,rounds,homes,unlinked",
    "fapai report clearance --per-home --by source": r"^group,homes,ended,",
    "fapai report ratios --by kind": r"^group,ratio,currency,eligible,n,",
    "fapai report competition --by all": r"^group,number,sold,n,",
    "fapai report funnel --flows": r"^stage,outcome,next_stage,rounds,",
    "fapai report cohort": r"^group,days,first_auctions,censored,",
    "fapai report cut-share --source br_caixa": r"^group,days,n,cut,",
    "fapai report cut-groups --by city": r"^group,listings,cut,share_percent,",
    "fapai report time-to-sale --by kind --days 30": r"^group,homes,sold,",
    "fapai report coverage --by source --since 2021-08-01": r"(?m)^br_caixa,,2021-08-",
    "fapai report context --series hkma.negative_equity.loans": r"^series,period,value,",
    "fapai export for-excel --profile excel --coarse-location": r"^ +1 rows  |^ +\d+ rows  source\.csv$",
    "fapai export july --as-of 2021-07-31 --also jsonl": r"^ +\d+ rows  listing\.csv$",
    "fapai export diff july snapshot": r"observation",
    "fapai schedule on br_caixa": r"^on the timetable: br_caixa$",
    "fapai schedule off br_caixa": r"^off the timetable: br_caixa; back by fapai schedule on$",
    "fapai schedule plan --days 2": r"^source,begins_at,reason,looks,requests,dropped",
    "fapai schedule status": r"^source,health,last_run_at,next_due,",
    'fapai watch add --name campo --city "Campo Grande" --cut 5% --lowest-ever --atom campo.xml': r"^watching: campo; ",
    (
        "fapai watch add --name mine --property br_caixa:10007753 --deadline 3d --event sold --icalendar mine.ics "
        "--quiet 22:00-07:30"
    ): r"^watching: mine; ",
    "fapai watch test mine": r"^ok  2: icalendar .*/mine\.ics$",
    "fapai alert run": r"^2 news, [12] messages made; ",
    "fapai watch list": r"^campo,--city Campo Grande --cut 5% --lowest-ever,at once,1: atom .*/campo\.xml,watching,1,",
    "fapai watch edit campo --cut 10% --digest daily --at 08:00 --zone Asia/Shanghai --language zh": r"^changed: c",
    "fapai watch show campo": r"(?m)^tells,daily at 08:00.*$",
    "fapai watch pause campo": r"^paused: campo$",
    "fapai watch resume campo": r"^watching again: campo$",
    "fapai watch outbox --state dead": r"^id,watch,channel,state,attempts,",
    "fapai watch remove mine": r"^removed: mine$",
    "fapai sources --format table": r"^br_caixa +bank direct sale, .* +crawl +open +obeyed live +recorded +\d+ +ok ",
    "fapai doctor": r"(?s)^ok   database .*: sound$.*^ok   br_caixa ",
    "fapai doctor --coverage": r"(?s)^br_caixa,title,(\d+),\1,100\.0.*^br_caixa,fact mortgage,\d+,0,0\.0",
    "fapai db upgrade": r"^the tables are up to date: sqlite:///.*fapai\.sqlite$",
    "fapai db check --read-pages": r"^the database is sound$",
    "fapai db rollups --check": r"^rollups are as counted anew$",
    "fapai db backup homes.backup": r"^the database is in homes\.backup .*\n +the archive of pages: .*\n +its key: ",
    "fapai db restore homes.backup --replace": r"^the database is that of homes\.backup$",
    "fapai archive compact": r"^\d+ files, .* -> 1 files, ",
    "fapai archive prune --older-than 90 --kind blocked": r"^there is nothing to take away$",
    "fapai pair": r"^http://127\.0\.0\.1:8765/#\S{40,}$",
    "fapai health": r"^source,state,last_run_at,",
    "fapai health --weekly": r"^source,runs,healthy_runs,",
    "fapai health --prometheus fapai.prom": r"\A\Z",
}
"""What each command prints, on either stream."""


@pytest.mark.timeout(400)
def test_every_command_runs_and_says_what_it_should(processes: Processes | None, tmp_path: Path) -> None:
    work, home = tmp_path / "work", tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    work.mkdir()
    fill_working_folder(work, MAPPING_PAGE)
    wrong = []
    with Player(played_sites()) as player:
        write_program(home / "bin" / "fapai", player.base_url, processes)
        for command in (command for command in commands_in(README) if command in SAYS):
            done = run_in_shell(command, work, environment(home))
            if done.returncode or not re.search(SAYS[command], done.stdout + done.stderr, re.MULTILINE):
                wrong.append(f"{command}\n-> {done.returncode}\n{done.stdout}{done.stderr}")
    assert wrong == [], "\n\n".join(wrong)
    assert {"observed_at", "previous_price", "cut_percent"} <= json.loads((work / "cuts.json").read_text())[0].keys()
    assert json.loads((work / "read.jsonl").read_text())["outcome"] == "read"
    assert (work / "for-excel" / "listing.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert list((home / ".local" / "share" / "fapai").glob("fapai.pages/*/*.warc.gz"))


def test_no_command_goes_untested() -> None:
    elsewhere = {QUICK_START, TESTS, SERVE, *POSTGRESQL, *BROWSER, *OTHERS}
    assert set(commands_in(README)) == set(SAYS) | elsewhere
    assert len(commands_in(README)) == len(SAYS) + len(elsewhere)


def test_both_readmes_hold_the_same_commands_in_the_same_order() -> None:
    assert commands_in(CHINESE_README) == commands_in(README)


# What cannot run inside a test ------------------------------------------------------------------------------------


def test_the_other_commands_name_what_exists() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert {"alerts", "dev", "postgres", "browser"} <= extras.keys()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert find_spec("benchmarks.__main__") is not None


def test_ci_installs_and_tests_as_the_quick_start_does() -> None:
    """With packages from the lock file in place of the newest, and the demo played by a test."""
    install, _, demo = QUICK_START.removeprefix("python3 -m venv .venv && ").replace(".venv/bin/", "").partition(" && ")
    tests = TESTS.replace(".venv/bin/", "").partition(" && ")[2]
    assert (install, demo, tests) == ("pip install -e .", "fapai demo", "pytest")
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    assert re.search(r'"\$python" -m venv ', ci)
    assert re.search(r"^ *pip install(?: --?[\w-]+)* -e \.$", ci, re.MULTILINE)
    assert re.search(r'^ *(?:\w+="[^"]*" )?pytest(?: 2>&1 \||$)', ci, re.MULTILINE)  # no choice of tests


def test_postgresql_serves_as_the_readme_says(
    processes: Processes | None, new_postgresql_url: Callable[[], str], tmp_path: Path
) -> None:
    assert POSTGRESQL[1].endswith(" fapai db upgrade")
    (tmp_path / "bin").mkdir()
    write_program(tmp_path / "bin" / "fapai", "", processes)
    command = f"FAPAI_DB={shlex.quote(new_postgresql_url())} fapai db upgrade"
    done = run_in_shell(command, tmp_path, environment(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(r"the tables are up to date: postgresql.*:\*\*\*@127\.0\.0\.1", done.stdout)


def test_a_crawl_in_a_browser_runs_as_the_readme_says(processes: Processes | None, tmp_path: Path) -> None:
    pytest.importorskip("playwright", reason="the extra browser is not installed")
    spider = AliJudicialSpider(scope=CrawlScope(cities=("福州",)))
    (first, *_) = spider.first_pages()
    page = PlayedPage(date(2026, 8, 31), first.url, page_of(ALI_CARDS.format("ended-fuzhou")))
    home = tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    with Player([page]) as player:
        write_program(home / "bin" / "fapai", player.base_url, processes)
        env = {**environment(home), "TMPDIR": gettempdir()}  # Chromium's socket must have a short name
        done = run_in_shell(BROWSER[1], tmp_path, env)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert done.stdout == "ali_judicial: ok: 15 listings on 1 page, 15 new\n"
    assert any((home / ".local" / "share" / "fapai" / "browser").iterdir())


def test_the_pages_are_served_as_the_readme_says(processes: Processes | None, tmp_path: Path) -> None:
    """At a port that is free, since the one of the readme may be taken."""
    (tmp_path / "bin").mkdir()
    write_program(tmp_path / "bin" / "fapai", "", processes)
    env = environment(tmp_path)
    run_in_shell("fapai db upgrade", tmp_path, env)
    write_program(tmp_path / "bin" / "fapai", "")  # what is interrupted below is the server itself
    command = ["sh", "-c", f"exec {SERVE.replace('8765', '0')}"]
    with subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            lines = iter(server.stderr.readline, "")
            address = next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+/", line)))
            with urlopen(address) as page:
                assert "法拍" in page.read().decode()
        finally:
            server.send_signal(signal.SIGINT)


# The demo ---------------------------------------------------------------------------------------------------------


def excerpt_in(readme: Path) -> list[list[str]]:
    """The lines of the demo that a readme shows: of days, of price cuts, of a ladder, of a notice."""
    found = re.search(r"^```text\n(.*?)^```$", readme.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found is not None
    return [part.splitlines() for part in found[1].split("\n\n")]


@pytest.fixture(scope="module")
def shortened_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as it is installed, with its recorded pages: notice, table, and of the lists the days shown."""
    folder = tmp_path_factory.mktemp("installed")
    (folder / "fapai").mkdir()
    for module in (ROOT / "fapai").glob("*.py"):
        (folder / "fapai" / module.name).symlink_to(module)
    shutil.copytree(FIXTURES / "demo", folder / "fapai" / "recorded" / "demo")
    index = folder / "fapai" / "recorded" / "demo" / "index.json"
    told = json.loads(index.read_text("utf-8"))
    shown = {line[:10] for line in excerpt_in(README)[0] if re.match(r"\d{4}-\d\d-\d\d ", line)}
    for part, day in (("stops", "on"), ("pages", "recorded_on")):
        told[part] = [each for each in told[part] if each[day] in shown or "mapping" in each]
    index.write_text(json.dumps(told), "utf-8")
    assert NOTICES.file is not None
    (folder / "fapai" / "recorded" / NOTICES.file).parent.mkdir(parents=True)
    shutil.copy(FIXTURES / NOTICES.file, folder / "fapai" / "recorded" / NOTICES.file)
    return folder


@pytest.mark.timeout(400)
def test_the_demo_prints_the_days_and_the_notice_that_the_readmes_show(shortened_demo: Path, tmp_path: Path) -> None:
    env = {**environment(tmp_path), "PYTHONPATH": f"{shortened_demo}{os.pathsep}{ROOT}"}
    done = run_in_shell(f'"{sys.executable}" -m fapai demo', tmp_path, env)
    assert (done.returncode, done.stderr) == (0, "")
    days, _, ladder, notice = excerpt_in(README)
    assert (len(days), len(ladder)) == (7, 5)
    printed = [line.rstrip() for line in done.stdout.splitlines()]
    assert [line for line in days + ladder if line not in printed] == []
    assert len(notice) == 8
    assert "\n".join(["", *notice, "", "Snapshot"]) in done.stdout


def test_the_readmes_show_price_cuts_of_the_demo(tmp_path: Path) -> None:
    from io import StringIO

    from crawler.capture import Capture
    from fapai.demo_words import PLAIN_WIDTH
    from reporting.price_cuts import PriceCutQuestion, price_cuts
    from reporting.render import Format, render
    from store.engine import open_engine, reading
    from store.schema import upgrade

    engine = open_engine(f"sqlite:///{tmp_path / 'homes.sqlite'}")
    upgrade(engine)
    list(Capture(engine, tmp_path / "pages", [FIXTURES / "demo" / "br_caixa"]))
    stream = StringIO()
    with reading(engine) as connection:
        render(price_cuts(connection, PriceCutQuestion(limit=12)), Format.TABLE, stream, width=PLAIN_WIDTH)
    engine.dispose()
    printed = [line.rstrip() for line in stream.getvalue().splitlines()]
    _, shown, *_ = excerpt_in(README)
    assert len(shown) == 4
    assert printed[:4] == shown


def test_both_readmes_show_the_same_of_the_demo() -> None:
    assert excerpt_in(CHINESE_README) == excerpt_in(README)


# Options, tables, links -------------------------------------------------------------------------------------------


def commands_of(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command of the program with its words."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            if command.invoke_without_command:  # fapai link: a command of its own too
                yield (*path, name), command
            yield from commands_of(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(commands_of(typer.main.get_command(app)))


@pytest.mark.parametrize("readme", READMES, ids=lambda readme: readme.name)
def test_a_readme_names_every_command_and_option(readme: Path) -> None:
    text = readme.read_text("utf-8")
    missing = [" ".join(words) for words in COMMANDS if f"fapai {' '.join(words)}" not in text]
    options = {option for command in COMMANDS.values() for each in command.params for option in each.opts}
    missing += [
        option for option in sorted(options) if option.startswith("--") and not re.search(rf"{option}(?![\w-])", text)
    ]
    assert set(missing) <= {"--details"}  # named as --no-details


@pytest.mark.parametrize("readme", READMES, ids=lambda readme: readme.name)
def test_a_readme_uses_no_option_that_is_not_there(readme: Path) -> None:
    options = {"--help"}
    for command in COMMANDS.values():
        options |= {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", readme.read_text("utf-8"))) <= options


@pytest.mark.parametrize("readme", READMES, ids=lambda readme: readme.name)
def test_the_table_of_sources_is_that_of_the_program(readme: Path) -> None:
    (rows,) = [table for table in tables_in(readme) if table[0][0] == "`ali_assets`"]
    crawled = spider_names()
    assert [row[:5] for row in rows] == [
        [
            f"`{name}`",
            spec.title,
            "crawl" if name in crawled else "capture",
            "walled" if spec.is_walled else "open",
            spec.fixtures,
        ]
        for name, spec in source_specs().items()
    ]


@pytest.mark.parametrize("readme", READMES, ids=lambda readme: readme.name)
def test_the_table_of_verdicts_names_each_once(readme: Path) -> None:
    (rows,) = [table for table in tables_in(readme) if table[0][0] == "`ok`"]
    named = [verdict for row in rows for verdict in re.findall(r"`(\w+)`", row[0])]
    assert sorted(named) == sorted(RunVerdict)


PAGES = sorted([*READMES, ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_links_to_files_that_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if not link.startswith("https://")]
    assert [link for link in links if not (page.parent / link).exists()] == []
    rooms = "|".join(("fapai", "crawler", "store", "tracking", "reporting", "scheduler", "alembic", "tests", r"\.ci"))
    named = set(re.findall(rf"`((?:{rooms})/[\w./-]+)`", text))
    assert [name for name in sorted(named) if "example_court" not in name and not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    ("readme", "words"),
    [
        (README, "at least {:g} seconds apart, at most {:,} a day for each source and {} to {} for small ones"),
        (CHINESE_README, "间隔至少 {:g} 秒，每个来源每天最多 {:,} 个，小网站只有 {} 到 {} 个"),
    ],
)
def test_a_readme_states_delays_and_budgets_of_the_sources(readme: Path, words: str) -> None:
    specs = source_specs().values()
    least, *_, less, most = sorted({spec.requests_per_day for spec in specs})
    told = words.format(min(spec.min_delay_seconds for spec in specs), most, least, less)
    assert told in readme.read_text("utf-8")


@pytest.mark.parametrize(
    ("readme", "words"), [(README, "notices of {} sources"), (CHINESE_README, "{} 个来源的列表、详情页和公告")]
)
def test_a_readme_counts_the_sources(readme: Path, words: str) -> None:
    assert words.format(len(source_specs())) in readme.read_text("utf-8")


@pytest.mark.parametrize("readme", READMES, ids=lambda readme: readme.name)
def test_a_readme_names_every_file_of_a_snapshot(readme: Path) -> None:
    assert {name for name in ALL_FILES if f"`{name}`" not in readme.read_text("utf-8")} == set()


ROOMS = ("fapai", "crawler", "store", "tracking", "reporting", "scheduler")
READ_VARIABLE = re.compile(r'(?:environ(?:\.get\(|\[)|envvar=)"(FAPAI_\w+)"')


@pytest.mark.parametrize("readme", READMES, ids=lambda readme: readme.name)
def test_the_table_of_variables_names_those_that_the_program_reads(readme: Path) -> None:
    (rows,) = [table for table in tables_in(readme) if table[0][0] == "`FAPAI_DB`"]
    modules = [module for room in ROOMS for module in (ROOT / room).rglob("*.py")]
    read = {name for module in modules for name in READ_VARIABLE.findall(module.read_text("utf-8"))}
    assert sorted(row[0].strip("`") for row in rows) == sorted(read)


def test_the_readme_lists_the_questions_that_facts_answer() -> None:
    (told,) = re.findall(r"\*\*Facts, each with the sentence that says it\*\*: ([^.]+)\.", README.read_text("utf-8"))
    assert len(re.sub(r"\([^)]*\)", "", told).split(",")) == len(FactKind)
