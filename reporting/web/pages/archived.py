"""Pages as they came: what was read, when, from where; the body in a frame that can do nothing."""

import re

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection, select
from sqlalchemy.engine import Row

from reporting.web.errors import NotHere
from reporting.web.visit import Here
from store.archive import Place, read_page
from store.rows import PAGE

FRAMED = {
    # Neither scripts, forms, frames nor anything from elsewhere: only the words and their own inline styles.
    "content-security-policy": (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'"
    ),
    "x-frame-options": "SAMEORIGIN",
}
MARKUP = frozenset(("text/html", "application/xhtml+xml"))

CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9][A-Za-z0-9_.:-]{1,30})(?![A-Za-z0-9_.:-])", re.IGNORECASE)

router = APIRouter()


@router.get("/pages/{number}")
def show_archived(visit: Here, number: int) -> HTMLResponse:
    """The page about a page."""
    with visit.reading() as connection:
        page = _find(connection, number)
    return visit.page("archived.html", archived=page)


@router.get("/pages/{number}/body")
def show_body(visit: Here, number: int) -> Response:
    """The body; whatever is no markup is shown as plain text, so that no browser guesses."""
    with visit.reading() as connection:
        page = _find(connection, number)
    found = read_page(visit.settings.archive, Place(page.archive_file, page.archive_offset))
    return Response(found.body, headers=FRAMED | {"content-type": shown_type(page.content_type)})


def shown_type(told: str) -> str:
    """The type that a browser is told: markup or plain text, in the encoding that the site named if it is a known one.

    Nothing else of the site's words gets into the header; UTF-7 is none, since it hides markup.
    """
    kind, _, rest = told.partition(";")
    found = CHARSET.search(rest)
    charset = "utf-8" if found is None or found[1].lower().startswith("utf-7") else found[1]
    return f"{kind.strip().lower() if kind.strip().lower() in MARKUP else 'text/plain'}; charset={charset}"


def _find(connection: Connection, number: int) -> Row[tuple[object, ...]]:
    row = connection.execute(select(PAGE).where(PAGE.c.id == number)).first() if 0 < number < 1 << 62 else None
    if row is None:
        raise NotHere(f"no page has the number {number}")
    return row
