"""Sessions as signed cookies, tokens for forms that hold for one session only, and which sessions were ended."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex
from threading import Lock

COOKIE = "fapai_session"
LASTS = timedelta(days=7)
NONCE = 16


@dataclass(frozen=True, slots=True)
class Session:
    """One browser. ``is_known``: it gave the password."""

    name: str
    began_at: datetime
    is_known: bool = False


class EndedSessions:
    """Sessions that were logged out of: their cookies are signed still, so they are remembered until these expire.

    Only of sessions that gave the password: others have nothing to end, and anybody could fill the list with them.
    """

    def __init__(self) -> None:
        self._ended: dict[str, datetime] = {}
        self._lock = Lock()

    def end(self, session: Session, now: datetime) -> None:
        """Let nobody in by it any more."""
        if not session.is_known:
            return
        with self._lock:
            self._ended = {name: began for name, began in self._ended.items() if now - began < LASTS}
            self._ended[session.name] = session.began_at

    def __contains__(self, session: Session) -> bool:
        return session.name in self._ended


def new_session(now: datetime, *, is_known: bool = False) -> Session:
    """A session of an unguessable name."""
    return Session(token_hex(16), now, is_known)


def sign_session(session: Session, key: bytes) -> str:
    """The value of the cookie."""
    words = f"{session.name}.{int(session.began_at.timestamp())}.{int(session.is_known)}"
    return f"{words}.{_mac(key, 'session', words)}"


def read_session(value: str | None, key: bytes, now: datetime) -> Session | None:
    """The session of a cookie; ``None`` where there is none, it is forged or too old."""
    words, _, mac = (value or "").rpartition(".")
    if not words or not hmac.compare_digest(mac.encode(), _mac(key, "session", words).encode()):
        return None
    name, began, known = words.split(".")
    began_at = datetime.fromtimestamp(int(began), now.tzinfo)
    return Session(name, began_at, known == "1") if now - began_at < LASTS else None


def form_token(session: Session, key: bytes) -> str:
    """A token for a form, another one each time: in a compressed answer a constant one could be guessed bit by bit."""
    nonce = token_hex(NONCE)
    return nonce + _mac(key, "form", f"{session.name}.{nonce}")


def is_token_of(session: Session | None, token: str, key: bytes) -> bool:
    """Whether a token was given to this session."""
    if session is None or not token.isascii():
        return False
    nonce, mac = token[: 2 * NONCE], token[2 * NONCE :]
    return hmac.compare_digest(mac, _mac(key, "form", f"{session.name}.{nonce}"))


def _mac(key: bytes, use: str, words: str) -> str:
    return hmac.new(key, f"{use}:{words}".encode(), sha256).hexdigest()
