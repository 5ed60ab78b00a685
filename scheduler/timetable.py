"""The timetable: from what the database knows of sources and listings to what is to be fetched next.

The lists of a source are asked for once a day; they tell what is new, and the state of everything they show. A listing
has looks of its own only when the lists are too slow for it or do not show it any more.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, select

from crawler.items import SourceSpec
from scheduler.policy import DAY, Due, Known, QuietHours, next_look, with_jitter
from store.errors import StoreError
from store.manners import set_off
from store.read import stream_rows
from store.rows import LISTING, OBSERVATION, TARGET
from store.runs import add_sources
from store.targets import Planned, put_targets
from store.terms import LookReason, RoundStatus, TargetKind
from tracking.absences import find_absences

logger = logging.getLogger(__name__)

TOLD_BY_LISTS = frozenset((LookReason.DAYS_AWAY, LookReason.NEXT_ROUND))
"""Looks that the daily lists make; the listing's own page is asked for only a day after they should have shown it."""

NIGHT = (time(1), time(6))
"""Quiet hours of a site, in its own time: people who could notice trouble are asleep."""


class NotOnTimetable(StoreError):
    """A source that nothing is asked of by itself."""


class Row(NamedTuple):
    """A listing as it is known, with what the timetable says of it so far."""

    listing_id: int
    source_id: str
    generation: int
    last_seen_at: datetime
    last_changed_at: datetime
    status: RoundStatus | None
    starts_at: datetime | None
    ends_at: datetime | None
    url: str | None
    looked_at: datetime | None
    next_due: datetime | None
    reason: LookReason | None
    attempts: int | None

    @property
    def last_look(self) -> datetime:
        """When it was looked at last, by itself or on a list."""
        return self.last_seen_at if self.looked_at is None else max(self.looked_at, self.last_seen_at)


def quiet_hours_of(spec: SourceSpec) -> QuietHours:
    """When a source is not asked."""
    return QuietHours(*NIGHT, ZoneInfo(spec.readers[0].dialect.time_zone))


def plan_lists(spec: SourceSpec, looked_at: datetime | None, now: datetime) -> Planned:
    """When the lists of a source are due: a day after they were asked for last."""
    due = Due(now if looked_at is None else min(looked_at, now) + DAY, LookReason.LISTS)
    return Planned(spec.name, TargetKind.LISTS, "", None, quiet_hours_of(spec).first_allowed(due.at), due.reason)


def plan_listings(
    connection: Connection, spec: SourceSpec, now: datetime, since: datetime | None, missing: Collection[int] | None
) -> list[Planned]:
    """What changes in the timetable of a source's listings: of those seen or looked at since then, or of all.

    ``missing``: the listings of all sources that are not shown any more, where the caller knows them.
    """
    if spec.item_pages is None:
        return []
    rows: Iterable[Row] = load_rows(connection, spec.name, since)
    if missing is None:
        rows = list(rows)
        missing = _missing(connection, [row.listing_id for row in rows], now)
    quiet = quiet_hours_of(spec)
    planned = []
    for row in rows:
        if row.attempts:  # looks that failed are put off already
            continue
        due = due_of(row.source_id, known_of(row, is_missing=row.listing_id in missing), row.last_look, now)
        at = None if due is None else quiet.first_allowed(due.at)
        reason = due.reason if due else row.reason
        if reason is not None and (at, reason) != (row.next_due, row.reason):
            planned.append(Planned(spec.name, TargetKind.LISTING, row.source_id, row.url, at, reason))
    return planned


def due_of(source_id: str, known: Known, looked_at: datetime, now: datetime) -> Due | None:
    """When the page of a listing is due, if the lists of its source are read daily."""
    due = next_look(known, looked_at, now)
    if due is None:
        return None
    due = with_jitter(due, known, source_id)
    return Due(due.at + DAY, due.reason) if due.reason in TOLD_BY_LISTS else due


def known_of(row: Row, *, is_missing: bool) -> Known:
    """What the policy must know of a listing."""
    is_over = row.status is not None and row.status not in {RoundStatus.UPCOMING, RoundStatus.ONGOING}
    return Known(row.status, row.starts_at, row.ends_at, row.last_changed_at if is_over else None, is_missing)


def refresh(
    connection: Connection, specs: Mapping[str, SourceSpec], now: datetime, since: datetime | None = None
) -> int:
    """Bring the timetable of the sources that are on it up to date; gives how many rows changed.

    Args:
        connection: open for writing.
        specs: all sources by name.
        now: the clock.
        since: consider only listings that were seen or looked at since then; ``None``: all.
    """
    query = select(TARGET.c.source, TARGET.c.looked_at, TARGET.c.attempts).where(TARGET.c.kind == TargetKind.LISTS)
    missing = _missing(connection, None, now) if since is None else None
    changed = 0
    for source, looked_at, attempts in connection.execute(query.order_by(TARGET.c.source)).all():
        spec = specs.get(source)
        if spec is None:
            logger.warning("%s is on the timetable, but this version does not know it", source)
            continue
        lists = [] if attempts else [plan_lists(spec, looked_at, now)]  # looks that failed are put off already
        planned = [*lists, *plan_listings(connection, spec, now, since, missing)]
        put_targets(connection, planned)
        changed += len(planned)
    return changed


def add_source(connection: Connection, spec: SourceSpec, now: datetime) -> None:
    """Put a source on the timetable; one that is on it stays as it is."""
    query = select(TARGET.c.id).where(TARGET.c.source == spec.name, TARGET.c.kind == TargetKind.LISTS)
    if connection.execute(query).first() is None:
        put_targets(connection, [plan_lists(spec, None, now)])


def put_on(connection: Connection, specs: Mapping[str, SourceSpec], names: Iterable[str], now: datetime) -> None:
    """Put sources on the timetable, and back on it those that were taken off: they are due where they were."""
    for name in names:
        add_sources(connection, {name: specs[name].title})
        set_off(connection, name, None)
        add_source(connection, specs[name], now)


def take_off(connection: Connection, names: Iterable[str], now: datetime) -> None:
    """Take sources off the timetable until they are put back. What goes on at one goes on to its end.

    Raises:
        NotOnTimetable: one of them is not on it.
    """
    query = select(TARGET.c.source).where(TARGET.c.kind == TargetKind.LISTS)
    known = set(connection.execute(query).scalars())
    for name in names:
        if name not in known:
            raise NotOnTimetable(f"{name} is not on the timetable")
        set_off(connection, name, now)


def load_rows(connection: Connection, source: str, since: datetime | None) -> Iterator[Row]:
    """The last generation of each listing of a source."""
    target = and_(
        TARGET.c.source == LISTING.c.source,
        TARGET.c.kind == TargetKind.LISTING,
        TARGET.c.source_id == LISTING.c.source_id,
    )
    query = (
        select(
            *(LISTING.c[name] for name in ("id", "source_id", "generation", "last_seen_at", "last_changed_at")),
            *(OBSERVATION.c[name] for name in ("status", "starts_at", "ends_at", "url")),
            *(TARGET.c[name] for name in ("looked_at", "next_due", "reason", "attempts")),
        )
        .join(OBSERVATION, OBSERVATION.c.id == LISTING.c.observation_id)
        .join(TARGET, target, isouter=True)
        .where(LISTING.c.source == source)
        .order_by(LISTING.c.source_id, LISTING.c.generation)
    )
    if since is not None:
        query = query.where((LISTING.c.last_seen_at >= since) | (TARGET.c.looked_at >= since))
    last: Row | None = None
    for row in map(Row._make, stream_rows(connection, query)):
        if last is not None and last.source_id != row.source_id:
            yield last
        last = row
    if last is not None:
        yield last


def _missing(connection: Connection, listing_ids: Iterable[int] | None, now: datetime) -> set[int]:
    """Listings that two healthy complete looks did not show, and that did not come back since."""
    absences = find_absences(connection, None if listing_ids is None else list(listing_ids), now)
    return {listing_id for listing_id, found in absences.items() if found and found[-1].back_at is None}
