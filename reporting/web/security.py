"""What stands before every page: known hosts only, small bodies, no forged writes, and the headers of a strict policy.

Plain ASGI: it must hold for answers that no route gives, too.
"""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from reporting.web.sessions import COOKIE, Session, is_token_of, read_session
from reporting.web.settings import Settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
TOKEN_FIELD = "_token"  # noqa: S105  # the name of a field
TOKEN_HEADER = "x-csrf-token"  # noqa: S105
FORM = "application/x-www-form-urlencoded"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the signs in Pico's style sheet
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Nothing to other sites. With "no-referrer" browsers would send "Origin: null" with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
REFUSALS = {
    400: "unknown host: name it with --allow-host",
    403: "refused: this form is too old or comes from elsewhere; load the page again",
    413: "the body is too large",
    414: "the address is too long",
    415: "only forms and JSON are taken",
}


MOST_ADDRESS = 4_096
"""Bytes of path and query: a page repeats its address in each of its links. Forty cities take half of it."""


class Guard:
    """The outermost layer of the application."""

    def __init__(self, app: App, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._own_guards = {guard.path: guard for guard in settings.own_guards}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with a refusal."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        guarded = _with_headers(send)
        headers = Headers(scope=scope)
        own = self._own_guards.get(scope["path"])
        if host_of(headers.get("host", "")) not in self._settings.hosts:
            await _refuse(400, scope, receive, guarded)
        elif own is None and _length_of_address(scope) > MOST_ADDRESS:
            await _refuse(414, scope, receive, guarded)
        elif own is None and is_taken_in_elsewhere(headers):
            await _refuse(403, scope, receive, guarded)
        elif scope["method"] in SAFE:
            await self._app(scope, receive, guarded)
        else:
            await self._write(scope, headers, receive, guarded)

    async def _write(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        own = self._own_guards.get(scope["path"])
        if own is not None:
            # Unread: its own guard looks at the token and the rate before it takes the first byte.
            is_heard = headers.get("origin", "").startswith(own.origins)
            await (self._app(scope, receive, send) if is_heard else _refuse(403, scope, receive, send))
            return
        body = await _read_body(headers, receive, self._settings.most_bytes)
        status = body if isinstance(body, int) else None
        if status is None and isinstance(body, bytes):
            status = self._judge(headers, body)
        if status is not None:
            await _refuse(status, scope, receive, send)
        elif isinstance(body, bytes):
            await self._app(scope, _replay(body, receive), send)

    def _judge(self, headers: Headers, body: bytes) -> int | None:
        """The status of a refusal, or ``None``."""
        if not is_own_origin(headers):
            return 403
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in {FORM, "application/json"}:
            return 415
        cookie = cookie_of(headers)
        if kind == "application/json" and cookie is None and headers.get("origin") is None:
            return None  # a program, no browser: it brings its own right or needs none
        session = session_of(headers, self._settings)
        return None if is_token_of(session, _token_of(headers, kind, body), self._settings.key) else 403


def _length_of_address(scope: Scope) -> int:
    return len(scope.get("raw_path") or scope["path"].encode()) + len(scope["query_string"])


def host_of(value: str) -> str:
    """The name in a Host header, in lower case and without the port."""
    name, colon, port = value.rpartition(":")
    return (name if colon and port.isdigit() else value).lower()


def is_taken_in_elsewhere(headers: Headers) -> bool:
    """Whether another site's page asks for something to put into itself, rather than leads its reader here."""
    if headers.get("sec-fetch-site") not in {"cross-site", "same-site"}:
        return False
    return headers.get("sec-fetch-mode") != "navigate" or headers.get("sec-fetch-dest") != "document"


def is_own_origin(headers: Headers) -> bool:
    """Whether no browser says that a request comes from another site."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")


def cookie_of(headers: Headers) -> str | None:
    """The session's cookie."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return None if found is None else found.value


def session_of(headers: Headers, settings: Settings) -> Session | None:
    """The session that a request belongs to; ``None`` also where it was logged out of."""
    session = read_session(cookie_of(headers), settings.key, settings.clock())
    return None if session is None or session in settings.ended else session


def _token_of(headers: Headers, kind: str, body: bytes) -> str:
    told = headers.get(TOKEN_HEADER)
    if told is None and kind == FORM:
        told = parse_qs(body.decode("utf-8", "replace")).get(TOKEN_FIELD, [""])[0]
    return told or ""


async def _read_body(headers: Headers, receive: Receive, most: int) -> bytes | int | None:
    """The whole body, the status of a refusal, or ``None`` where the other side has gone."""
    told = headers.get("content-length")
    if told is not None and (not (told.isascii() and told.isdigit()) or int(told) > most):
        return 413
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            return 413
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    """What the application reads instead: the body that was read already."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def read() -> Message:
        return waiting.pop() if waiting else await receive()

    return read


def _with_headers(send: Send) -> Send:
    """Every answer gets the headers that it does not set itself."""

    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return add


async def _refuse(status: int, scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(f"{REFUSALS[status]}\n", status)(scope, receive, send)


def host_names(names: Sequence[str]) -> tuple[str, ...]:
    """Names of hosts as a Host header has them: in lower case, addresses of IPv6 in brackets."""
    return tuple(f"[{name.lower()}]" if ":" in name and not name.startswith("[") else name.lower() for name in names)
