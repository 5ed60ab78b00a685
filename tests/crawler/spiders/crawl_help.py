"""What the tests of crawls share: a database to crawl into, and pages to be played."""

import json
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from crawler.launch import Waiting, run_crawl
from crawler.orders import CrawlOrders
from crawler.play import PlayedPage, Player
from crawler.recording import RunSummary
from store.engine import open_engine, reading
from store.rows import CRAWL_RUN, LISTING, OBSERVATION, PAGE

CHECKOUT = Path(__file__).parents[3]
FIXTURES = CHECKOUT / "fixtures"
LIST = "https://venda-imoveis.caixa.gov.br/listaweb/Lista_imoveis_{}.csv"
FIRST_DAY, SECOND_DAY = date(2026, 1, 9), date(2026, 1, 10)


class Standby:
    """Keeps a crawling process ready while another one crawls: its start is most of the time of a test."""

    def __init__(self) -> None:
        self._ready = Waiting()

    def take(self) -> Waiting:
        """The process that is ready; the next one begins to get so."""
        process, self._ready = self._ready, Waiting()
        return process

    def close(self) -> None:
        self._ready.dismiss()


class Database:
    """A SQLite file with its archive beside it."""

    def __init__(self, path: Path, standby: Standby) -> None:
        self.path = path
        self._standby = standby
        self.url = f"sqlite:///{path}"
        self.archive = path.with_suffix(".pages")
        self.engine: Engine = open_engine(self.url)

    def rows(self, table: Any) -> list[dict[str, Any]]:
        """All rows of a table in the order of their ids."""
        with reading(self.engine) as connection:
            return [dict(row) for row in connection.execute(select(table).order_by(table.c.id)).mappings()]

    @property
    def listings(self) -> list[dict[str, Any]]:
        """Every listing with its current state."""
        states = {row["id"]: row for row in self.rows(OBSERVATION)}
        return [states[row["observation_id"]] | row for row in self.rows(LISTING)]

    @property
    def observations(self) -> list[dict[str, Any]]:
        return self.rows(OBSERVATION)

    @property
    def pages(self) -> list[dict[str, Any]]:
        return self.rows(PAGE)

    @property
    def runs(self) -> list[dict[str, Any]]:
        return self.rows(CRAWL_RUN)

    def crawl(self, source: str, base_url: str, *cities: str, **orders: Any) -> RunSummary:
        """One crawl in a process of its own."""
        return run_crawl(
            CrawlOrders(source, self.url, cities, base_url=base_url, **orders), waiting=self._standby.take()
        )


def instant(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def play(address: str, body: bytes | str, day: date = FIRST_DAY, **more: Any) -> PlayedPage:
    """A page recorded at noon of a day."""
    content = body.encode() if isinstance(body, str) else body
    return PlayedPage(day, address, content, **{"memento": instant(day), **more})


def case_body(case: str) -> bytes:
    """The page of a case under ``fixtures``."""
    (body,) = (FIXTURES / case).glob("input.*")
    return body.read_bytes()


def case_note(case: str, name: str) -> Any:
    """A field of what the case says of itself."""
    return json.loads((FIXTURES / case / "meta.json").read_text("utf-8"))[name]


def bank_list(rows: int | None = None) -> bytes:
    """The bank's list of Mato Grosso do Sul of 2021-08-03, or its first rows only: after the four lines of its head."""
    lines = (FIXTURES / "demo" / "br_caixa" / "2021-08-04_MS.csv").read_bytes().splitlines(keepends=True)
    return b"".join(lines if rows is None else lines[: 4 + rows])


def player_of(*pages: PlayedPage) -> Player:
    return Player(pages)


def crawl_with(settings: dict[str, Any], orders: CrawlOrders) -> dict[str, Any]:
    """One crawl in a process of its own, with other settings than the program's; gives its result."""
    program = "import json, sys; from crawler.run import CrawlOrders, crawl; a = json.load(sys.stdin); "
    program += "sys.stdout.write(json.dumps(crawl(CrawlOrders(**a[0]), a[1])))"
    words = json.dumps([asdict(orders), settings])
    done = subprocess.run([sys.executable, "-c", program], input=words, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result
