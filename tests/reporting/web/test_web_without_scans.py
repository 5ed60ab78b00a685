"""What a page asks the database is found by keys: a table that grows with the listings is never read as a whole."""

import pytest
from sqlalchemy import Engine, event
from starlette.testclient import TestClient

HOME = "jd_judicial:311215642"
LARGE = ("listing", "observation", "page", "property", "auction_round", "link_decision")
PAGES = (
    "/search?state=open&city=泉州",
    "/search?sort=price&page=2",
    f"/homes/{HOME}",
    f"/api/v1/homes/{HOME}",
    "/api/v1/homes?city=泉州&kind=flat",
)


def plans_of(engine: Engine, client: TestClient, path: str) -> list[str]:
    """How SQLite goes about each statement of a page, a line each."""
    asked: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    selects = [each for each in asked if each[0].lstrip().startswith(("SELECT", "WITH")) and " LIMIT " not in each[0]]
    assert selects
    with engine.connect() as connection:
        rows = [
            row
            for statement, parameters in selects
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    return [row[-1] for row in rows]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_reads_a_large_table_from_end_to_end(
    site: TestClient, recorded_engine: Engine, path: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("reporting.web.homes.MOST_LISTINGS", 0)  # beyond it a page looks for no siblings
    site.get(path)  # the board is made by the first
    plans = plans_of(recorded_engine, site, path)
    scans = [plan for plan in plans for table in LARGE if plan == f"SCAN {table}"]
    assert not scans


def test_a_scan_would_be_seen(site: TestClient, recorded_engine: Engine):
    plans = plans_of(recorded_engine, site, "/review")
    assert any(plan.startswith("SCAN") for plan in plans)
