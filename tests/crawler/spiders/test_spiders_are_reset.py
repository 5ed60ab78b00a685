"""A site that resets a connection which was kept open is asked again after its delay, not by the library at once."""

import socket
import struct
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from threading import Thread
from time import monotonic

from crawler.orders import CrawlOrders
from tests.crawler.spiders.crawl_help import Database, bank_list, crawl_with

DELAY = 0.4


class Resetting(BaseHTTPRequestHandler):
    """Answers on one connection that it keeps, and resets it when a list is asked for the first time."""

    protocol_version = "HTTP/1.1"
    asked: list[float]
    body: bytes

    def do_GET(self) -> None:
        self.asked.append(monotonic())
        if len(self.asked) == 2:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return
        body = b"User-agent: *\nAllow: /\n" if self.path == "/robots.txt" else self.body
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_a_reset_connection_breaks_no_pace(database: Database) -> None:
    asked: list[float] = []
    handler = type("Handler", (Resetting,), {"asked": asked, "body": bank_list(3)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    base_url = f"http://0.0.0.0:{server.server_address[1]}"
    quickly = {"DOWNLOAD_DELAY": DELAY, "AUTOTHROTTLE_START_DELAY": DELAY, "AUTOTHROTTLE_MAX_DELAY": DELAY}
    result = crawl_with(quickly, CrawlOrders("br_caixa", database.url, ("MS",), base_url=base_url))
    server.shutdown()
    server.server_close()
    assert result["summary"]["counters"]["page/read"] == 1
    assert len(asked) == 3
    assert min(later - earlier for earlier, later in pairwise(asked)) >= DELAY
