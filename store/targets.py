"""The timetable in rows: what is due, who is at it. Nothing here commits; the caller owns the transaction.

A lease is a promise with an end: who holds it works, and if it dies the work is due again when the lease has run out.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from store.pace import PACE
from store.rows import LEASE, SOURCE, TARGET
from store.terms import LookReason, TargetKind

ROWS_PER_STATEMENT = 1_000


class Planned(NamedTuple):
    """One thing to fetch, and when; never again where ``next_due`` is ``None``.

    ``source_id`` is empty for the lists of a source.
    """

    source: str
    kind: TargetKind
    source_id: str
    url: str | None
    next_due: datetime | None
    reason: LookReason


class StoredTarget(NamedTuple):
    """One row of ``target``."""

    id: int
    source: str
    kind: TargetKind
    source_id: str
    url: str | None
    next_due: datetime | None
    reason: LookReason
    looked_at: datetime | None
    attempts: int
    leased_by: str | None
    leased_until: datetime | None


COLUMNS = tuple(TARGET.c[name] for name in StoredTarget._fields)


def put_targets(connection: Connection, planned: Iterable[Planned]) -> None:
    """Note what is to be fetched; looks, attempts and leases of what is known already stay."""
    left = iter(planned)
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    while part := list(islice(left, ROWS_PER_STATEMENT)):
        statement = insert(TARGET)
        told = {name: statement.excluded[name] for name in ("url", "next_due", "reason")}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["source", "kind", "source_id"], set_=told),
            [{**each._asdict(), "attempts": 0} for each in part],
        )


def load_targets(connection: Connection, source: str | None = None) -> list[StoredTarget]:
    """All targets, or those of a source, in the order of their ids."""
    query = select(*COLUMNS).order_by(TARGET.c.id)
    return _read(connection, query if source is None else query.where(TARGET.c.source == source))


def due_targets(connection: Connection, source: str, now: datetime) -> list[StoredTarget]:
    """What is due at a source and nobody is at, in the order in which it became due."""
    query = select(*COLUMNS).where(TARGET.c.source == source, TARGET.c.next_due <= now, _is_free(now))
    return _read(connection, query.order_by(TARGET.c.next_due, TARGET.c.id))


def count_listings_due(connection: Connection, source: str, until: datetime, but_for: Collection[LookReason]) -> int:
    """How many listings of a source are to be looked at by themselves until then, for other reasons than these."""
    is_due = (TARGET.c.source == source) & (TARGET.c.kind == TargetKind.LISTING) & (TARGET.c.next_due <= until)
    query = select(func.count()).select_from(TARGET).where(is_due, TARGET.c.reason.not_in(but_for))
    return connection.execute(query).scalar_one()


def sources_due(connection: Connection, now: datetime) -> list[str]:
    """The sources at which something is due, the one that waits longest first; none that a person took off."""
    query = (
        select(TARGET.c.source)
        .join(SOURCE, SOURCE.c.name == TARGET.c.source)
        .where(TARGET.c.next_due <= now, _is_free(now), SOURCE.c.off_since.is_(None))
        .group_by(TARGET.c.source)
        .order_by(func.min(TARGET.c.next_due), TARGET.c.source)
    )
    return list(connection.execute(query).scalars())


def claim_targets(
    connection: Connection, ids: Collection[int], holder: str, until: datetime, now: datetime
) -> set[int]:
    """Lease targets that nobody is at; gives those that were got. One more attempt is counted for each."""
    got: set[int] = set()
    ordered = sorted(ids)
    for start in range(0, len(ordered), ROWS_PER_STATEMENT):
        part = ordered[start : start + ROWS_PER_STATEMENT]
        claim = TARGET.update().where(TARGET.c.id.in_(part), _is_free(now))
        taken = claim.values(leased_by=holder, leased_until=until, attempts=TARGET.c.attempts + 1)
        got.update(connection.execute(taken.returning(TARGET.c.id)).scalars())
    return got


def release_targets(
    connection: Connection,
    ids: Collection[int],
    holder: str,
    looked_at: datetime | None,
    retry_at: datetime | None = None,
) -> None:
    """Give targets back: looked at then, or, where the look failed, due again at ``retry_at``.

    A lease that somebody else holds by now stays.
    """
    ordered: Sequence[int] = sorted(ids)
    for start in range(0, len(ordered), ROWS_PER_STATEMENT):
        ours = TARGET.c.id.in_(ordered[start : start + ROWS_PER_STATEMENT]) & (TARGET.c.leased_by == holder)
        values: dict[str, object] = {"leased_by": None, "leased_until": None}
        values |= {"next_due": retry_at} if looked_at is None else {"looked_at": looked_at, "attempts": 0}
        connection.execute(TARGET.update().where(ours).values(**values))


def renew_targets(connection: Connection, ids: Collection[int], holder: str, until: datetime) -> None:
    """Hold targets longer. A lease that somebody else holds by now stays."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), ROWS_PER_STATEMENT):
        ours = TARGET.c.id.in_(ordered[start : start + ROWS_PER_STATEMENT]) & (TARGET.c.leased_by == holder)
        connection.execute(TARGET.update().where(ours).values(leased_until=until))


def give_back_targets(connection: Connection, ids: Collection[int], holder: str) -> None:
    """Give targets back as they were when they were claimed: due as before, the attempt not counted.

    A lease that somebody else holds by now stays.
    """
    ordered = sorted(ids)
    for start in range(0, len(ordered), ROWS_PER_STATEMENT):
        ours = TARGET.c.id.in_(ordered[start : start + ROWS_PER_STATEMENT]) & (TARGET.c.leased_by == holder)
        back = {"leased_by": None, "leased_until": None, "attempts": TARGET.c.attempts - 1}
        connection.execute(TARGET.update().where(ours).values(**back))


def take_lease(connection: Connection, name: str, holder: str, until: datetime, now: datetime) -> bool:
    """Take or renew what only one may hold; whether we hold it now."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(LEASE).values(name=name, holder=holder, until=until)
    taken = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": statement.excluded.holder, "until": statement.excluded.until},
        where=or_(LEASE.c.until <= now, LEASE.c.holder == holder),
    )
    return connection.execute(taken.returning(LEASE.c.name)).first() is not None


def drop_lease(connection: Connection, name: str, holder: str) -> None:
    """Give back what we hold."""
    connection.execute(LEASE.delete().where(LEASE.c.name == name, LEASE.c.holder == holder))


def drop_ended_leases(connection: Connection, prefix: str, now: datetime) -> None:
    """Take away the leases of a kind that nobody took up again after they had ended."""
    is_one = LEASE.c.name.startswith(prefix, autoescape=True)
    connection.execute(LEASE.delete().where(is_one, LEASE.c.until <= now))


def standing_leases(connection: Connection, now: datetime) -> list[tuple[str, str, datetime]]:
    """Name, holder and end of the leases that hold now; whose turn it is at a site (``store.pace``) is none of them."""
    query = select(LEASE.c.name, LEASE.c.holder, LEASE.c.until).where(LEASE.c.until > now)
    query = query.where(~LEASE.c.name.startswith(PACE, autoescape=True)).order_by(LEASE.c.name)
    return [(name, holder, until) for name, holder, until in connection.execute(query)]


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(TARGET.c.leased_until.is_(None), TARGET.c.leased_until <= now)


def _read(connection: Connection, query: Select[Any]) -> list[StoredTarget]:
    return [StoredTarget._make(row) for row in connection.execute(query)]
