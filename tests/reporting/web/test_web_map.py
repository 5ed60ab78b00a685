"""The map: places near each other are one number, and come apart when one looks closer."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import Engine
from store_help import begin, look, record_all, statement

from reporting.web.app import create_app
from reporting.web.settings import Settings
from store.engine import open_engine
from store.terms import Currency

NOW = datetime(2021, 7, 20, tzinfo=UTC)
PLACES = {
    "fuzhou": (26_074_500, 119_296_500),
    "minhou": (26_150_000, 119_131_700),
    "beijing": (39_904_200, 116_407_400),
}


def test_places_are_joined_from_afar_and_apart_from_near(new_sqlite_url: Callable[[], str], tmp_path: Path):
    engine: Engine = open_engine(new_sqlite_url())
    begin(engine)
    said = {
        name: statement(title=name, currency=Currency.CNY, starting_price=1, latitude=north, longitude=east)
        for name, (north, east) in PLACES.items()
    }
    record_all(engine, [look(1, said | {"nowhere": statement(title="nowhere", starting_price=1)})])
    settings = Settings(engine, tmp_path, tmp_path / "s", tmp_path / "f", hosts=("testserver",), clock=lambda: NOW)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:

        def counts(query: str) -> list[int]:
            answer = client.get(f"/search/points.json?{query}").json()
            assert answer["unplaced"] == 1
            return sorted(point["count"] for point in answer["points"])

        assert counts("zoom=2") == [1, 2]
        assert counts("zoom=10") == [1, 1, 1]
        assert counts("zoom=10&box=25,118,27,120") == [1, 1]
        near = client.get("/search/points.json?zoom=10&box=39,116,40,117").json()["points"]
        assert [point["at"] for point in near] == [[39.9042, 116.4074]]
        assert client.get(near[0]["address"]).status_code == 409
        assert client.get("/search/points.json?box=1,2").status_code == 400
    engine.dispose()
