"""The hostile site: true answers, and between them every way of a server to answer badly."""

import json
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from threading import Lock, Thread
from urllib.parse import parse_qs, urlsplit

from benchmarks.hostile.world import NOTHING_FOUND, Lot, list_answer, lot_page, now, status_answer

HOST = "127.0.0.2"
"""This machine too, but not by a name that the crawler spares its delays, its budget and its pauses."""

WALL = "<!DOCTYPE html><html><body><h1>很抱歉，您的访问存在异常！</h1><form id='captcha'></form></body></html>"
ELSEWHERE = "http://login.example.invalid/passport"
SLOW_BODY_SECONDS = 20
HANGS_SECONDS = 45  # longer than the crawler waits

ILLS: Mapping[str, int] = {
    "hang": 3,
    "reset": 4,
    "cut off": 4,
    "slow body": 3,
    "HTTP 500": 4,
    "HTTP 502": 3,
    "garbled charset": 4,
    "wrong charset told": 3,
    "empty list": 4,
    "empty body": 3,
    "nested brackets": 2,
    "HTTP 429": 1,
    "captcha": 1,
    "redirect off site": 1,
    "robots forbid": 1,
    "robots break": 2,
}
"""Ways to answer badly, and how often one is taken before another. Those that say stop are rarer: they end a day."""


@dataclass(slots=True)
class Asked:
    """One request, and how it was answered."""

    at: datetime
    target: str
    answer: str


@dataclass(slots=True)
class Site:
    """Serves the lots on a free port while it is entered; until ``hostile_until`` one answer in ``one_in`` is bad."""

    lots: Sequence[Lot]
    hostile_until: datetime
    one_in: int
    random: Random
    asked: list[Asked] = field(default_factory=list)
    ills: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> "Site":
        self._server = _Server((HOST, 0), partial(_Handler, self))
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    @property
    def base_url(self) -> str:
        """The address to crawl in place of the site's."""
        assert self._server is not None, "enter the site first"
        return f"http://{HOST}:{self._server.server_address[1]}"

    def choose(self, target: str) -> str:
        """How a request that has just come is answered: well, or by one of the ills."""
        with self._lock:
            ill = self._ill(urlsplit(target).path) if now() < self.hostile_until else "well"
            self.asked.append(Asked(now(), target, ill))
            self.ills[ill] += 1
            return ill

    def _ill(self, path: str) -> str:
        if self.random.randrange(self.one_in):
            return "well"
        is_robots, is_list = path == "/robots.txt", "ProjectHandle" in path
        fitting = {
            name: weight
            for name, weight in ILLS.items()
            if name.startswith("robots") == is_robots and (is_list or name != "empty list")
        }
        return self.random.choices(list(fitting), list(fitting.values()))[0]

    def truth(self, target: str, form: bytes | None) -> str | None:
        """The healthy body for a request; ``None`` where the site has no such page."""
        parts = urlsplit(target)
        lots = {str(lot.number): lot for lot in self.lots if lot.status_at(now())}
        if parts.path == "/robots.txt":
            return "User-agent: *\nAllow: /\n"
        if "ProjectHandle" in parts.path and form is not None:
            return list_answer(self.lots, int(parse_qs(form.decode()).get("page", ["1"])[0]), now())
        if "Finish" in parts.path and (lot := lots.get(parse_qs(parts.query).get("oid", [""])[0])):
            return status_answer(lot, now())
        if "rm_obj" in parts.path and (lot := lots.get(parts.path.rpartition("/")[2].removesuffix(".shtml"))):
            return lot_page(lot)
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: half of the connections are meant to break."""


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"

    def __init__(self, site: Site, *connection: object) -> None:
        self._site = site
        super().__init__(*connection)  # type: ignore[arg-type]  # answers

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _answer(self, form: bytes | None) -> None:
        ill = self._site.choose(self.path)
        body = self._site.truth(self.path, form)
        kind = "text/plain" if self.path == "/robots.txt" else "text/html; charset=utf-8"
        if body is None:
            self._send("", 404)
        elif ill in BADLY:
            BADLY[ill](self, body)
        else:
            self._send(body, kind=kind)

    def _send(
        self,
        body: str | bytes,
        status: int = 200,
        kind: str = "text/html; charset=utf-8",
        length: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        sent = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        more = {"Content-Type": kind, "Content-Length": str(len(sent) if length is None else length)} | dict(
            headers or {}
        )
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)

    def _hang(self, _body: str) -> None:
        time.sleep(HANGS_SECONDS)
        self.close_connection = True

    def _reset(self, _body: str) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _cut_off(self, body: str) -> None:
        sent = body.encode()
        self._send(sent[: len(sent) // 2], length=len(sent))
        self.close_connection = True

    def _slowly(self, body: str) -> None:
        sent = body.encode()
        self._send(sent[:10], length=len(sent))
        time.sleep(SLOW_BODY_SECONDS)
        self.wfile.write(sent[10:])

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


Badly = Callable[[_Handler, str], None]

BADLY: Mapping[str, Badly] = {
    "hang": _Handler._hang,
    "reset": _Handler._reset,
    "cut off": _Handler._cut_off,
    "slow body": _Handler._slowly,
    "HTTP 500": lambda handler, _: handler._send("<h1>500</h1>", 500),
    "HTTP 502": lambda handler, _: handler._send("<h1>Bad Gateway</h1>", 502),
    "garbled charset": lambda handler, body: handler._send(body.encode("gb18030")),
    "wrong charset told": lambda handler, body: handler._send(body, kind="text/html; charset=iso-8859-1"),
    "empty list": lambda handler, _: handler._send(json.dumps({"html": NOTHING_FOUND, "page": ""})),
    "empty body": lambda handler, _: handler._send(""),
    "nested brackets": lambda handler, _: handler._send('{"html":' + "[" * 200_000),
    "HTTP 429": lambda handler, _: handler._send("", 429, headers={"Retry-After": "3600"}),
    "captcha": lambda handler, _: handler._send(WALL),
    "redirect off site": lambda handler, _: handler._send("", 302, headers={"Location": ELSEWHERE}),
    "robots forbid": lambda handler, _: handler._send("User-agent: *\nDisallow: /\n", kind="text/plain"),
    "robots break": lambda handler, _: handler._send("", 503),
}
