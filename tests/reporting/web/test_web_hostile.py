"""Words of a site are hostile: no title becomes markup, a script, a template or a formula."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from store_help import begin, look, record_all, statement

from reporting.web.app import create_app
from reporting.web.settings import Settings
from store.engine import open_engine, writing
from store.terms import Currency, PropertyKind
from tracking.linking import link_database

NOW = datetime(2021, 7, 20, tzinfo=UTC)
TITLES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "</title></script><svg onload=alert(1)>",
    '=HYPERLINK("https://evil.example")',
    "房产\u202e\u0000\x1b[31m红",
    "javascript:alert(1)",
)


@pytest.fixture
def hostile(new_sqlite_url: Callable[[], str], tmp_path: Path) -> Iterator[TestClient]:
    engine: Engine = open_engine(new_sqlite_url())
    begin(engine)
    said = {
        str(number): statement(
            title=title.replace("\0", ""),
            address=title.replace("\0", ""),
            city=title.replace("\0", "")[:30],
            seller_name=title.replace("\0", ""),
            url="javascript:alert(1)",
            currency=Currency.CNY,
            property_kind=PropertyKind.FLAT,
            starting_price=100_000_00 + number,
        )
        for number, title in enumerate(TITLES)
    }
    record_all(engine, [look(1, said)])
    with writing(engine) as connection:
        link_database(connection, NOW)
    settings = Settings(engine, tmp_path, tmp_path / "s", tmp_path / "f", hosts=("testserver",), clock=lambda: NOW)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client
    engine.dispose()


def test_no_title_becomes_markup_on_any_page(hostile: TestClient):
    homes = [row["home"] for row in hostile.get("/api/v1/homes").json()["rows"]]
    assert len(homes) == len(TITLES)
    for path in ("/", "/search", *(f"/homes/{home}" for home in homes)):
        text = hostile.get(path).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<svg onload" not in text
        assert "&lt;script&gt;alert" in text or path.startswith("/homes/")
        assert "\u202e" not in text
        assert "\x1b" not in text
        assert 'href="javascript' not in text


def test_words_of_an_address_come_back_as_words(hostile: TestClient):
    answer = hostile.get("/search", params={"q": '"><script>alert(1)</script>', "kind": "<b>x</b>"})
    assert answer.status_code == 400
    assert "<script>alert" not in answer.text
    assert "<b>x</b>" not in answer.text


def test_a_formula_is_words_in_a_file(hostile: TestClient):
    rows = csv.DictReader(io.StringIO(hostile.get("/search.csv").content.decode("utf-8-sig")))
    (formula,) = (row["title"] for row in rows if "HYPERLINK" in row["title"])
    assert formula.startswith("'=")
