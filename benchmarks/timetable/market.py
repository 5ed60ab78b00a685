"""Made-up listings: when they are published, when they end, when the site tells the result. All times are instants.

After ``domain.md`` where it says something: 30 days of notice before a first auction, 15 before a second, 24 hours of
bidding, 60 days of a sell-off of which the first bid opens the last 24 hours, bank sales without an end; 300,000 are
open, about 1.7 million begin in a year. How often a lot fails, how long bank sales last and at which hour lots end are
guesses, which every strategy is measured with alike.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduler.policy import Known
from store.terms import LookReason, RoundStatus

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 1, 5, tzinfo=SHANGHAI).astimezone(UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ENDED_ON_LISTS = 30 * DAY
"""So long an ended lot stands on the lists, behind all that are open."""

LONGEST = 150 * DAY
"""From the publication of a lot on a court platform until nothing more is to be learned of it."""


class Kind(NamedTuple):
    """How one kind of sale goes. ``share`` is of those that begin."""

    share: float
    notice: timedelta
    lasts: timedelta
    sold: float
    is_open_ended: bool = False


COURT = (
    Kind(0.55, 30 * DAY, DAY, 0.35),
    Kind(0.27, 15 * DAY, DAY, 0.35),
    Kind(0.18, 10 * DAY, 60 * DAY, 0.3),
)
BANK = (Kind(1.0, timedelta(0), 200 * DAY, 0.5, is_open_ended=True),)
ASKED_LONG_AFTER = 60 * DAY

STOPPED = 0.08
"""Of all: withdrawn or stopped before the end."""

LATE = 0.05
"""Of all results: told one to seven days after the end in place of at once."""


@dataclass(slots=True, eq=False)
class Lot:
    """One listing: what will become of it, and what the tracker knows."""

    key: str
    place: float  # where it stands on the lists, from 0 to 1
    published: datetime
    starts: datetime
    over: datetime  # the real end
    told: datetime  # when its page tells the result
    result: RoundStatus
    states: tuple[tuple[datetime, Known], ...]  # what its page says of it, from when on
    off_lists: datetime = field(init=False)
    known: Known | None = None
    looked_at: datetime | None = None
    seen_at: datetime | None = None  # the result
    looked_before_end: datetime | None = None  # the last look before it was over
    queued: LookReason | None = None  # among what is due, in the simulation

    def __post_init__(self) -> None:
        self.off_lists = self.over + ENDED_ON_LISTS

    def look(self, at: datetime) -> None:
        """Learn what its page says at an instant."""
        self.looked_at = at
        if at < self.over:
            self.looked_before_end = at
        if at >= self.told:
            self.seen_at = self.seen_at or at
            self.known = Known(self.result, ended_at=self.seen_at)
        else:
            self.known = next(known for since, known in reversed(self.states) if since <= at)


def lots_of(seed: int, kinds: tuple[Kind, ...], open_count: int, days: int) -> list[Lot]:
    """The listings of a site, so many of them open on average, in the order of their publication."""
    rng = Random(seed)
    mean_open = sum(kind.share * (kind.notice + _mean_duration(kind)) / DAY for kind in kinds)
    gap = DAY * (mean_open / open_count)
    lots: list[Lot] = []
    at = BEGIN if kinds is BANK else BEGIN - LONGEST
    if kinds is BANK:  # as many as are open: how long one has been offered tells nothing of how long it will be
        lots += [_bank_lot(rng, f"{seed}-{number}", BEGIN - DAY * rng.random()) for number in range(open_count)]
    while at < BEGIN + days * DAY:
        at += gap * rng.expovariate(1)
        key = f"{seed}-{len(lots)}"
        lots.append(_bank_lot(rng, key, at) if kinds is BANK else _court_lot(rng, key, _one_of(rng, kinds), at))
    return [lot for lot in lots if lot.over + ASKED_LONG_AFTER > BEGIN]


def _one_of(rng: Random, kinds: tuple[Kind, ...]) -> Kind:
    left = rng.random()
    for kind in kinds:
        left -= kind.share
        if left < 0:
            return kind
    return kinds[-1]


def _mean_duration(kind: Kind) -> timedelta:
    """A sell-off that is sold ends on average half-way."""
    return kind.lasts if kind.lasts <= DAY or kind.is_open_ended else kind.lasts * (1 - kind.sold / 2)


def _bank_lot(rng: Random, key: str, published: datetime) -> Lot:
    (kind,) = BANK
    over = max(published, BEGIN) + kind.lasts * rng.expovariate(1)
    result = RoundStatus.SOLD if rng.random() < kind.sold else RoundStatus.WITHDRAWN
    return Lot(key, rng.random(), published, published, over, over, result, ((published, Known(RoundStatus.ONGOING)),))


def _court_lot(rng: Random, key: str, kind: Kind, published: datetime) -> Lot:
    is_sold = rng.random() < kind.sold
    starts = _hour_of_start(rng, published + kind.notice)
    ends = over = starts + kind.lasts
    states = ((published, Known(RoundStatus.UPCOMING, starts, ends)),)
    if is_sold and kind.lasts > DAY:
        first_bid = starts + (kind.lasts - DAY) * rng.random()
        over = first_bid + DAY
        states = (*states, (first_bid, Known(RoundStatus.ONGOING, starts, over)))
    if rng.random() < STOPPED:
        over = published + (over - published) * rng.random()
        return Lot(key, rng.random(), published, starts, over, over, RoundStatus.WITHDRAWN, states)
    if is_sold:
        over += timedelta(minutes=min(rng.expovariate(1 / 20), 300))  # each late bid adds five minutes
    told = over + (DAY * rng.uniform(1, 7) if rng.random() < LATE else timedelta(minutes=5))
    result = RoundStatus.SOLD if is_sold else RoundStatus.FAILED
    return Lot(key, rng.random(), published, starts, over, told, result, states)


def _hour_of_start(rng: Random, day: datetime) -> datetime:
    """Three of five lots begin at ten, the others on some hour until eight in the evening."""
    hour = 10 if rng.random() < 0.6 else rng.randrange(9, 21)
    return datetime.combine(day.astimezone(SHANGHAI).date(), time(hour), SHANGHAI).astimezone(UTC)
