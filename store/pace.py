"""Whose turn it is at a site: kept in a row of ``lease``, so that all processes and machines together keep its pace.

Nothing here commits; the caller owns the transaction. A turn is put down before the site is asked, held until the
answer has come, and then until the site may be asked again.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from store.rows import LEASE

PACE = "pace:"
LONGEST_NAME = 80


class Turn(NamedTuple):
    """One request at a site, or the time after it.

    ``holder``: a mark of who asks; ``noted_at``: by his clock when this was written; ``free_at``: by the same clock
    from when on another may ask, whatever became of this one.
    """

    holder: str
    noted_at: datetime
    free_at: datetime


def last_turn(connection: Connection, site: str) -> Turn | None:
    """The turn that was noted last; ``None`` where a site was never asked."""
    row = connection.execute(select(LEASE.c.holder, LEASE.c.until).where(LEASE.c.name == _name(site))).first()
    if row is None:
        return None
    noted_at, _, holder = row.holder.partition(" ")
    return Turn(holder, datetime.fromisoformat(noted_at), row.until)


def note_turn(connection: Connection, site: str, turn: Turn, after: Turn | None) -> bool:
    """Note a turn in the place of the one before it; whether that was still the last."""
    values = {"holder": _words(turn), "until": turn.free_at}
    if after is None:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        first = insert(LEASE).values(name=_name(site), **values).on_conflict_do_nothing()
        return connection.execute(first.returning(LEASE.c.name)).first() is not None
    is_last = (LEASE.c.name == _name(site)) & (LEASE.c.holder == _words(after)) & (LEASE.c.until == after.free_at)
    return connection.execute(LEASE.update().where(is_last).values(**values)).rowcount == 1


def _name(site: str) -> str:
    return f"{PACE}{site}"[:LONGEST_NAME]


def _words(turn: Turn) -> str:
    return f"{turn.noted_at.isoformat()} {turn.holder}"
