"""What the program says after the hostile days, held against what was true."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from benchmarks.hostile.world import Lot
from store.rows import CRAWL_RUN, LISTING, OBSERVATION
from store.terms import EventKind, RoundStatus
from tracking.event_rows import events_of

SLACK = timedelta(minutes=3)
"""A page that was asked for just before a lot changed comes just after it."""

DAY = timedelta(days=1)
TRUE_EVENTS = frozenset((EventKind.NEW, EventKind.NEW_ROUND, EventKind.SOLD, EventKind.FAILED))
"""What really happens here: nothing is cut, moved, halted, withdrawn or gone."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is right, and what is wrong in words."""

    lots: int
    wrong_lots: Mapping[int, str]
    false_observations: Sequence[str]
    false_events: Sequence[str]
    ended: int
    told_within_a_day: int
    runs: Mapping[str, int]


def judge(connection: Connection, lots: Sequence[Lot], at: datetime) -> Judgement:
    """Hold every listing, every observation and every event against the truth at an instant.

    A lot counts when it was published two days before: until then nobody need have seen it.
    """
    listings = {int(row.source_id): row for row in connection.execute(select(LISTING))}
    number_of = {row.id: number for number, row in listings.items()}
    said = {row.id: row for row in connection.execute(select(OBSERVATION))}
    by_number = {lot.number: lot for lot in lots}
    wrong = {}
    counted = [lot for lot in lots if lot.published + 2 * DAY < at]
    for lot in counted:
        row = listings.get(lot.number)
        if faults := list(_faults(lot, None if row is None else said[row.observation_id], at)):
            wrong[lot.number] = "; ".join(faults)
    false = [
        f"{number_of[row.listing_id]} at {row.observed_at:%d %H:%M}: {row.status}"
        for row in said.values()
        if not _was_true(by_number[number_of[row.listing_id]], row)
    ]
    events = [
        f"{number_of[event.listing_id]} at {event.at:%d %H:%M}: {event.kind}, {event.before} -> {event.after}"
        for event in events_of(connection, None, at, {})
        if event.kind not in TRUE_EVENTS and not (event.kind is EventKind.ENDED_UNKNOWN and event.at > at - DAY)
    ]
    ended = {lot.number: lot for lot in counted if lot.ends + DAY < at}
    first_told: dict[int, datetime] = {}
    for row in said.values():
        if row.status in (RoundStatus.SOLD, RoundStatus.FAILED):
            number = number_of[row.listing_id]
            first_told[number] = min(first_told.get(number, row.observed_at), row.observed_at)
    in_time = sum(number in first_told and first_told[number] <= lot.ends + DAY for number, lot in ended.items())
    runs = Counter(str(verdict) for verdict in connection.execute(select(CRAWL_RUN.c.verdict)).scalars())
    return Judgement(len(counted), wrong, false, events, len(ended), in_time, runs)


def _faults(lot: Lot, row: Any, at: datetime) -> Iterator[str]:
    """What is wrong in the state that a listing is left in."""
    if row is None:
        yield "never seen"
        return
    truth = lot.status_at(at)
    if row.status is not truth and lot.status_at(at - DAY) is truth:
        yield f"{row.status}, truly {truth}"
    if row.title != lot.title:
        yield f"title {row.title}"
    if row.appraisal_price != lot.appraisal * 100 or row.starting_price not in (None, lot.start_price * 100):
        yield f"valued {row.appraisal_price}, from {row.starting_price}"
    if truth is RoundStatus.SOLD and row.status is truth and row.hammer_price != (lot.hammer or 0) * 100:
        yield f"sold for {row.hammer_price}"


def _was_true(lot: Lot, row: Any) -> bool:
    """Whether an observation says what was so when it was made."""
    so = {lot.status_at(row.observed_at), lot.status_at(row.observed_at - SLACK), None}
    return row.status in so and row.title in (None, lot.title) and row.appraisal_price in (None, lot.appraisal * 100)
