"""Making a board of the database: of all listings, or of the board before and what has changed since."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from reporting.filters import Filters
from reporting.web.board.board import Board
from reporting.web.board.changes import Marks, changes_between, read_marks
from reporting.web.board.lines import load_lines
from store.read import last_seen
from store.rows import LINK_DECISION, PROPERTY, SOURCE


class Stamp(NamedTuple):
    """What changes when crawls and links are written."""

    writes: int
    decisions: int
    homes: int


class Made(NamedTuple):
    """A board with the state of the database that it shows."""

    board: Board
    marks: Marks
    stamp: Stamp


def make_board(connection: Connection, before: Made | None, now: datetime) -> tuple[Made, int]:
    """The board of a state of the database, out of the one before where there is one; how many listings were read."""
    stamp, marks = stamp_of(connection), read_marks(connection)
    changes = None
    if before is not None:
        board = before.board
        changes = changes_between(connection, before.marks, marks, board.now, board.due(now), board.unseen())
    if before is None or changes is None:
        made = Board(load_lines(connection, Filters(), now), now)
        return Made(made, marks, stamp), made.count
    lines = load_lines(connection, Filters(), now, changes.listing_ids)
    seen = {
        position: at
        for listing_id, at in last_seen(connection, changes.seen).items()
        if (position := board.position_of(listing_id)) is not None
    }
    return Made(board.updated(lines, seen, now), marks, stamp), len(changes.listing_ids)


def stamp_of(connection: Connection) -> Stamp:
    """The state of the database: two that are equal show the same homes."""
    highest = (select(func.coalesce(func.max(column), 0)) for column in (LINK_DECISION.c.id, PROPERTY.c.id))
    writes = connection.execute(select(func.coalesce(func.sum(SOURCE.c.write_count), 0))).scalar_one()
    decisions, homes = (connection.execute(query).scalar_one() for query in highest)
    return Stamp(int(writes), int(decisions), int(homes))
