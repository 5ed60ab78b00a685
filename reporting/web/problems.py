"""Errors as pages for people, as JSON for programs: with the words of the failure, never with a traceback."""

from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from reporting.chains import NotLinked
from reporting.errors import ReportError, WrongFilter
from reporting.ladder import NoSuchHome
from reporting.web.errors import NotHere, NotReady, ReadOnly, TooMuch
from reporting.web.query import WrongWord
from reporting.web.visit import Visit
from store.errors import StoreError
from tracking.words import SameListing, UnknownListing

STATUS: tuple[tuple[type[Exception], int], ...] = (
    (WrongFilter, 400),
    (ReadOnly, 403),
    (NotHere, 404),
    (NoSuchHome, 404),
    (UnknownListing, 404),
    (SameListing, 400),
    (NotReady, 503),
    (TooMuch, 503),
    (NotLinked, 409),
    (ReportError, 409),
    (StoreError, 503),
)
SHOWN = (400, 403, 404, 405, 409, 429, 503)
"""Statuses with words of their own; of any other only that something went wrong."""


def status_of(error: Exception) -> int:
    """The status that tells a failure."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def add_problem_handlers(app: FastAPI) -> None:
    """Let every failure end in an answer."""

    def told(request: Request, error: Exception) -> Response:
        return answer_problem(request, status_of(error), str(error), error)

    def by_status(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return answer_problem(request, status, "")

    def invalid(request: Request, error: Exception) -> Response:
        found = error.errors()[0] if isinstance(error, RequestValidationError) else {}
        place = ".".join(str(part) for part in found.get("loc", ())[1:])
        return answer_problem(request, 400, f"{place}: {found.get('msg', '')}")

    handlers: dict[type[Exception], Callable[[Request, Exception], Response]] = {
        ReportError: told,
        StoreError: told,
        HTTPException: by_status,
        RequestValidationError: invalid,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def answer_problem(request: Request, status: int, detail: str, error: Exception | None = None) -> Response:
    """One failure; ``detail`` is what it says itself, in English as on the command line."""
    headers = {"retry-after": "5"} if isinstance(error, NotReady) else {}
    if request.url.path.startswith("/api/") or request.url.path.endswith((".json", ".csv")):
        body: dict[str, str | int] = {"status": status, "detail": detail or "see the status"}
        if isinstance(error, WrongWord):
            body |= {"parameter": error.name, "value": error.value}
        return JSONResponse(body, status, headers)
    visit = Visit(request)
    shown = status if status in SHOWN else 500
    wrong = error if isinstance(error, WrongWord) else None
    page = visit.page(
        "problem.html", fragment="problem", status=status, number=status, shown=shown, detail=detail, wrong=wrong
    )
    page.headers.update(headers)
    return page
