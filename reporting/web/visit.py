"""One request as the pages see it: its language, its filters, one connection for reading, and how to answer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from secrets import token_hex
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.datastructures import QueryParams

from reporting.filters import Filters
from reporting.health import HealthReport
from reporting.review import WaitingPair
from reporting.web.board.keeper import BoardKeeper
from reporting.web.errors import ReadOnly
from reporting.web.formats import Formats
from reporting.web.kept_counts import KeptCount
from reporting.web.languages import Language, Words, words_in
from reporting.web.navigation import entries
from reporting.web.query import address, read_filters
from reporting.web.security import TOKEN_FIELD, session_of
from reporting.web.sessions import COOKIE, Session, form_token, new_session, sign_session
from reporting.web.settings import Settings
from reporting.web.slow import note_work
from reporting.web.templates import render_fragment, render_page
from reporting.web.told import tell
from store.engine import reading

LANGUAGE_COOKIE = "fapai_language"
LAST_VISIT_COOKIE = "fapai_seen"
YEAR = 365 * 24 * 3600
VARIES = "HX-Request-Type, Cookie"


class Visit:
    """What a page needs to know of the request, and how it answers."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.settings: Settings = request.app.state.settings
        self.now: datetime = self.settings.clock()
        self.words: Words = words_in(language_of(request))
        self.show = Formats(self.words, self.now)
        self._session = session_of(request.headers, self.settings)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The connection of this request, in one read transaction."""
        note_work()
        with reading(self.settings.engine) as connection:
            yield connection
        note_work()

    def filters(self) -> Filters:
        """The filters in the address.

        Raises:
            WrongWord: one cannot be read.
        """
        return read_filters(self.request.query_params)

    @property
    def session(self) -> Session:
        """The session, a new one where the browser has none."""
        if self._session is None:
            self._session = new_session(self.now)
        return self._session

    @property
    def boards(self) -> BoardKeeper:
        """Where the board is found."""
        note_work()
        keeper: BoardKeeper = self.request.app.state.boards
        return keeper

    def health(self, connection: Connection) -> HealthReport:
        """How the sources stand."""
        kept: KeptCount[HealthReport] = self.request.app.state.health
        return kept.get(connection, self.now)

    def unlinked_count(self, connection: Connection) -> int:
        """How many listings wait to be linked."""
        kept: KeptCount[int] = self.request.app.state.unlinked
        return kept.get(connection, self.now)

    def waiting_pairs(self, connection: Connection) -> Sequence[WaitingPair]:
        """The pairs that wait for a person to decide."""
        kept: KeptCount[Sequence[WaitingPair]] = self.request.app.state.waiting
        return kept.get(connection, self.now)

    @staticmethod
    def new_name() -> str:
        """A name for a file that nobody guesses."""
        return token_hex(12)

    def require_writes(self) -> None:
        """Go on only where something may be changed.

        Raises:
            ReadOnly: the server is for reading only.
        """
        if self.settings.is_read_only:
            raise ReadOnly

    @property
    def is_partial(self) -> bool:
        """Whether htmx asks for a part of the page. To restore its history it asks for the whole of it."""
        headers = self.request.headers
        return headers.get("hx-request-type") == "partial" and "hx-history-restore-request" not in headers

    def page(self, name: str, /, *, fragment: str | None = None, status: int = 200, **data: Any) -> HTMLResponse:
        """A page out of its template, or one block of it where a part is asked for."""
        told = self._told() | data
        content = render_fragment(name, fragment, told) if fragment and self.is_partial else render_page(name, told)
        note_work()
        answer = HTMLResponse(content, status, headers={"vary": VARIES, "content-language": self.words.language})
        self._set_cookies(answer)
        return answer

    def see_other(self, path: str) -> RedirectResponse:
        """After a write: go and look at an address of ours.

        Raises:
            ValueError: the address is not one of ours.
        """
        if not is_own_address(path):
            raise ValueError(f"not an address of ours: {path!r}")
        return RedirectResponse(path, 303)

    def here(self, **changes: str | list[str] | None) -> str:
        """This address with some words changed; in names ``_`` stands for ``-``."""
        given = {name.replace("_", "-"): value for name, value in changes.items()}
        return address("/" + self.request.url.path.lstrip("/\\"), self.request.query_params, given)

    def _told(self) -> dict[str, Any]:
        """What every template knows."""
        return {
            "visit": self,
            "say": self.words.say,
            "term": self.words.term,
            "tell": partial(tell, self.words),
            "show": self.show,
            "here": self.here,
            "query": self.request.query_params,
            "language": self.words.language,
            "languages": tuple(Language),
            "navigation": entries(),
            "token_field": self._token_field,
            "is_read_only": self.settings.is_read_only,
            "has_password": self.settings.password_hash is not None,
        }

    def _token_field(self) -> Markup:
        token = form_token(self.session, self.settings.key)
        return Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN_FIELD, token)

    def _set_cookies(self, answer: HTMLResponse) -> None:
        """The session only where one was asked for: a visit from another site must not end the one there is."""
        is_new = self._session is not None and session_of(self.request.headers, self.settings) is None
        if is_new and self.request.headers.get("sec-fetch-site") != "cross-site":
            self.set_session(answer, self.session)
        chosen = self.request.query_params.get("lang")
        if chosen in set(Language):
            self.set_cookie(answer, LANGUAGE_COOKIE, chosen)

    def set_session(self, answer: HTMLResponse | RedirectResponse, session: Session) -> None:
        """Let the browser keep a session until it is closed."""
        value = sign_session(session, self.settings.key)
        answer.set_cookie(COOKIE, value, httponly=True, samesite="strict", secure=self._is_secure, path="/")

    def set_cookie(self, answer: HTMLResponse | RedirectResponse, name: str, value: str) -> None:
        """Let the browser remember a choice for a year."""
        answer.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="strict", secure=self._is_secure, path="/")

    @property
    def _is_secure(self) -> bool:
        return self.request.url.scheme == "https"


def language_of(request: Request) -> Language:
    """By the address, else as chosen before, else Chinese."""
    for word in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if word in set(Language):
            return Language(word)
    return Language.ZH


def is_own_address(path: str) -> bool:
    """Whether an address leads to this server in any browser: ``//host`` and ``/\\host`` lead elsewhere."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()


async def visit_of(request: Request) -> Visit:
    """The visit of a request; not waited for in a line for a thread, of which it has no need."""
    return Visit(request)


async def form_of(request: Request) -> QueryParams:
    """The words of a posted form, read as those of an address are."""
    return QueryParams((await request.body()).decode("utf-8", "replace"))


Here = Annotated[Visit, Depends(visit_of)]
Form = Annotated[QueryParams, Depends(form_of)]
