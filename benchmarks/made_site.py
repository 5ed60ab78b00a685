"""A site that is made up, served on this machine while it is entered."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self

HOST = "127.0.0.2"
"""This machine too, but not by a name that the crawler spares its delays, its budget and its pauses."""

ROBOTS = "/robots.txt"


class MadeSite(ABC):
    """Serves what ``reply`` sends, on one free port."""

    _server: "_Server | None" = None

    @abstractmethod
    def reply(self, visit: "Visit", form: bytes | None) -> None:
        """Answer one request; ``form``: the body of a POST."""

    def __enter__(self) -> Self:
        self._server = _Server((HOST, 0), partial(Visit, self))
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


class Visit(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"

    def __init__(self, site: MadeSite, *connection: object) -> None:
        self._site = site
        super().__init__(*connection)  # type: ignore[arg-type]  # answers

    def do_GET(self) -> None:
        self._site.reply(self, None)

    def do_POST(self) -> None:
        self._site.reply(self, self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def send(
        self,
        body: str | bytes,
        status: int = 200,
        kind: str | None = None,
        length: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Send an answer: a page in UTF-8, of robots.txt plain text, unless another kind is told."""
        sent = body.encode() if isinstance(body, str) else body
        if kind is None:
            kind = "text/plain" if self.path == ROBOTS else "text/html; charset=utf-8"
        self.send_response(status)
        told = {"Content-Type": kind, "Content-Length": str(len(sent) if length is None else length)}
        for name, value in (told | dict(headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: some connections are meant to break."""
