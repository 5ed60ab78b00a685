"""A server on this machine that plays recorded pages, one date at a time: what the demo and the tests crawl.

An index tells the pages. Each entry says where and when its page was recorded::

    {"recorded_on": "2021-08-04",              the date on which it is played
     "memento": "2021-08-04T00:16:24+00:00",   the instant of the recording, sent as Memento-Datetime (RFC 7089)
     "address": "https://site.example/list?state=MS",
     "form": {"page": "1"},                    only for pages asked for by POST
     "file": "demo/br_caixa/2021-08-04_MS.csv",  relative to the folder of recorded pages
     "content_type": "text/csv", "status": 200,
     "kind": "recorded", "note": "…"}          told to the reader, not sent
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

LONGEST_FORM = 100_000
ROBOTS = b"User-agent: *\nAllow: /\n"

Question = tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...] | None]
"""Path, query and form (``None`` for GET): what tells one page of a site from another."""


class BadIndex(ValueError):
    """The index of recorded pages names a file that is missing or lies elsewhere, or lacks a field."""


@dataclass(frozen=True, slots=True)
class PlayedPage:
    """One recorded answer. ``headers`` replaces or adds to what is sent by default."""

    recorded_on: date
    address: str
    body: bytes
    content_type: str = "text/html"
    memento: datetime | None = None
    status: int = 200
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def question(self) -> Question:
        """What a request must ask for to get this page."""
        form = None if self.form is None else tuple(sorted(self.form.items()))
        return _question(self.address, form)

    def all_headers(self) -> dict[str, str]:
        """The headers of the answer."""
        headers = {"Content-Type": self.content_type, "Content-Length": str(len(self.body))}
        if self.memento is not None:
            headers["Memento-Datetime"] = format_datetime(self.memento.astimezone(UTC), usegmt=True)
        return headers | dict(self.headers)


class Player:
    """Serves on a free port of 127.0.0.1 while it is entered; ``today`` chooses whose pages are played.

    A request gets the page of ``today`` with the same path, query and form, whatever host it names; anything else
    is 404. ``/robots.txt`` allows everything unless it is played as a page. ``asked`` keeps the requests.
    """

    def __init__(self, pages: Iterable[PlayedPage]) -> None:
        self._pages = {(page.recorded_on, page.question): page for page in pages}
        self.today = min((day for day, _ in self._pages), default=date.min)
        self.asked: list[Mapping[str, str]] = []
        self._server: _Server | None = None

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), partial(_Handler, self))
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def base_url(self) -> str:
        """The address to crawl in place of the site's."""
        assert self._server is not None, "enter the player first"  # noqa: S101
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def dates(self) -> list[date]:
        """The dates that have pages, in order."""
        return sorted({day for day, _ in self._pages})

    def answer(self, target: str, form: bytes | None = None) -> PlayedPage | None:
        """The page of ``today`` for a request target (path and query) and a POST body, if there is one."""
        fields = None if form is None else tuple(sorted(parse_qsl(form.decode("utf-8", "replace"), True)))
        page = self._pages.get((self.today, _question(target, fields)))
        if page is None and form is None and urlsplit(target).path == "/robots.txt":
            return PlayedPage(self.today, "/robots.txt", ROBOTS, "text/plain")
        return page


def load_pages(root: Path, index: Path) -> list[PlayedPage]:
    """The pages that an index names; their files lie under ``root``.

    Raises:
        BadIndex: an entry lacks a field, or names a file that is missing or lies outside.
    """
    try:
        entries = json.loads(index.read_text("utf-8"))["pages"]
    except (OSError, ValueError, KeyError) as error:
        raise BadIndex(f"no index of recorded pages at {index}: {error}") from None
    return [_load(root.resolve(), entry) for entry in entries]


def _load(root: Path, entry: Mapping[str, Any]) -> PlayedPage:
    try:
        path = (root / entry["file"]).resolve()
        if not path.is_relative_to(root):
            raise BadIndex(f"{entry['file']} lies outside the recorded pages")
        return PlayedPage(
            date.fromisoformat(entry["recorded_on"]),
            entry["address"],
            path.read_bytes(),
            entry["content_type"],
            datetime.fromisoformat(entry["memento"]),
            entry["status"],
            entry.get("form"),
        )
    except BadIndex:
        raise
    except (OSError, KeyError, ValueError) as error:
        raise BadIndex(f"index entry not usable: {type(error).__name__} {error}") from None


def _question(target: str, form: tuple[tuple[str, str], ...] | None) -> Question:
    parts = urlsplit(target)
    # As Latin-1, since place names may be percent-encoded in GBK; only equality matters here.
    query = parse_qsl(parts.query, keep_blank_values=True, encoding="latin-1")
    return parts.path or "/", tuple(sorted(query)), form


class _Server(ThreadingHTTPServer):
    """Waits for no connection when it is shut, and says nothing of those that were cut."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection; says nothing to standard error."""

    protocol_version = "HTTP/1.1"

    def __init__(self, player: Player, *connection: Any) -> None:
        self._player = player
        super().__init__(*connection)  # answers

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > LONGEST_FORM:
            self.close_connection = True
            self.send_error(411)
            return
        self._answer(self.rfile.read(int(length)))

    def _answer(self, form: bytes | None) -> None:
        self._player.asked.append({**self.headers, "target": self.path})
        try:
            page = self._player.answer(self.path, form)
        except ValueError:  # a target that is no address
            page = None
        if page is None:
            self.send_error(404)
            return
        headers = page.all_headers()
        self.send_response(page.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page.body)
        if headers["Content-Length"] != str(len(page.body)):
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass
