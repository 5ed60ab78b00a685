"""One site through the days: a crawl at a time, what the policy says is due, within the day's budget.

Goes as ``scheduler.service`` does: the most urgent crawl is begun, of the lists or of up to ``LISTINGS_PER_CRAWL``
listings; requests are made one after the other, no faster than the site's delay, and none is begun in quiet hours.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import chain, count, zip_longest

from benchmarks.timetable.market import BEGIN, DAY, Lot
from scheduler.crawling import LISTINGS_PER_CRAWL
from scheduler.policy import Due, QuietHours, claim_order, lists_budget, stairs_of
from scheduler.timetable import TOLD_BY_LISTS, due_of
from store.terms import LookReason

LOTS_ON_A_PAGE = 40
DETAILS_FROM = 0.5
"""Of the budget of a crawl of lists: from then on what is new goes before further lists (``crawler.spiders.base``)."""

IDLE = timedelta(minutes=10)
SAMPLED_EACH = timedelta(hours=31)
"""At each hour of the day in turn: a crawl of the lists at midnight makes the early morning look fresh."""

Order = Callable[[Due], tuple[int, timedelta]]
Share = Callable[[int, int, int], int]
Entry = tuple[timedelta, int, Lot]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a site's day is spent: what is compared."""

    order: Order = claim_order
    share: Share = lists_budget
    goes_on: bool = True  # whether lists are read on from where the day before stopped, in turn with their beginning
    only_the_rest: bool = False  # without their beginning


@dataclass(slots=True)
class Site:
    """A site with its listings, and the record of what it was asked."""

    budget: int  # requests a day
    delay: timedelta
    quiet: QuietHours
    item_requests: int  # for one look at one listing; 0: its lists alone tell
    lots: list[Lot]
    plan: Plan = field(default_factory=Plan)
    requests: Counter[int] = field(default_factory=Counter)  # by day
    looks: Counter[str] = field(default_factory=Counter)  # by reason
    _waiting: list[tuple[datetime, int, Lot]] = field(default_factory=list)
    _ready: dict[LookReason, list[Entry]] = field(default_factory=dict)
    _by_place: list[Lot] = field(default_factory=list)
    _stopped_at: tuple[int, float] | None = None  # state and place of the lot that was shown last
    _numbers: Iterator[int] = field(default_factory=count)

    def run(self, days: int) -> Iterator[datetime]:
        """Play the days; gives the clock each time a day has passed."""
        self._know_what_is_open()
        now, lists_due, sample_at = BEGIN, BEGIN, BEGIN
        while now < BEGIN + days * DAY:
            now = self.quiet.first_allowed(now)
            while now >= sample_at:
                sample_at += SAMPLED_EACH
                yield now
            before = now
            if lists_due <= now and self._left(now) > 0 and self._lists_go_first(now):
                now = self._crawl_lists(now)
                lists_due = before + DAY
            elif self.item_requests:
                now = self._crawl_items(now)
            if now == before:
                now += IDLE

    def _know_what_is_open(self) -> None:
        """The tracker was up to date when the simulation begins: every listing was seen in the day before."""
        self._by_place = sorted(self.lots, key=lambda lot: lot.place)
        self._ready = {reason: [] for reason in sorted(LookReason, key=self._urgency)}
        for lot in self.lots:
            if lot.published < BEGIN:
                self._see(lot, max(BEGIN - DAY * lot.place, lot.published))

    def _urgency(self, reason: LookReason) -> int:
        return self.plan.order(Due(BEGIN, reason))[0]

    def _left(self, now: datetime) -> int:
        return self.budget - self.requests[(now - BEGIN) // DAY]

    def _ask(self, now: datetime, reason: str, requests: int) -> datetime:
        self.requests[(now - BEGIN) // DAY] += requests
        self.looks[reason] += 1
        return now + self.delay * requests

    def _see(self, lot: Lot, at: datetime) -> None:
        lot.look(at)
        if lot.queued is None:
            self._replan(lot, at)

    # Lists ---------------------------------------------------------------------------------------------------------

    def _lists_go_first(self, now: datetime) -> bool:
        first = next((reason for reason in self._ready if self._first_ready(reason, now)), None)
        return first is None or self._urgency(LookReason.LISTS) < self._urgency(first)

    def _crawl_lists(self, now: datetime) -> datetime:
        """As the spiders do: running, announced, ended; with half of the budget gone new listings go first."""
        looks = sum(len(queue) for reason, queue in self._ready.items() if reason not in TOLD_BY_LISTS)
        if looks < self.budget:
            tomorrow = now + DAY
            looks += sum(at < tomorrow for at, *_ in self._waiting)
        budget = self.plan.share(self._left(now), self.budget, looks * self.item_requests)
        pages, fresh, made = self._pages(now), list[Lot](), 0
        while made < budget:
            page = next(pages, None) if made < budget * DETAILS_FROM or not fresh else None
            if page is not None:
                made += 1
                now = self._ask(now, LookReason.LISTS, 1)
                fresh += [lot for lot in page if lot.known is None and self.item_requests and now < lot.over]
                for lot in page:
                    self._see(lot, now)
            elif fresh:
                made += self.item_requests
                now = self._ask(now, "new", self.item_requests)
                self._see(fresh.pop(), now)
            else:
                break
        return now

    def _pages(self, now: datetime) -> Iterator[list[Lot]]:
        """The lists as they are when the crawl begins, as far as it gets: the rest of the day before page about page with
        their beginning, as ``crawler.agenda`` has it.
        """
        self._by_place = in_turn = [lot for lot in self._by_place if now < lot.off_lists]
        shown = [(state, lot) for state, is_of in enumerate(STATES) for lot in in_turn if is_of(lot, now)]
        start = 0
        if self.plan.goes_on and self._stopped_at is not None:
            start = bisect(shown, self._stopped_at, key=lambda each: (each[0], each[1].place))
        front, rest = _in_pages(shown, 0, start), _in_pages(shown, start, len(shown))
        if self.plan.only_the_rest:
            front, rest = iter(()), chain(rest, front)
        for ahead, behind in zip_longest(rest, front):
            if last := ahead or behind:  # when the rest has come to its end, the beginning is what is gone on with
                self._stopped_at = last[-1][0], last[-1][1].place
            yield from ([lot for _, lot in page] for page in (ahead, behind) if page)
        self._stopped_at = None

    # Single listings -----------------------------------------------------------------------------------------------

    def _crawl_items(self, now: datetime) -> datetime:
        most = min(self._left(now) // self.item_requests, LISTINGS_PER_CRAWL)
        chosen: list[tuple[LookReason, Lot]] = []
        for reason, queue in self._ready.items():
            while len(chosen) < most and self._first_ready(reason, now):
                lot = heappop(queue)[2]
                lot.queued = None
                chosen.append((reason, lot))
        for reason, lot in chosen:
            now = self._ask(now, reason, self.item_requests)
            self._see(lot, now)
        return now

    def _first_ready(self, reason: LookReason, now: datetime) -> Lot | None:
        """The first of a queue that is due in truth: the lists may have shown it, or it may be more urgent by now."""
        while self._waiting and self._waiting[0][0] <= now:
            self._replan(heappop(self._waiting)[2], now)
        queue = self._ready[reason]
        while queue:
            place, _, lot = queue[0]
            due = self._due(lot, now) if lot.queued is reason else None
            if due is not None and due.reason is reason:
                if due.at <= now:
                    return lot
                if self._place(due) == place:  # nor is anything behind it
                    return None
            heappop(queue)
            if lot.queued is reason:
                lot.queued = None
                self._replan(lot, now)
        return None

    def _due(self, lot: Lot, now: datetime) -> Due | None:
        assert lot.known is not None
        assert lot.looked_at is not None
        return due_of(lot.key, lot.known, lot.looked_at, now)

    def _place(self, due: Due) -> timedelta:
        return self.plan.order(due)[1]

    def _replan(self, lot: Lot, now: datetime) -> None:
        """Queue what is due, and note when it may become more urgent."""
        due = self._due(lot, now)
        if due is None:
            lot.queued = None
        elif due.at > now and due.reason not in TOLD_BY_LISTS:
            heappush(self._waiting, (due.at, next(self._numbers), lot))
        elif lot.queued is not due.reason:
            lot.queued = due.reason
            heappush(self._ready[due.reason], (self._place(due), next(self._numbers), lot))
            assert lot.known is not None
            later = next((stair.since for stair in stairs_of(lot.known) if stair.since > now), None)
            if later is not None:
                heappush(self._waiting, (later, next(self._numbers), lot))


def _in_pages(shown: Sequence[tuple[int, Lot]], begin: int, end: int) -> Iterator[Sequence[tuple[int, Lot]]]:
    return (shown[at : min(at + LOTS_ON_A_PAGE, end)] for at in range(begin, end, LOTS_ON_A_PAGE))


def _is_running(lot: Lot, now: datetime) -> bool:
    return lot.starts <= now < lot.over


def _is_announced(lot: Lot, now: datetime) -> bool:
    return lot.published <= now < min(lot.starts, lot.over)


def _has_ended(lot: Lot, now: datetime) -> bool:
    return lot.over <= now


STATES: tuple[Callable[[Lot, datetime], bool], ...] = (_is_running, _is_announced, _has_ended)
"""The lists of a site, in the order in which they are asked for."""
