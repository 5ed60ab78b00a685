"""The web face over PostgreSQL: the pages that it shows over SQLite."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine, insert, select
from starlette.testclient import TestClient

from reporting.web.app import create_app
from reporting.web.settings import Settings
from store.engine import open_engine, reading, writing
from store.models import Base

BEGIN = (
    "/",
    "/search?kind=flat&sort=cut",
    "/search?words=浦东",
    "/statistics",
    "/review",
    "/watches",
    "/export",
    "/sources",
)
LINK = re.compile(r'href="(/[^"#]*)"')
OF_THE_MOMENT = re.compile(
    r'value="[0-9a-f]{96}"|nonce="[^"]*"'
    r"|<time[^>]*>[^<]*</time>"
)


@pytest.fixture
def on_postgresql(
    new_postgresql_url: Callable[[], str], recorded_engine: Engine, recorded_settings: Settings
) -> Iterator[TestClient]:
    """The web face over a copy of the recorded database, row by row."""
    engine = open_engine(new_postgresql_url())
    with reading(recorded_engine) as source, writing(engine) as connection:
        for table in Base.metadata.sorted_tables:
            connection.execute(table.delete())
            if rows := [row._asdict() for row in source.execute(select(table))]:
                connection.execute(insert(table), rows)
    with TestClient(create_app(replace(recorded_settings, engine=engine)), raise_server_exceptions=False) as client:
        yield client
    engine.dispose()


def kind_of(address: str) -> str:
    """Pages that one template shows."""
    path, _, query = address.partition("?")
    return re.sub(r"[^/]*[:\d][^/]*", "…", path) + ",".join(sorted(part.partition("=")[0] for part in query.split("&")))


def test_the_pages_are_those_over_sqlite(site: TestClient, on_postgresql: TestClient):
    """The beginnings, and of what they lead to one page of each kind."""
    kinds: dict[str, str] = {}
    for address in BEGIN:
        kinds[kind_of(address)] = address
        for found in map(html.unescape, LINK.findall(site.get(address).text)):
            kinds.setdefault(kind_of(found), found)
    assert len(kinds) > 40
    for address in kinds.values():
        ours, theirs = (client.get(address, headers={"accept-language": "zh"}) for client in (site, on_postgresql))
        assert theirs.status_code == ours.status_code == 200, address
        assert OF_THE_MOMENT.sub("", theirs.text) == OF_THE_MOMENT.sub("", ours.text), address
