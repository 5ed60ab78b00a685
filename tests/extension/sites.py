"""The platforms, as far as a browser can tell: one TLS server on loopback that answers under every name."""

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Lock, Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOTHING = (404, "text/html; charset=utf-8", b"<!DOCTYPE html><html><body></body></html>")


@dataclass
class Sites:
    """Pages by host and target (``sf.taobao.com/item_list.htm?page=1``). ``asked`` tells every request, in order."""

    port: int
    pages: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def serve(self, url: str, body: bytes | str, content_type: str = "text/html; charset=utf-8") -> None:
        """Answer an address with a page; what stands behind # is never asked for."""
        content = body.encode() if isinstance(body, str) else body
        self.pages[url.partition("#")[0].removeprefix("https://")] = (200, content_type, content)

    def answer(self, method: str, host: str, target: str) -> tuple[int, str, bytes]:
        """The page for a request, which is noted."""
        with self.lock:
            self.asked.append(f"{method} {host}{target}")
        return self.pages.get(f"{host}{target}", NOTHING)


class Servant(BaseHTTPRequestHandler):
    """Answers from the ``sites`` of its server."""

    protocol_version = "HTTP/1.1"
    sites: Sites

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""

    def _answer(self) -> None:
        status, content_type, body = self.sites.answer(self.command, self.headers["Host"], self.path)
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")  # the gateways allow it to the pages of their platform
        self.end_headers()
        self.wfile.write(body)


class Server:
    """Runs until it is closed."""

    def __init__(self, certificate: Path) -> None:
        handler = type("Own", (Servant,), {})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a browser that closes early
        self.sites = handler.sites = Sites(self._server.server_address[1])
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def make_certificate(path: Path) -> Path:
    """A certificate that nobody has signed, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests of fapai")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem = key.private_bytes(serialization.Encoding.PEM, *form)
    path.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return path
