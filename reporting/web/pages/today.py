"""Today: what ends soon, what became cheaper, which homes came again, what is new since the last visit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from reporting.filters import Filters
from reporting.health import HealthRow
from reporting.web.board.bits import Bits
from reporting.web.board.board import Board
from reporting.web.board.lines import State
from reporting.web.navigation import Entry
from reporting.web.rows import HomeRow, load_rows
from reporting.web.visit import LAST_VISIT_COOKIE, Here, Visit
from store.terms import RunVerdict

ENTRY = Entry(10, "today", "/")
SHOWN = 8
WINDOW = timedelta(days=7)
SOON = timedelta(hours=72)
QUIET = timedelta(days=3)
"""Where nobody looked for longer, the page tells of the days before the last look: today's would be empty."""

SAME_VISIT = timedelta(minutes=30)
"""Two looks within this time are of one visit."""

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page: its rows, how many there are in all, and the search that shows them."""

    name: str
    rows: Sequence[HomeRow]
    count: int
    address: str | None = None


@router.get("/")
def show_today(visit: Here) -> HTMLResponse:
    """The page."""
    board = visit.boards.board()
    last_visit, remembered = _visits(visit)
    with visit.reading() as connection:
        then = reference_of(board, visit.now)
        parts = [
            _part(connection, board, visit, name, bits, order, address)
            for name, bits, order, address in _questions(board, then, last_visit)
        ]
        health = visit.health(connection)
        unlinked = visit.unlinked_count(connection)
    page = visit.page(
        "today.html",
        parts=parts,
        then=then,
        is_quiet=then < visit.now - QUIET,
        last_visit=last_visit,
        listings=board.count,
        homes=board.last_of_homes.bit_count(),
        sources=health.rows,
        unwell=[row for row in health.rows if not is_well(row)],
        last_run_at=max((row.last_run_at for row in health.rows if row.last_run_at), default=None),
        unlinked=unlinked,
    )
    visit.set_cookie(page, LAST_VISIT_COOKIE, remembered)
    return page


def is_well(row: HealthRow) -> bool:
    """Whether nothing is to be said about a source."""
    return row.state in {RunVerdict.OK, RunVerdict.RUNNING}


def reference_of(board: Board, now: datetime) -> datetime:
    """The instant that the page speaks of: now, or the last look where that is days ago."""
    if not board.count:
        return now
    last = board.rows_seen_last
    return now if last >= now - QUIET else last


def _questions(board: Board, then: datetime, last_visit: datetime | None) -> list[tuple[str, Bits, str, str | None]]:
    """Each part of the page: its name, the listings, their order, and the search for the rest."""
    if not board.count:
        return []
    orders, standing = board.orders, board.last_of_homes & board.of_words("state", (State.OPEN, State.UNSEEN))
    recent = orders["changed"].below(1 - _seconds(then - WINDOW))
    since = last_visit or then - WINDOW
    fresh = orders["changed"].below(1 - _seconds(since))
    soon = orders["ends"].below(_seconds(then + SOON)) & ~orders["ends"].below(_seconds(then))
    begins = orders["starts"].below(_seconds(then + SOON)) & ~orders["starts"].below(_seconds(then))
    again = orders["new"].below(1 - _seconds(then - WINDOW)) & board.repeated
    day = (since - timedelta(days=1)).date().isoformat()
    return [
        ("ends", soon & standing, "ends", "/search?state=open&sort=ends"),
        ("starts", begins & standing, "starts", "/search?state=open&sort=starts"),
        ("cuts", recent & standing & orders["cut"].known & ~board.doubtful, "cut", "/search?state=open&sort=cut"),
        ("rounds", again & standing, "new", "/search?sort=new"),
        ("changed", fresh & board.last_of_homes, "changed", f"/search?sort=changed&since={day}"),
    ]


def _part(
    connection: Connection, board: Board, visit: Visit, name: str, bits: Bits, order: str, address: str | None
) -> Part:
    positions = board.orders[order].page(bits, 0, SHOWN)
    rows = load_rows(connection, board, positions, Filters(), visit.now)
    return Part(name, rows, bits.bit_count(), address)


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _visits(visit: Visit) -> tuple[datetime | None, str]:
    """When the last visit was, and what the browser is to remember: ``<before>-<now>`` in seconds."""
    before, _, last = visit.request.cookies.get(LAST_VISIT_COOKIE, "").partition("-")
    now = _seconds(visit.now)
    if not (_is_number(before) and _is_number(last)):
        return None, f"0-{now}"
    if now - int(last) > SAME_VISIT.total_seconds():
        before = last
    known = datetime.fromtimestamp(int(before), UTC) if int(before) else None
    return known, f"{before}-{now}"


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 12
