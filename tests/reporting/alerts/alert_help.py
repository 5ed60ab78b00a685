"""What the tests of alerts share: a webhook on this machine, days that pass, and watches on them."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any, NamedTuple, Self

from sqlalchemy import Engine
from store_help import Look, record_all

from reporting.alerts.manage import Asked, create_watch
from reporting.alerts.run import AlertRun, run_alerts
from store.engine import reading, writing
from store.outbox import StoredDelivery, list_deliveries
from store.terms import ChannelKind
from tracking.linking import link_database

AT_ONCE: Mapping[str, Any] = {
    "pace": "at_once",
    "speaks_at": "08:00",
    "speaks_on": 0,
    "quiet_from": None,
    "quiet_to": None,
    "zone": "Asia/Shanghai",
    "language": "en",
}


class Received(NamedTuple):
    """One request to the webhook, as Apprise makes it."""

    key: str | None
    title: str
    message: str


class Webhook:
    """Takes what Apprise posts to a free port of 127.0.0.1 while it is entered.

    ``status`` is what it answers; other than 200 it takes nothing. ``got`` keeps every request that it took.
    """

    def __init__(self) -> None:
        self.status = 200
        self.got: list[Received] = []
        self.asked = 0
        self._lock = Lock()

    def __enter__(self) -> Self:
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                webhook.take(Received(self.headers.get("Idempotency-Key"), body["title"], body["message"]))
                self.send_response(webhook.status)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, received: Received) -> None:
        with self._lock:
            self.asked += 1
            if self.status == 200:
                self.got.append(received)

    @property
    def address(self) -> str:
        """For Apprise."""
        return f"json://127.0.0.1:{self._server.server_address[1]}/hook/token-of-mine"

    @property
    def titles(self) -> list[str]:
        """Of what came, without the names of the watches."""
        return [each.title.partition("] ")[2] for each in self.got]


def day(text: str, hour: float = 12) -> datetime:
    """An hour of a day of 2021, in UTC."""
    return datetime.fromisoformat(f"2021-{text}").replace(tzinfo=UTC) + timedelta(hours=hour)


def play(engine: Engine, looks: Sequence[Look], since: str, until: str) -> None:
    """Record the looks of some days of 2021, the last one included, and link."""
    first, last = day(since, 0), day(until, 24)
    record_all(engine, [look for look in looks if first <= look[0].observed_at < last], 3)
    link(engine, last)


def link(engine: Engine, now: datetime, *, rebuild: bool = False) -> None:
    """As ``fapai link`` does."""
    with writing(engine) as connection:
        link_database(connection, now, rebuild=rebuild)


def watch(engine: Engine, secrets: Path, address: str, words: Mapping[str, Any] | None = None, **hours: Any) -> None:
    """A watch named ``w`` on everything, or on what the words say, that tells one address."""
    asked = [Asked(ChannelKind.APPRISE, address)]
    create_watch(engine, secrets, "w", words or {}, {**AT_ONCE, **hours}, asked, day("07-01"))


def run(engine: Engine, secrets: Path, now: datetime) -> AlertRun:
    """A run of the alerts at an instant."""
    return run_alerts(engine, secrets, lambda: now)


def outbox(engine: Engine) -> list[StoredDelivery]:
    """All deliveries, the newest first."""
    with reading(engine) as connection:
        return list_deliveries(connection)


def counted(values: Iterable[Any], what: Callable[[Any], bool]) -> int:
    """How many of the values are so."""
    return sum(map(what, values))
