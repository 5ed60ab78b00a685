"""What the front door hands to the web face."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

from fastapi import APIRouter
from sqlalchemy import Engine

from reporting.web.sessions import EndedSessions

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
KIBIBYTE = 1024


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class OwnGuard:
    """An address that programs post to under a guard of its own, such as a pairing token.

    Neither the form token nor the bound of bodies holds for it; only ``origins`` (their beginnings) get as far as
    there, and their bodies are handed on unread.
    """

    path: str
    origins: tuple[str, ...] = ("chrome-extension://", "moz-extension://")


@dataclass(frozen=True, slots=True)
class Budget:
    """How often a site may be asked on one day of its own calendar, and the zone of that calendar (IANA)."""

    requests: int
    zone: str


@dataclass(frozen=True)
class Settings:
    """Everything that an application is made of.

    Attributes:
        engine: the database.
        archive: the folder of raw pages.
        secrets: the file of the addresses of channels.
        feeds: the folder for feeds and calendars of watches that are made on a page.
        hosts: names under which the server may be asked, without ports.
        password_hash: argon2; ``None`` lets everybody in who reaches the server.
        is_read_only: refuse every write.
        routers: further parts, mounted as they are.
        own_guards: addresses among them that look after themselves.
        budgets: those of the sites that are crawled, by source.
        key: signs sessions; with another key all are over.
        ended: sessions that were logged out of.
        clock: tells the time.
    """

    engine: Engine
    archive: Path
    secrets: Path
    feeds: Path
    hosts: Sequence[str] = LOOPBACK
    password_hash: str | None = None
    is_read_only: bool = False
    routers: Sequence[APIRouter] = ()
    own_guards: Sequence[OwnGuard] = ()
    budgets: Mapping[str, Budget] = field(default_factory=dict)
    key: bytes = field(default_factory=lambda: token_bytes(32), repr=False)
    ended: EndedSessions = field(default_factory=EndedSessions, repr=False)
    clock: Callable[[], datetime] = utc_now
    most_bytes: int = 64 * KIBIBYTE
