"""The page on adding a source: its example, put into a copy of the checkout, is a source that works."""

import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.play import PlayedPage, Player

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "add-a-source.md").read_text("utf-8")
NAMED_BLOCK = re.compile(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = dict(NAMED_BLOCK.findall(PAGE))
CASE = "fixtures/example_court/list/two-lots-with-next-page"
LAST_PAGE = '<div id="example-court-lots"><p>暂无标的</p></div>'


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
    env.pop("FAPAI_ARCHIVE", None)
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=checkout, env=env, capture_output=True, text=True, check=False)


def test_the_example_names_the_files_that_a_source_touches() -> None:
    parser, spider, *fixtures = FILES
    assert (parser, spider) == ("crawler/parsers/example_court.py", "crawler/spiders/example_court.py")
    assert fixtures == [f"{CASE}/input.html", f"{CASE}/meta.json"]


def test_the_example_is_listed_captured_and_crawled(checkout: Path) -> None:
    listed = run(checkout, "-m", "fapai", "sources")
    assert "example_court,Example Court,The notice board of one court.," in listed.stdout

    captured = run(checkout, "-m", "fapai", "capture", f"{CASE}/input.html", "--observed-at", "2026-01-05T10:00")
    assert (captured.returncode, captured.stderr) == (0, "")
    assert "example_court: ok: 2 listings on 1 page, 2 new" in captured.stdout

    cheaper = FILES[f"{CASE}/input.html"].replace("87.5万", "70万")
    seen = datetime(2026, 2, 5, tzinfo=UTC)
    bodies = {"https://court.example/lots": cheaper, "https://court.example/lots?page=2": LAST_PAGE}
    pages = [PlayedPage(date(2026, 2, 5), url, body.encode(), memento=seen) for url, body in bodies.items()]
    with Player(pages) as player:
        crawled = run(checkout, "-m", "fapai", "crawl", "example_court", "--base-url", player.base_url)
    assert (crawled.returncode, crawled.stderr) == (0, "")
    assert "example_court: ok: 2 listings on 2 pages, 1 changed" in crawled.stdout

    report = run(checkout, "-m", "fapai", "report", "price-cuts", "--all")
    assert "example_court,7001,2026-02-05T08:00:00+08:00,875000.00,700000.00,175000.00,20.00," in report.stdout


def test_the_fixture_of_the_example_passes_once_its_expectation_is_written(checkout: Path) -> None:
    for name in ("pyproject.toml", "tests/conftest.py", "tests/fixtures/test_fixture_cases.py"):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_bytes((ROOT / name).read_bytes())
    pytest_here = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/fixtures", "-k", "two-lots")
    first = run(checkout, *pytest_here)
    assert "wrote expected.json: read it, then run again" in first.stdout
    assert '"starting_price_raw": "87.5万"' in (checkout / CASE / "expected.json").read_text("utf-8")
    second = run(checkout, *pytest_here)
    assert "3 passed" in second.stdout
