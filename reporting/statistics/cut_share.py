"""The cut share of Hong Kong's surveyors: homes cut within a month, of those open at its start (domain.md, 3)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from reporting.attempts import Attempt, Outcome
from reporting.filters import Filters, day_of, outside_zone
from reporting.statistics.intervals import Estimate, estimate_share
from reporting.statistics.looks import LONGEST_PAUSE, look_days, sources_looked_at
from reporting.statistics.rows import REMARK, SMALL, Rated, rate_columns
from reporting.statistics.sample import Home, Sample, load_sample
from reporting.tables import Column, Shape, Table
from store.statement import Minor
from store.terms import EventKind
from tracking.cuts import is_comparable
from tracking.event_rows import events_of
from tracking.events import Event

CLOSES = frozenset(
    (
        EventKind.SOLD,
        EventKind.FAILED,
        EventKind.WITHDRAWN,
        EventKind.SUSPENDED,
        EventKind.POSTPONED,
        EventKind.DEBT_SETTLEMENT,
        EventKind.ENDED_UNKNOWN,
        EventKind.GONE,
    )
)
OPENS = frozenset((EventKind.RESUMED, EventKind.BACK))
PRICES = frozenset((EventKind.CUT, EventKind.RISE))

MEASURE = (
    "cut share: homes whose price was cut within the month, by a lower price of a listing or by a cheaper new listing, "
    "in percent of the homes known to be open at its start (Asia/Shanghai), with Wilson's interval of 95 %"
)
OPEN = (
    "open: announced or going on, and its end not past; without an end, up to when it was seen last; a home between "
    "two rounds is not open. Sources not looked at in the month before its start, or in the month itself, are left out"
)
GAP = "gap: not looked at"
NOT_OVER = "month not over"
LAST_DAYS = timedelta(days=7)
"""Without a look in them a month was not followed to its end: later cuts were not seen, the share is a least one."""


class Span(NamedTuple):
    """From when to when a listing was open."""

    since: datetime
    until: datetime


class Watched(NamedTuple):
    """What one home did: when its listings were open, by source, and when it was cut."""

    spans: tuple[tuple[str, Span], ...]
    cuts: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class CutShareQuestion:
    """What is asked."""

    filters: Filters = field(default_factory=Filters)
    limit: int | None = 60


@dataclass(frozen=True, slots=True)
class CutShareRow(Rated):
    """One month. ``days``: on how many of its days a source was looked at; ``n``: homes open at its start.

    ``last_look_on``: the last of these days, where the rest of the month was not seen.
    In a gap ``n`` and ``cut`` are ``None``: nothing is known, which is not zero.
    """

    group: str | None
    days: int
    n: int | None
    cut: int | None
    rate: Estimate
    is_over: bool
    last_look_on: date | None = None

    @property
    def remark(self) -> str:
        """Empty, or what is to be known of the month."""
        words = [GAP if self.n is None else self.rate.remark, "" if self.is_over else NOT_OVER]
        if self.last_look_on is not None:
            words.append(f"at least: not looked at after {self.last_look_on}")
        return ", ".join(filter(None, words))


COLUMNS = (
    Column("group", Shape.WORD, "month"),
    Column("days", Shape.COUNT, "days looked at"),
    Column("n", Shape.COUNT, "open at its start"),
    Column("cut", Shape.COUNT, "cut"),
    *rate_columns("share"),
    REMARK,
)


@dataclass(frozen=True, slots=True)
class CutShare:
    """The answer."""

    question: CutShareQuestion
    rows: Sequence[CutShareRow]
    sample: Sample

    def table(self) -> Table:
        """The report as rows and columns: for people the newest month first, in files the series as time goes."""
        table = self.sample.table(COLUMNS, self.rows, MEASURE, "months", self.question.limit, (OPEN, SMALL))
        return replace(table, is_newest_last=True)


def cut_share(connection: Connection, question: CutShareQuestion) -> CutShare:
    """The cut share of each month, from the first look to the last.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    filters = question.filters
    sample = load_sample(connection, filters)
    looks = look_days(connection, filters.before)
    if filters.sources:
        looks = {source: days for source, days in looks.items() if source in filters.sources}
    rows = share_rows(list(_watch(connection, sample)), looks, sample)
    return CutShare(question, rows, sample)


def share_rows(homes: Sequence[Watched], looks: Mapping[str, Sequence[date]], sample: Sample) -> list[CutShareRow]:
    """A row for each month that the sample spans."""
    if sample.observed is None:
        return []
    first, last = (day_of(instant) for instant in sample.observed)
    today = day_of(sample.now)
    return [_row(month, homes, looks, today) for month in months_between(first, last)]


def months_between(first: date, last: date) -> Iterator[date]:
    """The first day of each month from that of one day to that of another."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


def next_month(month: date) -> date:
    """The first day of the month after the one that begins on a day."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _row(month: date, homes: Sequence[Watched], looks: Mapping[str, Sequence[date]], today: date) -> CutShareRow:
    following = next_month(month)
    name, is_over = f"{month:%Y-%m}", following <= today
    days = {day for seen in looks.values() for day in seen if month <= day < following}
    watched = sources_looked_at(looks, month - LONGEST_PAUSE, month) & sources_looked_at(looks, month, following)
    if not watched:
        return CutShareRow(name, len(days), None, None, estimate_share(0, 0), is_over)
    start, end = _midnight(month), _midnight(following)
    opened = [home for home in homes if _is_open(home, start, watched)]
    cut = sum(any(start <= at < end for at in home.cuts) for home in opened)
    last_on = max(day for source in watched for day in looks[source] if day < following)
    is_followed = not is_over or last_on >= following - LAST_DAYS
    rate = estimate_share(cut, len(opened))
    return CutShareRow(name, len(days), len(opened), cut, rate, is_over, None if is_followed else last_on)


def _is_open(home: Watched, at: datetime, sources: set[str]) -> bool:
    return any(source in sources and span.since < at <= span.until for source, span in home.spans)


def _watch(connection: Connection, sample: Sample) -> Iterator[Watched]:
    """What the homes of the sample did, as far as their listings were asked for."""
    ids = [attempt.offer.listing_id for attempt in sample.listings]
    events: dict[int, list[Event]] = defaultdict(list)
    for event in events_of(connection, ids, sample.now, {}):
        events[event.listing_id].append(event)
    for home in sample.homes:
        asked = [attempt for each in home.asked for attempt in each.asked]
        spans = (
            (attempt.offer.source, span)
            for attempt in asked
            for span in open_spans(attempt, events[attempt.offer.listing_id], sample.seen_at[attempt.offer.listing_id])
        )
        yield Watched(tuple(spans), tuple(_cuts(home, asked, events)))


def open_spans(attempt: Attempt, events: Sequence[Event], last_seen_at: datetime) -> Iterator[Span]:
    """When a listing was open, by its events in order of time; without an end of its own, up to its last sight."""
    first_seen_at, ends_at = attempt.offer.first_seen_at, attempt.offer.ends_at
    switches = [(event.at, event.kind in OPENS) for event in events if event.kind in CLOSES | OPENS]
    is_open = not switches[0][1] if switches else attempt.outcome is Outcome.OPEN
    since = first_seen_at
    for at, opens in switches:
        until = min(at, ends_at) if ends_at else at
        if is_open and not opens and since < until:
            yield Span(since, until)
        if opens and not is_open:
            since = max(at, first_seen_at)
        is_open = opens
    if is_open and since < (until := ends_at or last_seen_at):
        yield Span(since, until)


def _cuts(home: Home, asked: Sequence[Attempt], events: Mapping[int, Sequence[Event]]) -> Iterator[datetime]:
    """When a listing's price fell, and when a cheaper listing of the home was seen first."""
    by_id = {attempt.offer.listing_id: attempt for each in home.rounds for attempt in each.listings}
    for attempt in asked:
        own = events[attempt.offer.listing_id]
        yield from (event.at for event in own if event.kind is EventKind.CUT)
        before = by_id.get(attempt.step.previous_listing_id or 0) if attempt.step else None
        if before is not None and _is_cheaper(attempt, own, before):
            yield attempt.offer.first_seen_at


def _is_cheaper(attempt: Attempt, events: Sequence[Event], before: Attempt) -> bool:
    """Whether a listing began under the last price of the one before it."""
    prices = first_price(attempt, events), before.offer.price
    if prices[0] is None or prices[1] is None or not is_comparable(before.offer, attempt.offer):
        return False
    is_exact = attempt.further.is_price_exact is not False and before.further.is_price_exact is not False
    return is_exact and prices[0] < prices[1]


def first_price(attempt: Attempt, events: Sequence[Event]) -> Minor | None:
    """At what a listing was offered first: its price now without what it was cut or raised by since."""
    if attempt.offer.price is None:
        return None
    return attempt.offer.price - sum(event.amount or 0 for event in events if event.kind in PRICES)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), outside_zone())
