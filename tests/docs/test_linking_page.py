"""The page on linking shows what the program says, and names the keys that there are."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from crawler.capture import Capture
from crawler.intake.mapping import load_mapping
from fapai.review_session import ANSWERS, KEYS
from store.engine import reading, writing
from tracking.batches import SMALLEST, TOGETHER
from tracking.evidence import SAME_FROM
from tracking.explain import explain_pair
from tracking.linking import link_database

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "linking.md").read_text("utf-8")
FUJIAN = ROOT / "fixtures" / "demo" / "jd-fujian-rounds-2026-09-04.csv"


def test_the_explanations_are_those_of_the_program(new_engine: Callable[[], Engine], tmp_path: Path) -> None:
    engine = new_engine()
    list(Capture(engine, tmp_path / "pages", [FUJIAN], load_mapping("jd-fujian-2026")))
    with writing(engine) as connection:
        link_database(connection, datetime(2026, 9, 5, tzinfo=UTC))
    examples = re.findall(r"^```text\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        shown = example.splitlines()
        one, other = (line.split()[0] for line in shown[1:3])
        with reading(engine) as connection:
            assert explain_pair(connection, one, other) == shown


def test_the_page_names_every_key() -> None:
    named = re.findall(r"`(\w)`", "".join(re.findall(r"^\| (`\w`.*?) \|", PAGE, re.MULTILINE)))
    assert named == [words.split()[0] for words in KEYS.split("   ")]
    assert set(ANSWERS) < set(named)


def test_the_page_tells_the_points_and_the_smallest_batch_that_hold() -> None:
    assert f"{SAME_FROM} are enough where" in PAGE
    assert (SMALLEST, TOGETHER.days) == (3, 1)
    assert "within a day are siblings" in PAGE
    assert "at least\nthree" in PAGE
