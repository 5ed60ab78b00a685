"""The demo's recorded pages as a linked database, and the web face over it. Read once for all tests."""

import base64
import json
import shutil
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from crawler.capture import Capture
from crawler.intake.mapping import load_mapping
from reporting.web.app import create_app
from reporting.web.settings import Settings
from store.engine import open_engine, writing
from store.schema import upgrade
from tests.reporting.web.browser_help import CHROMIUM, served
from tracking.linking import link_database

with warnings.catch_warnings():  # Starlette 1.10 asks for a successor of httpx that no package here needs otherwise
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

FIXTURES = Path(__file__).parents[3] / "fixtures"
NOW = datetime(2026, 9, 5, 4, tzinfo=UTC)
"""The day after the last recorded page, at noon in Shanghai."""

Site = Callable[..., TestClient]


def recorded_har(folder: Path) -> Path:
    """The recorded pages of sf.taobao.com, each with its address and time, as a browser would have saved them."""
    index = json.loads((FIXTURES / "demo" / "index.json").read_text("utf-8"))
    entries = [
        {
            "startedDateTime": page["memento"],
            "request": {"method": "GET", "url": page["address"], "headers": []},
            "response": {
                "status": page["status"],
                "headers": [{"name": "Content-Type", "value": page["content_type"]}],
                "content": {
                    "mimeType": page["content_type"],
                    "encoding": "base64",
                    "text": base64.b64encode((FIXTURES / page["file"]).read_bytes()).decode(),
                },
            },
        }
        for page in index["pages"]
        if "taobao" in page["address"]
    ]
    path = folder / "recorded.har"
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}), "utf-8")
    return path


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``homes.sqlite`` and its archive; not to be written to."""
    folder = tmp_path_factory.mktemp("web")
    engine = open_engine(f"sqlite:///{folder / 'homes.sqlite'}")
    upgrade(engine)
    archive = folder / "homes.pages"
    notices = FIXTURES / "ali_judicial" / "detail_text" / "accessibility-trees-2026" / "input.json"
    rounds = FIXTURES / "demo" / "jd-fujian-rounds-2026-09-04.csv"
    for paths, mapping in (
        ([FIXTURES / "demo" / "br_caixa"], None),
        ([recorded_har(folder)], None),
        ([notices], None),
        ([rounds], load_mapping("jd-fujian-2026")),
    ):
        list(Capture(engine, archive, paths, mapping))
    with writing(engine) as connection:
        link_database(connection, NOW)
    engine.dispose()
    return folder


@pytest.fixture
def engine(recorded: Path, tmp_path: Path) -> Iterator[Engine]:
    """A copy that a test may write to."""
    for file in recorded.glob("homes.sqlite*"):
        shutil.copy(file, tmp_path / file.name)
    opened = open_engine(f"sqlite:///{tmp_path / 'homes.sqlite'}")
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def recorded_engine(recorded: Path) -> Iterator[Engine]:
    """The same database, for reading."""
    engine = open_engine(f"sqlite:///{recorded / 'homes.sqlite'}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def recorded_settings(recorded: Path, recorded_engine: Engine) -> Settings:
    """What the pages over it are made of."""
    return Settings(
        recorded_engine,
        recorded / "homes.pages",
        recorded / "homes.secrets",
        recorded / "homes.feeds",
        hosts=("testserver", "127.0.0.1"),
        clock=lambda: NOW,
    )


@pytest.fixture(scope="session")
def shared_site(recorded_settings: Settings) -> Iterator[TestClient]:
    """The web face over the recorded pages, made once."""
    with TestClient(create_app(recorded_settings), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def site(shared_site: TestClient) -> TestClient:
    """The same, as a browser without cookies sees it: no language that another test has chosen."""
    shared_site.cookies.clear()
    return shared_site


@pytest.fixture
def own_site(recorded: Path, recorded_settings: Settings, tmp_path: Path) -> Iterator[Site]:
    """Makes a web face over a copy of the database, which a test may write to; settings may be others."""
    opened: list[TestClient] = []
    engines: list[Engine] = []

    def make(**changes: object) -> TestClient:
        copy = tmp_path / f"homes-{len(opened)}.sqlite"
        for file in recorded.glob("homes.sqlite*"):
            shutil.copy(file, tmp_path / file.name.replace("homes.sqlite", copy.name))
        engines.append(open_engine(f"sqlite:///{copy}"))
        places = {"engine": engines[-1], "secrets": tmp_path / "secrets", "feeds": tmp_path / "feeds"}
        app = create_app(replace(recorded_settings, **{**places, **changes}))
        opened.append(TestClient(app, raise_server_exceptions=False))
        opened[-1].__enter__()
        return opened[-1]

    yield make
    for client in opened:
        client.__exit__(None, None, None)
    for engine in engines:
        engine.dispose()


@pytest.fixture(scope="module")
def address(recorded_settings: Settings) -> Iterator[str]:
    """The web face over the recorded pages, on loopback."""
    with served(recorded_settings) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real Chromium."""
    from playwright.sync_api import sync_playwright

    arguments = ["--disable-background-networking", "--no-first-run", "--no-sandbox"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield opened
        opened.close()
