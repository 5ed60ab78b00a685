"""The page on the database and the one on benchmarks name what there is, and all of it."""

import re
from pathlib import Path

from alembic.script import ScriptDirectory

from benchmarks.__main__ import BENCHMARKS
from store.models import Base, Listing, Observation, Source, Told
from store.schema import migration_config

ROOT = Path(__file__).parents[2]
STORE_PAGE = (ROOT / "docs" / "store.md").read_text("utf-8")
BENCHMARKS_PAGE = (ROOT / "benchmarks" / "README.md").read_text("utf-8")


def test_the_page_on_the_database_names_every_table_once() -> None:
    named = re.findall(r"^\| `(\w+)` \|", STORE_PAGE, re.MULTILINE)
    assert sorted(named) == sorted(Base.metadata.tables)


def test_the_page_on_the_database_is_about_the_newest_version_of_the_tables() -> None:
    assert f" {ScriptDirectory.from_config(migration_config()).get_current_head()} " in STORE_PAGE


def test_the_columns_that_the_page_explains_exist() -> None:
    explained = {
        Source: ("paused_until",),
        Listing: ("observation_id", "known", "title_digest", "generation", "last_seen_at"),
        Observation: ("observed_at", "stated"),
        Told: ("source", "source_id", "reader", "digest"),
    }
    for table, columns in explained.items():
        assert [name for name in columns if not hasattr(table, name)] == []
        assert [name for name in columns if name not in STORE_PAGE] == []


def test_every_benchmark_that_can_be_run_is_named_by_its_page_and_run_with_the_others() -> None:
    folder = ROOT / "benchmarks"
    runs = {path.stem for path in folder.glob("*.py") if 'if __name__ == "__main__":' in path.read_text("utf-8")}
    runs |= {path.parent.name for path in folder.glob("*/__main__.py")}
    named = set(re.findall(r"^\| `python -m benchmarks\.(\w+)` \|", BENCHMARKS_PAGE, re.MULTILINE))
    # All at once; a part of the benchmark of crawls; pages instead of a measure.
    assert sorted(named) == sorted(runs - {"__main__", "crawl_runs", "report_pages"})
    assert sorted(BENCHMARKS) == sorted(named)
