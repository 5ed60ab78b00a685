"""The one password of a server that others can reach: argon2, few tries, and the page on which it is asked for."""

import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from reporting.errors import ReportError
from reporting.web.security import session_of
from reporting.web.sessions import new_session
from reporting.web.settings import Settings
from reporting.web.visit import Form, Here, Visit, is_own_address

OPEN_TO_ALL = ("/login", "/static/", "/healthz", "/feeds/")
"""Of feeds, the name is the secret: a calendar on a phone cannot log in."""

TRIES, WITHIN_SECONDS = 5, 60.0
LEAST_LETTERS = 8
ARGON2 = "$argon2"

router = APIRouter(include_in_schema=False)


class BadPassword(ReportError):
    """The file of the password cannot be used."""


class Tries:
    """How often a wrong password was given of late, by anybody: guessing is slow for all."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: deque[float] = deque(maxlen=TRIES)
        self._lock = Lock()  # one at a time: a hash takes 64 MB and a tenth of a second of a core

    def check(self, hashed: str, password: str) -> bool | None:
        """Whether the password is right; ``None`` where too many were wrong within the last minute."""
        with self._lock:
            now = self._clock()
            if len(self._failed) == TRIES and now - self._failed[0] < WITHIN_SECONDS:
                return None
            is_right = is_password(hashed, password)
            if not is_right:
                self._failed.append(now)
            return is_right


def is_password(hashed: str, password: str) -> bool:
    """Whether a password is the one that was hashed."""
    try:
        return PasswordHasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def read_password_file(path: Path) -> str:
    """The hash in a file, or that of the password in it.

    Raises:
        BadPassword: the file cannot be read, others may read it, or the password is too short.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise BadPassword(f"{path}: others may read it: chmod 600")
        words = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise BadPassword(f"{path}: the password cannot be read") from None
    if words.startswith(ARGON2):
        return words
    if len(words) < LEAST_LETTERS:
        raise BadPassword(f"{path}: a password has at least {LEAST_LETTERS} letters")
    return PasswordHasher().hash(words)


def is_let_in(request: Request) -> bool:
    """Whether a request may see anything: no password is set, it is known, or it asks to be let in."""
    settings: Settings = request.app.state.settings
    path = request.url.path
    if settings.password_hash is None or path.startswith(OPEN_TO_ALL):
        return True
    if any(guard.path == path for guard in settings.own_guards):
        return True
    session = session_of(request.headers, settings)
    return session is not None and session.is_known


def ask_for_password(request: Request) -> Response:
    """The answer to who was not let in."""
    if request.method != "GET" or request.url.path.startswith("/api/") or request.url.path == "/metrics":
        return JSONResponse({"status": 401, "detail": "the password of this server is asked for at /login"}, 401)
    return Visit(request).page("login.html", status=401, wanted=_wanted(request), failed=None)


def _wanted(request: Request) -> str:
    """Where to go once let in: this address."""
    query = request.url.query
    return "/" + request.url.path.lstrip("/\\") + (f"?{query}" if query else "")


@router.get("/login")
def show_login(visit: Here) -> HTMLResponse:
    """Ask for the password."""
    return visit.page("login.html", wanted="/", failed=None)


@router.post("/login")
def log_in(visit: Here, form: Form) -> Response:
    """Let a browser in that knows the password; its session is a new one, so that none can be planted."""
    tries: Tries = visit.request.app.state.tries
    hashed = visit.settings.password_hash
    wanted = str(form.get("wanted") or "/")
    is_right = hashed is not None and tries.check(hashed, str(form.get("password") or ""))
    if not is_right:
        status = 429 if is_right is None else 403
        return visit.page("login.html", status=status, wanted=wanted, failed=status)
    answer = visit.see_other(wanted if is_own_address(wanted) else "/")
    visit.set_session(answer, new_session(visit.now, is_known=True))
    return answer


@router.post("/logout")
def log_out(visit: Here) -> Response:
    """Forget the browser, and end its session here too: a copy of its cookie lets nobody in either."""
    visit.settings.ended.end(visit.session, visit.now)
    answer = visit.see_other("/login")
    visit.set_session(answer, new_session(visit.now))
    return answer
