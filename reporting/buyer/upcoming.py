"""The upcoming report: viewings, starts and ends of the next days, by the clock of the place, with deposits to pay."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from reporting.attempts import Attempt, Outcome
from reporting.buyer.ground import Ground, gone_listings, is_admitted, load_ground, standing_price
from reporting.buyer.zones import local_text, zone_of
from reporting.filters import CLAIMS_LEFT_OUT, Filters
from reporting.money import told_amount
from reporting.tables import Column, Shape, Table
from reporting.viewings import Viewing, day_at, load_viewings
from store.read import observed_range
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

MEASURE = (
    "upcoming: viewings, starts and ends that open offers have announced, by the clock of the place; a scheduled end "
    "is not the end: late bids move it; a sell-off ends 24 hours after its first valid bid"
)
VIEWING_NOTE = (
    "viewing: as the notice says, mostly to be booked; a day counted from the notice or the sale is our count"
)
DEPOSIT_NOTE = "deposit: to be paid before one's first bid, in the way and by the hour that the notice tells"


class Moment(StrEnum):
    """What happens."""

    VIEWING = "viewing"  # it begins
    LAST_VIEWING = "last viewing"  # it ends
    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class UpcomingQuestion:
    """What is asked: the next ``days`` after the filters' day."""

    filters: Filters = field(default_factory=Filters)
    days: int = 7
    limit: int | None = 50


@dataclass(frozen=True, slots=True)
class Deadline:
    """One viewing, start or end.

    ``at`` is ``None`` where the page gives a day without its hour; ``local_time`` holds that day. ``deposit`` and
    ``price`` in whole units of ``currency``; a deposit belongs to a start, and to an end that one may still bid before.
    ``quote`` is the notice's sentence on a viewing.
    """

    local_time: str
    zone: str
    at: datetime | None
    hours_left: int | None
    what: Moment
    price: Decimal | None
    deposit: Decimal | None
    currency: Currency | None
    applicant_count: int | None
    round_kind: RoundKind | None
    status: RoundStatus | None
    seller_kind: SellerKind | None
    property_kind: PropertyKind | None
    property_id: int | None
    listing: str
    city: str | None
    title: str | None
    last_seen_at: datetime
    url: str | None
    quote: str | None = None


COLUMNS = (
    Column("local_time", Shape.WORD, "local time"),
    Column("zone", Shape.WORD, "zone", room=6),
    Column("hours_left", Shape.COUNT, "hours", room=5),
    Column("what", Shape.WORD, "what"),
    Column("price", Shape.MONEY, "price"),
    Column("deposit", Shape.MONEY, "deposit"),
    Column("round_kind", Shape.WORD, "round", room=3),
    Column("applicant_count", Shape.COUNT, "signed up", room=7),
    Column("city", Shape.TEXT, "city", room=2, least=6),
    Column("listing", Shape.WORD, "listing", room=4),
    Column("title", Shape.TEXT, "title", room=1, least=20),
    *(
        Column(name, Shape.TEXT, is_in_table=False)
        for name in ("at", "currency", "status", "seller_kind", "property_kind", "property_id", "last_seen_at", "url")
    ),
    Column("quote", Shape.TEXT, is_in_table=False),
)


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The answer."""

    rows: Sequence[Deadline]
    question: UpcomingQuestion
    now: datetime
    paused: int
    undated: int
    gone: int
    claims: int
    observed: tuple[datetime, datetime] | None

    def table(self) -> Table:
        """The report as rows and columns."""
        first, last = self.observed or (None, None)
        until = self.now + timedelta(days=self.question.days)
        shanghai = "Asia/Shanghai"
        notes = [
            f"from {local_text(self.now, shanghai)} to {local_text(until, shanghai)} ({shanghai})",
            DEPOSIT_NOTE,
        ]
        if any(row.quote for row in self.rows):
            notes.append(VIEWING_NOTE)
        if self.paused:
            notes.append(f"left out: {self.paused:,} suspended or postponed, their days hold no longer")
        if self.undated:
            notes.append(f"left out: {self.undated:,} open offers that announce neither start nor end")
        if self.gone:
            notes.append(f"left out: {self.gone:,} missing from their source, which is not to say sold")
        if self.claims:
            notes.append(f"left out: {self.claims:,} {CLAIMS_LEFT_OUT}")
        notes += self.question.filters.price_notes()
        return Table(COLUMNS, self.rows, MEASURE, "viewings, starts and ends", first, last, self.question.limit, notes)


def find_upcoming(connection: Connection, question: UpcomingQuestion) -> Upcoming:
    """What is announced for the coming days, the next first; a day without an hour before its hours."""
    filters = question.filters
    ground = load_ground(connection, filters)
    asked = [each for each in ground.attempts if is_admitted(ground, each, filters)]
    homes = [each for each in asked if not filters.leaves_out(each.offer.property_kind)]
    opened = [each for each in homes if each.outcome is Outcome.OPEN and _is_cheap_enough(each, filters)]
    viewings = load_viewings(connection, [each.offer.listing_id for each in opened], filters.before)
    dated = [attempt for attempt in opened if any(_deadlines(ground, attempt, question.days, viewings))]
    gone = gone_listings(connection, dated, ground.now)
    here = [attempt for attempt in dated if attempt.offer.listing_id not in gone]
    rows = [row for attempt in here for row in _deadlines(ground, attempt, question.days, viewings)]
    rows.sort(key=lambda row: (row.local_time[:10], row.at is not None, row.at or ground.now, row.listing, row.what))
    return Upcoming(
        rows,
        question,
        ground.now,
        sum(each.outcome is Outcome.SUSPENDED for each in homes),
        sum(ground.stands(attempt) and _is_undated(attempt) for attempt in opened),
        len(gone),
        len(asked) - len(homes),
        observed_range(connection, filters.sources, ground.sightings),
    )


def _is_undated(attempt: Attempt) -> bool:
    offer = attempt.offer
    return offer.starts_at is None and offer.ends_at is None and attempt.further.ended_on is None


def _is_cheap_enough(attempt: Attempt, filters: Filters) -> bool:
    """What has no price is not within one."""
    currency = attempt.offer.currency
    return filters.is_within_price(told_amount(standing_price(attempt), currency), currency)


def _deadlines(
    ground: Ground, attempt: Attempt, days: int, viewings: Mapping[int, Sequence[Viewing]]
) -> Iterator[Deadline]:
    offer, until = attempt.offer, ground.now + timedelta(days=days)
    zone = zone_of(offer)
    for viewing in viewings.get(offer.listing_id, ()):
        for what, bound in _bounds(viewing, zone):
            at = bound if isinstance(bound, datetime) else None
            if ground.now <= at <= until if at else _falls_within(bound, zone, ground.now, until):
                yield replace(_row(ground, attempt, what, zone, bound), quote=viewing.quote)
    for what, at in ((Moment.START, offer.starts_at), (Moment.END, offer.ends_at)):
        if at is not None and ground.now <= at <= until:
            yield _row(ground, attempt, what, zone, at)
    day = attempt.further.ended_on
    if offer.ends_at is None and day is not None and _falls_within(day, zone, ground.now, until):
        yield _row(ground, attempt, Moment.END, zone, day)


def _bounds(viewing: Viewing, zone: str) -> Iterator[tuple[Moment, date | datetime]]:
    """When a viewing begins, and its last day where that is another one."""
    if viewing.begins is not None:
        yield Moment.VIEWING, viewing.begins
    if viewing.ends is None:
        return
    if viewing.begins is None or day_at(viewing.begins, zone) != day_at(viewing.ends, zone):
        yield Moment.LAST_VIEWING, viewing.ends


def _falls_within(day: date, zone: str, first: datetime, last: datetime) -> bool:
    """Whether any hour of a day at that place lies between two instants."""
    begins = datetime.combine(day, time(), ZoneInfo(zone))
    return begins <= last and first < begins + timedelta(days=1)


def _row(ground: Ground, attempt: Attempt, what: Moment, zone: str, moment: datetime | date) -> Deadline:
    offer, further = attempt.offer, attempt.further
    at = moment if isinstance(moment, datetime) else None
    price = standing_price(attempt)
    return Deadline(
        local_time=moment.isoformat() if at is None else local_text(at, zone),
        zone=zone,
        at=at,
        hours_left=None if at is None else (at - ground.now) // timedelta(hours=1),
        what=what,
        price=told_amount(price, offer.currency),
        deposit=told_amount(further.deposit, offer.currency),
        currency=offer.currency,
        applicant_count=further.applicant_count,
        round_kind=offer.round_kind,
        status=offer.status,
        seller_kind=offer.seller_kind,
        property_kind=offer.property_kind,
        property_id=attempt.property_id,
        listing=f"{offer.source}:{offer.source_id}",
        city=offer.city,
        title=offer.title,
        last_seen_at=ground.seen_at[offer.listing_id],
        url=further.url,
    )
