"""When homes are shown, as their notices say it: each time with the sentence, the page's site and when it was seen."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, select

from store.rows import FACT, LISTING, OBSERVATION
from store.terms import Answer, FactKind

IDS_PER_QUERY = 5_000
DAY = timedelta(days=1)
Bound = date | datetime
"""A day, or an aware instant where the notice tells the hour."""


class Viewing(NamedTuple):
    """What a notice says of viewings; without times where it only says that there are some, or none."""

    answer: Answer
    begins: Bound | None
    ends: Bound | None
    quote: str
    seen_at: datetime


def end_of(bound: Bound, zone: str) -> datetime:
    """The instant, or the midnight at that place that ends a day."""
    return bound if isinstance(bound, datetime) else datetime.combine(bound + DAY, datetime.min.time(), ZoneInfo(zone))


def start_of(bound: Bound, zone: str) -> datetime:
    """The instant, or the midnight at that place that begins a day."""
    return bound if isinstance(bound, datetime) else datetime.combine(bound, datetime.min.time(), ZoneInfo(zone))


def day_at(bound: Bound, zone: str) -> date:
    """The day of a bound by the clock of the place."""
    return bound.astimezone(ZoneInfo(zone)).date() if isinstance(bound, datetime) else bound


def load_viewings(
    connection: Connection, listing_ids: Collection[int], before: datetime | None = None
) -> dict[int, list[Viewing]]:
    """By listing, what was said last of its viewings, in the order of the notice; before an instant if one is given."""
    fact, listing, look = FACT.c, LISTING.c, OBSERVATION.c
    query = (
        select(
            listing.id,
            look.id,
            fact.answer,
            fact.starts_on,
            fact.starts_at,
            fact.ends_on,
            fact.ends_at,
            fact.quote,
            look.observed_at,
        )
        .join_from(FACT, LISTING, and_(fact.source == listing.source, fact.source_id == listing.source_id))
        .join(
            OBSERVATION,
            and_(look.listing_id == listing.id, look.reader == fact.reader, look.digest == fact.digest),
        )
        .where(fact.kind == FactKind.VIEWING)
        .order_by(look.observed_at, look.id, fact.position)
    )
    if before is not None:
        query = query.where(look.observed_at < before)
    found: dict[int, list[Viewing]] = {}
    looks: dict[int, int] = {}
    ordered = sorted(listing_ids)
    for first in range(0, len(ordered), IDS_PER_QUERY):
        for row in connection.execute(query.where(listing.id.in_(ordered[first : first + IDS_PER_QUERY]))):
            listing_id, look_id, answer, starts_on, starts_at, ends_on, ends_at, quote, seen_at = row
            if looks.get(listing_id) != look_id:  # what is said later stands
                looks[listing_id], found[listing_id] = look_id, []
            found[listing_id].append(Viewing(answer, starts_at or starts_on, ends_at or ends_on, quote, seen_at))
    return found


def viewing_words(viewing: Viewing, zone: str) -> str:
    """``2018-06-19 14:30``, ``2020-09-12 to 2020-09-26 17:00``, ``until 2020-11-02``; by the clock of the place.

    A day without an end is the first of several (6月3日起), an hour without one is when all are shown it.
    """
    begins, ends = (None if each is None else _text(each, zone) for each in (viewing.begins, viewing.ends))
    if begins is None and ends is None:
        return {Answer.YES: "no certain day", Answer.NO: "nobody shows it"}.get(viewing.answer, "not known")
    if begins is None:
        return f"until {ends}"
    if ends is None:
        return begins if isinstance(viewing.begins, datetime) else f"from {begins} on"
    return begins if ends == begins else f"{begins} to {ends}"


def _text(bound: Bound, zone: str) -> str:
    return f"{bound.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if isinstance(bound, datetime) else bound.isoformat()
