"""What happened to a listing, told from its observations alone: pure, so that it can be told again at any time.

Rules (domain.md, sections 1, 2 and 5):

- What a page leaves out is no event, and nothing is compared with what is not known.
- The first observation is ``NEW`` and nothing else: the state in which a listing is found is no news. How it follows
  the listing before it in its chain makes a new round, a re-listing or a resumption of it instead.
- A price changes as ``tracking.price_changes`` says: a price that the page cuts is no change against the exact one.
- Late bids move an end by minutes, the first bid of a sell-off (变卖) to 24 hours later: neither is ``END_MOVED``.
- A result is told once. Going back to live after a halt or a result is ``RESUMED``, unless the end has passed: then
  it is a page that has not caught up.
- One id may go on through rounds (CAIXA, Korea): the first sight of a higher one is ``NEW_ROUND``.
- ``ENDED_UNKNOWN`` stands as long as the end has passed and no result was seen.
- ``GONE`` is said of no listing whose result is known.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from store.statement import FIELDS, Minor
from store.terms import MINOR_DIGITS, Currency, EventKind, RoundKind, RoundLink, RoundStatus
from tracking.price_changes import CUT_TO

MINUTE = timedelta(minutes=1)
"""Two times nearer than this are one: some pages tell seconds, others do not."""

EXTENSION_MINUTES = 5
"""By how much a late bid moves the end, where the source does not say (法释〔2016〕18号, article 20)."""

LONGEST_BIDDING = timedelta(hours=24)
"""How long late bids may go on where they are not counted, and what the first bid of a sell-off opens."""


class Event(NamedTuple):
    """One thing that happened.

    ``at`` is when it was observed, an aware instant; of ``ENDED_UNKNOWN`` the end itself. ``before`` and ``after`` are
    values of ``store.terms``, ISO instants or days, numbers of rounds, or prices in major units. Only a ``CUT`` or a
    ``RISE`` has ``amount`` (minor units) and ``percent`` of the price before; both are negative for a cut.
    """

    listing_id: int
    kind: EventKind
    at: datetime
    before: str | None = None
    after: str | None = None
    amount: Minor | None = None
    percent: Decimal | None = None


class Sight(NamedTuple):
    """One observation, as far as events turn on it: the known state, but ``price`` only where the look stated it.

    From ``price`` on, an observation that equals the one before in every field is no news and may be left out.
    """

    observed_at: datetime
    stated: int  # bit n is set where the look itself said field n
    bid_count: int | None = None
    extension_minutes: int | None = None
    price: Minor | None = None  # at which it is offered, above 0
    is_exact: bool = True
    currency: Currency | None = None
    status: RoundStatus | None = None
    round_kind: RoundKind | None = None
    round_number: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    ended_on: date | None = None
    hammer_price: Minor | None = None

    def says(self, field: str) -> bool:
        """Whether the look itself said a field."""
        return bool(self.stated & BITS[field])


class Absence(NamedTuple):
    """From when to when two healthy complete looks or more did not show a listing; ``back_at`` is open until then."""

    last_seen_at: datetime
    gone_at: datetime
    back_at: datetime | None = None


PRICE, ROUND, TIMES = slice(4, 7), slice(8, 10), slice(10, 13)
"""Fields of ``Sight`` that are news together."""

WITHOUT_CENTS = frozenset(currency for currency, digits in MINOR_DIGITS.items() if digits == 0)
BY_TIME = attrgetter("at")
BITS = {name: 1 << place for place, name in enumerate(FIELDS)}

FIRST_EVENTS = {
    RoundLink.NEXT_ROUND: EventKind.NEW_ROUND,
    RoundLink.SELL_OFF_AFTER_FAILURE: EventKind.NEW_ROUND,
    RoundLink.RE_AUCTION_AFTER_DEFAULT: EventKind.NEW_ROUND,
    RoundLink.NEW_PROCEDURE: EventKind.NEW_ROUND,
    RoundLink.TAKEN_BY_CREDITOR: EventKind.NEW_ROUND,
    RoundLink.BANK_RELISTING: EventKind.BANK_RELISTING,
    RoundLink.SAME_OFFER_ELSEWHERE: EventKind.NEW,  # the round is not new, only the page
    RoundLink.RESUMED: EventKind.RESUMED,
}

STANDINGS = {
    RoundStatus.SUSPENDED: EventKind.SUSPENDED,
    RoundStatus.POSTPONED: EventKind.POSTPONED,
    RoundStatus.WITHDRAWN: EventKind.WITHDRAWN,
    RoundStatus.TERMINATED: EventKind.WITHDRAWN,
    RoundStatus.HALTED: EventKind.SUSPENDED,  # the least of the four that it may be
    RoundStatus.SOLD: EventKind.SOLD,
    RoundStatus.FAILED: EventKind.FAILED,
    RoundStatus.DEFAULTED: EventKind.FAILED,  # the sale came to nothing
    RoundStatus.TAKEN_BY_CREDITOR: EventKind.DEBT_SETTLEMENT,
}
"""What a status makes of a listing until it is live again."""

RESULTS = frozenset({EventKind.SOLD, EventKind.FAILED, EventKind.DEBT_SETTLEMENT})
FINAL = RESULTS | {EventKind.WITHDRAWN}
HALTS = frozenset({EventKind.SUSPENDED, EventKind.POSTPONED, EventKind.WITHDRAWN})
BIDS_POSSIBLE = frozenset({None, RoundStatus.ONGOING, RoundStatus.ENDED, RoundStatus.SOLD, RoundStatus.DEFAULTED})

STAGES = {
    RoundKind.FIRST_AUCTION: 1,
    RoundKind.SECOND_AUCTION: 2,
    RoundKind.THIRD_AUCTION: 3,
    RoundKind.OPEN_PURCHASE: 4,
    RoundKind.LATER_AUCTION: 5,
    RoundKind.SELL_OFF: 6,
    RoundKind.OPEN_TENDER: 7,
    RoundKind.ONLINE_SALE: 7,
    RoundKind.DIRECT_SALE: 7,
    RoundKind.SPECIAL_DIRECT_SALE: 7,
}
"""In which order one id goes through kinds of rounds; other kinds do not tell their place.

The ways of sale after the auctions are one stage: CAIXA relabelled 25,125 times between online and direct sale in
the 37 days of 2021, often all homes on one day, and the homes went on as before.
"""


def tell_events(
    listing_id: int,
    sights: Sequence[Sight],
    as_of: datetime,
    link: RoundLink | None = None,
    absences: Sequence[Absence] = (),
) -> list[Event]:
    """Everything that happened to one listing, in order of time.

    Args:
        listing_id: whose events they are.
        sights: its observations up to ``as_of`` in their order; at least one.
        as_of: the instant for which it is told.
        link: how it follows the listing before it in its chain; ``None`` where there is none.
        absences: when it was missing from complete looks, in their order.
    """
    story = _Story(listing_id, sights[0], link)
    waiting = list(absences)
    for sight in sights[1:]:
        while waiting and waiting[0].gone_at < sight.observed_at:
            story.miss(waiting.pop(0))
        story.take(sight)
    for absence in waiting:
        story.miss(absence)
    if story.end(as_of) or absences:
        story.events.sort(key=BY_TIME)
    return story.events


class _Story:
    """One listing's events so far, and what the next sight is compared with."""

    __slots__ = (
        "_ended_seen_at",
        "_first",
        "_last",
        "_listing_id",
        "_number",
        "_prices",
        "_stage",
        "_standing",
        "events",
    )

    def __init__(self, listing_id: int, first: Sight, link: RoundLink | None) -> None:
        self._listing_id = listing_id
        self._first = self._last = first
        self._prices = {first.currency: (first.price, first.is_exact)} if first.price is not None else {}
        self._standing = None if first.status is None else STANDINGS.get(first.status)
        self._stage = None if first.round_kind is None else STAGES.get(first.round_kind)
        self._number = first.round_number
        self._ended_seen_at = first.observed_at if first.status == RoundStatus.ENDED else None
        kind = EventKind.NEW if link is None else FIRST_EVENTS[link]
        self.events = [Event(listing_id, kind, first.observed_at, None, None if link is None else str(link))]

    def take(self, sight: Sight) -> None:
        """Take the next sight."""
        before, self._last = self._last, sight
        if sight.price is not None and sight[PRICE] != before[PRICE]:
            self._take_price(sight, sight.price)
        is_next_round = sight[ROUND] != before[ROUND] and self._take_round(before, sight)
        if sight[TIMES] != before[TIMES] and not is_next_round:
            self._compare_times(before, sight)
        if sight.status is not None and (sight.status != before.status or (is_next_round and sight.says("status"))):
            self._take_status(before.status, sight, sight.status)

    def miss(self, absence: Absence) -> None:
        """Take a time in which the listing was not shown."""
        if self._standing in FINAL or self._last.hammer_price is not None:
            return
        last_seen = absence.last_seen_at.isoformat()
        self._tell(EventKind.GONE, absence.gone_at, last_seen, None)
        if absence.back_at is not None:
            self._tell(EventKind.BACK, absence.back_at, last_seen, None)

    def end(self, as_of: datetime) -> bool:
        """Take the present; gives whether the end has passed without a result."""
        if self._standing is not None or self._last.hammer_price is not None:
            return False
        at = self._end()
        if at is None or not self._first.observed_at < at <= as_of:
            return False
        status = self._last.status
        self._tell(EventKind.ENDED_UNKNOWN, at, None if status is None else str(status), None)
        return True

    def _end(self) -> datetime | None:
        """When it ended or is to end; a day ends at midnight UTC."""
        at = self._last.ends_at
        if at is None and self._last.ended_on is not None:
            at = datetime.combine(self._last.ended_on + timedelta(days=1), time(), UTC)
        if self._ended_seen_at is not None and (at is None or at > self._ended_seen_at):
            return self._ended_seen_at
        return at

    def _take_price(self, sight: Sight, price: Minor) -> None:
        known = self._prices.get(sight.currency)
        if known is not None and not is_other_price(*known, price, sight.is_exact):
            if sight.is_exact:  # the figure may have been cut before, now it is told in full
                self._prices[sight.currency] = price, True
            return
        self._prices[sight.currency] = price, sight.is_exact
        if known is None:
            return
        amount = price - known[0]
        self.events.append(
            Event(
                self._listing_id,
                EventKind.CUT if amount < 0 else EventKind.RISE,
                sight.observed_at,
                price_words(known[0], sight.currency),
                price_words(price, sight.currency),
                amount,
                Decimal(round(amount * 10_000 / known[0])).scaleb(-2),
            )
        )

    def _take_round(self, before: Sight, sight: Sight) -> bool:
        """Whether a higher round is seen for the first time. Of its two marks, kind and number, one may follow later:
        it is forgotten until then, so that it does not make a second round.
        """
        stage, number = self._stage, self._number
        now_stage = STAGES.get(sight.round_kind) if sight.round_kind and sight.says("round_kind") else None
        now_number = sight.round_number if sight.says("round_number") else None
        is_higher_stage = stage is not None and now_stage is not None and now_stage > stage
        is_higher_number = number is not None and now_number is not None and now_number > number
        if is_higher_stage or is_higher_number:
            self._stage, self._number = now_stage, now_number
            words = (before.round_kind, sight.round_kind) if is_higher_stage else (number, now_number)
            self._tell(EventKind.NEW_ROUND, sight.observed_at, str(words[0]), str(words[1]))
            self._standing = self._ended_seen_at = None
            return True
        self._stage = now_stage or stage
        self._number = now_number or number
        return False

    def _compare_times(self, before: Sight, sight: Sight) -> None:
        at = sight.observed_at
        old, new = before.starts_at, sight.starts_at
        if old is not None and new is not None and old != new and abs(new - old) >= MINUTE:
            self._tell(EventKind.START_MOVED, at, old.isoformat(), new.isoformat())
        old, new = before.ends_at, sight.ends_at
        if old is not None and new is not None:
            if old != new and abs(new - old) >= MINUTE and not is_moved_by_bids(old, new, sight):
                self._tell(EventKind.END_MOVED, at, old.isoformat(), new.isoformat())
        elif before.ended_on is not None and sight.ended_on is not None and before.ended_on != sight.ended_on:
            self._tell(EventKind.END_MOVED, at, before.ended_on.isoformat(), sight.ended_on.isoformat())

    def _take_status(self, before: RoundStatus | None, sight: Sight, status: RoundStatus) -> None:
        kind = STANDINGS.get(status)
        if status == RoundStatus.ENDED:
            self._ended_seen_at = self._ended_seen_at or sight.observed_at
            if self._standing not in FINAL:  # no longer suspended, and how it ended is not told
                self._standing = None
        elif kind is None:
            self._go_on(before, sight, status)
        elif kind != self._standing and not (status == RoundStatus.HALTED and self._standing in HALTS):
            self._standing = kind
            self._tell(kind, sight.observed_at, None if before is None else str(before), str(status))

    def _go_on(self, before: RoundStatus | None, sight: Sight, status: RoundStatus) -> None:
        """Take a live status."""
        is_over = self._standing in RESULTS or self._ended_seen_at is not None
        if is_over and sight.ends_at is not None and sight.ends_at <= sight.observed_at:
            return
        if is_over or self._standing is not None:
            self._tell(EventKind.RESUMED, sight.observed_at, str(before), str(status))
        self._standing = self._ended_seen_at = None

    def _tell(self, kind: EventKind, at: datetime, before: str | None, after: str | None) -> None:
        self.events.append(Event(self._listing_id, kind, at, before, after))


def is_other_price(before: Minor, is_before_exact: bool, now: Minor, is_exact: bool) -> bool:
    """Whether two prices differ; a price that a page has cut to 0.01 万 equals what cuts to the same figure."""
    if before // CUT_TO == now // CUT_TO and not (is_before_exact and is_exact):
        return False
    return before != now


def is_moved_by_bids(before: datetime, now: datetime, sight: Sight) -> bool:
    """Whether live bidding explains another end.

    A bid in the last minutes moves the end to some minutes after that bid, and no bid is younger than the look: so the
    new end lies at most so far behind the look, and at most so far for each bid behind the old end. The first bid of a
    sell-off sets the end to 24 hours after it, earlier or later than the end of its 60 days.
    """
    bids = sight.bid_count if sight.says("bid_count") else None
    if bids == 0 or sight.status not in BIDS_POSSIBLE:
        return False
    is_sell_off = sight.round_kind == RoundKind.SELL_OFF
    if now < before and not is_sell_off:
        return False
    extension = timedelta(minutes=sight.extension_minutes or EXTENSION_MINUTES)
    opened = LONGEST_BIDDING if is_sell_off else timedelta()
    extended = LONGEST_BIDDING if bids is None else bids * extension
    is_near = now - sight.observed_at <= max(extension, opened) + MINUTE
    return is_near and now - before <= opened + extended + MINUTE


def price_words(price: Minor, currency: Currency | None) -> str:
    """A price in major units, as ``BRL 98000.00``."""
    if currency is None:
        return f"{price // 100}.{price % 100:02d}"
    return f"{currency} {price}" if currency in WITHOUT_CENTS else f"{currency} {price // 100}.{price % 100:02d}"
