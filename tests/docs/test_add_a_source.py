"""The page on adding a source: its example, put into a copy of the checkout, is a source that works."""

import os
import re
import subprocess
import sys
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crawler.items import SourceSpec
from crawler.play import PlayedPage, Player
from crawler.spiders.base import SourceSpider
from store.engine import open_engine, reading
from store.rows import COVERAGE, FACT, LISTING, OBSERVATION
from store.terms import Answer, FactKind

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "add-a-source.md").read_text("utf-8")
NAMED_BLOCK = re.compile(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = dict(NAMED_BLOCK.findall(PAGE))
LIST_CASE = "fixtures/example_court/list/two-lots-with-next-page"
LOT_CASE = "fixtures/example_court/lot/leased-flat"
LIST, LOT = FILES[f"{LIST_CASE}/input.html"], FILES[f"{LOT_CASE}/input.html"]
SHOP = LOT.replace("7001", "7002").replace("蜀山区望江西路99号3幢1205室", "庐阳区长江中路8号商铺")
LAST_PAGE = '<html><div id="example-court-lots"><p>暂无标的</p></div></html>'
SITE = "https://court.example"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rooms of this checkout with the files of the example added."""
    folder = tmp_path_factory.mktemp("checkout")
    for room in ("fapai", "store", "tracking", "reporting", "scheduler", "alembic"):
        (folder / room).symlink_to(ROOT / room)
    for original in (ROOT / "crawler").rglob("*"):
        if original.is_file() and original.suffix != ".pyc":
            copy = folder / original.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.symlink_to(original)
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def run(checkout: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Python in the checkout, as a user there would start it."""
    env = {**os.environ, "PYTHONPATH": str(checkout), "FAPAI_DB": f"sqlite:///{checkout / 'toy.sqlite'}"}
    env |= {"FAPAI_ARCHIVE_KEY": str(checkout / "archive.key")}
    env.pop("FAPAI_ARCHIVE", None)
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=checkout, env=env, capture_output=True, text=True, check=False)


def crawl(checkout: Path, day: date, board: str) -> tuple[str, list[str]]:
    """What a crawl of the whole board of a day prints, and the addresses that it asked for."""
    seen_at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    bodies = {"/lots": board, "/lots?page=2": LAST_PAGE, "/lots/7001": LOT, "/lots/7002": SHOP}
    pages = [PlayedPage(day, SITE + path, body.encode(), memento=seen_at) for path, body in bodies.items()]
    with Player(pages) as player:
        done = run(checkout, "-m", "fapai", "crawl", "example_court", "--base-url", player.base_url)
        asked = [request["target"] for request in player.asked]
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout, asked


def rows(checkout: Path, query: Any) -> list[Any]:
    """Rows of the database of the checkout."""
    engine = open_engine(f"sqlite:///{checkout / 'toy.sqlite'}")
    with reading(engine) as connection:
        found = list(connection.execute(query))
    engine.dispose()
    return found


def test_the_example_names_the_files_that_a_source_touches() -> None:
    parser, spider, *fixtures = FILES
    assert (parser, spider) == ("crawler/parsers/example_court.py", "crawler/spiders/example_court.py")
    assert fixtures == [f"{case}/{name}" for case in (LIST_CASE, LOT_CASE) for name in ("input.html", "meta.json")]


def test_the_example_is_listed_captured_and_crawled(checkout: Path) -> None:
    listed = run(checkout, "-m", "fapai", "sources")
    assert 'example_court,"court auction, sell-off",Example Court,The notice board of one court.,' in listed.stdout

    captured = run(checkout, "-m", "fapai", "capture", f"{LIST_CASE}/input.html", "--observed-at", "2026-01-05T10:00")
    assert (captured.returncode, captured.stderr) == (0, "")
    assert "example_court: ok: 2 listings on 1 page, 2 new" in captured.stdout

    said, asked = crawl(checkout, date(2026, 2, 5), LIST.replace("87.5万", "70万"))
    assert "example_court: ok: 4 listings on 4 pages, " in said
    assert asked == ["/robots.txt", "/lots", "/lots?page=2", "/lots/7001", "/lots/7002"]

    report = run(checkout, "-m", "fapai", "report", "price-cuts", "--all")
    assert "example_court,7001,2026-02-05T08:00:00+08:00,875000.00,700000.00,175000.00,20.00," in report.stdout

    state = select(OBSERVATION).join(LISTING, LISTING.c.observation_id == OBSERVATION.c.id)
    (flat,) = rows(checkout, state.where(LISTING.c.source_id == "7001"))
    assert (flat.starting_price, flat.deposit, flat.increment) == (70_000_000, 8_750_000, 500_000)
    assert (flat.floor_area, flat.case_number) == (9_860, "（2025）皖0104执1234号")
    (leased, taxed) = rows(checkout, select(FACT).where(FACT.c.source_id == "7001").order_by(FACT.c.position))
    assert (leased.kind, leased.answer, leased.quote) == (
        FactKind.LEASED,
        Answer.YES,
        "该房屋现已出租，租赁期限至2028年12月31日",
    )
    assert (taxed.kind, taxed.answer) == (FactKind.BUYER_BEARS_ALL_TAXES, Answer.YES)
    (query,) = rows(checkout, select(COVERAGE))
    assert (query.stated_count, query.collected_count, query.note) == (2, 2, None)

    _, asked = crawl(checkout, date(2026, 2, 12), LIST.replace("87.5万", "63万"))
    assert asked == ["/robots.txt", "/lots", "/lots?page=2", "/lots/7001"]  # the shop has not changed


def test_the_fixtures_of_the_example_pass_once_their_expectations_are_written(checkout: Path) -> None:
    for name in (
        "pyproject.toml",
        "tests/conftest.py",
        "tests/forked/client.py",
        "tests/forked/processes.py",
        "tests/postgresql_pool.py",
        "tests/fixtures/test_fixture_cases.py",
    ):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_bytes((ROOT / name).read_bytes())
    pytest_here = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/fixtures", "-k", "example_court")
    first = run(checkout, *pytest_here)
    assert "2 failed" in first.stdout
    assert "wrote expected.json: read it, then run again" in first.stdout
    assert '"starting_price_raw": "87.5万"' in (checkout / LIST_CASE / "expected.json").read_text("utf-8")
    assert '"floor_area_raw": "98.6' in (checkout / LOT_CASE / "expected.json").read_text("utf-8")
    second = run(checkout, *pytest_here)
    assert "6 passed" in second.stdout


HOOKS = {"first_pages", "narrower", "check_scope", "wants", "feed_of", "max_reachable"}


def test_the_page_names_every_hook_of_a_spider_and_every_word_of_a_spec() -> None:
    assert [hook for hook in sorted(HOOKS) if hook not in vars(SourceSpider)] == []
    words = [*HOOKS, *(field.name for field in fields(SourceSpec))]
    assert [word for word in words if word not in PAGE] == []


def test_the_examples_of_hooks_hold_them() -> None:
    examples = re.findall(r"^\| `(\w+)` \|.*\| `(crawler/spiders/\w+\.py)` \|$", PAGE, re.MULTILINE)
    assert {hook for hook, _ in examples} == HOOKS - {"first_pages"}
    assert [hook for hook, name in examples if hook not in (ROOT / name).read_text("utf-8")] == []
